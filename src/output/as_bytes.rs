//! For `serde(with)`: a hash, or none, as so many bytes at once. As an array it would be kept byte
//! by byte, and of hashes more is kept than of anything else.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use super::Hash;

/// A hash that is there.
pub mod some {
    use super::{Deserializer, Error, Hash, Serializer};

    /// Writes it.
    pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(&Some(*hash), serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        let hash = super::deserialize(deserializer)?;
        hash.ok_or_else(|| D::Error::custom("a hash is missing"))
    }
}

/// Writes it, or no bytes.
pub fn serialize<S: Serializer>(hash: &Option<Hash>, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = hash.as_ref().map(Hash::as_bytes);
    serializer.serialize_bytes(bytes.map_or(&[], |bytes| bytes))
}

/// Reads it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hash>, D::Error> {
    match <&[u8]>::deserialize(deserializer)? {
        [] => Ok(None),
        bytes => Hash::from_slice(bytes).map(Some).map_err(D::Error::custom),
    }
}
