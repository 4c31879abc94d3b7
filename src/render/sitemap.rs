//! `sitemap.xml`, after the Sitemaps protocol 0.9. Where the site does not know its own address,
//! locations are relative to the root: crawlers of an intranet are told where that is.

use std::io;

use quick_xml::events::BytesText;
use quick_xml::writer::Writer;

use super::Job;
use crate::content::date::Date;
use crate::diagnostic::Failure;
use crate::hash::Key;
use crate::observer::Stage;

const SITEMAP: &str = "sitemap.xml";

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    if !job.output.wants(&[SITEMAP]) {
        return Ok(());
    }
    let _span = job.span(Stage::Formats, "");
    let entries = job.site.pages.iter().enumerate();
    let entries = entries.map(|(place, page)| Entry {
        address: &page.address,
        changed: page.updated.or(page.date),
        languages: languages(job, place),
    });
    let entries = entries.collect::<Vec<_>>();
    let from = Key::of(&(&job.settings.base_url, job.site.editions.len(), &entries));
    job.make(SITEMAP, Some(from), || {
        write(job, &entries).map_err(super::feed::failed)
    })
}

/// A page of the map.
#[derive(Hash)]
struct Entry<'a> {
    address: &'a str,
    changed: Option<Date>,
    /// Languages, each with the address of the page in it.
    languages: Vec<(&'a str, &'a str)>,
}

fn write(job: &Job<'_>, entries: &[Entry<'_>]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(super::feed::xml_head(), b' ', 1);
    let namespace = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
    let mut urlset = writer.create_element("urlset").with_attribute(namespace);
    if job.site.editions.len() > 1 && !job.settings.base_url.is_empty() {
        urlset = urlset.with_attribute(("xmlns:xhtml", "http://www.w3.org/1999/xhtml"));
    }
    urlset.write_inner_content(|writer| {
        for entry in entries {
            writer.create_element("url").write_inner_content(|writer| {
                let location = location(job, entry.address);
                let element = writer.create_element("loc");
                element.write_text_content(BytesText::new(&location))?;
                if let Some(date) = entry.changed {
                    let element = writer.create_element("lastmod");
                    element.write_text_content(BytesText::new(&date.to_string()))?;
                }
                write_languages(job, writer, entry)
            })?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}

/// Where a page is: in full, if the site knows its address.
fn location(job: &Job<'_>, address: &str) -> String {
    if job.settings.base_url.is_empty() {
        job.settings.href(address)
    } else {
        job.settings.absolute(address)
    }
}

/// The languages of a page, as search engines ask for them: each names itself and all others.
fn languages<'a>(job: &Job<'a>, place: usize) -> Vec<(&'a str, &'a str)> {
    let site = job.site;
    if job.settings.base_url.is_empty() {
        return Vec::new();
    }
    let editions = site.editions.iter().enumerate();
    let likes = editions.filter_map(|(edition, other)| {
        let like = site.translations.of(place, edition)?;
        Some((other.language.as_str(), site.pages[like].address.as_str()))
    });
    let mut likes = likes.collect::<Vec<_>>();
    if likes.len() < 2 {
        return Vec::new();
    }
    if let Some(original) = site.translations.of(place, 0) {
        likes.push(("x-default", &site.pages[original].address));
    }
    likes
}

/// All of them, in full.
fn write_languages(
    job: &Job<'_>,
    writer: &mut Writer<Vec<u8>>,
    entry: &Entry<'_>,
) -> io::Result<()> {
    for &(language, address) in &entry.languages {
        let link = writer.create_element("xhtml:link");
        let link = link.with_attribute(("rel", "alternate"));
        let link = link.with_attribute(("hreflang", language));
        let link = link.with_attribute(("href", location(job, address).as_str()));
        link.write_empty()?;
    }
    Ok(())
}
