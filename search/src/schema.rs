//! The fields of the index.
//!
//! Only what ranking needs is in tantivy: what a hit shows stands in the pack's
//! documents, what a filter needs in `hot.bin`.

use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

/// Name of the tokenizer of [`Fields::pairs`].
pub const PAIRS: &str = "pairs";
/// Name of the tokenizer of [`Fields::characters`].
pub const CHARACTERS: &str = "characters";
/// Name of the tokenizer of [`Fields::names`]: one term a value.
pub const NAMES: &str = "names";

/// The three indexed fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// Neighbouring characters, and whole Latin words.
    pub pairs: Field,
    /// Single characters.
    pub characters: Field,
    /// Whole titles and article numbers, as written by [`page_name`] and its like.
    pub names: Field,
}

/// The schema, the same for every pack of this version.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let mut field = |name: &str, record| {
        // Lengths stand in `hot.bin` in place of norms, where they compress better.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(name)
            .set_fieldnorms(false)
            .set_index_option(record);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let fields = Fields {
        pairs: field(PAIRS, IndexRecordOption::WithFreqs),
        characters: field(CHARACTERS, IndexRecordOption::WithFreqs),
        names: field(NAMES, IndexRecordOption::Basic),
    };
    (builder.build(), fields)
}

/// Longest name that is a term, in bytes: a longer title is found by its pairs.
const NAME_LIMIT: usize = 240;

/// The term of a page's squeezed title, on the page's first section.
pub fn page_name(squeezed: &str) -> Option<String> {
    name('p', squeezed)
}

/// The term of a section's squeezed title.
pub fn section_name(squeezed: &str) -> Option<String> {
    name('s', squeezed)
}

/// The term of an article: 第五十四条之二 is `(54, 2)`.
pub fn article_name(article: (u32, u32)) -> String {
    format!("a{}-{}", article.0, article.1)
}

fn name(mark: char, squeezed: &str) -> Option<String> {
    let fits = !squeezed.is_empty() && squeezed.len() <= NAME_LIMIT;
    fits.then(|| format!("{mark}{squeezed}"))
}
