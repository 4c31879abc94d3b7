//! The terms of many sections → sorted runs of postings.
//!
//! tantivy's own writer looks up every occurrence of a term in a hash table, which is most of
//! what an index costs. Nearly all terms here are one or two characters, so occurrences are
//! sorted by counting ([`sort`]). That goes in runs small enough for the cache; [`super::merge`]
//! reads all runs at once.

mod sort;

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use tantivy::directory::OwnedBytes;

use crate::pack::PackError;
use crate::pack::bytes::{Reader, Writer};
use crate::schema;
use crate::tokenize::{BREAK, WORD};
use sort::{Alphabet, Groups, Letter, Occurrence};

/// Terms: sections within a run, and how often. What is hashed is a site's own, and no attack.
type Names = HashMap<Box<str>, Vec<(u32, u32)>, FxBuildHasher>;

/// A run is closed when it holds so many characters.
const RUN: usize = 400_000;
/// And when it holds so many sections, which two bytes count.
const SECTIONS: usize = u16::MAX as usize;

/// Collects the terms of sections, in order.
#[derive(Default)]
pub(super) struct Postings {
    /// The text of the run at hand, as the alphabet numbers its characters; a gap ends each line.
    text: Vec<u16>,
    alphabet: Alphabet,
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
                self.add_line(line, |c| c);
            }
        }
    }

    /// Adds text, which this folds, of several lines maybe, none of them a mark's; returns how many
    /// of its characters are in terms.
    pub(super) fn add_line(&mut self, text: &str, fold: impl Fn(char) -> char) -> u32 {
        let (mut word, mut length, mut before) = (String::new(), 0, 0);
        for c in text.chars() {
            let letter = match self.alphabet.letter(c, &fold) {
                Some(letter) => letter,
                None => self.go_on(before, c, &fold),
            };
            if letter.is_latin() {
                word.extend(self.alphabet.character(letter.number()));
            } else {
                self.end_word(&mut word);
            }
            let number = letter.number();
            length += u32::from(number > 0);
            // Of gaps one tells as much as several.
            if number > 0 || before > 0 {
                self.text.push(number);
            }
            before = number;
        }
        self.end_word(&mut word);
        if before > 0 {
            self.text.push(0);
        }
        if self.text.len() >= RUN {
            self.close_run();
        }
        length
    }

    /// Ends the word at hand, if there is one.
    #[inline]
    fn end_word(&mut self, word: &mut String) {
        if word.is_empty() {
            return;
        }
        if WORD.contains(&word.chars().count()) {
            self.name(word);
        }
        word.clear();
    }

    /// Goes on in another run where the alphabet of this one is full: returns what the character is
    /// there. What no run has then is the pair that it ends.
    #[cold]
    fn go_on(&mut self, before: u16, c: char, fold: impl Fn(char) -> char) -> Letter {
        let before = self.alphabet.character(before);
        self.close_run();
        let c = fold(c);
        if let Some(before) = before {
            self.name(&String::from_iter([before, c]));
        }
        self.alphabet.letter(c, fold).unwrap_or_default()
    }

    fn name(&mut self, name: &str) {
        note(&mut self.names, name, self.section - self.base);
    }

    /// Ends the section at hand.
    pub(super) fn close_section(&mut self) {
        self.ends.push(self.text.len());
        self.section += 1;
        if self.ends.len() >= SECTIONS {
            self.close_run();
        }
    }

    fn close_run(&mut self) {
        // A section that is longer than a run goes on in the next one.
        let goes_on = self.ends.last().copied().unwrap_or(0) < self.text.len();
        if goes_on {
            self.ends.push(self.text.len());
        }
        let (alphabet, singles, pairs) = self.alphabet.sort(&self.text, &self.ends);
        let mut marks = Marks::default();
        let text = write_text(&singles, &pairs, &mut marks.text);
        let names = write_names(std::mem::take(&mut self.names), &mut marks.names);
        self.runs.push(Run {
            base: self.base,
            alphabet: alphabet.into(),
            text: OwnedBytes::new(text),
            names: OwnedBytes::new(names),
            marks: marks.into(),
        });
        self.text.clear();
        self.ends.clear();
        self.base = self.section;
    }

    /// The runs since last asked, in order, the one at hand closed, and its memory let go: many
    /// batches wait while others are made.
    pub(super) fn take(&mut self) -> Vec<Run> {
        if !self.ends.is_empty() {
            self.close_run();
        }
        (self.text, self.alphabet, self.ends) = Default::default();
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

fn write_text(singles: &Groups, pairs: &Groups, marks: &mut Vec<(u64, usize)>) -> Vec<u8> {
    let mut text = Writer(Vec::with_capacity(singles.len() + pairs.len() * 2));
    let (mut last, mut terms) = (0, 0usize);
    let mut term = |key: u64, found: &[Occurrence]| {
        if terms.is_multiple_of(MARK) {
            marks.push((last, text.0.len()));
        }
        terms += 1;
        text.number(key - last);
        last = key;
        // Most terms occur once.
        if let [one] = found {
            return write_postings(&mut text, 1, [(one.section.into(), 1)].into_iter());
        }
        let sections = found.chunk_by(|one, next| one.section == next.section);
        let changes = found
            .windows(2)
            .map(|two| usize::from(two[0].section != two[1].section));
        let list = sections.map(|same| (same[0].section.into(), same.len() as u32));
        write_postings(&mut text, 1 + changes.sum::<usize>(), list);
    };
    let width = singles.ranks() as u64;
    // A character comes before the pairs that begin with it.
    let ranks = (0..width).zip(singles.iter().zip(pairs.iter())).skip(1);
    for (rank, (singles, pairs)) in ranks {
        let key = rank * width;
        term(key, singles);
        for pairs in pairs.chunk_by(|one, next| one.other == next.other) {
            term(key + u64::from(pairs[0].other), pairs);
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
        write_postings(&mut written, list.len(), list.iter().copied());
        last = name;
    }
    written.0
}

/// Number of sections; for each the distance from the one before, doubled, odd if the term
/// occurs more than once, which then follows.
#[inline]
fn write_postings(writer: &mut Writer, length: usize, list: impl Iterator<Item = (u32, u32)>) {
    writer.count(length);
    let mut last = 0;
    for (section, count) in list {
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
