//! What the index tells of a page besides its text.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};

use inkstone_search::{Batch, PackError, Section, Tags};
use rustc_hash::FxHashMap;

use super::collection_id;
use crate::content::address::{self, encode_iri};
use crate::content::body::Text;
use crate::content::date::Date;
use crate::content::link::Target;
use crate::content::page::Page;
use crate::language::Language;
use crate::render::Job;
use crate::render::context::Views;

/// Makes heads.
pub(in crate::render) struct Heads<'a> {
    job: &'a Job<'a>,
    views: Views<'a>,
    language: Language,
    folders: FxHashMap<&'a str, Standing<'a>>,
    newest: Newest<'a>,
    cited: FxHashMap<usize, Cited<'a>>,
}

/// What the index tells of a page besides its text.
pub(in crate::render) struct Head<'a> {
    /// The page's place in the site.
    pub place: usize,
    /// The page itself.
    pub page: &'a Page,
    url: String,
    names: Vec<&'a str>,
    education_themes: Vec<&'a str>,
    theme_names: Vec<&'a str>,
    /// Made where it is asked for.
    date: OnceCell<String>,
    status: String,
    ended: bool,
    standing: &'a Standing<'a>,
    issuer: &'a str,
    number: &'a str,
    cited: Option<&'a Cited<'a>>,
}

/// Where the pages of a folder stand.
#[derive(Default)]
struct Standing<'a> {
    collection: &'a str,
    /// The titles of the folders down to it.
    trail: Vec<&'a str>,
}

/// Covers all that [`Head::add`] tells a batch, if the page knows what it was made from.
impl Hash for Head<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.in_index().hash(state);
        self.cited.hash(state);
        self.page.made_from.hash(state);
    }
}

/// Of texts with one title, the day of the newest: the others are what it once said.
type Newest<'a> = FxHashMap<(&'a str, &'a str), Date>;

/// For a page's anchors, what is said of them elsewhere.
type Cited<'a> = BTreeMap<&'a str, String>;

impl<'a> Heads<'a> {
    pub(in crate::render) fn new(job: &'a Job<'a>) -> Self {
        let language = job.settings.interface();
        let folders = job.site.folders.keys();
        let folders = folders.map(|folder| (folder.as_str(), standing(job, folder, language)));
        Self {
            job,
            views: Views::names(job.site, job.settings),
            language,
            folders: folders.collect(),
            newest: newest(job),
            cited: cited(job),
        }
    }

    /// The head of the page at `place`.
    pub(in crate::render) fn of(&self, place: usize) -> Head<'_> {
        let (site, language) = (self.job.site, self.language);
        let page = &*site.pages[place];
        let themes = page.education_themes.iter();
        let themes = themes.map(|assigned| &site.education_themes.all()[assigned.theme]);
        let themes = themes.map(|theme| (theme.id.as_str(), theme.name.get(language)));
        let (education_themes, theme_names) = themes.unzip();
        let field = |key| page.field(&site.kinds, key).next().unwrap_or_default();
        let status = self.views.status(page).map(|status| status.name);
        let newest = || self.newest.get(&(page.kind.as_str(), page.title.as_str()));
        let ended = match field("status") {
            "" => newest() > page.date.as_ref(),
            status => {
                let kind = site.kinds.get(&page.kind);
                kind.is_some_and(|kind| kind.ended.iter().any(|ended| ended == status))
            }
        };
        Head {
            place,
            page,
            url: encode_iri(&page.address),
            names: names_of(page).collect(),
            education_themes,
            theme_names,
            date: OnceCell::new(),
            status: status.unwrap_or_default(),
            ended,
            // The folder of every page is one of the site's.
            standing: &self.folders[address::split(&page.source).0],
            issuer: field("issuer"),
            number: field("number"),
            cited: self.cited.get(&place),
        }
    }
}

impl Head<'_> {
    /// Adds the page, which has this text, to a batch.
    pub(in crate::render) fn add(&self, batch: &mut Batch, text: &Text) -> Result<(), PackError> {
        batch.page(&self.in_index());
        let cited = |anchor: &str| {
            let text = self.cited.and_then(|cited| cited.get(anchor));
            text.map_or("", String::as_str)
        };
        if text.sections.is_empty() {
            return batch.section(&Section {
                text: self.page.summary.as_deref().unwrap_or_default(),
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

    fn in_index(&self) -> inkstone_search::Page<'_> {
        inkstone_search::Page {
            source: &self.page.source,
            url: &self.url,
            title: &self.page.title,
            names: &self.names,
            number: self.number,
            trail: &self.standing.trail,
        }
    }

    /// What the page is narrowed by.
    pub(in crate::render) fn tags(&self) -> Tags<'_> {
        let date = self.page.date;
        let date = date.map(|date| self.date.get_or_init(|| date.to_string()).as_str());
        Tags {
            kind: &self.page.kind,
            education_themes: &self.education_themes,
            date,
            status: &self.status,
            ended: self.ended,
            issuer: self.issuer,
            collection: self.standing.collection,
        }
    }

    /// All that [`Self::tags`] tells, and an index made of it depends on.
    pub(in crate::render) fn all_tags(&self) -> impl Hash {
        let named = (&self.education_themes, &self.theme_names, &self.status);
        let standing = (self.standing.collection, self.issuer, self.ended);
        (&self.page.kind, self.page.date, named, standing)
    }
}

fn standing<'a>(job: &Job<'a>, folder: &'a str, language: Language) -> Standing<'a> {
    let folders = job.site.path_to(folder);
    let collection = folders.first().map(|folder| collection_id(job, folder));
    let titles = folders.iter();
    let titles = titles.map(|folder| job.site.folder_title(folder, language));
    Standing {
        collection: collection.unwrap_or_default(),
        trail: titles.collect(),
    }
}

fn newest<'a>(job: &Job<'a>) -> Newest<'a> {
    let site = job.site;
    let mut newest = Newest::default();
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

/// For each page and each of its anchors, the titles and summaries of the pages that lead there.
/// A lesson says in plain words what the article it leads to is about: so who asks in plain words
/// finds both.
fn cited<'a>(job: &Job<'a>) -> FxHashMap<usize, Cited<'a>> {
    let site = job.site;
    let mut cited: FxHashMap<usize, Cited<'_>> = FxHashMap::default();
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

/// What begins the title of every statute, and what nobody types.
const STATE: &str = "中华人民共和国";

/// What a page is called besides its title: by its file, and a statute by its short title.
fn names_of(page: &Page) -> impl Iterator<Item = &str> {
    let short = page.title.strip_prefix(STATE);
    let file = (!page.is_index).then(|| page.name());
    short.into_iter().chain(file)
}
