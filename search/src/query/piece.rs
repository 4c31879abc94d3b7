//! A query's pieces: stretches between blanks or within quotes, with what stands before
//! them: `-`, or an operator such as `标题:`.

use std::ops::Range;

use crate::pack::facet::Facet;

/// Most characters of a query that are read; what follows is left out.
const MOST_CHARACTERS: usize = 400;

/// What a piece restricts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// The title of the page or of the section.
    Title,
    /// The page's document number (文号).
    Number,
    /// A property of the page.
    Facet(Facet),
}

/// The operators' names in both languages.
const OPERATORS: [(&str, Operator); 21] = [
    ("标题", Operator::Title),
    ("title", Operator::Title),
    ("文号", Operator::Number),
    ("number", Operator::Number),
    ("主题", Operator::Facet(Facet::EducationTheme)),
    ("教育主题", Operator::Facet(Facet::EducationTheme)),
    ("theme", Operator::Facet(Facet::EducationTheme)),
    ("类型", Operator::Facet(Facet::Kind)),
    ("kind", Operator::Facet(Facet::Kind)),
    ("type", Operator::Facet(Facet::Kind)),
    ("年份", Operator::Facet(Facet::Year)),
    ("年度", Operator::Facet(Facet::Year)),
    ("year", Operator::Facet(Facet::Year)),
    ("机关", Operator::Facet(Facet::Issuer)),
    ("发文机关", Operator::Facet(Facet::Issuer)),
    ("issuer", Operator::Facet(Facet::Issuer)),
    ("状态", Operator::Facet(Facet::Status)),
    ("status", Operator::Facet(Facet::Status)),
    ("栏目", Operator::Facet(Facet::Collection)),
    ("collection", Operator::Facet(Facet::Collection)),
    ("section", Operator::Facet(Facet::Collection)),
];

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub text: &'a str,
    pub quoted: bool,
    pub excluded: bool,
    pub operator: Option<Operator>,
    /// Where it stands in the query, with all that belongs to it, in bytes.
    pub range: Range<usize>,
}

/// The pieces of a query.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let end = text.char_indices().nth(MOST_CHARACTERS);
    let text = &text[..end.map_or(text.len(), |(at, _)| at)];
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let start = text.len() - rest.len();
        let excluded = rest.strip_prefix(['-', '－']).filter(|after| begins(after));
        let body = excluded.unwrap_or(rest);
        let (operator, body) = match operator(body) {
            Some((operator, after)) if excluded.is_none() => (Some(operator), after),
            _ => (None, body),
        };
        let (text_of, quoted, after) = match quoted(body) {
            Some((inner, after)) => (inner, true, after),
            None => {
                let length = body.find(char::is_whitespace).unwrap_or(body.len());
                let (inner, after) = body.split_at(length);
                (inner, false, after)
            }
        };
        pieces.push(Piece {
            text: text_of,
            quoted,
            excluded: excluded.is_some(),
            operator,
            range: start..text.len() - after.len(),
        });
        rest = after.trim_start();
    }
    pieces
}

fn begins(text: &str) -> bool {
    text.starts_with(|c: char| !c.is_whitespace())
}

/// What stands in quotes at the start of a text, and what follows. A quote that is never
/// closed is a sign like any other.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let close: &[char] = match first {
        '"' | '＂' => &['"', '＂'],
        '“' | '”' => &['”', '“'],
        _ => return None,
    };
    text[first.len_utf8()..].split_once(close)
}

/// An operator at the start of a text, and what follows.
fn operator(text: &str) -> Option<(Operator, &str)> {
    let (name, after) = text.split_once([':', '：'])?;
    if !begins(after) {
        return None;
    }
    let named = |&&(known, _): &&(&str, Operator)| known.eq_ignore_ascii_case(name);
    let (_, operator) = OPERATORS.iter().find(named)?;
    Some((*operator, after))
}
