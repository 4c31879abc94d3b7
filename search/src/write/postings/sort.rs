//! Occurrences sorted by counting: by character, and then pairs, which are in the order of their
//! second one already, by their first.

use crate::tokenize::{is_gap, is_latin};

/// A character as a run counts it: two bytes, so that a table of all is small.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Letter(u16);

impl Letter {
    /// It has not come yet.
    const UNKNOWN: Self = Self(0);
    const GAP: Self = Self(Self::LATIN);
    /// Set of those that words are written in.
    const LATIN: u16 = 1 << 15;
    /// Most letters.
    pub(super) const MOST: usize = Self::LATIN as usize - 1;

    /// From 1; a gap's is 0.
    pub(super) fn number(self) -> u16 {
        self.0 & !Self::LATIN
    }

    pub(super) fn is_latin(self) -> bool {
        self.0 > Self::LATIN
    }
}

/// The characters of a run, folded, numbered as they come.
#[derive(Default)]
pub(super) struct Alphabet {
    characters: Vec<char>,
    /// By the code point of a character as it is written: so each is folded but once.
    letters: Vec<Letter>,
}

impl Alphabet {
    /// What a character is, which this folds. None where there are no more numbers.
    #[inline]
    pub(super) fn letter(&mut self, c: char, fold: impl Fn(char) -> char) -> Option<Letter> {
        let letter = self.letters.get(c as usize).copied().unwrap_or_default();
        match letter == Letter::UNKNOWN {
            true => self.learn(c, fold(c)),
            false => Some(letter),
        }
    }

    #[cold]
    fn learn(&mut self, c: char, folded: char) -> Option<Letter> {
        let last = c.max(folded) as usize;
        if self.letters.len() <= last {
            let room = (last + 1).next_power_of_two();
            self.letters.resize(room, Letter::UNKNOWN);
        }
        let mut letter = self.letters[folded as usize];
        if is_gap(folded) {
            letter = Letter::GAP;
        } else if letter == Letter::UNKNOWN {
            if self.characters.len() >= Letter::MOST {
                return None;
            }
            self.characters.push(folded);
            letter = Letter(self.characters.len() as u16);
            letter.0 |= if is_latin(folded) { Letter::LATIN } else { 0 };
        }
        self.letters[folded as usize] = letter;
        self.letters[c as usize] = letter;
        Some(letter)
    }

    /// The character of a number; none of a gap's.
    pub(super) fn character(&self, number: u16) -> Option<char> {
        let place = usize::from(number).checked_sub(1)?;
        self.characters.get(place).copied()
    }

    /// The characters in order; where each occurs in a text of sections that end there, and each
    /// pair by its first character. A character's rank is its place, from 1. Begins anew.
    pub(super) fn sort(&mut self, text: &[u16], ends: &[usize]) -> (Vec<char>, Groups, Groups) {
        let mut characters = std::mem::take(&mut self.characters);
        self.letters.clear();
        let mut order = (1..).zip(&characters).collect::<Vec<(u16, _)>>();
        order.sort_unstable_by_key(|&(_, c)| c);
        let mut ranks = vec![0; characters.len() + 1];
        for (rank, &(number, _)) in (1..).zip(&order) {
            ranks[usize::from(number)] = rank;
        }
        let sorted = sort(text, ends, &ranks);
        characters.sort_unstable();
        (characters, sorted.0, sorted.1)
    }
}

/// Where characters occur, and pairs; `ranks` has that of each number.
fn sort(text: &[u16], ends: &[usize], ranks: &[u16]) -> (Groups, Groups) {
    let (mut singles, mut pairs) = (vec![0; ranks.len()], vec![0; ranks.len()]);
    let mut before = 0;
    for &number in text {
        singles[usize::from(number)] += 1;
        // Nothing is a pair with a gap.
        pairs[if number > 0 { before } else { 0 }] += 1;
        before = usize::from(number);
    }
    let mut characters = Groups::new(&singles, ranks);
    let mut both = Groups::new(&pairs, ranks);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let mut before = 0;
    for (section, (start, &end)) in (0..).zip(starts.zip(ends)) {
        for &number in &text[start..end] {
            let rank = ranks[usize::from(number)];
            if rank > 0 {
                characters.push(
                    rank,
                    Occurrence {
                        other: before,
                        section,
                    },
                );
            }
            before = rank;
        }
    }
    // Those of the second character are in its order already: of two, only the first is left to
    // sort by.
    for (second, found) in (0..).zip(characters.iter()) {
        for &Occurrence { other, section } in found.iter().filter(|found| found.other > 0) {
            both.push(
                other,
                Occurrence {
                    other: second,
                    section,
                },
            );
        }
    }
    (characters, both)
}

/// Where a character occurs.
#[derive(Clone, Copy, Default)]
pub(super) struct Occurrence {
    /// The rank of the character beside it.
    pub other: u16,
    pub section: u16,
}

/// Occurrences by rank; those of one rank are in the order in which they came.
pub(super) struct Groups {
    items: Vec<Occurrence>,
    /// For each rank, the end of its items.
    ends: Vec<usize>,
}

impl Groups {
    /// For so many of each number; none of gaps, which have neither.
    fn new(counts: &[usize], ranks: &[u16]) -> Self {
        let mut ends = vec![0; counts.len()];
        for (&count, &rank) in counts.iter().zip(ranks).skip(1) {
            ends[usize::from(rank)] = count;
        }
        let mut start = 0;
        for slot in &mut ends {
            start += std::mem::replace(slot, start);
        }
        let items = vec![Occurrence::default(); start];
        Self { items, ends }
    }

    #[inline]
    fn push(&mut self, rank: u16, item: Occurrence) {
        let end = &mut self.ends[usize::from(rank)];
        self.items[*end] = item;
        *end += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// How many ranks there are, with that of gaps.
    pub(super) fn ranks(&self) -> usize {
        self.ends.len()
    }

    /// The items of each rank.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Occurrence]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let parts = starts.zip(&self.ends);
        parts.map(|(start, &end)| &self.items[start..end])
    }
}
