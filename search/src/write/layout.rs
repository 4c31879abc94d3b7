//! How the index is laid out in chunks: pages of the dictionary, on shelves, and the postings of
//! each page's terms, while they are merged.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::merge::Merge;
use super::postings::Run;
use super::runs::{Outline, Parts, Runs};
use crate::pack::PackError;
use crate::pack::chunk::{self, Deflater};
use crate::pack::dictionary::Draft;
use crate::pack::hot::{self, Hot};
use crate::pack::postings::{self, Posting};
use crate::{rank, schema};

/// Lists share a chunk up to this many postings and lists. A longer one is a chunk of its own.
const CHUNK: usize = 1_500;
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

/// Of a character that is too common to be ranked by, and stands in so many sections, it is not
/// kept how often: that tells nothing, and is half of lists that are a seventh of the pack.
const EVERYWHERE: u32 = 4_096;
/// Ideographs begin here.
const IDEOGRAPHS: char = '\u{3400}';

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

/// Neighbouring pages of the dictionary as they lie in the pack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shelf {
    /// The first and the last term.
    pub first: String,
    pub last: String,
    /// What each page but the first begins with.
    pages: Vec<String>,
    /// The run of the pages, and for each page that of its terms' postings.
    pub dictionary: Outline,
    pub postings: Vec<Outline>,
    /// The terms of one character, and how many sections hold each.
    pub lone: Vec<(char, u32)>,
}

impl Shelf {
    /// The runs of its files.
    pub(super) fn outlines(&self) -> impl Iterator<Item = &Outline> {
        std::iter::once(&self.dictionary).chain(&self.postings)
    }
}

/// How many sections there are, of which depends how their postings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Numbers {
    /// Of all numbers, some of which are free.
    pub all: u32,
    /// Of sections.
    pub sections: u32,
}

impl Numbers {
    pub(super) fn of(hot: &Hot) -> Self {
        Self {
            all: hot.lengths.len() as u32,
            sections: hot.sections(),
        }
    }

    fn is_common(self, frequency: u32) -> bool {
        !rank::is_rare(frequency, self.sections)
    }

    /// Whether it is kept how often a section has a character that so many sections have.
    pub(super) fn is_counted(self, frequency: u32) -> bool {
        frequency < EVERYWHERE || !self.is_common(frequency)
    }
}

/// All shelves of a pack, in order.
#[derive(Default)]
pub(super) struct Shelves {
    pub shelves: Vec<Shelf>,
    /// Their names.
    pub names: Vec<chunk::Run>,
}

impl Shelves {
    /// Adds a round of them, and their runs.
    fn add<E: From<PackError> + Send>(
        &mut self,
        round: Vec<Coming>,
        numbers: u32,
        runs: &mut Runs<'_, E>,
    ) -> Result<(), E> {
        let cut = round.into_par_iter();
        let cut = cut.map_init(Deflater::default, |deflater, coming| match coming {
            Coming::Kept(shelf) => (*shelf, None),
            Coming::Made(filled) => {
                let (shelf, made) = filled.cut(numbers, deflater);
                (shelf, Some(made))
            }
        });
        for (mut shelf, made) in cut.collect::<Vec<_>>() {
            let name = match made {
                Some(made) => made.add(&mut shelf, runs),
                None => {
                    shelf.postings.iter().for_each(|run| _ = runs.keep(*run));
                    runs.keep(shelf.dictionary)
                }
            };
            self.shelves.push(shelf);
            self.names.push(name);
        }
        runs.flush()
    }

    /// Notes them in `hot`.
    pub(super) fn tell(&self, hot: &mut Hot) {
        let mut last = "";
        for (shelf, &name) in self.shelves.iter().zip(&self.names) {
            hot.page_runs.push((name, hot.pages.len() as u32));
            hot.pages.push(between(last, &shelf.first));
            hot.pages.extend(shelf.pages.iter().cloned());
            last = &shelf.last;
        }
        let numbers = Numbers::of(hot);
        for &(c, frequency) in self.shelves.iter().flat_map(|shelf| &shelf.lone) {
            if c >= IDEOGRAPHS {
                hot.alphabet.push(c);
            }
            if numbers.is_common(frequency) {
                hot.common.push(c);
            }
        }
    }
}

/// A shelf on its way.
enum Coming {
    /// As it was.
    Kept(Box<Shelf>),
    /// To be made.
    Made(Filled),
}

/// A shelf to be made.
#[derive(Default)]
struct Filled {
    first: String,
    last: String,
    pages: Vec<Page>,
    /// What each page but the first begins with.
    begins: Vec<String>,
    lone: Vec<(char, u32)>,
}

/// A page of the dictionary to be made.
#[derive(Default)]
struct Page {
    /// Terms and their frequencies.
    terms: Vec<(String, u32)>,
    /// Their postings, one list after another.
    postings: Vec<Posting>,
}

/// Merges runs of postings, and lays their terms out as they come: while some are merged, those
/// before them are cut into chunks. Shelves of the pack `before` come with whether they can be kept:
/// only what stands on the others is merged; without any, all is.
pub(super) fn lay_out<E: From<PackError> + Send>(
    numbers: Numbers,
    postings: &[Run],
    before: &[(Shelf, bool)],
    runs: &mut Runs<'_, E>,
) -> Result<Shelves, E> {
    let mut rounds = Rounds::new(numbers, postings, before);
    let mut shelves = Shelves::default();
    let mut coming = rounds.next()?;
    while let Some(round) = coming {
        // While a round is cut into chunks, the next one is merged.
        let (added, next) = rayon::join(|| shelves.add(round, numbers.all, runs), || rounds.next());
        added?;
        coming = next?;
    }
    Ok(shelves)
}

/// What is laid out, a round at a time.
struct Rounds<'a> {
    postings: &'a [Run],
    before: &'a [(Shelf, bool)],
    /// The shelf whose terms come next, and whether some of them have come.
    at: usize,
    is_begun: bool,
    merging: Option<Merge<'a>>,
    cutter: Cutter,
}

impl<'a> Rounds<'a> {
    fn new(numbers: Numbers, postings: &'a [Run], before: &'a [(Shelf, bool)]) -> Self {
        Self {
            postings,
            before,
            at: 0,
            is_begun: false,
            merging: None,
            cutter: Cutter::new(numbers),
        }
    }

    /// The next round: hands the cutter every term in order, or the shelf that it stands on, until
    /// it has one.
    fn next(&mut self) -> Result<Option<Vec<Coming>>, PackError> {
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

    /// Hands the cutter terms until it has a round, which is true, or those of the shelf have come.
    fn merge_some(&mut self) -> Result<bool, PackError> {
        let first = |at: usize| self.before.get(at).map(|(shelf, _)| shelf.first.as_bytes());
        let from = first(self.at).filter(|_| self.at > 0);
        let to = first(self.at + 1);
        let merging = match &mut self.merging {
            Some(merging) => merging,
            none => none.insert(Merge::new(self.postings, from.unwrap_or_default())?),
        };
        while to.is_none_or(|to| merging.is_below(to))
            && let Some((term, list)) = merging.next()?
        {
            self.cutter.take(&String::from_utf8_lossy(term), list);
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
    last: String,
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
        self.page.terms.is_empty() && pages == 0
            || self.page_ends_before(term) && PAGES.is_here(pages + 1, &self.last)
    }

    fn take(&mut self, term: &str, list: &[Posting]) {
        let frequency = list.len() as u32;
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
        if shelf.pages.is_empty() && self.page.terms.is_empty() {
            term.clone_into(&mut shelf.first);
        }
        let mut characters = term.chars();
        let mut is_counted = true;
        if let (Some(c), None) = (characters.next(), characters.next()) {
            shelf.lone.push((c, frequency));
            is_counted = self.numbers.is_counted(frequency);
        }
        let counted = |&(section, count): &Posting| (section, if is_counted { count } else { 1 });
        self.page.postings.extend(list.iter().map(counted));
        self.page.terms.push((term.to_owned(), frequency));
        self.waiting += list.len() + 1;
        term.clone_into(&mut self.last);
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
        if !self.page.terms.is_empty() {
            self.shelf.pages.push(std::mem::take(&mut self.page));
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

/// The runs of a shelf: of its pages, and of each page's terms' postings.
struct Made {
    dictionary: Parts,
    pages: Vec<(Draft, Parts)>,
}

impl Filled {
    /// Cuts a shelf into chunks, as if no other run had the names of its runs.
    fn cut(self, numbers: u32, deflater: &mut Deflater) -> (Shelf, Made) {
        let pages = self.pages.into_par_iter();
        let pages = pages.map(|page| page.cut(numbers)).collect::<Vec<_>>();
        let dictionary = dictionary(&pages, deflater);
        let postings = pages.iter().map(|(_, postings)| postings.outline);
        let shelf = Shelf {
            first: self.first,
            last: self.last,
            pages: self.begins,
            dictionary: dictionary.outline,
            postings: postings.collect(),
            lone: self.lone,
        };
        (shelf, Made { dictionary, pages })
    }
}

impl Made {
    /// Adds the runs; returns the name of that of the pages.
    fn add<E: From<PackError> + Send>(
        mut self,
        shelf: &mut Shelf,
        runs: &mut Runs<'_, E>,
    ) -> chunk::Run {
        let mut is_named_otherwise = false;
        for (draft, postings) in &mut self.pages {
            let name = runs.add(postings.clone());
            is_named_otherwise |= name != draft.run;
            draft.run = name;
        }
        if is_named_otherwise {
            self.dictionary = dictionary(&self.pages, &mut Deflater::default());
            shelf.dictionary = self.dictionary.outline;
        }
        runs.add(self.dictionary)
    }
}

/// The run of pages.
fn dictionary(pages: &[(Draft, Parts)], deflater: &mut Deflater) -> Parts {
    let contents = pages.iter().map(|(draft, _)| draft.write());
    Parts::of(&contents.collect::<Vec<_>>(), deflater)
}

impl Page {
    /// Cuts the postings of its terms into the chunks of a run.
    fn cut(self, numbers: u32) -> (Draft, Parts) {
        let (mut firsts, mut chunks) = (Vec::new(), Vec::new());
        let mut rest = self.postings.as_slice();
        // The lists of the chunk at hand.
        let mut lists: Vec<&[Posting]> = Vec::new();
        let mut room = 0;
        for (number, (_, frequency)) in (0..).zip(&self.terms) {
            let length = *frequency as usize;
            if number == 0 || length >= room {
                if !lists.is_empty() {
                    chunks.push(postings::write(lists.drain(..), numbers));
                }
                firsts.push(number);
                room = CHUNK.max(length + 1);
            }
            room -= length + 1;
            lists.extend(rest.split_off(..length));
        }
        chunks.push(postings::write(lists.into_iter(), numbers));
        let postings = Parts::stored(&chunks);
        let draft = Draft {
            run: postings.outline.name(),
            terms: self.terms,
            firsts,
        };
        (draft, postings)
    }
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
