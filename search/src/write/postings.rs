//! The terms of many sections → sorted runs of postings.
//!
//! tantivy's own writer looks up every occurrence of a term in a hash table, which is most of
//! what an index costs. Nearly all terms here are one or two characters, so an occurrence is a
//! number: characters' ranks among those that occur, and the section. Numbers are sorted by
//! radix, in runs small enough for the cache; [`super::merge`] reads all runs at once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::pack::PackError;
use crate::pack::bytes::{Reader, Writer};
use crate::schema;
use crate::tokenize::{BREAK, WORD, is_gap, is_latin};

/// A run is closed when it holds so many characters.
const RUN: usize = 400_000;
/// Low bits of an occurrence: the section's number within the run. A run has fewer sections
/// than characters, and two ranks of code points fit into the bits above.
const SECTION_BITS: u32 = 23;
/// Bits of a digit of the radix sort.
const DIGIT_BITS: u32 = 9;

/// Collects the terms of sections, in order.
#[derive(Default)]
pub(super) struct Postings {
    /// Folded characters of the run at hand; a [`BREAK`] ends each section.
    text: Vec<char>,
    /// For each section of the run at hand, where its text ends.
    ends: Vec<usize>,
    /// Terms of other than one or two characters: section within the run, and how often.
    names: HashMap<Box<str>, Vec<(u32, u32)>>,
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
    pub text: Arc<[u8]>,
    /// Other terms: bytes shared with the one before, the rest (bytes), [`postings`].
    pub names: Arc<[u8]>,
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
            } else if !line.is_empty() {
                self.line(line);
            }
        }
    }

    fn line(&mut self, line: &str) {
        let mut word = 0;
        let mut end = |text: &[char], word: &mut usize| {
            if WORD.contains(word) {
                let word: String = text[text.len() - *word..].iter().collect();
                note(&mut self.names, &word, self.section - self.base);
            }
            *word = 0;
        };
        for c in line.chars() {
            if is_latin(c) {
                word += 1;
            } else if word > 0 {
                end(&self.text, &mut word);
            }
            self.text.push(c);
        }
        end(&self.text, &mut word);
        self.text.push(BREAK);
        if self.text.len() >= RUN {
            self.close_run();
        }
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
        let singles = self.singles(&ranks);
        let mut pairs = self.pairs(&ranks);
        sort(&mut pairs);
        let mut marks = Marks::default();
        let text = write_text(&singles, &pairs, &mut marks.text);
        let names = write_names(std::mem::take(&mut self.names), &mut marks.names);
        self.runs.push(Run {
            base: self.base,
            alphabet: ranks.alphabet.into(),
            text: text.into(),
            names: names.into(),
            marks: marks.into(),
        });
        self.text.clear();
        self.ends.clear();
        self.base = self.section;
    }

    /// Each section with its ranks, gaps among them.
    fn sections<'a>(&'a self, ranks: &'a Ranks) -> impl Iterator<Item = (u32, u64)> + 'a {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let sections = (0u32..).zip(starts.zip(&self.ends));
        sections.flat_map(move |(section, (start, &end))| {
            let text = self.text[start..end].iter();
            text.map(move |&c| (section, ranks.rank(c)))
        })
    }

    /// All occurrences of one character: there are so few of them that places are counted out.
    fn singles(&self, ranks: &Ranks) -> Singles {
        let mut ends = vec![0u32; ranks.alphabet.len() + 1];
        self.sections(ranks)
            .for_each(|(_, rank)| ends[rank as usize] += 1);
        // Gaps are nobody's.
        let mut end = 0;
        ends[0] = 0;
        for slot in &mut ends {
            end += std::mem::replace(slot, end);
        }
        let mut sections = vec![0; end as usize];
        for (section, rank) in self.sections(ranks).filter(|(_, rank)| *rank > 0) {
            let slot = &mut ends[rank as usize];
            sections[*slot as usize] = section;
            *slot += 1;
        }
        Singles { sections, ends }
    }

    /// All occurrences of two characters: key and section.
    fn pairs(&self, ranks: &Ranks) -> Vec<u64> {
        let width = ranks.alphabet.len() as u64 + 1;
        let mut pairs = Vec::with_capacity(self.text.len());
        let (mut first, mut last) = (0, 0);
        for (section, rank) in self.sections(ranks) {
            if section != last {
                (first, last) = (0, section);
            }
            if first > 0 && rank > 0 {
                pairs.push((first * width + rank) << SECTION_BITS | u64::from(section));
            }
            first = rank;
        }
        pairs
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

fn note(names: &mut HashMap<Box<str>, Vec<(u32, u32)>>, name: &str, section: u32) {
    let Some(list) = names.get_mut(name) else {
        names.insert(name.into(), vec![(section, 1)]);
        return;
    };
    match list.last_mut() {
        Some((last, count)) if *last == section => *count += 1,
        _ => list.push((section, 1)),
    }
}

/// The sections in which each character occurs, once an occurrence, character by character.
struct Singles {
    sections: Vec<u32>,
    /// For each rank, the end of its sections.
    ends: Vec<u32>,
}

impl Singles {
    fn of(&self, rank: usize) -> &[u32] {
        &self.sections[self.ends[rank - 1] as usize..self.ends[rank] as usize]
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

    fn rank(&self, c: char) -> u64 {
        if is_gap(c) {
            return 0;
        }
        let (at, bit) = (c as usize / 64, c as usize % 64);
        let below = self.bits[at] & ((1 << bit) - 1);
        u64::from(self.before[at] + below.count_ones()) + 1
    }
}

/// Sorts occurrences by key. They come in the order of sections, and equal keys keep it.
fn sort(keys: &mut Vec<u64>) {
    let highest = keys.iter().max().map_or(0, |&key| key >> SECTION_BITS);
    let bits = u64::BITS - highest.leading_zeros();
    let mut other = vec![0; keys.len()];
    for pass in 0..bits.div_ceil(DIGIT_BITS) {
        let shift = SECTION_BITS + pass * DIGIT_BITS;
        let digit = |key: u64| (key >> shift) as usize & ((1 << DIGIT_BITS) - 1);
        let mut places = [0usize; 1 << DIGIT_BITS];
        keys.iter().for_each(|&key| places[digit(key)] += 1);
        let mut place = 0;
        for slot in &mut places {
            place += std::mem::replace(slot, place);
        }
        for &key in keys.iter() {
            let slot = &mut places[digit(key)];
            other[*slot] = key;
            *slot += 1;
        }
        std::mem::swap(keys, &mut other);
    }
}

fn write_text(singles: &Singles, pairs: &[u64], marks: &mut Vec<(u64, usize)>) -> Vec<u8> {
    let mut text = Writer(Vec::with_capacity(singles.sections.len() + pairs.len() * 2));
    let (mut last, mut terms) = (0, 0usize);
    let mut list: Vec<(u32, u32)> = Vec::new();
    let mut term = |key: u64, sections: &mut dyn Iterator<Item = u32>| {
        if terms.is_multiple_of(MARK) {
            marks.push((last, text.0.len()));
        }
        terms += 1;
        text.number(key - last);
        last = key;
        list.clear();
        for section in sections {
            match list.last_mut() {
                Some((same, count)) if *same == section => *count += 1,
                _ => list.push((section, 1)),
            }
        }
        write_postings(&mut text, &list);
    };
    let width = singles.ends.len() as u64;
    let mut rest = pairs;
    for rank in 1..width {
        // A character comes before the pairs that begin with it.
        term(rank * width, &mut singles.of(rank as usize).iter().copied());
        let begin = |key: &u64| (key >> SECTION_BITS) / width == rank;
        while let Some(key) = rest.first().filter(|key| begin(key)) {
            let key = key >> SECTION_BITS;
            let same = rest
                .iter()
                .take_while(|other| *other >> SECTION_BITS == key);
            let same = rest.split_off(..same.count()).unwrap_or_default();
            let section = |key: &u64| (key & ((1 << SECTION_BITS) - 1)) as u32;
            term(key, &mut same.iter().map(section));
        }
    }
    text.0
}

fn write_names(
    names: HashMap<Box<str>, Vec<(u32, u32)>>,
    marks: &mut Vec<(Box<[u8]>, usize)>,
) -> Vec<u8> {
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

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, PackError> {
        let base = reader.small()?;
        let alphabet = reader.rising()?.into_iter().map(char::from_u32);
        let alphabet = alphabet.collect::<Option<Arc<[char]>>>();
        let alphabet = alphabet.ok_or(PackError::Damaged("an alphabet is not one"))?;
        let (text, names) = (reader.bytes()?.into(), reader.bytes()?.into());
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
