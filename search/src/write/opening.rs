//! What of tantivy's files is read while the index is opened: it is learnt by opening them once
//! through a directory that notes every read.

use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;
use tantivy::schema::IndexRecordOption;

use crate::pack::PackError;
use crate::pack::hot::Hot;
use crate::read::{self, PackDirectory};

/// Notes tantivy's files in `hot`, and what of them is read while opening.
pub(super) fn describe(hot: &mut Hot, files: Vec<(String, OwnedBytes)>) -> Result<(), PackError> {
    let mut starts = Vec::with_capacity(files.len());
    let mut end = 0;
    for (name, file) in &files {
        hot.files.push((name.clone(), file.len() as u64));
        starts.push(end);
        end += file.len();
    }
    if u32::try_from(end).is_err() {
        return Err(PackError::TooLarge("more than 4 GiB"));
    }
    let directory = PackDirectory::new(Arc::new(Hot {
        files: hot.files.clone(),
        ..Hot::default()
    }));
    let recorded =
        || directory.with(|chunks| chunks.recorded.replace(Vec::new()).unwrap_or_default());
    directory.with(|chunks| {
        for ((_, file), &start) in files.iter().zip(&starts) {
            chunks.place(start, file.clone());
        }
    });
    recorded();
    let (_segment, index) = read::open(&directory)?;
    // What is read at once may begin in one file and end in the next.
    let read = |range: Range<usize>| {
        let of_files = files.iter().zip(&starts).flat_map(|((_, file), &start)| {
            let within = |address: usize| address.clamp(start, start + file.len()) - start;
            &file[within(range.start)..within(range.end)]
        });
        of_files.copied().collect::<Vec<u8>>()
    };
    let opening = together(recorded()).into_iter();
    hot.opening = opening
        .map(|range| (range.start as u64, read(range)))
        .collect();
    let io = |error: std::io::Error| PackError::Index(error.into());
    let mut terms = index.terms().stream().map_err(io)?;
    if terms.advance() {
        recorded();
        let option = IndexRecordOption::Basic;
        let first = terms.value();
        index
            .read_postings_from_terminfo(first, option)
            .map_err(io)?;
        let address = recorded().first().map_or(0, |range| range.start);
        hot.base = address.saturating_sub(first.postings_range.start) as u64;
    }
    Ok(())
}

/// Ranges in order, those that touch or nearly do made one.
fn together(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
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
    fn ranges_are_merged() {
        assert_eq!(
            together(vec![50..60, 0..10, 8..20, 30..31]),
            [0..31, 50..60]
        );
    }
}
