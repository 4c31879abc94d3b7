//! Pages of the dictionary: where each term's postings are.
//!
//! tantivy's own dictionary keeps whole terms in blocks of 4 KB, of which a question in
//! Chinese touches dozens. Here a page is cut into columns that deflate well, which costs
//! a question a fifth, and it tells where its terms' postings are, so that no table of
//! them has to be read before.

use std::ops::Range;
use std::sync::Arc;

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;
use super::chunk::{ChunkId, Run};

/// A term and where its postings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub term: String,
    /// Number of sections that hold it.
    pub frequency: u32,
    /// The chunk that holds its postings.
    pub chunk: ChunkId,
    /// The page's terms whose postings are in the chunk, up to and with this one.
    terms: Range<usize>,
    /// The frequencies of the page's terms.
    frequencies: Arc<[u32]>,
}

/// A page: terms in order.
///
/// It knows nothing of what other pages hold, so that it stays as it is when they change.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Page(pub Vec<Entry>);

/// Terms in order, and how many sections hold each, in little memory.
#[cfg(feature = "write")]
#[derive(Debug, Default)]
pub(crate) struct Terms {
    text: String,
    /// For each term, where it ends, and its frequency.
    ends: Vec<(usize, u32)>,
}

#[cfg(feature = "write")]
impl Terms {
    pub(crate) fn push(&mut self, term: &str, frequency: u32) {
        self.text.push_str(term);
        self.ends.push((self.text.len(), frequency));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        let terms = starts.zip(&self.ends);
        terms.map(|(start, &(end, frequency))| (&self.text[start..end], frequency))
    }
}

/// A page to be written.
#[cfg(feature = "write")]
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub terms: Terms,
    /// The run of the terms' postings.
    pub run: Run,
    /// The first term of each chunk of the run.
    pub firsts: Vec<u32>,
}

impl Entry {
    /// The frequencies of the terms whose postings the chunk holds, up to and with this one's.
    pub(crate) fn lists(&self) -> impl Iterator<Item = u32> {
        self.frequencies[self.terms.clone()].iter().copied()
    }

    /// Which of the chunk's lists is this term's.
    pub(crate) fn list(&self) -> (ChunkId, usize) {
        (self.chunk, self.terms.len())
    }
}

impl Page {
    pub(crate) fn get(&self, term: &str) -> Option<&Entry> {
        let found = self
            .0
            .binary_search_by(|entry| entry.term.as_str().cmp(term));
        self.0.get(found.ok()?)
    }
}

#[cfg(feature = "write")]
impl Draft {
    /// Columns: how much of the term before is kept, how long the rest is, the rest's
    /// UTF-16 high bytes, its low bytes, frequencies.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut head = Writer::default();
        let (mut kept, mut rests) = (Writer::default(), Writer::default());
        let (mut high, mut low) = (Vec::new(), Vec::new());
        let mut frequencies = Writer::default();
        let (mut units, mut last) = (Vec::<u16>::new(), Vec::new());
        for (term, frequency) in self.terms.iter() {
            units.clear();
            units.extend(term.encode_utf16());
            let keep = units.iter().zip(&last).take_while(|(a, b)| a == b).count();
            kept.count(keep);
            rests.count(units.len() - keep);
            for unit in &units[keep..] {
                let [a, b] = unit.to_be_bytes();
                high.push(a);
                low.push(b);
            }
            frequencies.number(frequency);
            std::mem::swap(&mut units, &mut last);
        }
        head.count(self.terms.len());
        head.0.extend(self.run.to_bytes());
        head.rising(&self.firsts);
        [head.0, kept.0, rests.0, high, low, frequencies.0].concat()
    }
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PackError> {
        const WRONG: PackError = PackError::Damaged("a page of the dictionary is not one");
        let mut reader = Reader(bytes);
        let count = reader.count()?;
        let run = Run::read(&mut reader)?;
        let firsts = reader.rising()?;
        let column = |reader: &mut Reader<'_>| {
            let numbers: Result<Vec<u32>, _> = (0..count).map(|_| reader.small()).collect();
            numbers
        };
        let (kept, rests) = (column(&mut reader)?, column(&mut reader)?);
        let total: u64 = rests.iter().map(|&rest| u64::from(rest)).sum();
        let total = usize::try_from(total).map_err(|_| WRONG)?;
        let (high, low) = (reader.take(total)?, reader.take(total)?);
        let frequencies: Arc<[u32]> = column(&mut reader)?.into();
        let mut units: Vec<u16> = Vec::new();
        let mut rest = high
            .iter()
            .zip(low)
            .map(|(&a, &b)| u16::from_be_bytes([a, b]));
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        let mut chunks = (0..)
            .zip(firsts.iter().map(|&first| first as usize))
            .peekable();
        let mut chunk = None;
        for at in 0..count {
            units.truncate(kept[at] as usize);
            units.extend(rest.by_ref().take(rests[at] as usize));
            let term = String::from_utf16(&units).map_err(|_| WRONG)?;
            if entries.last().is_some_and(|last| last.term >= term) {
                return Err(WRONG);
            }
            chunk = chunks.next_if(|(_, first)| *first == at).or(chunk);
            // The first chunk begins with the first term.
            let (index, first) = chunk.ok_or(WRONG)?;
            entries.push(Entry {
                term,
                frequency: frequencies[at],
                chunk: ChunkId { run, index },
                terms: first..at + 1,
                frequencies: Arc::clone(&frequencies),
            });
        }
        // Each of the others begins with one, too.
        chunks
            .next()
            .is_none()
            .then_some(Self(entries))
            .ok_or(WRONG)
    }
}
