//! Pages and sections → [`Pack`]: a tantivy segment, cut into chunks, and the documents' texts
//! beside it. The same sections in the same order give the same bytes.
//!
//! [`Batch`]es of pages are made side by side; [`PackWriter`] puts them together.

mod batch;
mod layout;
mod merge;
mod model;
mod opening;
mod phrases;
mod postings;
mod runs;
mod tables;
mod variants;

pub use batch::{Batch, ClosedBatch, Page, Section};
pub use model::learn_postings;
pub use phrases::phrases;
pub(crate) use variants::simplified;

use std::sync::{Arc, Mutex, PoisonError};

use crate::pack::chunk::Deflater;
use crate::pack::facet::Facet;
use crate::pack::hot::{self, DocumentRun, Hot};
use crate::pack::{self, PackError, script};
use crate::pinyin;
use crate::query;
use crate::schema;
use crate::tokenize::{self, BREAK};
use postings::Run;
use runs::{Parts, Runs};
use tables::FacetBuilder;

/// What a kind, a collection or an education theme is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Label {
    /// As pages name it.
    pub id: String,
    /// For readers.
    pub name: String,
    /// Address of its own page, relative to the site; empty: none.
    pub url: String,
    /// Id of the one above it; empty: none.
    pub parent: String,
}

/// What a pack is made with.
#[derive(Debug, Clone, Hash)]
#[non_exhaustive]
pub struct PackOptions {
    /// Whether to write the scripts that stand in for `hot.bin` on `file://`.
    pub file_protocol: bool,
    /// A pack whose chunks are no more than so many bytes in all is one file: as many as a slow
    /// line (1.6 Mbit/s, 150 ms) brings in the three round trips of a first query.
    pub bundle: usize,
    /// The kinds, in the order they are shown in.
    pub kinds: Vec<Label>,
    /// The education themes.
    pub education_themes: Vec<Label>,
    /// The collections.
    pub collections: Vec<Label>,
    /// What the texts often say, as [`phrases`] learns it; may be empty.
    pub phrases: Vec<u8>,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self {
            file_protocol: true,
            bundle: 96 << 10,
            kinds: Vec::new(),
            education_themes: Vec::new(),
            collections: Vec::new(),
            phrases: Vec::new(),
        }
    }
}

/// A finished pack.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pack {
    /// Paths relative to the site's `search/` folder, in order, and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Number of sections.
    pub sections: usize,
}

/// The tables of all facets, in the order of [`Facet::ALL`].
type Facets = [FacetBuilder; Facet::ALL.len()];

/// Puts batches of pages together and writes the pack.
pub struct PackWriter {
    file_protocol: bool,
    bundle: usize,
    hot: Hot,
    /// With the values known beforehand, as each batch begins.
    known: Facets,
    /// The same as in `hot`, for all batches.
    phrases: Arc<[u8]>,
    facets: Facets,
    documents: Vec<(Parts, Vec<u32>)>,
    postings: Vec<Run>,
    /// Number of sections in the last batch.
    last_batch: usize,
}

impl PackWriter {
    /// An empty pack.
    pub fn new(options: PackOptions) -> Self {
        let mut known = Facets::default();
        for (facet, labels) in [
            (Facet::Kind, options.kinds),
            (Facet::EducationTheme, options.education_themes),
            (Facet::Collection, options.collections),
        ] {
            known[facet as usize] = FacetBuilder::of(labels);
        }
        Self {
            phrases: options.phrases.as_slice().into(),
            file_protocol: options.file_protocol,
            bundle: options.bundle,
            hot: Hot {
                phrases: options.phrases,
                ..Hot::default()
            },
            facets: known.clone(),
            known,
            documents: Vec::new(),
            postings: Vec::new(),
            last_batch: 0,
        }
    }

    /// An empty batch, to be filled, closed and added.
    pub fn batch(&self) -> Batch {
        Batch::new(self.known.clone(), self.phrases.clone())
    }

    /// Adds the pages of a batch behind those that are there.
    pub fn add(&mut self, ClosedBatch(batch): &ClosedBatch) {
        self.leave_room();
        self.last_batch = batch.lengths.len();
        let hot = &mut self.hot;
        let (pages, sections) = (hot.documents.len() as u32, hot.lengths.len() as u32);
        self.postings.extend(batch.runs.iter().map(|run| Run {
            base: run.base + sections,
            ..run.clone()
        }));
        hot.documents.extend(&batch.documents);
        hot.dates.extend(&batch.dates);
        hot.ended
            .extend(batch.ended.iter().map(|page| page + pages));
        hot.lengths.extend(&batch.lengths);
        hot.total_length += batch.total_length;
        hot.folded.extend(&batch.folded);
        for (parts, firsts) in &batch.document_runs {
            let firsts = firsts.iter().map(|first| first + sections);
            self.documents.push((parts.clone(), firsts.collect()));
        }
        for (facet, of_batch) in self.facets.iter_mut().zip(&batch.facets) {
            facet.append(of_batch);
        }
    }

    /// Leaves some numbers free behind the last batch, so that a section more or less in it does
    /// not change the numbers of all behind it, and with them all postings. They count to the
    /// last page, and nothing is found there.
    fn leave_room(&mut self) {
        let step = 1 << (self.last_batch / 8).checked_ilog2().unwrap_or(0);
        let free = self.last_batch.next_multiple_of(step) - self.last_batch;
        let hot = &mut self.hot;
        hot.lengths.resize(hot.lengths.len() + free, 0);
        hot.free += free as u32;
        if let Some(sections) = hot.documents.last_mut() {
            *sections += free as u32;
        }
    }

    /// Writes the pack: hands each file's path, relative to the site's `search/` folder, and
    /// its bytes to `put`, on several threads. Calls `between` once, between its two parts: laying
    /// out documents, and terms. Returns the number of sections.
    pub fn write<E: From<PackError> + Send>(
        self,
        put: impl Fn(String, Vec<u8>) -> Result<(), E> + Sync,
        between: impl FnOnce(),
    ) -> Result<usize, E> {
        let mut hot = self.hot;
        let mut runs = Runs::new(self.bundle, &put);
        for (parts, firsts) in self.documents {
            let run = runs.add(parts);
            hot.document_runs.push(DocumentRun { run, firsts });
        }
        runs.flush()?;
        between();
        let laid_out = layout::lay_out(&hot, &self.postings, &mut runs)?;
        drop(self.postings);
        (hot.pages, hot.page_runs) = (laid_out.pages, laid_out.page_runs);
        (hot.alphabet, hot.common) = (laid_out.merged.alphabet, laid_out.merged.common);
        opening::describe(&mut hot, laid_out.merged.files)?;
        hot.facets = self.facets.map(FacetBuilder::finish);
        let mut pairs = variants::variants(|c| hot.alphabet.binary_search(&c).is_ok());
        pairs.retain(|(from, _)| !hot.folded.contains_key(from));
        if !pairs.is_empty() {
            let table = pack::variants::write(&pairs);
            hot.variants = runs.add(Parts::of(&[table], &mut Deflater::default()));
        }
        hot.bundle = runs.finish()?;
        hot.id = hot::hash(&hot::write(&hot));
        let bytes = hot::write(&hot);
        if self.file_protocol {
            put("hot.js".to_owned(), script::wrap(&bytes))?;
        }
        put("hot.bin".to_owned(), bytes)?;
        Ok(hot.sections() as usize)
    }

    /// Writes the pack into memory.
    pub fn finish(self) -> Result<Pack, PackError> {
        let files = Mutex::new(Vec::new());
        let put = |path, bytes| {
            let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
            files.push((path, bytes));
            Ok::<_, PackError>(())
        };
        let sections = self.write(put, || {})?;
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        Ok(Pack { files, sections })
    }
}

fn add_line(text: &mut String, line: impl AsRef<str>) {
    if !line.as_ref().is_empty() {
        text.push_str(line.as_ref());
        text.push(BREAK);
    }
}

/// Adds what a folded title is found by besides its text.
fn add_names(names: &mut String, title: &str, whose: char) {
    let squeezed = tokenize::squeeze(title);
    if let Some(name) = schema::name(&squeezed, whose) {
        add_line(names, name);
    }
    for pair in query::pairs(&squeezed) {
        add_line(names, format!("{}{pair}", schema::TITLE_PAIR));
    }
    add_letters(names, title);
}

/// Adds what a title is found by in pinyin and by initials.
fn add_letters(names: &mut String, title: &str) {
    let keys = pinyin::keys(title);
    for (mark, keys) in [
        (schema::PINYIN, keys.full),
        (schema::INITIALS, keys.initials),
    ] {
        for key in keys {
            add_line(names, format!("{mark}{key}"));
        }
    }
}

/// The engine itself: files to be written beside the pack.
pub fn browser_assets() -> &'static [(&'static str, &'static [u8])] {
    static ASSETS: std::sync::OnceLock<Vec<(&'static str, &'static [u8])>> =
        std::sync::OnceLock::new();
    ASSETS.get_or_init(|| {
        let wasm: &[u8] = include_bytes!("../engine.wasm");
        let twin: &'static [u8] = script::wrap(wasm).leak();
        vec![
            ("embed.js", include_bytes!("../embed.js")),
            ("engine.js", include_bytes!("../engine.js")),
            ("engine.wasm", wasm),
            ("engine.wasm.js", twin),
        ]
    })
}
