//! The site that was built before, from which files are taken that are to be the same again.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{Record, State};
use crate::hash::{Hash, Key};

/// The files that a build left, by path. They lie in memory in the order in which they were
/// recorded, and mostly they are asked for in that order.
pub type LeftFiles = IndexMap<String, Left, FxBuildHasher>;

/// A site that was built before: files that are to be the same again are taken from it.
#[derive(Debug)]
pub struct Before {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its files.
    pub files: LeftFiles,
    /// Whether they are known to lie as they were left: those that stay are then not staged.
    pub holds: bool,
}

/// A file of the site before, and what became of it: most files of most sites stay, so that
/// nothing more is noted of them.
#[derive(Debug)]
pub struct Left {
    /// As it was written.
    pub record: Record,
    /// Whether the new site has a file of this name.
    taken: AtomicBool,
    /// Whether that is this one, in all it is recorded with.
    stays: AtomicBool,
}

impl From<Record> for Left {
    fn from(record: Record) -> Self {
        Self {
            record,
            taken: AtomicBool::new(false),
            stays: AtomicBool::new(false),
        }
    }
}

impl Left {
    /// Takes its name; returns whether it was free.
    pub(super) fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::Relaxed)
    }

    /// Takes its name for itself; returns whether it was free.
    pub(super) fn stay(&self) -> bool {
        let was_free = self.take();
        self.stays.fetch_or(was_free, Ordering::Relaxed);
        was_free
    }

    /// Whether it stays.
    pub(super) fn stays(&self) -> bool {
        self.stays.load(Ordering::Relaxed)
    }

    /// Gives its name back.
    pub(super) fn free(&self) {
        self.taken.store(false, Ordering::Relaxed);
    }

    /// The file, if it was made from what has this key.
    pub(super) fn made_from(&self, from: Key) -> Option<&Record> {
        Some(&self.record).filter(|record| record.from == Some(from))
    }
}

/// What a new site changes in the one before, of which all that does not differ stays.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The files of the new one that the one before has not, or recorded otherwise.
    pub renewed: Records,
    /// As the one before recorded those of them that it has.
    pub replaced: Records,
    /// The files that go, by path.
    pub removed: Records,
}

/// Files as they are recorded, each with its path.
pub type Records = Vec<(String, Record)>;

impl Before {
    /// How a file lies that has this hash and may stay where it is.
    pub(super) fn stays(&self, path: &str, hash: &Hash) -> Option<State> {
        let record = self.record(path, hash).filter(|_| self.holds);
        record.map(|record| record.state)
    }

    fn record(&self, path: &str, hash: &Hash) -> Option<&Record> {
        let left = self.files.get(path)?;
        Some(&left.record).filter(|record| record.hash == *hash)
    }

    /// Those that stay.
    pub(super) fn staying(&self) -> impl Iterator<Item = (&String, &Record)> {
        let staying = self.files.iter().filter(|(_, left)| left.stays());
        staying.map(|(path, left)| (path, &left.record))
    }

    /// Those of whose names the new site has none.
    pub(super) fn removed(&self) -> impl Iterator<Item = (&String, &Record)> {
        let taken = |left: &Left| left.taken.load(Ordering::Relaxed);
        let removed = self.files.iter().filter(move |(_, left)| !taken(left));
        removed.map(|(path, left)| (path, &left.record))
    }

    /// Puts the old file at `target`, if it has this hash and lies as it was left.
    pub(super) fn keep(&self, path: &str, hash: &Hash, target: &Path) -> Option<State> {
        let record = self.record(path, hash)?;
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
