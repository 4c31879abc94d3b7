//! What a rebuild may reuse: values under the hash of all that they were made from.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::output::Hash;

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
    /// The value of `path` if it was made under the same `hash`, else what `make` makes.
    ///
    /// # Errors
    /// That of `make`.
    pub fn get<E>(
        &self,
        path: &str,
        hash: Hash,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let known = self.lock().get(path).cloned();
        match known {
            Some((known, value)) if known == hash => Ok(value),
            _ => {
                let value = make()?;
                self.lock().insert(path.to_owned(), (hash, value.clone()));
                Ok(value)
            }
        }
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
    fn a_value_is_made_once_for_one_hash() {
        let memo = Memo::default();
        let (one, two) = (blake3::hash(b"1"), blake3::hash(b"2"));
        let get = |hash, value| memo.get("a", hash, || Ok::<_, ()>(value)).unwrap();
        assert_eq!(get(one, 1), 1);
        assert_eq!(get(one, 2), 1);
        assert_eq!(get(two, 3), 3);
        assert_eq!(memo.get("a", one, || Err("unread")), Err("unread"));
        assert_eq!(get(two, 3), 3);
        memo.evict(|path| path != "a");
        assert_eq!(get(two, 4), 4);
    }
}
