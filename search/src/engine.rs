//! The state machine over a pack: [`Engine::search`] says which chunks it needs, or
//! what it found. It is pure: the same pack and query give the same answer, natively
//! and in the browser.

use std::sync::Arc;

use tantivy::{Index, InvertedIndexReader, SegmentReader};

use crate::answer::{ChunkId, Query, Results, SearchError, Step};
use crate::pack::{self, PackError, PageRow};
use crate::query;
use crate::rank::Scores;
use crate::read::PackDirectory;
use crate::schema;

/// Searches a pack, chunk by chunk.
pub struct Engine {
    pub(crate) directory: PackDirectory,
    /// Kept so that the readers' files stay open.
    _segment: SegmentReader,
    pub(crate) pairs: Arc<InvertedIndexReader>,
    pub(crate) characters: Arc<InvertedIndexReader>,
    pub(crate) names: Arc<InvertedIndexReader>,
    /// First document of each page.
    pub(crate) page_starts: Vec<u32>,
    /// Kept from query to query for its memory.
    scores: Scores,
}

impl Engine {
    /// Opens a pack by its `hot.bin`.
    pub fn open(hot: &[u8]) -> Result<Self, SearchError> {
        Self::new(PackDirectory::new(Arc::new(pack::read_hot(hot)?)))
    }

    pub(crate) fn new(directory: PackDirectory) -> Result<Self, SearchError> {
        let (_, fields) = schema::schema();
        let index = Index::open(directory.clone())?;
        let segments = index.searchable_segments()?;
        let segment = segments
            .first()
            .ok_or(PackError::Damaged("it has no segment"))?;
        let segment = SegmentReader::open(segment)?;
        if segment.max_doc() as usize != directory.hot.lengths.len() {
            return Err(PackError::Damaged("the tables disagree on the number of sections").into());
        }
        let mut page_starts = Vec::with_capacity(directory.hot.pages.len());
        let mut start = 0;
        for page in &directory.hot.pages {
            page_starts.push(start);
            start += page.documents;
        }
        Ok(Self {
            pairs: segment.inverted_index(fields.pairs)?,
            characters: segment.inverted_index(fields.characters)?,
            names: segment.inverted_index(fields.names)?,
            _segment: segment,
            directory,
            page_starts,
            scores: Scores::default(),
        })
    }

    /// The index's readers, for the survey of a new pack.
    #[cfg(feature = "write")]
    pub(crate) fn readers(&self) -> [&InvertedIndexReader; 3] {
        [&self.pairs, &self.characters, &self.names]
    }

    /// Identifies the pack: two packs with one identity are the same.
    pub fn pack_id(&self) -> u64 {
        self.directory.hot.id
    }

    /// Number of sections in the pack.
    pub fn sections(&self) -> usize {
        self.directory.hot.lengths.len()
    }

    /// A chunk's file within `chunks/`, without its extension.
    pub fn chunk_name(&self, chunk: ChunkId) -> Option<String> {
        let hash = self.directory.hot.hashes.get(chunk as usize)?;
        Some(pack::hex(hash))
    }

    /// Takes a chunk's file, if it is what was written.
    pub fn supply(&mut self, chunk: ChunkId, bytes: &[u8]) -> Result<(), SearchError> {
        let hash = self.directory.hot.hashes.get(chunk as usize);
        if hash != Some(&pack::chunk_hash(bytes)) {
            let name = self.chunk_name(chunk).unwrap_or_default();
            return Err(SearchError::Chunk(name));
        }
        let bytes = pack::inflate(bytes)?;
        self.directory.with(|chunks| chunks.insert(chunk, bytes));
        Ok(())
    }

    /// Searches as far as the chunks that are here allow.
    pub fn search(&mut self, query: &Query) -> Result<Step, SearchError> {
        let mut scores = std::mem::take(&mut self.scores);
        let answer = self.attempt(query, &mut scores);
        self.scores = scores;
        let missing = self.directory.with(|chunks| chunks.take_missing());
        if missing.is_empty() {
            answer.map(Step::Done)
        } else {
            Ok(Step::Need(missing))
        }
    }

    /// One attempt, which fails wherever a chunk is missing.
    fn attempt(&self, query: &Query, scores: &mut Scores) -> Result<Results, SearchError> {
        let parsed = query::parse(&query.text);
        if parsed.terms.is_empty() {
            return Ok(Results::default());
        }
        let found = self.retrieve(&parsed, query, scores)?;
        self.show(&parsed, query, found)
    }

    /// The page that a document is a section of.
    pub(crate) fn page(&self, document: u32) -> Option<&PageRow> {
        let after = self.page_starts.partition_point(|&start| start <= document);
        self.directory.hot.pages.get(after.checked_sub(1)?)
    }
}
