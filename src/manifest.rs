//! What the last build wrote, and from what: a build of the same does nothing, and any other
//! leaves files that did not change as they lie, with their times, so that copying tools move
//! little.
//!
//! It lies in `.inkstone/` beside `site.toml`, one for each output folder. It is safe to delete,
//! and where it does not fit what is found, it is as if there were none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::cache::{self, FOLDER};
use crate::diagnostic::Error;
use crate::output::{Record, State};

/// What one build wrote.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// What it was made from; `None` where that was still changing.
    pub inputs: Option<[u8; 32]>,
    /// Number of pages and of searchable sections.
    pub pages: usize,
    /// Of all pages.
    pub sections: usize,
    /// Whether anything was found that has to be said again.
    pub has_findings: bool,
    /// Every file, by path.
    pub files: BTreeMap<String, Record>,
}

impl Manifest {
    /// That of the last build of the site at `root` into `output`, if there is one.
    pub fn read(root: &Path, output: &Path) -> Option<Self> {
        postcard::from_bytes(&std::fs::read(place(root, output)?).ok()?).ok()
    }

    /// Keeps it for the next build.
    ///
    /// # Errors
    /// When the file cannot be written; the next build is then a cold one.
    pub fn write(&self, root: &Path, output: &Path) -> Result<(), Error> {
        let Some(path) = place(root, output) else {
            return Ok(());
        };
        let failed = |error: std::io::Error| Error::write(&path, error);
        let bytes =
            postcard::to_allocvec(self).map_err(|error| failed(std::io::Error::other(error)))?;
        cache::write_whole(&path, &bytes).map_err(failed)
    }

    /// Whether `folder` holds what was written and nothing besides, dot-files at its top apart.
    pub fn holds(&self, folder: &Path) -> bool {
        let entries = WalkDir::new(folder).into_iter();
        let entries = entries.filter_entry(|entry| {
            entry.depth() != 1 || !entry.file_name().as_encoded_bytes().starts_with(b".")
        });
        let mut files = 0;
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(_) => files += 1,
                Err(_) => return false,
            }
        }
        let is_same = |(path, record): (&String, &Record)| {
            State::at(&folder.join(path)) == Some(record.state)
        };
        files == self.files.len() && self.files.par_iter().all(is_same)
    }
}

/// Where the manifest of an output folder lies.
fn place(root: &Path, output: &Path) -> Option<PathBuf> {
    let output = std::path::absolute(output).ok()?;
    let name = blake3::hash(output.as_os_str().as_encoded_bytes()).to_hex();
    Some(root.join(FOLDER).join(format!("{}.manifest", &name[..16])))
}

/// A hash of all that a build reads: of its `flags`, and of the files at and below `roots` by path,
/// size and time. `None` if one of them cannot be looked at or changed just now.
pub fn inputs(roots: &[PathBuf], flags: &str) -> Option<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(flags.as_bytes());
    for root in roots.iter().filter(|root| root.exists()) {
        for entry in WalkDir::new(root).follow_links(true).sort_by_file_name() {
            let entry = entry.ok()?;
            if entry.file_type().is_dir() {
                continue;
            }
            let state = State::at(entry.path())?;
            if !state.is_settled() {
                return None;
            }
            add(entry.path().as_os_str().as_encoded_bytes());
            add(&state.size.to_le_bytes());
            add(&state.modified.to_le_bytes());
        }
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
            state: State::at(&folder.join("a/b")).unwrap(),
        };
        let manifest = Manifest {
            files: BTreeMap::from([("a/b".to_owned(), record)]),
            ..Manifest::default()
        };
        assert!(manifest.holds(&folder));
        manifest.write(root.path(), &folder).unwrap();
        let read = Manifest::read(root.path(), &folder).unwrap();
        assert_eq!(read.files, manifest.files);
        assert!(Manifest::read(root.path(), root.path()).is_none());
        std::fs::write(folder.join("c"), "").unwrap();
        assert!(!manifest.holds(&folder));
        std::fs::remove_file(folder.join("c")).unwrap();
        std::fs::write(folder.join("a/b"), "22").unwrap();
        assert!(!manifest.holds(&folder));
        assert!(!manifest.holds(&root.path().join("none")));
    }
}
