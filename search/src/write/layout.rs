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
pub(super) fn lay_out(
    hot: &mut Hot,
    files: Vec<(String, OwnedBytes)>,
    runs: &mut Runs,
) -> Result<(), PackError> {
    let mut bytes = Vec::with_capacity(files.iter().map(|(_, file)| file.len()).sum());
    for (name, file) in files {
        hot.files.push((name, file.len() as u64));
        bytes.extend_from_slice(&file);
    }
    if u32::try_from(bytes.len()).is_err() {
        return Err(PackError::TooLarge("more than 4 GiB"));
    }
    let bytes: Arc<[u8]> = bytes.into();
    let directory = PackDirectory::new(Arc::new(Hot {
        files: hot.files.clone(),
        ..Hot::default()
    }));
    let recorded =
        || directory.with(|chunks| chunks.recorded.replace(Vec::new()).unwrap_or_default());
    directory.with(|chunks| {
        let whole = ChunkId {
            run: Run::default(),
            index: 0,
        };
        chunks.insert(whole, bytes.clone());
        chunks.place(0, whole);
    });
    recorded();
    let (_segment, postings) = read::open(&directory)?;
    let opening = merge(recorded()).into_iter();
    hot.opening = opening
        .map(|range| (range.start as u64, bytes[range].to_vec()))
        .collect();

    let io = |error: std::io::Error| PackError::Index(error.into());
    let documents = hot.lengths.len() as u32;
    let mut terms = postings.terms().stream().map_err(io)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut pages: Vec<Vec<Entry>> = Vec::new();
    let mut last = String::new();
    let mut based = false;
    while terms.advance() {
        let info = terms.value();
        if !based {
            recorded();
            let option = IndexRecordOption::Basic;
            postings
                .read_postings_from_terminfo(info, option)
                .map_err(io)?;
            let first = recorded().first().map_or(0, |range| range.start);
            hot.base = first.saturating_sub(info.postings_range.start) as u64;
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
                add_pages(hot, std::mem::take(&mut pages), &bytes, runs);
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
    add_pages(hot, pages, &bytes, runs);
    Ok(())
}

/// Adds pages of the dictionary with their terms' postings, a run of pages at a time.
fn add_pages(hot: &mut Hot, pages: Vec<Vec<Entry>>, bytes: &[u8], runs: &mut Runs) {
    let base = hot.base;
    let pages = pages.into_par_iter();
    let pages = pages.map_init(Deflater::default, |deflater, entries| {
        cut(base, entries, bytes, deflater)
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
fn cut(
    base: u64,
    mut entries: Vec<Entry>,
    bytes: &[u8],
    deflater: &mut Deflater,
) -> (Vec<Entry>, Parts) {
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    let mut room = 0;
    for entry in &mut entries {
        if chunks.is_empty() || entry.length > room {
            chunks.push(Vec::new());
            room = CHUNK.max(entry.length);
        }
        room -= entry.length;
        entry.chunk = chunks.len() as u32 - 1;
        let start = (base + entry.start) as usize;
        let postings = &bytes[start..start + entry.length as usize];
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
