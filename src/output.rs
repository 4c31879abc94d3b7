//! The finished site as a value: path → bytes. What publish writes, preview serves and tests
//! compare.
//!
//! A small site stays in memory; a large one streams into a staging folder while only
//! path → hash stays.

mod before;
mod gate;
mod record;
mod removal;

use std::collections::{BTreeMap, HashMap, hash_map};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::diagnostic::Error;
use crate::hash::{Hash, Key};
use crate::text;

pub use before::{Before, Changes, Left, LeftFiles, Records};
pub use gate::Gate;
pub use record::{Record, State};
pub use removal::remove_folder;

/// A site being rendered, then finished. Shared by all threads that render.
#[derive(Debug)]
pub struct Output {
    store: Store,
    /// The one file that is wanted; `None`: all.
    only: Option<String>,
    /// All but those that stay as the site before has recorded them.
    files: Mutex<HashMap<String, Entry>>,
}

#[derive(Debug)]
enum Store {
    /// With the files of a site before.
    Memory(HashMap<String, Entry>),
    Staging(PathBuf, Option<Before>, Gate),
}

/// One file of the site.
#[derive(Debug, Clone)]
struct Entry {
    hash: Hash,
    from: Option<Key>,
    size: u64,
    bytes: Bytes,
    /// When the staged file was changed, in nanoseconds since 1970; 0: not known.
    modified: u64,
}

impl Entry {
    fn stays(&self) -> bool {
        matches!(self.bytes, Bytes::Before)
    }

    fn record(&self) -> Record {
        let state = State {
            size: self.size,
            modified: self.modified,
        };
        let Self { hash, from, .. } = *self;
        Record { hash, from, state }
    }
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
enum Bytes {
    Here(Arc<Vec<u8>>),
    /// In the staging folder.
    Staged,
    /// In the folder of the site before, where they stay.
    Before,
}

impl Output {
    /// A site that is kept in memory.
    pub fn in_memory() -> Self {
        Self::new(Store::Memory(HashMap::new()))
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
        let files = Mutex::new(HashMap::new());
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

    /// Adds a file as [`Self::put`] does, that was made from what has the key `from` and from
    /// nothing else.
    ///
    /// # Errors
    /// As there.
    pub fn put_made(&self, path: &str, bytes: Vec<u8>, from: Option<Key>) -> Result<(), Error> {
        if !self.wants(&[path]) {
            return Ok(());
        }
        let mut file = Entry {
            hash: blake3::hash(&bytes),
            from,
            size: bytes.len() as u64,
            bytes: Bytes::Staged,
            modified: 0,
        };
        let Store::Staging(folder, before, gate) = &self.store else {
            file.bytes = Bytes::Here(Arc::new(bytes));
            return self.take(path, file);
        };
        let target = folder.join(path);
        let hash = file.hash;
        let stays = before.as_ref().and_then(|before| before.stays(path, &hash));
        if let Some(state) = stays {
            file.bytes = Bytes::Before;
            file.modified = state.modified;
            return self.take(path, file);
        }
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

    /// Adds the file of the site before, if it was made from what has this key; returns whether
    /// it was.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn keep(&self, path: &str, from: Key) -> Result<bool, Error> {
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
        let Some(left) = before.files.get(path) else {
            return Ok(false);
        };
        let Some(record) = left.made_from(from) else {
            return Ok(false);
        };
        if before.holds {
            return if left.stay() {
                Ok(true)
            } else {
                Err(taken(path))
            };
        }
        let file = Entry {
            hash: record.hash,
            from: record.from,
            size: record.state.size,
            bytes: Bytes::Staged,
            modified: record.state.modified,
        };
        self.take(path, file)?;
        let pass = gate.pass();
        let target = folder.join(path);
        let kept = before.keep(path, &record.hash, &target).is_some();
        drop(pass);
        if !kept {
            self.lock().remove(path);
            left.free();
        }
        Ok(kept)
    }

    /// Whether the site before has a file that was made from what has this key, as it was left.
    pub fn has(&self, path: &str, from: Key) -> bool {
        match &self.store {
            Store::Memory(before) => before.get(path).is_some_and(|file| file.from == Some(from)),
            Store::Staging(_, None, _) => false,
            Store::Staging(_, Some(before), _) => {
                let left = before.files.get(path);
                let record = left.and_then(|left| left.made_from(from));
                record.is_some_and(|record| {
                    before.holds || State::at(&before.folder.join(path)) == Some(record.state)
                })
            }
        }
    }

    fn take(&self, path: &str, file: Entry) -> Result<(), Error> {
        let left = self.before().and_then(|before| before.files.get(path));
        if left.is_some_and(|left| !left.take()) {
            return Err(taken(path));
        }
        match self.lock().entry(path.to_owned()) {
            hash_map::Entry::Vacant(slot) => {
                slot.insert(file);
                Ok(())
            }
            hash_map::Entry::Occupied(_) => Err(taken(path)),
        }
    }

    fn before(&self) -> Option<&Before> {
        match &self.store {
            Store::Memory(_) => None,
            Store::Staging(_, before, _) => before.as_ref(),
        }
    }

    /// Those that stay as the site before has recorded them.
    fn staying(&self) -> impl Iterator<Item = (&String, &Record)> {
        self.before().into_iter().flat_map(Before::staying)
    }

    /// The bytes of one file, if the site has it.
    ///
    /// # Errors
    /// When a staged file cannot be read back.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let bytes = self.lock().get(path).map(|file| file.bytes.clone());
        let stays = || self.before()?.files.get(path).filter(|left| left.stays());
        let bytes = bytes.or_else(|| stays().map(|_| Bytes::Before));
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let folder = match (&self.store, bytes) {
            (_, Bytes::Here(bytes)) => return Ok(Some(bytes.to_vec())),
            (Store::Staging(_, Some(before), _), Bytes::Before) => &before.folder,
            (Store::Staging(folder, ..), _) => folder,
            (Store::Memory(_), _) => return Ok(None),
        };
        let path = folder.join(path);
        let bytes = std::fs::read(&path).map_err(|error| Error::read(&path, error))?;
        Ok(Some(bytes))
    }

    /// What the site changes in the one before, whose other files stay where they are; `None`
    /// where the staging folder holds all of the site. It then does, too, if much has changed:
    /// two folders change places at once, which many files cannot.
    pub fn changes(&self) -> Option<Changes> {
        let Store::Staging(folder, Some(before), _) = &self.store else {
            return None;
        };
        if !before.holds {
            return None;
        }
        let files = self.lock();
        let renewed = files.values().filter(|file| !file.stays()).count();
        let all = files.len() + before.staying().count();
        if renewed * 2 > all {
            let staying = files.iter().filter(|(_, file)| file.stays());
            let staying = staying.map(|(path, _)| path);
            let staying = staying.chain(before.staying().map(|(path, _)| path));
            let staying = staying.collect::<Vec<_>>().into_par_iter();
            let staged = staying.map(|path| before.link(path, &folder.join(path)));
            // Where a file system has no second names, they stay.
            if staged.try_for_each(|linked| linked).is_ok() {
                return None;
            }
        }
        let mut changes = Changes::default();
        for (path, file) in &*files {
            let (old, new) = (before.files.get(path), file.record());
            let old = old.map(|left| left.record);
            if old != Some(new) {
                changes.renewed.push((path.clone(), new));
                changes.replaced.extend(old.map(|old| (path.clone(), old)));
            }
        }
        let removed = before.removed();
        changes.removed = removed.map(|(path, old)| (path.clone(), *old)).collect();
        changes.removed.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Some(changes)
    }

    /// Every path with its hash, sorted by path.
    pub fn hashes(&self) -> BTreeMap<String, Hash> {
        let files = self.lock();
        let pairs = files.iter().map(|(path, file)| (path, file.hash));
        let staying = self.staying().map(|(path, record)| (path, record.hash));
        let pairs = pairs.chain(staying);
        pairs.map(|(path, hash)| (path.clone(), hash)).collect()
    }

    /// Tells every file as it was staged, for the next build, sorted by path.
    pub fn records<T>(&self, tell: impl FnOnce(&[(&str, Record)]) -> T) -> T {
        let files = self.lock();
        let records = files.iter().map(|(path, file)| (path, file.record()));
        let staying = self.staying().map(|(path, record)| (path, *record));
        let records = records.chain(staying);
        let records = records.map(|(path, record)| (path.as_str(), record));
        let mut records = records.collect::<Vec<_>>();
        records.par_sort_unstable_by_key(|(path, _)| *path);
        tell(&records)
    }

    /// Number of files and of bytes.
    pub fn size(&self) -> (usize, u64) {
        let files = self.lock();
        let own = files.values().map(|file| file.size);
        let sizes = own.chain(self.staying().map(|(_, record)| record.state.size));
        sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
    }

    /// The staging folder, if the site streams into one.
    pub fn staging(&self) -> Option<&Path> {
        match &self.store {
            Store::Memory(_) => None,
            Store::Staging(folder, ..) => Some(folder),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Entry>> {
        // A thread that panicked while holding the map cannot have left it half-changed.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(path: &str) -> Error {
    Error::new(text!(
        "两个来源都要写 `{path}`；请给其中一页改名或写 `slug`",
        "two sources write `{path}`; rename one of the pages or give it a `slug`"
    ))
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
