//! Site + theme → output. One format a file, one table of formats.

mod assets;
mod context;
mod facets;
mod feed;
mod fill;
mod html;
pub mod look;
mod offline;
mod pager;
mod pages;
mod search;
mod sitemap;

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::compress::Compression;
use crate::content::body::Texts;
use crate::content::site::Site;
use crate::diagnostic::Failure;
use crate::language::Language;
use crate::observer::{Observer, Span, Stage};
use crate::output::Output;
use crate::theme::Theme;

/// What of the settings shows on pages.
#[derive(Debug, Clone)]
pub struct Settings {
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
            dirs.position(|dir| format!("{dir}/").starts_with(folder))
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
    output: &'a Output,
    observer: &'a Observer,
}

impl Job<'_> {
    /// Writes a file of the site.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let _writing = self.span(Stage::Write, path);
        self.output.put(path, bytes)?;
        self.observer.wrote();
        Ok(())
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

/// The longest first, so that the others run beside it.
const FORMATS: [Format; 4] = [pages::render, feed::render, sitemap::render, assets::render];

/// Renders every format into `output`, side by side on the current thread pool.
///
/// # Errors
/// The first failure in the order of the formats; the output is then incomplete.
pub fn render(
    site: &Site,
    texts: Texts<'_>,
    theme: &mut Theme,
    settings: &Settings,
    output: &Output,
    observer: &Observer,
) -> Result<(), Failure> {
    let preparing = observer.span(Stage::Prepare, "");
    context::share(theme, site, settings);
    drop(preparing);
    let job = Job {
        site,
        texts,
        theme,
        settings,
        output,
        observer,
    };
    let failures = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for (order, format) in FORMATS.into_iter().enumerate() {
            let (job, failures) = (&job, &failures);
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
            let _span = job.span(Stage::Formats, "");
            offline::render(&job)
        }
    }
}

/// Number of searchable sections.
pub fn sections(site: &Site) -> usize {
    site.pages
        .iter()
        .map(|page| search::sections_of(page))
        .sum()
}
