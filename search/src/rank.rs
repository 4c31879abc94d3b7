//! Postings → ranked sections.
//!
//! BM25 over pairs and over the rarest single characters: the quality of all single
//! characters, at little more than the cost of pairs. What one article says is not all it
//! is about, so a section also gains by how much of the query its page holds anywhere and
//! how well the page's best sections score. That costs no byte.
//!
//! All arithmetic is of operations that IEEE 754 defines exactly, so that every machine
//! and the browser rank alike.

use crate::pack::hot;

/// Saturation and length of BM25.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Weight of a pair within a Latin word, which is a term itself.
pub(crate) const WITHIN: f64 = 0.2;
/// A section is a hit if it holds this part of the terms' weight; of a sentence, whose words
/// are seldom all those of a text, as much as so many terms have on average.
const MOST: f32 = 0.25;
const SOME: f32 = 0.6;
/// Most terms of a query that is no sentence.
pub(crate) const SHORT: usize = 8;
/// What a section gains of the weight of all terms that its page holds.
const PAGE: f32 = 0.5;
/// What a section gains of the mean score of its page's best sections, and how many
/// those are.
const LIFT: f32 = 0.4;
const BEST: usize = 12;
/// A term found in one of so few sections, or more, says nothing that others do not.
const COMMON: u32 = 10;
/// Most postings of single characters that a query reads: beyond it they tell too little
/// for their bytes.
pub(crate) const CHARACTER_POSTINGS: u32 = 14_000;
/// Of a sentence, a pair found in one of so few sections, or more, is left out: it costs
/// most of the postings and tells little beside the rarest [`SHORT`].
const FREQUENT: u32 = 20;

/// The most sections that a pair which takes part is found in, of `documents`; `found`: in
/// how many each pair of the query is.
pub(crate) fn most_frequent(mut found: Vec<u32>, documents: u32) -> u32 {
    found.sort_unstable();
    match found.get(SHORT - 1) {
        Some(&rarest) => rarest.max(documents / FREQUENT),
        None => u32::MAX,
    }
}

/// Whether a term found in so many sections is rare enough to take part where it need not.
pub(crate) fn is_rare(document_frequency: u32, documents: u32) -> bool {
    document_frequency.saturating_mul(COMMON) < documents
}

/// Weight of a term of its own: its inverse document frequency.
pub(crate) fn idf(document_frequency: u32, documents: u32) -> f64 {
    let (frequency, documents) = (f64::from(document_frequency), f64::from(documents));
    ln(1.0 + (documents - frequency + 0.5).max(0.0) / (frequency + 0.5))
}

/// The weight that a section must hold to be a hit, of the `total` of all `terms`.
pub(crate) fn least(total: f32, terms: usize) -> f32 {
    match terms {
        ..=SHORT => total * MOST,
        _ => total * SOME / terms as f32,
    }
}

/// A term's part in the scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighted {
    pub weight: f32,
    /// Whether a section must hold it to hold all of the query.
    pub required: bool,
}

/// Sums up each section's score.
#[derive(Default)]
pub(crate) struct Scores {
    rows: Vec<Row>,
    /// Weight of the different terms found on each page, and the last of them.
    pages: Vec<(f32, u16)>,
    /// `K1 * (1 - B + B * length / average)` by length code.
    norms: Vec<f32>,
    /// Number of terms added.
    terms: u16,
}

#[derive(Clone, Copy, Default)]
struct Row {
    score: f32,
    /// Weight of the required terms found, and their number.
    covered: f32,
    found: u16,
    /// Set by a name.
    class: u8,
    /// Whether it must not be found.
    excluded: bool,
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
    pub page: u32,
    pub class: Class,
    /// Whether its page is no longer in force.
    pub ended: bool,
    /// Whether its text is known to hold the query's parts as typed.
    pub exact: bool,
    pub score: f32,
}

impl Scores {
    pub(crate) fn reset(&mut self, documents: usize, pages: usize, average: f32) {
        self.rows.clear();
        self.rows.resize(documents, Row::default());
        self.pages.clear();
        self.pages.resize(pages, (0.0, 0));
        let norm = |code| {
            let length = hot::code_length(code) / average.max(1.0);
            K1 * (1.0 - B + B * length)
        };
        self.norms.clear();
        self.norms.extend((0..=u8::MAX).map(norm));
        self.terms = 0;
    }

    /// Begins the postings of another term.
    pub(crate) fn begin(&mut self) {
        self.terms = self.terms.saturating_add(1);
    }

    /// Adds a posting of the term begun last.
    pub(crate) fn add(&mut self, document: u32, page: u32, count: u32, length: u8, term: Weighted) {
        let Some(row) = self.rows.get_mut(document as usize) else {
            return;
        };
        let Weighted { weight, required } = term;
        let count = count as f32;
        let norm = self.norms.get(usize::from(length)).copied().unwrap_or(K1);
        row.score += weight * count * (K1 + 1.0) / (count + norm);
        if required {
            row.covered += weight;
            row.found += 1;
        }
        if let Some((covered, last)) = self.pages.get_mut(page as usize)
            && *last != self.terms
        {
            *covered += weight;
            *last = self.terms;
        }
    }

    /// Lifts the sections of pages that hold much of the query, or hold it well.
    pub(crate) fn lift(&mut self, page_starts: &[u32]) {
        let end = self.rows.len();
        let ends = page_starts.iter().skip(1).map(|&start| start as usize);
        let ends = ends.chain([end]);
        for ((&start, end), (covered, _)) in page_starts.iter().zip(ends).zip(&self.pages) {
            let Some(rows) = self.rows.get_mut(start as usize..end) else {
                return;
            };
            if *covered == 0.0 {
                continue;
            }
            let mut best = [0.0f32; BEST];
            for row in rows.iter() {
                let mut score = row.score;
                if score <= best[BEST - 1] {
                    continue;
                }
                // What is pushed out of its place moves on to the next.
                for best in &mut best {
                    if score > *best {
                        std::mem::swap(best, &mut score);
                    }
                }
            }
            let lift = PAGE * covered + LIFT * best.iter().sum::<f32>() / BEST as f32;
            let found = rows.iter_mut().filter(|row| row.score > 0.0);
            found.for_each(|row| row.score += lift);
        }
    }

    /// Notes that a section is named by the query.
    pub(crate) fn name(&mut self, document: u32, class: Class) {
        if let Some(row) = self.rows.get_mut(document as usize) {
            row.class = row.class.max(class as u8);
        }
    }

    /// Whether a section holds all of so many required terms.
    pub(crate) fn any_has_all(&self, required: u16) -> bool {
        required > 0 && self.rows.iter().any(|row| row.found >= required)
    }

    /// Leaves a section out.
    pub(crate) fn exclude(&mut self, document: u32) {
        if let Some(row) = self.rows.get_mut(document as usize) {
            row.excluded = true;
        }
    }

    /// How a section matches that holds `required` terms or at least `least` of the terms'
    /// weight, and its score.
    pub(crate) fn class(&self, document: u32, required: u16, least: f32) -> Option<(Class, f32)> {
        let row = self.rows.get(document as usize)?;
        let class = match row.class {
            _ if row.excluded => return None,
            3 => Class::Page,
            2 => Class::Section,
            _ if row.found == 0 => return None,
            _ if row.found >= required => Class::All,
            _ if row.covered >= least => Class::Most,
            _ => return None,
        };
        Some((class, row.score))
    }

    /// Whether a section must not be found.
    pub(crate) fn is_excluded(&self, document: u32) -> bool {
        self.rows
            .get(document as usize)
            .is_some_and(|row| row.excluded)
    }
}

/// The better one comes first: by class, then what is in force, then what holds the query
/// as typed, then by score, then by place in the site.
pub(crate) fn compare(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    (b.class.cmp(&a.class))
        .then(a.ended.cmp(&b.ended))
        .then(b.exact.cmp(&a.exact))
        .then(b.score.total_cmp(&a.score))
        .then(a.document.cmp(&b.document))
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
