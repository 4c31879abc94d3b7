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
use crate::pack::dictionary::{self, Entry, Page};
use crate::pack::hot::Hot;
use crate::rank;
use crate::read::{self, PackDirectory};
use crate::schema;

/// Lists of postings share a chunk up to this many bytes, before deflating. A longer list
/// is a chunk of its own.
const CHUNK: u32 = 1_200;
/// Terms on a page of pinyin or initials, which few queries read.
const LETTERS: usize = 512;
/// Ideographs begin here.
const IDEOGRAPHS: char = '\u{3400}';

/// Runs of pages of the dictionary that are made side by side: what is waiting takes memory.
const ROUND: usize = 32;

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
    let documents = hot.lengths.len() as u32;
    let mut terms = postings.terms().stream().map_err(io)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut pages: Vec<Vec<Entry>> = Vec::new();
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
        note_character(hot, &term, info.doc_freq, documents);
        let letters = [schema::PINYIN, schema::INITIALS];
        let most = match term.starts_with(letters) {
            true => LETTERS,
            false => dictionary::TERMS,
        };
        if entries.len() >= most {
            pages.push(std::mem::take(&mut entries));
            if pages.len() == ROUND * dictionary::PAGES {
                add_pages(hot, std::mem::take(&mut pages), &lists, runs)?;
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
            chunk: 0,
        });
    }
    if !entries.is_empty() {
        pages.push(entries);
    }
    add_pages(hot, pages, &lists, runs)
}

/// Adds pages of the dictionary with their terms' postings, a run of pages at a time.
fn add_pages<E: Send>(
    hot: &mut Hot,
    pages: Vec<Vec<Entry>>,
    lists: &[u8],
    runs: &mut Runs<'_, E>,
) -> Result<(), E> {
    let pages = pages.into_par_iter();
    let pages = pages.map_init(Deflater::default, |deflater, entries| {
        cut(entries, lists, deflater)
    });
    let named = pages.collect::<Vec<_>>().into_iter();
    let named = named.map(|(entries, postings)| Page {
        entries,
        run: runs.add(postings),
    });
    let pages = named.collect::<Vec<_>>();
    let of_pages = pages.par_chunks(dictionary::PAGES);
    let of_pages = of_pages.map_init(Deflater::default, |deflater, pages| {
        let contents = pages.iter().map(Page::write).collect::<Vec<_>>();
        Parts::of(&contents, deflater)
    });
    let of_pages = of_pages.collect::<Vec<_>>().into_iter();
    hot.page_runs.extend(of_pages.map(|parts| runs.add(parts)));
    runs.flush()
}

/// Notes a term that is a single character: that it occurs, and that it is too common to
/// be ranked by.
fn note_character(hot: &mut Hot, term: &str, frequency: u32, documents: u32) {
    let mut characters = term.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        if c >= IDEOGRAPHS {
            hot.alphabet.push(c);
        }
        if !rank::is_rare(frequency, documents) {
            hot.common.push(c);
        }
    }
}

/// Cuts the postings of a page's terms into the chunks of a run.
fn cut(mut entries: Vec<Entry>, lists: &[u8], deflater: &mut Deflater) -> (Vec<Entry>, Parts) {
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    let mut room = 0;
    for entry in &mut entries {
        if chunks.is_empty() || entry.length > room {
            chunks.push(Vec::new());
            room = CHUNK.max(entry.length);
        }
        room -= entry.length;
        entry.chunk = chunks.len() as u32 - 1;
        let start = entry.start as usize;
        let postings = &lists[start..start + entry.length as usize];
        if let Some(chunk) = chunks.last_mut() {
            chunk.extend_from_slice(postings);
        }
    }
    (entries, Parts::of(&chunks, deflater))
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
