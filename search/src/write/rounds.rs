//! The terms of a pack in order, as they are merged: cut into pages of the dictionary, these into
//! shelves, and shelves into rounds.

use super::layout::{Numbers, Shelf};
use super::merge::Merge;
use super::postings::Run;
use crate::pack::PackError;
use crate::pack::dictionary::Terms;
use crate::pack::hot;
use crate::pack::postings::Posting;
use crate::schema;

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
/// Shelves of pages, by the first terms of the pages: on average eight.
const PAGES: Cuts = Cuts {
    least: 6,
    one_in: 2,
    most: 20,
};
/// Postings and terms that are laid out side by side, while as many are merged: what is waiting
/// takes memory.
const ROUND: usize = 100_000;

/// Most postings of a page for which there is room at once.
const ROOM: usize = 4_096;

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

/// A shelf on its way.
pub(super) enum Coming {
    /// As it was.
    Kept(Box<Shelf>),
    /// To be made.
    Made(Filled),
}

/// A shelf to be made.
#[derive(Default)]
pub(super) struct Filled {
    pub first: String,
    pub last: String,
    pub pages: Vec<Page>,
    /// What each page but the first begins with.
    pub begins: Vec<String>,
    pub lone: Vec<(char, u32)>,
}

/// A page of the dictionary to be made.
#[derive(Default)]
pub(super) struct Page {
    pub terms: Terms,
    /// Their postings, one list after another.
    pub postings: Vec<Posting>,
}

/// What is laid out, a round at a time.
pub(super) struct Rounds<'a> {
    postings: &'a [Run],
    before: &'a [(Shelf, bool)],
    /// The shelf whose terms come next, and whether some of them have come.
    at: usize,
    is_begun: bool,
    merging: Option<Merge<'a>>,
    /// The last term that came.
    term: Vec<u8>,
    cutter: Cutter,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(numbers: Numbers, postings: &'a [Run], before: &'a [(Shelf, bool)]) -> Self {
        Self {
            postings,
            before,
            at: 0,
            is_begun: false,
            merging: None,
            term: Vec::new(),
            cutter: Cutter::new(numbers),
        }
    }

    /// The next round: hands the cutter every term in order, or the shelf that it stands on, until
    /// it has one.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Coming>>, PackError> {
        // Without any shelf, all terms stand between nothing and nothing.
        while self.at < self.before.len().max(1) {
            let shelf = self.before.get(self.at);
            if let Some((shelf, true)) = shelf
                && !self.is_begun
                && self.cutter.ends_before(&shelf.first)
            {
                self.merging = None;
                self.cutter.keep(shelf.clone());
            } else {
                self.is_begun = self.merge_some()?;
            }
            self.at += usize::from(!self.is_begun);
            if let Some(round) = self.cutter.ready.take() {
                return Ok(Some(round));
            }
        }
        let rest = self.cutter.finish();
        Ok((!rest.is_empty()).then_some(rest))
    }

    /// How much of how much has come: shelves, or where there are none, bytes.
    pub(super) fn done(&self) -> (usize, usize) {
        if !self.before.is_empty() {
            return (self.at, self.before.len());
        }
        let runs = self.postings.iter();
        let bytes = runs.map(|run| run.text.len() + run.names.len()).sum();
        let rest = self.merging.as_ref().map_or(0, Merge::rest);
        (bytes - rest, bytes)
    }

    /// Hands the cutter terms until it has a round, which is true, or those of the shelf have come.
    fn merge_some(&mut self) -> Result<bool, PackError> {
        let first = |at: usize| self.before.get(at).map(|(shelf, _)| shelf.first.as_bytes());
        let from = first(self.at).filter(|_| self.at > 0);
        let to = first(self.at + 1);
        let merging = match &mut self.merging {
            Some(merging) => merging,
            none => none.insert(Merge::new(self.postings, from.unwrap_or_default())?),
        };
        while to.is_none_or(|to| merging.is_below(to)) && merging.next(&mut self.term) {
            let page = self.cutter.begin(&String::from_utf8_lossy(&self.term));
            merging.postings(&mut page.postings)?;
            self.cutter.end();
            if self.cutter.ready.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Cuts the terms into pages, and these into shelves and rounds.
struct Cutter {
    numbers: Numbers,
    page: Page,
    shelf: Filled,
    round: Vec<Coming>,
    /// Postings and terms in the round.
    waiting: usize,
    /// The last term, and where its postings begin on the page.
    last: String,
    begun: usize,
    /// A round that is full.
    ready: Option<Vec<Coming>>,
}

impl Cutter {
    fn new(numbers: Numbers) -> Self {
        Self {
            numbers,
            page: Page::default(),
            shelf: Filled::default(),
            round: Vec::new(),
            waiting: 0,
            last: String::new(),
            begun: 0,
            ready: None,
        }
    }

    /// Whether a page ends before this term.
    fn page_ends_before(&self, term: &str) -> bool {
        let letters = [schema::PINYIN, schema::INITIALS];
        let cuts = match term.starts_with(letters) {
            true => LETTERS,
            false => TERMS,
        };
        cuts.is_here(self.page.terms.len(), term)
    }

    /// Whether a shelf would end before this term, or none is begun.
    fn ends_before(&self, term: &str) -> bool {
        let pages = self.shelf.pages.len();
        self.page.terms.len() == 0 && pages == 0
            || self.page_ends_before(term) && PAGES.is_here(pages + 1, &self.last)
    }

    /// Begins a term: returns the page that takes its postings.
    fn begin(&mut self, term: &str) -> &mut Page {
        if self.page_ends_before(term) {
            self.end_page();
            if PAGES.is_here(self.shelf.pages.len(), &self.last) {
                self.end_shelf();
                self.end_round();
            } else {
                self.shelf.begins.push(between(&self.last, term));
            }
        }
        let shelf = &mut self.shelf;
        if shelf.pages.is_empty() && self.page.terms.len() == 0 {
            term.clone_into(&mut shelf.first);
        }
        term.clone_into(&mut self.last);
        self.begun = self.page.postings.len();
        &mut self.page
    }

    /// Ends the term whose postings the page took.
    fn end(&mut self) {
        let list = &mut self.page.postings[self.begun..];
        let frequency = list.len() as u32;
        let mut characters = self.last.chars();
        if let (Some(c), None) = (characters.next(), characters.next()) {
            self.shelf.lone.push((c, frequency));
            if !self.numbers.is_counted(frequency) {
                list.iter_mut().for_each(|(_, count)| *count = 1);
            }
        }
        self.page.terms.push(&self.last, frequency);
        self.waiting += list.len() + 1;
    }

    /// Takes a shelf as it is: none may be begun that does not end before it.
    fn keep(&mut self, shelf: Shelf) {
        self.end_page();
        self.end_shelf();
        self.last.clone_from(&shelf.last);
        self.round.push(Coming::Kept(Box::new(shelf)));
        self.end_round();
    }

    fn end_page(&mut self) {
        if self.page.terms.len() > 0 {
            // The next one will be about as long.
            let room = self.page.postings.len().min(ROOM);
            let next = Page {
                postings: Vec::with_capacity(room),
                ..Page::default()
            };
            self.shelf
                .pages
                .push(std::mem::replace(&mut self.page, next));
        }
    }

    fn end_shelf(&mut self) {
        if !self.shelf.pages.is_empty() {
            self.shelf.last.clone_from(&self.last);
            let shelf = std::mem::take(&mut self.shelf);
            self.round.push(Coming::Made(shelf));
        }
    }

    /// Ends the round if it is large enough.
    fn end_round(&mut self) {
        if self.waiting >= ROUND {
            self.waiting = 0;
            self.ready = Some(std::mem::take(&mut self.round));
        }
    }

    /// The rest.
    fn finish(&mut self) -> Vec<Coming> {
        self.end_page();
        self.end_shelf();
        std::mem::take(&mut self.round)
    }
}

/// The shortest text above one term and not above the next.
pub(super) fn between(last: &str, next: &str) -> String {
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
