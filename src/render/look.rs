//! What a site's owner says about its looks: logo, footer, navigation, the home page's blocks.

use serde::Serialize;

use super::Settings;
use super::context::{Cards, ThemeView, Views};
use crate::content::page::Page;
use crate::content::site::{EDUCATION_THEMES, SEARCH};
use crate::theme::Theme;

/// The part of the settings that is about looks; names in it are known to lead somewhere.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// A picture in `content/`.
    pub logo: Option<String>,
    /// Where mistakes are reported, with `{title}` and `{url}` to be filled in; empty: nowhere.
    pub report: String,
    /// More lines at the foot of every page.
    pub footnotes: Vec<Footnote>,
    /// Whether to write `_design/`.
    pub design_page: bool,
    /// Whether readers can keep the site on their devices.
    pub offline: bool,
    /// Instead of the folders.
    pub navigation: Vec<NavigationLink>,
    /// The parts of the home page, in order.
    pub blocks: Vec<&'static str>,
    /// An education theme.
    pub theme_of_the_month: Option<String>,
    /// Paths of pages in `content/`.
    pub featured: Vec<String>,
}

/// A line at the foot of every page.
#[derive(Debug, Clone, Serialize)]
pub struct Footnote {
    /// What it says.
    pub text: String,
    /// Where it leads; empty: nowhere.
    pub url: String,
}

/// A link at the top of every page.
#[derive(Debug, Clone)]
pub struct NavigationLink {
    /// Empty: the title of what it leads to.
    pub title: String,
    /// An address in the site, or elsewhere.
    pub to: String,
}

/// A link of the navigation, for templates.
#[derive(Serialize)]
pub(super) struct NavigationView {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) key: String,
    pub(super) external: bool,
}

/// The education theme of the month with its newest pages.
#[derive(Serialize, Hash)]
struct MonthView<'a> {
    theme: &'a ThemeView,
    items: Cards<'a>,
}

/// What templates see as `home`.
#[derive(Serialize, Hash)]
pub(super) struct HomeView<'a> {
    blocks: &'a [&'static str],
    month: Option<MonthView<'a>>,
    featured: Cards<'a>,
}

/// Pages shown with the theme of the month, and kinds that are featured.
const MONTH_PAGES: usize = 4;
const FEATURED: usize = 3;

/// The links that the settings name.
pub(super) fn navigation(views: &Views<'_>, theme: &Theme) -> Vec<NavigationView> {
    let site = views.site;
    let links = &views.settings.look.navigation;
    let word = |key: &str| theme.strings().get(key).cloned().unwrap_or_default();
    let links = links.iter().map(|link| {
        let to = link.to.as_str();
        let external = to.contains(':');
        let below = to.strip_prefix(views.settings.top.as_str()).unwrap_or(to);
        let title = match below {
            _ if !link.title.is_empty() => link.title.clone(),
            SEARCH => word("search"),
            EDUCATION_THEMES => word("education_themes"),
            _ if site.folders.contains_key(to) => views.folder_link(to).title,
            _ => {
                let mut pages = site.pages.iter();
                let page = pages.find(|page| page.address == to);
                page.map_or_else(|| to.to_owned(), |page| page.title.clone())
            }
        };
        let key = match below {
            EDUCATION_THEMES => "themes",
            _ => to.trim_end_matches('/'),
        };
        let url = match external {
            true => to.to_owned(),
            false => views.settings.href(to),
        };
        NavigationView {
            title,
            url,
            key: key.to_owned(),
            external,
        }
    });
    links.collect()
}

/// The blocks of the home page, with what only they need; `newest` are all pages, newest first.
pub(super) fn home<'a>(views: &'a Views<'a>, newest: &[usize]) -> HomeView<'a> {
    let (site, look) = (views.site, &views.settings.look);
    let month = look.theme_of_the_month.as_deref();
    let month = month.and_then(|name| site.education_themes.resolve(name));
    let month = month.map(|place| {
        let mut pages = views.by_theme[place].clone();
        pages.sort_by(|&a, &b| site.pages[b].date.cmp(&site.pages[a].date));
        pages.truncate(MONTH_PAGES);
        MonthView {
            theme: &views.themes[place],
            items: views.cards(pages),
        }
    });
    let named = look.featured.iter().filter_map(|source| {
        let find = |page: &std::sync::Arc<Page>| page.source.as_str().cmp(source);
        site.pages.binary_search_by(find).ok()
    });
    let mut featured = named.collect::<Vec<_>>();
    if featured.is_empty() {
        let kinds = site.kinds.in_order().into_iter();
        let kinds = kinds.filter(|kind| kind.id != "page");
        let newest_of = |id: &str| {
            let mut newest = newest.iter().copied();
            newest.find(|&place| site.pages[place].kind == id)
        };
        let newest = kinds.filter_map(|kind| newest_of(&kind.id));
        featured = newest.take(FEATURED).collect();
    }
    HomeView {
        blocks: &look.blocks,
        month,
        featured: views.cards(featured),
    }
}

/// Where readers report a mistake in that page; empty: nowhere.
pub(super) fn report(settings: &Settings, page: &Page) -> String {
    let encoded = |text: &str| {
        let all = percent_encoding::NON_ALPHANUMERIC;
        percent_encoding::utf8_percent_encode(text, all).to_string()
    };
    let report = settings
        .look
        .report
        .replace("{title}", &encoded(&page.title));
    report.replace("{url}", &encoded(&settings.absolute(&page.address)))
}
