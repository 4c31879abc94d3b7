//! Query → candidates: terms are looked up, postings read, sections scored.
//!
//! Each stage asks for all it needs before it gives up on what is missing, so that one
//! round trip brings it all: first the pages of the dictionary, then the postings.

use std::collections::HashSet;

use tantivy::postings::Postings;
use tantivy::{DocSet, TERMINATED};

use crate::answer::{Query, SearchError};
use crate::engine::Engine;
use crate::lookup::all;
use crate::pack::dictionary::Entry;
use crate::query::{Parsed, QueryTerm, Shape};
use crate::rank::{self, Candidate, Class, Scores, Weighted};
use crate::schema;
use crate::tokenize;

/// What a query found.
pub(crate) struct Retrieved {
    /// In the site's order.
    pub candidates: Vec<Candidate>,
    /// The terms found and their weights, for the snippets.
    pub weights: Vec<(String, f32)>,
    /// Weight of all required terms.
    pub total: f32,
    /// Whether all that is found holds the Latin word that is all of the query.
    pub is_word: bool,
    /// Postings that were scored.
    pub postings: usize,
}

/// A query's terms that are in the index.
#[derive(Default)]
struct Selection {
    /// Those that take part in scoring.
    terms: Vec<Selected>,
    /// All, with their weights.
    weights: Vec<(String, f32)>,
    /// Number of required terms that no section holds.
    absent: u16,
    /// Weight of those among them that are part of a Latin word.
    missed: f32,
    /// Whether a section holds a Latin word of the query.
    knows_word: bool,
}

/// A term that takes part in scoring.
struct Selected {
    entry: Entry,
    weighted: Weighted,
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
        let documents = hot.lengths.len();
        // Everything is tried for, then what failed first is the error.
        let selection = self.select(parsed);
        let named = self.named(parsed);
        let letters = parsed
            .letters
            .as_ref()
            .map(|letters| self.by_letters(letters));
        let words = parsed.only_word().map(|word| self.beginning(word));
        let excluded: Vec<_> = parsed
            .excluded
            .iter()
            .map(|terms| self.documents_of_all(terms))
            .collect();
        let restriction = self.restriction(parsed, query);
        let selection = selection?;
        let postings = selection
            .terms
            .iter()
            .map(|term| self.read_postings(&term.entry))
            .collect();
        let postings = all(postings)?;

        let average = hot.total_length as f32 / hot.sections().max(1) as f32;
        scores.reset(documents, self.page_starts.len(), average);
        let (mut total, mut required) = (selection.missed, selection.absent);
        for (term, mut postings) in selection.terms.iter().zip(postings) {
            scores.begin();
            if term.weighted.required {
                total += term.weighted.weight;
                required += 1;
            }
            while postings.doc() != TERMINATED {
                let document = postings.doc();
                let at = document as usize;
                let length = hot.lengths.get(at).copied().unwrap_or(0);
                let page = self.page_of.get(at).copied().unwrap_or(u32::MAX);
                scores.add(document, page, postings.term_freq(), length, term.weighted);
                postings.advance();
            }
        }
        scores.lift(&self.page_starts);
        let letters = letters
            .transpose()?
            .filter(|_| !scores.any_has_all(required));
        for (document, class) in named?.into_iter().chain(letters.into_iter().flatten()) {
            scores.name(document, class);
        }
        all(excluded)?
            .into_iter()
            .flatten()
            .for_each(|document| scores.exclude(document));
        let restriction = restriction?;
        let least = match parsed.exact.is_empty() {
            true => rank::least(total, usize::from(required)),
            false => f32::INFINITY,
        };
        // To hold but the letters of a word that is there to be found is not to hold it.
        let words = words.filter(|_| selection.knows_word).transpose()?;
        let holding = words.map(|words| {
            let lists = words.iter().map(|word| self.documents_of(word));
            let documents = all(lists.collect())?.into_iter().flatten();
            Ok::<_, SearchError>(documents.collect::<HashSet<_>>())
        });
        let holding = holding.transpose()?;
        let holds_word = |document: u32, class: Class| {
            let holding = holding.as_ref();
            class > Class::All || holding.is_none_or(|holding| holding.contains(&document))
        };
        let asks_for_text = !parsed.terms.is_empty();
        let candidates = (0..documents as u32).filter_map(|document| {
            let page = self.page_of.get(document as usize).copied()?;
            let (class, score) = match asks_for_text {
                true => scores.class(document, required, least)?,
                // Without words it is pages that are asked for, or titles.
                false if restriction.names(document, self.page_starts[page as usize]) => {
                    (Class::Section, 0.0)
                }
                false => return None,
            };
            let allowed = restriction.allows(document)
                && !scores.is_excluded(document)
                && holds_word(document, class);
            allowed.then_some(Candidate {
                document,
                page,
                class,
                ended: self.ended.get(page as usize).copied().unwrap_or_default(),
                exact: false,
                score,
            })
        });
        let terms = selection.terms.iter();
        let frequencies = terms.map(|term| term.entry.frequency as usize);
        Ok(Retrieved {
            candidates: candidates.collect(),
            weights: selection.weights,
            total,
            is_word: holding.is_some(),
            postings: frequencies.sum(),
        })
    }

    /// The terms that take part.
    fn select(&self, parsed: &Parsed) -> Result<Selection, SearchError> {
        let documents = self.directory.hot.sections();
        let found = parsed.terms.iter().map(|term| self.look_up(&term.text));
        let found: Vec<_> = found.collect();
        let characters = self.rare_characters(parsed);
        let found = all(found)?;
        let frequencies = found.iter().flatten().map(|entry| entry.frequency);
        let most = rank::most_frequent(frequencies.collect(), documents);
        let mut selection = Selection::default();
        for (term, entry) in parsed.terms.iter().zip(found) {
            let Some(entry) = entry else {
                selection.absent += u16::from(is_required(term));
                // A Latin word is not found by the few letters that others share with it.
                if term.shape == Shape::Within {
                    selection.missed += (rank::idf(0, documents) * rank::WITHIN) as f32;
                }
                // As the beginning of others it is marked all the same.
                if term.shape == Shape::Word {
                    selection.weights.push((term.text.clone(), 0.0));
                }
                continue;
            };
            selection.knows_word |= term.shape == Shape::Word;
            let mut weight = rank::idf(entry.frequency, documents);
            if term.shape == Shape::Within {
                weight *= rank::WITHIN;
            }
            let text = (term.text.clone(), weight as f32);
            selection.weights.push(text);
            if entry.frequency > most {
                continue;
            }
            let weighted = Weighted {
                weight: weight as f32 * f32::from(term.count),
                required: is_required(term),
            };
            selection.terms.push(Selected { entry, weighted });
        }
        let mut postings = 0;
        for entry in characters? {
            postings += entry.frequency;
            if postings > rank::CHARACTER_POSTINGS && postings > entry.frequency {
                break;
            }
            let weighted = Weighted {
                weight: rank::idf(entry.frequency, documents) as f32,
                required: false,
            };
            selection.terms.push(Selected { entry, weighted });
        }
        Ok(selection)
    }

    /// The query's single characters that are worth ranking by, the rarest first.
    fn rare_characters(&self, parsed: &Parsed) -> Result<Vec<Entry>, SearchError> {
        let hot = &self.directory.hot;
        if parsed.terms.iter().any(|term| term.shape == Shape::Single) {
            return Ok(Vec::new());
        }
        let texts = parsed.terms.iter().flat_map(|term| term.text.chars());
        let mut characters: Vec<char> = texts
            .filter(|&c| !tokenize::is_latin(c) && !hot.common.contains(c))
            .collect();
        characters.sort_unstable();
        characters.dedup();
        let found = characters.iter();
        let found = found.map(|c| self.look_up(c.encode_utf8(&mut [0; 4])));
        let found = all(found.collect())?.into_iter().flatten();
        let documents = hot.sections();
        let mut rare: Vec<Entry> = found
            .filter(|entry| rank::is_rare(entry.frequency, documents))
            .collect();
        rare.sort_by_key(|entry| entry.frequency);
        Ok(rare)
    }

    /// The sections that the query names: by title, by article, in pinyin.
    fn named(&self, parsed: &Parsed) -> Result<Vec<(u32, Class)>, SearchError> {
        let mut named = Vec::new();
        let lists: Vec<_> = parsed
            .names
            .iter()
            .map(|name| Ok((name, self.look_up(name)?)))
            .collect();
        let article = parsed.article.as_ref().map(|article| {
            let mut terms: Vec<_> = article.terms.iter().map(|term| term.text.clone()).collect();
            terms.push(article.name.clone());
            self.documents_of_all(&terms)
        });
        let lists = all(lists)?;
        let lists = lists.into_iter().filter_map(|(name, entry)| {
            let class = match name.ends_with(schema::PAGE) {
                true => Class::Page,
                false => Class::Section,
            };
            Some((class, self.documents_of(&entry?)))
        });
        for (class, documents) in lists.collect::<Vec<_>>() {
            named.extend(documents?.into_iter().map(|document| (document, class)));
        }
        if let Some(documents) = article {
            named.extend(
                documents?
                    .into_iter()
                    .map(|document| (document, Class::Section)),
            );
        }
        Ok(named)
    }

    /// The sections whose titles have a part that is written so in pinyin, or begins with
    /// these initials.
    fn by_letters(&self, letters: &str) -> Result<Vec<(u32, Class)>, SearchError> {
        let lists = schema::letters(letters).map(|with| self.beginning(&with));
        let entries = all(lists.collect())?.concat();
        let lists = entries.iter().map(|entry| self.documents_of(entry));
        let documents = all(lists.collect())?.into_iter().flatten();
        let class = |document| match self.page_starts.binary_search(&document) {
            Ok(_) => (document, Class::Page),
            Err(_) => (document, Class::Section),
        };
        Ok(documents.map(class).collect())
    }
}

fn is_required(term: &QueryTerm) -> bool {
    term.shape != Shape::Word
}
