//! Inkstone's search engine: a tantivy index cut into small files that a browser
//! fetches as it needs them.
//!
//! | module | what it is for |
//! |---|---|
//! | `tokenize` | text → terms, the same for pages and queries |
//! | [`schema`] | the fields of the index |
//! | `write` | sections → [`Pack`] (feature `write`) |
//! | `pack` | the format: `hot.bin`, chunks, documents; see `FORMAT.md` |
//! | `cut` | where the index is cut into chunks (feature `write`) |
//! | `read` | chunks as a tantivy directory, where an absent chunk is a page fault |
//! | `query` | what a reader typed → terms |
//! | `retrieve` | terms → postings → candidates |
//! | `rank` | weights, scores, order |
//! | `show` | candidates → hits |
//! | `snippet` | a section's text → the lines that show why it was found |
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
#[cfg(feature = "write")]
mod cut;
mod engine;
#[cfg(feature = "write")]
mod folder;
mod number;
mod pack;
mod query;
mod rank;
mod read;
mod retrieve;
pub mod schema;
mod show;
mod snippet;
mod tokenize;
#[cfg(feature = "write")]
mod write;

pub use answer::{ChunkId, Hit, Query, Results, SearchError, Step};
pub use engine::Engine;
#[cfg(feature = "write")]
pub use folder::FolderSearcher;
pub use pack::PackError;
#[cfg(feature = "write")]
pub use write::{Pack, PackOptions, PackWriter, Section, browser_assets};
