//! What is asked of the engine and what it answers.

use serde::{Deserialize, Serialize};

use crate::pack::PackError;
pub use crate::pack::chunk::ChunkId;
pub use crate::pack::facet::Facet;

/// What to search for. Of one facet's values a page must have any, of several facets all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// Most hits to return; most pages if they are grouped.
    pub limit: usize,
    /// Hits, or pages, to pass over.
    pub offset: usize,
    /// Most sections to return of a page; 0: hits are not grouped by page.
    pub group: usize,
    /// The order of hits.
    pub sort: Sort,
    /// Whether to count the facets.
    pub facets: bool,
    /// Only sections of this page: a [`Hit::source`]; empty: all.
    pub page: String,
    /// Only these kinds, by id; all if empty.
    pub kinds: Vec<String>,
    /// Only pages with one of these education themes, by id, or one below it.
    pub education_themes: Vec<String>,
    /// Only pages of these years.
    pub years: Vec<String>,
    /// Only pages of these issuers.
    pub issuers: Vec<String>,
    /// Only pages of these statuses.
    pub statuses: Vec<String>,
    /// Only pages of these collections, by id.
    pub collections: Vec<String>,
}

impl Query {
    /// The values chosen of a facet.
    pub(crate) fn chosen(&self, facet: Facet) -> &[String] {
        match facet {
            Facet::Kind => &self.kinds,
            Facet::EducationTheme => &self.education_themes,
            Facet::Year => &self.years,
            Facet::Issuer => &self.issuers,
            Facet::Status => &self.statuses,
            Facet::Collection => &self.collections,
        }
    }

    /// The same query without any facet chosen.
    pub(crate) fn without_facets(&self) -> Self {
        Self {
            text: self.text.clone(),
            page: self.page.clone(),
            ..Self::default()
        }
    }
}

/// The order of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// The best first.
    #[default]
    Relevance,
    /// The newest first.
    Date,
}

/// How much of the query a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// The query is its title, or asks for this article.
    Title,
    /// Each part of the query as typed.
    Exact,
    /// All of the query's pieces.
    All,
    /// Some.
    Most,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// Place in the ranking, from 1.
    pub rank: usize,
    /// Higher is better, below 16; comparable between sites.
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
    /// The page's status, or nothing.
    pub status: String,
    /// Whether it is in force, as far as its status tells.
    pub in_force: bool,
    /// Who issued it.
    pub issuer: String,
    /// Its document number (文号).
    pub number: String,
    /// The name of its collection.
    pub collection: String,
    /// Names of the folders above the page, the uppermost first.
    pub trail: Vec<String>,
    /// How much of the query the section holds.
    #[serde(rename = "match")]
    pub matching: Match,
    /// HTML: the text around the match, which is in `<mark>`.
    pub snippet: String,
    /// On the last hit shown of a page, how many more of its sections were found.
    pub more: usize,
}

/// How many pages have a value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// As it is chosen by.
    pub id: String,
    /// For readers.
    pub name: String,
    /// Pages found, as if nothing of the same facet were chosen.
    pub count: usize,
}

/// The facets' counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "named as in `Facet`")]
#[non_exhaustive]
pub struct Counts {
    pub kind: Vec<Count>,
    pub education_theme: Vec<Count>,
    pub year: Vec<Count>,
    pub issuer: Vec<Count>,
    pub status: Vec<Count>,
    pub collection: Vec<Count>,
}

/// A part of the query that keeps everything from being found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drop {
    /// The part as typed, or the quotes around it; empty: the facets chosen.
    pub text: String,
    /// The query without it.
    pub query: String,
    /// How many sections are found without it.
    pub total: usize,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Results {
    /// Number of sections found.
    pub total: usize,
    /// Number of pages they are on.
    pub pages: usize,
    /// Those asked for, best first.
    pub hits: Vec<Hit>,
    /// Counts, if they were asked for.
    pub facets: Option<Counts>,
    /// What may have been meant instead, or nothing.
    pub corrected: String,
    /// If nothing was found: what to leave out.
    pub drop: Vec<Drop>,
    /// Postings that were scored, for measuring; not for readers.
    #[serde(skip)]
    pub postings: usize,
}

/// What a name or title that begins as typed leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// What it is.
    pub kind: Suggested,
    /// Its title.
    pub text: String,
    /// The page it is on.
    pub detail: String,
    /// Its address.
    pub url: String,
}

/// What is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Suggested {
    /// A page.
    Page,
    /// A section.
    Section,
    /// An education theme.
    Theme,
    /// An article.
    Article,
}

/// What was asked has come to.
#[derive(Debug)]
pub enum Step<T> {
    /// These chunks are needed: supply them and ask again.
    Need(Vec<ChunkId>),
    /// The answer.
    Done(T),
}

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The pack cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
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
            Self::Pack(PackError::Damaged(_)) => "damaged",
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
