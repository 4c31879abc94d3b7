//! A section's text → the lines that show why it was found: 80–120 characters around
//! the best match, cut at sentence ends where possible.

use crate::tokenize::{self, WORD, is_latin};

/// A snippet's length in characters, of Latin ones, which are narrow, and how far its ends may
/// move to a sentence end.
const LENGTH: usize = 100;
const LATIN_LENGTH: usize = 160;
const SLACK: usize = 25;
/// What stands between items of a list or cells of a table.
const BETWEEN_LINES: &str = "\u{a0}· ";

/// What to mark: folded pairs or words, each with its weight.
pub(crate) struct Marks {
    needles: Vec<(Vec<char>, f32)>,
}

impl Marks {
    /// A Latin word is marked by itself and not by its pairs, and weighs no less than they do
    /// together. Terms that weigh little beside the heaviest are not worth a mark.
    pub(crate) fn new(terms: impl IntoIterator<Item = (String, f32)>) -> Self {
        let terms = terms.into_iter();
        let terms = terms.map(|(text, weight)| (text.chars().collect(), weight));
        let (mut needles, mut pairs): (Vec<_>, Vec<_>) =
            terms.partition(|(needle, _): &(Vec<char>, f32)| WORD.contains(&needle.len()));
        for (word, weight) in &mut needles {
            let of_word = pairs.iter().filter(|(pair, _)| is_within(pair, word));
            *weight = weight.max(of_word.map(|(_, weight)| weight).sum());
        }
        pairs.retain(|(pair, _)| !needles.iter().any(|(word, _)| is_within(pair, word)));
        needles.append(&mut pairs);
        let heaviest = needles
            .iter()
            .map(|(_, weight)| *weight)
            .fold(0.0, f32::max);
        needles.retain(|(needle, weight)| !needle.is_empty() && *weight >= heaviest * 0.35);
        Self { needles }
    }

    /// Marked characters of a text, and the places where needles begin.
    fn find(&self, folded: &[char]) -> (Vec<bool>, Vec<(usize, usize)>) {
        let mut marked = vec![false; folded.len()];
        let mut found = Vec::new();
        for at in 0..folded.len() {
            let is_start = starts_word(folded, at);
            for (number, (needle, _)) in self.needles.iter().enumerate() {
                if folded[at..].starts_with(needle) && (is_start || !is_latin_all(needle)) {
                    found.push((at, number));
                    marked[at..at + needle.len()]
                        .iter_mut()
                        .for_each(|mark| *mark = true);
                }
            }
        }
        (marked, found)
    }

    /// The snippet of a text, as HTML.
    pub(crate) fn snippet(&self, text: &str, variant: impl Fn(char) -> char) -> String {
        let characters: Vec<char> = text.chars().collect();
        let folded = characters.iter();
        let folded: Vec<char> = folded.map(|&c| tokenize::fold_with(c, &variant)).collect();
        let (marked, found) = self.find(&folded);
        let latin = folded.iter().filter(|&&c| is_latin(c)).count();
        let length = match latin * 2 > folded.len() {
            true => LATIN_LENGTH,
            false => LENGTH,
        };
        let (start, end) = window(&characters, length, self.best(length, &found));
        let mut html = String::new();
        if start > 0 {
            html.push('…');
        }
        // Characters by which what joins lines may make it longer than it was, so that it stays short.
        let mut room = (2 * LENGTH).saturating_sub(end - start + 2);
        let mut open = false;
        for at in start..end {
            if marked[at] != open {
                html.push_str(if open { "</mark>" } else { "<mark>" });
                open = !open;
            }
            let before = at.checked_sub(1).filter(|&before| before >= start);
            match (before.map(|before| characters[before]), characters[at]) {
                (Some(' ' | '\n'), ' ' | '\n') => {}
                // Full-width punctuation has a space in it.
                (Some(before), ' ') if is_wide_punctuation(before) => {}
                (_, '\n') => {
                    let joint = joint(&characters[start..at]);
                    let longer = joint.chars().count().saturating_sub(1);
                    // Of very many short lines, what joins the last ones is as short as their ends.
                    html.push_str(if longer <= room { joint } else { " " });
                    room = room.saturating_sub(longer);
                }
                (_, c) => escape(c, &mut html),
            }
        }
        if open {
            html.push_str("</mark>");
        }
        let is_cut = characters[end..].iter().any(|c| !c.is_whitespace());
        if is_cut && !ends_sentence(&characters[start..end]) {
            html.push('…');
        }
        html
    }

    /// The stretch with the heaviest different needles: first and last character.
    fn best(&self, length: usize, found: &[(usize, usize)]) -> (usize, usize) {
        let mut best = (0, 0);
        let mut most = 0.0;
        let mut seen = vec![usize::MAX; self.needles.len()];
        for (first, &(start, _)) in found.iter().enumerate() {
            let mut weight = 0.0;
            let mut end = start;
            for &(at, number) in &found[first..] {
                let (needle, heavy) = &self.needles[number];
                if at + needle.len() > start + length {
                    break;
                }
                end = at + needle.len();
                if seen[number] != first {
                    seen[number] = first;
                    weight += heavy;
                }
            }
            if weight > most {
                most = weight;
                best = (start, end);
            }
        }
        best
    }
}

/// Whether a pair stands in a word.
fn is_within(pair: &[char], word: &[char]) -> bool {
    word.windows(2).any(|two| two == pair)
}

fn is_latin_all(needle: &[char]) -> bool {
    needle.iter().all(|&c| is_latin(c))
}

/// Whether no Latin word runs on at this place. Letters and digits side by side are two words.
fn starts_word(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    before.is_none_or(|before| !is_latin(before) || before.is_numeric() != text[at].is_numeric())
}

/// Where the snippet starts and ends so that it shows the stretch and reads well.
fn window(text: &[char], length: usize, (first, last): (usize, usize)) -> (usize, usize) {
    let trimmed = text.len() - text.iter().rev().take_while(|c| c.is_whitespace()).count();
    let text = &text[..trimmed];
    if text.len() <= length + SLACK {
        return (0, text.len());
    }
    let is_space = |at: usize| text.get(at).is_none_or(|c| c.is_whitespace());
    let ends = |at: usize| match text[at] {
        '。' | '；' | '！' | '？' | '\n' | '：' => true,
        '.' | '!' | '?' | ';' | ':' => is_space(at + 1),
        _ => false,
    };
    // Back to where the sentence starts, else to a comma, else by some words, else by a few
    // characters.
    let room = (length + SLACK).saturating_sub(last - first).min(first);
    let back = |most: usize| first - room.min(most)..first;
    // What closes quotes or brackets goes with what it closes.
    let behind = |at: usize| at + 1 + text[at + 1..].iter().take_while(|c| closes(**c)).count();
    let start = match back(45).rev().find(|&at| ends(at)) {
        Some(end) => behind(end).min(first),
        None if first <= room.min(45) => 0,
        None => {
            let comma = back(20).rev().find(|&at| matches!(text[at], '，' | '、'));
            let space = || back(30).find(|&at| is_space(at));
            let stop = comma.or_else(space).map(|at| at + 1);
            stop.unwrap_or(first - room.min(10))
        }
    };
    let start = (start..first).find(|&at| !is_space(at)).unwrap_or(first);
    let aim = (start + length).max(last).min(text.len());
    let limit = (aim + SLACK).min(text.len());
    if limit == text.len() {
        return (start, text.len());
    }
    let floor = (start + length - SLACK).max(last);
    let end = match (floor..limit).find(|&at| ends(at)) {
        Some(end) => behind(end),
        // Not within a Latin word.
        None => (floor..=aim).rev().find(|&at| is_space(at)).unwrap_or(aim),
    };
    let blanks = text[start..end].iter().rev();
    (
        start,
        end - blanks.take_while(|c| c.is_whitespace()).count(),
    )
}

fn is_wide_punctuation(c: char) -> bool {
    matches!(c, '。' | '；' | '！' | '？' | '：' | '，' | '、')
}

fn closes(c: char) -> bool {
    matches!(c, '”' | '’' | '）' | '」' | '』' | '》' | '"' | '\'' | ')')
}

/// The last character of a text but for what closes quotes or brackets.
fn last(text: &[char]) -> Option<char> {
    text.iter().rev().find(|&&c| !closes(c)).copied()
}

fn ends_sentence(text: &[char]) -> bool {
    matches!(last(text), Some('。' | '！' | '？' | '…' | '.' | '!' | '?'))
}

/// What stands between a line and the next: the end of a sentence, or of a part of one, speaks
/// for itself.
fn joint(line: &[char]) -> &'static str {
    match last(line) {
        None => "",
        Some(c) if is_wide_punctuation(c) => "",
        Some('.' | '!' | '?' | '…' | '—' | ',' | ';' | ':') => " ",
        Some(_) => BETWEEN_LINES,
    }
}

/// Appends a character as HTML text.
fn escape(c: char, html: &mut String) {
    match c {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        '\'' => html.push_str("&#39;"),
        c if c.is_control() => html.push(' '),
        c => html.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn snippet(text: &str, needles: &[&str]) -> String {
        Marks::new(needles.iter().map(|needle| (needle.to_string(), 1.0))).snippet(text, |c| c)
    }

    #[test]
    fn marks_and_escapes() {
        assert_eq!(
            snippet("甲<b>的个体工商户&乙", &["个体", "体工", "工商", "商户"]),
            "甲&lt;b&gt;的<mark>个体工商户</mark>&amp;乙"
        );
        assert_eq!(snippet("ＡＢ的", &["ab"]), "<mark>ＡＢ</mark>的");
        assert_eq!(snippet("", &["ab"]), "");
        assert_eq!(
            snippet("情形：\n（一）签到\n挂机", &["签到"]),
            "情形：（一）<mark>签到</mark>\u{a0}· 挂机"
        );
        assert_eq!(snippet("“sue” 甲", &["甲"]), "“sue” <mark>甲</mark>");
    }

    #[test]
    fn joins_lines_by_how_they_end() {
        for (text, expected) in [
            ("窗口\n上午\n立案", "窗口\u{a0}· 上午\u{a0}· 立案"),
            ("答复。\n请看：\n乙", "答复。请看：乙"),
            ("“一趟就行。”\n本文", "“一趟就行。”本文"),
            ("（试行）\n乙\n", "（试行）\u{a0}· 乙"),
            ("甲。 乙", "甲。乙"),
            ("In the room.\nNext,\nlast", "In the room. Next, last"),
        ] {
            assert_eq!(snippet(text, &["丙"]), expected);
        }
    }

    #[test]
    fn dots_stand_where_a_sentence_is_cut() {
        let sentences = "他说：“照着这张纸备，跑一趟就行。”".repeat(12);
        let found = snippet(&sentences, &["丙"]);
        assert!(found.ends_with("跑一趟就行。”"), "{found}");
        let found = snippet(&"没有标点的话".repeat(40), &["丙"]);
        assert!(found.ends_with('…'), "{found}");
    }

    #[test]
    fn marks_latin_words_where_they_begin() {
        let court = ["co", "ou", "ur", "rt", "court"];
        assert_eq!(
            snippet("Our courts court a courier; 法院Court2", &court),
            "Our <mark>court</mark>s <mark>court</mark> a courier; 法院<mark>Court</mark>2"
        );
        assert_eq!(
            snippet("party art", &["ar", "rt", "art"]),
            "party <mark>art</mark>"
        );
        assert_eq!(
            snippet("GB18030", &["18", "80", "03", "30", "18030"]),
            "GB<mark>18030</mark>"
        );
        assert_eq!(
            snippet("第54条、第154条", &["第5", "54", "4条"]),
            "<mark>第54条</mark>、第15<mark>4条</mark>"
        );
    }

    #[test]
    fn cuts_between_latin_words() {
        let words = "sentences without end ".repeat(9);
        let found = snippet(&format!("{words}deed. Last {words}"), &["last"]);
        let end = "sentences without end ".repeat(7);
        assert_eq!(found, format!("…<mark>Last</mark> {}…", end.trim_end()));
        let found = snippet(&format!("{words}deed {words}"), &["deed"]);
        assert!(
            found.starts_with("…end sentences without end <mark>deed</mark> sentences"),
            "{found}"
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_never_markup(text in "[甲乙。<，&\n]{0,300}", needle in "[甲乙]{1,3}") {
            let snippet = snippet(&text, &[&needle]);
            let bare = snippet.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains('<'));
            prop_assert_eq!(snippet.matches("<mark>").count(), snippet.matches("</mark>").count());
            let characters = bare.replace("&lt;", "<").replace("&amp;", "&").chars().count();
            prop_assert!(characters <= 2 * LENGTH);
        }
    }
}
