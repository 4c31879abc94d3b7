//! One pass over the texts of all pages: while a page's text is at hand it is drawn and added
//! to the index, so that no text is made twice and few are in memory at a time.

use std::ops::Range;
use std::sync::Arc;

use inkstone_search::{Batch, PackWriter};
use rayon::prelude::*;

use super::Job;
use super::html::Renderer;
use super::search::{self, Indexer};
use crate::content::page::Page;
use crate::diagnostic::Failure;
use crate::observer::Stage;

/// Bytes of HTML after which a batch of pages may end, and must end.
const BATCH: Range<usize> = 500_000..2_000_000;

/// Draws the one page that the output wants, if it is the edition's.
pub(super) fn one(job: &Job<'_>) -> Result<(), Failure> {
    let renderer = Renderer::new(job);
    renderer.lists()?;
    let wanted = job.pages().find(|&place| renderer.is_wanted(place));
    wanted.map_or(Ok(()), |place| {
        renderer.page(place, &*job.texts.of(&job.site.pages[place])?)
    })
}

/// Makes the index alone.
pub(super) fn index(job: &Job<'_>) -> Result<(), Failure> {
    search::write(job, pass(job, None)?)
}

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let renderer = Renderer::new(job);
    drop(preparing);
    job.observer.at(Stage::Draw);
    let (lists, index) = rayon::join(|| renderer.lists(), || pass(job, Some(&renderer)));
    lists?;
    let index = index?;
    // Much of putting the index together is the work of one thread. What is in memory anyhow
    // was left for the others.
    let (written, drawn) = rayon::join(
        || search::write(job, index),
        || {
            let pages = job.site.pages.par_iter().enumerate();
            let pages = pages.filter(|(place, _)| job.has(*place));
            let kept = pages.filter_map(|(place, page)| Some((place, page.text.kept()?)));
            kept.try_for_each(|(place, text)| renderer.page(place, text))
        },
    );
    written.and(drawn)
}

/// Indexes every page; those whose text is not kept, `renderer` draws.
fn pass(job: &Job<'_>, renderer: Option<&Renderer<'_>>) -> Result<PackWriter, Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let mut writer = search::writer(job)?;
    let indexer = Indexer::new(job);
    drop(preparing);
    let batches = batches(&job.site.pages).into_par_iter().map(|places| {
        let mut batch = writer.batch();
        for place in places.filter(|&place| job.has(place)) {
            let page = &job.site.pages[place];
            let again = page.text.kept().is_none();
            let again = again.then(|| job.span(Stage::Again, &page.source));
            let text = job.texts.of(page)?;
            drop(again);
            indexer.add(&mut batch, place, &text)?;
            if let (Some(renderer), None) = (renderer, page.text.kept()) {
                renderer.page(place, &text)?;
            }
        }
        let _closing = job.span(Stage::Index, "");
        batch.close();
        Ok(batch)
    });
    let batches = batches.collect::<Result<Vec<Batch>, Failure>>()?;
    let _joining = job.span(Stage::Index, "");
    batches.into_iter().for_each(|batch| writer.add(batch));
    Ok(writer)
}

/// Cuts the pages into batches of about equal size. Where a batch ends is told by the page's
/// source, so that a page more or less moves only the batches around it.
fn batches(pages: &[Arc<Page>]) -> Vec<Range<usize>> {
    let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (place, page) in pages.iter().enumerate() {
        bytes += page.body.html;
        let may_end =
            bytes >= BATCH.start && blake3::hash(page.source.as_bytes()).as_bytes()[0] < 32;
        if may_end || bytes >= BATCH.end {
            batches.push(start..place + 1);
            (start, bytes) = (place + 1, 0);
        }
    }
    batches.push(start..pages.len());
    batches
}
