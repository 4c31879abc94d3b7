//! One pass over the texts of all pages: while a page's text is at hand it is drawn and added
//! to the index, so that no text is made twice and few are in memory at a time.

use std::ops::Range;

use inkstone_search::PackWriter;
use rayon::prelude::*;

use super::Job;
use super::html::Renderer;
use super::search::{self, Head, Heads};
use super::words::LazyText;
use crate::diagnostic::Failure;
use crate::hash::Key;
use crate::observer::Stage;

/// Bytes of HTML after which a batch of pages may end, and must end.
const BATCH: Range<usize> = 250_000..1_000_000;

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
            let kept = pages.filter(|(_, page)| page.text.kept().is_some());
            kept.try_for_each(|(place, _)| renderer.page(place, &LazyText::new(job, place)))
        },
    );
    written.and(drawn)
}

/// Indexes every page; those whose text is not kept, `renderer` draws. Batches that would be made
/// from the same as before are not made again, nor are their texts looked at for them.
fn pass(job: &Job<'_>, renderer: Option<&Renderer<'_>>) -> Result<PackWriter, Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let (options, heads) = rayon::join(|| search::options(job), || Heads::new(job));
    let options = options?;
    let mut writer = PackWriter::new(options.clone());
    drop(preparing);
    let mut cut = batches(job).into_iter().enumerate().collect::<Vec<_>>();
    // What was read anew is made anew, which takes long: the others are opened beside it.
    let is_new = |&place: &usize| job.site.pages[place].text.kept().is_some();
    cut.sort_by_key(|(_, places)| !places.iter().any(is_new));
    let batches = cut.into_par_iter().map(|(at, places)| {
        let heading = job.span(Stage::Index, "");
        let own = places.iter().map(|&place| heads.of(place));
        let own = own.collect::<Vec<_>>();
        // Where a page does not know what it was made from, nor does its batch.
        let is_known = own.iter().all(|head| head.page.made_from.is_some());
        let id = is_known.then(|| job.indexes.id(&(&options.idiom, &own)));
        let known = id.and_then(|id| job.indexes.known(id));
        drop(heading);
        let mut batch = known.is_none().then(|| writer.batch());
        for head in &own {
            let text = LazyText::new(job, head.place);
            if let Some(batch) = &mut batch {
                search::add(job, batch, head, text.get()?)?;
            }
            if let (Some(renderer), None) = (renderer, head.page.text.kept()) {
                renderer.page(head.place, &text)?;
            }
        }
        let _closing = job.span(Stage::Index, "");
        let texts = known.unwrap_or_else(|| {
            let batch = batch.unwrap_or_else(|| writer.batch());
            job.indexes.keep(id, batch.close())
        });
        let id = own.iter().map(Head::all_tags).collect::<Vec<_>>();
        let id = job.indexes.id(&(texts.1, id));
        let tags = job.indexes.known(id).unwrap_or_else(|| {
            let tags = writer.tags(&texts.0, own.iter().map(Head::tags));
            job.indexes.keep(Some(id), tags)
        });
        Ok((at, texts, tags))
    });
    let mut batches = batches.collect::<Result<Vec<_>, Failure>>()?;
    batches.sort_unstable_by_key(|(at, ..)| *at);
    let _joining = job.span(Stage::Index, "");
    // What nobody else holds is let go as soon as the writer is done with it.
    for (_, (texts, id), (tags, id_of_tags)) in batches {
        writer.add((&texts, id), (&tags, id_of_tags));
    }
    Ok(writer)
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
        let may_end = bytes >= BATCH.start && Key::of_bytes(page.source.as_bytes()).bytes()[0] < 32;
        if may_end || bytes >= BATCH.end {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
    }
    batches.push(batch);
    batches
}
