//! Looking terms up in the pages of the dictionary.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::OwnedBytes;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use crate::answer::SearchError;
use crate::engine::Engine;
use crate::pack::PackError;
use crate::pack::chunk::ChunkId;
use crate::pack::dictionary::{Entry, Page};
use crate::pack::hot::POSTINGS;
use crate::pack::postings;

/// What was read.
#[derive(Default)]
pub(crate) struct Lookup {
    /// Pages of the dictionary, by number.
    pages: Mutex<BTreeMap<usize, Arc<Page>>>,
    postings: Mutex<Lists>,
}

/// Lists of postings that tantivy can read.
#[derive(Default)]
struct Lists {
    /// Where each is.
    infos: BTreeMap<(ChunkId, usize), TermInfo>,
    /// The first address without postings, behind where they begin.
    end: usize,
}

/// Most pages that terms with one beginning are read from.
const SCAN: usize = 2;

impl Engine {
    /// A page of the dictionary.
    fn dictionary_page(&self, number: usize) -> Result<Arc<Page>, SearchError> {
        let mut pages = self
            .lookup
            .pages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = pages.get(&number) {
            return Ok(Arc::clone(page));
        }
        let bytes = self.chunk(self.directory.hot.page_chunk(number))?;
        let page = Arc::new(Page::read(&bytes)?);
        pages.insert(number, Arc::clone(&page));
        Ok(page)
    }

    /// Where a term's postings are, if there is such a term.
    pub(crate) fn look_up(&self, term: &str) -> Result<Option<Entry>, SearchError> {
        let Some(number) = self.directory.hot.page(term) else {
            return Ok(None);
        };
        Ok(self.dictionary_page(number)?.get(term).cloned())
    }

    /// Terms that begin like this, in order: those on the first few pages.
    pub(crate) fn beginning(&self, with: &str) -> Result<Vec<Entry>, SearchError> {
        let hot = &self.directory.hot;
        let first = hot.page(with).unwrap_or(0);
        let mut found = Vec::new();
        for number in (first..hot.pages.len()).take(SCAN) {
            let starts_beyond =
                hot.pages[number].as_str() > with && !hot.pages[number].starts_with(with);
            if number > first && starts_beyond {
                break;
            }
            let page = self.dictionary_page(number)?;
            let entries = page.0.iter();
            found.extend(
                entries
                    .filter(|entry| entry.term.starts_with(with))
                    .cloned(),
            );
        }
        Ok(found)
    }

    /// A term's postings.
    pub(crate) fn read_postings(&self, entry: &Entry) -> Result<SegmentPostings, SearchError> {
        let info = self.unpack(entry)?;
        let option = IndexRecordOption::WithFreqs;
        Ok(self.postings.read_postings_from_terminfo(&info, option)?)
    }

    /// Puts a term's postings where tantivy can read them.
    fn unpack(&self, entry: &Entry) -> Result<TermInfo, SearchError> {
        let lists = &self.lookup.postings;
        let mut lists = lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(info) = lists.infos.get(&entry.list()) {
            return Ok(info.clone());
        }
        let hot = &self.directory.hot;
        let chunk = self.chunk(entry.chunk)?;
        let sections = hot.lengths.len() as u32;
        let list = postings::read(&chunk, entry.lists(), sections)?;
        let bytes = postings::packed(&list);
        let start = lists.end;
        if start as u64 + bytes.len() as u64 > POSTINGS {
            return Err(PackError::TooLarge("more than 2 GiB of postings at once").into());
        }
        lists.end += bytes.len();
        let info = TermInfo {
            doc_freq: entry.frequency,
            postings_range: start..lists.end,
            positions_range: 0..0,
        };
        // tantivy counts addresses from the beginning of a field.
        let address = start.saturating_add(hot.base as usize);
        self.directory
            .with(|chunks| chunks.place(address, OwnedBytes::new(bytes)));
        lists.infos.insert(entry.list(), info.clone());
        Ok(info)
    }

    /// The documents of a term, in order.
    pub(crate) fn documents_of(&self, entry: &Entry) -> Result<Vec<u32>, SearchError> {
        let mut postings = self.read_postings(entry)?;
        let mut documents = Vec::new();
        while postings.doc() != TERMINATED {
            documents.push(postings.doc());
            postings.advance();
        }
        Ok(documents)
    }

    /// The documents that hold all of the terms; none if a term is not to be found.
    pub(crate) fn documents_of_all(&self, terms: &[String]) -> Result<Vec<u32>, SearchError> {
        let entries: Vec<_> = terms.iter().map(|term| self.look_up(term)).collect();
        let entries = all(entries)?;
        let Some(entries) = entries.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(Vec::new());
        };
        let lists = entries
            .iter()
            .map(|entry| self.documents_of(entry))
            .collect();
        let mut lists = all(lists)?.into_iter();
        let mut common = lists.next().unwrap_or_default();
        for list in lists {
            common.retain(|document| list.binary_search(document).is_ok());
        }
        Ok(common)
    }
}

/// All results, or the first error, after all have been tried for: so one round trip
/// brings all that is missing.
pub(crate) fn all<T>(results: Vec<Result<T, SearchError>>) -> Result<Vec<T>, SearchError> {
    results.into_iter().collect()
}
