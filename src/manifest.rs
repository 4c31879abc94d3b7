//! What the last build wrote, and from what: a build of the same does nothing, and any other
//! leaves files that did not change as they lie, with their times, so that copying tools move
//! little.
//!
//! It lies in `.inkstone/` beside `site.toml`, one for each output folder. It is safe to delete,
//! and where it does not fit what is found, it is as if there were none.

use std::collections::BTreeMap;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::cache::{self, FOLDER};
use crate::diagnostic::{Diagnostic, Error};
use crate::output::{Record, State};
use crate::scan::Scan;

/// What a manifest begins with: one that another version wrote is as none.
const FORMAT: &[u8] = b"inkstone manifest 2\n";

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
pub struct Sum(u128);

impl Sum {
    fn of(path: &[u8], state: State) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&state.size.to_le_bytes());
        hasher.update(&state.modified.to_le_bytes());
        hasher.update(path);
        let mut sum = [0; 16];
        sum.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(u128::from_le_bytes(sum))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

impl Files {
    /// Every file, by path; none where what was kept is damaged.
    pub fn records(&self) -> BTreeMap<String, Record> {
        postcard::from_bytes(&self.kept[self.start..]).unwrap_or_default()
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
    pub fn of(self, files: &BTreeMap<String, Record>) -> Self {
        let sum = files.par_iter();
        let sum = sum.map(|(path, record)| Sum::of(path.as_bytes(), record.state));
        Self {
            files: files.len(),
            bytes: files.values().map(|file| file.state.size).sum(),
            sum: sum.reduce(Sum::default, Sum::and),
            ..self
        }
    }

    /// Keeps it for the next build, with the files it was made of.
    ///
    /// # Errors
    /// When the file cannot be written; the next build is then a cold one.
    pub fn write(
        &self,
        files: &BTreeMap<String, Record>,
        root: &Path,
        output: &Path,
    ) -> Result<(), Error> {
        let Some(path) = place(root, output) else {
            return Ok(());
        };
        let failed = |error: std::io::Error| Error::write(&path, error);
        let bytes = postcard::to_extend(self, FORMAT.to_vec());
        let bytes = bytes.and_then(|bytes| postcard::to_extend(files, bytes));
        let bytes = bytes.map_err(|error| failed(std::io::Error::other(error)))?;
        cache::write_whole(&path, &bytes).map_err(failed)
    }

    /// Whether `folder` holds what was written and nothing besides, dot-files at its top apart.
    pub fn holds(&self, folder: &Path) -> bool {
        sum_below(folder, folder) == Some((self.files, self.sum))
    }
}

/// How many files there are in a folder and below, and how they lie; dot-files are left out at
/// the `top`. `None` if one of them cannot be looked at.
fn sum_below(folder: &Path, top: &Path) -> Option<(usize, Sum)> {
    let entries = std::fs::read_dir(folder).ok()?;
    let entries = entries.collect::<Result<Vec<_>, _>>().ok()?;
    let sums = entries.par_iter().map(|entry| {
        if folder == top && entry.file_name().as_encoded_bytes().starts_with(b".") {
            return Some(Default::default());
        }
        let path = entry.path();
        if entry.file_type().ok()?.is_dir() {
            return sum_below(&path, top);
        }
        let state = State::of(&entry.metadata().ok()?)?;
        Some((1, Sum::of(&relative(top, &path)?, state)))
    });
    sums.try_reduce(Default::default, |a, b| Some((a.0 + b.0, a.1.and(b.1))))
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
            hash: [0; 32],
            from: None,
            state: State::at(&folder.join("a/b")).unwrap(),
        };
        let files = BTreeMap::from([("a/b".to_owned(), record)]);
        let manifest = Manifest::default().of(&files);
        assert!(manifest.holds(&folder));
        manifest.write(&files, root.path(), &folder).unwrap();
        let (read, kept) = Manifest::read(root.path(), &folder).unwrap();
        assert_eq!((read, kept.records()), (manifest, files));
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
