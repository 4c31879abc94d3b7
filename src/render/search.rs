//! The index: every section of every page, written as a pack under `search/`, with the engine
//! that reads it in the browser.

use inkstone_search::{PackError, PackOptions, PackWriter, Section, browser_assets};

use super::Job;
use crate::content::address::encode_iri;
use crate::content::page::Page;
use crate::content::site::{SEARCH, Site};
use crate::diagnostic::{Error, Failure};
use crate::text;

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let mut options = PackOptions::default();
    options.file_protocol = job.settings.file_protocol;
    let mut writer = PackWriter::new(options).map_err(failed)?;
    for page in &job.site.pages {
        add(&mut writer, job.site, page).map_err(failed)?;
    }
    let pack = writer.finish().map_err(failed)?;
    for (path, bytes) in pack.files {
        job.output.put(&format!("{SEARCH}{path}"), bytes)?;
    }
    for (path, bytes) in browser_assets() {
        job.output.put(&format!("{SEARCH}{path}"), bytes.to_vec())?;
    }
    Ok(())
}

fn failed(error: PackError) -> Failure {
    let message = text!("无法建立搜索索引", "cannot write the search index");
    Error::because(message, error).into()
}

fn add(writer: &mut PackWriter, site: &Site, page: &Page) -> Result<(), PackError> {
    let themes = page.education_themes.iter();
    let themes = themes.map(|assigned| site.education_themes.all()[assigned.theme].id.as_str());
    let themes = themes.collect::<Vec<_>>();
    let date = page.date.map(|date| date.to_string());
    let address = encode_iri(&page.address);
    let section = |url: &str, title: &str, text: &str, writer: &mut PackWriter| {
        writer.add(&Section {
            source: &page.source,
            url,
            page_title: &page.title,
            title,
            text,
            kind: &page.kind,
            education_themes: &themes,
            date: date.as_deref(),
        })
    };
    if page.body.sections.is_empty() {
        let summary = page.summary.as_deref().unwrap_or_default();
        return section(&address, "", summary, writer);
    }
    for part in &page.body.sections {
        let url = if part.anchor.is_empty() {
            address.clone()
        } else {
            format!("{address}#{}", encode_iri(&part.anchor))
        };
        section(&url, &part.title, &part.text, writer)?;
    }
    Ok(())
}

/// A page without text is still found by its title.
pub(super) fn sections_of(page: &Page) -> usize {
    page.body.sections.len().max(1)
}
