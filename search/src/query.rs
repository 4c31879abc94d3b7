//! What a reader typed → terms and restrictions.
//!
//! Bare words, `"…"` for exactly this, `-词` for not this, `标题:…` and its like for where,
//! and article numbers. A question in whole sentences is one long bare word: its terms are
//! its pairs.

mod piece;
#[cfg(test)]
mod tests;

use crate::number;
use crate::pack::facet::Facet;
use crate::pinyin;
use crate::rank;
use crate::schema;
use crate::tokenize::{self, Terms};
pub(crate) use piece::{Operator, pieces};

/// Most terms of a query that are looked up.
const MOST_TERMS: usize = 96;
/// Longest query that may be a title, in characters.
const LONGEST_NAME: usize = 120;

/// Pairs that ask rather than tell. A sentence does without.
const ASKING: [&str; 24] = [
    "么办", "么是", "么样", "为什", "什么", "可以", "可否", "哪个", "哪些", "哪里", "多久", "多少",
    "如何", "应该", "怎么", "怎样", "怎办", "是什", "是否", "有什", "有哪", "能否", "能不", "请问",
];

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
    pub excluded: Vec<Vec<String>>,
    /// Keys of the page and of the section that the query may be the title of.
    pub names: Vec<String>,
    /// The article asked for, and what else was asked for.
    pub article: Option<Article>,
    /// Keys of which a page's or a section's title must have all.
    pub titles: Vec<Vec<String>>,
    /// Keys of which a page's document number (文号) must have all.
    pub numbers: Vec<Vec<String>>,
    /// Folded texts that a value of a facet must be or hold.
    pub facets: Vec<(Facet, String)>,
    /// The query as the beginning of pinyin or initials, if it may be one.
    pub letters: Option<String>,
}

/// `民法典第1079条`: the article's key, and the terms before it.
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

/// What a term is, which decides its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Two neighbours.
    Pair,
    /// Two neighbours within a longer Latin word: the word itself says more.
    Within,
    /// A Latin word. It may be the beginning of another, so only its pairs are required.
    Word,
    /// A character with no neighbour.
    Single,
}

impl Parsed {
    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.titles.is_empty()
            && self.numbers.is_empty()
            && self.facets.is_empty()
    }

    /// The Latin word that is all that is looked for.
    pub(crate) fn only_word(&self) -> Option<&str> {
        let is_of_word = |term: &QueryTerm| matches!(term.shape, Shape::Within | Shape::Word);
        let mut words = self.terms.iter().filter(|term| term.shape == Shape::Word);
        match (words.next(), words.next()) {
            (Some(word), None) if self.parts.len() == 1 && self.terms.iter().all(is_of_word) => {
                Some(&word.text)
            }
            _ => None,
        }
    }
}

/// Takes a query apart; `variant` folds traditional characters.
pub(crate) fn parse(text: &str, variant: impl Fn(char) -> char) -> Parsed {
    let mut parsed = Parsed::default();
    let (mut whole, mut bare) = (String::new(), true);
    for piece in pieces(text) {
        let mut folded = String::new();
        tokenize::fold_into(piece.text, &mut folded, &variant);
        let part = folded.trim_matches(tokenize::is_gap);
        if part.is_empty() {
            continue;
        }
        bare &= piece.operator.is_none() && !piece.quoted && !piece.excluded;
        match piece.operator {
            Some(Operator::Title) => parsed.titles.extend(keys(part, schema::TITLE_PAIR)),
            Some(Operator::Number) => parsed.numbers.extend(keys(part, schema::NUMBER_PAIR)),
            Some(Operator::Facet(facet)) => parsed.facets.push((facet, part.to_owned())),
            None if piece.excluded => {
                let mut terms = Vec::new();
                part_terms(part, &mut terms);
                let texts = terms.into_iter().map(|term| term.text);
                parsed.excluded.push(texts.collect());
            }
            None => {
                part_terms(part, &mut parsed.terms);
                if piece.quoted {
                    parsed.exact.push(part.to_owned());
                }
                whole.push_str(&tokenize::squeeze(part));
                parsed.parts.push(part.to_owned());
            }
        }
    }
    if parsed.terms.len() > rank::SHORT {
        let asks = |term: &QueryTerm| ASKING.contains(&term.text.as_str());
        parsed.terms.retain(|term| !asks(term));
    }
    parsed.terms.truncate(MOST_TERMS);
    if parsed.exact.is_empty() && whole.chars().count() <= LONGEST_NAME {
        let names = [schema::PAGE, schema::SECTION].map(|whose| schema::name(&whole, whose));
        parsed.names = names.into_iter().flatten().collect();
        parsed.article = article(&whole);
        let letters = pinyin::typed(text).filter(|letters| bare && letters.len() > 1);
        parsed.letters = letters;
    }
    parsed
}

fn article(whole: &str) -> Option<Article> {
    let found = number::article_at_end(whole).or_else(|| number::digits_at_end(whole));
    found.map(|(before, article)| {
        let mut terms = Vec::new();
        part_terms(before, &mut terms);
        let name = schema::article(article);
        Article { name, terms }
    })
}

/// The keys of a part's neighbours under a mark; of a lone character, its own.
fn keys(part: &str, mark: char) -> Option<Vec<String>> {
    let squeezed = tokenize::squeeze(part);
    let keys: Vec<String> = pairs(&squeezed)
        .map(|pair| format!("{mark}{pair}"))
        .collect();
    (!keys.is_empty()).then_some(keys)
}

/// Every two neighbours of a text; of a lone character, itself.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let seconds = ends.skip(1);
    let lone = (text.chars().count() == 1).then_some(text);
    let starts = text.char_indices().map(|(at, _)| at);
    let both = starts.zip(seconds).map(|(start, end)| &text[start..end]);
    both.chain(lone)
}

/// Adds the terms of a folded part.
fn part_terms(part: &str, terms: &mut Vec<QueryTerm>) {
    let mut add = |text: &str, shape| {
        if let Some(term) = terms.iter_mut().find(|term| term.text == text) {
            term.count = term.count.saturating_add(1);
        } else if terms.len() < MOST_TERMS {
            let text = text.to_owned();
            terms.push(QueryTerm {
                text,
                shape,
                count: 1,
            });
        }
    };
    let runs = || part.split(tokenize::is_gap).filter(|run| !run.is_empty());
    let alone = |run: &str| run.chars().nth(1).is_none();
    // A lone character tells little beside a longer run; the hit's text settles it.
    let all_alone = runs().all(alone);
    for run in runs() {
        if !alone(run) {
            Terms::new(run).for_each(|term| add(term, shape(term, run)));
        } else if all_alone {
            add(run, Shape::Single);
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
