//! How a site speaks: its characters, and what it says often. Who knows that needs fewer bytes
//! for its texts.

#[cfg(feature = "write")]
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};

#[cfg(feature = "write")]
use rustc_hash::FxBuildHasher;

use super::PackError;
use super::bytes::Reader;
#[cfg(feature = "write")]
use super::bytes::Writer;
use super::coder::BITS;
use super::text::{self, Guesser};

/// Phrases are no longer than this, in bytes of UTF-8.
const LIMIT: usize = 1 << 20;
/// More classes would have more characters than there are.
const CLASSES: usize = 32;
/// A character that a sample has less often is as rare as all others.
#[cfg(feature = "write")]
const LEAST: u32 = 3;

/// How often each character occurs.
#[cfg(feature = "write")]
pub(crate) type Counts = HashMap<char, u32, FxBuildHasher>;

/// Characters in classes, the frequent ones first. Those of a class are equally likely: one in
/// each of the first three, then two, two, four, four, eight, eight …
#[derive(Clone)]
pub(crate) struct Alphabet {
    pub classes: Vec<Vec<char>>,
    /// Where each class begins, in parts of `1 << BITS`; then all other characters, and the end.
    pub starts: Vec<u16>,
    /// By character: its class, and its place in it. Only a writer has them.
    places: Vec<(u8, u16)>,
}

impl Default for Alphabet {
    /// Without any character.
    fn default() -> Self {
        Self {
            classes: Vec::new(),
            starts: vec![0, 1 << BITS],
            places: Vec::new(),
        }
    }
}

/// Characters of a class.
fn size(class: usize) -> usize {
    1 << (class.saturating_sub(1) / 2)
}

/// For each character up to the last: its class and its place in it.
fn places(classes: &[Vec<char>]) -> Vec<(u8, u16)> {
    let last = classes.iter().flatten().max();
    let other = (classes.len() as u8, 0);
    let mut places = vec![other; last.map_or(0, |&last| last as usize + 1)];
    for (class, characters) in (0..).zip(classes) {
        for (place, &character) in (0..).zip(characters) {
            places[character as usize] = (class, place);
        }
    }
    places
}

impl Alphabet {
    /// A character's class, and its place in it.
    pub(crate) fn place(&self, character: char) -> (usize, u32) {
        let place = self.places.get(character as usize);
        let other = (self.classes.len(), 0);
        place.map_or(other, |&(class, place)| (class.into(), place.into()))
    }

    /// The characters that occur so often.
    #[cfg(feature = "write")]
    pub(crate) fn learn(counts: Counts) -> Self {
        let all = counts.values().map(|&count| u64::from(count)).sum::<u64>();
        let known = counts.into_iter().filter(|&(_, count)| count >= LEAST);
        let mut known = known.collect::<Vec<_>>();
        known.sort_unstable_by_key(|&(character, count)| (std::cmp::Reverse(count), character));
        let (mut rest, mut classes, mut sums) = (known.as_slice(), Vec::new(), vec![0]);
        while let Some(class) = rest.split_off(..size(classes.len())) {
            let before = sums.last().copied().unwrap_or(0);
            sums.push(
                before
                    + class
                        .iter()
                        .map(|&(_, count)| u64::from(count))
                        .sum::<u64>(),
            );
            let mut class = class.iter().map(|&(c, _)| c).collect::<Vec<_>>();
            class.sort_unstable();
            classes.push(class);
        }
        // Each class can be said, and so can what is in none.
        let shared = (1 << BITS) - sums.len() as u64;
        let starts = (0..).zip(sums);
        let starts = starts.map(|(class, sum)| (class + sum * shared / all.max(1)) as u16);
        Self::new(classes, starts.chain([1 << BITS]).collect())
    }

    fn new(classes: Vec<Vec<char>>, starts: Vec<u16>) -> Self {
        let places = match cfg!(feature = "write") {
            true => places(&classes),
            false => Vec::new(),
        };
        Self {
            classes,
            starts,
            places,
        }
    }

    #[cfg(feature = "write")]
    fn write(&self, writer: &mut Writer) {
        writer.count(self.classes.len());
        for (characters, start) in self.classes.iter().zip(self.starts.windows(2)) {
            writer.number(start[1] - start[0]);
            let mut last = 0;
            for &character in characters {
                writer.number(u32::from(character) - last);
                last = character.into();
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, PackError> {
        const WRONG: PackError = PackError::Damaged("an alphabet is not one");
        let count = reader.count()?;
        if count > CLASSES {
            return Err(WRONG);
        }
        let (mut classes, mut starts, mut end) = (Vec::new(), vec![0], 0u16);
        for class in 0..count {
            let width = u16::try_from(reader.number()?).ok();
            let width = width.filter(|width| (1..1 << BITS).contains(width));
            end = width
                .and_then(|width| end.checked_add(width))
                .ok_or(WRONG)?;
            let (mut characters, mut last) = (Vec::new(), 0u32);
            for _ in 0..size(class) {
                last = last.checked_add(reader.small()?).ok_or(WRONG)?;
                characters.push(char::from_u32(last).ok_or(WRONG)?);
            }
            classes.push(characters);
            starts.push(end);
        }
        if end >= 1 << BITS {
            return Err(WRONG);
        }
        starts.push(1 << BITS);
        Ok(Self::new(classes, starts))
    }
}

/// How a site speaks; the default is that nothing is known of it. A clone of what nothing is
/// known of is small.
#[derive(Clone, Default)]
pub struct Idiom {
    /// As it stands in `hot.bin`.
    table: Vec<u8>,
    known: Option<Box<(Alphabet, Guesser)>>,
}

impl fmt::Debug for Idiom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idiom({} bytes)", self.table.len())
    }
}

impl PartialEq for Idiom {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}

impl Hash for Idiom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.table.hash(state);
    }
}

impl Idiom {
    /// Of characters that occur so often, and what is said often.
    #[cfg(feature = "write")]
    pub(crate) fn new(counts: Counts, phrases: &str) -> Self {
        let (alphabet, mut guesser) = (Alphabet::learn(counts), Guesser::default());
        let mut table = Writer::default();
        alphabet.write(&mut table);
        table
            .0
            .extend(text::write(&alphabet, &mut guesser, phrases));
        Self {
            table: table.0,
            known: Some(Box::new((alphabet, guesser))),
        }
    }

    /// As it stands in `hot.bin`.
    #[cfg(feature = "write")]
    pub fn table(&self) -> &[u8] {
        &self.table
    }

    /// Reads what `table` gave.
    pub fn read(table: &[u8]) -> Result<Self, PackError> {
        let mut idiom = Self {
            table: table.to_vec(),
            known: None,
        };
        if !table.is_empty() {
            let (mut reader, mut guesser) = (Reader(table), Guesser::default());
            let alphabet = Alphabet::read(&mut reader)?;
            text::read(&alphabet, &mut guesser, reader.0, LIMIT)?;
            idiom.known = Some(Box::new((alphabet, guesser)));
        }
        Ok(idiom)
    }

    /// Texts in fewer bytes, if the idiom is known; each of them can be read alone.
    #[cfg(feature = "write")]
    pub(crate) fn write_texts(&self, texts: &[String]) -> Option<Vec<Vec<u8>>> {
        let (alphabet, known) = self.known.as_deref()?;
        let mut guesser = Guesser::default();
        let texts = texts.iter().map(|text| {
            guesser.clone_from(known);
            text::write(alphabet, &mut guesser, text)
        });
        Some(texts.collect())
    }

    /// Reads one that [`Idiom::write_texts`] gave: a text of no more than `limit` bytes.
    pub(crate) fn read_text(&self, bytes: &[u8], limit: usize) -> Result<String, PackError> {
        const UNKNOWN: PackError = PackError::Damaged("a text in an unknown idiom");
        let (alphabet, guesser) = self.known.as_deref().ok_or(UNKNOWN)?;
        text::read(alphabet, &mut guesser.clone(), bytes, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn idiom() -> Idiom {
        let counts = (0u32..).zip("人民法院应当依照法定程序公正审理，。\u{1}é𠮷".chars());
        Idiom::new(
            counts.map(|(at, c)| (c, 3 + at)).collect(),
            &"人民法院应当".repeat(9),
        )
    }

    fn write(idiom: &Idiom, text: &str) -> Vec<u8> {
        let before = "公正审理".repeat(9);
        let both = idiom.write_texts(&[before, text.to_owned()]).unwrap();
        both.last().unwrap().clone()
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let read = Idiom::read(idiom().table()).unwrap();
        assert_eq!(read, idiom());
        let text = "依照法定程序公正审理𠮷🀄️";
        let bytes = write(&idiom(), text);
        assert_eq!(read.read_text(&bytes, 200).unwrap(), text);
        assert_eq!(write(&read, text), bytes);
        assert!(Idiom::default().write_texts(&[]).is_none());
        assert!(Idiom::read(&[]).unwrap().read_text(&bytes, 200).is_err());
    }

    #[test]
    fn what_it_says_often_takes_less() {
        let length = |text| write(&idiom(), text).len();
        assert!(length("人民法院应当") < length("程序公正审理"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Idiom::read(&bytes);
        }

        #[test]
        fn damaged_ones_are_read_or_refused(at in 0usize..200, byte in any::<u8>()) {
            let mut table = idiom().table().to_vec();
            let at = at % table.len();
            table[at] = byte;
            if let Ok(idiom) = Idiom::read(&table) {
                let _ = idiom.read_text(&[9, 1, 2, 3], 100);
            }
        }
    }
}
