//! The pack's format, its writer and its reader side by side. `FORMAT.md` tells it in
//! prose.
//!
//! A pack is `hot.bin` and chunks. The index files, one after another, form a single
//! range of addresses, cut where what is read together begins; the documents follow, cut
//! between documents. A chunk's file is its deflated bytes, named by their hash.

use std::ops::Range;

/// A chunk of documents is closed when it holds this many bytes, before deflating.
#[cfg(feature = "write")]
pub(crate) const DOCUMENT_CHUNK: usize = 10 << 10;
/// A chunk that inflates to more than this is no chunk of ours.
const CHUNK_LIMIT: usize = 64 << 20;
/// The same for `hot.bin`.
const HOT_LIMIT: usize = 512 << 20;
/// First bytes of `hot.bin`; the last one is the format's version.
const MAGIC: &[u8; 8] = b"inkhot\0\x01";
/// Bytes of a chunk's hash: forty bits, ten hexadecimal digits.
pub(crate) const HASH: usize = 5;

/// Why bytes could not be read as a pack.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// `hot.bin` is not one, or of another version of Inkstone.
    #[error("the search index is not of this version; build the site again")]
    Version,
    /// Bytes are not what was written.
    #[error("the search index is damaged: {0}")]
    Damaged(&'static str),
    /// tantivy could not write or read the index.
    #[error("the search index cannot be written or read: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The pack has too many parts for its format.
    #[error("the search index is too large: {0}")]
    TooLarge(&'static str),
}

/// All that is read before the first query.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hot {
    /// Names the pack: a hash of everything in it.
    pub id: u64,
    /// tantivy's files in the order of their addresses: name and length.
    pub files: Vec<(String, u64)>,
    /// Address at which each chunk of the index begins.
    pub cuts: Vec<u32>,
    /// Hash of each chunk, of the index first, then of the documents.
    pub hashes: Vec<[u8; HASH]>,
    /// First document of each chunk of documents.
    pub document_chunks: Vec<u32>,
    /// What is read while opening: address and bytes, in order, not touching.
    pub opening: Vec<(u64, Vec<u8>)>,
    /// Length of each document, as [`length_code`] gives it.
    pub lengths: Vec<u8>,
    /// Sum of the documents' lengths in terms.
    pub total_length: u64,
    /// Characters that are too common to look up.
    pub common: String,
    /// The kinds' ids.
    pub kinds: Vec<String>,
    /// The education themes' ids.
    pub education_themes: Vec<String>,
    /// Sets of education themes that occur together.
    pub theme_sets: Vec<Vec<u32>>,
    /// The pages in order.
    pub pages: Vec<PageRow>,
}

/// A page: how many documents (sections) it has, and what filters ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageRow {
    pub documents: u32,
    pub kind: u32,
    pub theme_set: u32,
}

/// What a hit shows, in the order it is written in.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub source: String,
    pub url: String,
    pub page_title: String,
    pub title: String,
    pub date: String,
    pub text: String,
}

/// Steps of a length's scale between a length and its double.
const STEPS: [f32; 3] = [1.0, 1.259_921, 1.587_401];

/// A length's step on the scale, the lower one between two.
#[cfg(feature = "write")]
pub(crate) fn length_code(length: u32) -> u8 {
    let longer = |&code: &u8| code_length(code) <= length as f32;
    (1..=u8::MAX).take_while(longer).last().unwrap_or(0)
}

/// The length that a code stands for.
pub(crate) fn code_length(code: u8) -> f32 {
    (1u64 << (code / 3).min(63)) as f32 * STEPS[usize::from(code % 3)]
}

/// FNV-1a with a final stir: guards against accidents, not against malice.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// A chunk's hash, which is also its name.
pub(crate) fn chunk_hash(bytes: &[u8]) -> [u8; HASH] {
    let mut short = [0; HASH];
    short.copy_from_slice(&hash(bytes).to_be_bytes()[..HASH]);
    short
}

/// The hash as file name, without extension.
pub(crate) fn hex(hash: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    hash.iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Deflates a chunk.
#[cfg(feature = "write")]
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 8)
}

/// Inflates a chunk whose hash has been checked.
pub(crate) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, PackError> {
    inflate_to(bytes, CHUNK_LIMIT)
}

fn inflate_to(bytes: &[u8], limit: usize) -> Result<Vec<u8>, PackError> {
    miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, limit)
        .map_err(|_| PackError::Damaged("a chunk does not inflate"))
}

/// Writes `hot.bin`.
#[cfg(feature = "write")]
pub(crate) fn write_hot(hot: &Hot) -> Vec<u8> {
    let mut body = Writer::default();
    body.number(hot.files.len() as u64);
    for (name, length) in &hot.files {
        body.text(name);
        body.number(*length);
    }
    body.rising(&hot.cuts);
    body.number(hot.hashes.len() as u64);
    hot.hashes.iter().for_each(|hash| body.0.extend(hash));
    body.rising(&hot.document_chunks);
    body.number(hot.opening.len() as u64);
    let mut last = 0;
    for (address, bytes) in &hot.opening {
        body.number(address - last);
        body.bytes(bytes);
        last = *address;
    }
    body.bytes(&hot.lengths);
    body.number(hot.total_length);
    body.text(&hot.common);
    for names in [&hot.kinds, &hot.education_themes] {
        body.number(names.len() as u64);
        names.iter().for_each(|name| body.text(name));
    }
    body.number(hot.theme_sets.len() as u64);
    for set in &hot.theme_sets {
        body.number(set.len() as u64);
        set.iter().for_each(|&theme| body.number(u64::from(theme)));
    }
    body.number(hot.pages.len() as u64);
    for page in &hot.pages {
        body.number(u64::from(page.documents));
        body.number(u64::from(page.kind));
        body.number(u64::from(page.theme_set));
    }
    let body = deflate(&body.0);
    let mut out = MAGIC.to_vec();
    out.extend(hot.id.to_le_bytes());
    out.extend(hash(&body).to_le_bytes());
    out.extend(body);
    out
}

/// Reads `hot.bin`.
pub(crate) fn read_hot(bytes: &[u8]) -> Result<Hot, PackError> {
    const DAMAGED: PackError = PackError::Damaged("hot.bin does not match its hash");
    let body = bytes.strip_prefix(MAGIC).ok_or(PackError::Version)?;
    let (id, body) = body.split_first_chunk().ok_or(DAMAGED)?;
    let (expected, body) = body.split_first_chunk().ok_or(DAMAGED)?;
    if hash(body) != u64::from_le_bytes(*expected) {
        return Err(DAMAGED);
    }
    let body = inflate_to(body, HOT_LIMIT)?;
    let mut reader = Reader(&body);
    let mut hot = Hot {
        id: u64::from_le_bytes(*id),
        ..Hot::default()
    };
    for _ in 0..reader.count()? {
        hot.files.push((reader.text()?, reader.number()?));
    }
    hot.cuts = reader.rising()?;
    for _ in 0..reader.count()? {
        let mut hash = [0; HASH];
        hash.copy_from_slice(reader.take(HASH)?);
        hot.hashes.push(hash);
    }
    hot.document_chunks = reader.rising()?;
    let mut last = 0u64;
    for _ in 0..reader.count()? {
        last = last.checked_add(reader.number()?).ok_or(TRUNCATED)?;
        hot.opening.push((last, reader.bytes()?.to_vec()));
    }
    hot.lengths = reader.bytes()?.to_vec();
    hot.total_length = reader.number()?;
    hot.common = reader.text()?;
    for _ in 0..reader.count()? {
        hot.kinds.push(reader.text()?);
    }
    for _ in 0..reader.count()? {
        hot.education_themes.push(reader.text()?);
    }
    for _ in 0..reader.count()? {
        let set: Result<Vec<u32>, _> = (0..reader.count()?).map(|_| reader.small()).collect();
        hot.theme_sets.push(set?);
    }
    for _ in 0..reader.count()? {
        hot.pages.push(PageRow {
            documents: reader.small()?,
            kind: reader.small()?,
            theme_set: reader.small()?,
        });
    }
    hot.check()?;
    Ok(hot)
}

impl Hot {
    /// The chunks of the index that hold these addresses.
    pub(crate) fn chunks(&self, range: &Range<usize>) -> Range<usize> {
        let upto = |address: usize| self.cuts.partition_point(|&cut| (cut as usize) < address);
        upto(range.start + 1).saturating_sub(1)..upto(range.end)
    }

    /// Addresses of a file.
    pub(crate) fn file(&self, name: &str) -> Option<Range<usize>> {
        let mut start = 0;
        for (file, length) in &self.files {
            let end = start + *length as usize;
            if file == name {
                return Some(start..end);
            }
            start = end;
        }
        None
    }

    /// The chunk that holds a document, and the document's place in it.
    pub(crate) fn document(&self, document: u32) -> (u32, usize) {
        let block = self
            .document_chunks
            .partition_point(|&first| first <= document)
            .saturating_sub(1);
        let first = self.document_chunks.get(block).copied().unwrap_or(0);
        let chunk = self.cuts.len() + block;
        (chunk as u32, (document - first) as usize)
    }

    /// Whether the tables fit each other, so that later code may rely on it.
    fn check(&self) -> Result<(), PackError> {
        let wrong = Err(PackError::Damaged("the tables of hot.bin disagree"));
        let too_long = |length: u64| length > u64::from(u32::MAX);
        let mut total = 0u64;
        for (_, length) in &self.files {
            total = total.saturating_add(*length);
        }
        if too_long(total) || self.cuts.len() + self.document_chunks.len() != self.hashes.len() {
            return wrong;
        }
        let starts_at_zero = self.cuts.first().is_none_or(|&cut| cut == 0);
        let cut_within = self.cuts.last().is_none_or(|&cut| u64::from(cut) < total);
        if !starts_at_zero || !cut_within || self.cuts.is_empty() != (total == 0) {
            return wrong;
        }
        let mut end = 0;
        for (address, bytes) in &self.opening {
            if *address < end || address.saturating_add(bytes.len() as u64) > total {
                return wrong;
            }
            end = address + bytes.len() as u64;
        }
        let documents: u64 = self
            .pages
            .iter()
            .map(|page| u64::from(page.documents))
            .sum();
        let in_range = self.pages.iter().all(|page| {
            (page.kind as usize) < self.kinds.len()
                && (page.theme_set as usize) < self.theme_sets.len()
        });
        let themes = self.education_themes.len();
        let sets = self.theme_sets.iter().flatten();
        if documents != self.lengths.len() as u64
            || !in_range
            || !sets.into_iter().all(|&theme| (theme as usize) < themes)
            || self.document_chunks.is_empty() != (documents == 0)
        {
            return wrong;
        }
        Ok(())
    }
}

/// Appends a document to its chunk.
#[cfg(feature = "write")]
pub(crate) fn write_document(chunk: &mut Vec<u8>, parts: [&str; 6]) {
    let mut writer = Writer(std::mem::take(chunk));
    parts.iter().for_each(|part| writer.text(part));
    *chunk = writer.0;
}

/// Reads the document at a place of a chunk.
pub(crate) fn read_document(chunk: &[u8], place: usize) -> Result<Document, PackError> {
    let mut reader = Reader(chunk);
    for _ in 0..place {
        for _ in 0..6 {
            reader.bytes()?;
        }
    }
    Ok(Document {
        source: reader.text()?,
        url: reader.text()?,
        page_title: reader.text()?,
        title: reader.text()?,
        date: reader.text()?,
        text: reader.text()?,
    })
}

#[cfg(feature = "write")]
#[derive(Default)]
struct Writer(Vec<u8>);

#[cfg(feature = "write")]
impl Writer {
    /// A number, seven bits a byte, the lowest first.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Numbers none of which is below the one before.
    fn rising(&mut self, numbers: &[u32]) {
        self.number(numbers.len() as u64);
        let mut last = 0;
        for &number in numbers {
            self.number(u64::from(number - last));
            last = number;
        }
    }
}

const TRUNCATED: PackError = PackError::Damaged("a table ends too early");

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], PackError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, PackError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(TRUNCATED)
    }

    fn small(&mut self) -> Result<u32, PackError> {
        u32::try_from(self.number()?).map_err(|_| TRUNCATED)
    }

    /// A number of things, each of which takes at least half a byte.
    fn count(&mut self) -> Result<usize, PackError> {
        let count = self.number()?;
        let most = self.0.len() as u64 * 2;
        if count > most {
            return Err(TRUNCATED);
        }
        Ok(count as usize)
    }

    fn rising(&mut self) -> Result<Vec<u32>, PackError> {
        let mut last = 0u32;
        let mut numbers = Vec::new();
        for _ in 0..self.count()? {
            last = last.checked_add(self.small()?).ok_or(TRUNCATED)?;
            numbers.push(last);
        }
        Ok(numbers)
    }

    fn bytes(&mut self) -> Result<&'a [u8], PackError> {
        let length = self.count()?;
        self.take(length)
    }

    fn text(&mut self) -> Result<String, PackError> {
        let bytes = self.bytes()?.to_vec();
        String::from_utf8(bytes).map_err(|_| PackError::Damaged("a text is not UTF-8"))
    }
}

#[cfg(test)]
mod tests;
