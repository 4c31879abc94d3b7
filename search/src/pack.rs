//! The pack's format, its writer and its reader side by side. `FORMAT.md` tells it in
//! prose.
//!
//! | module | what it is for |
//! |---|---|
//! | [`hot`] | `hot.bin`, all that is read before the first query |
//! | [`chunk`] | small files, named by what is in them |
//! | [`dictionary`] | chunks that say where each term's postings are |
//! | [`postings`] | chunks with the sections that hold each term |
//! | [`document`] | chunks with what hits show |
//! | [`text`] | texts as few bytes as they are worth |
//! | [`idiom`] | how a site speaks, for its texts |
//! | [`facet`] | what pages are filtered and counted by |
//! | [`variants`] | a chunk with the traditional forms of the site's characters |
//! | [`script`] | bytes that a page may load as a script |
//! | [`bytes`] | numbers, texts and lists as bytes |
//! | [`coder`] | symbols as few bytes as they are worth |

pub(crate) mod bytes;
pub(crate) mod chunk;
pub(crate) mod coder;
pub(crate) mod dictionary;
pub(crate) mod document;
pub(crate) mod facet;
pub(crate) mod hot;
pub(crate) mod idiom;
pub(crate) mod postings;
pub(crate) mod script;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod variants;

/// Why bytes could not be read as a pack.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// `hot.bin` is not one, or of another version of Inkstone.
    #[error("the search index is not of this version; build the site again")]
    Version,
    /// Bytes are not what was written.
    #[error("the search index is damaged: {0}")]
    Damaged(&'static str),
    /// tantivy could not write or read the index.
    #[error("the search index cannot be written or read: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The pack has too many parts for its format.
    #[error("the search index is too large: {0}")]
    TooLarge(&'static str),
}
