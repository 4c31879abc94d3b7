//! Query → candidates: terms are looked up, postings read, sections scored.
//!
//! Each stage asks for all it needs before it gives up on what is missing, so that one
//! round trip brings it all: first the dictionary's blocks, then the postings.

use std::collections::BTreeMap;

use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

use crate::answer::{Query, SearchError};
use crate::engine::Engine;
use crate::query::{Parsed, QueryTerm, Shape};
use crate::rank::{self, Candidate, Class, Scores, Weighted};
use crate::tokenize;

/// What a query found.
pub(crate) struct Retrieved {
    /// In no order.
    pub candidates: Vec<Candidate>,
    /// The terms found and their weights, for the snippets.
    pub weights: Vec<(String, f32)>,
}

/// A term that takes part in scoring.
struct Selected<'a> {
    reader: &'a InvertedIndexReader,
    info: TermInfo,
    weighted: Weighted,
}

/// Where each of the query's terms is in the dictionary, if it is.
struct LookedUp {
    terms: Vec<Option<TermInfo>>,
    characters: BTreeMap<char, TermInfo>,
    names: Vec<Option<TermInfo>>,
    article: Option<(Option<TermInfo>, Vec<Option<TermInfo>>)>,
    excluded: Vec<Vec<Option<TermInfo>>>,
}

/// All results, or the first error, after all have been tried for.
fn all<T>(results: Vec<Result<T, SearchError>>) -> Result<Vec<T>, SearchError> {
    results.into_iter().collect()
}

impl Engine {
    /// Finds and scores the sections that match.
    pub(crate) fn retrieve(
        &self,
        parsed: &Parsed,
        query: &Query,
        scores: &mut Scores,
    ) -> Result<Retrieved, SearchError> {
        let hot = &self.directory.hot;
        let documents = hot.lengths.len() as u32;
        let found = self.look_up(parsed)?;
        let (selected, weights) = self.select(parsed, &found);

        let postings = selected
            .iter()
            .map(|term| read(term.reader, Some(&term.info), IndexRecordOption::WithFreqs))
            .collect();
        let names = found
            .names
            .iter()
            .map(|info| documents_of(&self.names, info))
            .collect();
        let article = found.article.as_ref().map(|(name, terms)| {
            let with = parsed.article.iter().flat_map(|article| &article.terms);
            let mut lists = vec![documents_of(&self.names, name)];
            let terms = with.zip(terms);
            lists.extend(terms.map(|(term, info)| documents_of(self.reader(term), info)));
            lists
        });
        let excluded: Vec<Vec<_>> = parsed
            .excluded
            .iter()
            .zip(&found.excluded)
            .map(|(terms, infos)| {
                let terms = terms.iter().zip(infos);
                terms
                    .map(|(term, info)| documents_of(self.reader(term), info))
                    .collect()
            })
            .collect();
        let (postings, names) = (all(postings)?, all(names)?);

        scores.reset(
            documents as usize,
            hot.total_length as f32 / documents.max(1) as f32,
        );
        let mut total = 0.0;
        for (term, postings) in selected.iter().zip(postings) {
            if term.weighted.required {
                total += term.weighted.weight;
            }
            let Some(mut postings) = postings else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let document = postings.doc();
                let length = hot.lengths.get(document as usize).copied().unwrap_or(0);
                scores.add(document, postings.term_freq(), length, &term.weighted);
                postings.advance();
            }
        }
        scores.lift(&self.page_starts);
        for (documents, class) in names.into_iter().zip([Class::Page, Class::Section]) {
            documents
                .into_iter()
                .for_each(|document| scores.name(document, class));
        }
        if let Some(lists) = article {
            for document in intersection(all(lists)?) {
                scores.name(document, Class::Section);
            }
        }
        for lists in excluded {
            for document in intersection(all(lists)?) {
                scores.exclude(document);
            }
        }
        let required = parsed.terms.iter().filter(|term| is_required(term)).count();
        let least = if parsed.exact.is_empty() {
            rank::least(total, required)
        } else {
            f32::INFINITY
        };
        let mut candidates = scores.candidates(required as u16, least, total);
        self.filter(query, &mut candidates);
        Ok(Retrieved {
            candidates,
            weights,
        })
    }

    fn look_up(&self, parsed: &Parsed) -> Result<LookedUp, SearchError> {
        let of_terms = |terms: &[QueryTerm]| -> Vec<_> {
            terms
                .iter()
                .map(|term| look_up(self.reader(term), &term.text))
                .collect()
        };
        let terms = of_terms(&parsed.terms);
        let mut characters = Vec::new();
        if !parsed.terms.iter().any(|term| term.shape == Shape::Single) {
            let mut different: Vec<char> = parsed
                .terms
                .iter()
                .flat_map(|term| term.text.chars())
                .collect();
            let common = &self.directory.hot.common;
            different
                .retain(|&c| !tokenize::is_gap(c) && !tokenize::is_latin(c) && !common.contains(c));
            different.sort_unstable();
            different.dedup();
            for c in different {
                let info = look_up(&self.characters, c.encode_utf8(&mut [0; 4]));
                characters.push(info.map(|info| info.map(|info| (c, info))));
            }
        }
        let names = parsed
            .names
            .iter()
            .map(|name| look_up(&self.names, name))
            .collect();
        let article = parsed.article.as_ref().map(|article| {
            (
                look_up(&self.names, &article.name),
                of_terms(&article.terms),
            )
        });
        let excluded: Vec<_> = parsed
            .excluded
            .iter()
            .map(|terms| of_terms(terms))
            .collect();
        Ok(LookedUp {
            terms: all(terms)?,
            characters: all(characters)?.into_iter().flatten().collect(),
            names: all(names)?,
            article: match article {
                Some((name, terms)) => Some((name?, all(terms)?)),
                None => None,
            },
            excluded: excluded.into_iter().map(all).collect::<Result<_, _>>()?,
        })
    }

    /// The terms that take part, and the weights for the snippets.
    fn select(&self, parsed: &Parsed, found: &LookedUp) -> (Vec<Selected<'_>>, Vec<(String, f32)>) {
        let documents = self.directory.hot.lengths.len() as u32;
        let mut selected: Vec<Selected<'_>> = Vec::new();
        let mut weights = Vec::new();
        let mut last: Option<(&QueryTerm, f32)> = None;
        for (number, (term, info)) in (1..).zip(parsed.terms.iter().zip(&found.terms)) {
            let Some(info) = info else { continue };
            let mut weight = rank::idf(info.doc_freq, documents);
            if term.shape == Shape::Within {
                weight *= rank::WITHIN;
            }
            weights.push((term.text.clone(), weight as f32));
            let weight = weight as f32 * f32::from(term.count);
            let follows =
                last.filter(|(last, _)| last.text.chars().next_back() == term.text.chars().next());
            selected.push(Selected {
                reader: self.reader(term),
                info: info.clone(),
                weighted: Weighted {
                    weight,
                    required: is_required(term),
                    number,
                    follows: follows.map_or(0.0, |(_, weight)| weight),
                },
            });
            last = Some((term, weight));
        }
        for info in found.characters.values() {
            if rank::is_rare(info.doc_freq, documents) {
                selected.push(Selected {
                    reader: &self.characters,
                    info: info.clone(),
                    weighted: Weighted {
                        weight: rank::idf(info.doc_freq, documents) as f32,
                        required: false,
                        number: 0,
                        follows: 0.0,
                    },
                });
            }
        }
        (selected, weights)
    }

    fn reader(&self, term: &QueryTerm) -> &InvertedIndexReader {
        match term.shape {
            Shape::Single => &self.characters,
            _ => &self.pairs,
        }
    }

    /// Drops what the query's kinds and education themes leave out.
    fn filter(&self, query: &Query, candidates: &mut Vec<Candidate>) {
        if query.kinds.is_empty() && query.education_themes.is_empty() {
            return;
        }
        let hot = &self.directory.hot;
        let wanted = |names: &[String], all: &[String]| -> Vec<bool> {
            let wanted = |name| names.is_empty() || names.contains(name);
            all.iter().map(wanted).collect()
        };
        let kinds = wanted(&query.kinds, &hot.kinds);
        let themes = wanted(&query.education_themes, &hot.education_themes);
        let any = query.education_themes.is_empty();
        let sets: Vec<bool> = hot
            .theme_sets
            .iter()
            .map(|set| any || set.iter().any(|&theme| themes[theme as usize]))
            .collect();
        candidates.retain(|candidate| {
            self.page(candidate.document)
                .is_some_and(|page| kinds[page.kind as usize] && sets[page.theme_set as usize])
        });
    }
}

/// A Latin word may be the beginning of another: only its pairs are required.
fn is_required(term: &QueryTerm) -> bool {
    term.shape != Shape::Word
}

fn look_up(reader: &InvertedIndexReader, term: &str) -> Result<Option<TermInfo>, SearchError> {
    Ok(reader.terms().get(term.as_bytes())?)
}

fn read(
    reader: &InvertedIndexReader,
    info: Option<&TermInfo>,
    option: IndexRecordOption,
) -> Result<Option<SegmentPostings>, SearchError> {
    let read = |info| reader.read_postings_from_terminfo(info, option);
    Ok(info.map(read).transpose()?)
}

/// The documents of a term, in order.
fn documents_of(
    reader: &InvertedIndexReader,
    info: &Option<TermInfo>,
) -> Result<Vec<u32>, SearchError> {
    let mut documents = Vec::new();
    if let Some(mut postings) = read(reader, info.as_ref(), IndexRecordOption::Basic)? {
        while postings.doc() != TERMINATED {
            documents.push(postings.doc());
            postings.advance();
        }
    }
    Ok(documents)
}

/// What all lists hold.
fn intersection(lists: Vec<Vec<u32>>) -> Vec<u32> {
    let mut lists = lists.into_iter();
    let mut common = lists.next().unwrap_or_default();
    for list in lists {
        common.retain(|document| list.binary_search(document).is_ok());
    }
    common
}
