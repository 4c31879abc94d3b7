//! The terms of many sections → sorted runs of postings.
//!
//! tantivy's own writer looks up every occurrence of a term in a hash table, which is most of
//! what an index costs. Nearly all terms here are one or two characters, so occurrences are
//! sorted by counting: by character, and then pairs, which are in the order of their second one
//! already, by their first. That goes in runs small enough for the cache; [`super::merge`] reads
//! all runs at once.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use tantivy::directory::OwnedBytes;

use crate::pack::PackError;
use crate::pack::bytes::{Reader, Writer};
use crate::schema;
use crate::tokenize::{BREAK, WORD, is_gap, is_latin};

/// Terms: sections within a run, and how often. What is hashed is a site's own, and no attack.
type Names = HashMap<Box<str>, Vec<(u32, u32)>, FxBuildHasher>;

/// A run is closed when it holds so many characters.
const RUN: usize = 400_000;

/// Collects the terms of sections, in order.
#[derive(Default)]
pub(super) struct Postings {
    /// Folded characters of the run at hand; a [`BREAK`] ends each section.
    text: Vec<char>,
    /// For each section of the run at hand, where its text ends.
    ends: Vec<usize>,
    /// Terms of other than one or two characters: section within the run, and how often.
    names: Names,
    /// The number of the run's first section, and of the section at hand.
    base: u32,
    section: u32,
    runs: Vec<Run>,
}

/// Postings of some neighbouring sections, sorted by term. A clone shares them.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The first section's number.
    pub base: u32,
    /// The characters that occur, in order.
    pub alphabet: Arc<[char]>,
    /// Terms of one or two characters, each as the distance of its key from the one before
    /// and [`postings`]. A key is `rank * (alphabet + 1)`, of two characters plus the second
    /// one's rank; ranks are from 1.
    pub text: OwnedBytes,
    /// Other terms: bytes shared with the one before, the rest (bytes), [`postings`].
    pub names: OwnedBytes,
    /// Where reading may begin.
    pub marks: Arc<Marks>,
}

/// Places in a run, one in so many terms: what stands before it, and where the next begins.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Keys, and places in [`Run::text`].
    pub text: Vec<(u64, usize)>,
    /// Names, and places in [`Run::names`].
    pub names: Vec<(Box<[u8]>, usize)>,
}

/// Terms from one mark to the next.
const MARK: usize = 64;

impl Postings {
    /// Adds a folded text to the section at hand: lines that begin with a mark are a term
    /// each, of others every character, every two neighbours and every word is one.
    pub(super) fn add(&mut self, folded: &str) {
        for line in folded.split(BREAK) {
            if line.starts_with(|c| schema::MARKS.contains(&c)) {
                self.name(line);
            } else {
                self.add_line(line.chars());
            }
        }
    }

    /// Adds folded text, which may have several lines, none of them a mark's; returns how many of
    /// its characters are in terms.
    pub(super) fn add_line(&mut self, folded: impl Iterator<Item = char>) -> u32 {
        let (mut word, mut length) = (0, 0);
        let mut end = |text: &[char], word: &mut usize| {
            if WORD.contains(word) {
                let word: String = text[text.len() - *word..].iter().collect();
                note(&mut self.names, &word, self.section - self.base);
            }
            *word = 0;
        };
        for c in folded {
            if is_latin(c) {
                word += 1;
            } else if word > 0 {
                end(&self.text, &mut word);
            }
            length += u32::from(!is_gap(c));
            self.text.push(c);
        }
        end(&self.text, &mut word);
        if length > 0 {
            self.text.push(BREAK);
        }
        if self.text.len() >= RUN {
            self.close_run();
        }
        length
    }

    fn name(&mut self, name: &str) {
        note(&mut self.names, name, self.section - self.base);
    }

    /// Ends the section at hand.
    pub(super) fn close_section(&mut self) {
        self.ends.push(self.text.len());
        self.section += 1;
    }

    fn close_run(&mut self) {
        // A section that is longer than a run goes on in the next one.
        let goes_on = self.ends.last().copied().unwrap_or(0) < self.text.len();
        if goes_on {
            self.ends.push(self.text.len());
        }
        let ranks = Ranks::of(&self.text);
        let mut marks = Marks::default();
        // All but what nobody would read fits in half the memory, and that in the cache.
        let text = match ranks.alphabet.len().max(self.ends.len()) < usize::from(u16::MAX) {
            true => self.sorted::<u16>(&ranks, &mut marks.text),
            false => self.sorted::<u32>(&ranks, &mut marks.text),
        };
        let names = write_names(std::mem::take(&mut self.names), &mut marks.names);
        self.runs.push(Run {
            base: self.base,
            alphabet: ranks.alphabet.into(),
            text: OwnedBytes::new(text),
            names: OwnedBytes::new(names),
            marks: marks.into(),
        });
        self.text.clear();
        self.ends.clear();
        self.base = self.section;
    }

    /// The terms of one or two characters, sorted and written; `N` counts the alphabet and the
    /// sections.
    fn sorted<N: Number>(&self, ranks: &Ranks, marks: &mut Vec<(u64, usize)>) -> Vec<u8> {
        let (mut singles, mut pairs) = (ranks.counts(), ranks.counts());
        let mut text = Vec::with_capacity(self.text.len());
        let mut before = 0;
        for &c in &self.text {
            let rank = ranks.rank(c);
            text.push(N::of(rank));
            singles[rank] += 1;
            pairs[if rank > 0 { before } else { 0 }] += 1;
            before = rank;
        }
        // Gaps are nobody's.
        (singles[0], pairs[0]) = (0, 0);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut before = N::default();
        let mut characters = Groups::new(singles);
        for (section, (start, &end)) in starts.zip(&self.ends).enumerate() {
            let section = N::of(section);
            for &rank in &text[start..end] {
                if rank != N::default() {
                    let other = before;
                    characters.push(rank.into(), Occurrence { other, section });
                }
                before = rank;
            }
        }
        // Those of the second character are in its order already: of two, only the first is left
        // to sort by.
        let mut both = Groups::new(pairs);
        for (second, found) in characters.iter().enumerate() {
            let other = N::of(second);
            for occurrence in found.iter().filter(|found| found.other != N::default()) {
                let section = occurrence.section;
                both.push(occurrence.other.into(), Occurrence { other, section });
            }
        }
        write_text(&characters, &both, marks)
    }

    /// The runs since last asked, in order, the one at hand closed, and its memory let go: many
    /// batches wait while others are made.
    pub(super) fn take(&mut self) -> Vec<Run> {
        if !self.ends.is_empty() {
            self.close_run();
        }
        (self.text, self.ends) = Default::default();
        std::mem::take(&mut self.runs)
    }
}

fn note(names: &mut Names, name: &str, section: u32) {
    let Some(list) = names.get_mut(name) else {
        names.insert(name.into(), vec![(section, 1)]);
        return;
    };
    match list.last_mut() {
        Some((last, count)) if *last == section => *count += 1,
        _ => list.push((section, 1)),
    }
}

/// A rank or a section of a run.
trait Number: Copy + Default + PartialEq + Into<u32> {
    /// Of one that is known to fit.
    fn of(number: usize) -> Self;
}

impl Number for u16 {
    fn of(number: usize) -> Self {
        number as Self
    }
}

impl Number for u32 {
    fn of(number: usize) -> Self {
        number as Self
    }
}

/// Where a character occurs.
#[derive(Clone, Copy, Default)]
struct Occurrence<N> {
    /// The rank of the character beside it.
    other: N,
    section: N,
}

/// Occurrences by rank; those of one rank are in the order in which they came.
struct Groups<N> {
    items: Vec<Occurrence<N>>,
    /// For each rank, the end of its items.
    ends: Vec<usize>,
}

impl<N: Number> Groups<N> {
    /// For so many of each rank.
    fn new(counts: Vec<usize>) -> Self {
        let mut ends = counts;
        let mut start = 0;
        for slot in &mut ends {
            start += std::mem::replace(slot, start);
        }
        let items = vec![Occurrence::default(); start];
        Self { items, ends }
    }

    fn push(&mut self, rank: u32, item: Occurrence<N>) {
        let end = &mut self.ends[rank as usize];
        self.items[*end] = item;
        *end += 1;
    }

    /// The items of each rank.
    fn iter(&self) -> impl Iterator<Item = &[Occurrence<N>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let parts = starts.zip(&self.ends);
        parts.map(|(start, &end)| &self.items[start..end])
    }
}

/// Ranks of the characters that occur in a text, in order of code points, from 1; gaps have 0.
struct Ranks {
    alphabet: Vec<char>,
    /// A bit a code point, and how many are set before each word.
    bits: Vec<u64>,
    before: Vec<u32>,
}

impl Ranks {
    fn of(text: &[char]) -> Self {
        let mut bits = vec![0u64; (char::MAX as usize + 1) / 64];
        for &c in text {
            bits[c as usize / 64] |= 1 << (c as usize % 64);
        }
        // No character is below the gaps.
        bits[0] &= !0 << 32;
        let mut before = Vec::with_capacity(bits.len());
        let mut alphabet = Vec::new();
        for (at, &word) in (0u32..).zip(&bits) {
            before.push(alphabet.len() as u32);
            let mut rest = word;
            while rest != 0 {
                alphabet.extend(char::from_u32(at * 64 + rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
        Self {
            alphabet,
            bits,
            before,
        }
    }

    /// None of any rank.
    fn counts(&self) -> Vec<usize> {
        vec![0; self.alphabet.len() + 1]
    }

    fn rank(&self, c: char) -> usize {
        if is_gap(c) {
            return 0;
        }
        let (at, bit) = (c as usize / 64, c as usize % 64);
        let below = self.bits[at] & ((1 << bit) - 1);
        (self.before[at] + below.count_ones()) as usize + 1
    }
}

fn write_text<N: Number>(
    singles: &Groups<N>,
    pairs: &Groups<N>,
    marks: &mut Vec<(u64, usize)>,
) -> Vec<u8> {
    let mut text = Writer(Vec::with_capacity(
        singles.items.len() + pairs.items.len() * 2,
    ));
    let (mut last, mut terms) = (0, 0usize);
    let mut list: Vec<(u32, u32)> = Vec::new();
    let mut term = |key: u64, found: &[Occurrence<N>]| {
        if terms.is_multiple_of(MARK) {
            marks.push((last, text.0.len()));
        }
        terms += 1;
        text.number(key - last);
        last = key;
        list.clear();
        // Most terms occur once.
        if let [one] = found {
            return write_postings(&mut text, &[(one.section.into(), 1)]);
        }
        for same in found.chunk_by(|one, next| one.section == next.section) {
            list.push((same[0].section.into(), same.len() as u32));
        }
        write_postings(&mut text, &list);
    };
    let width = singles.ends.len() as u64;
    // A character comes before the pairs that begin with it.
    let ranks = (0..width).zip(singles.iter().zip(pairs.iter())).skip(1);
    for (rank, (singles, pairs)) in ranks {
        let key = rank * width;
        term(key, singles);
        for pairs in pairs.chunk_by(|one, next| one.other == next.other) {
            term(key + u64::from(pairs[0].other.into()), pairs);
        }
    }
    text.0
}

fn write_names(names: Names, marks: &mut Vec<(Box<[u8]>, usize)>) -> Vec<u8> {
    let mut sorted: Vec<_> = names.into_iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut written = Writer::default();
    let mut last: &[u8] = b"";
    for (terms, (name, list)) in sorted.iter().enumerate() {
        if terms.is_multiple_of(MARK) {
            marks.push((last.into(), written.0.len()));
        }
        let name = name.as_bytes();
        let same = last.iter().zip(name).take_while(|(a, b)| a == b).count();
        written.count(same);
        written.bytes(&name[same..]);
        write_postings(&mut written, list);
        last = name;
    }
    written.0
}

/// Number of sections; for each the distance from the one before, doubled, odd if the term
/// occurs more than once, which then follows.
#[inline]
fn write_postings(writer: &mut Writer, list: &[(u32, u32)]) {
    writer.count(list.len());
    let mut last = 0;
    for &(section, count) in list {
        let distance = u64::from(section - last) << 1;
        last = section;
        match count {
            1 => writer.number(distance),
            _ => {
                writer.number(distance | 1);
                writer.number(count);
            }
        }
    }
}

/// A part of shared bytes, shared.
pub(super) fn part(all: &OwnedBytes, part: &[u8]) -> OwnedBytes {
    let start = part.as_ptr() as usize - all.as_ptr() as usize;
    all.slice(start..start + part.len())
}

impl Run {
    /// Appends it to a table; [`Run::read`] reads it.
    pub(super) fn write(&self, writer: &mut Writer) {
        let alphabet = self.alphabet.iter().map(|&c| u32::from(c));
        writer.number(self.base);
        writer.rising(&alphabet.collect::<Vec<_>>());
        writer.bytes(&self.text);
        writer.bytes(&self.names);
        writer.count(self.marks.text.len());
        for (key, place) in &self.marks.text {
            writer.number(*key);
            writer.count(*place);
        }
        writer.count(self.marks.names.len());
        for (name, place) in &self.marks.names {
            writer.bytes(name);
            writer.count(*place);
        }
    }

    /// Reads one from a table that is part of `all`, which it shares.
    pub(super) fn read(reader: &mut Reader<'_>, all: &OwnedBytes) -> Result<Self, PackError> {
        let base = reader.small()?;
        let alphabet = reader.rising()?.into_iter().map(char::from_u32);
        let alphabet = alphabet.collect::<Option<Arc<[char]>>>();
        let alphabet = alphabet.ok_or(PackError::Damaged("an alphabet is not one"))?;
        let (text, names) = (part(all, reader.bytes()?), part(all, reader.bytes()?));
        let mut marks = Marks::default();
        for _ in 0..reader.count()? {
            marks
                .text
                .push((reader.number()?, reader.small()? as usize));
        }
        for _ in 0..reader.count()? {
            let name = reader.bytes()?.into();
            marks.names.push((name, reader.small()? as usize));
        }
        Ok(Self {
            base,
            alphabet,
            text,
            names,
            marks: marks.into(),
        })
    }
}

#[cfg(test)]
mod tests;
