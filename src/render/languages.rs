//! Where the other languages say what a page says: for readers who choose theirs, and for search
//! engines.

use serde::Serialize;

use super::Settings;
use crate::content::address;
use crate::content::site::{EDUCATION_THEMES, Site, theme_address};

/// What a page is, so that its like can be found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Here<'a> {
    /// A page by its place.
    Page(usize),
    /// A folder's list, or a later page of it.
    Folder(&'a str, usize),
    /// An education theme by its id.
    Theme(&'a str),
    /// The map of education themes.
    Themes,
    /// A page that every language has at the same address below its top, such as search.
    Shared(&'a str),
    /// A page that says nothing of its own, such as 404: other languages begin at home.
    Alone,
}

/// The anchor of the note on a list that a reader was led to instead of a translation.
const UNTRANSLATED: &str = "#untranslated";

/// A language of the site beside a page.
#[derive(Serialize, Hash)]
pub(super) struct LanguageView {
    /// BCP 47 tag.
    tag: String,
    name: String,
    /// Relative to the root.
    url: String,
    /// Whether the page itself is in it.
    current: bool,
    /// Whether this very page is there in it; else the address is that of what is nearest.
    translated: bool,
}

/// All languages of the site, its own first; none where it has only one.
pub(super) fn of(site: &Site, settings: &Settings, here: Here<'_>) -> Vec<LanguageView> {
    if site.editions.len() < 2 {
        return Vec::new();
    }
    let editions = site.editions.iter().enumerate();
    let views = editions.map(|(edition, other)| {
        let like = like(site, settings, here, edition);
        let url = match &like {
            _ if matches!(here, Here::Alone) => settings.href(&other.top),
            Some(address) => settings.href(address),
            None => {
                let nearest = nearest(site, here, edition);
                format!("{}{UNTRANSLATED}", settings.href(nearest))
            }
        };
        LanguageView {
            tag: other.language.clone(),
            name: other.name.clone(),
            url,
            current: edition == settings.edition,
            translated: like.is_some() || matches!(here, Here::Alone),
        }
    });
    views.collect()
}

/// A page in one of its languages, for search engines.
#[derive(Serialize, Hash)]
pub(super) struct AlternateView {
    /// BCP 47 tag, or `x-default`.
    tag: String,
    url: String,
}

/// The languages that a page is there in, itself included, and which of them is for all others;
/// none where it is there in one.
pub(super) fn alternates(here: Here<'_>, languages: &[LanguageView]) -> Vec<AlternateView> {
    if matches!(here, Here::Alone) {
        return Vec::new();
    }
    let translated = languages.iter().filter(|language| language.translated);
    let view = |tag: &str, language: &LanguageView| AlternateView {
        tag: tag.to_owned(),
        url: language.url.clone(),
    };
    let mut views = translated
        .map(|language| view(&language.tag, language))
        .collect::<Vec<_>>();
    if views.len() < 2 {
        return Vec::new();
    }
    let original = languages.first().filter(|language| language.translated);
    views.extend(original.map(|language| view("x-default", language)));
    views
}

/// The address in an edition of what says the same; the page's own in its own.
fn like(site: &Site, settings: &Settings, here: Here<'_>, edition: usize) -> Option<String> {
    let top = &site.editions[edition].top;
    let own = edition == settings.edition;
    match here {
        Here::Page(place) => {
            let place = if own {
                Some(place)
            } else {
                site.translations.of(place, edition)
            };
            // A page that speaks for a folder stands for it.
            place.map(|place| site.pages[place].address.clone())
        }
        Here::Folder(folder, 1) if own => Some(folder.to_owned()),
        Here::Folder(folder, page) if own => Some(page_of(folder, page)),
        Here::Folder(folder, _) => site.folder_like(folder, edition).map(str::to_owned),
        Here::Theme(id) => Some(format!("{top}{}", theme_address(id))),
        Here::Themes => Some(format!("{top}{EDUCATION_THEMES}")),
        Here::Shared(address) => Some(format!("{top}{address}")),
        Here::Alone => None,
    }
}

/// The address of a later page of a folder's list.
pub(super) fn page_of(folder: &str, page: usize) -> String {
    match page {
        1 => folder.to_owned(),
        page => format!("{folder}page/{page}/"),
    }
}

/// The nearest folder of an edition above what has no like in it.
fn nearest<'a>(site: &'a Site, here: Here<'_>, edition: usize) -> &'a str {
    let top = site.editions[edition].top.as_str();
    let start = match here {
        Here::Page(place) => address::split(&site.pages[place].source).0,
        Here::Folder(folder, _) => folder,
        _ => return top,
    };
    let above = site.path_to(start).into_iter().rev();
    let mut likes = above.filter_map(|folder| site.folder_like(folder, edition));
    likes.next().unwrap_or(top)
}

/// The newest pages of the site's own language that a folder of another one would hold if they
/// were translated; none for the site's own.
pub(super) fn untranslated_in(site: &Site, folder: &str, edition: usize) -> Vec<usize> {
    if edition == 0 {
        return Vec::new();
    }
    let own = site.folder_like(folder, 0);
    let pages = own.map_or(&[][..], |own| &site.folders[own].pages);
    untranslated(site, pages, edition)
}

/// Those of `pages` that the site's own language has and the edition has not.
pub(super) fn untranslated(site: &Site, pages: &[usize], edition: usize) -> Vec<usize> {
    let pages = pages.iter().copied();
    let pages = pages.filter(|&page| site.edition(page) == 0 && edition != 0);
    let pages = pages.filter(|&page| site.translations.of(page, edition).is_none());
    pages.collect()
}
