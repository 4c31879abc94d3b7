//! `sitemap.xml`, after the Sitemaps protocol 0.9. Where the site does not know its own address,
//! locations are relative to the root: crawlers of an intranet are told where that is.

use std::io;

use quick_xml::events::BytesText;
use quick_xml::writer::Writer;

use super::Job;
use crate::diagnostic::Failure;
use crate::observer::Stage;

const SITEMAP: &str = "sitemap.xml";

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    if !job.output.wants(&[SITEMAP]) {
        return Ok(());
    }
    let _span = job.span(Stage::Formats, "");
    let xml = write(job).map_err(super::feed::failed)?;
    job.put(SITEMAP, xml)
}

fn write(job: &Job<'_>) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(super::feed::xml_head(), b' ', 1);
    let namespace = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
    let mut urlset = writer.create_element("urlset").with_attribute(namespace);
    if job.site.editions.len() > 1 && !job.settings.base_url.is_empty() {
        urlset = urlset.with_attribute(("xmlns:xhtml", "http://www.w3.org/1999/xhtml"));
    }
    urlset.write_inner_content(|writer| {
        for (place, page) in job.site.pages.iter().enumerate() {
            writer.create_element("url").write_inner_content(|writer| {
                let location = location(job, &page.address);
                let element = writer.create_element("loc");
                element.write_text_content(BytesText::new(&location))?;
                if let Some(date) = page.updated.or(page.date) {
                    let element = writer.create_element("lastmod");
                    element.write_text_content(BytesText::new(&date.to_string()))?;
                }
                write_languages(job, writer, place)
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

/// The page in every language, as search engines ask for: each names itself and all others, in full.
fn write_languages(job: &Job<'_>, writer: &mut Writer<Vec<u8>>, place: usize) -> io::Result<()> {
    let site = job.site;
    if job.settings.base_url.is_empty() {
        return Ok(());
    }
    let editions = site.editions.iter().enumerate();
    let likes = editions.filter_map(|(edition, other)| {
        let like = site.translations.of(place, edition)?;
        Some((other.language.as_str(), &site.pages[like].address))
    });
    let mut likes = likes.collect::<Vec<_>>();
    if likes.len() < 2 {
        return Ok(());
    }
    if let Some(original) = site.translations.of(place, 0) {
        likes.push(("x-default", &site.pages[original].address));
    }
    for (language, address) in likes {
        let link = writer.create_element("xhtml:link");
        let link = link.with_attribute(("rel", "alternate"));
        let link = link.with_attribute(("hreflang", language));
        let link = link.with_attribute(("href", location(job, address).as_str()));
        link.write_empty()?;
    }
    Ok(())
}
