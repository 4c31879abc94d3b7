//! The files that a site is read from and how they lie, looked at once: for whoever asks whether
//! anything changed, then for whoever reads what did; and looked at again where that is told.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::diagnostic::Error;
use crate::output::State;
use crate::source::{self, SourcePath, Tree};

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
        let (tree, pages) = Tree::look(content)?;
        let settled = |state: Option<State>| state.filter(State::is_settled);
        let pages = pages.into_par_iter().map(settled).collect();
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

    /// Looks again at these files of `content` alone. Whether that was enough: where one came or
    /// went, or one of them is a folder, all has to be looked at.
    pub fn renew(&mut self, content: &Path, changed: &[PathBuf]) -> bool {
        for path in changed {
            let Some(relative) = source::relative(content, path) else {
                return false;
            };
            let here = source::place(&self.tree.pages, &relative);
            if let Some(here) = here {
                self.pages[here] = None;
            }
            let is_known = here.is_some() || self.tree.has_beside_pages(&relative);
            // What is neither known nor there came and went, as editors' own files do.
            if is_known != path.is_file() || path.is_dir() {
                return false;
            }
        }
        // A file whose state does not tell its version yet may tell it now.
        let pages = self.pages.par_iter_mut().zip(&self.tree.pages);
        let unsettled = pages.filter(|(state, _)| state.is_none());
        unsettled.for_each(|(state, file)| *state = state_of(file));
        true
    }

    /// Whether it is what was found `later`, too.
    pub fn is_like(&self, later: &Self) -> bool {
        let mut states = self.pages.iter().zip(&later.pages);
        self.tree == later.tree && states.all(|(state, later)| state.is_none() || state == later)
    }
}

fn state_of(file: &SourcePath) -> Option<State> {
    State::at(&file.absolute).filter(State::is_settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_renewed_is_as_if_all_were_looked_at() {
        let root = tempfile::tempdir().unwrap();
        let content = root.path();
        let at = |name: &str| content.join(name);
        for name in ["a.md", "b.md", "_p.md", "x.png"] {
            std::fs::write(at(name), "1").unwrap();
            let file = std::fs::File::options().write(true).open(at(name));
            let long_ago = std::time::SystemTime::UNIX_EPOCH;
            file.unwrap().set_modified(long_ago).unwrap();
        }
        let mut scan = Scan::of(content).unwrap();
        assert!(scan.pages.iter().all(Option::is_some));
        std::fs::write(at("b.md"), "22").unwrap();
        assert!(!scan.is_like(&Scan::of(content).unwrap()));
        let saved = ["b.md", "_p.md", "x.png", "b.md~", "education-themes.toml"];
        std::fs::write(at("education-themes.toml"), "").unwrap();
        assert!(scan.renew(content, &saved.map(at)));
        assert_eq!(scan.pages[1], None, "it may change again within its time");
        assert!(scan.pages[0].is_some());
        assert!(scan.is_like(&Scan::of(content).unwrap()));
        // Of these, one file does not tell.
        std::fs::create_dir(at("d")).unwrap();
        std::fs::write(at("c.md"), "1").unwrap();
        std::fs::remove_file(at("a.md")).unwrap();
        for name in ["a.md", "c.md", "d"] {
            assert!(!scan.renew(content, &[at(name)]), "{name}");
        }
        assert!(!scan.is_like(&Scan::of(content).unwrap()));
    }
}
