//! What a list can be narrowed by: links to the search page with the filters set.

use std::collections::BTreeMap;

use serde::Serialize;

use super::context::Views;
use crate::content::address::encode_uri;
use crate::content::page::Page;
use crate::content::site::SEARCH;

/// Values shown of each facet, and pages from which narrowing is worth it.
const VALUES: usize = 8;
const PAGES: usize = 6;

/// One facet of a list, by the name that the search page calls it.
#[derive(Serialize, Hash)]
pub(super) struct FacetView {
    name: &'static str,
    values: Vec<ValueView>,
}

#[derive(Serialize, Hash)]
struct ValueView {
    label: String,
    count: usize,
    url: String,
}

/// The facets of the top folder at `address`; nothing for other folders, which search does not
/// tell apart, and for those that are short.
pub(super) fn of_folder(views: &Views<'_>, address: &str) -> Vec<FacetView> {
    let site = views.site;
    let top = views.settings.top.as_str();
    let id = address.strip_prefix(top).unwrap_or(address);
    let id = id.trim_end_matches('/');
    if id.is_empty() || id.contains('/') {
        return Vec::new();
    }
    // They stand together, sorted as they are by path.
    let first = site
        .pages
        .partition_point(|page| page.source.as_str() < address);
    let pages = site.pages[first..].iter().map(AsRef::as_ref);
    let pages = pages.take_while(|page: &&Page| page.source.starts_with(address));
    let pages = pages.filter(|page| !page.is_index);
    let pages = pages.collect::<Vec<_>>();
    if pages.len() < PAGES {
        return Vec::new();
    }
    let (mut themes, mut dates, mut statuses) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for page in pages {
        for assigned in &page.education_themes {
            *themes.entry(assigned.theme).or_insert(0) += 1;
        }
        if let Some(date) = page.date {
            *dates.entry(date).or_insert(0) += 1;
        }
        if let Some(status) = views.status(page) {
            *statuses.entry(status.name).or_insert(0) += 1;
        }
    }
    let mut years = BTreeMap::new();
    for (date, pages) in dates {
        let year = date.to_string();
        let year = year.split('-').next().unwrap_or_default().to_owned();
        *years.entry(year).or_insert(0) += pages;
    }
    let link = |name: &str, value: &str| {
        let (id, value) = (encode_uri(id), encode_uri(value));
        let search = views.settings.href(&views.settings.own(SEARCH));
        format!("{search}?collection={id}&{name}={value}")
    };
    let value = |name: &'static str, id: &str, label: &str, count: usize| ValueView {
        label: label.to_owned(),
        count,
        url: link(name, id),
    };
    let themes = themes.into_iter().map(|(place, count)| {
        let theme = &site.education_themes.all()[place];
        let name = theme.name.get(views.settings.interface());
        value("theme", &theme.id, name, count)
    });
    let years = years.iter().rev();
    let years = years.map(|(year, &count)| value("year", year, year, count));
    let statuses = statuses.iter();
    let statuses = statuses.map(|(status, &count)| value("status", status, status, count));
    let facets = [
        ("theme", by_count(themes.collect())),
        ("year", years.take(VALUES).collect()),
        ("status", by_count(statuses.collect())),
    ];
    let facets = facets.into_iter().filter(|(_, values)| values.len() > 1);
    facets
        .map(|(name, values)| FacetView { name, values })
        .collect()
}

/// The most frequent first, else in the order given.
fn by_count(mut values: Vec<ValueView>) -> Vec<ValueView> {
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    values.truncate(VALUES);
    values
}
