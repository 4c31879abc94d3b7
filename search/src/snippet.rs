//! A section's text → the lines that show why it was found: 80–120 characters around
//! the best match, cut at sentence ends where possible.

use crate::tokenize;

/// A snippet's length in characters, and how far its ends may move to a sentence end.
const LENGTH: usize = 100;
const SLACK: usize = 25;

/// What to mark: folded pairs or words, each with its weight.
pub(crate) struct Marks {
    needles: Vec<(Vec<char>, f32)>,
}

impl Marks {
    /// Terms that weigh little beside the heaviest are not worth a mark.
    pub(crate) fn new(terms: impl IntoIterator<Item = (String, f32)>) -> Self {
        let mut needles: Vec<(Vec<char>, f32)> = terms
            .into_iter()
            .map(|(text, weight)| (text.chars().collect(), weight))
            .collect();
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
            for (number, (needle, _)) in self.needles.iter().enumerate() {
                if folded[at..].starts_with(needle) {
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
        let (start, end) = window(&characters, self.best(&found));
        let mut html = String::new();
        if start > 0 {
            html.push('…');
        }
        let mut open = false;
        for at in start..end {
            if marked[at] != open {
                html.push_str(if open { "</mark>" } else { "<mark>" });
                open = !open;
            }
            escape(characters[at], &mut html);
        }
        if open {
            html.push_str("</mark>");
        }
        if end < characters.len() {
            html.push('…');
        }
        html
    }

    /// The stretch with the heaviest different needles: first and last character.
    fn best(&self, found: &[(usize, usize)]) -> (usize, usize) {
        let mut best = (0, 0);
        let mut most = 0.0;
        let mut seen = vec![usize::MAX; self.needles.len()];
        for (first, &(start, _)) in found.iter().enumerate() {
            let mut weight = 0.0;
            let mut end = start;
            for &(at, number) in &found[first..] {
                let (needle, heavy) = &self.needles[number];
                if at + needle.len() > start + LENGTH {
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

/// Where the snippet starts and ends so that it shows the stretch and reads well.
fn window(text: &[char], (first, last): (usize, usize)) -> (usize, usize) {
    if text.len() <= LENGTH + SLACK {
        return (0, text.len());
    }
    let ends = |at: usize| matches!(text[at], '。' | '；' | '！' | '？' | '\n' | '：');
    // Back to where the sentence starts, else to a comma, else a few characters.
    let room = (LENGTH + SLACK).saturating_sub(last - first).min(first);
    let back = |stop: &dyn Fn(usize) -> bool, room: usize| {
        (first - room..first)
            .rev()
            .find(|&at| stop(at))
            .map(|at| at + 1)
    };
    let start = match back(&ends, room.min(45)) {
        Some(start) => start,
        None if first <= room.min(45) => 0,
        None => back(&|at| matches!(text[at], '，' | '、' | ' '), room.min(20))
            .unwrap_or(first - room.min(10)),
    };
    let aim = (start + LENGTH).max(last).min(text.len());
    let limit = (aim + SLACK).min(text.len());
    if limit == text.len() {
        return (start, text.len());
    }
    let floor = (start + LENGTH - SLACK).max(last);
    let end = (floor..limit).find(|&at| ends(at)).map_or(aim, |at| at + 1);
    (start, end)
}

/// Appends a character as HTML text; a line's end is a space.
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
    }

    #[test]
    fn cuts_at_sentences() {
        let text = format!(
            "{}。个体工商户的债务。{}",
            "前".repeat(200),
            "后".repeat(200)
        );
        let snippet = snippet(&text, &["个体"]);
        assert!(
            snippet.starts_with("…<mark>个体</mark>工商户的债务。后"),
            "{snippet}"
        );
        assert!(snippet.ends_with('…'));
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
