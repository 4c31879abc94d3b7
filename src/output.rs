//! The finished site as a value: path → bytes. What publish writes, preview serves and tests
//! compare.
//!
//! A small site stays in memory; a large one streams into a staging folder while only
//! path → hash stays.

mod gate;
mod removal;

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fs::{File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Error;
use crate::text;

pub use gate::Gate;
pub use removal::remove_folder;

/// A content hash, in blake3's 32 bytes.
pub type Hash = blake3::Hash;

/// Times of files are no finer than this on some systems: what changed so short a time ago may
/// change again without a trace.
const RECENT: Duration = Duration::from_secs(2);

/// A file as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Of its bytes.
    pub hash: [u8; 32],
    /// Of what it was made from, where that tells all of it.
    pub from: Option<[u8; 32]>,
    /// How it lies in the folder.
    pub state: State,
}

/// How a file lies in a folder, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// In bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u64,
}

impl State {
    /// Whether it tells this version of the file from any later one.
    pub fn is_settled(&self) -> bool {
        let settled = SystemTime::now().checked_sub(RECENT);
        let settled = settled.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        settled.is_some_and(|settled| u128::from(self.modified) <= settled.as_nanos())
    }

    /// Of the file at `path`; `None` if there is none.
    pub fn at(path: &Path) -> Option<Self> {
        Self::of(&std::fs::metadata(path).ok()?)
    }

    /// As a file's metadata tell; `None` where they lack its time.
    pub fn of(metadata: &Metadata) -> Option<Self> {
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            size: metadata.len(),
            modified: u64::try_from(since.as_nanos()).ok()?,
        })
    }
}

/// A site being rendered, then finished. Shared by all threads that render.
#[derive(Debug)]
pub struct Output {
    store: Store,
    /// The one file that is wanted; `None`: all.
    only: Option<String>,
    files: Mutex<BTreeMap<String, Entry>>,
}

#[derive(Debug)]
enum Store {
    /// With the files of a site before.
    Memory(BTreeMap<String, Entry>),
    Staging(PathBuf, Option<Before>, Gate),
}

/// A site that was built before: files that are to be the same again are taken from it.
#[derive(Debug)]
pub struct Before {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its files.
    pub files: BTreeMap<String, Record>,
}

/// One file of the site.
#[derive(Debug, Clone)]
struct Entry {
    hash: Hash,
    from: Option<Hash>,
    size: u64,
    /// `None` when the bytes lie in the staging folder.
    bytes: Option<Arc<Vec<u8>>>,
    /// When the staged file was changed, in nanoseconds since 1970; 0: not known.
    modified: u64,
}

impl Output {
    /// A site that is kept in memory.
    pub fn in_memory() -> Self {
        Self::new(Store::Memory(BTreeMap::new()))
    }

    /// A site that is kept in memory, as another was.
    pub fn in_memory_after(before: &Self) -> Self {
        Self::new(Store::Memory(before.lock().clone()))
    }

    /// A site of which only one file is wanted, if there is such a one; it is kept in memory.
    pub fn of_one(path: &str) -> Self {
        Self {
            only: Some(path.to_owned()),
            ..Self::in_memory()
        }
    }

    /// Whether the file at a path is to be made, which these parts make up.
    pub fn wants(&self, path: &[&str]) -> bool {
        let Some(only) = &self.only else {
            return true;
        };
        let mut parts = path.iter();
        let rest = parts.try_fold(only.as_str(), |rest, part| rest.strip_prefix(part));
        rest == Some("")
    }

    /// A site that is written into `folder` as it is made. What does not differ from `before` is
    /// not written again: it is the same file, with the same time. Files are written while `gate`
    /// is open.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn staged(folder: &Path, before: Option<Before>, gate: Gate) -> Result<Self, Error> {
        let pass = gate.pass();
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, error))?;
        drop(pass);
        Ok(Self::new(Store::Staging(folder.to_owned(), before, gate)))
    }

    fn new(store: Store) -> Self {
        let files = Mutex::new(BTreeMap::new());
        let only = None;
        Self { store, only, files }
    }

    /// Adds a file, unless it is not wanted. `path` is relative, with `/`, and decoded: `法律/index.html`.
    ///
    /// # Errors
    /// When the path is taken (two pages with one address are found earlier, by the site; what
    /// arrives here is a clash between formats), or the file cannot be written.
    pub fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.put_made(path, bytes, None)
    }

    /// Adds a file as [`Self::put`] does, that was made from what has the hash `from` and from
    /// nothing else.
    ///
    /// # Errors
    /// As there.
    pub fn put_made(&self, path: &str, bytes: Vec<u8>, from: Option<Hash>) -> Result<(), Error> {
        if !self.wants(&[path]) {
            return Ok(());
        }
        let mut file = Entry {
            hash: blake3::hash(&bytes),
            from,
            size: bytes.len() as u64,
            bytes: None,
            modified: 0,
        };
        let Store::Staging(folder, before, gate) = &self.store else {
            file.bytes = Some(Arc::new(bytes));
            return self.take(path, file);
        };
        let target = folder.join(path);
        let hash = file.hash;
        // The path is taken before the bytes are written, so that a clash cannot overwrite.
        self.take(path, file)?;
        let _pass = gate.pass();
        let kept = before
            .as_ref()
            .and_then(|before| before.keep(path, &hash, &target));
        let state = match kept {
            Some(state) => Some(state),
            None => write_file(&target, &bytes)?,
        };
        if let (Some(state), Some(file)) = (state, self.lock().get_mut(path)) {
            file.modified = state.modified;
        }
        Ok(())
    }

    /// Adds the file of the site before, if it was made from what has this hash; returns whether
    /// it was.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn keep(&self, path: &str, from: Hash) -> Result<bool, Error> {
        let (folder, before, gate) = match &self.store {
            Store::Staging(folder, Some(before), gate) => (folder, before, gate),
            Store::Staging(_, None, _) => return Ok(false),
            Store::Memory(before) => {
                let file = before.get(path).filter(|file| file.from == Some(from));
                return match file {
                    Some(file) => self.take(path, file.clone()).map(|()| true),
                    None => Ok(false),
                };
            }
        };
        let record = before.files.get(path);
        let Some(record) = record.filter(|record| record.from == Some(*from.as_bytes())) else {
            return Ok(false);
        };
        let hash = Hash::from(record.hash);
        let file = Entry {
            hash,
            from: Some(from),
            size: record.state.size,
            bytes: None,
            modified: record.state.modified,
        };
        self.take(path, file)?;
        let pass = gate.pass();
        let kept = before.keep(path, &hash, &folder.join(path)).is_some();
        drop(pass);
        if !kept {
            self.lock().remove(path);
        }
        Ok(kept)
    }

    /// Whether the site before has a file that was made from what has this hash, as it was left.
    pub fn has(&self, path: &str, from: Hash) -> bool {
        match &self.store {
            Store::Memory(before) => before.get(path).is_some_and(|file| file.from == Some(from)),
            Store::Staging(_, None, _) => false,
            Store::Staging(_, Some(before), _) => {
                let record = before.files.get(path);
                let record = record.filter(|record| record.from == Some(*from.as_bytes()));
                record.is_some_and(|record| {
                    State::at(&before.folder.join(path)) == Some(record.state)
                })
            }
        }
    }

    fn take(&self, path: &str, file: Entry) -> Result<(), Error> {
        match self.lock().entry(path.to_owned()) {
            btree_map::Entry::Vacant(slot) => {
                slot.insert(file);
                Ok(())
            }
            btree_map::Entry::Occupied(_) => Err(Error::new(text!(
                "两个来源都要写 `{path}`；请给其中一页改名或写 `slug`",
                "two sources write `{path}`; rename one of the pages or give it a `slug`"
            ))),
        }
    }

    /// The bytes of one file, if the site has it.
    ///
    /// # Errors
    /// When a staged file cannot be read back.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(file) = self.lock().get(path).cloned() else {
            return Ok(None);
        };
        match (&self.store, file.bytes) {
            (_, Some(bytes)) => Ok(Some(bytes.to_vec())),
            (Store::Staging(folder, ..), None) => {
                let path = folder.join(path);
                let bytes = std::fs::read(&path).map_err(|error| Error::read(&path, error))?;
                Ok(Some(bytes))
            }
            (Store::Memory(_), None) => Ok(None),
        }
    }

    /// Every path with its hash, sorted by path.
    pub fn hashes(&self) -> BTreeMap<String, Hash> {
        let files = self.lock();
        let pairs = files.iter().map(|(path, file)| (path.clone(), file.hash));
        pairs.collect()
    }

    /// Every file as it was staged, for the next build.
    pub fn records(&self) -> BTreeMap<String, Record> {
        let files = self.lock();
        let records = files.iter().map(|(path, file)| {
            let state = State {
                size: file.size,
                modified: file.modified,
            };
            let hash = *file.hash.as_bytes();
            let from = file.from.map(|from| *from.as_bytes());
            (path.clone(), Record { hash, from, state })
        });
        records.collect()
    }

    /// Number of files and of bytes.
    pub fn size(&self) -> (usize, u64) {
        let files = self.lock();
        (files.len(), files.values().map(|file| file.size).sum())
    }

    /// The staging folder, if the site streams into one.
    pub fn staging(&self) -> Option<&Path> {
        match &self.store {
            Store::Memory(_) => None,
            Store::Staging(folder, ..) => Some(folder),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        // A thread that panicked while holding the map cannot have left it half-changed.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Before {
    /// Puts the old file at `target`, if it has this hash and lies as it was left.
    fn keep(&self, path: &str, hash: &Hash, target: &Path) -> Option<State> {
        let record = self
            .files
            .get(path)
            .filter(|record| record.hash == *hash.as_bytes())?;
        let old = self.folder.join(path);
        if State::at(&old)? != record.state {
            return None;
        }
        // A second name for the same file. Where a file system has none, it is written anew.
        let linked = std::fs::hard_link(&old, target).or_else(|error| {
            if error.kind() != std::io::ErrorKind::NotFound {
                return Err(error);
            }
            std::fs::create_dir_all(target.parent().unwrap_or(target))?;
            std::fs::hard_link(&old, target)
        });
        linked.ok()?;
        Some(record.state)
    }
}

/// Writes a file, and tells how it then lies.
fn write_file(target: &Path, bytes: &[u8]) -> Result<Option<State>, Error> {
    let create = || match File::create(target) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent)?;
            }
            File::create(target)
        }
        result => result,
    };
    let write = || {
        let mut file = create()?;
        file.write_all(bytes)?;
        Ok(State::of(&file.metadata()?))
    };
    write().map_err(|error| Error::write(target, error))
}

/// What changed between two outputs, each list sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Only in the new one.
    pub added: Vec<String>,
    /// In both, with other bytes.
    pub changed: Vec<String>,
    /// Only in the old one.
    pub removed: Vec<String>,
}

impl Diff {
    /// Compares by hash.
    pub fn between(old: &BTreeMap<String, Hash>, new: &BTreeMap<String, Hash>) -> Self {
        let mut diff = Self::default();
        for (path, hash) in new {
            match old.get(path) {
                None => diff.added.push(path.clone()),
                Some(before) if before != hash => diff.changed.push(path.clone()),
                Some(_) => {}
            }
        }
        let removed = old.keys().filter(|path| !new.contains_key(*path));
        diff.removed = removed.cloned().collect();
        diff
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_once() {
        let output = Output::in_memory();
        output.put("a", vec![1]).unwrap();
        assert!(output.put("a", vec![2]).is_err());
        assert_eq!(output.get("a").unwrap(), Some(vec![1]));
        assert_eq!(output.get("b").unwrap(), None);
    }

    #[test]
    fn memory_and_staging_hold_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let staged = Output::staged(folder.path(), None, Gate::default()).unwrap();
        let memory = Output::in_memory();
        for output in [&staged, &memory] {
            output.put("甲/index.html", b"x".to_vec()).unwrap();
            output.put("b", b"yy".to_vec()).unwrap();
        }
        assert!(Diff::between(&staged.hashes(), &memory.hashes()).is_empty());
        assert_eq!(staged.get("甲/index.html").unwrap(), Some(b"x".to_vec()));
        assert_eq!(memory.size(), (2, 3));
    }

    #[test]
    fn a_diff_names_what_changed() {
        let (old, new) = (Output::in_memory(), Output::in_memory());
        old.put("gone", vec![]).unwrap();
        old.put("same", vec![1]).unwrap();
        old.put("other", vec![1]).unwrap();
        new.put("same", vec![1]).unwrap();
        new.put("other", vec![2]).unwrap();
        new.put("fresh", vec![]).unwrap();
        let diff = Diff::between(&old.hashes(), &new.hashes());
        assert_eq!(diff.added, ["fresh"]);
        assert_eq!(diff.changed, ["other"]);
        assert_eq!(diff.removed, ["gone"]);
    }
}
