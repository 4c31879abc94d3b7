//! Sorted runs of postings → their terms in order, each with all its postings.

use rayon::prelude::*;

use super::postings::Run;
use crate::pack::PackError;
use crate::pack::bytes::Reader;
use crate::pack::postings::Posting;

/// Longest term that a cursor's key holds whole.
const SHORT: usize = 8;
/// Cursors that one thread moves.
const TOGETHER: usize = 16;
/// Behind all terms: none begins with this byte. It says all that is to say ([`is_longer`]).
const END: u64 = !0xff;

const WRONG: PackError = PackError::Damaged("a run of postings is not one");

/// Reads runs side by side, term by term.
pub(super) struct Merge<'a> {
    cursors: Vec<Cursor<'a>>,
    /// A tree over the cursors, of which each node but the first keeps the one of two that comes
    /// later; the first keeps the one that comes next. A cursor that has moved on is held against
    /// one for each level, half as many as in a heap.
    tree: Vec<Place>,
    /// What the key of a name does not hold, while its postings are read.
    rest: Vec<u8>,
}

/// A cursor and the key that it stands at, as one number, the key first: which of two is smaller
/// is seldom foreseen, and so found without a branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u128);

impl Place {
    /// No cursor's: before all.
    const NONE: Self = Self(0);

    fn new(key: u64, cursor: usize) -> Self {
        Self(u128::from(key) << u64::BITS | cursor as u128)
    }

    fn key(self) -> u64 {
        (self.0 >> u64::BITS) as u64
    }

    fn cursor(self) -> usize {
        self.0 as u64 as usize
    }
}

impl<'a> Merge<'a> {
    /// Begins with the first term that is not below `from`.
    pub(super) fn new(runs: &'a [Run], from: &[u8]) -> Result<Self, PackError> {
        let mut cursors: Vec<Cursor<'_>> = runs.iter().flat_map(Cursor::of).collect();
        let seeking = cursors.par_iter_mut().with_min_len(TOGETHER);
        seeking.try_for_each(|cursor| cursor.seek(from))?;
        // Until all have been placed, none comes before whoever is.
        let mut merge = Self {
            tree: vec![Place::NONE; cursors.len()],
            cursors,
            rest: Vec::new(),
        };
        (0..merge.cursors.len()).for_each(|cursor| merge.place(cursor));
        Ok(merge)
    }

    /// Places a cursor that has moved on.
    fn place(&mut self, cursor: usize) {
        let mut first = Place::new(self.cursors[cursor].key, cursor);
        let mut node = (cursor + self.tree.len()) / 2;
        while node > 0 {
            let other = self.tree[node];
            let is_before = match other.key() == first.key() && is_longer(first.key()) {
                true => self.is_before(other.cursor(), first.cursor()),
                false => other < first,
            };
            self.tree[node] = if is_before { first } else { other };
            first = if is_before { other } else { first };
            node /= 2;
        }
        self.tree[0] = first;
    }

    /// Whether a cursor comes before another whose term begins as its own does. Of those at one
    /// term the first does.
    #[cold]
    fn is_before(&self, one: usize, other: usize) -> bool {
        let rest = |cursor: usize| (self.cursors[cursor].rest_of_name(), cursor);
        rest(one) < rest(other)
    }

    /// Bytes of the runs that are still to be read.
    pub(super) fn rest(&self) -> usize {
        self.cursors.iter().map(|cursor| cursor.rest.0.len()).sum()
    }

    /// The cursor that stands at the next term.
    fn first(&self) -> Option<&Cursor<'a>> {
        let first = self.tree.first()?;
        (first.key() != END).then(|| &self.cursors[first.cursor()])
    }

    /// Whether there is another term, and it is below this one.
    pub(super) fn is_below(&self, term: &[u8]) -> bool {
        self.first().is_some_and(|first| first.is_below(term))
    }

    /// The next term, if there is one.
    pub(super) fn next(&self, term: &mut Vec<u8>) -> bool {
        let Some(first) = self.first() else {
            return false;
        };
        term.clear();
        term.extend_from_slice(&first.key.to_be_bytes()[..length(first.key)]);
        term.extend_from_slice(first.rest_of_name());
        true
    }

    /// Appends the sections that hold that term, and how often each does, and moves on.
    pub(super) fn postings(&mut self, list: &mut Vec<Posting>) -> Result<(), PackError> {
        let first = self.tree.first().filter(|first| first.key() != END);
        let Some(&first) = first else {
            return Ok(());
        };
        let key = first.key();
        let rest = self.cursors[first.cursor()].rest_of_name();
        self.rest.clear();
        self.rest.extend_from_slice(rest);
        let start = list.len();
        let mut is_sorted = true;
        // Of the cursors at a term the first stands first, and then further on.
        while let Some(first) = self.tree.first().filter(|first| first.key() == key) {
            let cursor = &mut self.cursors[first.cursor()];
            if is_longer(key) && cursor.rest_of_name() != self.rest {
                break;
            }
            is_sorted &= cursor.postings(list, start)?;
            cursor.advance()?;
            self.place(first.cursor());
        }
        // A section's text and its page's tags may have the same term.
        if !is_sorted {
            let mut sorted = list.split_off(start);
            sorted.sort_by_key(|&(section, _)| section);
            sorted.dedup_by(|next, (section, count)| {
                let is_same = next.0 == *section;
                *count += if is_same { next.1 } else { 0 };
                is_same
            });
            list.append(&mut sorted);
        }
        Ok(())
    }
}

/// Whether a key may not hold the whole term.
fn is_longer(key: u64) -> bool {
    key as u8 != 0
}

/// Bytes of the term that a key holds, or of its beginning.
fn length(key: u64) -> usize {
    SHORT - key.trailing_zeros() as usize / 8
}

/// The term that a key holds.
fn short(key: u64) -> impl Iterator<Item = u8> {
    key.to_be_bytes().into_iter().take(length(key))
}

/// Reads the terms of a run in order: those of one or two characters, or the others.
struct Cursor<'a> {
    run: &'a Run,
    terms: Terms,
    rest: Reader<'a>,
    /// The first eight bytes of the term at hand, padded with zeros, which no term has; or [`END`].
    key: u64,
    /// Number of sections that hold it.
    frequency: u32,
}

enum Terms {
    Text(Text),
    /// The last name.
    Names(Vec<u8>),
}

/// Where a cursor is among terms of one or two characters.
#[derive(Default)]
struct Text {
    /// The last key.
    last: u64,
    /// That of its first character alone, of which these are the bytes, and so many.
    first: u64,
    bytes: u64,
    length: usize,
}

impl Text {
    /// The key of a cursor for the last one of a run: ranks in its alphabet.
    fn key(&mut self, alphabet: &[char]) -> Result<u64, PackError> {
        let of_rank = |rank: u64| alphabet.get(rank.checked_sub(1)? as usize).copied();
        let width = alphabet.len() as u64 + 1;
        // Most terms begin as the one before did.
        let second = match self.last - self.first {
            second if second < width && self.length > 0 => second,
            _ => {
                let rank = self.last / width;
                let Some(first) = of_rank(rank) else {
                    return Err(WRONG);
                };
                self.first = rank * width;
                (self.bytes, self.length) = bytes_of(first);
                self.last - self.first
            }
        };
        let second = of_rank(second).map_or(0, |second| bytes_of(second).0);
        Ok(self.bytes | second >> (8 * self.length))
    }
}

/// A character's bytes, the first one highest, and how many.
fn bytes_of(character: char) -> (u64, usize) {
    // Nearly all have three.
    if let code @ 0x800..=0xffff = u64::from(character) {
        let bytes = 0xe0_8080 | (code & 0xf000) << 4 | (code & 0xfc0) << 2 | code & 0x3f;
        return (bytes << 40, 3);
    }
    let mut bytes = [0; SHORT];
    let length = character.encode_utf8(&mut bytes).len();
    (u64::from_be_bytes(bytes), length)
}

impl<'a> Cursor<'a> {
    fn of(run: &'a Run) -> [Self; 2] {
        let cursor = |terms, bytes| Self {
            run,
            terms,
            rest: Reader(bytes),
            key: 0,
            frequency: 0,
        };
        [
            cursor(Terms::Text(Text::default()), &run.text),
            cursor(Terms::Names(Vec::new()), &run.names),
        ]
    }

    /// Moves to the first term that is not below `from`, if there is one.
    fn seek(&mut self, from: &[u8]) -> Result<(), PackError> {
        let run = self.run;
        match &mut self.terms {
            Terms::Text(text) => {
                // A key that is none is met again, and said, when the run is read from there.
                let is_below = |&(last, _): &(u64, usize)| {
                    let mut text = Text {
                        last,
                        ..Text::default()
                    };
                    let key = text.key(&run.alphabet);
                    last == 0 || key.is_ok_and(|key| short(key).lt(from.iter().copied()))
                };
                let before = run.marks.text.partition_point(is_below);
                if let Some(&(key, place)) =
                    before.checked_sub(1).and_then(|at| run.marks.text.get(at))
                {
                    text.last = key;
                    self.rest = Reader(run.text.get(place..).ok_or(WRONG)?);
                }
            }
            Terms::Names(name) => {
                let before = run.marks.names.partition_point(|(name, _)| &**name < from);
                if let Some((last, place)) =
                    before.checked_sub(1).and_then(|at| run.marks.names.get(at))
                {
                    name.clear();
                    name.extend_from_slice(last);
                    self.rest = Reader(run.names.get(*place..).ok_or(WRONG)?);
                }
            }
        }
        self.advance()?;
        while self.key != END && self.is_below(from) {
            self.skip()?;
            self.advance()?;
        }
        Ok(())
    }

    /// Leaves out the postings of the term at hand.
    fn skip(&mut self) -> Result<(), PackError> {
        for _ in 0..self.frequency {
            if self.rest.number()? & 1 == 1 {
                self.rest.number()?;
            }
        }
        Ok(())
    }

    /// Whether the term at hand is below this one.
    fn is_below(&self, term: &[u8]) -> bool {
        let rest = self.rest_of_name().iter().copied();
        short(self.key).chain(rest).lt(term.iter().copied())
    }

    /// Moves on to the next term, if there is one; the postings of the one before must have been
    /// read.
    fn advance(&mut self) -> Result<(), PackError> {
        if self.rest.0.is_empty() {
            self.key = END;
            return Ok(());
        }
        self.key = match &mut self.terms {
            Terms::Text(text) => {
                text.last = text.last.saturating_add(self.rest.number()?);
                text.key(&self.run.alphabet)?
            }
            Terms::Names(name) => {
                name.truncate(self.rest.number()? as usize);
                name.extend_from_slice(self.rest.bytes()?);
                let mut term = [0; SHORT];
                let length = name.len().min(SHORT);
                term[..length].copy_from_slice(&name[..length]);
                u64::from_be_bytes(term)
            }
        };
        self.frequency = self.rest.small()?;
        Ok(())
    }

    /// What the key does not hold of the term.
    fn rest_of_name(&self) -> &[u8] {
        match &self.terms {
            Terms::Names(name) => name.get(SHORT..).unwrap_or_default(),
            Terms::Text(_) => &[],
        }
    }

    /// Appends the postings of the term at hand, section and number of occurrences; whether they
    /// come behind those that are there from `start` on.
    fn postings(&mut self, list: &mut Vec<Posting>, start: usize) -> Result<bool, PackError> {
        let (mut section, mut is_behind) = (self.run.base, true);
        let mut rest = Reader(self.rest.0);
        for at in 0..self.frequency {
            let distance = rest.number()?;
            section += (distance >> 1) as u32;
            let count = match distance & 1 {
                0 => 1,
                _ => rest.small()?,
            };
            if at == 0
                && let Some((last, sum)) = list[start..].last_mut()
            {
                // A section that went on from one run to the next is still one.
                if *last == section {
                    *sum += count;
                    continue;
                }
                is_behind = *last < section;
            }
            list.push((section, count));
        }
        self.rest = rest;
        Ok(is_behind)
    }
}
