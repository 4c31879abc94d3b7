//! What the last build wrote, and from what: a build of the same does nothing, and any other
//! leaves files that did not change as they lie, with their times, so that copying tools move
//! little.
//!
//! It lies in `.inkstone/` beside `site.toml`, one for each output folder. It is safe to delete,
//! and where it does not fit what is found, it is as if there were none.

mod folders;
mod kept;

use std::hash::{DefaultHasher, Hasher};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::diagnostic::Diagnostic;
use crate::folder::{self, Found};
use crate::output::{Changes, Record, State};
use crate::scan::Scan;
pub use folders::Folders;
pub use kept::{Files, Packed};

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
    /// Which of their folders hold a page and nothing besides.
    pub folders: Folders,
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

    fn without(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }
}

impl Manifest {
    /// With what `files` tells.
    #[must_use]
    pub fn of(self, files: &[(&str, Record)]) -> Self {
        let sum = files.par_iter();
        let sum = sum.map(|(path, record)| Sum::of(path.as_bytes(), record.state));
        Self {
            files: files.len(),
            bytes: files.iter().map(|(_, file)| file.state.size).sum(),
            sum: sum.reduce(Sum::default, Sum::and),
            folders: Folders::of(files),
            ..self
        }
    }

    /// With what `before` tells after these changes.
    #[must_use]
    pub fn after(self, before: &Self, changes: &Changes) -> Self {
        let (mut files, mut bytes, mut sum) = (before.files, before.bytes, before.sum);
        for (path, Record { state, .. }) in changes.replaced.iter().chain(&changes.removed) {
            files = files.saturating_sub(1);
            bytes = bytes.saturating_sub(state.size);
            sum = sum.without(Sum::of(path.as_bytes(), *state));
        }
        // As of then: what came beside these changes was not looked for.
        let mut folders = before.folders.clone();
        for (path, Record { state, .. }) in &changes.renewed {
            folders.take(path);
            files += 1;
            bytes = bytes.saturating_add(state.size);
            sum = sum.and(Sum::of(path.as_bytes(), *state));
        }
        Self {
            files,
            bytes,
            sum,
            folders,
            ..self
        }
    }

    /// Whether `folder` holds what was written and nothing besides, dot-files at its top apart.
    pub fn holds(&self, folder: &Path) -> bool {
        let left_out = |path: &[u8]| path.starts_with(b".") && !path.contains(&b'/');
        let and = |a: (usize, Sum), b: (usize, Sum)| (a.0 + b.0, a.1.and(b.1));
        let add = |sum, file: Found<'_>| Some(and(sum, (1, Sum::of(file.path, file.state))));
        let lone = |path: &[u8]| self.folders.lone(path);
        let sum = folder::gather(folder, left_out, lone, add, and);
        sum == Some((self.files, self.sum))
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
