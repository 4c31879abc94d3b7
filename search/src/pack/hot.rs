//! `hot.bin`: all that is read before the first query.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;
use super::chunk::{self, ChunkId, Digest, Run};
use super::facet::{Facet, Table};
use super::idiom::Idiom;
use super::{PackError, variants};

/// `hot.bin` does not inflate to more than this.
const HOT_LIMIT: usize = 512 << 20;
/// First bytes; the last one is the format's version.
const MAGIC: &[u8; 8] = b"inkhot\0\x06";

/// Bytes of addresses left free in tantivy's postings, for lists that a reader makes: more than it
/// will ever hold, and less than 32 bits count.
pub(crate) const POSTINGS: u64 = 1 << 31;

/// All that is read before the first query.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Hot {
    /// Names the pack: a hash of everything in it, which writing it tells.
    pub id: u64,
    /// tantivy's files in the order of their addresses: name and length.
    pub files: Vec<(String, u64)>,
    /// What tantivy reads while opening: address and bytes, in order, not touching.
    pub opening: Vec<(u64, Vec<u8>)>,
    /// Address at which the postings begin.
    pub base: u64,
    /// A text between the last term of the page before and the first of each page of the
    /// dictionary; the first one is empty.
    pub pages: Vec<String>,
    /// The dictionary's runs, and the first page in each.
    pub page_runs: Vec<(Run, u32)>,
    /// Number of documents (sections) of each page of the site.
    pub documents: Vec<u32>,
    /// The documents' runs.
    pub document_runs: Vec<DocumentRun>,
    /// Length of each document, as [`length_code`] gives it.
    pub lengths: Vec<u8>,
    /// How many of the documents are numbers left free.
    pub free: u32,
    /// Sum of the documents' lengths in characters.
    pub total_length: u64,
    /// Characters that are too common to take part in ranking.
    pub common: String,
    /// What pages are filtered by, in the order of [`Facet::ALL`].
    pub facets: [Table; Facet::ALL.len()],
    /// The pages' days, `20160206`; 0: none.
    pub dates: Vec<u32>,
    /// Pages whose text is no longer in force.
    pub ended: Vec<u32>,
    /// The ideographs that the site uses, folded, in order.
    pub alphabet: Vec<char>,
    /// Characters of the site's texts that are folded to others of its alphabet.
    pub folded: BTreeMap<char, char>,
    /// The chunk of all other [`super::variants`]; 0: none.
    pub variants: Run,
    /// How the site speaks: documents are written in it.
    pub idiom: Idiom,
    /// Chunks that travel along, of a site so small that they are all here.
    pub bundle: Vec<(ChunkId, Vec<u8>)>,
}

/// A run of chunks of documents: the first document in each.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct DocumentRun {
    pub run: Run,
    pub firsts: Vec<u32>,
}

/// Steps of a length's scale between a length and its double.
const STEPS: [f32; 2] = [1.0, std::f32::consts::SQRT_2];
/// From the lower end of a step to its middle.
const MIDDLE: f32 = 1.189_207;

/// A length's step on the scale.
#[cfg(feature = "write")]
pub(crate) fn length_code(length: u32) -> u8 {
    let begins = |&code: &u8| step(code) <= length as f32;
    (1..=u8::MAX).take_while(begins).last().unwrap_or(0)
}

/// The length that a code stands for.
pub(crate) fn code_length(code: u8) -> f32 {
    step(code) * MIDDLE
}

fn step(code: u8) -> f32 {
    (1u64 << (code / 2).min(63)) as f32 * STEPS[usize::from(code % 2)]
}

/// Writes `hot.bin`, and into it the pack's identity.
#[cfg(feature = "write")]
pub(crate) fn write(hot: &Hot) -> Vec<u8> {
    let mut body = Writer::default();
    body.count(hot.files.len());
    for (name, length) in &hot.files {
        body.text(name);
        body.number(*length);
    }
    body.count(hot.opening.len());
    let mut last = 0;
    for (address, bytes) in &hot.opening {
        body.number(address - last);
        body.bytes(bytes);
        last = *address;
    }
    body.number(hot.base);
    body.count(hot.pages.len());
    let mut before = "";
    for page in &hot.pages {
        // Only what differs from the one before.
        let keep = shared(before, page);
        body.count(keep);
        body.text(&page[keep..]);
        before = page;
    }
    body.count(hot.page_runs.len());
    let mut last = 0;
    for &(run, first) in &hot.page_runs {
        body.0.extend(run.to_bytes());
        body.number(first - last);
        last = first;
    }
    body.numbers(&hot.documents);
    body.count(hot.document_runs.len());
    let mut last = 0;
    for DocumentRun { run, firsts } in &hot.document_runs {
        body.0.extend(run.to_bytes());
        body.count(firsts.len());
        for &first in firsts {
            body.number(first - last);
            last = first;
        }
    }
    body.bytes(&hot.lengths);
    body.number(hot.free);
    body.number(hot.total_length);
    body.text(&hot.common);
    hot.facets.iter().for_each(|facet| facet.write(&mut body));
    body.numbers(&hot.dates);
    body.rising(&hot.ended);
    let alphabet: Vec<u32> = hot.alphabet.iter().map(|&c| u32::from(c)).collect();
    body.rising(&alphabet);
    let folded: Vec<_> = hot.folded.iter().map(|(&from, &to)| (from, to)).collect();
    body.bytes(&variants::write(&folded));
    body.0.extend(hot.variants.to_bytes());
    body.bytes(hot.idiom.table());
    body.count(hot.bundle.len());
    for (id, file) in &hot.bundle {
        body.0.extend(id.run.to_bytes());
        body.number(id.index);
        body.bytes(file);
    }
    let body = chunk::Deflater::default().deflate(&body.0);
    let mut out = MAGIC.to_vec();
    out.extend(0u64.to_le_bytes());
    out.extend(hash(&body).to_le_bytes());
    out.extend(body);
    let id = hash(&out).to_le_bytes();
    out[MAGIC.len()..][..id.len()].copy_from_slice(&id);
    out
}

/// Bytes that two texts begin with alike, up to a character's end.
#[cfg(feature = "write")]
fn shared(a: &str, b: &str) -> usize {
    let pairs = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    pairs.map(|(c, _)| c.len_utf8()).sum()
}

pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut digest = Digest::default();
    digest.add(bytes);
    digest.number()
}

/// Reads `hot.bin`.
pub(crate) fn read(bytes: &[u8]) -> Result<Hot, PackError> {
    const DAMAGED: PackError = PackError::Damaged("hot.bin does not match its hash");
    let body = bytes.strip_prefix(MAGIC).ok_or(PackError::Version)?;
    let (id, body) = body.split_first_chunk().ok_or(DAMAGED)?;
    let (expected, body) = body.split_first_chunk().ok_or(DAMAGED)?;
    if hash(body) != u64::from_le_bytes(*expected) {
        return Err(DAMAGED);
    }
    let hot = read_tables(&chunk::inflate(body, HOT_LIMIT)?, u64::from_le_bytes(*id))?;
    hot.check()?;
    Ok(hot)
}

fn read_tables(body: &[u8], id: u64) -> Result<Hot, PackError> {
    const WRONG: PackError = PackError::Damaged("a table of hot.bin is not one");
    let mut reader = Reader(body);
    let mut hot = Hot {
        id,
        ..Hot::default()
    };
    for _ in 0..reader.count()? {
        hot.files.push((reader.text()?, reader.number()?));
    }
    let mut last = 0u64;
    for _ in 0..reader.count()? {
        last = last.checked_add(reader.number()?).ok_or(WRONG)?;
        hot.opening.push((last, reader.bytes()?.to_vec()));
    }
    hot.base = reader.number()?;
    let mut before = String::new();
    for _ in 0..reader.count()? {
        let keep = reader.count()?;
        let kept = before.get(..keep).ok_or(WRONG)?;
        before = format!("{kept}{}", reader.text()?);
        hot.pages.push(before.clone());
    }
    let mut first = 0u32;
    for _ in 0..reader.count()? {
        let run = Run::read(&mut reader)?;
        first = first.checked_add(reader.small()?).ok_or(WRONG)?;
        hot.page_runs.push((run, first));
    }
    hot.documents = reader.numbers()?;
    let mut last = 0u32;
    for _ in 0..reader.count()? {
        let run = Run::read(&mut reader)?;
        let mut firsts = Vec::new();
        for _ in 0..reader.count()? {
            last = last.checked_add(reader.small()?).ok_or(WRONG)?;
            firsts.push(last);
        }
        hot.document_runs.push(DocumentRun { run, firsts });
    }
    hot.lengths = reader.bytes()?.to_vec();
    hot.free = reader.small()?;
    hot.total_length = reader.number()?;
    hot.common = reader.text()?;
    for facet in &mut hot.facets {
        *facet = Table::read(&mut reader, hot.documents.len())?;
    }
    hot.dates = reader.numbers()?;
    hot.ended = reader.rising()?;
    let alphabet = reader.rising()?.into_iter().map(char::from_u32);
    hot.alphabet = alphabet.collect::<Option<_>>().ok_or(WRONG)?;
    hot.folded = variants::read(reader.bytes()?)?;
    hot.variants = Run::read(&mut reader)?;
    hot.idiom = Idiom::read(reader.bytes()?)?;
    for _ in 0..reader.count()? {
        let run = Run::read(&mut reader)?;
        let index = reader.small()?;
        let id = ChunkId { run, index };
        hot.bundle.push((id, reader.bytes()?.to_vec()));
    }
    Ok(hot)
}

impl Hot {
    /// Number of sections: of documents that are not free.
    pub(crate) fn sections(&self) -> u32 {
        (self.lengths.len() as u32).saturating_sub(self.free)
    }

    pub(crate) fn facet(&self, facet: Facet) -> &Table {
        &self.facets[facet as usize]
    }

    /// Addresses of a file of tantivy's.
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

    /// The page of the dictionary that holds a term, if any does.
    pub(crate) fn page(&self, term: &str) -> Option<usize> {
        self.pages
            .partition_point(|first| first.as_str() <= term)
            .checked_sub(1)
    }

    /// The chunk of a page of the dictionary.
    pub(crate) fn page_chunk(&self, page: usize) -> ChunkId {
        let page = page as u32;
        let after = self.page_runs.partition_point(|&(_, first)| first <= page);
        let run = after.checked_sub(1).map(|run| self.page_runs[run]);
        let (run, first) = run.unwrap_or_default();
        let index = page - first;
        ChunkId { run, index }
    }

    /// The chunk that holds a document, and the document's place in it.
    pub(crate) fn document(&self, document: u32) -> (ChunkId, usize) {
        let before = |run: &DocumentRun| run.firsts.first().is_some_and(|&f| f <= document);
        let run = self.document_runs.partition_point(before).saturating_sub(1);
        let Some(DocumentRun { run, firsts }) = self.document_runs.get(run) else {
            let run = Run::default();
            return (ChunkId { run, index: 0 }, 0);
        };
        let index = firsts.partition_point(|&first| first <= document);
        let index = index.saturating_sub(1);
        let first = firsts.get(index).copied().unwrap_or(document);
        let id = ChunkId {
            run: *run,
            index: index as u32,
        };
        (id, document.saturating_sub(first) as usize)
    }

    /// Whether the tables fit each other, so that later code may rely on it.
    fn check(&self) -> Result<(), PackError> {
        const WRONG: PackError = PackError::Damaged("the tables of hot.bin disagree");
        let mut total = 0u64;
        for (_, length) in &self.files {
            total = total.saturating_add(*length);
        }
        let mut end = 0;
        for (address, bytes) in &self.opening {
            if *address < end || address.saturating_add(bytes.len() as u64) > total {
                return Err(WRONG);
            }
            end = address + bytes.len() as u64;
        }
        let sections: u64 = self.documents.iter().map(|&count| u64::from(count)).sum();
        let pages = self.documents.len();
        let fits = u32::try_from(total).is_ok()
            && sections == self.lengths.len() as u64
            && u32::try_from(sections).is_ok()
            && u64::from(self.free) <= sections
            && self
                .page_runs
                .iter()
                .all(|&(_, first)| (first as usize) < self.pages.len())
            && self.page_runs.first().is_none_or(|&(_, first)| first == 0)
            && self.page_runs.is_empty() == self.pages.is_empty()
            && self.pages.is_sorted()
            && self.dates.len() == pages
            && self.ended.iter().all(|&page| (page as usize) < pages)
            && self.document_runs.iter().all(|run| !run.firsts.is_empty());
        if fits { Ok(()) } else { Err(WRONG) }
    }
}
