//! Hashes of values.

use crate::output::Hash;

/// A hash of a value: of all of it that its own [`std::hash::Hash`] covers.
pub fn hash_of(value: &impl std::hash::Hash) -> Hash {
    let mut bytes = Bytes(Vec::new());
    value.hash(&mut bytes);
    blake3::hash(&bytes.0)
}

/// What values tell a hasher.
struct Bytes(Vec<u8>);

impl std::hash::Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nobody asks: 64 bits would be too few.
    fn finish(&self) -> u64 {
        0
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
}
