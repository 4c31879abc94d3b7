//! What the last build wrote, and from what: a build of the same does nothing, and any other
//! leaves files that did not change as they lie, with their times, so that copying tools move
//! little.
//!
//! It lies in `.inkstone/` beside `site.toml`, one for each output folder. It is safe to delete,
//! and where it does not fit what is found, it is as if there were none.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::cache::{self, FOLDER};
use crate::diagnostic::{Diagnostic, Error};
use crate::folder::{self, Found};
use crate::output::{Left, Record, State};
use crate::scan::Scan;

/// What a manifest begins with: one that another version wrote is as none.
const FORMAT: &[u8] = b"inkstone manifest 3\n";

/// The bytes of a record are more than so many.
const SMALLEST: usize = 32;
/// So many are packed by one thread.
const PIECE: usize = 4_096;

/// What one build wrote.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What tells the program from any other.
    pub program: Option<State>,
    /// What it was made from; `None` where that was still changing.
    pub inputs: Option<[u8; 32]>,
    /// Number of pages and of searchable sections.
    pub pages: usize,
    /// Of all pages.
    pub sections: usize,
    /// What was found, to be said again.
    pub findings: Vec<Diagnostic>,
    /// Number of files.
    pub files: usize,
    /// Of all files.
    pub bytes: u64,
    /// How the files lie.
    pub sum: Sum,
}

/// The files of one build, as they were kept.
#[derive(Debug)]
pub struct Files {
    kept: Vec<u8>,
    start: usize,
}

/// Where so many files lie and how, in one number that is the same in whichever order they are
/// met: the sum of a hash of each.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum(u64);

impl Sum {
    fn of(path: &[u8], state: State) -> Self {
        // Sizes and times tell no more than this; and nobody has to be kept from forging them.
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(state.size);
        hasher.write_u64(state.modified);
        hasher.write(path);
        Self(hasher.finish())
    }

    fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

impl Files {
    /// Every file, by path; none where what was kept is damaged.
    pub fn records(&self) -> HashMap<String, Left> {
        self.read().unwrap_or_default()
    }

    /// As `serde` would, but with room for all at once.
    fn read(&self) -> Option<HashMap<String, Left>> {
        let files = &self.kept[self.start..];
        let (count, mut rest) = postcard::take_from_bytes::<usize>(files).ok()?;
        let mut files = HashMap::with_capacity(count.min(rest.len() / SMALLEST));
        for _ in 0..count {
            let (file, behind) = postcard::take_from_bytes::<(String, Record)>(rest).ok()?;
            let (path, record) = file;
            files.insert(path, record.into());
            rest = behind;
        }
        Some(files)
    }
}

impl Manifest {
    /// That of the last build of the site at `root` into `output`, if there is one.
    pub fn read(root: &Path, output: &Path) -> Option<(Self, Files)> {
        let kept = std::fs::read(place(root, output)?).ok()?;
        let (manifest, rest) = postcard::take_from_bytes(kept.strip_prefix(FORMAT)?).ok()?;
        let start = kept.len() - rest.len();
        Some((manifest, Files { kept, start }))
    }

    /// With what `files` tells.
    #[must_use]
    pub fn of(self, files: &[(&str, Record)]) -> Self {
        let sum = files.par_iter();
        let sum = sum.map(|(path, record)| Sum::of(path.as_bytes(), record.state));
        Self {
            files: files.len(),
            bytes: files.iter().map(|(_, file)| file.state.size).sum(),
            sum: sum.reduce(Sum::default, Sum::and),
            ..self
        }
    }

    /// As it is kept for the next build, with the files it was made of.
    pub fn pack(&self, files: &[(&str, Record)]) -> Packed {
        Packed(self.to_bytes(files))
    }

    fn to_bytes(&self, files: &[(&str, Record)]) -> postcard::Result<Vec<u8>> {
        let pieces = files.par_chunks(PIECE).map(|files| {
            let room = Vec::with_capacity(2 * SMALLEST * files.len());
            let mut files = files.iter();
            files.try_fold(room, |bytes, file| postcard::to_extend(file, bytes))
        });
        let pieces = pieces.collect::<postcard::Result<Vec<_>>>()?;
        let bytes = postcard::to_extend(self, FORMAT.to_vec())?;
        let mut bytes = postcard::to_extend(&files.len(), bytes)?;
        pieces.iter().for_each(|piece| bytes.extend(piece));
        Ok(bytes)
    }

    /// Whether `folder` holds what was written and nothing besides, dot-files at its top apart.
    pub fn holds(&self, folder: &Path) -> bool {
        let left_out = |path: &[u8]| path.starts_with(b".") && !path.contains(&b'/');
        let and = |a: (usize, Sum), b: (usize, Sum)| (a.0 + b.0, a.1.and(b.1));
        let add = |sum, file: Found<'_>| Some(and(sum, (1, Sum::of(file.path, file.state))));
        let sum = folder::gather(folder, left_out, add, and);
        sum == Some((self.files, self.sum))
    }
}

/// A manifest as it is kept.
#[derive(Debug)]
pub struct Packed(postcard::Result<Vec<u8>>);

impl Packed {
    /// Keeps it for the next build of the site at `root` into `output`.
    ///
    /// # Errors
    /// When the file cannot be written; the next build is then a cold one.
    pub fn write(self, root: &Path, output: &Path) -> Result<(), Error> {
        let Some(path) = place(root, output) else {
            return Ok(());
        };
        let bytes = self.0.map_err(std::io::Error::other);
        let written = bytes.and_then(|bytes| cache::write_whole(&path, &bytes));
        written.map_err(|error| Error::write(&path, error))
    }
}

/// A path below a folder, with `/` on every system.
fn relative(folder: &Path, path: &Path) -> Option<Vec<u8>> {
    let path = path.strip_prefix(folder).ok()?;
    let mut path = path.as_os_str().as_encoded_bytes().to_vec();
    if MAIN_SEPARATOR != '/' {
        let separators = path.iter_mut();
        separators
            .filter(|byte| **byte == MAIN_SEPARATOR as u8)
            .for_each(|byte| *byte = b'/');
    }
    Some(path)
}

/// Where the manifest of an output folder lies.
fn place(root: &Path, output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).ok()?;
    let name = blake3::hash(output.as_os_str().as_encoded_bytes()).to_hex();
    Some(root.join(FOLDER).join(format!("{}.manifest", &name[..16])))
}

/// A hash of all that a build reads: of its `flags`, of the content, and of the files at and below
/// `roots` by path, size and time. `None` if one of them cannot be looked at or changed just now.
pub fn inputs(scan: &Scan, roots: &[PathBuf], flags: &str) -> Option<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(flags.as_bytes());
    let content = scan.files().map(|(file, state)| {
        let path = file.relative.as_bytes();
        state.map(|state| Sum::of(path, state))
    });
    let content = content.try_reduce(Sum::default, |a, b| Some(a.and(b)))?;
    hasher.update(&content.0.to_le_bytes());
    // What could not be taken may have become more.
    let not_taken = postcard::to_allocvec(&scan.tree.diagnostics).ok()?;
    hasher.update(&not_taken);
    for root in roots.iter().filter(|root| root.exists()) {
        let files = WalkDir::new(root).follow_links(true).into_iter();
        let files = files.filter(|entry| !entry.as_ref().is_ok_and(|e| e.file_type().is_dir()));
        let files = files.collect::<Result<Vec<_>, _>>().ok()?;
        let sums = files.par_iter().map(|entry| {
            let state = State::of(&entry.metadata().ok()?).filter(State::is_settled)?;
            Some(Sum::of(&relative(root, entry.path())?, state))
        });
        let sum = sums.try_reduce(Sum::default, |a, b| Some(a.and(b)))?;
        hasher.update(root.as_os_str().as_encoded_bytes());
        hasher.update(&sum.0.to_le_bytes());
    }
    Some(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_was_written() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("public");
        std::fs::create_dir_all(folder.join("a")).unwrap();
        std::fs::write(folder.join("a/b"), "1").unwrap();
        std::fs::write(folder.join(".gitignore"), "*").unwrap();
        let record = Record {
            hash: blake3::hash(b"1"),
            from: None,
            state: State::at(&folder.join("a/b")).unwrap(),
        };
        let files = [("a/b", record)];
        let manifest = Manifest::default().of(&files);
        assert!(manifest.holds(&folder));
        let packed = manifest.pack(&files);
        packed.write(root.path(), &folder).unwrap();
        let (read, kept) = Manifest::read(root.path(), &folder).unwrap();
        let kept = kept.records();
        assert_eq!((kept.len(), kept["a/b"].record), (1, record));
        assert_eq!(read, manifest);
        let (manifest, _) = Manifest::read(root.path(), &folder).unwrap();
        assert!(Manifest::read(root.path(), root.path()).is_none());
        std::fs::write(folder.join("c"), "").unwrap();
        assert!(!manifest.holds(&folder));
        std::fs::remove_file(folder.join("c")).unwrap();
        // Another of the same size and time is another file by its name.
        std::fs::rename(folder.join("a/b"), folder.join("a/d")).unwrap();
        assert!(!manifest.holds(&folder));
        std::fs::rename(folder.join("a/d"), folder.join("a/b")).unwrap();
        assert!(manifest.holds(&folder));
        std::fs::write(folder.join("a/b"), "22").unwrap();
        assert!(!manifest.holds(&folder));
        assert!(!manifest.holds(&root.path().join("none")));
    }
}
