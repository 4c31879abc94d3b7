//! The index: every section of every page, written as a pack under `search/`, with the engine
//! that reads it in the browser.

use std::collections::{HashMap, HashSet};

use inkstone_search::{Batch, Label, PackError, PackOptions, PackWriter, Section, browser_assets};

use rayon::prelude::*;

use super::Job;
use super::context::Views;
use crate::content::address::{self, encode_iri};
use crate::content::body::Text;
use crate::content::date::Date;
use crate::content::link::Target;
use crate::content::page::Page;
use crate::content::site::{SEARCH, theme_address};
use crate::diagnostic::{Error, Failure};
use crate::observer::Stage;
use crate::text;

/// Phrases are learnt from so many bytes of text, of no page more than so many; of a site with
/// less HTML than that they are not worth their bytes.
const SAMPLE: usize = 256 << 10;
const OF_PAGE: usize = 4 << 10;
const WORTHWHILE: usize = 2 << 20;

/// An empty pack that knows what facets' values are called, and what the site often says.
pub(super) fn writer(job: &Job<'_>) -> Result<PackWriter, Failure> {
    let mut options = options(job);
    options.phrases = phrases(job)?;
    Ok(PackWriter::new(options))
}

/// Learnt from a few pages that their sources choose: of most edits, they learn nothing.
fn phrases(job: &Job<'_>) -> Result<Vec<u8>, Failure> {
    let pages = || job.pages().map(|place| &job.site.pages[place]);
    if pages().map(|page| page.body.html).sum::<usize>() < WORTHWHILE {
        return Ok(Vec::new());
    }
    let place = |page: &Page| *blake3::hash(page.source.as_bytes()).as_bytes();
    let drawn = pages().map(|page| (place(page), page));
    let mut drawn = drawn.collect::<Vec<_>>();
    drawn.sort_unstable_by_key(|(place, _)| *place);
    let mut sample = String::new();
    for (_, page) in drawn {
        let text = job.texts.of(page)?;
        let start = sample.len();
        for section in &text.sections {
            sample.push_str(&section.text);
        }
        let most = start + OF_PAGE.min(sample.len() - start);
        sample.truncate(sample.floor_char_boundary(most));
        if sample.len() >= SAMPLE {
            break;
        }
    }
    Ok(inkstone_search::phrases(&sample))
}

/// Writes the index, and the engine that reads it.
pub(super) fn write(job: &Job<'_>, writer: PackWriter) -> Result<(), Failure> {
    let pages = job.pages().count();
    let mut stage = Stage::Documents;
    job.observer.at(stage);
    let mut span = job.span(stage, "");
    let written = writer.write(
        |path, bytes| put(job, &path, bytes).map_err(Unwritten::File),
        || {
            job.done(stage, pages);
            stage = match stage {
                Stage::Documents => Stage::Merge,
                _ => Stage::LayOut,
            };
            job.observer.at(stage);
            // One ends before the next begins.
            drop(span.take());
            span = job.span(stage, "");
        },
    );
    drop(span);
    job.done(stage, pages);
    written.map_err(|error| match error {
        Unwritten::Pack(error) => failed(error),
        Unwritten::File(failure) => failure,
    })?;
    let engine = browser_assets().par_iter();
    engine.try_for_each(|(path, bytes)| put(job, path, bytes.to_vec()))
}

/// What tells of a page besides its own text.
pub(super) struct Indexer<'a> {
    job: &'a Job<'a>,
    newest: Newest<'a>,
    cited: HashMap<usize, Cited<'a>>,
}

impl<'a> Indexer<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        Self {
            job,
            newest: newest(job),
            cited: cited(job),
        }
    }

    /// Adds the page at `place`, which has this text, to a batch.
    pub(super) fn add(&self, batch: &mut Batch, place: usize, text: &Text) -> Result<(), Failure> {
        let page = &self.job.site.pages[place];
        let span = self.job.span(Stage::Index, &page.source);
        let cited = self.cited.get(&place);
        add(batch, self.job, page, text, &self.newest, cited).map_err(failed)?;
        drop(span);
        self.job.done(Stage::Index, 1);
        Ok(())
    }
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

/// Writes a file, and the compressed copies of it that are worth their place.
fn put(job: &Job<'_>, path: &str, bytes: Vec<u8>) -> Result<(), Failure> {
    let path = job.settings.own(&format!("{SEARCH}{path}"));
    for compression in &job.settings.precompress {
        if let Some(copy) = compression.compress(&bytes) {
            job.put(&format!("{path}.{}", compression.extension()), copy)?;
        }
    }
    job.put(&path, bytes)
}

fn failed(error: PackError) -> Failure {
    let message = text!("无法建立搜索索引", "cannot write the search index");
    Error::because(message, error).into()
}

/// What the values of facets are called.
fn options(job: &Job<'_>) -> PackOptions {
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

/// Of texts with one title, the day of the newest: the others are what it once said.
type Newest<'a> = HashMap<(&'a str, &'a str), Date>;

fn newest<'a>(job: &Job<'a>) -> Newest<'a> {
    let site = job.site;
    let mut newest = Newest::new();
    for page in job.pages().map(|place| &site.pages[place]) {
        let has_status = site
            .kinds
            .get(&page.kind)
            .is_some_and(|kind| !kind.ended.is_empty());
        if let (true, Some(date)) = (has_status, page.date) {
            let day = newest.entry((&page.kind, &page.title)).or_insert(date);
            *day = date.max(*day);
        }
    }
    newest
}

/// For a page's anchors, what is said of them elsewhere.
type Cited<'a> = HashMap<&'a str, String>;

/// For each page and each of its anchors, the titles and summaries of the pages that lead there. A lesson says
/// in plain words what the article it leads to is about: so who asks in plain words finds both.
fn cited<'a>(job: &Job<'a>) -> HashMap<usize, Cited<'a>> {
    let site = job.site;
    let mut cited: HashMap<usize, Cited<'_>> = HashMap::new();
    for place in job.pages() {
        let (page, links) = (&site.pages[place], &site.links[place]);
        let mut told = HashSet::new();
        for link in links {
            let Target::Page(place, anchor) = link else {
                continue;
            };
            // A folder's page leads to all below it and tells nothing of them.
            let tells = !page.is_index && !site.pages[*place].is_index;
            if tells && site.pages[*place].source != page.source && told.insert((place, anchor)) {
                let texts = cited.entry(*place).or_default().entry(anchor).or_default();
                texts.push_str(&page.title);
                texts.push('\n');
                texts.push_str(page.summary.as_deref().unwrap_or_default());
                texts.push('\n');
            }
        }
    }
    cited
}

fn add(
    batch: &mut Batch,
    job: &Job<'_>,
    page: &Page,
    text: &Text,
    newest: &Newest<'_>,
    cited: Option<&Cited<'_>>,
) -> Result<(), PackError> {
    let site = job.site;
    let themes = page.education_themes.iter();
    let themes = themes.map(|assigned| site.education_themes.all()[assigned.theme].id.as_str());
    let themes = themes.collect::<Vec<_>>();
    let date = page.date.map(|date| date.to_string());
    let field = |key| page.field(&site.kinds, key).next().unwrap_or_default();
    let status = kind_status(job, page);
    let ended = match field("status") {
        "" => newest.get(&(page.kind.as_str(), page.title.as_str())) > page.date.as_ref(),
        status => {
            let kind = site.kinds.get(&page.kind);
            kind.is_some_and(|kind| kind.ended.iter().any(|ended| ended == status))
        }
    };
    let folders = site.path_to(address::split(&page.source).0);
    let titles = folders.iter();
    let titles = titles.map(|folder| site.folder_title(folder, job.settings.interface()));
    batch.page(&inkstone_search::Page {
        source: &page.source,
        url: &encode_iri(&page.address),
        title: &page.title,
        names: &names_of(page).collect::<Vec<_>>(),
        kind: &page.kind,
        education_themes: &themes,
        date: date.as_deref(),
        status: &status,
        ended,
        issuer: field("issuer"),
        number: field("number"),
        collection: folders
            .first()
            .map_or("", |folder| collection_id(job, folder)),
        trail: &titles.collect::<Vec<_>>(),
    });
    let cited = |anchor: &str| {
        let text = cited.and_then(|cited| cited.get(anchor));
        text.map_or("", String::as_str)
    };
    if text.sections.is_empty() {
        return batch.section(&Section {
            text: page.summary.as_deref().unwrap_or_default(),
            cited: cited(""),
            ..Section::default()
        });
    }
    for part in &text.sections {
        batch.section(&Section {
            anchor: &encode_iri(&part.anchor),
            title: &part.title,
            text: &part.text,
            cited: cited(&part.anchor),
        })?;
    }
    Ok(())
}

/// A page's status for readers.
fn kind_status(job: &Job<'_>, page: &Page) -> String {
    let views = Views::names(job.site, job.settings);
    views
        .status(page)
        .map(|status| status.name)
        .unwrap_or_default()
}

/// What begins the title of every statute, and what nobody types.
const STATE: &str = "中华人民共和国";

/// What a page is called besides its title: by its file, and a statute by its short title.
fn names_of(page: &Page) -> impl Iterator<Item = &str> {
    let short = page.title.strip_prefix(STATE);
    let file = (!page.is_index).then(|| page.name());
    short.into_iter().chain(file)
}

/// A page without text is still found by its title.
pub(super) fn sections_of(page: &Page) -> usize {
    page.body.sections.max(1)
}
