//! Candidates → hits: the best are ordered, their documents read, exact matches told
//! from others, snippets cut.

use crate::answer::{Drop, Facet, Hit, Match, Query, Results, SearchError, Sort};
use crate::engine::Engine;
use crate::lookup::all;
use crate::pack::document::{self, Document};
use crate::query::{self, Parsed};
use crate::rank::{self, Candidate, Class, Scores};
use crate::retrieve::Retrieved;
use crate::snippet::Marks;
use crate::tokenize;

/// How many of the best candidates are compared with their texts before they are ordered.
const CHECKED: usize = 16;
/// How many parts of a query that finds nothing are tried without.
const TRIED: usize = 4;

/// What is shown: a candidate, and how many more its page has after it.
type Shown = (Candidate, usize);

impl Engine {
    /// The hits that the query asks for.
    pub(crate) fn show(
        &self,
        parsed: &Parsed,
        query: &Query,
        found: Retrieved,
    ) -> Result<Results, SearchError> {
        let mut candidates = found.candidates;
        let facets = self.narrow(query, &mut candidates);
        if query.limit > 0 {
            self.check(parsed, query, &mut candidates)?;
        }
        let (shown, documents) = self.shown(parsed, query, &mut candidates)?;
        let total = candidates.len();
        let pages = candidates.chunk_by(|a, b| a.page == b.page).count();
        let corrected = match shown.first() {
            Some((best, _)) if best.class == Class::Most && query.offset == 0 => {
                self.correct(parsed, &documents)
            }
            _ => String::new(),
        };
        let marks = Marks::new(found.weights);
        // What is here in quotes is checked; to hold both of two neighbours is to hold them.
        let is_exact = !parsed.exact.is_empty() || is_one_pair(parsed) || found.is_word;
        let shown = shown.into_iter().zip(documents).zip(query.offset + 1..);
        let hits = shown.map(|(((candidate, more), document), rank)| {
            let mut hit = self.hit(&candidate, document, found.total, &marks);
            (hit.rank, hit.more) = (rank, more);
            if hit.matching == Match::All && is_exact {
                hit.matching = Match::Exact;
            }
            hit
        });
        Ok(Results {
            total,
            pages,
            hits: hits.collect(),
            facets,
            corrected,
            drop: Vec::new(),
            postings: found.postings,
        })
    }

    /// Compares the best candidates, and the best of each of the best pages, with their
    /// texts: which hold the query as typed. Which are compared does not depend on how many
    /// are asked for, so that what is asked for later continues what came before. What does
    /// not hold what stands in quotes is no hit.
    fn check(
        &self,
        parsed: &Parsed,
        query: &Query,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), SearchError> {
        if is_one_pair(parsed) {
            return Ok(());
        }
        let is_all = |candidate: &&Candidate| candidate.class == Class::All;
        let mut best: Vec<Candidate> = candidates.iter().filter(is_all).copied().collect();
        let mut of_pages: Vec<Candidate> = Vec::new();
        if query.group > 0 {
            let pages = best.chunk_by(|a, b| a.page == b.page);
            of_pages
                .extend(pages.filter_map(|page| page.iter().min_by(|a, b| rank::compare(a, b))));
            truncate(&mut of_pages, CHECKED, rank::compare);
        }
        truncate(&mut best, CHECKED, rank::compare);
        best.extend(of_pages);
        best.sort_unstable_by_key(|candidate| candidate.document);
        best.dedup_by_key(|candidate| candidate.document);
        let documents = best
            .iter()
            .map(|candidate| self.document(candidate.document));
        let documents = all(documents.collect())?;
        let mut wrong = Vec::new();
        for (candidate, document) in best.iter().zip(&documents) {
            let folded = self.folded(document);
            if !holds_all(&folded, &parsed.exact) {
                wrong.push(candidate.document);
            } else if holds_all(&folded, &parsed.parts) {
                let at = candidates.binary_search_by_key(&candidate.document, |c| c.document);
                at.into_iter().for_each(|at| candidates[at].exact = true);
            }
        }
        candidates.retain(|candidate| !wrong.contains(&candidate.document));
        Ok(())
    }

    /// The candidates asked for, with their documents. One that turns out not to hold what
    /// stands in quotes is left out, and another takes its place.
    fn shown(
        &self,
        parsed: &Parsed,
        query: &Query,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(Vec<Shown>, Vec<Document>), SearchError> {
        loop {
            let shown = match query.group {
                0 => self.flat(query, candidates),
                _ => self.grouped(query, candidates),
            };
            let documents = shown
                .iter()
                .map(|(candidate, _)| self.document(candidate.document));
            let documents = all(documents.collect())?;
            let both = shown.iter().zip(&documents);
            let is_wrong = |document: &Document| {
                !parsed.exact.is_empty() && !holds_all(&self.folded(document), &parsed.exact)
            };
            let wrong = both.filter(|(_, document)| is_wrong(document));
            let wrong: Vec<u32> = wrong.map(|((shown, _), _)| shown.document).collect();
            if wrong.is_empty() {
                return Ok((shown, documents));
            }
            candidates.retain(|candidate| !wrong.contains(&candidate.document));
        }
    }

    /// A page of the best candidates.
    fn flat(&self, query: &Query, candidates: &[Candidate]) -> Vec<Shown> {
        let mut candidates = candidates.to_vec();
        let end = query.offset.saturating_add(query.limit);
        truncate(&mut candidates, end, |a, b| self.order(query.sort, a, b));
        let shown = candidates.into_iter().skip(query.offset);
        shown.map(|candidate| (candidate, 0)).collect()
    }

    /// The best candidates of a page of the best pages.
    fn grouped(&self, query: &Query, candidates: &mut [Candidate]) -> Vec<Shown> {
        let order = |a: &Candidate, b: &Candidate| self.order(query.sort, a, b);
        let mut groups: Vec<(Candidate, std::ops::Range<usize>)> = Vec::new();
        let mut start = 0;
        for group in candidates.chunk_by(|a, b| a.page == b.page) {
            let best = group.iter().min_by(|a, b| rank::compare(a, b));
            groups.extend(best.map(|&best| (best, start..start + group.len())));
            start += group.len();
        }
        let end = query.offset.saturating_add(query.limit);
        truncate(&mut groups, end, |(a, _), (b, _)| order(a, b));
        let mut shown = Vec::new();
        for (best, range) in groups.into_iter().skip(query.offset) {
            let group = &mut candidates[range];
            group.sort_unstable_by(rank::compare);
            // Beside what holds all of the query, what holds but some is no news of a page.
            let like = |candidate: &Candidate| {
                (candidate.class == Class::Most) == (best.class == Class::Most)
            };
            let group = &group[..group.partition_point(like)];
            let more = group.len().saturating_sub(query.group);
            shown.extend(
                group
                    .iter()
                    .take(query.group)
                    .map(|&candidate| (candidate, 0)),
            );
            if let Some((_, last)) = shown.last_mut() {
                *last = more;
            }
        }
        shown
    }

    fn order(&self, sort: Sort, a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
        let date = |candidate: &Candidate| self.directory.hot.dates[candidate.page as usize];
        match sort {
            Sort::Relevance => rank::compare(a, b),
            Sort::Date => date(b).cmp(&date(a)).then_with(|| rank::compare(a, b)),
        }
    }

    pub(crate) fn document(&self, document: u32) -> Result<Document, SearchError> {
        let (chunk, place) = self.directory.hot.document(document);
        Ok(document::read(&self.chunk(chunk)?, place)?)
    }

    /// A document's titles and text, folded.
    pub(crate) fn folded(&self, document: &Document) -> String {
        let mut folded = String::new();
        for text in [&document.page.title, &document.title, &document.text] {
            tokenize::fold_into(text, &mut folded, |c| self.variant(c));
            folded.push(tokenize::BREAK);
        }
        folded
    }

    fn hit(&self, candidate: &Candidate, document: Document, total: f32, marks: &Marks) -> Hit {
        let hot = &self.directory.hot;
        let page = candidate.page as usize;
        let values = |facet| {
            let table = hot.facet(facet);
            let values = table.of(page).iter();
            values.filter_map(|&value| table.values.get(value as usize))
        };
        let id = |facet| values(facet).next().map(|value| value.id.clone());
        let name = |facet| values(facet).next().map(|value| value.name.clone());
        let themes = values(Facet::EducationTheme);
        let anchor = match document.anchor.as_str() {
            "" => String::new(),
            anchor => format!("#{anchor}"),
        };
        let date = hot.dates.get(page).copied().unwrap_or(0);
        Hit {
            rank: 0,
            score: comparable(candidate, total),
            snippet: marks.snippet(&document.text, |c| self.variant(c)),
            url: format!("{}{anchor}", document.page.url),
            source: document.page.source,
            page_title: document.page.title,
            section: document.title,
            kind: id(Facet::Kind).unwrap_or_default(),
            education_themes: themes.map(|value| value.id.clone()).collect(),
            date: match date {
                0 => String::new(),
                _ => format!(
                    "{:04}-{:02}-{:02}",
                    date / 10_000,
                    date / 100 % 100,
                    date % 100
                ),
            },
            status: name(Facet::Status).unwrap_or_default(),
            in_force: !candidate.ended,
            issuer: name(Facet::Issuer).unwrap_or_default(),
            number: document.page.number,
            collection: name(Facet::Collection).unwrap_or_default(),
            trail: document.page.trail,
            matching: match candidate.class {
                Class::Page | Class::Section => Match::Title,
                Class::All if candidate.exact => Match::Exact,
                Class::All => Match::All,
                Class::Most => Match::Most,
            },
            more: 0,
        }
    }

    /// The parts of a query that finds nothing without which it finds something.
    pub(crate) fn droppable(
        &self,
        query: &Query,
        scores: &mut Scores,
    ) -> Result<Vec<Drop>, SearchError> {
        let mut tried = Vec::new();
        if Facet::ALL
            .iter()
            .any(|&facet| !query.chosen(facet).is_empty())
        {
            tried.push((String::new(), query.without_facets()));
        }
        for piece in query::pieces(&query.text) {
            let (before, rest) = query.text.split_at(piece.range.start);
            let (typed, after) = rest
                .split_at_checked(piece.range.len())
                .unwrap_or((rest, ""));
            let mut without = |dropped: &str, kept: &str| {
                let text = [before.trim(), kept, after.trim()].join(" ");
                let without = Query {
                    text: text.trim().to_owned(),
                    limit: 0,
                    facets: false,
                    ..query.clone()
                };
                tried.push((dropped.to_owned(), without));
            };
            if piece.quoted && !piece.excluded && piece.operator.is_none() {
                without(&typed.replace(piece.text, ""), piece.text);
            }
            without(typed, "");
        }
        let mut counted = Vec::new();
        for (text, without) in tried.into_iter().take(TRIED) {
            let total = self.total(&without, scores);
            let query = without.text;
            counted.push(total.map(|total| Drop { text, query, total }));
        }
        let mut drops = all(counted)?;
        drops.retain(|drop| drop.total > 0);
        Ok(drops)
    }

    /// How many sections a query finds.
    fn total(&self, query: &Query, scores: &mut Scores) -> Result<usize, SearchError> {
        let parsed = query::parse(&query.text, |c| self.variant(c));
        if self.asks_for_nothing(&parsed, query) {
            return Ok(0);
        }
        let mut candidates = self.retrieve(&parsed, query, scores)?.candidates;
        self.narrow(query, &mut candidates);
        Ok(candidates.len())
    }
}

/// Whether the query is but two neighbours: to hold all of it is to hold it as typed.
fn is_one_pair(parsed: &Parsed) -> bool {
    let [part] = parsed.parts.as_slice() else {
        return false;
    };
    parsed.terms.len() == 1 && part.chars().count() <= 2
}

/// Whether a folded text holds each of the folded parts.
fn holds_all(folded: &str, parts: &[String]) -> bool {
    parts.iter().all(|part| folded.contains(part.as_str()))
}

/// Orders a list as far as its first `wanted`, and leaves the rest out.
fn truncate<T>(
    list: &mut Vec<T>,
    wanted: usize,
    mut compare: impl FnMut(&T, &T) -> std::cmp::Ordering,
) {
    if wanted < list.len() {
        if wanted > 0 {
            list.select_nth_unstable_by(wanted - 1, &mut compare);
        }
        list.truncate(wanted);
    }
    list.sort_unstable_by(compare);
}

/// A score that orders hits as they are ordered, whatever site they come from.
fn comparable(candidate: &Candidate, total: f32) -> f32 {
    let class =
        candidate.class as u8 * 4 + u8::from(!candidate.ended) * 2 + u8::from(candidate.exact);
    f32::from(class) + candidate.score / (candidate.score + total.max(1.0))
}
