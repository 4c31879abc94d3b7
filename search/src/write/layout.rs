//! How the index is laid out in chunks: pages of the dictionary, and the postings of each
//! page's terms, while they are merged.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rayon::prelude::*;

use super::merge::{self, Merged};
use super::postings::Run;
use super::runs::{Parts, Runs};
use crate::pack::PackError;
use crate::pack::chunk::{self, Deflater};
use crate::pack::dictionary::Draft;
use crate::pack::hot::{self, Hot};
use crate::pack::postings::{self, Posting};
use crate::schema;

/// Lists share a chunk up to this many postings and lists. A longer one is a chunk of its own.
const CHUNK: usize = 1_150;
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
/// Postings and terms that are laid out side by side, while as many are merged: what is waiting
/// takes memory.
const ROUND: usize = 100_000;

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

/// What the runs were merged into.
pub(super) struct LaidOut {
    pub merged: Merged,
    /// As in [`Hot`].
    pub pages: Vec<String>,
    pub page_runs: Vec<(chunk::Run, u32)>,
}

/// Merges runs of postings, and lays their terms out as they come: while some are merged, those
/// before them are cut into chunks.
pub(super) fn lay_out<E: From<PackError> + Send>(
    hot: &Hot,
    postings: &[Run],
    runs: &mut Runs<'_, E>,
) -> Result<LaidOut, E> {
    let sections = hot.lengths.len() as u32;
    let (send, rounds) = sync_channel(1);
    std::thread::scope(|scope| {
        // A thread of its own: it waits for the others, who may be one.
        let thread = std::thread::Builder::new();
        let merging = thread.spawn_scoped(scope, move || {
            let mut cutter = Cutter::new(send);
            let merged = merge::merge(postings, hot, |term, list| cutter.take(term, list))?;
            cutter.finish().map(|pages| (merged, pages))
        });
        let merging = merging.map_err(|error| PackError::Index(error.into()))?;
        let page_runs = add_rounds(rounds, sections, runs);
        let merged = merging.join();
        let merged = merged.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // Where nobody takes rounds any more, that is the reason.
        let page_runs = page_runs?;
        let (merged, pages) = merged?;
        Ok(LaidOut {
            merged,
            pages,
            page_runs,
        })
    })
}

/// Cuts the terms into pages, and these into runs and rounds.
struct Cutter {
    /// What each page begins with.
    pages: Vec<String>,
    page: Page,
    run: Vec<Page>,
    round: Vec<Vec<Page>>,
    /// Postings and terms in the round.
    waiting: usize,
    last: String,
    rounds: SyncSender<Vec<Vec<Page>>>,
}

/// A page of the dictionary to be made.
#[derive(Default)]
struct Page {
    /// Terms and their frequencies.
    terms: Vec<(String, u32)>,
    /// Their postings, one list after another.
    postings: Vec<Posting>,
}

impl Cutter {
    fn new(rounds: SyncSender<Vec<Vec<Page>>>) -> Self {
        Self {
            pages: Vec::new(),
            page: Page::default(),
            run: Vec::new(),
            round: Vec::new(),
            waiting: 0,
            last: String::new(),
            rounds,
        }
    }

    fn take(
        &mut self,
        term: &str,
        list: &mut dyn Iterator<Item = Posting>,
    ) -> Result<(), PackError> {
        let letters = [schema::PINYIN, schema::INITIALS];
        let cuts = if term.starts_with(letters) {
            LETTERS
        } else {
            TERMS
        };
        if cuts.is_here(self.page.terms.len(), term) {
            self.run.push(std::mem::take(&mut self.page));
            if PAGES.is_here(self.run.len(), &self.last) {
                self.round.push(std::mem::take(&mut self.run));
                if self.waiting >= ROUND {
                    self.send()?;
                }
            }
        }
        if self.page.terms.is_empty() {
            self.pages.push(between(&self.last, term));
        }
        let before = self.page.postings.len();
        self.page.postings.extend(list);
        let frequency = self.page.postings.len() - before;
        self.waiting += frequency + 1;
        self.page.terms.push((term.to_owned(), frequency as u32));
        self.last.clear();
        self.last.push_str(term);
        Ok(())
    }

    fn send(&mut self) -> Result<(), PackError> {
        self.waiting = 0;
        let sent = self.rounds.send(std::mem::take(&mut self.round));
        sent.map_err(|_| PackError::Damaged("its terms are not laid out"))
    }

    /// What each page begins with, once all are on their way.
    fn finish(mut self) -> Result<Vec<String>, PackError> {
        if !self.page.terms.is_empty() {
            self.run.push(std::mem::take(&mut self.page));
        }
        if !self.run.is_empty() {
            self.round.push(std::mem::take(&mut self.run));
        }
        self.send()?;
        Ok(self.pages)
    }
}

/// Adds runs of pages of the dictionary with their terms' postings. Returns the runs, and the
/// first page of each.
fn add_rounds<E: Send>(
    rounds: Receiver<Vec<Vec<Page>>>,
    sections: u32,
    runs: &mut Runs<'_, E>,
) -> Result<Vec<(chunk::Run, u32)>, E> {
    let (mut page_runs, mut first) = (Vec::new(), 0);
    for round in rounds {
        let counts = round.iter().map(Vec::len).collect::<Vec<_>>();
        let pages = round.into_par_iter().flatten();
        let pages = pages.map(|page| cut(page, sections));
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
            page_runs.push((runs.add(parts), first));
            first += count;
        }
        runs.flush()?;
    }
    Ok(page_runs)
}

/// Cuts the postings of a page's terms into the chunks of a run.
fn cut(page: Page, sections: u32) -> (Draft, Parts) {
    let (mut firsts, mut chunks) = (Vec::new(), Vec::new());
    let mut rest = page.postings.as_slice();
    // The lists of the chunk at hand.
    let mut lists: Vec<&[Posting]> = Vec::new();
    let mut room = 0;
    for (number, (_, frequency)) in (0..).zip(&page.terms) {
        let length = *frequency as usize;
        if number == 0 || length >= room {
            if !lists.is_empty() {
                chunks.push(postings::write(lists.drain(..), sections));
            }
            firsts.push(number);
            room = CHUNK.max(length + 1);
        }
        room -= length + 1;
        lists.extend(rest.split_off(..length));
    }
    chunks.push(postings::write(lists.into_iter(), sections));
    let draft = Draft {
        terms: page.terms,
        firsts,
        ..Draft::default()
    };
    (draft, Parts::stored(&chunks))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_between_terms() {
        assert_eq!(between("", "一"), "");
        assert_eq!(between("一二", "一三四"), "一三");
        assert_eq!(between("一", "一二三"), "一二");
    }
}
