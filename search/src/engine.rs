//! The state machine over a pack: [`Engine::search`] says which chunks it needs, or
//! what it found. It is pure: the same pack and query give the same answer, natively
//! and in the browser.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;
use tantivy::{InvertedIndexReader, SegmentReader};

use crate::answer::{ChunkId, Query, Results, SearchError, Step, Suggestion};
use crate::lookup::Lookup;
use crate::pack::{PackError, chunk, hot, variants};
use crate::query;
use crate::rank::Scores;
use crate::read::{self, PackDirectory};

/// Searches a pack, chunk by chunk.
pub struct Engine {
    pub(crate) directory: PackDirectory,
    /// Kept so that the reader's files stay open.
    _segment: SegmentReader,
    pub(crate) postings: Arc<InvertedIndexReader>,
    pub(crate) lookup: Lookup,
    /// First document of each page.
    pub(crate) page_starts: Vec<u32>,
    /// Page of each document.
    pub(crate) page_of: Vec<u32>,
    /// For each page, whether its text is no longer in force.
    pub(crate) ended: Vec<bool>,
    /// Traditional characters and what they are folded to, once they are here.
    variants: Option<BTreeMap<char, char>>,
    /// Kept from query to query for its memory.
    scores: Scores,
}

impl Engine {
    /// Opens a pack by its `hot.bin`.
    pub fn open(bytes: &[u8]) -> Result<Self, SearchError> {
        let mut hot = hot::read(bytes)?;
        let bundle = std::mem::take(&mut hot.bundle);
        let mut engine = guard(|| Self::new(PackDirectory::new(Arc::new(hot))))?;
        for (id, file) in bundle {
            engine.supply(id, &file)?;
        }
        Ok(engine)
    }

    fn new(directory: PackDirectory) -> Result<Self, SearchError> {
        let (segment, postings) = read::open(&directory)?;
        let (mut page_starts, mut page_of) = (Vec::new(), Vec::new());
        for (page, &documents) in (0..).zip(&directory.hot.documents) {
            page_starts.push(page_of.len() as u32);
            page_of.resize(page_of.len() + documents as usize, page);
        }
        let mut ended = vec![false; page_starts.len()];
        for &page in &directory.hot.ended {
            ended[page as usize] = true;
        }
        Ok(Self {
            postings,
            _segment: segment,
            directory,
            lookup: Lookup::default(),
            page_starts,
            page_of,
            ended,
            variants: None,
            scores: Scores::default(),
        })
    }

    /// Identifies the pack: two packs with one identity are the same.
    pub fn pack_id(&self) -> u64 {
        self.directory.hot.id
    }

    /// Number of sections in the pack.
    pub fn sections(&self) -> usize {
        self.directory.hot.sections() as usize
    }

    /// Takes a chunk's file, if it is what was written.
    pub fn supply(&mut self, id: ChunkId, file: &[u8]) -> Result<(), SearchError> {
        let bytes = chunk::open(id, file, &self.directory.hot.idiom)?;
        self.directory
            .with(|chunks| chunks.insert(id, OwnedBytes::new(bytes)));
        Ok(())
    }

    /// Searches as far as the chunks that are here allow.
    pub fn search(&mut self, query: &Query) -> Result<Step<Results>, SearchError> {
        let mut scores = std::mem::take(&mut self.scores);
        let answer = guard(|| self.attempt(query, &mut scores));
        self.scores = scores;
        self.step(answer)
    }

    /// Names and titles that begin as the text does, as far as the chunks allow.
    pub fn suggest(
        &mut self,
        text: &str,
        limit: usize,
    ) -> Result<Step<Vec<Suggestion>>, SearchError> {
        let answer = guard(|| self.suggestions(text, limit));
        self.step(answer)
    }

    /// An answer counts only if no chunk was missed on the way to it.
    fn step<T>(&self, answer: Result<T, SearchError>) -> Result<Step<T>, SearchError> {
        let missing = self.directory.with(|chunks| chunks.take_missing());
        if missing.is_empty() {
            answer.map(Step::Done)
        } else {
            Ok(Step::Need(missing))
        }
    }

    /// One attempt, which fails wherever a chunk is missing.
    fn attempt(&mut self, query: &Query, scores: &mut Scores) -> Result<Results, SearchError> {
        self.read_variants(&query.text)?;
        let parsed = query::parse(&query.text, |c| self.variant(c));
        let mut results = if self.asks_for_nothing(&parsed, query) {
            Results::default()
        } else {
            let found = self.retrieve(&parsed, query, scores)?;
            self.show(&parsed, query, found)?
        };
        if results.total == 0 {
            results.drop = self.droppable(query, scores)?;
        }
        Ok(results)
    }

    /// What a character is folded to.
    pub(crate) fn variant(&self, c: char) -> char {
        let known = self.variants.as_ref().and_then(|variants| variants.get(&c));
        known
            .or_else(|| self.directory.hot.folded.get(&c))
            .copied()
            .unwrap_or(c)
    }

    /// A query with a character that no page has may be written in traditional ones. What
    /// else it needs is asked for in the same round.
    pub(crate) fn read_variants(&mut self, text: &str) -> Result<(), SearchError> {
        let hot = &self.directory.hot;
        let known = |c| hot.alphabet.binary_search(&c).is_ok() || hot.folded.contains_key(&c);
        let strange = |c: char| is_ideograph(c) && !known(c);
        if self.variants.is_some() || hot.variants.0 == 0 || !text.chars().any(strange) {
            return Ok(());
        }
        let run = hot.variants;
        if let Ok(bytes) = self.chunk(ChunkId { run, index: 0 }) {
            self.variants = Some(variants::read(&bytes)?);
        }
        Ok(())
    }

    /// A chunk's bytes, or a note that it is missing.
    pub(crate) fn chunk(&self, id: ChunkId) -> Result<OwnedBytes, SearchError> {
        let found = self.directory.with(|chunks| chunks.get(id));
        found.ok_or_else(|| read::missing().into())
    }

    /// The page that a document is a section of.
    pub(crate) fn page(&self, document: u32) -> usize {
        let page = self.page_of.get(document as usize);
        page.map_or(0, |&page| page as usize)
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..)
}

/// tantivy trusts its own files: it panics on postings that were changed by somebody who
/// knows how to mend their check. In a browser that is a trap, which `engine.js` handles.
fn guard<T>(work: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    done.unwrap_or(Err(PackError::Damaged("tantivy cannot read it").into()))
}
