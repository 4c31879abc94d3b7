//! Pages of the dictionary: where each term's postings are.
//!
//! tantivy's own dictionary keeps whole terms in blocks of 4 KB, of which a question in
//! Chinese touches dozens. Here a page is cut into columns that deflate well, which costs
//! a question a fifth, and it tells where its terms' postings are, so that no table of
//! them has to be read before.

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;
use super::chunk::{ChunkId, Run};

/// Terms on a page.
#[cfg(feature = "write")]
pub(crate) const TERMS: usize = 128;
/// Pages in a run.
pub(crate) const PAGES: usize = 16;

/// A term and where its postings are among those of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub term: String,
    /// Number of sections that hold it.
    pub frequency: u32,
    /// Where its postings are among all postings, and their length in bytes.
    pub start: u64,
    pub length: u32,
    /// Which chunk of the page's run they are in.
    pub chunk: u32,
}

/// A page: terms in order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub entries: Vec<Entry>,
    /// The run of the terms' postings.
    pub run: Run,
}

impl Page {
    pub(crate) fn get(&self, term: &str) -> Option<&Entry> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.term.as_str().cmp(term));
        self.entries.get(found.ok()?)
    }

    /// The chunk that holds an entry's postings, and where the chunk begins.
    pub(crate) fn chunk(&self, entry: &Entry) -> (ChunkId, u64) {
        let first = self
            .entries
            .partition_point(|other| other.chunk < entry.chunk);
        let start = self.entries.get(first).map_or(0, |first| first.start);
        let (run, index) = (self.run, entry.chunk);
        (ChunkId { run, index }, start)
    }

    /// Columns: how much of the term before is kept, how long the rest is, the rest's
    /// UTF-16 high bytes, its low bytes, frequencies, lengths, firsts of each chunk.
    #[cfg(feature = "write")]
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut head = Writer::default();
        let (mut kept, mut rests) = (Writer::default(), Writer::default());
        let (mut high, mut low) = (Vec::new(), Vec::new());
        let (mut frequencies, mut lengths) = (Writer::default(), Writer::default());
        let mut firsts: Vec<u32> = Vec::new();
        let mut last: Vec<u16> = Vec::new();
        for (number, entry) in (0..).zip(&self.entries) {
            let units: Vec<u16> = entry.term.encode_utf16().collect();
            let keep = units.iter().zip(&last).take_while(|(a, b)| a == b).count();
            kept.count(keep);
            rests.count(units.len() - keep);
            for unit in &units[keep..] {
                let [a, b] = unit.to_be_bytes();
                high.push(a);
                low.push(b);
            }
            frequencies.number(entry.frequency);
            lengths.number(zigzag(
                i64::from(entry.length) - 2 * i64::from(entry.frequency),
            ));
            if firsts.len() as u32 == entry.chunk {
                firsts.push(number);
            }
            last = units;
        }
        head.count(self.entries.len());
        head.number(self.entries.first().map_or(0, |entry| entry.start));
        head.0.extend(self.run.to_bytes());
        head.rising(&firsts);
        [head.0, kept.0, rests.0, high, low, frequencies.0, lengths.0].concat()
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PackError> {
        const WRONG: PackError = PackError::Damaged("a page of the dictionary is not one");
        let mut reader = Reader(bytes);
        let count = reader.count()?;
        let mut start = reader.number()?;
        let run = Run::read(&mut reader)?;
        let firsts = reader.rising()?;
        let mut column = || {
            let numbers: Result<Vec<u32>, _> = (0..count).map(|_| reader.small()).collect();
            numbers
        };
        let (kept, rests) = (column()?, column()?);
        let total: u64 = rests.iter().map(|&rest| u64::from(rest)).sum();
        let total = usize::try_from(total).map_err(|_| WRONG)?;
        let (high, low) = (reader.take(total)?, reader.take(total)?);
        let mut column = || {
            let numbers: Result<Vec<u64>, _> = (0..count).map(|_| reader.number()).collect();
            numbers
        };
        let (frequencies, lengths) = (column()?, column()?);
        let mut units: Vec<u16> = Vec::new();
        let mut rest = high
            .iter()
            .zip(low)
            .map(|(&a, &b)| u16::from_be_bytes([a, b]));
        let mut entries: Vec<Entry> = Vec::with_capacity(count);
        for at in 0..count {
            units.truncate(kept[at] as usize);
            units.extend(rest.by_ref().take(rests[at] as usize));
            let term = String::from_utf16(&units).map_err(|_| WRONG)?;
            if entries.last().is_some_and(|last| last.term >= term) {
                return Err(WRONG);
            }
            let frequency = u32::try_from(frequencies[at]).map_err(|_| WRONG)?;
            let length = unzigzag(lengths[at]).checked_add(2 * i64::from(frequency));
            let length = length.and_then(|length| u32::try_from(length).ok());
            let length = length.ok_or(WRONG)?;
            let chunk = firsts.partition_point(|&first| first as usize <= at);
            entries.push(Entry {
                term,
                frequency,
                start,
                length,
                chunk: (chunk as u32).checked_sub(1).ok_or(WRONG)?,
            });
            start = start.checked_add(u64::from(length)).ok_or(WRONG)?;
        }
        Ok(Self { entries, run })
    }
}

#[cfg(feature = "write")]
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
