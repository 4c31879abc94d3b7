//! A folder that is open: what lies in it is found from there, not from the root of all.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};

use super::Kind;
use crate::output::State;

/// One that is open.
pub(super) struct Folder(Dir);

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::at(fs::CWD, path.as_os_str())
    }

    /// One that lies in this.
    pub(super) fn below(&self, name: &OsStr) -> io::Result<Self> {
        Self::at(self.0.fd()?, name)
    }

    fn at(above: impl AsFd, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder: OwnedFd = fs::openat(above, name, flags, Mode::empty())?;
        Ok(Self(Dir::new(folder)?))
    }

    /// What lies in it; not all file systems tell of which kind that is.
    pub(super) fn entries(&mut self) -> io::Result<Vec<(OsString, Option<Kind>)>> {
        let mut entries = Vec::new();
        while let Some(entry) = self.0.read() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                let name = OsString::from_vec(name.to_vec());
                entries.push((name, kind(entry.file_type())));
            }
        }
        Ok(entries)
    }

    /// What something in it is, and how that lies.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<(Kind, Option<State>)> {
        let found = fs::statat(self.0.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = kind(FileType::from_raw_mode(found.st_mode)).unwrap_or(Kind::Other);
        Ok((kind, state(&found)))
    }
}

fn kind(found: FileType) -> Option<Kind> {
    match found {
        FileType::RegularFile => Some(Kind::File),
        FileType::Directory => Some(Kind::Folder),
        FileType::Unknown => None,
        _ => Some(Kind::Other),
    }
}

/// As [`State::of`] tells it.
#[allow(
    clippy::useless_conversion,
    reason = "what type a number has differs between systems"
)]
fn state(found: &fs::Stat) -> Option<State> {
    let seconds = u64::try_from(found.st_mtime).ok()?;
    let rest = u64::try_from(found.st_mtime_nsec).ok()?;
    Some(State {
        size: u64::try_from(found.st_size).ok()?,
        modified: seconds.checked_mul(1_000_000_000)?.checked_add(rest)?,
    })
}
