//! What is asked of the engine and what it answers.

use serde::Serialize;

use crate::pack::PackError;

/// A chunk's number within its pack.
pub type ChunkId = u32;

/// What to search for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// Most hits to return.
    pub limit: usize,
    /// Hits to pass over.
    pub offset: usize,
    /// Only these kinds; all if empty.
    pub kinds: Vec<String>,
    /// Only pages with one of these education themes; all if empty.
    pub education_themes: Vec<String>,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// Place in the ranking, from 1.
    pub rank: usize,
    /// Higher is better; comparable within one site.
    pub score: f32,
    /// The page's file, relative to `content/`.
    pub source: String,
    /// The section's address, with its anchor.
    pub url: String,
    /// The page's title.
    pub page_title: String,
    /// The section's title.
    pub section: String,
    /// The page's kind.
    pub kind: String,
    /// Ids of the page's education themes.
    pub education_themes: Vec<String>,
    /// The page's date, `2016-02-06`, or nothing.
    pub date: String,
    /// `title`, `exact`, `all` or `most`: how much of the query the section holds.
    #[serde(rename = "match")]
    pub matching: &'static str,
    /// HTML: the text around the match, which is in `<mark>`.
    pub snippet: String,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Results {
    /// Number of hits there are.
    pub total: usize,
    /// Those asked for, best first.
    pub hits: Vec<Hit>,
}

/// What a search has come to.
#[derive(Debug)]
pub enum Step {
    /// These chunks are needed: supply them and search again.
    Need(Vec<ChunkId>),
    /// The answer.
    Done(Results),
}

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The pack cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A chunk is not what `hot.bin` says it is.
    #[error("the search index is damaged: chunk `{0}` does not match its name")]
    Chunk(String),
    /// A file of the pack cannot be read.
    #[error("cannot read `{path}`: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
}

impl SearchError {
    /// A word for the kind of error, for programs: `version`, `damaged`, `index` or
    /// `missing`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pack(PackError::Version) => "version",
            Self::Pack(PackError::Damaged(_)) | Self::Chunk(_) => "damaged",
            Self::Pack(_) => "index",
            Self::File { .. } => "missing",
        }
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Pack(error.into())
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Pack(PackError::Index(error.into()))
    }
}
