//! Titles as they are typed in pinyin: `laodonghetong` and `ldht` find 劳动合同法, and
//! 中华人民共和国劳动合同法 as well.
//!
//! A title has a key for every character that it may be typed from, in full and in
//! initials; a reader's letters are looked up as the beginning of a key.

#[cfg(feature = "write")]
mod reading;

#[cfg(feature = "write")]
use std::collections::BTreeSet;

/// Length of the longest key in full, in letters. What is typed is to be cut to it.
pub(crate) const FULL: usize = 32;
/// Length of the longest key in initials.
pub(crate) const INITIALS: usize = 12;

/// Most keys from one place of a title, where characters have several readings.
#[cfg(feature = "write")]
const WAYS: usize = 4;

/// A title's keys: a-z and 0-9 only, sorted, none the beginning of another.
#[cfg(feature = "write")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Syllables without tones, ü as v: `laodonghetongfa`, `donghetongfa`, …
    pub(crate) full: Vec<String>,
    /// The first letters of the syllables: `ldhtf`, `dhtf`, …
    pub(crate) initials: Vec<String>,
}

/// What was typed, as the beginning of keys: lower case, ü as v, without spaces,
/// apostrophes and other signs. Nothing if it has other letters, or no letter of a-z.
pub(crate) fn typed(query: &str) -> Option<String> {
    let mut key = String::with_capacity(query.len());
    for c in query.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => key.push(c),
            'ü' => key.push('v'),
            _ if c.is_alphanumeric() => return None,
            _ => {}
        }
    }
    key.contains(|c: char| c.is_ascii_lowercase())
        .then_some(key)
}

/// What stands in a title and is typed.
#[cfg(feature = "write")]
#[derive(Debug)]
enum Part {
    /// An ideograph: its readings, the usual one first.
    Syllable(Vec<&'static str>),
    /// Letters and digits, typed as they are.
    Word(String),
}

#[cfg(feature = "write")]
impl Part {
    /// The ways to type it, the usual one first.
    fn full(&self) -> Vec<&str> {
        match self {
            Part::Syllable(readings) => readings.clone(),
            Part::Word(word) => vec![word],
        }
    }

    fn initials(&self) -> Vec<&str> {
        match self {
            Part::Syllable(readings) => {
                let mut initials = Vec::new();
                for initial in readings.iter().filter_map(|reading| reading.get(..1)) {
                    if !initials.contains(&initial) {
                        initials.push(initial);
                    }
                }
                initials
            }
            Part::Word(word) => vec![word],
        }
    }
}

/// The keys of a title. They begin with every ideograph and every word, but with the last
/// ideograph only if it is all the title; a key without an ideograph is none, for words
/// are found as they are.
#[cfg(feature = "write")]
pub(crate) fn keys(title: &str) -> Keys {
    let parts = parts(title);
    let (in_full, in_initials): (Vec<_>, Vec<_>) = parts
        .iter()
        .map(|part| (part.full(), part.initials()))
        .unzip();
    let words_at_end = parts
        .iter()
        .rev()
        .take_while(|part| matches!(part, Part::Word(_)));
    let ends = parts.len() - words_at_end.count();
    let mut full = BTreeSet::new();
    let mut initials = BTreeSet::new();
    for start in 0..ends {
        if start == 0 || start + 1 < parts.len() {
            full.extend(spell(&in_full[start..], FULL));
            initials.extend(spell(&in_initials[start..], INITIALS));
        }
    }
    Keys {
        full: longest(full),
        initials: longest(initials),
    }
}

#[cfg(feature = "write")]
fn parts(title: &str) -> Vec<Part> {
    let title: Vec<char> = title.chars().collect();
    let mut parts = Vec::new();
    let mut open = false;
    for (c, readings) in title.iter().zip(reading::readings(&title)) {
        let c = crate::tokenize::fold(*c);
        if c.is_ascii_alphanumeric() {
            match parts.last_mut() {
                Some(Part::Word(word)) if open => word.push(c),
                _ => parts.push(Part::Word(c.to_string())),
            }
        } else if !readings.is_empty() {
            parts.push(Part::Syllable(readings));
        }
        open = c.is_ascii_alphanumeric();
    }
    parts
}

/// One way to type each part after the other, up to a number of letters, in at most
/// [`WAYS`] ways: the first parts with several have them all, the last their first.
#[cfg(feature = "write")]
fn spell(parts: &[Vec<&str>], letters: usize) -> Vec<String> {
    let mut keys = vec![String::new()];
    for ways in parts {
        if keys.iter().all(|key| key.len() >= letters) {
            break;
        }
        match ways[..ways.len().min(WAYS / keys.len())] {
            [way] => keys.iter_mut().for_each(|key| key.push_str(way)),
            ref ways => {
                keys = keys
                    .iter()
                    .flat_map(|key| ways.iter().map(move |way| format!("{key}{way}")))
                    .collect();
            }
        }
    }
    for key in &mut keys {
        key.truncate(letters);
    }
    keys
}

/// Without the keys that another one begins with.
#[cfg(feature = "write")]
fn longest(sorted: BTreeSet<String>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::with_capacity(sorted.len());
    for key in sorted {
        match keys.last_mut() {
            Some(last) if key.starts_with(last.as_str()) => *last = key,
            _ => keys.push(key),
        }
    }
    keys
}

#[cfg(all(test, feature = "write"))]
mod tests;
