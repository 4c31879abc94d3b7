//! What templates see: plain views of the site, made once and shared by every page.

mod cards;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Serialize;
use tera::Value;

use super::Settings;
use super::feed::FEED;
use super::look::{self, Footnote, NavigationView};
use crate::content::address;
use crate::content::kind::{FieldType, Kind};
use crate::content::markdown::Heading;
use crate::content::page::Page;
use crate::content::site::{EDUCATION_THEMES, SEARCH, Site, theme_address};
use crate::hash::Key;
use crate::language::Language;
use crate::theme::Theme;

pub(super) use cards::Cards;

/// `site` in every template.
#[derive(Serialize)]
struct SiteView<'a> {
    title: &'a str,
    description: &'a str,
    language: &'a str,
    base_url: &'a str,
    copyright: &'a str,
    home_url: String,
    feed_url: String,
    search_url: String,
    /// The script of the engine of search.
    engine_url: String,
    themes_url: String,
    /// Empty: the theme's own mark.
    logo: String,
    footnotes: &'a [Footnote],
    offline: bool,
}

/// A link with its words.
#[derive(Serialize, Hash, Clone)]
pub(super) struct LinkView {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) key: String,
}

/// An id, and what readers call it.
#[derive(Serialize, Hash, Clone)]
pub(super) struct NamedView {
    pub(super) id: String,
    pub(super) name: String,
}

/// A kind, and what readers call one and several of its pages.
#[derive(Serialize, Hash)]
pub(super) struct KindView {
    id: String,
    name: String,
    pub(super) plural: String,
}

/// An education theme with those below it.
#[derive(Serialize, Hash, Clone)]
pub(super) struct ThemeView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) description: String,
    pub(super) count: usize,
    pub(super) depth: usize,
    pub(super) children: Vec<ThemeView>,
}

/// A heading with those below it.
#[derive(Serialize, Debug, PartialEq)]
pub(super) struct OutlineView {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) level: u8,
    pub(super) children: Vec<OutlineView>,
}

/// One of a kind's own keys on a page.
#[derive(Serialize)]
pub(super) struct DetailView {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) values: Vec<String>,
}

/// Folders at the top that are worth an entry of their own in the navigation; beyond that a
/// header would be a wall.
const NAVIGATION: usize = 8;
/// Pages that stand directly in `content/` and are shown there, too.
const LOOSE_PAGES: usize = 3;

/// Everything that more than one page needs.
pub(super) struct Views<'a> {
    pub(super) site: &'a Site,
    pub(super) settings: &'a Settings,
    /// For each page, its card, once it was asked for.
    cards: Vec<OnceLock<Value>>,
    /// Likewise, of all that its card tells.
    card_keys: Vec<OnceLock<Key>>,
    /// Tells what cards are made from besides their pages: what kinds and themes are called,
    /// and how links end.
    names: Key,
    /// For each education theme, the pages of the edition on it and on those below it.
    pub(super) by_theme: Vec<Vec<usize>>,
    /// For each education theme, itself with those below it.
    pub(super) themes: Vec<ThemeView>,
}

impl<'a> Views<'a> {
    pub(super) fn new(site: &'a Site, settings: &'a Settings) -> Self {
        let mut views = Self::names(site, settings);
        let all = 0..site.education_themes.all().len();
        let by_theme = site.by_theme.iter().map(|pages| {
            let pages = pages.iter().copied();
            let own = pages.filter(|&page| site.edition(page) == settings.edition);
            own.collect()
        });
        views.by_theme = by_theme.collect();
        views.themes = all.map(|place| views.theme(place)).collect();
        views.cards.resize_with(site.pages.len(), OnceLock::new);
        views.names = names(site, settings);
        let keys = &mut views.card_keys;
        keys.resize_with(site.pages.len(), OnceLock::new);
        views
    }

    /// For what is called how alone: without cards and themes.
    pub(super) fn names(site: &'a Site, settings: &'a Settings) -> Self {
        Self {
            site,
            settings,
            cards: Vec::new(),
            card_keys: Vec::new(),
            names: Key::default(),
            by_theme: Vec::new(),
            themes: Vec::new(),
        }
    }

    /// The status of a page that has one, as its kind knows it and for readers.
    pub(super) fn status(&self, page: &Page) -> Option<NamedView> {
        let kind = self.site.kinds.get(&page.kind)?;
        let field = kind.fields.iter().find(|field| field.key == "status")?;
        let value = page.field(&self.site.kinds, "status").next()?;
        Some(NamedView {
            id: value.to_owned(),
            name: field.shown(value, self.settings.interface()).to_owned(),
        })
    }

    /// The kind of that id, by name.
    pub(super) fn kind(&self, id: &str) -> NamedView {
        let kind = self.site.kinds.get(id);
        let name = kind.map_or(id, |kind| kind.name(self.settings.interface()));
        NamedView {
            id: id.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The edition's pages that readers read.
    pub(super) fn articles(&self) -> impl Iterator<Item = usize> {
        let own = self.settings.edition;
        let articles = self.site.articles();
        articles.filter(move |&place| self.site.edition(place) == own)
    }

    /// The kinds that have a page, in reading order.
    pub(super) fn kinds(&self) -> Vec<KindView> {
        let used = |kind: &&Kind| {
            let mut articles = self.articles();
            articles.any(|place| self.site.pages[place].kind == kind.id)
        };
        let kinds = self.site.kinds.in_order().into_iter().filter(used);
        kinds.map(|kind| self.one_and_several(kind)).collect()
    }

    /// The kind, by its names.
    pub(super) fn one_and_several(&self, kind: &Kind) -> KindView {
        let language = self.settings.interface();
        KindView {
            id: kind.id.clone(),
            name: kind.name(language).to_owned(),
            plural: kind.plural(language).to_owned(),
        }
    }

    /// A page's own keys for readers; references to pages are shown as related pages instead.
    pub(super) fn details(&self, page: &Page) -> Vec<DetailView> {
        let language = self.settings.interface();
        let Some(kind) = self.site.kinds.get(&page.kind) else {
            return Vec::new();
        };
        let fields = page
            .fields
            .iter()
            .map(|value| (&kind.fields[value.field], value));
        let fields =
            fields.filter(|(field, _)| !matches!(field.value, FieldType::Pages | FieldType::Media));
        let separator = match language {
            Language::Chinese => "、",
            Language::English => ", ",
        };
        let details = fields.map(|(field, value)| {
            let shown = |text| field.shown(text, language);
            let texts = value
                .values
                .iter()
                .map(|(text, _)| match field.unit.get(language) {
                    "" => shown(text).to_owned(),
                    unit => format!("{text} {unit}"),
                });
            let values = texts.collect::<Vec<_>>();
            DetailView {
                key: field.key.clone(),
                label: field.name.get(language).to_owned(),
                value: values.join(separator),
                values,
            }
        });
        details.collect()
    }

    fn theme(&self, place: usize) -> ThemeView {
        let themes = &self.site.education_themes;
        let theme = &themes.all()[place];
        let language = self.settings.interface();
        let children = theme.children.iter().copied();
        let children = children.filter(|&child| self.is_shown(child));
        ThemeView {
            id: theme.id.clone(),
            name: theme.name.get(language).to_owned(),
            url: self
                .settings
                .href(&self.settings.own(&theme_address(&theme.id))),
            description: theme.description.get(language).to_owned(),
            count: self.by_theme[place].len(),
            depth: themes.ancestors(place).count(),
            children: children.map(|child| self.theme(child)).collect(),
        }
    }

    /// Whether maps show an education theme: those of a language with few pages would be mostly
    /// empty.
    fn is_shown(&self, theme: usize) -> bool {
        self.settings.edition == 0 || !self.by_theme[theme].is_empty()
    }

    /// The themes at the top of the tree.
    pub(super) fn top_themes(&self) -> Vec<&ThemeView> {
        let themes = self.themes.iter().enumerate();
        let themes = themes.filter(|(place, theme)| theme.depth == 0 && self.is_shown(*place));
        themes.map(|(_, theme)| theme).collect()
    }

    /// Links to the folders above and including `folder`; the home page is the template's.
    pub(super) fn breadcrumbs(&self, folder: &str) -> Vec<LinkView> {
        let path = self.site.path_to(folder).into_iter();
        path.map(|folder| self.folder_link(folder)).collect()
    }

    /// A link to a folder's list.
    pub(super) fn folder_link(&self, folder: &str) -> LinkView {
        LinkView {
            title: self
                .site
                .folder_title(folder, self.settings.interface())
                .to_owned(),
            url: self.settings.href(folder),
            key: folder.trim_end_matches('/').to_owned(),
        }
    }
}

fn names(site: &Site, settings: &Settings) -> Key {
    let themes = site.education_themes.all().iter();
    let themes = themes.map(|theme| (&theme.id, &theme.name));
    let editions = site.editions.iter();
    let editions = editions.map(|edition| (&edition.language, &edition.name, &edition.top));
    let lists = (themes.collect::<Vec<_>>(), editions.collect::<Vec<_>>());
    let own = (settings.edition, &settings.base_url, &settings.language);
    Key::of(&(&site.kinds, lists, own))
}

/// Puts what every page shows into the theme's global context.
pub(super) fn share(theme: &mut Theme, site: &Site, settings: &Settings) {
    let view = SiteView {
        title: &settings.title,
        description: &settings.description,
        language: &settings.language,
        base_url: &settings.base_url,
        copyright: &settings.copyright,
        home_url: settings.href(&settings.top),
        feed_url: address::encode_uri(&settings.own(FEED)),
        search_url: settings.href(&settings.own(SEARCH)),
        engine_url: address::encode_uri(&settings.own(&format!("{SEARCH}engine.js"))),
        themes_url: settings.href(&settings.own(EDUCATION_THEMES)),
        logo: settings
            .look
            .logo
            .as_deref()
            .map(address::encode_uri)
            .unwrap_or_default(),
        footnotes: &settings.look.footnotes,
        offline: settings.look.offline,
    };
    let words_file = words_file(settings);
    theme.add_asset(&words_file, words(theme));
    // A query that changes with the content makes browsers let go of an old file; the name
    // itself stays, so that style sheets can refer to their neighbours.
    let assets = theme.assets().iter().map(|(name, bytes)| {
        let hash = &blake3::hash(bytes).to_hex()[..8];
        let path = address::encode_uri(&format!("assets/{name}"));
        (name.clone(), format!("{path}?v={hash}"))
    });
    let mut assets = assets.collect::<BTreeMap<_, _>>();
    if let Some(words) = assets.get(&words_file).cloned() {
        assets.insert(WORDS.to_owned(), words);
    }
    let strings = Value::from_serializable(theme.strings());
    let navigation = navigation(site, settings, theme);
    let generator = concat!("Inkstone ", env!("CARGO_PKG_VERSION"));
    theme.share("site", Value::from_serializable(&view));
    theme.share("assets", Value::from_serializable(&assets));
    theme.share("t", strings);
    theme.share("navigation", Value::from_serializable(&navigation));
    let kinds = Views::names(site, settings).kinds();
    theme.share("kinds", Value::from_serializable(&kinds));
    theme.share("generator", Value::from(generator));
}

/// What templates call the file of words, whichever the language.
const WORDS: &str = "words.js";

/// The name of the file of words among the assets.
pub(super) fn words_file(settings: &Settings) -> String {
    match settings.edition {
        0 => WORDS.to_owned(),
        _ => format!("words-{}.js", settings.language),
    }
}

/// What scripts that few readers need say, fetched with them rather than part of every page.
fn words(theme: &Theme) -> Vec<u8> {
    let words = theme.strings().iter();
    let words = words.filter(|(key, _)| key.starts_with("reader_"));
    let words = words.collect::<BTreeMap<_, _>>();
    let words = serde_json::json!(words);
    format!("globalThis.inkstoneWords = {words};\n").into_bytes()
}

fn navigation(site: &Site, settings: &Settings, theme: &Theme) -> Vec<NavigationView> {
    let top = &site.folders[&settings.top];
    let views = Views::names(site, settings);
    if !settings.look.navigation.is_empty() {
        return look::navigation(&views, theme);
    }
    let folders = settings.folders_in_order(top.folders.iter());
    let folders = folders.into_iter().take(NAVIGATION);
    let mut links = folders
        .map(|folder| views.folder_link(folder))
        .collect::<Vec<_>>();
    if !site.education_themes.all().is_empty() {
        links.push(LinkView {
            title: theme
                .strings()
                .get("education_themes")
                .cloned()
                .unwrap_or_default(),
            url: settings.href(&settings.own(EDUCATION_THEMES)),
            key: "themes".to_owned(),
        });
    }
    if top.pages.len() <= LOOSE_PAGES {
        links.extend(top.pages.iter().map(|&page| LinkView {
            title: site.pages[page].title.clone(),
            url: settings.href(&site.pages[page].address),
            key: site.pages[page].address.trim_end_matches('/').to_owned(),
        }));
    }
    let links = links.into_iter().map(|link| NavigationView {
        title: link.title,
        url: link.url,
        key: link.key,
        external: false,
    });
    links.collect()
}

/// Headings in order → a tree. A level that is skipped hangs under the nearest one above.
pub(super) fn outline(headings: &[Heading]) -> Vec<OutlineView> {
    let mut at = 0;
    outline_below(headings, &mut at, 0)
}

fn outline_below(headings: &[Heading], at: &mut usize, level: u8) -> Vec<OutlineView> {
    let mut list = Vec::new();
    while let Some(heading) = headings.get(*at).filter(|heading| heading.level > level) {
        *at += 1;
        list.push(OutlineView {
            id: heading.anchor.clone(),
            title: heading.title.clone(),
            level: heading.level,
            children: outline_below(headings, at, heading.level),
        });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_a_tree() {
        let heading = |level, title: &str| Heading {
            level,
            anchor: title.to_owned(),
            title: title.to_owned(),
        };
        let headings = [
            heading(2, "a"),
            heading(4, "b"),
            heading(3, "c"),
            heading(2, "d"),
        ];
        let tree = outline(&headings);
        assert_eq!(tree.len(), 2);
        assert_eq!(tree[0].children.len(), 2);
        assert_eq!(tree[0].children[1].title, "c");
    }
}
