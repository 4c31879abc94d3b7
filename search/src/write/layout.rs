//! How the index is laid out in chunks: pages of the dictionary, and the postings of each
//! page's terms. Which of its bytes are read while opening is learnt by opening it once
//! through a directory that notes every read.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::directory::OwnedBytes;
use tantivy::postings::{Postings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

use super::runs::{Parts, Runs};
use crate::pack::PackError;
use crate::pack::chunk::Deflater;
use crate::pack::dictionary::Draft;
use crate::pack::hot::{self, Hot};
use crate::pack::postings::{self, Posting};
use crate::read::{self, PackDirectory};
use crate::schema;

/// Lists of postings share a chunk up to this many bytes, before deflating. A longer list
/// is a chunk of its own.
const CHUNK: u32 = 2_000;
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
    let opening = merge(recorded()).into_iter();
    hot.opening = opening
        .map(|range| (range.start as u64, read(range)))
        .collect();

    let io = |error: std::io::Error| PackError::Index(error.into());
    let mut terms = index.terms().stream().map_err(io)?;
    let mut page: Vec<Term> = Vec::new();
    let mut run: Vec<Vec<Term>> = Vec::new();
    let mut round: Vec<Vec<Vec<Term>>> = Vec::new();
    let (mut waiting, mut added) = (0, 0);
    let mut last = String::new();
    let mut based = false;
    while terms.advance() {
        let info = terms.value();
        if !based {
            recorded();
            let option = IndexRecordOption::Basic;
            index
                .read_postings_from_terminfo(info, option)
                .map_err(io)?;
            let first = recorded().first().map_or(0, |range| range.start);
            hot.base = first.saturating_sub(info.postings_range.start) as u64;
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
        if cuts.is_here(page.len(), &term) {
            run.push(std::mem::take(&mut page));
            waiting += 1;
            if PAGES.is_here(run.len(), &last) {
                round.push(std::mem::take(&mut run));
            }
            if waiting >= ROUND {
                added += add_runs(hot, added, std::mem::take(&mut round), &index, runs)?;
                waiting = 0;
            }
        }
        if page.is_empty() {
            hot.pages.push(between(&last, &term));
        }
        last.clone_from(&term);
        let info = info.clone();
        page.push(Term { term, info });
    }
    if !page.is_empty() {
        run.push(page);
    }
    round.push(run);
    add_runs(hot, added, round, &index, runs)?;
    Ok(())
}

/// A term, and where tantivy has its postings.
struct Term {
    term: String,
    info: TermInfo,
}

/// Adds runs of pages of the dictionary, the first of which has the number `first`, with their
/// terms' postings. Returns how many pages they are.
fn add_runs<E: From<PackError> + Send>(
    hot: &mut Hot,
    mut first: u32,
    of_pages: Vec<Vec<Vec<Term>>>,
    index: &InvertedIndexReader,
    runs: &mut Runs<'_, E>,
) -> Result<u32, E> {
    let counts = of_pages.iter().map(Vec::len).collect::<Vec<_>>();
    let sections = hot.lengths.len() as u32;
    let pages = of_pages.into_par_iter().flatten();
    let pages = pages.map(|terms| {
        let (draft, chunks) = cut(terms, index, sections)?;
        Ok((draft, Parts::stored(&chunks)))
    });
    let pages = pages.collect::<Result<Vec<_>, PackError>>()?.into_iter();
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
fn cut(
    terms: Vec<Term>,
    index: &InvertedIndexReader,
    sections: u32,
) -> Result<(Draft, Vec<Vec<u8>>), PackError> {
    let mut draft = Draft::default();
    let mut chunks = Vec::new();
    // The lists of the chunk at hand, one after another, and where each ends.
    let (mut lists, mut ends): (Vec<Posting>, Vec<usize>) = Default::default();
    let mut room = 0;
    for (number, Term { term, info }) in (0..).zip(terms) {
        let length = info.postings_range.len() as u32;
        if number == 0 || length > room {
            if !ends.is_empty() {
                chunks.push(write_chunk(&lists, &ends, sections));
                (lists.clear(), ends.clear());
            }
            draft.firsts.push(number);
            room = CHUNK.max(length);
        }
        room -= length;
        draft.terms.push((term, info.doc_freq));
        let option = IndexRecordOption::WithFreqs;
        let postings = index.read_postings_from_terminfo(&info, option);
        let mut postings = postings.map_err(|error| PackError::Index(error.into()))?;
        while postings.doc() != TERMINATED {
            lists.push((postings.doc(), postings.term_freq()));
            postings.advance();
        }
        ends.push(lists.len());
    }
    chunks.push(write_chunk(&lists, &ends, sections));
    Ok((draft, chunks))
}

fn write_chunk(lists: &[Posting], ends: &[usize], sections: u32) -> Vec<u8> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let lists = starts.zip(ends).map(|(start, &end)| &lists[start..end]);
    postings::write(lists, sections)
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
