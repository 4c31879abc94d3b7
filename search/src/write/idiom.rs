//! A sample of a site's texts → how the site speaks: how often it uses each character, and
//! phrases that it says again and again.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::pack::document::MARKS;
use crate::pack::idiom::{Counts, Idiom};

/// Characters of a phrase, and of its pieces that are counted.
const PHRASE: usize = 16;
const PIECE: usize = 4;
/// Most characters of all phrases: more would cost a reader more than they save.
const SIZE: usize = 2_720;
/// A sample of fewer characters tells nothing.
const LEAST: usize = 20_000;

/// Every character of ASCII stands for so many of a sample, of which it may have none: addresses
/// have them.
const ASCII: u32 = 1 << 12;
/// Characters of a document, about.
const DOCUMENT: u32 = 100;

/// Learns how a site speaks from a sample of its texts. The same sample gives the same; from a
/// small one nothing is learnt.
pub fn learn_idiom(sample: &str) -> Idiom {
    let text = sample.chars().collect::<Vec<_>>();
    if text.len() < LEAST {
        return Idiom::default();
    }
    let mut counts = Counts::default();
    for &c in &text {
        *counts.entry(c).or_default() += 1;
    }
    let length = text.len() as u32;
    for c in '\0'..='\x7f' {
        *counts.entry(c).or_default() += length / ASCII;
    }
    for (mark, times) in MARKS {
        *counts.entry(mark).or_default() += length / DOCUMENT * times;
    }
    Idiom::new(counts, &phrases(&text))
}

fn phrases(text: &[char]) -> String {
    let mut counts: HashMap<&[char], u32, FxBuildHasher> = HashMap::default();
    for piece in text.windows(PIECE) {
        *counts.entry(piece).or_default() += 1;
    }
    // From each of as many stretches as there is room for phrases, the one whose pieces are the
    // most frequent; what one phrase has counts for no other.
    let stretches = SIZE / PHRASE;
    let mut chosen = Vec::new();
    for stretch in text.chunks(text.len().div_ceil(stretches)) {
        let pieces = stretch.windows(PIECE);
        let pieces = pieces.map(|piece| counts.get(piece).copied().unwrap_or(0));
        let pieces = pieces.collect::<Vec<_>>();
        let scores = pieces.windows(PHRASE - PIECE + 1);
        let scores = scores.map(|pieces| pieces.iter().sum::<u32>());
        // Of equals the first.
        let phrases = scores.zip(stretch.windows(PHRASE)).rev();
        let Some((score, best)) = phrases.max_by_key(|(score, _)| *score) else {
            continue;
        };
        chosen.push((score, best));
        for piece in best.windows(PIECE) {
            counts.insert(piece, 0);
        }
    }
    // The nearest are the cheapest to refer to.
    chosen.sort_by_key(|(score, _)| *score);
    chosen.iter().flat_map(|(_, phrase)| *phrase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_often_is_a_phrase() {
        let text = |at: u32| {
            let other =
                (0..400).filter_map(|c| char::from_u32(0x4e00 + (at * 7919 + c * 31) % 20_000));
            format!(
                "{}人民法院应当依照法定程序公正审理",
                other.collect::<String>()
            )
        };
        let texts = (0..100).map(text).collect::<String>();
        let learnt = phrases(&texts.chars().collect::<Vec<_>>());
        assert!(learnt.chars().count() <= SIZE);
        assert!(learnt.ends_with("人民法院应当依照法定程序公正审理"));
        let idiom = learn_idiom(&texts);
        assert_eq!(idiom, learn_idiom(&texts));
        assert_ne!(idiom, Idiom::default());
        assert_eq!(learn_idiom(&learnt), Idiom::default());
    }
}
