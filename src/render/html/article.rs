//! A page that stands for a file of its own.

use std::hash::Hasher;

use serde::Serialize;
use tera::Value;

use super::{GroupView, Renderer};
use crate::content::address;
use crate::content::page::Page;
use crate::diagnostic::Failure;
use crate::hash::Key;
use crate::observer::Stage;
use crate::render::context::{DetailView, LinkView, OutlineView, outline};
use crate::render::languages::Here;
use crate::render::look;
use crate::render::media::{self, MediaView};
use crate::render::words::{Description, LazyText, Words};

/// What such a page tells besides what its card does.
#[derive(Serialize)]
struct ArticleView<'a, 'w> {
    source: &'a str,
    html: &'a Words<'w>,
    description: Description<'a, 'w>,
    characters: usize,
    report: String,
    outline: Vec<OutlineView>,
    details: Vec<DetailView>,
    media: &'a [MediaView],
    aliases: &'a [String],
    breadcrumbs: Vec<LinkView>,
    /// The list is newest first: what comes before in it is the newer page.
    previous: Option<LinkView>,
    next: Option<LinkView>,
    related: Vec<GroupView<'a>>,
}

/// Where pages stand in the lists of their folders.
pub(super) struct Places<'a> {
    folders: Vec<Place<'a>>,
    /// For each page, the place of its folder among those, and its own in the folder's list.
    pages: Vec<(usize, usize)>,
}

struct Place<'a> {
    address: &'a str,
    pages: &'a [usize],
    /// Of the links to it and to the folders above.
    breadcrumbs: Key,
}

/// All that such a page is made from. What its own file says is told by its words.
struct Article<'a, 'r> {
    renderer: &'a Renderer<'r>,
    place: usize,
    folder: &'a Place<'a>,
    words: &'a Words<'a>,
    /// The pages beside it in the list of its folder.
    previous: Option<&'a Page>,
    next: Option<&'a Page>,
    media: Vec<MediaView>,
}

impl std::hash::Hash for Article<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let related = &self.renderer.job.site.related[self.place];
        self.words.hash(state);
        state.write(&self.folder.breadcrumbs.bytes());
        for beside in [self.previous, self.next] {
            beside.map(|page| (&page.title, &page.address)).hash(state);
        }
        self.media.hash(state);
        for &place in std::iter::once(&self.place).chain(related) {
            state.write(&self.renderer.views.card_key(place).bytes());
        }
    }
}

impl Article<'_, '_> {
    fn view(&self) -> Value {
        let Renderer { job, views, .. } = self.renderer;
        let page = &*job.site.pages[self.place];
        let beside = |page: &Page| LinkView {
            title: page.title.clone(),
            url: job.settings.href(&page.address),
            key: String::new(),
        };
        let own = Value::from_serializable(&ArticleView {
            source: &page.source,
            html: self.words,
            description: Description {
                summary: page.summary.as_deref(),
                words: self.words,
            },
            characters: page.characters,
            report: look::report(job.settings, page),
            outline: outline(&page.body.outline),
            details: views.details(page),
            media: &self.media,
            aliases: &page.aliases,
            breadcrumbs: views.breadcrumbs(self.folder.address),
            previous: self.previous.map(beside),
            next: self.next.map(beside),
            related: self.renderer.related(self.place),
        });
        let card = views.card_of(self.place);
        let mut page = card.as_map().cloned().unwrap_or_default();
        page.extend(own.into_map().unwrap_or_default());
        Value::from(page)
    }
}

impl<'a> Renderer<'a> {
    pub(super) fn article(&self, place: usize, text: &LazyText<'_>) -> Result<(), Failure> {
        let site = self.job.site;
        let page = &site.pages[place];
        let _span = self.job.span(Stage::Draw, &page.source);
        let root = address::root_of(&page.address);
        let current = self.job.settings.section(&page.source);
        let current = current.strip_suffix(".md").unwrap_or(current);
        let kind = site.kinds.get(&page.kind);
        let template = kind.map_or("page.html", |kind| kind.template.as_str());
        let places = self.places.get_or_init(|| self.places());
        let (folder, position) = places.pages[place];
        let folder = &places.folders[folder];
        let beside = |offset: isize| {
            let other = position.checked_add_signed(offset)?;
            Some(&*site.pages[*folder.pages.get(other)?])
        };
        let words = [Words::new(Some(text), &root)];
        let article = Article {
            renderer: self,
            place,
            folder,
            words: &words[0],
            previous: beside(-1),
            next: beside(1),
            media: media::of(site, self.job.settings, page),
        };
        let mut context = self.context(&page.address, current, Here::Page(place));
        context.insert_made("page", &article, || article.view());
        self.write(template, &page.address, &context, &words)
    }

    fn places(&self) -> Places<'a> {
        let site = self.job.site;
        let mut pages = vec![(0, 0); site.pages.len()];
        let folders = site.folders.iter().zip(0..).map(|((address, folder), at)| {
            for (position, &page) in folder.pages.iter().enumerate() {
                pages[page] = (at, position);
            }
            Place {
                address,
                pages: &folder.pages,
                breadcrumbs: Key::of(&self.views.breadcrumbs(address)),
            }
        });
        let folders = folders.collect();
        Places { folders, pages }
    }
}
