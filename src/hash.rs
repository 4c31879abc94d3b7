//! What tells contents and values apart.

pub mod as_bytes;

use std::fmt;
use std::hash::Hasher;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twox_hash::XxHash3_128;

/// A hash of what is in files, in blake3's 32 bytes: these come from anybody.
pub type Hash = blake3::Hash;

/// The bytes of a key.
const LENGTH: usize = 16;

/// What tells a value from others: 128 bits of XXH3, which takes a tenth of the time. It is for
/// what is made here, where nobody gains by making two values of one key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash, Default)]
pub struct Key([u8; LENGTH]);

impl Key {
    /// Of all of a value that its own [`std::hash::Hash`] covers.
    pub fn of(value: &impl std::hash::Hash) -> Self {
        let mut told = Told::default();
        value.hash(&mut told);
        told.key()
    }

    /// Of bytes alone.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(bytes).to_le_bytes())
    }

    /// Its bytes, each as good as any other.
    pub fn bytes(self) -> [u8; LENGTH] {
        self.0
    }
}

/// In hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl From<[u8; LENGTH]> for Key {
    fn from(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }
}

/// So many bytes at once: as an array it would be kept byte by byte.
impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        bytes.try_into().map(Self).map_err(D::Error::custom)
    }
}

/// Many small writes are hashed together: so many bytes at least.
const TOGETHER: usize = 16 << 10;

/// Most values tell less.
const ROOM: usize = 512;

/// What values tell a hasher.
pub struct Told {
    waiting: Vec<u8>,
    /// Of what came before.
    hasher: Option<XxHash3_128>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Told({})", self.key())
    }
}

impl Default for Told {
    fn default() -> Self {
        Self {
            waiting: Vec::with_capacity(ROOM),
            hasher: None,
        }
    }
}

impl Told {
    /// What tells all that was told.
    pub fn key(&self) -> Key {
        match &self.hasher {
            None => Key::of_bytes(&self.waiting),
            Some(hasher) => {
                let mut hasher = hasher.clone();
                hasher.write(&self.waiting);
                Key(hasher.finish_128().to_le_bytes())
            }
        }
    }
}

impl Hasher for Told {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        if self.waiting.len() >= TOGETHER {
            let hasher = self.hasher.get_or_insert_with(XxHash3_128::new);
            hasher.write(&self.waiting);
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
    fn a_key_is_of_the_whole_value() {
        let key = Key::of(&["甲", "乙丙"]);
        assert_eq!(
            key,
            Key::of(&vec!["甲".to_owned(), "乙丙".to_owned()].as_slice())
        );
        let long = vec!["甲乙".to_owned(); TOGETHER];
        assert_ne!(Key::of(&long), Key::of(&long[1..].to_vec()));
        let mut told = Told::default();
        long.hash(&mut told);
        let mut all = long.len().to_ne_bytes().to_vec();
        all.extend(
            long.iter()
                .flat_map(|text| [text.as_bytes(), &[0xff]].concat()),
        );
        assert_eq!(told.key(), Key::of_bytes(&all));
        assert_ne!(key, Key::of(&["甲乙", "丙"]));
        assert_ne!(key, Key::of(&["甲", "乙丙", ""]));
    }

    #[test]
    fn a_key_is_kept_as_its_bytes() {
        let key = Key::of_bytes(b"1");
        let kept = postcard::to_allocvec(&key).unwrap();
        assert_eq!(kept[1..], key.bytes());
        assert_eq!(postcard::from_bytes::<Key>(&kept), Ok(key));
        assert!(postcard::from_bytes::<Key>(&[1, 2]).is_err());
        let digits = format!("{:02x}", key.bytes()[0]);
        assert!(key.to_string().starts_with(&digits) && key.to_string().len() == 32);
    }
}
