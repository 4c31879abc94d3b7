//! Every HTML page: home, pages by kind, folders' lists, education themes, search, 404 and the
//! pages at old addresses.

mod alone;
mod education_themes;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;
use tera::Value;

use super::Job;
use super::context::{LinkView, NamedView, Views, outline};
use super::fill::fill;
use super::languages::{self, Here};
use super::pager::Pager;
use super::{facets, look, media};
use crate::content::address;
use crate::content::body::Text;
use crate::content::edition::edition_of;
use crate::content::site::Folder;
use crate::diagnostic::Failure;
use crate::observer::Stage;
use crate::theme::Sheet;

/// The file that servers show for a folder.
const INDEX: &str = "index.html";
/// Cards of a collection, and newest cards, on the home page.
const HOME_COLLECTION: usize = 4;
const HOME_NEWEST: usize = 8;
/// Cards in one group of related pages.
const RELATED: usize = 8;
/// Pages shown that are not translated.
const UNTRANSLATED: usize = 12;
/// Characters of a description in the head of a page.
const DESCRIPTION: usize = 120;

pub(super) use alone::OFFLINE;

/// Draws pages.
pub(super) struct Renderer<'a> {
    job: &'a Job<'a>,
    views: Views<'a>,
    /// The addresses of pages that are no folder's.
    taken: OnceLock<HashSet<&'a str>>,
}

/// A collection on the home page.
#[derive(Serialize)]
struct CollectionView {
    key: String,
    title: String,
    url: String,
    kind: NamedView,
    count: usize,
    description: String,
    html: String,
    items: Vec<Value>,
}

/// A folder in a folder.
#[derive(Serialize)]
struct SubfolderView {
    title: String,
    url: String,
    count: usize,
}

/// Cards of one kind.
#[derive(Serialize)]
struct GroupView {
    kind: NamedView,
    label: String,
    items: Vec<Value>,
    /// Pages in all, of which `items` are the first.
    count: usize,
}

/// Pages of the site's own language that another one lacks.
#[derive(Serialize)]
struct UntranslatedView<'a> {
    language: &'a str,
    name: &'a str,
    items: Vec<Value>,
    /// Pages in all, of which `items` are the first.
    count: usize,
    /// Where all of them are.
    url: String,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let views = Views::new(job.site, job.settings);
        let taken = OnceLock::new();
        Self { job, views, taken }
    }

    /// Everything but the pages that stand for a file each.
    pub(super) fn lists(&self) -> Result<(), Failure> {
        self.home()?;
        self.education_themes()?;
        self.alone()?;
        self.redirects()?;
        let site = self.job.site;
        let folders = site.folders.par_iter().filter(|(address, _)| {
            edition_of(&site.editions, address) == self.job.settings.edition
        });
        folders.try_for_each(|(address, folder)| self.list(address, folder))
    }

    /// The context of the page at `address`, with what every template may ask for.
    fn context(&self, address: &str, current: &str, here: Here<'_>) -> Sheet {
        let settings = self.job.settings;
        let canonical = if settings.base_url.is_empty() {
            String::new()
        } else {
            settings.absolute(address)
        };
        let mut context = Sheet::default();
        context.insert_value("root", Value::from(address::root_of(address)));
        context.insert_value("current", Value::from(current));
        context.insert_value("page_url", Value::from(settings.href(address)));
        context.insert_value("canonical", Value::from(canonical));
        let languages = languages::of(self.job.site, settings, here);
        // Search engines take no relative ones.
        let alternates = match settings.base_url.as_str() {
            "" => Vec::new(),
            _ => languages::alternates(here, &languages),
        };
        context.insert("alternates", &alternates);
        context.insert("languages", &languages);
        context
    }

    /// Whether the page at `address` is to be drawn.
    fn wants(&self, address: &str) -> bool {
        let of_folder = match is_folder(address) {
            true => INDEX,
            false => "",
        };
        self.job.output.wants(&[address, of_folder])
    }

    /// Whether a page that is no folder's stands at the address.
    fn is_taken(&self, address: &str) -> bool {
        let taken = self.taken.get_or_init(|| {
            let pages = &self.job.site.pages;
            let articles = self.job.site.articles();
            articles
                .map(|place| pages[place].address.as_str())
                .collect()
        });
        taken.contains(address)
    }

    fn write(&self, template: &str, address: &str, sheet: &Sheet) -> Result<(), Failure> {
        let theme = self.job.theme;
        let from = theme.hash_of(template, sheet);
        self.job.make(&file_of(address), from, || {
            let _filling = self.job.span(Stage::Template, template);
            theme.render(template, sheet)
        })
    }

    fn cards(&self, places: &[usize]) -> Vec<Value> {
        let cards = places.iter().map(|&place| self.views.card_of(place));
        cards.collect()
    }

    fn home(&self) -> Result<(), Failure> {
        let _span = self.job.span(Stage::Draw, "index.html");
        let site = self.job.site;
        let here = self.job.settings.top.as_str();
        if !self.wants(here) {
            return Ok(());
        }
        let top = &site.folders[here];
        let root = address::root_of(here);
        let folders = self.job.settings.folders_in_order(top.folders.iter());
        let collections = folders.into_iter().map(|address| {
            let folder = &site.folders[address];
            let text = self.text_of(folder)?;
            let mut collection = self.collection(address, folder, text.as_deref(), &root);
            // A folder of folders shows the newest of everything below it.
            let below = self.views.articles();
            let below = below.filter(|&place| site.pages[place].source.starts_with(address));
            let mut below = below.collect::<Vec<_>>();
            below.sort_by(|&a, &b| site.pages[b].date.cmp(&site.pages[a].date));
            below.truncate(HOME_COLLECTION);
            collection.items = self.cards(&below);
            Ok(collection)
        });
        let collections = collections.collect::<Result<Vec<_>, Failure>>()?;
        let mut newest = self.views.articles().collect::<Vec<_>>();
        newest.sort_by(|&a, &b| site.pages[b].date.cmp(&site.pages[a].date));
        let home = look::home(&self.views, &newest);
        newest.truncate(HOME_NEWEST);
        let mut counts = BTreeMap::new();
        counts.insert("pages".to_owned(), top.total);
        for kind in site.kinds.ids() {
            counts.insert(kind.to_owned(), 0);
        }
        for place in self.views.articles() {
            *counts.entry(site.pages[place].kind.clone()).or_default() += 1;
        }
        let mut context = self.context(here, "home", Here::Folder(here, 1));
        context.insert("collections", &collections);
        context.insert("education_themes", &self.views.top_themes());
        context.insert("newest", &self.cards(&newest));
        context.insert("home", &home);
        context.insert("counts", &counts);
        let index = top.index.map(|place| &site.pages[place]);
        let text = self.text_of(top)?;
        let html = self.words(top, text.as_deref(), &root);
        let title = index.map_or("", |page| page.title.as_str());
        let summary = index.and_then(|page| page.summary.as_deref());
        let page = BTreeMap::from([
            ("html", html.as_str()),
            ("title", title),
            ("summary", summary.unwrap_or_default()),
        ]);
        context.insert("page", &page);
        self.write("home.html", here, &context)
    }

    /// The text of the page that speaks for a folder.
    fn text_of(&self, folder: &Folder) -> Result<Option<Cow<'_, Text>>, Failure> {
        let index = folder.index.map(|place| &self.job.site.pages[place]);
        Ok(index.map(|page| self.job.texts.of(page)).transpose()?)
    }

    /// That text as HTML.
    fn words(&self, folder: &Folder, text: Option<&Text>, root: &str) -> String {
        let index = folder.index.zip(text);
        index.map_or_else(String::new, |(place, text)| {
            fill(self.job, place, text, root)
        })
    }

    fn collection(
        &self,
        address: &str,
        folder: &Folder,
        text: Option<&Text>,
        root: &str,
    ) -> CollectionView {
        let site = self.job.site;
        let index = folder.index.map(|place| &site.pages[place]);
        let summary = index.and_then(|page| page.summary.clone());
        let first = folder.pages.first().copied().or(folder.index);
        let kind = first.map_or("page", |place| &site.pages[place].kind);
        let kind = self.views.kind(kind);
        let link = self.views.folder_link(address);
        CollectionView {
            key: link.key,
            title: link.title,
            url: link.url,
            kind,
            count: folder.total,
            description: summary.unwrap_or_default(),
            html: self.words(folder, text, root),
            items: Vec::new(),
        }
    }

    fn list(&self, address: &str, folder: &Folder) -> Result<(), Failure> {
        let site = self.job.site;
        let settings = self.job.settings;
        // The home page is its own.
        if address == settings.top {
            return Ok(());
        }
        let size = settings.page_size;
        let pages = folder.pages.len().div_ceil(size).max(1);
        let at = |page: usize| languages::page_of(address, page);
        let wanted = (1..=pages).filter(|&page| self.wants(&at(page)));
        let wanted = wanted.collect::<Vec<_>>();
        // A page at the folder's address speaks for the folder.
        if wanted.is_empty() || self.is_taken(address) {
            return Ok(());
        }
        let current = settings.section(address);
        let subfolders = folder.folders.iter().map(|folder| {
            let link = self.views.folder_link(folder);
            let (title, url) = (link.title, link.url);
            let count = site.folders[folder].total;
            SubfolderView { title, url, count }
        });
        let subfolders = subfolders.collect::<Vec<_>>();
        let facets = facets::of_folder(&self.views, address);
        let mut breadcrumbs = self.views.breadcrumbs(address);
        breadcrumbs.pop();
        let text = self.text_of(folder)?;
        let untranslated = languages::untranslated_in(site, address, settings.edition);
        for page in wanted {
            let here = at(page);
            let _span = self.job.span(Stage::Draw, &here);
            let items = folder.pages.chunks(size).nth(page - 1).unwrap_or_default();
            let href = |number| settings.href(&at(number));
            let pager = Pager::new(page, pages, href);
            let mut context = self.context(&here, current, Here::Folder(address, page));
            if page == pages {
                let original = site.folder_like(address, 0).unwrap_or_default();
                self.add_untranslated(&mut context, &untranslated, original);
            }
            let root = address::root_of(&here);
            let collection = self.collection(address, folder, text.as_deref(), &root);
            context.insert("collection", &collection);
            context.insert("subfolders", &subfolders);
            context.insert("facets", &facets);
            context.insert("items", &self.cards(items));
            context.insert("pager", &pager);
            context.insert("breadcrumbs", &breadcrumbs);
            self.write("list.html", &here, &context)?;
        }
        Ok(())
    }

    /// Adds what a list or theme would hold, were it translated: the first, and where all are.
    fn add_untranslated(&self, context: &mut Sheet, pages: &[usize], all: &str) {
        if pages.is_empty() {
            return;
        }
        let (site, first) = (self.job.site, pages.len().min(UNTRANSLATED));
        let view = UntranslatedView {
            language: &site.editions[0].language,
            name: &site.editions[0].name,
            items: self.cards(&pages[..first]),
            count: pages.len(),
            url: self.job.settings.href(all),
        };
        context.insert("untranslated", &view);
    }

    /// Whether the page that stands for a file is to be drawn.
    pub(super) fn is_wanted(&self, place: usize) -> bool {
        self.wants(&self.job.site.pages[place].address)
    }

    /// The page that stands for a file, which has this text.
    pub(super) fn page(&self, place: usize, text: &Text) -> Result<(), Failure> {
        // A folder's page is drawn with the folder.
        let drawn = match self.job.site.pages[place].is_index {
            true => Ok(()),
            false => self.article(place, text),
        };
        self.job.done(Stage::Draw, 1);
        drawn
    }

    fn article(&self, place: usize, text: &Text) -> Result<(), Failure> {
        let site = self.job.site;
        let page = &site.pages[place];
        let _span = self.job.span(Stage::Draw, &page.source);
        let root = address::root_of(&page.address);
        let current = self.job.settings.section(&page.source);
        let current = current.strip_suffix(".md").unwrap_or(current);
        let kind = site.kinds.get(&page.kind);
        let template = kind.map_or("page.html", |kind| kind.template.as_str());
        let (folder, siblings) = site.folder_of(place).unzip();
        let siblings = siblings.map_or(&[][..], |folder| &folder.pages);
        let position = siblings.iter().position(|&other| other == place);
        let beside = |offset: isize| {
            let other = position?.checked_add_signed(offset)?;
            let other = &site.pages[*siblings.get(other)?];
            Some(LinkView {
                title: other.title.clone(),
                url: self.job.settings.href(&other.address),
                key: String::new(),
            })
        };
        let card = self.views.card_of(place);
        let mut view = card.as_map().cloned().unwrap_or_default();
        let mut set = |key: &'static str, value: Value| {
            view.insert(key.into(), value);
        };
        let summary = page.summary.clone();
        let description = summary.unwrap_or_else(|| text.excerpt(DESCRIPTION));
        set("source", Value::from(page.source.as_str()));
        set("html", Value::from(fill(self.job, place, text, &root)));
        set("description", Value::from(description));
        set("characters", Value::from(page.characters));
        set("report", Value::from(look::report(self.job.settings, page)));
        set(
            "outline",
            Value::from_serializable(&outline(&page.body.outline)),
        );
        set(
            "details",
            Value::from_serializable(&self.views.details(page)),
        );
        let media = media::of(site, self.job.settings, page);
        set("media", Value::from_serializable(&media));
        set("aliases", Value::from_serializable(&page.aliases));
        let breadcrumbs = self.views.breadcrumbs(folder.unwrap_or_default());
        set("breadcrumbs", Value::from_serializable(&breadcrumbs));
        // The list is newest first: what comes before in it is the newer page.
        set("previous", Value::from_serializable(&beside(-1)));
        set("next", Value::from_serializable(&beside(1)));
        set("related", Value::from_serializable(&self.related(place)));
        let mut context = self.context(&page.address, current, Here::Page(place));
        context.insert_value("page", Value::from(view));
        self.write(template, &page.address, &context)
    }

    /// Related pages, grouped by kind.
    fn related(&self, place: usize) -> Vec<GroupView> {
        let related = &self.job.site.related[place];
        self.group(related, RELATED)
    }

    fn group(&self, places: &[usize], at_most: usize) -> Vec<GroupView> {
        let site = self.job.site;
        let mut groups = Vec::new();
        for kind in site.kinds.in_order() {
            let of_kind = places.iter().copied();
            let of_kind = of_kind.filter(|&place| site.pages[place].kind == kind.id);
            let mut of_kind = of_kind.collect::<Vec<_>>();
            let count = of_kind.len();
            of_kind.truncate(at_most);
            if !of_kind.is_empty() {
                let view = self.views.kind(&kind.id);
                let strings = self.job.theme.strings();
                let pattern = strings.get("related_kind").map_or("{kind}", String::as_str);
                groups.push(GroupView {
                    label: pattern.replace("{kind}", &view.name),
                    kind: view,
                    items: self.cards(&of_kind),
                    count,
                });
            }
        }
        groups
    }
}

/// The file of the page at an address.
fn file_of(address: &str) -> String {
    match is_folder(address) {
        true => format!("{address}{INDEX}"),
        false => address.to_owned(),
    }
}

fn is_folder(address: &str) -> bool {
    address.is_empty() || address.ends_with('/')
}
