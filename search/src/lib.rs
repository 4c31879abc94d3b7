//! Inkstone's search engine: a tantivy index cut into small files that a browser
//! fetches as it needs them.
//!
//! | module | what it is for |
//! |---|---|
//! | `tokenize` | text → terms, the same for pages and queries |
//! | [`schema`] | the field of the index, and the keys of names |
//! | `write` | pages and sections → [`Pack`] (feature `write`) |
//! | `pack` | the format: `hot.bin` and chunks; see `FORMAT.md` |
//! | `read` | chunks as a tantivy directory, where an absent chunk is a page fault |
//! | `pinyin` | titles in pinyin and by initials |
//! | `query` | what a reader typed → terms and restrictions |
//! | `lookup` | terms → their places in the index |
//! | `retrieve` | terms → postings → candidates |
//! | `rank` | weights, scores, order |
//! | `filter` | what narrows pages down, and counts of it |
//! | `show` | candidates → hits |
//! | `snippet` | a section's text → the lines that show why it was found |
//! | `correct` | did you mean |
//! | `suggest` | what a name that begins as typed leads to |
//! | `answer` | what is asked and answered: [`Query`], [`Results`] |
//! | `engine` | the state machine over all of it: [`Engine`] |
//! | `folder` | the engine over a folder (feature `write`) |
//! | `browser` | the engine behind a C ABI (wasm32 only) |
//!
//! Nothing here does input or output but `folder`: whoever drives an [`Engine`]
//! brings it the chunks it asks for.

mod answer;
#[cfg(target_arch = "wasm32")]
mod browser;
mod correct;
mod engine;
mod filter;
#[cfg(feature = "write")]
mod folder;
mod lookup;
mod number;
mod pack;
mod pinyin;
mod query;
mod rank;
mod read;
mod retrieve;
pub mod schema;
mod show;
mod snippet;
mod suggest;
mod tokenize;
#[cfg(feature = "write")]
mod write;

pub use answer::{
    ChunkId, Count, Counts, Drop, Facet, Hit, Match, Query, Results, SearchError, Sort, Step,
    Suggested, Suggestion,
};
pub use engine::Engine;
#[cfg(feature = "write")]
pub use folder::{FolderSearcher, Reads};
pub use pack::PackError;
#[cfg(feature = "write")]
pub use pack::idiom::Idiom;
#[cfg(feature = "write")]
pub use write::{
    Batch, Before, ClosedBatch, Files, Id, Label, Layout, Pack, PackOptions, PackWriter, Page,
    Section, Tags, Written, browser_assets, learn_idiom, learn_postings,
};
