//! A page that stands for a file of its own.

use serde::Serialize;
use tera::Value;

use super::{GroupView, Renderer};
use crate::content::address;
use crate::diagnostic::Failure;
use crate::observer::Stage;
use crate::render::context::{DetailView, LinkView, OutlineView, outline};
use crate::render::languages::Here;
use crate::render::look;
use crate::render::media::{self, MediaView};
use crate::render::words::{Description, LazyText, Words};

/// What such a page tells besides what its card does.
#[derive(Serialize, Hash)]
struct ArticleView<'a> {
    source: &'a str,
    html: &'a Words<'a>,
    description: Description<'a>,
    characters: usize,
    report: String,
    outline: Vec<OutlineView>,
    details: Vec<DetailView>,
    media: Vec<MediaView>,
    aliases: &'a [String],
    breadcrumbs: Vec<LinkView>,
    /// The list is newest first: what comes before in it is the newer page.
    previous: Option<LinkView>,
    next: Option<LinkView>,
    related: Vec<GroupView<'a>>,
}

impl Renderer<'_> {
    pub(super) fn article(&self, place: usize, text: &LazyText<'_>) -> Result<(), Failure> {
        let (site, settings) = (self.job.site, self.job.settings);
        let page = &site.pages[place];
        let _span = self.job.span(Stage::Draw, &page.source);
        let root = address::root_of(&page.address);
        let current = settings.section(&page.source);
        let current = current.strip_suffix(".md").unwrap_or(current);
        let kind = site.kinds.get(&page.kind);
        let template = kind.map_or("page.html", |kind| kind.template.as_str());
        let (folder, siblings) = site.folder_of(place).unzip();
        let siblings = siblings.map_or(&[][..], |folder| &folder.pages);
        let position = self.place_in_list(place);
        let beside = |offset: isize| {
            let other = position.checked_add_signed(offset)?;
            let other = &site.pages[*siblings.get(other)?];
            Some(LinkView {
                title: other.title.clone(),
                url: settings.href(&other.address),
                key: String::new(),
            })
        };
        let words = [Words::new(Some(text), &root)];
        let view = ArticleView {
            source: &page.source,
            html: &words[0],
            description: Description {
                summary: page.summary.as_deref(),
                words: &words[0],
            },
            characters: page.characters,
            report: look::report(settings, page),
            outline: outline(&page.body.outline),
            details: self.views.details(page),
            media: media::of(site, settings, page),
            aliases: &page.aliases,
            breadcrumbs: self.views.breadcrumbs(folder.unwrap_or_default()),
            previous: beside(-1),
            next: beside(1),
            related: self.related(place),
        };
        let from = (*self.views.card_hash(place).as_bytes(), &view);
        let mut context = self.context(&page.address, current, Here::Page(place));
        context.insert_made("page", &from, || {
            let (card, own) = (self.views.card_of(place), Value::from_serializable(&view));
            let mut page = card.as_map().cloned().unwrap_or_default();
            page.extend(own.as_map().cloned().unwrap_or_default());
            Value::from(page)
        });
        self.write(template, &page.address, &context, &words)
    }

    /// The place of a page in the list of its folder.
    fn place_in_list(&self, place: usize) -> usize {
        let places = self.places.get_or_init(|| {
            let site = self.job.site;
            let mut places = vec![0; site.pages.len()];
            for folder in site.folders.values() {
                for (position, &page) in folder.pages.iter().enumerate() {
                    places[page] = position;
                }
            }
            places
        });
        places[place]
    }
}
