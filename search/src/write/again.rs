//! What a pack may keep of the pack before: shelves of the dictionary whose terms stand in the
//! same sections.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ClosedBatch;
use super::layout::{Numbers, Shelf};
use super::merge::Merge;
use super::postings::Run;
use super::runs::Outline;
use super::segment::Segment;
use crate::pack::PackError;
use crate::pack::postings::Posting;

/// What tells a batch from all others: of two with one id, each may stand for the other.
pub type Id = [u8; 16];

/// How a pack was laid out, for the next one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layout {
    pub(super) numbers: Numbers,
    /// Its batches, and the number of each one's first section.
    pub(super) batches: Vec<(Id, u32)>,
    pub(super) shelves: Vec<Shelf>,
    pub(super) segment: Segment,
}

/// The pack before.
pub struct Before<'a> {
    /// How it was laid out.
    pub layout: Layout,
    /// Finds its batches.
    pub batch: &'a (dyn Fn(&Id) -> Option<Arc<ClosedBatch>> + Sync),
}

/// A batch of the pack that is being made.
pub(super) struct Added {
    pub id: Id,
    /// The number of its first section.
    pub base: u32,
    /// Its postings among all.
    pub runs: std::ops::Range<usize>,
}

impl Before<'_> {
    /// The shelves of the pack before, each with whether it can be kept; none where nothing can
    /// be told of them. `has` tells whether the files of a run are there.
    pub(super) fn shelves(
        self,
        numbers: Numbers,
        added: &[Added],
        postings: &[Run],
        has: impl Fn(&Outline) -> bool + Sync,
    ) -> Result<Vec<(Shelf, bool)>, PackError> {
        let Layout {
            numbers: before,
            batches,
            shelves,
            segment: _,
        } = self.layout;
        if before.all != numbers.all {
            return Ok(Vec::new());
        }
        let now = added.iter().map(|batch| (batch.id, batch.base));
        let now = now.collect::<HashSet<_>>();
        let gone = batches.iter().filter(|batch| !now.contains(*batch));
        let gone = gone.map(|(id, base)| Some(((self.batch)(id)?, *base)));
        let Some(gone) = gone.collect::<Option<Vec<_>>>() else {
            return Ok(Vec::new());
        };
        let gone = gone.iter().flat_map(|(batch, base)| batch.postings(*base));
        let gone = gone.collect::<Vec<_>>();
        let known = batches.into_iter().collect::<HashSet<_>>();
        let fresh = added.iter();
        let fresh = fresh.filter(|batch| !known.contains(&(batch.id, batch.base)));
        let fresh = fresh.flat_map(|batch| postings[batch.runs.clone()].iter().cloned());
        let fresh = fresh.collect::<Vec<_>>();
        let place = |term: &[u8]| {
            let behind = shelves.partition_point(|shelf| shelf.first.as_bytes() <= term);
            behind.saturating_sub(1)
        };
        let is_whole = |shelf: &Shelf| {
            let same = |&(_, frequency): &(char, u32)| {
                before.is_counted(frequency) == numbers.is_counted(frequency)
            };
            shelf.lone.iter().all(same) && shelf.outlines().all(&has)
        };
        let mut differs = vec![false; shelves.len()];
        let mut tell = |term: &[u8]| {
            if let Some(differs) = differs.get_mut(place(term)) {
                *differs = true;
            }
        };
        let (told, whole) = rayon::join(
            || differences(&gone, &fresh, &mut tell),
            || shelves.par_iter().map(is_whole).collect::<Vec<_>>(),
        );
        told?;
        let is_kept = whole.iter().zip(differs);
        let is_kept = is_kept.map(|(is_whole, differs)| *is_whole && !differs);
        let is_kept = is_kept.collect::<Vec<_>>();
        Ok(shelves.into_iter().zip(is_kept).collect())
    }
}

/// A term and its postings.
#[derive(Default, PartialEq)]
struct Entry {
    term: Vec<u8>,
    postings: Vec<Posting>,
}

impl Entry {
    /// The next one in the memory of this one.
    fn next(mut self, merge: &mut Merge<'_>) -> Result<Option<Self>, PackError> {
        if !merge.next(&mut self.term) {
            return Ok(None);
        }
        self.postings.clear();
        merge.postings(&mut self.postings)?;
        Ok(Some(self))
    }
}

/// Tells every term whose postings differ.
fn differences(
    before: &[Run],
    after: &[Run],
    mut tell: impl FnMut(&[u8]),
) -> Result<(), PackError> {
    let (mut before, mut after) = (Merge::new(before, b"")?, Merge::new(after, b"")?);
    let mut old = Entry::default().next(&mut before)?;
    let mut new = Entry::default().next(&mut after)?;
    loop {
        let order = match (&old, &new) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.term.cmp(&new.term),
        };
        if old != new
            && let Some(entry) = if order.is_gt() { &new } else { &old }
        {
            tell(&entry.term);
        }
        if order.is_le() {
            old = old.unwrap_or_default().next(&mut before)?;
        }
        if order.is_ge() {
            new = new.unwrap_or_default().next(&mut after)?;
        }
    }
}

#[cfg(test)]
mod tests;
