//! Candidates → hits: the best are ordered, their documents read, exact matches told
//! from others, snippets cut.

use crate::answer::{Hit, Query, Results, SearchError};
use crate::engine::Engine;
use crate::pack::{self, Document};
use crate::query::Parsed;
use crate::rank::{self, Candidate, Class};
use crate::retrieve::Retrieved;
use crate::snippet::Marks;
use crate::tokenize;

/// Candidates are compared with their texts in groups of so many, so that a page of
/// hits reads no texts but its own.
const GROUP: usize = 10;

/// A candidate with its document.
struct Shown {
    candidate: Candidate,
    matching: &'static str,
    document: Document,
}

impl Engine {
    /// The hits that the query asks for.
    pub(crate) fn show(
        &self,
        parsed: &Parsed,
        query: &Query,
        found: Retrieved,
    ) -> Result<Results, SearchError> {
        let Retrieved {
            mut candidates,
            weights,
        } = found;
        let total = candidates.len();
        let first_group = query.offset / GROUP * GROUP;
        let end = query.offset.saturating_add(query.limit);
        rank::order(&mut candidates, end.div_ceil(GROUP).saturating_mul(GROUP));
        let mut shown = self.read(parsed, candidates.get(first_group..).unwrap_or_default())?;
        for group in shown.chunks_mut(GROUP) {
            group.sort_by_key(|shown| {
                (
                    std::cmp::Reverse(shown.candidate.class),
                    shown.matching != "exact",
                )
            });
        }
        let marks = Marks::new(weights);
        let hits = shown
            .into_iter()
            .zip(first_group + 1..)
            .skip(query.offset - first_group)
            .take(query.limit)
            .map(|(shown, rank)| self.hit(shown, rank, &marks))
            .collect();
        Ok(Results { total, hits })
    }

    /// Reads the candidates' documents; all that are missing are asked for at once.
    fn read(&self, parsed: &Parsed, candidates: &[Candidate]) -> Result<Vec<Shown>, SearchError> {
        let documents: Vec<_> = candidates
            .iter()
            .map(|candidate| self.document(candidate.document))
            .collect();
        let pairs = candidates.iter().zip(documents);
        pairs
            .map(|(&candidate, document)| {
                let document = document?;
                let matching = matching(parsed, candidate.class, &document);
                Ok(Shown {
                    candidate,
                    matching,
                    document,
                })
            })
            .collect()
    }

    fn document(&self, document: u32) -> Result<Document, SearchError> {
        let (chunk, place) = self.directory.hot.document(document);
        match self.directory.with(|chunks| chunks.get(chunk)) {
            Some(bytes) => Ok(pack::read_document(&bytes, place)?),
            None => Err(std::io::Error::from(std::io::ErrorKind::WouldBlock).into()),
        }
    }

    fn hit(&self, shown: Shown, rank: usize, marks: &Marks) -> Hit {
        let hot = &self.directory.hot;
        let Shown {
            candidate,
            matching,
            document,
        } = shown;
        let page = self.page(candidate.document);
        let kind = page.and_then(|page| hot.kinds.get(page.kind as usize));
        let themes = page.and_then(|page| hot.theme_sets.get(page.theme_set as usize));
        let themes = themes.into_iter().flatten();
        Hit {
            rank,
            score: candidate.score,
            snippet: marks.snippet(&document.text),
            source: document.source,
            url: document.url,
            page_title: document.page_title,
            section: document.title,
            kind: kind.cloned().unwrap_or_default(),
            education_themes: themes
                .filter_map(|&theme| hot.education_themes.get(theme as usize).cloned())
                .collect(),
            date: document.date,
            matching,
        }
    }
}

/// How much of the query a document holds.
fn matching(parsed: &Parsed, class: Class, document: &Document) -> &'static str {
    match class {
        Class::Page | Class::Section => return "title",
        Class::Most => return "most",
        Class::All => {}
    }
    let mut folded = String::new();
    for text in [&document.page_title, &document.title, &document.text] {
        tokenize::fold_into(text, &mut folded);
        folded.push(tokenize::BREAK);
    }
    let holds = |part: &String| folded.contains(part.as_str());
    if parsed.parts.iter().all(holds) {
        "exact"
    } else {
        "all"
    }
}
