//! The site that was built before, from which files are taken that are to be the same again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Hash, Record, State};

/// A site that was built before: files that are to be the same again are taken from it.
#[derive(Debug)]
pub struct Before {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its files.
    pub files: BTreeMap<String, Record>,
    /// Whether they are known to lie as they were left: those that stay are then not staged.
    pub holds: bool,
}

/// What a new site changes in the one before, of which all that does not differ stays.
#[derive(Debug, PartialEq, Eq)]
pub struct Changes {
    /// The paths of files that go.
    pub removed: Vec<String>,
}

impl Before {
    /// How a file lies that has this hash and may stay where it is.
    pub(super) fn stays(&self, path: &str, hash: &Hash) -> Option<State> {
        let record = self.files.get(path).filter(|_| self.holds)?;
        (record.hash == *hash.as_bytes()).then_some(record.state)
    }

    /// Puts the old file at `target`, if it has this hash and lies as it was left.
    pub(super) fn keep(&self, path: &str, hash: &Hash, target: &Path) -> Option<State> {
        let record = self
            .files
            .get(path)
            .filter(|record| record.hash == *hash.as_bytes())?;
        if State::at(&self.folder.join(path))? != record.state {
            return None;
        }
        // Where a file system has no second names, it is written anew.
        self.link(path, target).ok()?;
        Some(record.state)
    }

    /// Gives the old file a second name.
    pub(super) fn link(&self, path: &str, target: &Path) -> std::io::Result<()> {
        let old = self.folder.join(path);
        std::fs::hard_link(&old, target).or_else(|error| {
            if error.kind() != std::io::ErrorKind::NotFound {
                return Err(error);
            }
            std::fs::create_dir_all(target.parent().unwrap_or(target))?;
            std::fs::hard_link(&old, target)
        })
    }
}
