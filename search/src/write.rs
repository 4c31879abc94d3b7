//! Pages and sections → [`Pack`]: a tantivy segment in memory, cut into chunks, and the
//! documents' texts beside it. The same sections in the same order give the same bytes.

mod layout;
mod runs;
mod stream;
mod tables;
mod variants;

pub(crate) use variants::simplified;

use std::collections::BTreeMap;
use std::path::Path;

use tantivy::directory::RamDirectory;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::schema::{Field, TantivyDocument};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Directory, Index};

use crate::number;
use crate::pack::document::{self, PageHead};
use crate::pack::facet::Facet;
use crate::pack::hot::{self, DocumentRun, Hot};
use crate::pack::{self, PackError};
use crate::pinyin;
use crate::query;
use crate::schema;
use crate::tokenize::{self, BREAK};
use runs::Runs;
use stream::AllTerms;
use tables::FacetBuilder;

/// A page of the site.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// The page's file, relative to `content/`.
    pub source: &'a str,
    /// Its address, relative to the site, percent-encoded.
    pub url: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What else it is called.
    pub names: &'a [&'a str],
    /// Its kind's id.
    pub kind: &'a str,
    /// Ids of its education themes.
    pub education_themes: &'a [&'a str],
    /// Its date, `2016-02-06`.
    pub date: Option<&'a str>,
    /// Its status in words; empty: none.
    pub status: &'a str,
    /// Whether it has ceased to be in force: then it ranks after what has not.
    pub ended: bool,
    /// Who issued it; empty: nobody.
    pub issuer: &'a str,
    /// Its document number (文号); empty: none.
    pub number: &'a str,
    /// Id of its collection; empty: none.
    pub collection: &'a str,
    /// Names of the folders above it, the uppermost first.
    pub trail: &'a [&'a str],
}

/// A searchable section of the page added last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Section<'a> {
    /// Its anchor, percent-encoded, without `#`; empty: the page's beginning.
    pub anchor: &'a str,
    /// The heading's text or the article's number; empty before the first heading.
    pub title: &'a str,
    /// Plain text without the heading or number it begins with; a line a paragraph.
    pub text: &'a str,
    /// What pages say that lead here: found by it, too, but not shown.
    pub cited: &'a str,
}

/// What a kind, a collection or an education theme is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PackOptions {
    /// Whether to write the scripts that stand in for the chunks on `file://`.
    pub file_protocol: bool,
    /// A pack whose chunks are no more than so many bytes in all is one file.
    pub bundle: usize,
    /// The kinds, in the order they are shown in.
    pub kinds: Vec<Label>,
    /// The education themes.
    pub education_themes: Vec<Label>,
    /// The collections.
    pub collections: Vec<Label>,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self {
            file_protocol: true,
            bundle: 256 << 10,
            kinds: Vec::new(),
            education_themes: Vec::new(),
            collections: Vec::new(),
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

/// Bytes that tantivy may use before its first growth.
const MEMORY: usize = 64 << 20;
/// A chunk of documents is closed when it holds this many bytes, before deflating.
const DOCUMENT_CHUNK: usize = 5 << 10;

/// Collects pages with their sections and writes the pack.
pub struct PackWriter {
    file_protocol: bool,
    bundle: usize,
    directory: RamDirectory,
    writer: SingleSegmentIndexWriter,
    field: Field,
    hot: Hot,
    runs: Runs,
    facets: [FacetBuilder; Facet::ALL.len()],
    /// Characters that were folded, and to what.
    folded: BTreeMap<char, char>,
    head: PageHead,
    /// Names of the page, for its first section.
    names: String,
    /// The page's title, folded, and its last heading.
    title: String,
    heading: String,
    /// The run of documents that is open, and the first document in each of its chunks.
    documents: Vec<Vec<u8>>,
    firsts: Vec<u32>,
    /// Whether the open chunk has the page's head.
    has_head: bool,
}

impl PackWriter {
    /// An empty pack.
    pub fn new(options: PackOptions) -> Result<Self, PackError> {
        let (schema, field) = schema::schema();
        let tokenizers = TokenizerManager::new();
        tokenizers.register(schema::TERMS, TextAnalyzer::from(AllTerms::default()));
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(directory.clone(), MEMORY)?;
        let mut facets: [FacetBuilder; Facet::ALL.len()] = Default::default();
        for (facet, labels) in [
            (Facet::Kind, options.kinds),
            (Facet::EducationTheme, options.education_themes),
            (Facet::Collection, options.collections),
        ] {
            facets[facet as usize] = FacetBuilder::of(labels);
        }
        Ok(Self {
            file_protocol: options.file_protocol,
            bundle: options.bundle,
            directory,
            writer,
            field,
            hot: Hot::default(),
            runs: Runs::default(),
            facets,
            folded: BTreeMap::new(),
            head: PageHead::default(),
            names: String::new(),
            title: String::new(),
            heading: String::new(),
            documents: Vec::new(),
            firsts: Vec::new(),
            has_head: false,
        })
    }

    /// Begins a page.
    pub fn page(&mut self, page: &Page<'_>) -> Result<(), PackError> {
        let full = |chunks: &[Vec<u8>]| chunks.iter().any(|chunk| chunk.len() >= DOCUMENT_CHUNK);
        if full(&self.documents) {
            self.close_documents();
        }
        self.hot.documents.push(0);
        let year = page.date.and_then(|date| date.get(..4)).unwrap_or_default();
        let date = page.date.unwrap_or_default().replace('-', "");
        self.hot.dates.push(date.parse().unwrap_or(0));
        if page.ended {
            self.hot.ended.push(self.hot.documents.len() as u32 - 1);
        }
        for (facet, values) in [
            (Facet::Kind, &[page.kind][..]),
            (Facet::EducationTheme, page.education_themes),
            (Facet::Year, &[year]),
            (Facet::Issuer, &[page.issuer]),
            (Facet::Status, &[page.status]),
            (Facet::Collection, &[page.collection]),
        ] {
            self.facets[facet as usize].add_page(values);
        }
        self.head = PageHead {
            source: page.source.to_owned(),
            url: page.url.to_owned(),
            title: page.title.to_owned(),
            number: page.number.to_owned(),
            trail: page.trail.iter().map(|&name| name.to_owned()).collect(),
        };
        self.has_head = false;
        self.heading.clear();
        self.title = self.fold(page.title);
        self.names.clear();
        add_line(
            &mut self.names,
            format!("{}{}", schema::SOURCE, page.source),
        );
        let title = self.title.clone();
        add_names(&mut self.names, &title, schema::PAGE);
        for name in page.names {
            let squeezed = tokenize::squeeze(&self.fold(name));
            let name = schema::name(&squeezed, schema::PAGE);
            add_line(
                &mut self.names,
                name.filter(|_| squeezed != tokenize::squeeze(&title))
                    .unwrap_or_default(),
            );
        }
        let number = self.fold(page.number);
        for pair in query::pairs(&tokenize::squeeze(&number)) {
            add_line(&mut self.names, format!("{}{pair}", schema::NUMBER_PAIR));
        }
        add_line(&mut self.names, number);
        for theme in page.education_themes {
            let name = self.facets[Facet::EducationTheme as usize].name(theme);
            add_letters(&mut self.names, name);
        }
        Ok(())
    }

    /// Adds a section of the page.
    pub fn section(&mut self, section: &Section<'_>) -> Result<(), PackError> {
        let Some(count) = self.hot.documents.last_mut() else {
            return Err(PackError::Damaged("a section came before its page"));
        };
        *count += 1;
        let mut text = std::mem::take(&mut self.names);
        let title = self.fold(section.title);
        let squeezed = tokenize::squeeze(&title);
        let article = number::article_at_end(&squeezed).filter(|(before, _)| before.is_empty());
        match article {
            Some((_, article)) => add_line(&mut text, schema::article(article)),
            None => {
                self.heading.clear();
                add_names(&mut text, &title, schema::SECTION);
            }
        }
        let names = text.len();
        // An article is also about what the heading above it says.
        let body = self.fold(section.text);
        for part in [&self.title, &self.heading, &title, &body] {
            text.push_str(part);
            text.push(BREAK);
        }
        if article.is_none() {
            self.heading.push_str(&title);
        }
        // What others say of it makes it no longer.
        let length = text[names..]
            .chars()
            .filter(|&c| !tokenize::is_gap(c))
            .count() as u32;
        let cited = self.fold(section.cited);
        add_line(&mut text, cited);
        self.hot.lengths.push(hot::length_code(length));
        self.hot.total_length += u64::from(length);
        let mut document = TantivyDocument::new();
        document.add_text(self.field, text);
        self.writer.add_document(document)?;
        self.add_document(section);
        Ok(())
    }

    /// Folds a text, and notes what was folded.
    fn fold(&mut self, text: &str) -> String {
        let mut folded = String::with_capacity(text.len());
        let noted = std::cell::RefCell::new(&mut self.folded);
        tokenize::fold_into(text, &mut folded, |c| {
            let to = variants::simplified(c);
            if to != c {
                noted.borrow_mut().insert(c, to);
            }
            to
        });
        folded
    }

    fn add_document(&mut self, section: &Section<'_>) {
        let open = self
            .documents
            .last()
            .filter(|chunk| chunk.len() < DOCUMENT_CHUNK);
        if open.is_none() {
            self.documents.push(Vec::new());
            self.firsts.push(self.hot.lengths.len() as u32 - 1);
            self.has_head = false;
        }
        let head = (!self.has_head).then_some(&self.head);
        if let Some(chunk) = self.documents.last_mut() {
            let parts = [section.anchor, section.title, section.text];
            document::write(chunk, head, parts);
            self.has_head = true;
        }
    }

    fn close_documents(&mut self) {
        if !self.documents.is_empty() {
            let run = self.runs.add(std::mem::take(&mut self.documents));
            let firsts = std::mem::take(&mut self.firsts);
            self.hot.document_runs.push(DocumentRun { run, firsts });
        }
    }

    /// Writes the pack.
    pub fn finish(mut self) -> Result<Pack, PackError> {
        self.close_documents();
        self.writer.finalize()?;
        let mut hot = self.hot;
        let mut runs = self.runs;
        let mut bytes = Vec::new();
        for (name, file) in index_files(&self.directory)? {
            hot.files.push((name, file.len() as u64));
            bytes.extend(file);
        }
        if u32::try_from(bytes.len()).is_err() {
            return Err(PackError::TooLarge("more than 4 GiB"));
        }
        layout::lay_out(&mut hot, bytes, &mut runs)?;
        hot.facets = self.facets.map(FacetBuilder::finish);
        let mut pairs = variants::variants(|c| hot.alphabet.binary_search(&c).is_ok());
        pairs.retain(|(from, _)| !self.folded.contains_key(from));
        hot.folded = self.folded;
        if !pairs.is_empty() {
            hot.variants = runs.add(vec![pack::variants::write(&pairs)]);
        }
        hot.bundle = runs.bundle(self.bundle);
        hot.id = hot::hash(&hot::write(&hot));
        let sections = hot.lengths.len();
        let bytes = hot::write(&hot);
        let mut files = runs.into_files(self.file_protocol);
        if self.file_protocol {
            files.push(("hot.js".to_owned(), runs::script(&[&bytes])));
        }
        files.push(("hot.bin".to_owned(), bytes));
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

/// tantivy's files, the random name of their segment replaced by zeros.
fn index_files(directory: &RamDirectory) -> Result<Vec<(String, Vec<u8>)>, PackError> {
    let read = |name: &str| {
        let bytes = directory.atomic_read(Path::new(name));
        bytes.map_err(|error| PackError::Index(error.into()))
    };
    let meta = String::from_utf8(read("meta.json")?)
        .map_err(|_| PackError::Damaged("meta.json is not UTF-8"))?;
    let value: serde_json::Value =
        serde_json::from_str(&meta).map_err(|_| PackError::Damaged("meta.json is not JSON"))?;
    let id = value["segments"][0]["segment_id"]
        .as_str()
        .ok_or(PackError::Damaged("meta.json names no segment"))?;
    let zeros = id.replace(|c: char| c != '-', "0");
    let mut files = vec![(
        "meta.json".to_owned(),
        meta.replace(id, &zeros).into_bytes(),
    )];
    for extension in ["term", "idx", "pos", "store", "fast", "fieldnorm"] {
        let name = format!("{}.{extension}", id.replace('-', ""));
        if directory.exists(Path::new(&name)).unwrap_or(false) {
            let zeros = format!("{}.{extension}", zeros.replace('-', ""));
            files.push((zeros, read(&name)?));
        }
    }
    Ok(files)
}

/// The engine itself: files to be written beside the pack.
pub fn browser_assets() -> &'static [(&'static str, &'static [u8])] {
    static ASSETS: std::sync::OnceLock<Vec<(&'static str, &'static [u8])>> =
        std::sync::OnceLock::new();
    ASSETS.get_or_init(|| {
        let wasm: &[u8] = include_bytes!("../engine.wasm");
        let twin: &'static [u8] = runs::script(&[wasm]).leak();
        vec![
            ("embed.js", include_bytes!("../embed.js")),
            ("engine.js", include_bytes!("../engine.js")),
            ("engine.wasm", wasm),
            ("engine.wasm.js", twin),
        ]
    })
}
