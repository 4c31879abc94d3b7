//! Hashes of values.

use crate::output::Hash;

/// A hash of a value: of all of it that its own [`std::hash::Hash`] covers.
pub fn hash_of(value: &impl std::hash::Hash) -> Hash {
    let mut bytes = Bytes::default();
    value.hash(&mut bytes);
    bytes.hash()
}

/// Many small writes are hashed together: so many bytes at least.
const TOGETHER: usize = 16 << 10;

/// Most values tell less.
const ROOM: usize = 512;

/// What values tell a hasher.
#[derive(Debug)]
pub struct Bytes {
    waiting: Vec<u8>,
    /// Of what came before.
    hasher: Option<Box<blake3::Hasher>>,
}

impl Default for Bytes {
    fn default() -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            hasher: None,
        }
    }
}

impl Bytes {
    /// A hash of all that was told.
    pub fn hash(&self) -> Hash {
        match &self.hasher {
            None => blake3::hash(&self.waiting),
            Some(hasher) => hasher.clone().update(&self.waiting).finalize(),
        }
    }
}

impl std::hash::Hasher for Bytes {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        if self.waiting.len() >= TOGETHER {
            let hasher = self.hasher.get_or_insert_default();
            hasher.update(&self.waiting);
            self.waiting.clear();
        }
        self.waiting.extend_from_slice(bytes);
    }

    /// Every text ends with one.
    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.waiting.push(byte);
    }

    /// Nobody asks: 64 bits would be too few.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash as _;

    use super::*;

    #[test]
    fn a_hash_is_of_the_whole_value() {
        let hash = hash_of(&["甲", "乙丙"]);
        assert_eq!(
            hash,
            hash_of(&vec!["甲".to_owned(), "乙丙".to_owned()].as_slice())
        );
        let long = vec!["甲乙".to_owned(); TOGETHER];
        assert_ne!(hash_of(&long), hash_of(&long[1..].to_vec()));
        let mut bytes = Bytes::default();
        long.hash(&mut bytes);
        let mut all = long.len().to_ne_bytes().to_vec();
        all.extend(
            long.iter()
                .flat_map(|text| [text.as_bytes(), &[0xff]].concat()),
        );
        assert_eq!(bytes.hash(), blake3::hash(&all));
        assert_ne!(hash, hash_of(&["甲乙", "丙"]));
        assert_ne!(hash, hash_of(&["甲", "乙丙", ""]));
    }
}
