//! Sections → [`Pack`]: a tantivy segment in memory, cut into chunks, and the
//! documents' texts beside it. The same sections in the same order give the same bytes.

use std::collections::HashMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tantivy::directory::RamDirectory;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::schema::TantivyDocument;
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{Directory, Index};

use crate::cut;
use crate::number;
use crate::pack::{self, DOCUMENT_CHUNK, Hot, PackError, PageRow};
use crate::schema::{self, Fields};
use crate::tokenize::stream::{Characters, Pairs};
use crate::tokenize::{self};

/// One searchable section of a page. Sections come page by page, in order.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    /// The page's file, relative to `content/`.
    pub source: &'a str,
    /// The section's address, with its anchor.
    pub url: &'a str,
    /// The page's title.
    pub page_title: &'a str,
    /// The heading's text or the article's number; empty before the first heading.
    pub title: &'a str,
    /// Plain text without the heading or number it begins with; a line a paragraph.
    pub text: &'a str,
    /// The page's kind.
    pub kind: &'a str,
    /// Ids of the page's education themes.
    pub education_themes: &'a [&'a str],
    /// The page's date, `2016-02-06`.
    pub date: Option<&'a str>,
}

/// What a pack is made with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PackOptions {
    /// Whether to write the scripts that stand in for the chunks on `file://`.
    pub file_protocol: bool,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self {
            file_protocol: true,
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
/// Chunks in one script on `file://`, where a request costs little and a file a lot.
pub(crate) const SCRIPT_CHUNKS: usize = 16;

/// Collects sections and writes the pack.
pub struct PackWriter {
    options: PackOptions,
    directory: RamDirectory,
    writer: SingleSegmentIndexWriter,
    fields: Fields,
    hot: Hot,
    kinds: HashMap<String, u32>,
    themes: HashMap<String, u32>,
    theme_sets: HashMap<Vec<u32>, u32>,
    last_source: String,
    /// The last heading of the page.
    heading: String,
    folded: String,
    /// The open chunk of documents, and the closed ones, deflated.
    documents: Vec<u8>,
    closed: Vec<Vec<u8>>,
}

impl PackWriter {
    /// An empty pack.
    pub fn new(options: PackOptions) -> Result<Self, PackError> {
        let (schema, fields) = schema::schema();
        let tokenizers = TokenizerManager::new();
        tokenizers.register(schema::PAIRS, TextAnalyzer::from(Pairs::default()));
        tokenizers.register(
            schema::CHARACTERS,
            TextAnalyzer::from(Characters::default()),
        );
        tokenizers.register(schema::NAMES, TextAnalyzer::from(RawTokenizer::default()));
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(directory.clone(), MEMORY)?;
        Ok(Self {
            options,
            directory,
            writer,
            fields,
            hot: Hot::default(),
            kinds: HashMap::new(),
            themes: HashMap::new(),
            theme_sets: HashMap::new(),
            last_source: String::new(),
            heading: String::new(),
            folded: String::new(),
            documents: Vec::new(),
            closed: Vec::new(),
        })
    }

    /// Adds a section.
    pub fn add(&mut self, section: &Section<'_>) -> Result<(), PackError> {
        let mut document = TantivyDocument::new();
        if self.hot.pages.is_empty() || self.last_source != section.source {
            self.last_source.clear();
            self.last_source.push_str(section.source);
            self.heading.clear();
            self.add_page(section);
            let name = schema::page_name(&tokenize::squeeze(section.page_title));
            name.iter()
                .for_each(|name| document.add_text(self.fields.names, name));
        }
        if let Some(page) = self.hot.pages.last_mut() {
            page.documents += 1;
        }
        let title = tokenize::squeeze(section.title);
        let article = number::article_at_end(&title).filter(|(before, _)| before.is_empty());
        match article {
            Some((_, article)) => {
                document.add_text(self.fields.names, schema::article_name(article));
            }
            None => {
                self.heading.clear();
                let name = schema::section_name(&title);
                name.iter()
                    .for_each(|name| document.add_text(self.fields.names, name));
            }
        }
        self.folded.clear();
        // An article is also about what the heading above it says.
        for text in [
            section.page_title,
            &self.heading,
            section.title,
            section.text,
        ] {
            tokenize::fold_into(text, &mut self.folded);
            self.folded.push(tokenize::BREAK);
        }
        if article.is_none() {
            self.heading.push_str(section.title);
        }
        let length = self
            .folded
            .chars()
            .filter(|&c| !tokenize::is_gap(c))
            .count() as u32;
        self.hot.lengths.push(pack::length_code(length));
        self.hot.total_length += u64::from(length);
        document.add_text(self.fields.pairs, &self.folded);
        document.add_text(self.fields.characters, &self.folded);
        self.writer.add_document(document)?;
        self.add_text(section);
        Ok(())
    }

    fn add_page(&mut self, section: &Section<'_>) {
        let mut set: Vec<u32> = Vec::new();
        for theme in section.education_themes {
            set.push(number_of(
                theme,
                &mut self.themes,
                &mut self.hot.education_themes,
            ));
        }
        set.sort_unstable();
        set.dedup();
        let next = self.theme_sets.len() as u32;
        let theme_set = *self.theme_sets.entry(set).or_insert_with_key(|set| {
            self.hot.theme_sets.push(set.clone());
            next
        });
        self.hot.pages.push(PageRow {
            documents: 0,
            kind: number_of(section.kind, &mut self.kinds, &mut self.hot.kinds),
            theme_set,
        });
    }

    fn add_text(&mut self, section: &Section<'_>) {
        if self.documents.is_empty() {
            let first = self.hot.lengths.len() as u32 - 1;
            self.hot.document_chunks.push(first);
        }
        let parts = [
            section.source,
            section.url,
            section.page_title,
            section.title,
            section.date.unwrap_or(""),
            section.text,
        ];
        pack::write_document(&mut self.documents, parts);
        if self.documents.len() >= DOCUMENT_CHUNK {
            self.close_documents();
        }
    }

    fn close_documents(&mut self) {
        if !self.documents.is_empty() {
            self.closed.push(pack::deflate(&self.documents));
            self.documents.clear();
        }
    }

    /// Writes the pack.
    pub fn finish(mut self) -> Result<Pack, PackError> {
        self.close_documents();
        self.writer.finalize()?;
        let index = index_files(&self.directory)?;
        let mut hot = self.hot;
        let mut bytes = Vec::new();
        for (name, file) in index {
            hot.files.push((name, file.len() as u64));
            bytes.extend(file);
        }
        if u32::try_from(bytes.len()).is_err() {
            return Err(PackError::TooLarge("more than 4 GiB"));
        }
        let survey = cut::survey(&hot, &bytes)?;
        hot.opening = survey
            .opening
            .into_iter()
            .map(|range| (range.start as u64, bytes[range].to_vec()))
            .collect();
        let ends = survey.cuts.iter().skip(1).map(|&cut| cut as usize);
        let mut chunks: Vec<Vec<u8>> = survey
            .cuts
            .iter()
            .zip(ends.chain([bytes.len()]))
            .map(|(&start, end)| pack::deflate(&bytes[start as usize..end]))
            .collect();
        hot.cuts = survey.cuts;
        hot.common = survey.common;
        chunks.append(&mut self.closed);
        hot.hashes = chunks.iter().map(|chunk| pack::chunk_hash(chunk)).collect();
        hot.id = 0;
        hot.id = pack::hash(&pack::write_hot(&hot));
        let sections = hot.lengths.len();
        let files = files(&hot, chunks, &self.options)?;
        Ok(Pack { files, sections })
    }
}

fn number_of(name: &str, numbers: &mut HashMap<String, u32>, names: &mut Vec<String>) -> u32 {
    if let Some(&number) = numbers.get(name) {
        return number;
    }
    let number = names.len() as u32;
    numbers.insert(name.to_owned(), number);
    names.push(name.to_owned());
    number
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

/// The pack's files: `hot.bin`, the chunks, and their scripts for `file://`.
fn files(
    hot: &Hot,
    chunks: Vec<Vec<u8>>,
    options: &PackOptions,
) -> Result<Vec<(String, Vec<u8>)>, PackError> {
    let bytes = pack::write_hot(hot);
    let mut files = Vec::new();
    if options.file_protocol {
        files.push(("hot.js".to_owned(), script("hot.bin", &[&bytes])));
        for (number, group) in chunks.chunks(SCRIPT_CHUNKS).enumerate() {
            let parts: Vec<&[u8]> = group.iter().map(Vec::as_slice).collect();
            let name = format!("{:016x}-{number}", hot.id);
            files.push((format!("chunks/{number}.js"), script(&name, &parts)));
        }
    }
    files.push(("hot.bin".to_owned(), bytes));
    for (chunk, hash) in chunks.into_iter().zip(&hot.hashes) {
        files.push((format!("chunks/{}.bin", pack::hex(hash)), chunk));
    }
    files.sort();
    for pair in files.windows(2) {
        if pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1 {
            return Err(PackError::Damaged("two chunks have one hash"));
        }
    }
    // Equal chunks share a file.
    files.dedup();
    Ok(files)
}

/// A classic script that hands bytes to the engine's loader, which a page opened from
/// a folder may load where it may not fetch.
fn script(name: &str, parts: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("\"{}\"", BASE64.encode(part)))
        .collect();
    format!("InkstoneEngine.deliver(\"{name}\",[{}])\n", parts.join(",")).into_bytes()
}

/// The engine itself: files to be written beside the pack.
pub fn browser_assets() -> &'static [(&'static str, &'static [u8])] {
    static ASSETS: std::sync::OnceLock<Vec<(&'static str, &'static [u8])>> =
        std::sync::OnceLock::new();
    ASSETS.get_or_init(|| {
        let wasm: &[u8] = include_bytes!("../engine.wasm");
        let twin: &'static [u8] = script("engine.wasm", &[wasm]).leak();
        vec![
            ("engine.js", include_bytes!("../engine.js")),
            ("engine.wasm", wasm),
            ("engine.wasm.js", twin),
        ]
    })
}
