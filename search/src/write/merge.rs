//! Sorted runs of postings → their terms in order, each with all its postings.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::postings::Run;
use crate::pack::PackError;
use crate::pack::bytes::Reader;
use crate::pack::postings::Posting;

/// Longest term that a cursor's key holds whole.
const SHORT: usize = 8;

const WRONG: PackError = PackError::Damaged("a run of postings is not one");

/// A term's first bytes, the term if these are not all of it, and which cursor stands there.
type Place = (u64, Option<Box<[u8]>>, usize);
/// A term and its postings.
type Entry<'a> = (&'a [u8], &'a [Posting]);

/// Reads runs side by side, term by term.
pub(super) struct Merge<'a> {
    cursors: Vec<Cursor<'a>>,
    /// The terms that cursors stand at, and which cursor does.
    heap: BinaryHeap<Reverse<Place>>,
    term: Vec<u8>,
    postings: Vec<Posting>,
}

impl<'a> Merge<'a> {
    /// Begins with the first term that is not below `from`.
    pub(super) fn new(runs: &'a [Run], from: &[u8]) -> Result<Self, PackError> {
        let mut cursors: Vec<Cursor<'_>> = runs.iter().flat_map(Cursor::of).collect();
        let mut heap = BinaryHeap::new();
        for (place, cursor) in cursors.iter_mut().enumerate() {
            if cursor.seek(from)? {
                heap.push(Reverse((cursor.key, cursor.long_name(), place)));
            }
        }
        Ok(Self {
            cursors,
            heap,
            term: Vec::new(),
            postings: Vec::new(),
        })
    }

    /// Whether there is another term, and it is below this one.
    pub(super) fn is_below(&self, term: &[u8]) -> bool {
        let next = self.heap.peek();
        next.is_some_and(|Reverse((key, name, _))| match name {
            Some(name) => **name < *term,
            None => short(*key).lt(term.iter().copied()),
        })
    }

    /// The next term, with the sections that hold it and how often each does.
    pub(super) fn next(&mut self) -> Result<Option<Entry<'_>>, PackError> {
        let Some(Reverse((key, name, _))) = self.heap.peek() else {
            return Ok(None);
        };
        let (key, name) = (*key, name.clone());
        self.postings.clear();
        // Of the cursors at a term the first stands first, and then further on.
        while let Some(mut top) = self.heap.peek_mut()
            && (top.0.0, &top.0.1) == (key, &name)
        {
            let place = top.0.2;
            let cursor = &mut self.cursors[place];
            cursor.postings(&mut self.postings)?;
            if cursor.advance()? {
                *top = Reverse((cursor.key, cursor.long_name(), place));
            } else {
                PeekMut::pop(top);
            }
        }
        // A section's text and its page's tags may have the same term.
        if !self.postings.is_sorted_by(|(a, _), (b, _)| a < b) {
            self.postings.sort_by_key(|&(section, _)| section);
            self.postings.dedup_by(|next, (section, count)| {
                let is_same = next.0 == *section;
                *count += if is_same { next.1 } else { 0 };
                is_same
            });
        }
        self.term.clear();
        match name {
            Some(name) => self.term.extend(name),
            None => self.term.extend(short(key)),
        }
        Ok(Some((&self.term, &self.postings)))
    }
}

/// The term that a key holds.
fn short(key: u64) -> impl Iterator<Item = u8> {
    key.to_be_bytes().into_iter().take_while(|&byte| byte != 0)
}

/// Reads the terms of a run in order: those of one or two characters, or the others.
struct Cursor<'a> {
    run: &'a Run,
    terms: Terms,
    rest: Reader<'a>,
    /// The first eight bytes of the term at hand, padded with zeros, which no term has.
    key: u64,
    /// Number of sections that hold it.
    frequency: u32,
}

enum Terms {
    /// The last key.
    Text(u64),
    /// The last name.
    Names(Vec<u8>),
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
            cursor(Terms::Text(0), &run.text),
            cursor(Terms::Names(Vec::new()), &run.names),
        ]
    }

    /// Moves to the first term that is not below `from`; returns whether there is one.
    fn seek(&mut self, from: &[u8]) -> Result<bool, PackError> {
        let run = self.run;
        match &mut self.terms {
            Terms::Text(last) => {
                // A key that is none is met again, and said, when the run is read from there.
                let is_below = |&(key, _): &(u64, usize)| {
                    let key = key_of(&run.alphabet, key);
                    key.is_ok_and(|key| short(key).lt(from.iter().copied()))
                };
                let before = run.marks.text.partition_point(is_below);
                if let Some(&(key, place)) =
                    before.checked_sub(1).and_then(|at| run.marks.text.get(at))
                {
                    *last = key;
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
        let mut skipped = Vec::new();
        loop {
            if !self.advance()? {
                return Ok(false);
            }
            let is_below = match &self.terms {
                Terms::Text(_) => short(self.key).lt(from.iter().copied()),
                Terms::Names(name) => name.as_slice() < from,
            };
            if !is_below {
                return Ok(true);
            }
            skipped.clear();
            self.postings(&mut skipped)?;
        }
    }

    /// Moves on to the next term; the postings of the one before must have been read.
    fn advance(&mut self) -> Result<bool, PackError> {
        if self.rest.0.is_empty() {
            return Ok(false);
        }
        self.key = match &mut self.terms {
            Terms::Text(last) => {
                *last += self.rest.number()?;
                key_of(&self.run.alphabet, *last)?
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
        Ok(true)
    }

    /// The term, if the key does not hold it whole.
    fn long_name(&self) -> Option<Box<[u8]>> {
        match &self.terms {
            Terms::Names(name) if name.len() > SHORT => Some(name.as_slice().into()),
            _ => None,
        }
    }

    /// Appends the postings of the term at hand: section and number of occurrences.
    fn postings(&mut self, list: &mut Vec<Posting>) -> Result<(), PackError> {
        let mut section = self.run.base;
        for _ in 0..self.frequency {
            let distance = self.rest.number()?;
            section += (distance >> 1) as u32;
            let count = match distance & 1 {
                0 => 1,
                _ => self.rest.small()?,
            };
            match list.last_mut() {
                // A section that went on from one run to the next is still one.
                Some((last, sum)) if *last == section => *sum += count,
                _ => list.push((section, count)),
            }
        }
        Ok(())
    }
}

/// The key of a cursor for that of a run: ranks in its alphabet.
fn key_of(alphabet: &[char], ranks: u64) -> Result<u64, PackError> {
    let mut term = [0; SHORT];
    let width = alphabet.len() as u64 + 1;
    let of_rank = |rank: u64| alphabet.get(rank.checked_sub(1)? as usize).copied();
    if ranks > 0 {
        let first = of_rank(ranks / width).ok_or(WRONG)?;
        let length = first.encode_utf8(&mut term).len();
        if let Some(second) = of_rank(ranks % width) {
            second.encode_utf8(&mut term[length..]);
        }
    }
    Ok(u64::from_be_bytes(term))
}
