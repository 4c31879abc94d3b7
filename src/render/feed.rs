//! `feed.xml`: an Atom feed (RFC 4287) of the newest pages. Nothing in it depends on the clock:
//! it is as new as its newest page.

use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;

use super::Job;
use crate::content::date::Date;
use crate::content::education_theme::Assigned;
use crate::content::page::Page;
use crate::diagnostic::{Error, Failure};
use crate::hash::Key;
use crate::observer::Stage;
use crate::text;

/// Its address.
pub(super) const FEED: &str = "feed.xml";
/// Entries in the feed.
const ENTRIES: usize = 30;
/// Characters of text where a page has no summary.
const EXCERPT: usize = 160;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let _span = job.span(Stage::Formats, "");
    let path = job.settings.own(FEED);
    if !job.output.wants(&[&path]) {
        return Ok(());
    }
    let newest = newest(job);
    let settings = job.settings;
    let from = (
        [&settings.title, &settings.description, &settings.language],
        [&settings.base_url, &settings.top],
        &newest,
    );
    let is_known = |entry: &Entry<'_>| entry.summary.is_some() || entry.made_from.is_some();
    let from = newest.iter().all(is_known).then(|| Key::of(&from));
    job.make(&path, from, || {
        let summaries = newest.iter().map(|entry| match entry.summary {
            Some(summary) => Ok(summary.to_owned()),
            None => Ok(job.texts.of(entry.page)?.excerpt(EXCERPT)),
        });
        let summaries = summaries.collect::<Result<Vec<_>, Failure>>()?;
        write(job, &newest, &summaries).map_err(failed)
    })
}

pub(super) fn failed(error: io::Error) -> Failure {
    Error::because(text!("无法生成 XML", "cannot write XML"), error).into()
}

/// The XML declaration.
pub(super) fn xml_head() -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    // Writing to memory does not fail.
    let _ = writer.write_event(Event::Decl(declaration));
    let mut head = writer.into_inner();
    head.push(b'\n');
    head
}

/// A page of the feed.
struct Entry<'a> {
    /// When it was changed last.
    changed: Date,
    page: &'a Page,
    /// Its own; else its text speaks for it.
    summary: Option<&'a str>,
    made_from: Option<Key>,
    /// Its education themes, by id and name.
    themes: Vec<(&'a str, &'a str)>,
}

/// Covers all that the feed tells of a page, if that knows what it was made from.
impl std::hash::Hash for Entry<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let page = self.page;
        (self.changed, &page.title, &page.address, &page.authors).hash(state);
        (self.summary, &self.themes).hash(state);
        if self.summary.is_none() {
            self.made_from.hash(state);
        }
    }
}

fn newest<'a>(job: &Job<'a>) -> Vec<Entry<'a>> {
    let pages = job.site.articles().filter(|&place| job.has(place));
    let pages = pages.map(|place| &*job.site.pages[place]);
    let mut pages = pages
        .filter_map(|page| page.date.map(|date| (date, page)))
        .collect::<Vec<_>>();
    // Pages stand in the order of their sources.
    pages.sort_by_key(|(date, _)| std::cmp::Reverse(*date));
    pages.truncate(ENTRIES);
    let theme = |assigned: &Assigned| {
        let theme = &job.site.education_themes.all()[assigned.theme];
        (theme.id.as_str(), theme.name.get(job.settings.interface()))
    };
    let entries = pages.into_iter().map(|(date, page)| Entry {
        changed: page.updated.unwrap_or(date).max(date),
        page,
        summary: page.summary.as_deref(),
        made_from: page.made_from,
        themes: page.education_themes.iter().map(theme).collect(),
    });
    entries.collect()
}

fn write(job: &Job<'_>, entries: &[Entry<'_>], summaries: &[String]) -> io::Result<Vec<u8>> {
    let settings = job.settings;
    let changed = entries.iter().map(|entry| entry.changed).max();
    let updated = changed.map_or("1970-01-01".to_owned(), |day| day.to_string());
    let mut writer = Writer::new_with_indent(xml_head(), b' ', 1);
    let feed = writer
        .create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
        .with_attribute(("xml:lang", settings.language.as_str()));
    feed.write_inner_content(|writer| {
        text_element(writer, "title", &settings.title)?;
        if !settings.description.is_empty() {
            text_element(writer, "subtitle", &settings.description)?;
        }
        text_element(writer, "id", &id(job, &settings.top))?;
        text_element(writer, "updated", &format!("{updated}T00:00:00Z"))?;
        link(writer, "self", &settings.absolute(&settings.own(FEED)))?;
        link(writer, "alternate", &address(job, &settings.top))?;
        writer
            .create_element("author")
            .write_inner_content(|writer| text_element(writer, "name", &settings.title))?;
        let mut entries = entries.iter().zip(summaries);
        entries.try_for_each(|(entry, summary)| write_entry(job, writer, entry, summary))
    })?;
    Ok(writer.into_inner())
}

fn write_entry(
    job: &Job<'_>,
    writer: &mut Writer<Vec<u8>>,
    entry: &Entry<'_>,
    summary: &str,
) -> io::Result<()> {
    let (date, page) = (entry.changed, entry.page);
    writer
        .create_element("entry")
        .write_inner_content(|writer| {
            text_element(writer, "title", &page.title)?;
            text_element(writer, "id", &id(job, &page.address))?;
            text_element(writer, "updated", &format!("{date}T00:00:00Z"))?;
            link(writer, "alternate", &address(job, &page.address))?;
            for author in &page.authors {
                writer
                    .create_element("author")
                    .write_inner_content(|writer| text_element(writer, "name", author))?;
            }
            for &(id, name) in &entry.themes {
                let category = writer.create_element("category");
                let category = category.with_attribute(("term", id));
                category.with_attribute(("label", name)).write_empty()?;
            }
            text_element(writer, "summary", summary)
        })?;
    Ok(())
}

/// A name that stays the same wherever the site is published.
fn id(job: &Job<'_>, address: &str) -> String {
    if job.settings.base_url.is_empty() {
        let address = crate::content::address::encode_uri(address);
        format!("urn:inkstone:{address}")
    } else {
        job.settings.absolute(address)
    }
}

fn address(job: &Job<'_>, address: &str) -> String {
    if job.settings.base_url.is_empty() {
        job.settings.href(address)
    } else {
        job.settings.absolute(address)
    }
}

fn text_element(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    // XML 1.0 has no way to write these, not even escaped.
    let text = text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "");
    let element = writer.create_element(name);
    element.write_text_content(BytesText::new(&text))?;
    Ok(())
}

fn link(writer: &mut Writer<Vec<u8>>, rel: &str, href: &str) -> io::Result<()> {
    let link = writer.create_element("link").with_attribute(("rel", rel));
    link.with_attribute(("href", href)).write_empty()?;
    Ok(())
}
