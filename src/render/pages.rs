//! One pass over the texts of all pages: while a page's text is at hand it is drawn and added
//! to the index, so that no text is made twice and few are in memory at a time.

use std::ops::Range;

use inkstone_search::PackWriter;
use rayon::prelude::*;

use super::Job;
use super::html::Renderer;
use super::search::{self, Head, Heads};
use super::words::LazyText;
use crate::content::body::Room;
use crate::diagnostic::Failure;
use crate::observer::Stage;

/// Bytes of text that wait to be drawn: much of putting the index together is the work of one
/// thread, and leaves time for the others to draw them.
const WAITING: usize = 16 << 20;
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
    search::write(job, pass(job, None)?.0)
}

pub(super) fn render(job: &Job<'_>) -> Result<(), Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let renderer = Renderer::new(job);
    drop(preparing);
    job.observer.at(Stage::Draw);
    let (lists, index) = rayon::join(|| renderer.lists(), || pass(job, Some(&renderer)));
    lists?;
    let (index, waiting) = index?;
    let draw = |place| renderer.page(place, &LazyText::new(job, place));
    let (written, drawn) = rayon::join(
        || search::write(job, index),
        || waiting.into_par_iter().try_for_each(draw),
    );
    written.and(drawn)
}

/// Indexes every page, and `renderer` draws them but for a few, whose text is at hand: these are
/// returned. Batches that would be made from the same as before are not made again, nor are their
/// texts looked at for them.
fn pass(
    job: &Job<'_>,
    renderer: Option<&Renderer<'_>>,
) -> Result<(PackWriter, Vec<usize>), Failure> {
    let preparing = job.span(Stage::Prepare, "");
    let options = search::options(job)?;
    let mut writer = PackWriter::new(options.clone());
    let heads = Heads::new(job);
    drop(preparing);
    let room = Room::new(WAITING);
    let batches = batches(job).into_par_iter().map(|places| {
        let heading = job.span(Stage::Index, "");
        let own = places.iter().map(|&place| heads.of(place));
        let own = own.collect::<Vec<_>>();
        // Where a page does not know what it was made from, nor does its batch.
        let is_known = own.iter().all(|head| head.page.made_from.is_some());
        let id = is_known.then(|| job.indexes.id(&(&options.idiom, &own)));
        let known = id.and_then(|id| job.indexes.batch(&id));
        drop(heading);
        let mut batch = known.is_none().then(|| writer.batch());
        let mut waiting = Vec::new();
        for head in &own {
            let text = LazyText::new(job, head.place);
            if let Some(batch) = &mut batch {
                search::add(job, batch, head, text.get()?)?;
            }
            if let Some(renderer) = renderer {
                let kept = head.page.text.kept();
                match kept.is_some_and(|text| room.take(text.bytes())) {
                    true => waiting.push(head.place),
                    false => renderer.page(head.place, &text)?,
                }
            }
        }
        let _closing = job.span(Stage::Index, "");
        let make = || batch.unwrap_or_else(|| writer.batch()).close();
        let (batch, id) = job.indexes.keep(known, id, make);
        let tags_id = own.iter().map(Head::all_tags).collect::<Vec<_>>();
        let tags_id = job.indexes.id(&(id, tags_id));
        let known = job.indexes.batch(&tags_id);
        let make = || writer.tags(&batch, own.iter().map(Head::tags));
        let tags = job.indexes.keep(known, Some(tags_id), make);
        Ok(([(batch, id), tags], waiting))
    });
    let batches = batches.collect::<Result<Vec<_>, Failure>>()?;
    let _joining = job.span(Stage::Index, "");
    // What nobody else holds is let go as soon as the writer is done with it.
    let mut all = Vec::new();
    for ([(batch, id), (tags, tags_id)], waiting) in batches {
        writer.add(&batch, id);
        writer.tag(&tags, tags_id);
        all.extend(waiting);
    }
    Ok((writer, all))
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
