//! Where the index is cut, and which of its bytes are read while opening: learnt by
//! opening it once through a directory that notes every read.

use std::ops::Range;
use std::sync::Arc;

use crate::answer::SearchError;
use crate::engine::Engine;
use crate::pack::{Hot, PackError};
use crate::rank;
use crate::read::PackDirectory;

/// A chunk is closed before it would grow over this many bytes, before deflating. What
/// is read as a whole stays whole.
const CHUNK: usize = 5 << 10;

/// What the index's reader told.
pub(crate) struct Survey {
    /// Addresses at which chunks begin.
    pub cuts: Vec<u32>,
    /// Addresses read while opening, in order, not touching.
    pub opening: Vec<Range<usize>>,
    /// Characters that are too common to take part in ranking.
    pub common: String,
}

/// Surveys an index given as the bytes of all its files.
pub(crate) fn survey(hot: &Hot, bytes: &[u8]) -> Result<Survey, PackError> {
    let whole = Hot {
        files: hot.files.clone(),
        cuts: vec![0],
        lengths: hot.lengths.clone(),
        ..Hot::default()
    };
    let directory = PackDirectory::new(Arc::new(whole));
    directory.with(|chunks| {
        chunks.insert(0, bytes.to_vec());
        chunks.recorded = Some(Vec::new());
    });
    let recorded =
        || directory.with(|chunks| chunks.recorded.replace(Vec::new()).unwrap_or_default());
    let engine = Engine::new(directory.clone()).map_err(|error| match error {
        SearchError::Pack(error) => error,
        _ => PackError::Damaged("the new index does not open"),
    })?;
    let opening = merge(recorded());
    let io = |error: std::io::Error| PackError::Index(error.into());
    let mut starts: Vec<usize> = Vec::new();
    let mut start = 0;
    for (_, length) in &hot.files {
        starts.push(start);
        start += *length as usize;
    }
    let documents = hot.lengths.len() as u32;
    let mut common = String::new();
    for (reader, characters) in engine.readers().into_iter().zip([false, true, false]) {
        let mut terms = reader.terms().stream().map_err(io)?;
        // The first read is of all blocks of the dictionary.
        if let Some(range) = recorded().first() {
            block_starts(bytes, range.clone(), &mut starts);
        }
        let mut base = None;
        while terms.advance() {
            let info = terms.value();
            if characters && !rank::is_rare(info.doc_freq, documents) {
                common.push_str(&String::from_utf8_lossy(terms.key()));
            }
            if base.is_none() {
                recorded();
                let option = tantivy::schema::IndexRecordOption::Basic;
                reader
                    .read_postings_from_terminfo(info, option)
                    .map_err(io)?;
                let first = recorded().first().map_or(0, |range| range.start);
                base = Some(first.saturating_sub(info.postings_range.start));
            }
            starts.push(base.unwrap_or(0) + info.postings_range.start);
        }
    }
    starts.sort_unstable();
    Ok(Survey {
        cuts: cuts(&starts, bytes.len()),
        opening,
        common,
    })
}

/// The starts of a dictionary's blocks: each tells its length in its first four bytes.
/// Were tantivy to change that, the cuts would be worse, nothing else.
fn block_starts(bytes: &[u8], range: Range<usize>, starts: &mut Vec<usize>) {
    let mut at = range.start;
    while at < range.end {
        starts.push(at);
        let Some(length) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
            return;
        };
        at += 4 + u32::from_le_bytes(*length) as usize;
    }
}

/// Chooses among the starts of parts, in order, so that parts share chunks up to
/// [`CHUNK`] bytes.
fn cuts(starts: &[usize], end: usize) -> Vec<u32> {
    let mut cuts: Vec<u32> = Vec::new();
    let next = starts.iter().skip(1).chain([&end]);
    for (&start, &next) in starts.iter().zip(next) {
        let fits = cuts
            .last()
            .is_some_and(|&cut| next.saturating_sub(cut as usize) <= CHUNK);
        if !fits && start < end && cuts.last() != Some(&(start as u32)) {
            cuts.push(start as u32);
        }
    }
    cuts
}

/// Ranges in order, those that touch or nearly do made one.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end + 16 => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_share_chunks() {
        let big = 3 * CHUNK;
        assert_eq!(cuts(&[0, 10, 20], 30), [0]);
        assert_eq!(cuts(&[0, 10, 10 + big], 20 + big), [0, 10, 10 + big as u32]);
        assert_eq!(cuts(&[], 0), [0u32; 0]);
    }

    #[test]
    fn ranges_are_merged() {
        assert_eq!(merge(vec![50..60, 0..10, 8..20, 30..31]), [0..31, 50..60]);
    }
}
