//! Chunks of postings: of each term, the sections that hold it, and how often each does.
//!
//! tantivy packs the distances between sections into so many bits for 128 of them at a time,
//! which is fast to read and takes a third more bytes than there is to say. So lists travel
//! coded by how likely each distance is after those before it, and are given to tantivy in its
//! own form ([`packed`]) once they are here.

#[cfg(feature = "write")]
mod learn;
mod packed;

use std::sync::OnceLock;

use super::PackError;
#[cfg(feature = "write")]
use super::coder::Encoder;
use super::coder::{BITS, Decoder};

#[cfg(feature = "write")]
pub(crate) use learn::Learner;
pub(crate) use packed::packed;

/// A section and how often it holds the term, in order of sections.
pub(crate) type Posting = (u32, u32);

/// Kinds of distances: two to a doubling; longer ones than the last but one are written out.
const DISTANCES: usize = 44;
/// Lists are told apart by the distance that their length leads to expect, so many kinds of it
/// together; and the first distance from all others.
const TOGETHER: usize = 6;
const FIRST: usize = 7;
/// Kinds of numbers of occurrences, from 1; larger ones are written out.
const COUNTS: usize = 16;
/// Of the count before, so many are told apart.
const BEFORE: usize = 4;
/// So many typical distances share their rows of counts.
const SHARED: usize = 4;
const SCALES: usize = DISTANCES / SHARED;
/// Kinds of lists by their length, whose counts may all be 1.
const LENGTHS: usize = 17;
/// The typical distance is kept in such parts of a kind, and moves a third of the way.
const PARTS: i32 = 16;
const INERTIA: i32 = 3;

/// Rows of the model: of distances one for each typical distance, for each sort of list; of
/// counts one for each typical distance, for each count before; of whether all counts are 1.
const ROWS: [usize; 3] = [(FIRST + 1) * DISTANCES, BEFORE * SCALES, LENGTHS];
/// Symbols of such a row.
const WIDTHS: [usize; 3] = [DISTANCES, COUNTS, 2];
/// The first row of counts, and of ones.
const OF_COUNTS: usize = ROWS[0];
const OF_ONES: usize = ROWS[0] + ROWS[1];
const COSTS: usize = ROWS[0] * WIDTHS[0] + ROWS[1] * WIDTHS[1] + ROWS[2] * WIDTHS[2];
/// For each row the costs of its symbols in sixteenths of a bit. Learnt ([`learn`]) from packs of
/// laws, once whole and once article by article; other texts cost a little more.
static MODEL: &[u8; COSTS] = include_bytes!("postings.model");
/// 2^16 times 2 to the power of minus so many sixteenths.
const SIXTEENTHS: [u64; 16] = [
    65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393, 46341, 44376, 42495, 40693, 38968,
    37316, 35734, 34219,
];

/// Where each symbol of a row begins, and `1 << BITS` behind them.
type Row = [u16; DISTANCES + 1];

/// The rows of the model.
fn model() -> &'static [Row] {
    static READ: OnceLock<Vec<Row>> = OnceLock::new();
    READ.get_or_init(|| {
        let widths = ROWS.into_iter().zip(WIDTHS);
        let widths = widths.flat_map(|(rows, width)| std::iter::repeat_n(width, rows));
        let mut rest = MODEL.as_slice();
        let rows = widths.filter_map(|width| rest.split_off(..width));
        rows.map(row).collect()
    })
}

/// The starts of symbols of these costs. Every symbol can be said.
fn row(costs: &[u8]) -> Row {
    let weight = |&cost: &u8| (SIXTEENTHS[usize::from(cost % 16)] << 16) >> (cost / 16);
    let weights = costs.iter().map(weight).collect::<Vec<_>>();
    let all = weights.iter().sum::<u64>().max(1);
    let shared = (1u64 << BITS) - costs.len() as u64;
    let sizes = weights.iter().map(|weight| 1 + weight * shared / all);
    let mut sizes = sizes.collect::<Vec<_>>();
    // What rounding left is the likeliest one's.
    let rest = (1u64 << BITS) - sizes.iter().sum::<u64>();
    if let Some(size) = sizes.iter_mut().max() {
        *size += rest;
    }
    let mut starts = [1 << BITS; DISTANCES + 1];
    let mut start = 0;
    for (slot, size) in starts.iter_mut().zip(sizes) {
        *slot = start;
        start += size as u16;
    }
    starts
}

/// What is known of a list while it is coded.
struct State {
    /// The sort of list.
    sort: usize,
    /// The typical distance.
    scale: i32,
    /// The section after the last one.
    next: u32,
    /// The last count.
    count: usize,
}

impl State {
    /// Before the first posting of a list of so many, of as many sections.
    fn new(postings: u32, sections: u32) -> Self {
        let typical = sections / postings.saturating_add(1);
        let typical = kind(typical.max(1)).0;
        Self {
            sort: (typical / TOGETHER).min(FIRST - 1),
            scale: typical as i32 * PARTS,
            next: 0,
            count: 0,
        }
    }

    fn scale(&self) -> usize {
        let scale = (self.scale + PARTS / 2) / PARTS;
        (scale as usize).min(DISTANCES - 1)
    }

    fn row(&self) -> usize {
        let sort = if self.next == 0 { FIRST } else { self.sort };
        sort * DISTANCES + self.scale()
    }

    fn row_of_counts(&self) -> usize {
        OF_COUNTS + self.count * SCALES + self.scale() / SHARED
    }

    fn distance_was(&mut self, kind: usize) {
        self.scale += (kind as i32 * PARTS - self.scale) / INERTIA;
    }

    fn count_was(&mut self, kind: usize) {
        self.count = kind.min(BEFORE - 1);
    }
}

/// A distance's kind, and how many of its low bits the kind does not tell. Which it is, no
/// processor guesses, so nothing hangs on it.
fn kind(distance: u32) -> (usize, u32) {
    let doubling = distance.ilog2();
    let bits = doubling.saturating_sub(1);
    let kind = (2 * doubling + (distance >> bits & 1) - 1) as usize;
    match kind < DISTANCES - 1 {
        true => (kind, bits),
        false => (DISTANCES - 1, u32::BITS),
    }
}

/// The row that tells whether all counts of a list are 1.
fn row_of_ones(postings: u32) -> usize {
    OF_ONES + (postings.checked_ilog2().unwrap_or(0) as usize).min(LENGTHS - 1)
}

/// A symbol of a row, and a number of so many bits behind it, if any.
#[cfg(feature = "write")]
struct Said {
    row: usize,
    symbol: usize,
    number: u32,
    bits: u32,
}

/// Says a list, symbol by symbol.
#[cfg(feature = "write")]
fn say(list: &[Posting], sections: u32, mut said: impl FnMut(Said)) {
    let postings = list.len() as u32;
    let ones = list.iter().all(|&(_, count)| count == 1);
    said(Said {
        row: row_of_ones(postings),
        symbol: ones.into(),
        number: 0,
        bits: 0,
    });
    let mut state = State::new(postings, sections);
    for &(section, count) in list {
        let distance = section - state.next + 1;
        let (kind, bits) = kind(distance);
        let low = u64::from(distance) & ((1 << bits) - 1);
        said(Said {
            row: state.row(),
            symbol: kind,
            number: low as u32,
            bits,
        });
        state.next = section + 1;
        if !ones {
            let kind = (count as usize - 1).min(COUNTS - 1);
            let (number, bits) = match kind == COUNTS - 1 {
                true => (count, u32::BITS),
                false => (0, 0),
            };
            said(Said {
                row: state.row_of_counts(),
                symbol: kind,
                number,
                bits,
            });
            state.count_was(kind);
        }
        state.distance_was(kind);
    }
}

/// Writes a chunk of lists, of as many sections in all.
#[cfg(feature = "write")]
pub(crate) fn write<'a>(lists: impl Iterator<Item = &'a [Posting]>, sections: u32) -> Vec<u8> {
    let model = model();
    let mut encoder = Encoder::default();
    for list in lists {
        say(list, sections, |said| {
            let row = &model[said.row];
            let (start, end) = (u32::from(row[said.symbol]), u32::from(row[said.symbol + 1]));
            encoder.symbol(start, end - start);
            encoder.plain(said.number, said.bits);
        });
    }
    encoder.finish()
}

/// Reads a list of a chunk: the last of those whose lengths are given.
pub(crate) fn read(
    chunk: &[u8],
    lengths: impl Iterator<Item = u32>,
    sections: u32,
) -> Result<Vec<Posting>, PackError> {
    const WRONG: PackError = PackError::Damaged("postings lead beyond the last section");
    let model = model();
    let mut decoder = Decoder::new(chunk);
    let mut list = Vec::new();
    for postings in lengths {
        if postings > sections {
            return Err(WRONG);
        }
        list.clear();
        let ones = decoder.symbol(&model[row_of_ones(postings)]) == 1;
        let mut state = State::new(postings, sections);
        for _ in 0..postings {
            let kind = decoder.symbol(&model[state.row()]);
            let distance = match kind {
                0 => 1,
                kind if kind == DISTANCES - 1 => decoder.plain(u32::BITS),
                kind => {
                    let (bits, half) = ((kind as u32 - 1) / 2, (kind as u32 - 1) % 2);
                    (2 | half) << bits | decoder.plain(bits)
                }
            };
            let section = state
                .next
                .checked_add(distance)
                .map(|next| next.wrapping_sub(1));
            let section = section.filter(|section| (state.next..sections).contains(section));
            let section = section.ok_or(WRONG)?;
            state.next = section + 1;
            let mut count = 1;
            if !ones {
                let kind = decoder.symbol(&model[state.row_of_counts()]);
                count = match kind == COUNTS - 1 {
                    true => decoder.plain(u32::BITS).max(1),
                    false => kind as u32 + 1,
                };
                state.count_was(kind);
            }
            state.distance_was(kind);
            list.push((section, count));
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
