//! A folder by its path, where nothing better is known.

use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use super::Kind;
use crate::output::State;

/// One that is there.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    /// One that lies in this.
    pub(super) fn below(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.0.join(name))
    }

    /// What lies in it.
    pub(super) fn entries(&mut self) -> io::Result<Vec<(OsString, Option<Kind>)>> {
        let entries = std::fs::read_dir(&self.0)?.map(|entry| {
            let entry = entry?;
            Ok((entry.file_name(), Some(kind(entry.file_type()?))))
        });
        entries.collect()
    }

    /// What something in it is, and how that lies.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<(Kind, Option<State>)> {
        let found = std::fs::symlink_metadata(self.0.join(name))?;
        Ok((kind(found.file_type()), State::of(&found)))
    }
}

fn kind(found: FileType) -> Kind {
    if found.is_file() {
        Kind::File
    } else if found.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    }
}
