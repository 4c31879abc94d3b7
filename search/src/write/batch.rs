//! Neighbouring pages → all that the pack needs of them, made on any thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::closed::ClosedBatch;
use super::postings::Postings;
use super::runs::Parts;
use super::{add_line, add_marked, add_names, variants};
use crate::number;
use crate::pack::PackError;
use crate::pack::document::{self, PageHead};
use crate::pack::hot;
use crate::pack::idiom::Idiom;
use crate::query;
use crate::schema;
use crate::tokenize;

/// A page of the site.
#[derive(Debug, Clone, Copy, Default, Hash)]
pub struct Page<'a> {
    /// The page's file, relative to `content/`.
    pub source: &'a str,
    /// Its address, relative to the site, percent-encoded.
    pub url: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What else it is called.
    pub names: &'a [&'a str],
    /// Its document number (文号); empty: none.
    pub number: &'a str,
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

/// A chunk of documents is closed when it holds this many bytes, before deflating.
const DOCUMENT_CHUNK: usize = 7 << 10;

/// The simplified form of a character, which is noted if it is another.
fn simplified(c: char, noted: &RefCell<&mut BTreeMap<char, char>>) -> char {
    let to = variants::simplified(c);
    if to != c {
        noted.borrow_mut().insert(c, to);
    }
    to
}

/// Pages that stand next to each other in the site. Batches are filled side by side; where one
/// ends and the next begins tells only in how documents share files.
pub struct Batch {
    /// What is done.
    closed: ClosedBatch,
    postings: Postings,
    head: PageHead,
    /// Names of the page, for its first section.
    names: String,
    /// The page's title, folded, and its last heading.
    title: String,
    heading: String,
    /// The run of documents that is open, and the first document in each of its chunks.
    open: Vec<document::Writer>,
    firsts: Vec<u32>,
    /// Runs that are not coded yet.
    documents: Vec<(Vec<String>, Vec<u32>)>,
    /// Whether the open chunk has the page's head.
    has_head: bool,
    idiom: Arc<Idiom>,
}

impl Batch {
    /// Without a page yet.
    pub(super) fn new(idiom: Arc<Idiom>) -> Self {
        Self {
            closed: ClosedBatch::default(),
            idiom,
            postings: Postings::default(),
            head: PageHead::default(),
            names: String::new(),
            title: String::new(),
            heading: String::new(),
            open: Vec::new(),
            firsts: Vec::new(),
            documents: Vec::new(),
            has_head: false,
        }
    }

    /// Begins a page.
    pub fn page(&mut self, page: &Page<'_>) {
        let full =
            |chunks: &[document::Writer]| chunks.iter().any(|chunk| chunk.len() >= DOCUMENT_CHUNK);
        if full(&self.open) {
            self.close_documents();
        }
        self.closed.documents.push(0);
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
        add_marked(&mut self.names, schema::SOURCE, page.source);
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
            add_marked(&mut self.names, schema::NUMBER_PAIR, pair);
        }
        add_line(&mut self.names, number);
    }

    /// Adds a section of the page.
    pub fn section(&mut self, section: &Section<'_>) -> Result<(), PackError> {
        let Some(count) = self.closed.documents.last_mut() else {
            return Err(PackError::Damaged("a section came before its page"));
        };
        *count += 1;
        let mut names = std::mem::take(&mut self.names);
        let title = self.fold(section.title);
        let squeezed = tokenize::squeeze(&title);
        let article = number::article_at_end(&squeezed).filter(|(before, _)| before.is_empty());
        match article {
            Some((_, article)) => add_line(&mut names, schema::article(article)),
            None => {
                self.heading.clear();
                add_names(&mut names, &title, schema::SECTION);
            }
        }
        self.postings.add(&names);
        let noted = RefCell::new(&mut self.closed.folded);
        let fold = |c| tokenize::fold_with(c, |c| simplified(c, &noted));
        // An article is also about what the heading above it says.
        let own = [self.title.as_str(), &self.heading, &title, section.text];
        let length = own.map(|part| self.postings.add_line(part, fold));
        let length = length.iter().sum::<u32>();
        // What others say of it makes it no longer.
        self.postings.add_line(section.cited, fold);
        if article.is_none() {
            self.heading.push_str(&title);
        }
        self.closed.lengths.push(hot::length_code(length));
        self.closed.total_length += u64::from(length);
        self.postings.close_section();
        self.add_document(section);
        Ok(())
    }

    /// Folds a text, and notes what was folded.
    fn fold(&mut self, text: &str) -> String {
        let mut folded = String::with_capacity(text.len());
        let noted = RefCell::new(&mut self.closed.folded);
        tokenize::fold_into(text, &mut folded, |c| simplified(c, &noted));
        folded
    }

    fn add_document(&mut self, section: &Section<'_>) {
        let open = self
            .open
            .last()
            .filter(|chunk| chunk.len() < DOCUMENT_CHUNK);
        if open.is_none() {
            self.open.push(document::Writer::default());
            self.firsts.push(self.closed.lengths.len() as u32 - 1);
            self.has_head = false;
        }
        let head = (!self.has_head).then_some(&self.head);
        if let Some(chunk) = self.open.last_mut() {
            let parts = [section.anchor, section.title, section.text];
            chunk.document(head, parts);
            self.has_head = true;
        }
    }

    fn close_documents(&mut self) {
        if !self.open.is_empty() {
            let chunks = std::mem::take(&mut self.open).into_iter();
            let texts = chunks.map(document::Writer::finish).collect();
            self.documents
                .push((texts, std::mem::take(&mut self.firsts)));
        }
    }

    /// Sorts and codes what was added.
    pub fn close(mut self) -> ClosedBatch {
        self.close_documents();
        let Self {
            mut closed,
            mut postings,
            documents,
            idiom,
            ..
        } = self;
        let documents = documents.into_par_iter();
        let coded = documents.map(|(texts, firsts)| (Parts::of_texts(&texts, &idiom), firsts));
        (closed.runs, closed.document_runs) = rayon::join(|| postings.take(), || coded.collect());
        closed
    }
}
