//! For `serde(with)`: a hash as so many bytes at once. As an array it would be kept byte by byte,
//! and of hashes more is kept than of anything else.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use super::Hash;

/// Writes it.
pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(hash.as_bytes())
}

/// Reads it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
    let bytes = <&[u8]>::deserialize(deserializer)?;
    Hash::from_slice(bytes).map_err(D::Error::custom)
}
