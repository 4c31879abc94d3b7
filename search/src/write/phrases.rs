//! What a site's texts say again and again: documents are deflated as if these phrases stood
//! before each chunk, which makes small chunks a sixth smaller.

use std::collections::HashMap;

/// Characters of a phrase, and of its pieces that are counted.
const PHRASE: usize = 16;
const PIECE: usize = 4;
/// Most bytes of all phrases: more would cost a reader more than they save.
const SIZE: usize = 8 << 10;
/// A sample of fewer characters tells nothing.
const LEAST: usize = 20_000;

/// Learns the phrases of a sample of a site's texts. The same sample gives the same phrases; of a
/// small one there are none.
pub fn phrases(sample: &str) -> Vec<u8> {
    let text = sample.chars().collect::<Vec<_>>();
    if text.len() < LEAST {
        return Vec::new();
    }
    let mut counts: HashMap<&[char], u32> = HashMap::new();
    for piece in text.windows(PIECE) {
        *counts.entry(piece).or_default() += 1;
    }
    // From each of as many stretches as there is room for phrases, the one whose pieces are the
    // most frequent; what one phrase has counts for no other.
    let stretches = SIZE / (PHRASE * '法'.len_utf8());
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
    let text = chosen.iter().flat_map(|(_, phrase)| *phrase);
    let mut text = text.collect::<String>().into_bytes();
    text.drain(..text.len().saturating_sub(SIZE));
    text
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
        let learnt = phrases(&texts);
        assert!(learnt.len() <= SIZE);
        assert!(learnt.ends_with("人民法院应当依照法定程序公正审理".as_bytes()));
        assert_eq!(learnt, phrases(&texts));
        assert!(phrases("人民法院应当依照法定程序公正审理").is_empty());
    }
}
