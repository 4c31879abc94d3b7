//! The index: every section of every page, written as a pack under `search/`, with the engine
//! that reads it in the browser.

mod head;
mod indexes;

pub(super) use head::{Head, Heads};
pub use indexes::Indexes;

use std::sync::atomic::{AtomicUsize, Ordering};

use inkstone_search::{
    Batch, Before, Files, Idiom, Label, PackError, PackOptions, PackWriter, browser_assets,
};
use rayon::prelude::*;

use super::Job;
use crate::compress::Compression;
use crate::content::address::encode_iri;
use crate::content::body::Text;
use crate::content::page::Page;
use crate::content::site::{SEARCH, theme_address};
use crate::diagnostic::{Error, Failure};
use crate::hash::Key;
use crate::observer::Stage;
use crate::text;

/// How a site speaks is learnt from so many bytes of text, of no page more than so many; of a site
/// with less HTML than that it is not worth its bytes.
const SAMPLE: usize = 256 << 10;
const OF_PAGE: usize = 4 << 10;
const WORTHWHILE: usize = 2 << 20;

/// What a pack is made with: what facets' values are called, and what the site often says.
pub(super) fn options(job: &Job<'_>) -> Result<PackOptions, Failure> {
    let mut options = labels(job);
    options.idiom = idiom(job)?;
    Ok(options)
}

/// Learnt from a few pages that their sources choose: of most edits, they learn nothing.
fn idiom(job: &Job<'_>) -> Result<Idiom, Failure> {
    let pages = job.pages().map(|place| &*job.site.pages[place]);
    let pages = pages.collect::<Vec<_>>();
    if pages.iter().map(|page| page.body.html).sum::<usize>() < WORTHWHILE {
        return Ok(Idiom::default());
    }
    let place = |page: &Page| Key::of_bytes(page.source.as_bytes());
    let drawn = pages.into_par_iter().map(|page| (place(page), page));
    let mut drawn = drawn.collect::<Vec<_>>();
    drawn.par_sort_unstable_by_key(|(place, _)| *place);
    let edition = job.settings.edition;
    let known = job.indexes.idiom(edition, |sample| {
        let mut drawn = drawn.iter();
        let same = |(place, from): &(Key, Key)| {
            let page = drawn.next();
            page.is_some_and(|(other, page)| other == place && page.made_from == Some(*from))
        };
        !sample.is_empty() && sample.iter().all(same)
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let (mut sample, mut from) = (String::new(), Vec::new());
    for (place, page) in drawn {
        let text = job.texts.of(page)?;
        let start = sample.len();
        for section in &text.sections {
            sample.push_str(&section.text);
        }
        let most = start + OF_PAGE.min(sample.len() - start);
        sample.truncate(sample.floor_char_boundary(most));
        from.extend(page.made_from.map(|from| (place, from)));
        if sample.len() >= SAMPLE {
            break;
        }
    }
    let idiom = inkstone_search::learn_idiom(&sample);
    job.indexes.keep_idiom(edition, from, &idiom);
    Ok(idiom)
}

/// Writes the index, and the engine that reads it.
pub(super) fn write(job: &Job<'_>, writer: PackWriter) -> Result<(), Failure> {
    let pages = job.pages().count();
    let (indexes, edition) = (job.indexes, job.settings.edition);
    indexes.use_batches(writer.batches());
    job.observer.at(Stage::Documents);
    let (laid, merged) = (Through::new(pages), Through::new(pages));
    let (chunks, written) = (writer.document_chunks(), AtomicUsize::new(0));
    let files = Files {
        put: &|path, from, make| {
            put(job, &path, from, make)?;
            // Those of the documents come first.
            let written = written.fetch_add(1, Ordering::Relaxed) + 1;
            job.done(Stage::Documents, laid.upto(written, chunks));
            Ok(())
        },
        has: &|path, from| job.output.has(&path_of(job, path), told_by(job, from)),
    };
    let batch = |id: &_| indexes.batch(id);
    let before = indexes.layout(edition).map(|layout| Before {
        layout,
        batch: &batch,
    });
    let (mut span, mut is_laid) = (job.span(Stage::Documents, ""), false);
    let written = writer.write(&files, before, |done, all| {
        if !is_laid {
            job.done(Stage::Documents, laid.upto(1, 1));
            job.observer.at(Stage::Terms);
            // One ends before the next begins.
            drop(span.take());
            span = job.span(Stage::Terms, "");
            is_laid = true;
        }
        job.done(Stage::Terms, merged.upto(done, all));
    });
    drop(span);
    job.done(Stage::Terms, merged.upto(1, 1));
    let written = written.map_err(Unwritten::into_failure)?;
    indexes.keep_layout(edition, written.layout);
    let engine = browser_assets().par_iter();
    let put = |(path, bytes): &(&str, &[u8])| {
        // The program tells what they are.
        put(job, path, 0, &|| Ok(bytes.to_vec()))
    };
    let engine = engine.try_for_each(put);
    engine.map_err(Unwritten::into_failure)
}

/// How many of the pages are through a stage that knows none.
struct Through {
    pages: usize,
    told: AtomicUsize,
}

impl Through {
    fn new(pages: usize) -> Self {
        let told = AtomicUsize::new(0);
        Self { pages, told }
    }

    /// So much of so much is done: as many pages as that is more than before.
    fn upto(&self, done: usize, all: usize) -> usize {
        let now = self.pages * done.min(all) / all.max(1);
        let before = self.told.fetch_max(now, Ordering::Relaxed);
        now.saturating_sub(before)
    }
}

/// Adds a page, which has this text, to a batch.
pub(super) fn add(
    job: &Job<'_>,
    batch: &mut Batch,
    head: &Head<'_>,
    text: &Text,
) -> Result<(), Failure> {
    let span = job.span(Stage::Index, &head.page.source);
    head.add(batch, text).map_err(failed)?;
    drop(span);
    job.done(Stage::Index, 1);
    Ok(())
}

/// Why a pack was not written.
enum Unwritten {
    Pack(PackError),
    File(Failure),
}

impl From<PackError> for Unwritten {
    fn from(error: PackError) -> Self {
        Self::Pack(error)
    }
}

impl Unwritten {
    fn into_failure(self) -> Failure {
        match self {
            Self::Pack(error) => failed(error),
            Self::File(failure) => failure,
        }
    }
}

fn path_of(job: &Job<'_>, path: &str) -> String {
    [job.settings.top.as_str(), SEARCH, path].concat()
}

/// What a file and its compressed copies are made from: `from` tells the one, and which are wanted
/// the others.
fn told_by(job: &Job<'_>, from: u64) -> Key {
    Key::of(&(from, &job.settings.precompress))
}

/// Writes a file, and the compressed copies of it that are worth their place.
fn put(
    job: &Job<'_>,
    path: &str,
    from: u64,
    make: &dyn Fn() -> Result<Vec<u8>, PackError>,
) -> Result<(), Unwritten> {
    let (path, from) = (path_of(job, path), told_by(job, from));
    let copy_of = |compression: Compression| format!("{path}.{}", compression.extension());
    let copies = job.settings.precompress.iter().copied();
    if job.keep(&path, from).map_err(Unwritten::File)? {
        let mut copies = copies.map(copy_of);
        let kept = copies.try_for_each(|copy| job.keep(&copy, from).map(drop));
        return kept.map_err(Unwritten::File);
    }
    let bytes = make()?;
    for compression in copies {
        if let Some(copy) = compression.compress(&bytes) {
            let copied = job.make(&copy_of(compression), Some(from), || Ok(copy));
            copied.map_err(Unwritten::File)?;
        }
    }
    job.make(&path, Some(from), || Ok(bytes))
        .map_err(Unwritten::File)
}

fn failed(error: PackError) -> Failure {
    let message = text!("无法建立搜索索引", "cannot write the search index");
    Error::because(message, error).into()
}

/// What the values of facets are called.
fn labels(job: &Job<'_>) -> PackOptions {
    let (site, language) = (job.site, job.settings.interface());
    let mut options = PackOptions::default();
    options.file_protocol = job.settings.file_protocol;
    let kinds = site.kinds.in_order().into_iter();
    options.kinds = kinds
        .map(|kind| Label {
            id: kind.id.clone(),
            name: kind.name(language).to_owned(),
            ..Label::default()
        })
        .collect();
    let themes = site.education_themes.all();
    let label = |theme: &crate::content::education_theme::EducationTheme| Label {
        id: theme.id.clone(),
        name: theme.name.get(language).to_owned(),
        url: encode_iri(&job.settings.own(&theme_address(&theme.id))),
        parent: theme
            .parent
            .map_or(String::new(), |above| themes[above].id.clone()),
    };
    options.education_themes = themes.iter().map(label).collect();
    let top = site.folders.get(&job.settings.top);
    let collections = top.into_iter().flat_map(|folder| &folder.folders);
    options.collections = collections
        .map(|folder| Label {
            id: collection_id(job, folder).to_owned(),
            name: site.folder_title(folder, language).to_owned(),
            url: encode_iri(folder),
            ..Label::default()
        })
        .collect();
    options
}

/// What search calls a folder at the top of an edition.
fn collection_id<'a>(job: &Job<'_>, folder: &'a str) -> &'a str {
    let below = folder.strip_prefix(job.settings.top.as_str());
    below.unwrap_or(folder).trim_end_matches('/')
}

/// A page without text is still found by its title.
pub(super) fn sections_of(page: &Page) -> usize {
    page.body.sections.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_moves_with_every_share_and_ends_where_it_should() {
        for (all, pages, done) in [(7, 100, 7), (100, 7, 100), (9, 5, 3), (0, 4, 0)] {
            let through = Through::new(pages);
            let moved = (1..=done).map(|done| through.upto(done, all));
            let moved = moved.sum::<usize>();
            assert_eq!(moved, pages * done / all.max(1));
            assert_eq!(moved + through.upto(1, 1), pages);
            // What is told late moves nothing.
            assert_eq!(through.upto(done, all), 0);
        }
    }
}
