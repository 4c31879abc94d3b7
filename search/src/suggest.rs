//! What a name that begins as typed leads to: pages, sections, articles, education
//! themes; in characters, in pinyin or by initials.

use crate::answer::{Facet, SearchError, Suggested, Suggestion};
use crate::engine::Engine;
use crate::lookup::all;
use crate::pack::document::Document;
use crate::query;
use crate::schema;
use crate::tokenize;

/// Most names looked at.
const NAMES: usize = 40;

impl Engine {
    /// At most `limit` suggestions.
    pub(crate) fn suggestions(
        &mut self,
        text: &str,
        limit: usize,
    ) -> Result<Vec<Suggestion>, SearchError> {
        self.read_variants(text)?;
        let squeezed = self.squeezed(text);
        if squeezed.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let parsed = query::parse(text, |c| self.variant(c));
        let article = parsed.article.as_ref().map(|article| {
            let mut terms: Vec<_> = article.terms.iter().map(|term| term.text.clone()).collect();
            terms.push(article.name.clone());
            self.documents_of_all(&terms)
        });
        let documents = self.named_like(&squeezed, parsed.letters.as_deref());
        let mut kinds: Vec<(u32, Suggested)> = Vec::new();
        for document in article.transpose()?.unwrap_or_default() {
            kinds.push((document, Suggested::Article));
        }
        kinds.extend(documents?);
        if kinds.len() < limit {
            kinds.extend(self.titled(&squeezed, limit)?);
        }
        let mut seen = Vec::new();
        kinds.retain(|(document, _)| {
            let new = !seen.contains(document);
            seen.push(*document);
            new
        });
        let mut suggestions = self.themes_like(&squeezed, limit);
        kinds.truncate(limit.saturating_sub(suggestions.len()));
        let shown = kinds.into_iter().map(|(document, kind)| {
            let document = self.document(document)?;
            let anchor = if document.anchor.is_empty() || kind == Suggested::Page {
                String::new()
            } else {
                format!("#{}", document.anchor)
            };
            let (text, detail) = match kind {
                Suggested::Page => (document.page.title, String::new()),
                _ => (document.title, document.page.title),
            };
            Ok(Suggestion {
                kind,
                text,
                detail,
                url: format!("{}{anchor}", document.page.url),
            })
        });
        suggestions.extend(all(shown.collect())?);
        Ok(suggestions)
    }

    /// Pages and sections whose titles begin so, pages first.
    fn named_like(
        &self,
        squeezed: &str,
        letters: Option<&str>,
    ) -> Result<Vec<(u32, Suggested)>, SearchError> {
        let mut beginnings = vec![format!("{}{squeezed}", schema::NAME)];
        beginnings.extend(letters.into_iter().flat_map(schema::letters));
        let entries = beginnings.iter().map(|with| self.beginning(with));
        let entries = all(entries.collect())?.concat();
        let mut found = Vec::new();
        let lists = entries.iter().take(NAMES).map(|entry| {
            let section = entry.term.ends_with(schema::SECTION);
            Ok((section, entry.term.len(), self.documents_of(entry)?))
        });
        for (section, length, documents) in all(lists.collect())? {
            for document in documents {
                let starts = self.page_starts.binary_search(&document).is_ok();
                let kind = match starts && !section {
                    true => Suggested::Page,
                    false => Suggested::Section,
                };
                found.push((document, kind, length));
            }
        }
        // The less is left to type, the more likely it is meant.
        found.sort_by_key(|&(document, kind, length)| {
            let ended = self.ended.get(self.page(document)).copied();
            (kind != Suggested::Page, ended, length)
        });
        let found = found.into_iter();
        Ok(found.map(|(document, kind, _)| (document, kind)).collect())
    }

    /// At most `limit` pages and sections whose titles hold the text, what is in force first.
    fn titled(&self, squeezed: &str, limit: usize) -> Result<Vec<(u32, Suggested)>, SearchError> {
        if squeezed.chars().nth(1).is_none() {
            return Ok(Vec::new());
        }
        let keys = query::pairs(squeezed).map(|pair| format!("{}{pair}", schema::TITLE_PAIR));
        let mut numbers = self.documents_of_all(&keys.collect::<Vec<_>>())?;
        numbers.sort_by_key(|&number| self.ended.get(self.page(number)).copied());
        numbers.truncate(limit);
        let documents = numbers.iter().map(|&number| self.document(number));
        let documents = all(documents.collect())?;
        let holds = |title: &str| self.squeezed(title).contains(squeezed);
        // A page is found by its first section; each other one has but its own title.
        let kind = |number: u32, document: &Document| {
            let starts = self.page_starts.binary_search(&number).is_ok();
            match () {
                () if starts && holds(&document.page.title) => Some(Suggested::Page),
                () if holds(&document.title) => Some(Suggested::Section),
                () => None,
            }
        };
        let found = numbers.iter().zip(&documents);
        let found = found.filter_map(|(&number, document)| Some((number, kind(number, document)?)));
        Ok(found.collect())
    }

    fn squeezed(&self, text: &str) -> String {
        let mut folded = String::new();
        tokenize::fold_into(text, &mut folded, |c| self.variant(c));
        tokenize::squeeze(&folded)
    }

    /// Education themes whose names hold the text.
    fn themes_like(&self, squeezed: &str, limit: usize) -> Vec<Suggestion> {
        let themes = self
            .directory
            .hot
            .facet(Facet::EducationTheme)
            .values
            .iter();
        let like = themes
            .filter(|theme| !theme.url.is_empty() && self.squeezed(&theme.name).contains(squeezed));
        let suggestions = like.take(limit.div_ceil(2)).map(|theme| Suggestion {
            kind: Suggested::Theme,
            text: theme.name.clone(),
            detail: String::new(),
            url: theme.url.clone(),
        });
        suggestions.collect()
    }
}
