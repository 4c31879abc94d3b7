//! Pages and sections → [`Pack`]: a tantivy segment, cut into chunks, and the documents' texts
//! beside it. The same sections in the same order give the same bytes.
//!
//! [`Batch`]es of pages are made side by side; [`PackWriter`] puts them together.

mod again;
mod batch;
mod closed;
mod idiom;
mod layout;
mod merge;
mod model;
mod postings;
mod rounds;
mod runs;
mod segment;
mod tables;
mod tags;
mod variants;

pub use again::{Before, Id, Layout};
pub use batch::{Batch, Page, Section};
pub use closed::ClosedBatch;
pub use idiom::learn_idiom;
pub use model::learn_postings;
pub use runs::Files;
pub use tags::Tags;
pub(crate) use variants::simplified;

use std::sync::{Arc, Mutex, PoisonError};

use crate::pack::chunk::Deflater;
use crate::pack::facet::Facet;
use crate::pack::hot::{self, DocumentRun, Hot};
use crate::pack::idiom::Idiom;
use crate::pack::{self, PackError, script};
use crate::pinyin;
use crate::query;
use crate::schema;
use crate::tokenize::{self, BREAK};
use again::Added;
use layout::{Numbers, Shelf, Shelves};
use postings::Run;
use runs::{Outline, Parts, Runs};
use segment::Segment;
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
    /// How the site speaks, as [`learn_idiom`] learns it.
    pub idiom: Idiom,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self {
            file_protocol: true,
            bundle: 96 << 10,
            kinds: Vec::new(),
            education_themes: Vec::new(),
            collections: Vec::new(),
            idiom: Idiom::default(),
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
    /// The education themes as the options have them.
    known: FacetBuilder,
    /// The same as in `hot`, for all batches.
    idiom: Arc<Idiom>,
    facets: Facets,
    documents: Vec<(Parts, Vec<u32>)>,
    postings: Vec<Run>,
    batches: Vec<Added>,
    /// Number of sections in the last batch.
    last_batch: usize,
}

/// What was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Written {
    /// Number of sections.
    pub sections: usize,
    /// For the next pack; none of one that is a single file.
    pub layout: Option<Layout>,
}

impl PackWriter {
    /// An empty pack.
    pub fn new(options: PackOptions) -> Self {
        let mut facets = Facets::default();
        for (facet, labels) in [
            (Facet::Kind, options.kinds),
            (Facet::EducationTheme, options.education_themes),
            (Facet::Collection, options.collections),
        ] {
            facets[facet as usize] = FacetBuilder::of(labels);
        }
        Self {
            idiom: Arc::new(options.idiom.clone()),
            file_protocol: options.file_protocol,
            bundle: options.bundle,
            hot: Hot {
                idiom: options.idiom,
                ..Hot::default()
            },
            known: facets[Facet::EducationTheme as usize].clone(),
            facets,
            documents: Vec::new(),
            postings: Vec::new(),
            batches: Vec::new(),
            last_batch: 0,
        }
    }

    /// An empty batch, to be filled, closed and added. Of the options, it depends on the idiom.
    pub fn batch(&self) -> Batch {
        Batch::new(self.idiom.clone())
    }

    /// Adds the texts of pages, and their tags, behind those that are there; an id tells a batch
    /// from others.
    pub fn add(&mut self, (batch, id): (&ClosedBatch, Id), tags: (&ClosedBatch, Id)) {
        self.leave_room();
        self.last_batch = batch.lengths.len();
        let hot = &mut self.hot;
        let sections = hot.lengths.len() as u32;
        hot.documents.extend(&batch.documents);
        hot.lengths.extend(&batch.lengths);
        hot.total_length += batch.total_length;
        hot.folded.extend(&batch.folded);
        for (parts, firsts) in &batch.document_runs {
            let firsts = firsts.iter().map(|first| first + sections);
            self.documents.push((parts.clone(), firsts.collect()));
        }
        self.add_postings(batch, id, sections);
        self.tag(tags, sections);
    }

    /// Adds the tags of pages whose first section has the number `base`.
    fn tag(&mut self, (tags, id): (&ClosedBatch, Id), base: u32) {
        let pages = self.hot.dates.len() as u32;
        self.hot.dates.extend(&tags.dates);
        let ended = tags.ended.iter().map(|page| page + pages);
        self.hot.ended.extend(ended);
        for (facet, of_batch) in self.facets.iter_mut().zip(&tags.facets) {
            facet.append(of_batch);
        }
        self.add_postings(tags, id, base);
    }

    fn add_postings(&mut self, batch: &ClosedBatch, id: Id, base: u32) {
        let before = self.postings.len();
        self.postings.extend(batch.postings(base));
        self.batches.push(Added {
            id,
            base,
            runs: before..self.postings.len(),
        });
    }

    /// Number of chunks of its documents.
    pub fn document_chunks(&self) -> usize {
        self.documents.iter().map(|(_, firsts)| firsts.len()).sum()
    }

    /// What tells its batches from others.
    pub fn batches(&self) -> impl Iterator<Item = Id> {
        self.batches.iter().map(|batch| batch.id)
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

    /// Writes the pack into `files`; of the pack `before`, what did not change is taken over. Once
    /// the documents are laid out, tells `merging` how much of how much of the terms is merged, from 0 on.
    ///
    /// # Errors
    /// When a file is not taken, or the pack is too large.
    pub fn write<E: From<PackError> + Send>(
        mut self,
        files: &Files<'_, E>,
        mut before: Option<Before<'_>>,
        merging: impl FnMut(usize, usize) + Send,
    ) -> Result<Written, E> {
        let mut hot = std::mem::take(&mut self.hot);
        let numbers = Numbers::of(&hot);
        let documents = hot.lengths.len();
        let kept = before.as_mut();
        let kept = kept.map(|before| std::mem::take(&mut before.layout.segment));
        let (segment, laid) = rayon::join(
            || Segment::of(documents, kept),
            || self.lay_out(numbers, files, before, merging),
        );
        let LaidOut {
            mut runs,
            document_runs,
            shelves,
        } = laid?;
        drop(self.postings);
        let segment = segment?;
        segment.tell(&mut hot);
        hot.document_runs = document_runs;
        shelves.tell(&mut hot);
        hot.facets = self.facets.map(FacetBuilder::finish);
        let mut pairs = variants::variants(|c| hot.alphabet.binary_search(&c).is_ok());
        pairs.retain(|(from, _)| !hot.folded.contains_key(from));
        if !pairs.is_empty() {
            let table = pack::variants::write(&pairs);
            hot.variants = runs.add(Parts::of(&[table], &mut Deflater::default()));
        }
        let is_bundle = runs.is_bundle();
        hot.bundle = runs.finish()?;
        let bytes = hot::write(&hot);
        let id = hot::hash(&bytes);
        if self.file_protocol {
            (files.put)("hot.js".to_owned(), id, &|| Ok(script::wrap(&bytes)))?;
        }
        (files.put)("hot.bin".to_owned(), id, &|| Ok(bytes.clone()))?;
        let layout = || Layout {
            numbers,
            batches: self.batches.iter().map(|b| (b.id, b.base)).collect(),
            shelves: shelves.shelves,
            segment,
        };
        Ok(Written {
            sections: numbers.sections as usize,
            layout: (!is_bundle).then(layout),
        })
    }

    /// Lays out documents and terms.
    fn lay_out<'a, E: From<PackError> + Send>(
        &self,
        numbers: Numbers,
        files: &'a Files<'a, E>,
        before: Option<Before<'_>>,
        mut merging: impl FnMut(usize, usize),
    ) -> Result<LaidOut<'a, E>, E> {
        let has = |run: &Outline| {
            let mut paths = run.paths();
            paths.all(|path| (files.has)(&path, run.digest.number()))
        };
        let shelves =
            before.map(|before| before.shelves(numbers, &self.batches, &self.postings, has));
        let shelves = shelves.transpose()?.unwrap_or_default();
        let mut lay = |shelves: &[(Shelf, bool)]| {
            let mut runs = Runs::new(self.bundle, files, !shelves.is_empty());
            let documents = self.documents.iter();
            let document_runs = documents.map(|(parts, firsts)| DocumentRun {
                run: runs.add(parts.clone()),
                firsts: firsts.clone(),
            });
            let document_runs = document_runs.collect();
            runs.flush()?;
            merging(0, 1);
            let shelves =
                layout::lay_out(numbers, &self.postings, shelves, &mut runs, &mut merging)?;
            Ok::<_, E>(LaidOut {
                runs,
                document_runs,
                shelves,
            })
        };
        if !shelves.is_empty() {
            let laid = lay(&shelves)?;
            // What runs are called then depends on them all.
            if !laid.runs.clashes() && !laid.runs.is_bundle() {
                return Ok(laid);
            }
        }
        lay(&[])
    }

    /// Writes the pack into memory.
    pub fn finish(self) -> Result<Pack, PackError> {
        let written = Mutex::new(Vec::new());
        let put = |path, _, make: &dyn Fn() -> Result<Vec<u8>, PackError>| {
            let bytes = make()?;
            let mut files = written.lock().unwrap_or_else(PoisonError::into_inner);
            files.push((path, bytes));
            Ok::<_, PackError>(())
        };
        let files = Files {
            put: &put,
            has: &|_, _| false,
        };
        let sections = self.write(&files, None, |_, _| {})?.sections;
        let mut files = written.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        Ok(Pack { files, sections })
    }
}

/// What the chunks of a pack are, and where.
struct LaidOut<'a, E> {
    runs: Runs<'a, E>,
    document_runs: Vec<DocumentRun>,
    shelves: Shelves,
}

fn add_line(text: &mut String, line: impl AsRef<str>) {
    if !line.as_ref().is_empty() {
        text.push_str(line.as_ref());
        text.push(BREAK);
    }
}

fn add_marked(text: &mut String, mark: char, line: &str) {
    text.push(mark);
    text.push_str(line);
    text.push(BREAK);
}

/// Adds what a folded title is found by besides its text.
fn add_names(names: &mut String, title: &str, whose: char) {
    let squeezed = tokenize::squeeze(title);
    if let Some(name) = schema::name(&squeezed, whose) {
        add_line(names, name);
    }
    for pair in query::pairs(&squeezed) {
        add_marked(names, schema::TITLE_PAIR, pair);
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
            add_marked(names, mark, &key);
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
