//! Chunks of postings: of each term, the sections that hold it, and how often each does.
//!
//! tantivy packs the distances between sections into so many bits for 128 of them at a time,
//! which is fast to read and takes a third more bytes than there is to say. So lists travel
//! coded by how likely each distance is after those before it, and are given to tantivy in its
//! own form ([`packed`]) once they are here.

mod packed;

use std::sync::OnceLock;

use super::PackError;
#[cfg(feature = "write")]
use super::coder::Encoder;
use super::coder::{BITS, Decoder};

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

/// Costs of distances, of counts, of whether all counts are 1.
const COSTS: [usize; 3] = [
    (FIRST + 1) * DISTANCES * DISTANCES,
    BEFORE * SCALES * COUNTS,
    LENGTHS * 2,
];
/// For each row the costs of its symbols in sixteenths of a bit: of distances a row for each
/// typical distance, for each sort of list; of counts a row for each typical distance, for each
/// count before. Counted in packs of laws, once whole and once article by article; other texts
/// cost a little more.
static MODEL: &[u8; COSTS[0] + COSTS[1] + COSTS[2]] = include_bytes!("postings.model");
/// 2^16 times 2 to the power of minus so many sixteenths.
const SIXTEENTHS: [u64; 16] = [
    65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393, 46341, 44376, 42495, 40693, 38968,
    37316, 35734, 34219,
];

/// Where each symbol of each row begins.
struct Model {
    distances: Vec<Vec<u16>>,
    counts: Vec<Vec<u16>>,
    ones: Vec<Vec<u16>>,
}

impl Model {
    fn get() -> &'static Self {
        static READ: OnceLock<Model> = OnceLock::new();
        READ.get_or_init(|| {
            let (distances, rest) = MODEL.split_at(COSTS[0]);
            let (counts, ones) = rest.split_at(COSTS[1]);
            let rows = |costs: &[u8], width| costs.chunks(width).map(row).collect();
            Self {
                distances: rows(distances, DISTANCES),
                counts: rows(counts, COUNTS),
                ones: rows(ones, 2),
            }
        })
    }
}

/// The starts of symbols of these costs. Every symbol can be said.
fn row(costs: &[u8]) -> Vec<u16> {
    let weight = |&cost: &u8| (SIXTEENTHS[usize::from(cost % 16)] << 16) >> (cost / 16);
    let weights = costs.iter().map(weight).collect::<Vec<_>>();
    let all = weights.iter().sum::<u64>().max(1);
    let shared = (1u64 << BITS) - costs.len() as u64;
    let mut sizes = weights.iter().map(|weight| 1 + weight * shared / all);
    let mut sizes = sizes.by_ref().collect::<Vec<_>>();
    // What rounding left is the likeliest one's.
    let rest = (1u64 << BITS) - sizes.iter().sum::<u64>();
    if let Some(size) = sizes.iter_mut().max() {
        *size += rest;
    }
    let mut start = 0;
    let mut starts = vec![0];
    for size in sizes {
        start += size as u16;
        starts.push(start);
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
        self.count * SCALES + self.scale() / SHARED
    }

    fn distance_was(&mut self, kind: usize) {
        self.scale += (kind as i32 * PARTS - self.scale) / INERTIA;
    }

    fn count_was(&mut self, kind: usize) {
        self.count = kind.min(BEFORE - 1);
    }
}

/// A distance's kind, and how many of its low bits the kind does not tell.
fn kind(distance: u32) -> (usize, u32) {
    let Some(bits) = distance.ilog2().checked_sub(1) else {
        return (0, 0);
    };
    let half = distance >> bits & 1;
    let kind = (2 * bits + 1 + half) as usize;
    match kind < DISTANCES - 1 {
        true => (kind, bits),
        false => (DISTANCES - 1, u32::BITS),
    }
}

/// The row that tells whether all counts of a list are 1.
fn row_of_ones(postings: u32) -> usize {
    (postings.checked_ilog2().unwrap_or(0) as usize).min(LENGTHS - 1)
}

/// Writes a chunk of lists, of as many sections in all.
#[cfg(feature = "write")]
pub(crate) fn write<'a>(lists: impl Iterator<Item = &'a [Posting]>, sections: u32) -> Vec<u8> {
    let model = Model::get();
    let mut encoder = Encoder::default();
    let symbol = |encoder: &mut Encoder, row: &[u16], symbol: usize| {
        let (start, end) = (u32::from(row[symbol]), u32::from(row[symbol + 1]));
        encoder.symbol(start, end - start);
    };
    for list in lists {
        let postings = list.len() as u32;
        let ones = list.iter().all(|&(_, count)| count == 1);
        symbol(
            &mut encoder,
            &model.ones[row_of_ones(postings)],
            ones.into(),
        );
        let mut state = State::new(postings, sections);
        for &(section, count) in list {
            let distance = section - state.next + 1;
            let (kind, bits) = kind(distance);
            symbol(&mut encoder, &model.distances[state.row()], kind);
            state.next = section + 1;
            let low = u64::from(distance) & ((1 << bits) - 1);
            encoder.plain(low as u32, bits);
            if !ones {
                let kind = (count as usize - 1).min(COUNTS - 1);
                symbol(&mut encoder, &model.counts[state.row_of_counts()], kind);
                if kind == COUNTS - 1 {
                    encoder.plain(count, u32::BITS);
                }
                state.count_was(kind);
            }
            state.distance_was(kind);
        }
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
    let model = Model::get();
    let mut decoder = Decoder::new(chunk);
    let mut list = Vec::new();
    for postings in lengths {
        if postings > sections {
            return Err(WRONG);
        }
        list.clear();
        let ones = decoder.symbol(&model.ones[row_of_ones(postings)]) == 1;
        let mut state = State::new(postings, sections);
        for _ in 0..postings {
            let kind = decoder.symbol(&model.distances[state.row()]);
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
                let kind = decoder.symbol(&model.counts[state.row_of_counts()]);
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
