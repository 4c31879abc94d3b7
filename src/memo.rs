//! What a rebuild may reuse: values under the hash of all that they were made from.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::output::Hash;

/// A hash of a value: of all of it that its own [`std::hash::Hash`] covers.
pub fn hash_of(value: &impl std::hash::Hash) -> Hash {
    let mut bytes = Bytes::default();
    value.hash(&mut bytes);
    bytes.hash()
}

/// What values tell a hasher.
#[derive(Debug, Default)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// A hash of all that was told.
    pub fn hash(&self) -> Hash {
        blake3::hash(&self.0)
    }
}

impl std::hash::Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks: 64 bits would be too few.
    fn finish(&self) -> u64 {
        0
    }
}

/// Values by path, each valid for one hash of its inputs.
#[derive(Debug)]
pub struct Memo<T> {
    values: Mutex<HashMap<String, (Hash, T)>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        let values = Mutex::default();
        Self { values }
    }
}

impl<T: Clone> Memo<T> {
    /// The value of `path` if it was made under the same `hash`.
    pub fn find(&self, path: &str, hash: Hash) -> Option<T> {
        let values = self.lock();
        let (known, value) = values.get(path)?;
        (*known == hash).then(|| value.clone())
    }

    /// Keeps the value of `path`, made under `hash`, in place of any other.
    pub fn keep(&self, path: &str, hash: Hash, value: T) {
        self.lock().insert(path.to_owned(), (hash, value));
    }

    /// Forgets every path but those `kept`.
    pub fn evict(&self, kept: impl Fn(&str) -> bool) {
        self.lock().retain(|path, _| kept(path));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Hash, T)>> {
        // Every change is one insertion or removal, so a panic leaves the map whole.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_the_whole_value() {
        let hash = hash_of(&["甲", "乙丙"]);
        assert_eq!(
            hash,
            hash_of(&vec!["甲".to_owned(), "乙丙".to_owned()].as_slice())
        );
        assert_ne!(hash, hash_of(&["甲乙", "丙"]));
        assert_ne!(hash, hash_of(&["甲", "乙丙", ""]));
    }

    #[test]
    fn a_value_is_found_under_its_hash() {
        let memo = Memo::default();
        let (one, two) = (blake3::hash(b"1"), blake3::hash(b"2"));
        assert_eq!(memo.find("a", one), None);
        memo.keep("a", one, 1);
        assert_eq!(memo.find("a", one), Some(1));
        assert_eq!(memo.find("a", two), None);
        memo.keep("a", two, 2);
        assert_eq!((memo.find("a", one), memo.find("a", two)), (None, Some(2)));
        memo.evict(|path| path != "a");
        assert_eq!(memo.find("a", two), None);
    }
}
