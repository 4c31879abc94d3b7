//! The chunk of variants: traditional characters and the simplified ones that the site
//! is folded to. A query is read with it when it holds a character the site has not.

use std::collections::BTreeMap;

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;

/// Writes the pairs, in the order of the traditional characters: their distances, then
/// what they are folded to.
#[cfg(feature = "write")]
pub(crate) fn write(pairs: &[(char, char)]) -> Vec<u8> {
    let mut writer = Writer::default();
    let from: Vec<u32> = pairs.iter().map(|&(from, _)| u32::from(from)).collect();
    writer.rising(&from);
    for &(_, to) in pairs {
        writer.number(u32::from(to));
    }
    writer.0
}

/// Reads the pairs.
pub(crate) fn read(bytes: &[u8]) -> Result<BTreeMap<char, char>, PackError> {
    const WRONG: PackError = PackError::Damaged("the variants are not characters");
    let mut reader = Reader(bytes);
    let from = reader.rising()?;
    let character = |code| char::from_u32(code).ok_or(WRONG);
    from.into_iter()
        .map(|from| Ok((character(from)?, character(reader.small()?)?)))
        .collect()
}
