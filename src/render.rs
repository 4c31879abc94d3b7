//! Site + theme → output. One format a file, one table of formats.

mod assets;
mod context;
mod facets;
mod feed;
mod fill;
mod html;
mod languages;
pub mod look;
mod media;
mod offline;
mod pager;
mod pages;
mod search;
mod sitemap;
mod words;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use tera::Value;

use crate::compress::Compression;
use crate::content::body::Texts;
use crate::content::site::Site;
use crate::diagnostic::Failure;
use crate::hash::Key;
use crate::language::Language;
use crate::observer::{Observer, Span, Stage};
use crate::output::Output;
use crate::theme::Theme;
pub use search::Indexes;

/// One language's looks and settings.
#[derive(Debug)]
pub struct Edition {
    /// With the strings of the language.
    pub theme: Theme,
    /// What of the settings shows on its pages.
    pub settings: Settings,
}

/// What of the settings shows on the pages of one edition.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The place of the edition in the site.
    pub edition: usize,
    /// The folder of the edition, with a `/` behind; empty for the site's own language.
    pub top: String,
    /// The site's name.
    pub title: String,
    /// One sentence.
    pub description: String,
    /// BCP 47 tag.
    pub language: String,
    /// With a trailing `/`; empty: the site must work under any path and from `file://`.
    pub base_url: String,
    /// The line at the foot.
    pub copyright: String,
    /// The folders of the collections, in the site's order.
    pub collections: Vec<String>,
    /// Cards on one page of a list.
    pub page_size: usize,
    /// Whether search must work from `file://`.
    pub file_protocol: bool,
    /// Compressed copies to write beside the files of search.
    pub precompress: Vec<Compression>,
    /// What the site's owner says about its looks.
    pub look: look::Look,
}

impl Settings {
    fn interface(&self) -> Language {
        Language::from_tag(&self.language)
    }

    /// An address that every edition has, such as that of search, in this one.
    fn own(&self, address: &str) -> String {
        format!("{}{address}", self.top)
    }

    /// The first part of an address below the edition's top, by which the navigation knows it.
    fn section<'a>(&self, address: &'a str) -> &'a str {
        let below = address.strip_prefix(self.top.as_str()).unwrap_or(address);
        let end = below.find('/').unwrap_or(below.len());
        &address[..address.len() - below.len() + end]
    }

    /// A page's address as links end in it: a double click opens no folder, so without a base
    /// address the file is named.
    fn href(&self, address: &str) -> String {
        let mut href = crate::content::address::encode_uri(address);
        if self.base_url.is_empty() && (href.is_empty() || href.ends_with('/')) {
            href.push_str("index.html");
        }
        href
    }

    /// Folders at the top, in the order of the site's collections; the rest behind, by name.
    fn folders_in_order<'a>(&self, folders: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
        let mut folders = folders.map(String::as_str).collect::<Vec<_>>();
        let place = |folder: &str| {
            let mut dirs = self.collections.iter();
            let below = folder.strip_prefix(self.top.as_str()).unwrap_or(folder);
            dirs.position(|dir| format!("{dir}/").starts_with(below))
        };
        folders.sort_by_key(|folder| place(folder).unwrap_or(usize::MAX));
        folders
    }

    /// The full address of a page for feeds and site maps; relative to the root where the site
    /// does not know its own.
    fn absolute(&self, address: &str) -> String {
        let encoded = crate::content::address::encode_uri(address);
        format!("{}{encoded}", self.base_url)
    }
}

/// What every format is made from.
struct Job<'a> {
    site: &'a Site,
    texts: Texts<'a>,
    theme: &'a Theme,
    settings: &'a Settings,
    indexes: &'a Indexes,
    output: &'a Output,
    observer: &'a Observer,
}

impl Job<'_> {
    /// Whether a page is one of the edition's.
    fn has(&self, place: usize) -> bool {
        self.site.edition(place) == self.settings.edition
    }

    /// The edition's pages.
    fn pages(&self) -> impl Iterator<Item = usize> {
        (0..self.site.pages.len()).filter(|&place| self.has(place))
    }

    /// Writes a file of the site.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let _writing = self.span(Stage::Write, path);
        self.output.put(path, bytes)?;
        self.observer.wrote();
        Ok(())
    }

    /// Writes a file of the site that `make` makes. With `from`, it depends on nothing but what has
    /// that key: if it was made from the same before, it stays as it is.
    fn make(
        &self,
        path: &str,
        from: Option<Key>,
        make: impl FnOnce() -> Result<Vec<u8>, Failure>,
    ) -> Result<(), Failure> {
        if from.map_or(Ok(false), |from| self.keep(path, from))? {
            return Ok(());
        }
        let bytes = make()?;
        let _writing = self.span(Stage::Write, path);
        self.output.put_made(path, bytes, from)?;
        self.observer.wrote();
        Ok(())
    }

    /// Whether a file of the site before was made from what has this key, and stays.
    fn keep(&self, path: &str, from: Key) -> Result<bool, Failure> {
        let _writing = self.span(Stage::Write, path);
        let stays = self.output.keep(path, from)?;
        if stays {
            self.observer.wrote();
        }
        Ok(stays)
    }

    fn span<'s>(&'s self, stage: Stage, name: &'s str) -> Option<Span<'s>> {
        self.observer.span(stage, name)
    }

    /// So many pages are through this stage.
    fn done(&self, stage: Stage, pages: usize) {
        self.observer.done(stage, pages);
    }
}

type Format = fn(&Job<'_>) -> Result<(), Failure>;

/// What every edition has, the longest first, so that the others run beside it.
const FORMATS: [Format; 3] = [pages::render, feed::render, assets::of_edition];
/// What the site has once.
const SHARED: [Format; 2] = [sitemap::render, assets::render];

/// Tells the themes what all pages of their editions share.
pub fn prepare(site: &Site, editions: &mut [Edition]) {
    for Edition { theme, settings } in &mut *editions {
        context::share(theme, site, settings);
    }
    share_words(site, editions);
}

/// What is rendered: a site, in editions that are prepared.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its pages' texts.
    pub texts: Texts<'a>,
    /// Its languages.
    pub editions: &'a [Edition],
    /// What its index may reuse.
    pub indexes: &'a Indexes,
}

impl<'a> Draft<'a> {
    fn jobs(self, output: &'a Output, observer: &'a Observer) -> Vec<Job<'a>> {
        let editions = self.editions.iter();
        let jobs = editions.map(|Edition { theme, settings }| Job {
            site: self.site,
            texts: self.texts,
            theme,
            settings,
            indexes: self.indexes,
            output,
            observer,
        });
        jobs.collect()
    }
}

/// Makes one file of the site, as [`render`] would; those of the index, and what makes the site
/// installable, are not among them.
///
/// # Errors
/// When the theme has a fault or something cannot be read.
pub fn one(draft: Draft<'_>, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let (output, observer) = (Output::of_one(path), Observer::default());
    let jobs = draft.jobs(&output, &observer);
    let formats: [Format; 3] = [assets::of_edition, feed::render, pages::one];
    let each = formats
        .into_iter()
        .flat_map(|format| jobs.iter().map(move |job| (format, job)));
    let shared = SHARED
        .into_iter()
        .filter_map(|format| Some((format, jobs.first()?)));
    // What costs least first.
    for (format, job) in shared.chain(each) {
        format(job)?;
        if let Some(bytes) = output.get(path)? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Makes the index alone, into `output`.
///
/// # Errors
/// When a page cannot be read.
pub fn index(draft: Draft<'_>, output: &Output) -> Result<(), Failure> {
    let observer = Observer::default();
    let jobs = draft.jobs(output, &observer);
    jobs.iter().try_for_each(pages::index)?;
    draft.indexes.evict();
    Ok(())
}

/// Renders every format into `output`, side by side on the current thread pool.
///
/// # Errors
/// The first failure in the order of the formats; the output is then incomplete.
pub fn render(draft: Draft<'_>, output: &Output, observer: &Observer) -> Result<(), Failure> {
    let jobs = draft.jobs(output, observer);
    let shared = SHARED
        .into_iter()
        .filter_map(|format| Some((jobs.first()?, format)));
    let each = jobs
        .iter()
        .flat_map(|job| FORMATS.map(|format| (job, format)));
    let failures = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for (order, (job, format)) in each.chain(shared).enumerate() {
            let failures = &failures;
            scope.spawn(move |_| {
                if let Err(failure) = format(job) {
                    let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    failures.push((order, failure));
                }
            });
        }
    });
    let failures = failures.into_inner();
    let failures = failures.unwrap_or_else(PoisonError::into_inner);
    match failures.into_iter().min_by_key(|(order, _)| *order) {
        Some((_, failure)) => Err(failure),
        None => {
            draft.indexes.evict();
            let _span = observer.span(Stage::Formats, "");
            jobs.first().map_or(Ok(()), offline::render)
        }
    }
}

/// What is said in each language of the site wherever a reader may know but that one.
const IN_EVERY_LANGUAGE: [&str; 4] = [
    "untranslated_mark",
    "not_found",
    "not_found_hint",
    "back_home",
];

/// Tells every edition what the others say in their own words.
fn share_words(site: &Site, editions: &mut [Edition]) {
    let words = site.editions.iter().zip(&*editions).map(|(edition, own)| {
        let strings = own.theme.strings();
        let words = IN_EVERY_LANGUAGE
            .map(|key| (key, strings.get(key).map_or("", String::as_str).to_owned()));
        (edition.language.clone(), BTreeMap::from(words))
    });
    let words = words.collect::<BTreeMap<_, _>>();
    for Edition { theme, .. } in editions {
        theme.share("every_language", Value::from_serializable(&words));
    }
}

/// Number of searchable sections.
pub fn sections(site: &Site) -> usize {
    site.pages
        .iter()
        .map(|page| search::sections_of(page))
        .sum()
}
