//! The files that a site is read from and how they lie, looked at once: for whoever asks whether
//! anything changed, then for whoever reads what did.

use std::path::Path;

use rayon::prelude::*;

use crate::diagnostic::Error;
use crate::output::State;
use crate::source::{SourcePath, Tree};

/// What stands below a folder of content.
#[derive(Debug)]
pub struct Scan {
    /// The files.
    pub tree: Tree,
    /// For each of the pages, how its file lies; `None` where that does not tell its version from
    /// a later one.
    pub pages: Vec<Option<State>>,
}

impl Scan {
    /// Of the folder `content`.
    ///
    /// # Errors
    /// When it is missing or cannot be read.
    pub fn of(content: &Path) -> Result<Self, Error> {
        let tree = Tree::walk(content)?;
        let pages = tree.pages.par_iter().map(state_of).collect();
        Ok(Self { tree, pages })
    }

    /// Every file with how it lies.
    pub fn files(&self) -> impl ParallelIterator<Item = (&SourcePath, Option<State>)> {
        let tree = &self.tree;
        let others = [&tree.parts, &tree.kinds, &tree.assets];
        let others = others.into_par_iter().flat_map(|list| list.par_iter());
        let others = others.map(|file| (file, state_of(file)));
        let pages = tree.pages.par_iter().zip(&self.pages);
        pages.map(|(file, state)| (file, *state)).chain(others)
    }
}

fn state_of(file: &SourcePath) -> Option<State> {
    State::at(&file.absolute).filter(State::is_settled)
}
