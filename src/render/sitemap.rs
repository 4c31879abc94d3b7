//! `sitemap.xml`, after the Sitemaps protocol 0.9. Where the site does not know its own address,
//! locations are relative to the root: crawlers of an intranet are told where that is.

use std::io;

use quick_xml::events::BytesText;
use quick_xml::writer::Writer;

use super::Job;
use crate::diagnostic::Failure;
use crate::observer::Stage;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let _span = job.span(Stage::Formats, "");
    let xml = write(job).map_err(super::feed::failed)?;
    job.put("sitemap.xml", xml)
}

fn write(job: &Job<'_>) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(super::feed::xml_head(), b' ', 1);
    let namespace = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
    let urlset = writer.create_element("urlset").with_attribute(namespace);
    urlset.write_inner_content(|writer| {
        for page in &job.site.pages {
            writer.create_element("url").write_inner_content(|writer| {
                let location = if job.settings.base_url.is_empty() {
                    job.settings.href(&page.address)
                } else {
                    job.settings.absolute(&page.address)
                };
                let element = writer.create_element("loc");
                element.write_text_content(BytesText::new(&location))?;
                if let Some(date) = page.date {
                    let element = writer.create_element("lastmod");
                    element.write_text_content(BytesText::new(&date.to_string()))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}
