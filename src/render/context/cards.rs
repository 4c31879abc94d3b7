//! What a page is in a list.

use std::collections::BTreeMap;
use std::hash::Hasher;

use serde::{Serialize, Serializer};
use tera::Value;

use super::{NamedView, Views};
use crate::content::edition::edition_of;
use crate::content::education_theme::Origin;
use crate::content::page::Page;
use crate::content::site::theme_address;
use crate::hash::Key;

/// A theme beside a page.
#[derive(Serialize)]
struct TagView<'a> {
    id: &'a str,
    name: &'a str,
    url: String,
    inferred: bool,
}

/// A page in a list.
#[derive(Serialize)]
struct CardView<'a> {
    title: &'a str,
    url: String,
    kind: NamedView,
    date: String,
    /// The day of the last change; empty if none is told.
    updated: String,
    summary: &'a str,
    education_themes: Vec<TagView<'a>>,
    minutes: usize,
    authors: &'a [String],
    /// The value of the key `status`: as the kind knows it, and for readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<NamedView>,
    /// The language of a page in another edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<NamedView>,
    fields: BTreeMap<String, String>,
}

/// What a card is made from, of which the names of kinds and themes have a key already.
struct CardSource<'a> {
    page: &'a Page,
    names: Key,
}

impl std::hash::Hash for CardSource<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let page = self.page;
        (self.names, &page.source, &page.address, &page.title).hash(state);
        (&page.kind, page.date, page.updated, page.minutes).hash(state);
        (&page.summary, &page.authors).hash(state);
        state.write_usize(page.education_themes.len());
        for assigned in &page.education_themes {
            (assigned.theme, assigned.origin).hash(state);
        }
        state.write_usize(page.fields.len());
        for field in &page.fields {
            (field.field, field.values.len()).hash(state);
            field.values.iter().for_each(|(text, _)| text.hash(state));
        }
    }
}

/// Cards of pages: told by their keys, and made where they are shown.
pub(in crate::render) struct Cards<'a> {
    views: &'a Views<'a>,
    places: Vec<usize>,
}

impl std::hash::Hash for Cards<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.places.len());
        for &place in &self.places {
            state.write(&self.views.card_key(place).bytes());
        }
    }
}

impl Serialize for Cards<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.places.iter().map(|&place| self.views.card_of(place)))
    }
}

impl<'a> Views<'a> {
    /// The card of a page, of whichever edition.
    pub(in crate::render) fn card_of(&self, place: usize) -> Value {
        let card = || Value::from_serializable(&self.card(&self.site.pages[place]));
        self.cards[place].get_or_init(card).clone()
    }

    /// Tells all that the card of a page does.
    pub(in crate::render) fn card_key(&self, place: usize) -> Key {
        let key = || {
            let (page, names) = (&*self.site.pages[place], self.names);
            Key::of(&CardSource { page, names })
        };
        *self.card_keys[place].get_or_init(key)
    }

    /// The cards of pages, in that order.
    pub(in crate::render) fn cards(&'a self, places: impl Into<Vec<usize>>) -> Cards<'a> {
        let (views, places) = (self, places.into());
        Cards { views, places }
    }

    /// The language of a page that is not in that of this edition.
    fn foreign(&self, page: &Page) -> Option<NamedView> {
        let edition = edition_of(&self.site.editions, &page.source);
        let other = &self.site.editions[edition];
        (edition != self.settings.edition).then(|| NamedView {
            id: other.language.clone(),
            name: other.name.clone(),
        })
    }

    fn card<'p>(&self, page: &'p Page) -> CardView<'p>
    where
        'a: 'p,
    {
        let language = self.settings.interface();
        let themes = page.education_themes.iter().map(|assigned| {
            let theme = &self.site.education_themes.all()[assigned.theme];
            TagView {
                id: &theme.id,
                name: theme.name.get(language),
                url: self
                    .settings
                    .href(&self.settings.own(&theme_address(&theme.id))),
                inferred: assigned.origin == Origin::Inferred,
            }
        });
        let details = self.details(page).into_iter();
        CardView {
            title: &page.title,
            url: self.settings.href(&page.address),
            kind: self.kind(&page.kind),
            date: page.date.map(|date| date.to_string()).unwrap_or_default(),
            updated: page
                .updated
                .map(|date| date.to_string())
                .unwrap_or_default(),
            summary: page.summary.as_deref().unwrap_or_default(),
            education_themes: themes.collect(),
            minutes: page.minutes,
            authors: &page.authors,
            status: self.status(page),
            language: self.foreign(page),
            fields: details.map(|detail| (detail.key, detail.value)).collect(),
        }
    }
}
