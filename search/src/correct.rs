//! "Did you mean": one character wrong, missing or too many.
//!
//! What holds most of a mistyped word's pairs mostly holds the word itself. So the texts of
//! the best hits are searched for what differs from the query in one character, which
//! needs no further index.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Engine;
use crate::pack::document::Document;
use crate::query::Parsed;
use crate::tokenize;

/// Shortest and longest part that is corrected, in characters.
const CORRECTED: std::ops::RangeInclusive<usize> = 3..=12;
/// What the first text counts; the second counts half of it, and so on.
const FIRST: usize = 5040;

impl Engine {
    /// What the query most likely should have been, or nothing.
    pub(crate) fn correct(&self, parsed: &Parsed, documents: &[Document]) -> String {
        let only_words = parsed.exact.is_empty() && parsed.excluded.is_empty();
        if !only_words || !parsed.titles.is_empty() || !parsed.facets.is_empty() {
            return String::new();
        }
        let texts: Vec<Vec<char>> = documents
            .iter()
            .map(|document| self.folded(document).chars().collect())
            .collect();
        let mut changed = false;
        let parts = parsed.parts.iter().map(|part| match near(part, &texts) {
            Some(better) => {
                changed = true;
                better
            }
            None => part.replace(tokenize::is_gap, ""),
        });
        let query = parts.collect::<Vec<_>>().join(" ");
        if changed { query } else { String::new() }
    }
}

/// The string in the texts that differs from a part in one character, if the part itself
/// is nowhere in them: that of the most texts, where the first count most, as they are
/// the best hits; of equals the longest. A character too many is the least likely mistake.
fn near(part: &str, texts: &[Vec<char>]) -> Option<String> {
    let part: Vec<char> = part.chars().collect();
    let plain = !part
        .iter()
        .any(|&c| tokenize::is_gap(c) || tokenize::is_latin(c));
    if !CORRECTED.contains(&part.len()) || !plain {
        return None;
    }
    let mut found: BTreeMap<&[char], BTreeSet<usize>> = BTreeMap::new();
    for (place, text) in texts.iter().enumerate() {
        for length in [part.len(), part.len() + 1, part.len() - 1] {
            for window in text.windows(length) {
                if window == part {
                    return None;
                }
                if is_near(&part, window) {
                    found.entry(window).or_default().insert(place);
                }
            }
        }
    }
    let weigh = |window: &[char], places: &BTreeSet<usize>| {
        let weight: usize = places.iter().map(|place| FIRST / (place + 1)).sum();
        (window.len() >= part.len(), weight, window.len())
    };
    let best = found
        .into_iter()
        .max_by_key(|(window, places)| weigh(window, places));
    best.map(|(window, _)| window.iter().collect())
}

/// Whether one character replaced, added within or left out makes the part the window.
/// What is added at an end would be found by the part itself.
fn is_near(part: &[char], window: &[char]) -> bool {
    if window
        .iter()
        .any(|&c| tokenize::is_gap(c) || tokenize::is_latin(c))
    {
        return false;
    }
    let same = part.iter().zip(window).take_while(|(a, b)| a == b).count();
    let (a, b) = (&part[same..], &window[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => a.get(1..) == b.get(1..) && !a.is_empty(),
        std::cmp::Ordering::Less => same > 0 && !a.is_empty() && Some(a) == b.get(1..),
        std::cmp::Ordering::Greater => part.len() > 3 && a.get(1..) == Some(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_off() {
        let text: Vec<char> = "正当防卫明显超过必要限度。正当防卫".chars().collect();
        let near = |part| near(part, std::slice::from_ref(&text));
        assert_eq!(near("正当防为").as_deref(), Some("正当防卫"));
        let best = [
            "正当防卫",
            "正当防卫",
            "正当竞争。正当竞争",
            "正当竞争",
            "正当竞争",
        ];
        let best = best.map(|text| text.chars().collect::<Vec<char>>());
        assert_eq!(super::near("正当卫", &best).as_deref(), Some("正当防卫"));
        let best = ["告知单", "告知单和告知清单"].map(|text| text.chars().collect::<Vec<char>>());
        assert_eq!(super::near("告知请单", &best).as_deref(), Some("告知清单"));
        assert_eq!(near("正防卫").as_deref(), Some("正当防卫"));
        assert_eq!(near("正当正防卫").as_deref(), Some("正当防卫"));
        assert_eq!(near("正当防卫"), None);
        assert_eq!(near("不当得利"), None);
        assert_eq!(near("防"), None);
    }
}
