//! What builds may reuse from the disk: bytes by the hash of all that they were made from, in
//! `.inkstone/` beside `site.toml`. Safe to delete, and safe to share between builds that run at
//! the same time: each entry is written whole or not at all, and is checked by whoever reads it
//! first.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The folder at a site's root.
pub const FOLDER: &str = ".inkstone";

/// An entry's time is that of its last use, give or take so much.
const NOTED: Duration = Duration::from_secs(600);

/// A folder of entries.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The entries called `name` of the site at `root`.
    pub fn new(root: &Path, name: &str) -> Self {
        let folder = root.join(FOLDER).join(name);
        Self { folder }
    }

    /// The bytes kept under `key`.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        std::fs::read(self.find(key)?.0).ok()
    }

    /// The file of what is kept under `key`, and how it lies: it may be deleted, but never changes.
    pub fn find(&self, key: &str) -> Option<(PathBuf, Metadata)> {
        let (path, found) = (self.folder.join(key), self.look(key)?);
        if age(&found).is_none_or(|age| age > NOTED)
            && let Ok(file) = std::fs::File::options().write(true).open(&path)
        {
            // Where this fails the entry goes a little early.
            let _ = file.set_modified(SystemTime::now());
        }
        Some((path, found))
    }

    /// How the file of what is kept under `key` lies, which is then no more used than before.
    pub fn look(&self, key: &str) -> Option<Metadata> {
        let found = std::fs::metadata(self.folder.join(key)).ok()?;
        found.is_file().then_some(found)
    }

    /// Keeps bytes under `key`. Where that cannot be done, the next build makes them again.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let _ = write_whole(&self.folder.join(key), bytes);
    }

    /// Deletes what is none of `used` and was not used for as long as it is `kept`. Until then
    /// another branch of the same site, or a build with other flags, may want it.
    pub fn evict(&self, used: &HashSet<String>, kept: Duration) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_used = name.to_str().is_some_and(|name| used.contains(name));
            let age = || age(&entry.metadata().ok()?);
            if !is_used && age().is_some_and(|age| age > kept) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

fn age(entry: &Metadata) -> Option<Duration> {
    SystemTime::now()
        .duration_since(entry.modified().ok()?)
        .ok()
}

/// Writes a file whole or not at all, its folder too.
///
/// # Errors
/// When either cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // A name that no other thread or program writes to.
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let fresh = path.with_extension(format!("{process}-{thread:?}.new"));
    let written = std::fs::write(&fresh, bytes).and_then(|()| std::fs::rename(&fresh, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

    #[test]
    fn entries_stay_while_they_are_used() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::new(root.path(), "pictures");
        assert_eq!(cache.get("a"), None);
        cache.evict(&HashSet::new(), KEPT);
        for key in ["a", "b", "c"] {
            cache.put(key, key.as_bytes());
        }
        let long_ago = SystemTime::now() - 2 * KEPT;
        for key in ["a", "b"] {
            let path = root.path().join(".inkstone/pictures").join(key);
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        cache.evict(&HashSet::from(["a".to_owned()]), KEPT);
        assert_eq!(cache.get("a"), Some(b"a".to_vec()));
        assert_eq!(cache.get("b"), None);
        assert_eq!(cache.get("c"), Some(b"c".to_vec()));
        // It was used just now, and is kept for another while.
        cache.evict(&HashSet::new(), KEPT);
        assert_eq!(cache.get("a"), Some(b"a".to_vec()));
    }
}
