//! What narrows pages down: operators in the query, and facets chosen beside it.

use crate::answer::{Count, Counts, Facet, Query, SearchError};
use crate::engine::Engine;
use crate::lookup::all;
use crate::pack::facet::{Table, Value};
use crate::query::Parsed;
use crate::rank::Candidate;
use crate::schema;
use crate::tokenize::{self, GAP};

/// What the query itself narrows down to.
#[derive(Default)]
pub(crate) struct Restriction {
    /// For each document, whether it is allowed; empty: all are.
    allowed: Vec<bool>,
    /// Documents with the titles asked for; nothing if none was.
    titled: Option<Vec<u32>>,
}

impl Restriction {
    pub(crate) fn allows(&self, document: u32) -> bool {
        self.allowed.get(document as usize).copied().unwrap_or(true)
    }

    /// Whether a document stands for what is asked for where no words are: a title, or
    /// else the beginning of its page.
    pub(crate) fn names(&self, document: u32, page_start: u32) -> bool {
        match &self.titled {
            Some(titled) => titled.binary_search(&document).is_ok(),
            None => document == page_start,
        }
    }

    /// Allows but the documents of which `keep` is true.
    fn keep(&mut self, documents: usize, keep: impl Fn(u32) -> bool) {
        self.allowed.resize(documents, true);
        for (document, allowed) in (0..).zip(&mut self.allowed) {
            *allowed = *allowed && keep(document);
        }
    }
}

impl Engine {
    /// Whether neither words nor anything else is asked for.
    pub(crate) fn asks_for_nothing(&self, parsed: &Parsed, query: &Query) -> bool {
        let chosen = |&facet: &Facet| !query.chosen(facet).is_empty();
        parsed.is_empty() && !Facet::ALL.iter().any(chosen)
    }

    /// What the query's operators, and the page it is about, narrow down to.
    pub(crate) fn restriction(
        &self,
        parsed: &Parsed,
        query: &Query,
    ) -> Result<Restriction, SearchError> {
        let of_all = |groups: &[Vec<String>]| -> Vec<_> {
            groups
                .iter()
                .map(|keys| self.documents_of_all(keys))
                .collect()
        };
        let titles = of_all(&parsed.titles);
        let mut pages = of_all(&parsed.numbers);
        if !query.page.is_empty() {
            let key = format!("{}{}", schema::SOURCE, query.page);
            pages.push(self.documents_of_all(&[key]));
        }
        let (titles, pages) = (all(titles)?, all(pages)?);
        let documents = self.page_of.len();
        let start = |document: u32| self.page_starts.get(self.page(document)).copied();
        let mut restriction = Restriction::default();
        for list in &pages {
            let holds = |document| start(document).is_some_and(|s| list.binary_search(&s).is_ok());
            restriction.keep(documents, holds);
        }
        for list in titles {
            restriction.keep(documents, |document| {
                // A page's title is that of all its sections.
                [Some(document), start(document)]
                    .into_iter()
                    .flatten()
                    .any(|document| list.binary_search(&document).is_ok())
            });
            restriction.titled = Some(list);
        }
        for (facet, text) in &parsed.facets {
            let table = self.directory.hot.facet(*facet);
            let wanted = wanted(table, |value| self.is_meant(*facet, value, text));
            let holds = |document| has_any(table, self.page(document), &wanted);
            restriction.keep(documents, holds);
        }
        Ok(restriction)
    }

    /// Whether an operator's text means a value: its id, part of its name, or years.
    fn is_meant(&self, facet: Facet, value: &Value, text: &str) -> bool {
        let fold = |text: &str| {
            let mut folded = String::new();
            tokenize::fold_into(text, &mut folded, |c| self.variant(c));
            folded
        };
        if facet == Facet::Year {
            let years = text.trim_end_matches('年').split_once(GAP);
            let (first, last) = years.unwrap_or((text.trim_end_matches('年'), text));
            let year = |text: &str| text.trim_end_matches('年').parse::<u32>().ok();
            let (first, last) = (year(first), year(last));
            let value = year(&value.id);
            return first.is_some() && first <= value && value <= last;
        }
        fold(&value.id) == text || fold(&value.name).contains(text)
    }

    /// Leaves out what the facets chosen do not allow, and counts what there is of each.
    pub(crate) fn narrow(&self, query: &Query, candidates: &mut Vec<Candidate>) -> Option<Counts> {
        let chosen = |&facet: &Facet| !query.chosen(facet).is_empty();
        if !query.facets && !Facet::ALL.iter().any(chosen) {
            return None;
        }
        let hot = &self.directory.hot;
        let wanted = Facet::ALL.map(|facet| {
            let ids = query.chosen(facet);
            (!ids.is_empty()).then(|| wanted(hot.facet(facet), |value| ids.contains(&value.id)))
        });
        // For each page, a bit for each facet that leaves it out.
        let refused = |page: usize| {
            let mut bits = 0u8;
            for (bit, wanted) in wanted.iter().enumerate() {
                let allows = |wanted: &Vec<bool>| has_any(&hot.facets[bit], page, wanted);
                bits |= u8::from(!wanted.as_ref().is_none_or(allows)) << bit;
            }
            bits
        };
        let refused: Vec<u8> = (0..self.page_starts.len()).map(refused).collect();
        let counts = query
            .facets
            .then(|| self.count(query, candidates, &refused));
        candidates.retain(|candidate| refused[candidate.page as usize] == 0);
        counts
    }

    fn count(&self, query: &Query, candidates: &[Candidate], refused: &[u8]) -> Counts {
        let mut pages: Vec<u32> = candidates.iter().map(|candidate| candidate.page).collect();
        pages.dedup();
        let count = |facet: Facet| {
            let table = self.directory.hot.facet(facet);
            let mut counts = vec![0; table.values.len()];
            let mut last = vec![u32::MAX; counts.len()];
            for &page in &pages {
                // What only this facet leaves out would be there without it.
                if refused[page as usize] & !(1 << facet as u8) != 0 {
                    continue;
                }
                for &value in table.of(page as usize) {
                    for value in table.upwards(value) {
                        let value = value as usize;
                        if last[value] != page {
                            last[value] = page;
                            counts[value] += 1;
                        }
                    }
                }
            }
            let chosen = query.chosen(facet);
            let values = table.values.iter().zip(counts);
            let values = values.filter(|(value, count)| *count > 0 || chosen.contains(&value.id));
            let mut values: Vec<Count> = values
                .map(|(value, count)| Count {
                    id: value.id.clone(),
                    name: value.name.clone(),
                    count,
                })
                .collect();
            match facet {
                Facet::Year => values.sort_by(|a, b| b.id.cmp(&a.id)),
                Facet::Issuer | Facet::Status => {
                    values.sort_by_key(|value| usize::MAX - value.count)
                }
                // The site has an order of its own for these.
                Facet::Kind | Facet::EducationTheme | Facet::Collection => {}
            }
            values
        };
        Counts {
            kind: count(Facet::Kind),
            education_theme: count(Facet::EducationTheme),
            year: count(Facet::Year),
            issuer: count(Facet::Issuer),
            status: count(Facet::Status),
            collection: count(Facet::Collection),
        }
    }
}

/// For each value of a table, whether it, or one above it, is wanted.
fn wanted(table: &Table, is_wanted: impl Fn(&Value) -> bool) -> Vec<bool> {
    let own: Vec<bool> = table.values.iter().map(is_wanted).collect();
    let values = 0..own.len() as u32;
    let any = |value| table.upwards(value).any(|above| own[above as usize]);
    values.map(any).collect()
}

fn has_any(table: &Table, page: usize, wanted: &[bool]) -> bool {
    let is_wanted = |&value: &u32| wanted.get(value as usize).copied().unwrap_or(false);
    table.of(page).iter().any(is_wanted)
}
