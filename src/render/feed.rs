//! `feed.xml`: an Atom feed (RFC 4287) of the newest pages. Nothing in it depends on the clock:
//! it is as new as its newest page.

use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;

use super::Job;
use crate::content::date::Date;
use crate::content::page::Page;
use crate::diagnostic::{Error, Failure};
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
    let newest = newest(job)?;
    let xml = write(job, &newest).map_err(failed)?;
    job.put(&path, xml)
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
    summary: String,
}

fn newest<'a>(job: &Job<'a>) -> Result<Vec<Entry<'a>>, Failure> {
    let pages = job.site.articles().filter(|&place| job.has(place));
    let pages = pages.map(|place| &*job.site.pages[place]);
    let mut pages = pages
        .filter_map(|page| page.date.map(|date| (date, page)))
        .collect::<Vec<_>>();
    pages.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.source.cmp(&b.1.source)));
    pages.truncate(ENTRIES);
    let entries = pages.into_iter().map(|(date, page)| {
        let summary = match &page.summary {
            Some(summary) => summary.clone(),
            None => job.texts.of(page)?.excerpt(EXCERPT),
        };
        Ok(Entry {
            changed: page.updated.unwrap_or(date).max(date),
            page,
            summary,
        })
    });
    entries.collect()
}

fn write(job: &Job<'_>, entries: &[Entry<'_>]) -> io::Result<Vec<u8>> {
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
        entries
            .iter()
            .try_for_each(|entry| write_entry(job, writer, entry))
    })?;
    Ok(writer.into_inner())
}

fn write_entry(job: &Job<'_>, writer: &mut Writer<Vec<u8>>, entry: &Entry<'_>) -> io::Result<()> {
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
            for assigned in &page.education_themes {
                let theme = &job.site.education_themes.all()[assigned.theme];
                let category = writer
                    .create_element("category")
                    .with_attribute(("term", theme.id.as_str()));
                category
                    .with_attribute(("label", theme.name.get(job.settings.interface())))
                    .write_empty()?;
            }
            text_element(writer, "summary", &entry.summary)
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
