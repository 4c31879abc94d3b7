//! Every HTML page: home, pages by kind, folders' lists, education themes, search, 404 and the
//! pages at old addresses.

mod alone;
mod article;
mod education_themes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::Job;
use super::context::{Cards, KindView, NamedView, Views};
use super::languages::{self, Here};
use super::pager::Pager;
use super::words::{LazyText, Words};
use super::{facets, look};
use crate::content::address;
use crate::content::edition::edition_of;
use crate::content::site::Folder;
use crate::diagnostic::Failure;
use crate::observer::Stage;
use crate::theme::Sheet;
use article::Places;

/// The file that servers show for a folder.
const INDEX: &str = "index.html";
/// Bytes around the words of most pages, at most.
const FRAME: usize = 12 << 10;
/// Cards of a collection, and newest cards, on the home page.
const HOME_COLLECTION: usize = 4;
const HOME_NEWEST: usize = 8;
/// Cards in one group of related pages.
const RELATED: usize = 8;
/// Pages shown that are not translated.
const UNTRANSLATED: usize = 12;

pub(super) use alone::OFFLINE;

/// Draws pages.
pub(super) struct Renderer<'a> {
    job: &'a Job<'a>,
    views: Views<'a>,
    /// The folders' addresses at which pages stand that are no folder's.
    taken: OnceLock<HashSet<&'a str>>,
    /// Where pages stand.
    places: OnceLock<Places<'a>>,
}

/// A collection on the home page.
#[derive(Serialize, Hash)]
struct CollectionView<'a> {
    key: String,
    title: String,
    url: String,
    kind: NamedView,
    count: usize,
    description: &'a str,
    html: &'a Words<'a>,
    items: Cards<'a>,
}

/// What the home page's own page says.
#[derive(Serialize, Hash)]
struct HomePageView<'a> {
    html: Option<&'a Words<'a>>,
    title: &'a str,
    summary: &'a str,
}

/// A folder in a folder.
#[derive(Serialize, Hash)]
struct SubfolderView {
    title: String,
    url: String,
    count: usize,
}

/// Cards of one kind.
#[derive(Serialize, Hash)]
struct GroupView<'a> {
    kind: KindView,
    label: String,
    items: Cards<'a>,
    /// Pages in all, of which `items` are the first.
    count: usize,
}

/// Pages of the site's own language that another one lacks.
#[derive(Serialize, Hash)]
struct UntranslatedView<'a> {
    language: &'a str,
    name: &'a str,
    items: Cards<'a>,
    /// Pages in all, of which `items` are the first.
    count: usize,
    /// Where all of them are.
    url: String,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let views = Views::new(job.site, job.settings);
        Self {
            job,
            views,
            taken: OnceLock::new(),
            places: OnceLock::new(),
        }
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
    fn context<'s>(&'s self, address: &str, current: &'s str, here: Here<'_>) -> Sheet<'s> {
        let settings = self.job.settings;
        let canonical = if settings.base_url.is_empty() {
            String::new()
        } else {
            settings.absolute(address)
        };
        let mut context = Sheet::default();
        context.insert("root", address::root_of(address));
        context.insert("current", current);
        context.insert("page_url", settings.href(address));
        context.insert("canonical", canonical);
        let languages = languages::of(self.job.site, settings, here);
        // Search engines take no relative ones.
        let alternates = match settings.base_url.as_str() {
            "" => Vec::new(),
            _ => languages::alternates(here, &languages),
        };
        context.insert("alternates", alternates);
        context.insert("languages", languages);
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

    /// Whether a page that is no folder's stands at the address of a folder.
    fn is_taken(&self, address: &str) -> bool {
        let taken = self.taken.get_or_init(|| {
            let site = self.job.site;
            // There are far fewer folders than pages.
            let folders = site.folders.keys().map(String::as_str);
            let folders = folders.collect::<FxHashSet<_>>();
            let articles = site
                .articles()
                .map(|place| site.pages[place].address.as_str());
            articles
                .filter(|address| folders.contains(address))
                .collect()
        });
        taken.contains(address)
    }

    /// Whether a page at the address was made of the same is told by its sheet, `words` among it.
    fn write(
        &self,
        template: &str,
        address: &str,
        sheet: &Sheet<'_>,
        words: &[Words<'_>],
    ) -> Result<(), Failure> {
        let theme = self.job.theme;
        let is_known = words.iter().all(Words::is_known);
        let from = is_known.then(|| theme.key_of(template, sheet));
        self.job.make(&file_of(address), from, || {
            words.iter().try_for_each(Words::make)?;
            let _filling = self.job.span(Stage::Template, template);
            let length = words.iter().map(Words::len).sum::<usize>();
            theme.render(template, sheet, FRAME + length)
        })
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
        let speaking = folders.iter().map(|&folder| &site.folders[folder]);
        let texts = speaking.chain([top]).map(|folder| self.text_of(folder));
        let texts = texts.collect::<Vec<_>>();
        let words = texts.iter().map(|text| Words::new(text.as_ref(), &root));
        let words = words.collect::<Vec<_>>();
        let mut newest = self.views.articles().collect::<Vec<_>>();
        newest.sort_by_cached_key(|&place| Reverse(site.pages[place].date));
        // A folder of folders shows the newest of everything below it.
        let below = folders.iter().map(|&folder| (folder, Vec::new()));
        let mut below = below.collect::<FxHashMap<_, _>>();
        for &place in &newest {
            let source = site.pages[place].source.as_str();
            let mut folders = source.match_indices('/').map(|(at, _)| &source[..=at]);
            let folder = folders.find(|folder| folder.len() > here.len());
            let shown = folder.and_then(|folder| below.get_mut(folder));
            if let Some(shown) = shown.filter(|shown| shown.len() < HOME_COLLECTION) {
                shown.push(place);
            }
        }
        let collections = folders.iter().zip(&words).map(|(address, words)| {
            let mut collection = self.collection(address, &site.folders[*address], words);
            let below = below.get(address).cloned().unwrap_or_default();
            collection.items = self.views.cards(below);
            collection
        });
        let collections = collections.collect::<Vec<_>>();
        let home = look::home(&self.views, &newest);
        newest.truncate(HOME_NEWEST);
        let mut counts = BTreeMap::from([("pages", top.total)]);
        counts.extend(site.kinds.ids().map(|kind| (kind, 0)));
        for place in self.views.articles() {
            *counts.entry(&site.pages[place].kind).or_default() += 1;
        }
        let mut context = self.context(here, "home", Here::Folder(here, 1));
        context.insert("collections", collections);
        context.insert("education_themes", self.views.top_themes());
        context.insert("newest", self.views.cards(newest));
        context.insert("home", home);
        context.insert("counts", counts);
        let index = top.index.map(|place| &site.pages[place]);
        let summary = index.and_then(|page| page.summary.as_deref());
        let page = HomePageView {
            html: words.last(),
            title: index.map_or("", |page| &page.title),
            summary: summary.unwrap_or_default(),
        };
        context.insert("page", page);
        self.write("home.html", here, &context, &words)
    }

    /// The text of the page that speaks for a folder.
    fn text_of(&self, folder: &Folder) -> Option<LazyText<'_>> {
        folder.index.map(|place| LazyText::new(self.job, place))
    }

    fn collection<'s>(
        &'s self,
        address: &str,
        folder: &Folder,
        words: &'s Words<'s>,
    ) -> CollectionView<'s> {
        let site = self.job.site;
        let index = folder.index.map(|place| &site.pages[place]);
        let summary = index.and_then(|page| page.summary.as_deref());
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
            html: words,
            items: self.views.cards([]),
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
        let text = self.text_of(folder);
        let untranslated = languages::untranslated_in(site, address, settings.edition);
        for page in wanted {
            let here = at(page);
            let _span = self.job.span(Stage::Draw, &here);
            let items = folder.pages.chunks(size).nth(page - 1).unwrap_or_default();
            let href = |number| settings.href(&at(number));
            let pager = Pager::new(page, pages, href);
            let root = address::root_of(&here);
            let words = [Words::new(text.as_ref(), &root)];
            let mut context = self.context(&here, current, Here::Folder(address, page));
            if page == pages {
                let original = site.folder_like(address, 0).unwrap_or_default();
                self.add_untranslated(&mut context, &untranslated, original);
            }
            let collection = self.collection(address, folder, &words[0]);
            context.insert("collection", collection);
            context.insert("subfolders", &subfolders);
            context.insert("facets", &facets);
            context.insert("items", self.views.cards(items));
            context.insert("pager", pager);
            context.insert("breadcrumbs", &breadcrumbs);
            self.write("list.html", &here, &context, &words)?;
        }
        Ok(())
    }

    /// Adds what a list or theme would hold, were it translated: the first, and where all are.
    fn add_untranslated<'s>(&'s self, context: &mut Sheet<'s>, pages: &[usize], all: &str) {
        if pages.is_empty() {
            return;
        }
        let (site, first) = (self.job.site, pages.len().min(UNTRANSLATED));
        let view = UntranslatedView {
            language: &site.editions[0].language,
            name: &site.editions[0].name,
            items: self.views.cards(&pages[..first]),
            count: pages.len(),
            url: self.job.settings.href(all),
        };
        context.insert("untranslated", view);
    }

    /// Whether the page that stands for a file is to be drawn.
    pub(super) fn is_wanted(&self, place: usize) -> bool {
        self.wants(&self.job.site.pages[place].address)
    }

    /// The page that stands for a file, which has this text.
    pub(super) fn page(&self, place: usize, text: &LazyText<'_>) -> Result<(), Failure> {
        // A folder's page is drawn with the folder.
        let drawn = match self.job.site.pages[place].is_index {
            true => Ok(()),
            false => self.article(place, text),
        };
        self.job.done(Stage::Draw, 1);
        drawn
    }

    /// Related pages, grouped by kind.
    fn related(&self, place: usize) -> Vec<GroupView<'_>> {
        let related = &self.job.site.related[place];
        self.group(related, RELATED)
    }

    fn group(&self, places: &[usize], at_most: usize) -> Vec<GroupView<'_>> {
        let site = self.job.site;
        let mut groups = Vec::new();
        for kind in site.kinds.in_order() {
            let of_kind = places.iter().copied();
            let of_kind = of_kind.filter(|&place| site.pages[place].kind == kind.id);
            let mut of_kind = of_kind.collect::<Vec<_>>();
            let count = of_kind.len();
            of_kind.truncate(at_most);
            if !of_kind.is_empty() {
                let kind = self.views.one_and_several(kind);
                let strings = self.job.theme.strings();
                let pattern = strings.get("related_kind").map_or("{kind}", String::as_str);
                groups.push(GroupView {
                    label: pattern.replace("{kind}", &kind.plural),
                    kind,
                    items: self.views.cards(of_kind),
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
