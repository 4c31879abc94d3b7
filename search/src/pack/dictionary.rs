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
use super::chunk::Run;

/// A term and where its postings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub term: String,
    /// Number of sections that hold it.
    pub frequency: u32,
    /// Address of its postings, and their length in bytes.
    pub start: u64,
    pub length: u32,
}

/// A page: terms in order.
///
/// It knows nothing of what other pages hold, so that it stays as it is when they change: where
/// its postings are among all is for who reads it to say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub entries: Vec<Entry>,
    /// The run of the terms' postings.
    pub run: Run,
    /// Address at which each chunk of the run begins.
    pub chunks: Vec<u64>,
    /// The first address behind its postings.
    pub end: u64,
}

/// A page to be written.
#[cfg(feature = "write")]
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// Their addresses do not matter.
    pub entries: Vec<Entry>,
    pub run: Run,
    /// The first entry of each chunk of the run.
    pub firsts: Vec<u32>,
}

impl Page {
    pub(crate) fn get(&self, term: &str) -> Option<&Entry> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.term.as_str().cmp(term));
        self.entries.get(found.ok()?)
    }
}

#[cfg(feature = "write")]
impl Draft {
    /// Columns: how much of the term before is kept, how long the rest is, the rest's
    /// UTF-16 high bytes, its low bytes, frequencies, lengths.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut head = Writer::default();
        let (mut kept, mut rests) = (Writer::default(), Writer::default());
        let (mut high, mut low) = (Vec::new(), Vec::new());
        let (mut frequencies, mut lengths) = (Writer::default(), Writer::default());
        let mut last: Vec<u16> = Vec::new();
        for entry in &self.entries {
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
            last = units;
        }
        head.count(self.entries.len());
        head.0.extend(self.run.to_bytes());
        head.rising(&self.firsts);
        [head.0, kept.0, rests.0, high, low, frequencies.0, lengths.0].concat()
    }
}

impl Page {
    /// Reads a page whose postings begin at the address `start`.
    pub(crate) fn read(bytes: &[u8], mut start: u64) -> Result<Self, PackError> {
        const WRONG: PackError = PackError::Damaged("a page of the dictionary is not one");
        let mut reader = Reader(bytes);
        let count = reader.count()?;
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
        let mut chunks = Vec::with_capacity(firsts.len());
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
            if firsts
                .get(chunks.len())
                .is_some_and(|&first| first as usize == at)
            {
                chunks.push(start);
            }
            entries.push(Entry {
                term,
                frequency,
                start,
                length,
            });
            start = start.checked_add(u64::from(length)).ok_or(WRONG)?;
        }
        // The first chunk begins with the first term, and each of the others with one.
        let begins =
            chunks.len() == firsts.len() && firsts.first().copied() == entries.first().map(|_| 0);
        let page = Self {
            entries,
            run,
            chunks,
            end: start,
        };
        begins.then_some(page).ok_or(WRONG)
    }
}

#[cfg(feature = "write")]
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
