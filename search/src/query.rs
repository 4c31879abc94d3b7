//! What a reader typed → terms.
//!
//! Bare words, `"…"` for exactly this, `-词` for not this, and article numbers. A
//! question in whole sentences is one long bare word: its terms are its pairs.

use crate::number;
use crate::schema;
use crate::tokenize::{self, GAP, Terms};

/// Most characters of a query that are read; what follows is left out.
const MOST_CHARACTERS: usize = 400;
/// Most terms of a query that are looked up.
const MOST_TERMS: usize = 96;

/// Pairs that ask rather than tell. A query with more than [`SHORT`] terms does without.
const ASKING: [&str; 24] = [
    "么办", "么是", "么样", "为什", "什么", "可以", "可否", "哪个", "哪些", "哪里", "多久", "多少",
    "如何", "应该", "怎么", "怎样", "怎办", "是什", "是否", "有什", "有哪", "能否", "能不", "请问",
];
/// Most terms of a query that is no sentence.
const SHORT: usize = 8;

/// A query taken apart.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    /// What makes a section a hit.
    pub terms: Vec<QueryTerm>,
    /// Folded parts that, standing in a text, make it an exact match.
    pub parts: Vec<String>,
    /// Folded parts that a text must hold.
    pub exact: Vec<String>,
    /// Terms of parts that a text must not hold, all of a part together.
    pub excluded: Vec<Vec<QueryTerm>>,
    /// Names that the query may be: of pages, of sections, each with its weight class.
    pub names: Vec<String>,
    /// The article asked for, and what else was asked for.
    pub article: Option<Article>,
}

/// `民法典第1079条`: the article's name, and the terms before it.
#[derive(Debug, PartialEq)]
pub(crate) struct Article {
    pub name: String,
    pub terms: Vec<QueryTerm>,
}

/// A term to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryTerm {
    pub text: String,
    pub shape: Shape,
    /// How often the query says it.
    pub count: u16,
}

/// What a term is, which decides its field and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Two neighbours.
    Pair,
    /// Two neighbours within a longer Latin word: the word itself says more.
    Within,
    /// A Latin word.
    Word,
    /// A character with no neighbour.
    Single,
}

/// Takes a query apart.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut whole = String::new();
    for piece in pieces(text) {
        let mut folded = String::new();
        tokenize::fold_into(piece.text, &mut folded);
        let part = folded.trim_matches(tokenize::is_gap);
        if part.is_empty() {
            continue;
        }
        if piece.excluded {
            let mut terms = Vec::new();
            part_terms(part, &mut terms);
            parsed.excluded.push(terms);
            continue;
        }
        part_terms(part, &mut parsed.terms);
        if piece.quoted {
            parsed.exact.push(part.to_owned());
        } else {
            whole.extend(part.chars().filter(|&c| !tokenize::is_gap(c)));
        }
        parsed.parts.push(part.to_owned());
    }
    if parsed.terms.len() > SHORT {
        let asks = |term: &QueryTerm| ASKING.contains(&term.text.as_str());
        parsed.terms.retain(|term| !asks(term));
    }
    parsed.terms.truncate(MOST_TERMS);
    if parsed.exact.is_empty() {
        parsed.names.extend(schema::page_name(&whole));
        parsed.names.extend(schema::section_name(&whole));
        let found = number::article_at_end(&whole).or_else(|| number::digits_at_end(&whole));
        parsed.article = found.map(|(before, article)| {
            let mut terms = Vec::new();
            part_terms(before, &mut terms);
            let name = schema::article_name(article);
            Article { name, terms }
        });
    }
    parsed
}

/// A stretch of the query between spaces or within quotes.
struct Piece<'a> {
    text: &'a str,
    quoted: bool,
    excluded: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let end = text
        .char_indices()
        .nth(MOST_CHARACTERS)
        .map_or(text.len(), |(at, _)| at);
    let mut rest = &text[..end];
    let mut pieces = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return pieces;
        };
        let after = &rest[first.len_utf8()..];
        let close = match first {
            '"' | '＂' => Some(&['"', '＂'][..]),
            '“' | '”' => Some(&['”', '“'][..]),
            _ => None,
        };
        // A quote that is never closed is a sign like any other.
        if let Some(length) = close.and_then(|close| after.find(close)) {
            let text = &after[..length];
            pieces.push(Piece {
                text,
                quoted: true,
                excluded: false,
            });
            let closing = after[length..].chars().next().map_or(0, char::len_utf8);
            rest = &after[length + closing..];
            continue;
        }
        let excluded = matches!(first, '-' | '－') && !after.starts_with(char::is_whitespace);
        let start = if excluded { after } else { rest };
        let length = start
            .find(char::is_whitespace)
            .unwrap_or(start.len())
            .max(1);
        let length = (length..=start.len())
            .find(|&at| start.is_char_boundary(at))
            .unwrap_or(start.len());
        let (text, after) = start.split_at(length);
        pieces.push(Piece {
            text,
            quoted: false,
            excluded,
        });
        rest = after;
    }
}

/// Adds the terms of a folded part.
fn part_terms(part: &str, terms: &mut Vec<QueryTerm>) {
    let mut add = |text: &str, shape| {
        if let Some(term) = terms.iter_mut().find(|term| term.text == text) {
            term.count += 1;
        } else if terms.len() < MOST_TERMS {
            let text = text.to_owned();
            terms.push(QueryTerm {
                text,
                shape,
                count: 1,
            });
        }
    };
    let runs: Vec<&str> = part.split(tokenize::is_gap).collect();
    for (number, run) in runs.iter().enumerate() {
        let mut characters = run.chars();
        let (Some(first), second) = (characters.next(), characters.next()) else {
            continue;
        };
        if second.is_some() {
            for term in Terms::new(run) {
                add(term, shape(term, run));
            }
        } else if runs.len() == 1 {
            add(run, Shape::Single);
        } else {
            // A lone character is searched for with its neighbours beyond the gaps.
            if let Some(before) = number.checked_sub(1).and_then(|at| runs[at].chars().last()) {
                add(
                    &[before, GAP, first].iter().collect::<String>(),
                    Shape::Pair,
                );
            }
            if let Some(after) = runs.get(number + 1).and_then(|run| run.chars().next()) {
                add(&[first, GAP, after].iter().collect::<String>(), Shape::Pair);
            }
        }
    }
}

fn shape(term: &str, run: &str) -> Shape {
    if term.chars().nth(2).is_some() {
        return Shape::Word;
    }
    let latin = term.chars().all(tokenize::is_latin);
    if latin && run.len() > term.len() {
        Shape::Within
    } else {
        Shape::Pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        let parsed = parse(text);
        parsed
            .terms
            .into_iter()
            .map(|term| term.text.replace(GAP, "|"))
            .collect()
    }

    #[test]
    fn bare_words() {
        assert_eq!(terms("个体户 债务"), ["个体", "体户", "债务"]);
        assert_eq!(terms("的，实"), ["的|实"]);
        assert_eq!(terms("砚"), ["砚"]);
        assert_eq!(terms("，。《"), [""; 0]);
    }

    #[test]
    fn questions() {
        let asked = terms("劳动合同到期是否可以不再续签");
        assert!(asked.contains(&"续签".to_owned()) && !asked.contains(&"是否".to_owned()));
        assert_eq!(terms("是否可以"), ["是否", "否可", "可以"]);
    }

    #[test]
    fn quotes_and_exclusion() {
        let parsed = parse("“正当防卫” -刑法 过当");
        assert_eq!(parsed.exact, ["正当防卫"]);
        assert_eq!(parsed.excluded.len(), 1);
        assert_eq!(parsed.parts, ["正当防卫", "过当"]);
        assert!(parse("\"正当").exact.is_empty());
    }

    #[test]
    fn articles() {
        let article = parse("民法典第1079条").article.unwrap();
        assert_eq!(article.name, "a1079-0");
        assert_eq!(article.terms.len(), 2);
        assert_eq!(parse("第五十四条").article.unwrap().name, "a54-0");
    }

    proptest! {
        #[test]
        fn anything_is_a_query(text in any::<String>()) {
            parse(&text);
        }

        #[test]
        fn odd_signs_are_a_query(text in "[\"“”＂ \\-－，甲a]{0,20}") {
            parse(&text);
        }
    }
}
