//! How the index is laid out in chunks: pages of the dictionary, and the postings of each
//! page's terms. Which of its bytes are read while opening is learnt by opening it once
//! through a directory that notes every read.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::directory::OwnedBytes;
use tantivy::schema::IndexRecordOption;

use super::runs::{Parts, Runs};
use crate::pack::PackError;
use crate::pack::chunk::{ChunkId, Deflater, Run};
use crate::pack::dictionary::{Draft, Entry};
use crate::pack::hot::{self, Hot};
use crate::read::{self, PackDirectory};
use crate::schema;

/// Lists of postings share a chunk up to this many bytes, before deflating. A longer list
/// is a chunk of its own.
const CHUNK: u32 = 1_500;
/// Pages of the dictionary, by their terms: on average 128. Of pinyin and initials, which few
/// queries read, more.
const TERMS: Cuts = Cuts {
    least: 96,
    one_in: 32,
    most: 320,
};
const LETTERS: Cuts = Cuts {
    least: 384,
    one_in: 128,
    most: 1280,
};
/// Runs of pages, by the first terms of the pages: on average eight.
const PAGES: Cuts = Cuts {
    least: 6,
    one_in: 2,
    most: 20,
};
/// Pages of the dictionary that are made side by side: what is waiting takes memory.
const ROUND: usize = 512;

/// Where a sequence of terms is cut. The terms themselves tell, so that one more or less moves
/// no cut but the next.
struct Cuts {
    /// Fewest of a piece.
    least: usize,
    /// Of the terms behind those, one in so many begins a new piece.
    one_in: u64,
    /// Most of a piece.
    most: usize,
}

impl Cuts {
    /// Whether a piece of so many ends before this term.
    fn is_here(&self, pieces: usize, term: &str) -> bool {
        let falls = || (hot::hash(term.as_bytes()) >> 16).is_multiple_of(self.one_in);
        pieces >= self.most || pieces >= self.least && falls()
    }
}

/// Lays out tantivy's files and fills the tables of `hot`.
pub(super) fn lay_out<E: From<PackError> + Send>(
    hot: &mut Hot,
    files: Vec<(String, OwnedBytes)>,
    runs: &mut Runs<'_, E>,
) -> Result<(), E> {
    let mut starts = Vec::with_capacity(files.len());
    let mut end = 0;
    for (name, file) in &files {
        hot.files.push((name.clone(), file.len() as u64));
        starts.push(end);
        end += file.len();
    }
    if u32::try_from(end).is_err() {
        return Err(PackError::TooLarge("more than 4 GiB").into());
    }
    let directory = PackDirectory::new(Arc::new(Hot {
        files: hot.files.clone(),
        ..Hot::default()
    }));
    let recorded =
        || directory.with(|chunks| chunks.recorded.replace(Vec::new()).unwrap_or_default());
    directory.with(|chunks| {
        for ((index, (_, file)), &start) in (0..).zip(&files).zip(&starts) {
            let run = Run::default();
            let id = ChunkId { run, index };
            chunks.insert(id, file.clone());
            chunks.place(start as u64, id);
        }
    });
    recorded();
    let (_segment, postings) = read::open(&directory)?;
    // What is read at once may begin in one file and end in the next.
    let read = |range: Range<usize>| {
        let of_files = files.iter().zip(&starts).flat_map(|((_, file), &start)| {
            let within = |address: usize| address.clamp(start, start + file.len()) - start;
            &file[within(range.start)..within(range.end)]
        });
        of_files.copied().collect::<Vec<u8>>()
    };
    let opening = merge(recorded()).into_iter();
    hot.opening = opening
        .map(|range| (range.start as u64, read(range)))
        .collect();

    let io = |error: std::io::Error| PackError::Index(error.into());
    let mut terms = postings.terms().stream().map_err(io)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut run: Vec<Vec<Entry>> = Vec::new();
    let mut round: Vec<Vec<Vec<Entry>>> = Vec::new();
    let (mut waiting, mut added) = (0, 0);
    let mut last = String::new();
    let mut based = false;
    // The postings, one list after another.
    let mut lists = OwnedBytes::empty();
    while terms.advance() {
        let info = terms.value();
        if !based {
            recorded();
            let option = IndexRecordOption::Basic;
            postings
                .read_postings_from_terminfo(info, option)
                .map_err(io)?;
            let first = recorded().first().map_or(0, |range| range.start);
            let base = first.saturating_sub(info.postings_range.start);
            hot.base = base as u64;
            let file = starts.partition_point(|&start| start <= base) - 1;
            lists = files[file]
                .1
                .slice(base - starts[file]..files[file].1.len());
            based = true;
            directory.with(|chunks| chunks.recorded = None);
        }
        let term = String::from_utf8_lossy(terms.key()).into_owned();
        let letters = [schema::PINYIN, schema::INITIALS];
        let cuts = if term.starts_with(letters) {
            LETTERS
        } else {
            TERMS
        };
        if cuts.is_here(entries.len(), &term) {
            run.push(std::mem::take(&mut entries));
            waiting += 1;
            if PAGES.is_here(run.len(), &last) {
                round.push(std::mem::take(&mut run));
            }
            if waiting >= ROUND {
                added += add_runs(hot, added, std::mem::take(&mut round), &lists, runs)?;
                waiting = 0;
            }
        }
        if entries.is_empty() {
            hot.pages.push(between(&last, &term));
        }
        last.clone_from(&term);
        entries.push(Entry {
            term,
            frequency: info.doc_freq,
            start: info.postings_range.start as u64,
            length: info.postings_range.len() as u32,
        });
    }
    if !entries.is_empty() {
        run.push(entries);
    }
    round.push(run);
    add_runs(hot, added, round, &lists, runs)?;
    Ok(())
}

/// Adds runs of pages of the dictionary, the first of which has the number `first`, with their
/// terms' postings. Returns how many pages they are.
fn add_runs<E: Send>(
    hot: &mut Hot,
    mut first: u32,
    of_pages: Vec<Vec<Vec<Entry>>>,
    lists: &[u8],
    runs: &mut Runs<'_, E>,
) -> Result<u32, E> {
    let counts = of_pages.iter().map(Vec::len).collect::<Vec<_>>();
    let pages = of_pages.into_par_iter().flatten();
    let pages = pages.map_init(Deflater::default, |deflater, entries| {
        let (draft, chunks) = cut(entries, lists);
        (draft, Parts::of(&chunks, deflater))
    });
    let pages = pages.collect::<Vec<_>>().into_iter();
    let pages = pages.map(|(draft, postings)| Draft {
        run: runs.add(postings),
        ..draft
    });
    let pages = pages.collect::<Vec<_>>();
    let mut rest = pages.as_slice();
    let of_pages = counts.iter().filter_map(|&count| rest.split_off(..count));
    let of_pages = of_pages.collect::<Vec<_>>().into_par_iter();
    let of_pages = of_pages.map_init(Deflater::default, |deflater, pages| {
        let contents = pages.iter().map(Draft::write).collect::<Vec<_>>();
        (pages.len() as u32, Parts::of(&contents, deflater))
    });
    for (count, parts) in of_pages.collect::<Vec<_>>() {
        if count > 0 {
            hot.page_runs.push((runs.add(parts), first));
        }
        first += count;
    }
    runs.flush()?;
    Ok(pages.len() as u32)
}

/// Cuts the postings of a page's terms into the chunks of a run.
fn cut(entries: Vec<Entry>, lists: &[u8]) -> (Draft, Vec<Vec<u8>>) {
    let mut draft = Draft::default();
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    let mut room = 0;
    for (number, entry) in (0..).zip(&entries) {
        let start = entry.start as usize;
        let postings = &lists[start..start + entry.length as usize];
        if chunks.is_empty() || entry.length > room {
            draft.firsts.push(number);
            chunks.push(Vec::new());
            room = CHUNK.max(entry.length);
        }
        room -= entry.length;
        if let Some(chunk) = chunks.last_mut() {
            chunk.extend_from_slice(postings);
        }
    }
    draft.entries = entries;
    (draft, chunks)
}

/// The shortest text above one term and not above the next.
fn between(last: &str, next: &str) -> String {
    if last.is_empty() {
        return String::new();
    }
    let same = last
        .chars()
        .zip(next.chars())
        .take_while(|(a, b)| a == b)
        .count();
    next.chars().take(same + 1).collect()
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
    fn pages_begin_between_terms() {
        assert_eq!(between("", "一"), "");
        assert_eq!(between("一二", "一三四"), "一三");
        assert_eq!(between("一", "一二三"), "一二");
    }

    #[test]
    fn ranges_are_merged() {
        assert_eq!(merge(vec![50..60, 0..10, 8..20, 30..31]), [0..31, 50..60]);
    }
}
