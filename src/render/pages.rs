//! One pass over the texts of all pages: while a page's text is at hand it is drawn and added
//! to the index, so that no text is made twice and few are in memory at a time.

use std::ops::Range;
use std::sync::Arc;

use inkstone_search::{ClosedBatch, PackWriter};
use rayon::prelude::*;

use super::html::Renderer;
use super::search::{self, Head, Heads};
use super::words::LazyText;
use super::{Batches, Job};
use crate::diagnostic::Failure;
use crate::memo;
use crate::observer::Stage;

/// Bytes of HTML after which a batch of pages may end, and must end.
const BATCH: Range<usize> = 500_000..2_000_000;

/// Draws the one page that the output wants, if it is the edition's.
pub(super) fn one(job: &Job<'_>) -> Result<(), Failure> {
    let renderer = Renderer::new(job);
    renderer.lists()?;
    let wanted = job.pages().find(|&place| renderer.is_wanted(place));
    wanted.map_or(Ok(()), |place| {
        renderer.page(place, &LazyText::new(job, place))
    })
}

/// Makes the index alone.
pub(super) fn index(job: &Job<'_>, reuse: &Batches) -> Result<(), Failure> {
    search::write(job, pass(job, None, Some(reuse))?)
}

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let renderer = Renderer::new(job);
    drop(preparing);
    job.observer.at(Stage::Draw);
    let (lists, index) = rayon::join(|| renderer.lists(), || pass(job, Some(&renderer), None));
    lists?;
    let index = index?;
    // Much of putting the index together is the work of one thread. What is in memory anyhow
    // was left for the others.
    let (written, drawn) = rayon::join(
        || search::write(job, index),
        || {
            let pages = job.site.pages.par_iter().enumerate();
            let pages = pages.filter(|(place, _)| job.has(*place));
            let kept = pages.filter(|(_, page)| page.text.kept().is_some());
            kept.try_for_each(|(place, _)| renderer.page(place, &LazyText::new(job, place)))
        },
    );
    written.and(drawn)
}

/// Indexes every page; those whose text is not kept, `renderer` draws. With `reuse`, batches that
/// would be made from the same as before are not made again, nor are their texts looked at.
fn pass(
    job: &Job<'_>,
    renderer: Option<&Renderer<'_>>,
    reuse: Option<&Batches>,
) -> Result<PackWriter, Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let options = search::options(job)?;
    let mut writer = PackWriter::new(options.clone());
    let heads = Heads::new(job);
    drop(preparing);
    let fill = |heads: &[Head<'_>]| {
        let mut batch = writer.batch();
        for head in heads {
            let text = LazyText::new(job, head.place);
            search::add(job, &mut batch, head, text.get()?)?;
            if let (Some(renderer), None) = (renderer, head.page.text.kept()) {
                renderer.page(head.place, &text)?;
            }
        }
        let _closing = job.span(Stage::Index, "");
        Ok(Arc::new(batch.close()))
    };
    let batches = batches(job).into_par_iter().map(|places| {
        let heading = job.span(Stage::Index, "");
        let own = places.iter().map(|&place| heads.of(place));
        let own = own.collect::<Vec<_>>();
        drop(heading);
        let is_known = own.iter().all(|head| head.page.made_from.is_some());
        let (Some(reuse), Some(first), true) = (reuse, own.first(), is_known) else {
            return fill(&own);
        };
        let (first, hash) = (&first.page.source, memo::hash_of(&(&options, &own)));
        if let Some(batch) = reuse.find(first, hash) {
            return Ok(batch);
        }
        let batch = fill(&own)?;
        reuse.keep(first, hash, batch.clone());
        Ok(batch)
    });
    let batches = batches.collect::<Result<Vec<Arc<ClosedBatch>>, Failure>>()?;
    let _joining = job.span(Stage::Index, "");
    // What nobody else holds is let go as soon as the writer is done with it.
    batches.into_iter().for_each(|batch| writer.add(&batch));
    Ok(writer)
}

/// The sources of the pages that batches begin with.
pub(super) fn firsts<'a>(job: &Job<'a>) -> impl Iterator<Item = &'a str> {
    let site = job.site;
    let firsts = batches(job).into_iter();
    firsts.filter_map(|places| Some(site.pages[*places.first()?].source.as_str()))
}

/// Cuts the pages into batches of about equal size, and leaves those of other editions out. Where
/// a batch ends is told by the page's source, so that a page more or less moves only the batches
/// around it.
fn batches(job: &Job<'_>) -> Vec<Vec<usize>> {
    let (mut batches, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (place, page) in job.site.pages.iter().enumerate() {
        if job.has(place) {
            batch.push(place);
        }
        bytes += page.body.html;
        let may_end =
            bytes >= BATCH.start && blake3::hash(page.source.as_bytes()).as_bytes()[0] < 32;
        if may_end || bytes >= BATCH.end {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
    }
    batches.push(batch);
    batches
}
