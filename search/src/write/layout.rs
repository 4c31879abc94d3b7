//! How the index is laid out in chunks: pages of the dictionary, on shelves, and the postings of
//! each page's terms, while they are merged.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::postings::Run;
use super::rounds::{Coming, Filled, Page, Rounds, between};
use super::runs::{Outline, Parts, Runs};
use crate::pack::PackError;
use crate::pack::chunk::{self, Deflater};
use crate::pack::dictionary::Draft;
use crate::pack::hot::Hot;
use crate::pack::postings::{self, Posting};
use crate::rank;

/// Shelves that one thread cuts.
const TOGETHER: usize = 4;
/// Lists share a chunk up to this many postings and lists. A longer one is a chunk of its own.
const CHUNK: usize = 1_500;
/// Of a character that is too common to be ranked by, and stands in so many sections, it is not
/// kept how often: that tells nothing, and is half of lists that are a seventh of the pack.
const EVERYWHERE: u32 = 4_096;
/// Ideographs begin here.
const IDEOGRAPHS: char = '\u{3400}';

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
        // Memory to deflate in costs more than some shelves.
        let cut = round.into_par_iter().with_min_len(TOGETHER);
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

/// Merges runs of postings, and lays their terms out as they come: while some are merged, those
/// before them are cut into chunks. Shelves of the pack `before` come with whether they can be kept:
/// only what stands on the others is merged; without any, all is.
pub(super) fn lay_out<E: From<PackError> + Send>(
    numbers: Numbers,
    postings: &[Run],
    before: &[(Shelf, bool)],
    runs: &mut Runs<'_, E>,
    mut merging: impl FnMut(usize, usize),
) -> Result<Shelves, E> {
    let mut rounds = Rounds::new(numbers, postings, before);
    let mut shelves = Shelves::default();
    let mut coming = rounds.next()?;
    while let Some(round) = coming {
        let (done, all) = rounds.done();
        merging(done, all);
        // While a round is cut into chunks, the next one is merged.
        let (added, next) = rayon::join(|| shelves.add(round, numbers.all, runs), || rounds.next());
        added?;
        coming = next?;
    }
    Ok(shelves)
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
        for (number, (_, frequency)) in (0..).zip(self.terms.iter()) {
            let length = frequency as usize;
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
