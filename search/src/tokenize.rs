//! Text → terms, the same for pages and queries, without a dictionary.
//!
//! Characters are folded (lower case, half width); all that is neither letter, digit
//! nor sign of a script is a gap. Within a run without gaps every two neighbours are
//! a term, whatever their script, so that any string of two characters is found: in
//! 第3条, in A股, within `public`. A Latin word of three letters or more is a term of
//! its own besides, and so is every character.

/// Stands between two characters with a gap between them.
pub(crate) const GAP: char = '\u{1}';
/// Stands in folded text where a line ends: no term spans it.
pub(crate) const BREAK: char = '\n';
/// What has variants is no lower than this: the first radical.
const HAN: char = '\u{2e80}';

/// One folded character, or [`GAP`], or [`BREAK`]. Always one for one, so that
/// offsets in characters hold in the text and in its folded form.
pub(crate) fn fold(c: char) -> char {
    let c = match c {
        'a'..='z' | '0'..='9' => return c,
        'A'..='Z' => return c.to_ascii_lowercase(),
        '\n' => return BREAK,
        '\0'..='\u{7f}' => return GAP,
        // CJK ideographs, by far the most frequent.
        '\u{4e00}'..='\u{9fff}' => return c,
        // Their punctuation.
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' => return GAP,
        '\u{ff01}'..='\u{ff5e}' => {
            return fold(char::from_u32(c as u32 - 0xfee0).unwrap_or(GAP));
        }
        _ => c,
    };
    let mut lower = c.to_lowercase();
    let c = match (lower.next(), lower.next()) {
        (Some(first), None) => first,
        _ => c,
    };
    if c.is_alphanumeric() || is_sign(c) {
        c
    } else {
        GAP
    }
}

/// Combining marks, symbols and emoji: searched for like letters. Spaces,
/// punctuation, controls and private characters are gaps.
fn is_sign(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036f | 0x0900..=0x1fff | 0x20a0..=0x22ff | 0x2460..=0x27bf
        | 0x3004..=0x3007 | 0x3021..=0x302f | 0x3040..=0xd7ff | 0xfe20..=0xfe2f
        | 0x1f000..=0x1fbff)
        && !c.is_whitespace()
}

/// One folded character; `variant` folds traditional characters and the like before.
pub(crate) fn fold_with(c: char, variant: impl Fn(char) -> char) -> char {
    fold(if c < HAN { c } else { variant(c) })
}

/// Appends the folded form of a text, with each gap as a single [`GAP`].
pub(crate) fn fold_into(text: &str, folded: &mut String, variant: impl Fn(char) -> char) {
    let mut last = folded.chars().next_back().unwrap_or(BREAK);
    for c in text.chars().map(|c| fold_with(c, &variant)) {
        match (last, c) {
            (GAP | BREAK, GAP) | (BREAK, BREAK) => continue,
            (GAP, BREAK) => {
                folded.pop();
            }
            _ => {}
        }
        folded.push(c);
        last = c;
    }
}

/// Folded text without any gaps: how titles are compared.
pub(crate) fn squeeze(folded: &str) -> String {
    folded.chars().filter(|&c| !is_gap(c)).collect()
}

pub(crate) fn is_gap(c: char) -> bool {
    matches!(c, GAP | BREAK)
}

/// A letter or digit of a script that writes words.
pub(crate) fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{aa}'..='\u{24f}' | '\u{370}'..='\u{52f}')
}

/// Shortest and longest word that is a term, in characters.
pub(crate) const WORD: std::ops::RangeInclusive<usize> = 3..=40;

/// The terms of folded text but for its single characters, in order, as slices of it.
pub(crate) struct Terms<'a> {
    text: &'a str,
    /// Byte offset of the first of the two characters that form the next pair.
    at: usize,
    /// Where the word that ends at `at` began, and its length in characters.
    word: (usize, usize),
    /// A word that ended with the last pair.
    pending: Option<(usize, usize)>,
}

impl<'a> Terms<'a> {
    pub(crate) fn new(folded: &'a str) -> Self {
        Self {
            text: folded,
            at: 0,
            word: (0, 0),
            pending: None,
        }
    }
}

impl<'a> Iterator for Terms<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some((start, end)) = self.pending.take() {
                return Some(&self.text[start..end]);
            }
            let mut characters = self.text[self.at..].chars();
            let first = characters.next()?;
            let second = characters.next().unwrap_or(BREAK);
            let start = self.at;
            self.at += first.len_utf8();
            if is_latin(first) {
                if self.word.1 == 0 {
                    self.word.0 = start;
                }
                self.word.1 += 1;
                if !is_latin(second) {
                    if WORD.contains(&self.word.1) {
                        self.pending = Some((self.word.0, self.at));
                    }
                    self.word.1 = 0;
                }
            }
            if !is_gap(first) && !is_gap(second) {
                return Some(&self.text[start..self.at + second.len_utf8()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        let mut folded = String::new();
        fold_into(text, &mut folded, |c| c);
        Terms::new(&folded).map(str::to_owned).collect()
    }

    #[test]
    fn pairs_words_and_gaps() {
        let check = |text, expected: &[&str]| assert_eq!(terms(text), expected, "{text}");
        check("个体工商户", &["个体", "体工", "工商", "商户"]);
        check("第３条", &["第3", "3条"]);
        check("Ａ股", &["a股"]);
        check("的，实行", &["实行"]);
        check("的\n实行", &["实行"]);
        check("Public", &["pu", "ub", "bl", "li", "ic", "public"]);
        check("GB 18030", &["gb", "18", "80", "03", "30", "18030"]);
        check("砚", &[]);
        check("《》，", &[]);
        check("", &[]);
    }

    #[test]
    fn punctuation_is_a_gap() {
        for c in "‐‘’“”…‧　、。〃〈《》】".chars() {
            assert_eq!(fold(c), GAP, "{c}");
            assert!(!c.is_alphanumeric() && !is_sign(c), "{c}");
        }
        assert_eq!(fold('〇'), '〇');
    }

    #[test]
    fn squeezed_titles() {
        let mut folded = String::new();
        fold_into(
            "关于《民法典》的解釋（二）",
            &mut folded,
            |c| if c == '釋' { '释' } else { c },
        );
        assert_eq!(squeeze(&folded), "关于民法典的解释二");
    }

    proptest! {
        #[test]
        fn folding_is_final(c in any::<char>()) {
            let folded = fold_with(c, crate::write::simplified);
            prop_assert_eq!(fold_with(folded, crate::write::simplified), folded);
        }

        /// What stands in a text is found: the terms of a part are terms of the whole.
        #[test]
        fn every_substring_is_found(text in "[一-十的实Ab3 ，\n]{2,30}", from in 0usize..30, length in 2usize..30) {
            let characters: Vec<char> = text.chars().collect();
            let from = from % characters.len();
            let part: String = characters[from..].iter().take(length).collect();
            let whole = terms(&text);
            for term in terms(&part) {
                // A cut word is found by its pairs.
                if term.chars().count() == 2 {
                    prop_assert!(whole.contains(&term), "{term} of {part:?} in {text:?}");
                }
            }
        }
    }
}
