//! A chunk: a small file that is read as a whole, named by what is in it.
//!
//! Chunks come in runs that are cut together, and a run has one name: part of the hash of
//! all that is in it. So a table needs five bytes for a whole run, and yet a chunk of
//! another build is never taken for one of this.

use std::fmt;
use std::str::FromStr;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
#[cfg(feature = "write")]
use serde::{Deserialize, Serialize};

use super::idiom::Idiom;
use super::{PackError, script};

/// A chunk that inflates to more than this is no chunk of ours.
const CHUNK_LIMIT: usize = 64 << 20;
/// Bits of a run's hash that are its name.
const NAME_BITS: u32 = 40;

/// Names a run of chunks: forty bits of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Run(pub u64);

impl Run {
    /// Bytes of a name in a table.
    pub(crate) const BYTES: usize = NAME_BITS as usize / 8;

    #[cfg(feature = "write")]
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let [a, b, c, d, e, ..] = self.0.to_le_bytes();
        [a, b, c, d, e]
    }

    /// Reads a name from a table.
    pub(crate) fn read(reader: &mut super::bytes::Reader<'_>) -> Result<Self, PackError> {
        let mut bytes = [0; 8];
        bytes[..Self::BYTES].copy_from_slice(reader.take(Self::BYTES)?);
        Ok(Self(u64::from_le_bytes(bytes)))
    }

    /// The run of contents with this digest; `salt` tells apart runs whose names would be one.
    #[cfg(feature = "write")]
    pub(crate) fn of(contents: &Digest, salt: u32) -> Self {
        let mut name = *contents;
        name.mix(salt.into());
        Self(name.0 & ((1 << NAME_BITS) - 1))
    }
}

/// A hash of contents, eight bytes at a time: guards against accidents, not against malice.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "write", derive(Serialize, Deserialize))]
pub(crate) struct Digest(u64);

impl Digest {
    /// Adds one content: its length, then its bytes.
    pub(crate) fn add(&mut self, content: &[u8]) {
        self.mix(content.len() as u64);
        let (words, rest) = content.as_chunks();
        words
            .iter()
            .for_each(|word| self.mix(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last));
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    #[cfg(feature = "write")]
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number)
    }

    /// Both halves of a product of 128 bits: every bit of the word tells in every bit.
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15)
            * u128::from(0xd6e8_feb8_6659_fd93u64);
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

/// Names a chunk: its file is `chunks/NAME.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId {
    pub(crate) run: Run,
    pub(crate) index: u32,
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010x}-{}", self.run.0, self.index)
    }
}

impl FromStr for ChunkId {
    type Err = PackError;

    fn from_str(name: &str) -> Result<Self, PackError> {
        let parts = name.split_once('-').and_then(|(run, index)| {
            let run = Run(u64::from_str_radix(run, 16).ok()?);
            Some(Self {
                run,
                index: index.parse().ok()?,
            })
        });
        parts.ok_or(PackError::Damaged("no such chunk"))
    }
}

/// The check at the head of a chunk's file: of its name and its deflated bytes.
fn check(id: ChunkId, deflated: &[u8]) -> [u8; 4] {
    let mut digest = Digest::default();
    digest.mix(id.run.0);
    digest.mix(id.index.into());
    digest.add(deflated);
    (digest.number() as u32).to_le_bytes()
}

/// Bytes of the check at the head of a chunk's file.
#[cfg(feature = "write")]
pub(crate) const CHECK: usize = 4;

/// A sealed chunk: check, then deflated bytes. Its file is that as a script.
#[cfg(feature = "write")]
pub(crate) fn seal(id: ChunkId, deflated: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(CHECK + deflated.len());
    file.extend(check(id, deflated));
    file.extend(deflated);
    file
}

/// What a chunk's file, or what is sealed in it, holds, if it is what this name was given to.
pub(crate) fn open(id: ChunkId, file: &[u8], idiom: &Idiom) -> Result<Vec<u8>, PackError> {
    const WRONG: PackError = PackError::Damaged("a chunk does not match its name");
    let file = script::unwrap(file);
    let (expected, deflated) = file.split_first_chunk().ok_or(WRONG)?;
    if *expected != check(id, deflated) {
        return Err(WRONG);
    }
    match deflated.split_first() {
        Some((&TEXT, text)) => Ok(idiom.read_text(text, CHUNK_LIMIT)?.into_bytes()),
        _ => inflate(deflated, CHUNK_LIMIT),
    }
}

/// Before deflated bytes.
const DEFLATED: u8 = 0;
/// Before a text in the site's idiom.
const TEXT: u8 = 1;
/// Before bytes as they are.
const STORED: u8 = 2;

/// Texts in the site's idiom, or deflated if nothing is known of that.
#[cfg(feature = "write")]
pub(crate) fn texts(texts: &[String], idiom: &Idiom) -> Vec<Vec<u8>> {
    if let Some(coded) = idiom.write_texts(texts) {
        let coded = coded.into_iter();
        return coded
            .map(|text| [&[TEXT], text.as_slice()].concat())
            .collect();
    }
    let mut deflater = Deflater::default();
    let texts = texts.iter();
    texts
        .map(|text| deflater.deflate(text.as_bytes()))
        .collect()
}

/// A content that deflating makes no smaller.
#[cfg(feature = "write")]
pub(crate) fn stored(content: &[u8]) -> Vec<u8> {
    [&[STORED], content].concat()
}

/// Deflates one content after another in the same memory, which costs more to make than most
/// contents do to deflate. The same bytes come out on every machine.
#[cfg(feature = "write")]
pub(crate) struct Deflater(zlib_rs::Deflate);

#[cfg(feature = "write")]
impl Default for Deflater {
    fn default() -> Self {
        // Higher levels take twice the time for less than a hundredth of the bytes.
        Self(zlib_rs::Deflate::new(5, false, 15))
    }
}

#[cfg(feature = "write")]
impl Deflater {
    /// [`DEFLATED`], and the raw deflated bytes.
    pub(crate) fn deflate(&mut self, bytes: &[u8]) -> Vec<u8> {
        // What cannot be made smaller grows by a few bytes a block.
        let mut out = vec![DEFLATED; 1 + bytes.len() + bytes.len() / 64 + 64];
        self.0.reset();
        let flush = zlib_rs::DeflateFlush::Finish;
        let ended = self.0.compress(bytes, &mut out[1..], flush);
        debug_assert!(matches!(ended, Ok(zlib_rs::Status::StreamEnd)));
        out.truncate(1 + self.0.total_out() as usize);
        out
    }
}

/// The content of at most `limit` bytes.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, PackError> {
    const WRONG: PackError = PackError::Damaged("a chunk does not inflate");
    let (kind, deflated) = bytes.split_first().ok_or(WRONG)?;
    match *kind {
        DEFLATED => {}
        STORED => return Ok(deflated.to_vec()),
        _ => return Err(WRONG),
    }
    let (mut state, mut out) = (DecompressorOxide::new(), Vec::new());
    let (mut read, mut end) = (0, 0);
    loop {
        // A chunk of terms is a third of what it holds.
        let room = out.len() + deflated.len().max(256) * 3;
        out.resize(room.min(limit), 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, given) =
            decompress(&mut state, &deflated[read..], &mut out, end, flags);
        read += taken;
        end += given;
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput if out.len() < limit => {}
            _ => return Err(WRONG),
        }
    }
    out.truncate(end);
    Ok(out)
}
