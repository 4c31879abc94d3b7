//! Postings → ranked sections.
//!
//! BM25 over pairs and over the rarer single characters: the quality of all single
//! characters, at little more than the cost of pairs. Pairs that follow each other in
//! the query and are both found count more, and a section gains from a page and
//! neighbours that score well. Neither costs a byte.
//!
//! All arithmetic is of operations that IEEE 754 defines exactly, so that every machine
//! and the browser rank alike.

use crate::pack;

/// Saturation and length of BM25.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Weight of a pair within a Latin word, which is a term itself.
pub(crate) const WITHIN: f64 = 0.2;
/// A section that holds no more of the terms' weight than so many terms have on average
/// is no hit, where the query has more.
const LEAST: f32 = 1.2;
/// What a section gains: part of the mean score of its page's best sections, and how
/// many those are; part of its neighbours' scores.
const PAGE: f32 = 0.4;
const BEST: usize = 12;
const NEIGHBOUR: f32 = 0.05;
/// What a section gains that holds all terms, of its score; in proportion, by weight, if
/// it holds some.
const COVERED: f32 = 0.3;
/// What two pairs gain that follow each other in the query, of the lesser's weight.
const ADJACENT: f32 = 0.15;
/// A single character found in one of so few sections, or more, says nothing.
const COMMON: u32 = 10;

/// Whether a single character found in so many sections takes part.
pub(crate) fn is_rare(document_frequency: u32, documents: u32) -> bool {
    document_frequency.saturating_mul(COMMON) < documents
}

/// Weight of a term of its own: its inverse document frequency.
pub(crate) fn idf(document_frequency: u32, documents: u32) -> f64 {
    let (frequency, documents) = (f64::from(document_frequency), f64::from(documents));
    ln(1.0 + (documents - frequency + 0.5) / (frequency + 0.5))
}

/// The weight that a section must hold to be a hit, of the `total` of all `terms`.
pub(crate) fn least(total: f32, terms: usize) -> f32 {
    total * (LEAST / terms.max(1) as f32).min(0.5)
}

/// A term's part in the scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighted {
    pub weight: f32,
    /// Whether a section must hold it to hold all of the query.
    pub required: bool,
    /// Its place among the terms, from 1.
    pub number: u16,
    /// Weight of the term before it, if they share a character of the query; else 0.
    pub follows: f32,
}

/// Sums up each section's score.
#[derive(Default)]
pub(crate) struct Scores {
    /// Score, weight of the different terms found, number of required terms found.
    rows: Vec<Row>,
    /// `K1 * (1 - B + B * length / average)` by length code.
    norms: Vec<f32>,
}

#[derive(Clone, Copy, Default)]
struct Row {
    score: f32,
    covered: f32,
    found: u16,
    /// Number of the last required term found.
    last: u16,
    /// Set by a name.
    class: u8,
}

/// How well a section matches, apart from its score: the first thing ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Some terms.
    Most,
    /// All terms.
    All,
    /// The query is the section's title, or asks for this article.
    Section,
    /// The query is the page's title.
    Page,
}

/// A section that is a hit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub document: u32,
    pub class: Class,
    pub score: f32,
}

impl Scores {
    pub(crate) fn reset(&mut self, documents: usize, average: f32) {
        self.rows.clear();
        self.rows.resize(documents, Row::default());
        let norm = |code| {
            let length = pack::code_length(code) / average.max(1.0);
            K1 * (1.0 - B + B * length)
        };
        self.norms.clear();
        self.norms.extend((0..=u8::MAX).map(norm));
    }

    /// Adds a posting of a term.
    pub(crate) fn add(&mut self, document: u32, count: u32, length: u8, term: &Weighted) {
        let Some(row) = self.rows.get_mut(document as usize) else {
            return;
        };
        let Weighted { weight, .. } = *term;
        let count = count as f32;
        let norm = self.norms.get(usize::from(length)).copied().unwrap_or(K1);
        row.score += weight * count * (K1 + 1.0) / (count + norm);
        if term.required {
            row.covered += weight;
            row.found += 1;
            if term.follows > 0.0 && row.last + 1 == term.number {
                row.score += ADJACENT * term.follows.min(weight);
            }
            row.last = term.number;
        }
    }

    /// Lifts the sections that stand among others that score well: the text of one
    /// article alone seldom says what it is about.
    pub(crate) fn lift(&mut self, page_starts: &[u32]) {
        let end = self.rows.len();
        let ends = page_starts.iter().skip(1).map(|&start| start as usize);
        for (&start, end) in page_starts.iter().zip(ends.chain([end])) {
            let Some(rows) = self.rows.get_mut(start as usize..end) else {
                return;
            };
            let mut best = [0.0f32; BEST];
            for row in rows.iter() {
                // What is pushed out of its place moves on to the next.
                let mut score = row.score;
                for best in &mut best {
                    if score > *best {
                        std::mem::swap(best, &mut score);
                    }
                }
            }
            let lift = PAGE * best.iter().sum::<f32>() / BEST as f32;
            let mut before = 0.0;
            for at in 0..rows.len() {
                let after = rows.get(at + 1).map_or(0.0, |row| row.score);
                let own = rows[at].score;
                rows[at].score = own + lift + NEIGHBOUR * (before + after);
                before = own;
            }
        }
    }

    /// Notes that a section is named by the query.
    pub(crate) fn name(&mut self, document: u32, class: Class) {
        if let Some(row) = self.rows.get_mut(document as usize) {
            row.class = row.class.max(class as u8);
        }
    }

    /// Leaves a section out.
    pub(crate) fn exclude(&mut self, document: u32) {
        if let Some(row) = self.rows.get_mut(document as usize) {
            *row = Row::default();
        }
    }

    /// The sections that hold `required` terms or at least `least` of the terms' `total`
    /// weight, in no order.
    pub(crate) fn candidates(&self, required: u16, least: f32, total: f32) -> Vec<Candidate> {
        let share = COVERED / total.max(f32::MIN_POSITIVE);
        let mut candidates = Vec::new();
        for (document, row) in self.rows.iter().enumerate() {
            let class = match row.class {
                3 => Class::Page,
                2 => Class::Section,
                _ if row.found == 0 => continue,
                _ if row.found >= required => Class::All,
                _ if row.covered >= least => Class::Most,
                _ => continue,
            };
            let score = row.score * (1.0 + share * row.covered);
            candidates.push(Candidate {
                document: document as u32,
                class,
                score,
            });
        }
        candidates
    }
}

/// Orders candidates, best first, as far as `wanted`; ties by place in the site.
pub(crate) fn order(candidates: &mut Vec<Candidate>, wanted: usize) {
    let compare = |a: &Candidate, b: &Candidate| {
        let class = b.class.cmp(&a.class);
        class
            .then(b.score.total_cmp(&a.score))
            .then(a.document.cmp(&b.document))
    };
    if wanted < candidates.len() {
        if wanted > 0 {
            candidates.select_nth_unstable_by(wanted - 1, compare);
        }
        candidates.truncate(wanted);
    }
    candidates.sort_unstable_by(compare);
}

/// The natural logarithm of a positive number, to fifteen digits, the same everywhere:
/// platforms' own differ in the last bit.
fn ln(x: f64) -> f64 {
    if x <= 0.0 {
        return -700.0;
    }
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mut mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    let mut odd = 21.0;
    while odd > 0.0 {
        sum = sum * square + 1.0 / odd;
        odd -= 2.0;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * ratio * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm() {
        for x in [1e-6, 0.5, 1.0, 1.4, 1.5, 2.0, 10.0, 64_671.0, 1e12f64] {
            assert!((ln(x) - x.ln()).abs() < 1e-12, "{x}: {} {}", ln(x), x.ln());
        }
    }

    #[test]
    fn rarer_terms_weigh_more() {
        assert!(idf(1, 1000) > idf(10, 1000));
        assert!(idf(1000, 1000) > 0.0);
    }
}
