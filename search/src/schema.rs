//! The index's one field, and the keys of its terms.
//!
//! Only what ranking needs is in tantivy: what a hit shows stands in the pack's
//! documents, what a filter needs in `hot.bin`. What is no text but a name (a title, an
//! article's number, a title in pinyin) is a term with a mark in front, so that one
//! dictionary serves all.

use crate::pinyin;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

/// Name of the field and of its tokenizer.
pub const TERMS: &str = "terms";

/// The schema, the same for every pack of this version.
pub fn schema() -> (Schema, Field) {
    let mut builder = Schema::builder();
    // Lengths stand in `hot.bin` in place of norms, where they compress better.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TERMS)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let field = builder.add_text_field(TERMS, options);
    (builder.build(), field)
}

/// Before a whole title; behind it stands [`PAGE`] or [`SECTION`].
pub(crate) const NAME: char = '\u{2}';
/// Behind the title of a page.
pub(crate) const PAGE: char = '\u{2}';
/// Behind the title of a section.
pub(crate) const SECTION: char = '\u{3}';
/// Before an article's number.
pub(crate) const ARTICLE: char = '\u{3}';
/// Before the pinyin of the end of a title, without tones.
pub(crate) const PINYIN: char = '\u{4}';
/// Before the initials of the end of a title.
pub(crate) const INITIALS: char = '\u{5}';
/// Before two neighbours of a title.
pub(crate) const TITLE_PAIR: char = '\u{6}';
/// Before two neighbours of a document's number (文号).
pub(crate) const NUMBER_PAIR: char = '\u{7}';

/// Before a page's source.
pub(crate) const SOURCE: char = '\u{8}';
/// What a name may begin with: text never does.
#[cfg(feature = "write")]
pub(crate) const MARKS: std::ops::RangeInclusive<char> = NAME..=SOURCE;

/// Longest name that is a term, in bytes: a longer title is found by its pairs.
const NAME_LIMIT: usize = 240;

/// The term of a squeezed title: of a page, on the page's first section, or of a section.
pub(crate) fn name(squeezed: &str, whose: char) -> Option<String> {
    let fits = !squeezed.is_empty() && squeezed.len() <= NAME_LIMIT;
    fits.then(|| format!("{NAME}{squeezed}{whose}"))
}

/// What the keys of titles begin with that letters may stand for.
pub(crate) fn letters(letters: &str) -> impl Iterator<Item = String> {
    let full = letters.get(..pinyin::FULL).unwrap_or(letters);
    let initials = (letters.len() <= pinyin::INITIALS).then_some(letters);
    let initials = initials.map(|letters| format!("{INITIALS}{letters}"));
    std::iter::once(format!("{PINYIN}{full}")).chain(initials)
}

/// The term of an article: 第五十四条之二 is `(54, 2)`.
pub(crate) fn article(article: (u32, u32)) -> String {
    format!("{ARTICLE}{}-{}", article.0, article.1)
}
