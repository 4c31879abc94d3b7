//! A page's file → a page, unless a page of the same is at hand.

mod kept;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::content::body::Room;
use crate::content::page::{Page, Schema};
use crate::content::parts::Parts;
use crate::diagnostic::{Diagnostic, Error};
use crate::hash::{Hash, Key};
use crate::observer::{Observer, Stage};
use crate::output::State;
use crate::source::{self, SourcePath};
use kept::Kept;

/// What a file was made into.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The page.
    pub page: Arc<Page>,
    /// What is wrong with it.
    pub found: Vec<Diagnostic>,
    /// Of the education themes that it names, those that there are not.
    pub unknown: Vec<Diagnostic>,
    /// The files it includes.
    pub parts: Vec<String>,
    /// How its file lay; `None` where that does not tell its version from a later one, or not
    /// that of what it includes.
    state: Option<State>,
    /// Of the file's bytes and of what it includes.
    file: Hash,
    /// By what it was read.
    hashes: Hashes,
}

/// Of every page, sorted by path.
type AllParsed = Arc<Vec<Arc<Parsed>>>;

/// What a later reading may reuse.
#[derive(Debug, Default)]
pub struct Reuse {
    parsed: Mutex<AllParsed>,
    /// As it was found on disk.
    kept: Kept,
}

impl Reuse {
    /// What `program` kept of the site at `root`, if it did.
    pub fn kept(root: &Path, program: Option<State>) -> Self {
        let kept = program.and_then(|program| kept::read(root, program));
        let kept = kept.unwrap_or_default();
        let parsed = Mutex::new(kept.parsed.clone());
        Self { parsed, kept }
    }

    /// Keeps what was read last for the next `program` that is the same. Where that cannot be
    /// done, the pages are read again.
    pub fn write(&self, root: &Path, program: Option<State>) {
        let parsed = self.parsed();
        let hashes = parsed.first().map(|parsed| parsed.hashes);
        if let Some((program, hashes)) = program.zip(hashes) {
            kept::write(root, program, hashes, &parsed, &self.kept);
        }
    }

    /// What was read last.
    pub(super) fn parsed(&self) -> AllParsed {
        self.lock().clone()
    }

    /// Keeps what was read, and nothing besides.
    pub(super) fn keep(&self, parsed: &AllParsed) {
        self.lock().clone_from(parsed);
    }

    fn lock(&self) -> MutexGuard<'_, AllParsed> {
        // Every change is one assignment, so a panic leaves it whole.
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of what decides how pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hashes {
    /// All but the education themes.
    pub parsing: Hash,
    /// The education themes.
    pub themes: Hash,
}

/// Reads the pages of a site.
pub(super) struct Reader<'a> {
    /// The folder of content.
    pub content: &'a Path,
    /// How pages are read, and a hash of that.
    pub schema: &'a Schema,
    pub hashes: Hashes,
    pub room: &'a Room,
    /// What was read before, sorted by path.
    pub known: &'a [Arc<Parsed>],
    pub observer: &'a Observer,
}

impl Reader<'_> {
    /// Reads the page at a place in the list of pages, whose file lies so, or finds it as it was
    /// read before.
    pub(super) fn page(
        &self,
        place: usize,
        path: &SourcePath,
        state: Option<State>,
    ) -> Result<Arc<Parsed>, Error> {
        let known = self.known(place, path);
        let same = known.filter(|known| known.state.is_some() && known.state == state);
        let parsed = match same.and_then(|same| self.assign(path, same)) {
            Some(parsed) => parsed,
            None => self.read(path, state, known)?,
        };
        self.observer.done(Stage::Parse, 1);
        Ok(parsed)
    }

    /// What is known of a file: mostly it stands where it stood.
    fn known(&self, place: usize, path: &SourcePath) -> Option<&Arc<Parsed>> {
        let here = self.known.get(place);
        let here = here.filter(|known| known.page.source == path.relative);
        let known = here.or_else(|| {
            let find = |known: &Arc<Parsed>| known.page.source.cmp(&path.relative);
            self.known.get(self.known.binary_search_by(find).ok()?)
        });
        known.filter(|known| known.hashes.parsing == self.hashes.parsing)
    }

    fn read(
        &self,
        path: &SourcePath,
        state: Option<State>,
        known: Option<&Arc<Parsed>>,
    ) -> Result<Arc<Parsed>, Error> {
        let reading = self.observer.span(Stage::Read, &path.relative);
        let bytes =
            std::fs::read(&path.absolute).map_err(|error| Error::read(&path.absolute, error))?;
        drop(reading);
        let _parsing = self.observer.span(Stage::Parse, &path.relative);
        let parts = Parts::read(self.content, &path.relative, &bytes)?;
        let file = parts.hash(blake3::hash(&bytes));
        // Its own file does not tell of what it includes, be that there or not.
        let state = state.filter(|_| parts.is_empty());
        let same = known.filter(|known| known.file == file);
        if let Some(parsed) = same.and_then(|same| self.assign(path, same)) {
            return Ok(Arc::new(Parsed {
                state,
                ..Arc::unwrap_or_clone(parsed)
            }));
        }
        let (mut page, found) = parse(&path.relative, &bytes, &parts, self.schema);
        page.made_from = Some(made_from(&self.hashes, &file));
        let themes = &self.schema.education_themes;
        let assigned = page.assign(themes, || text_of(path));
        let (assigned, unknown) = assigned.unwrap_or_default();
        page.education_themes = assigned;
        self.room.keep_or_leave(&mut page, file);
        Ok(Arc::new(Parsed {
            page: Arc::new(page),
            found,
            unknown,
            parts: parts.paths().map(str::to_owned).collect(),
            state,
            file,
            hashes: self.hashes,
        }))
    }

    /// A page as it was read before, under today's education themes; `None` where it has to be
    /// read again for that.
    fn assign(&self, path: &SourcePath, known: &Arc<Parsed>) -> Option<Arc<Parsed>> {
        if known.hashes.themes == self.hashes.themes {
            return Some(known.clone());
        }
        let themes = &self.schema.education_themes;
        let (assigned, unknown) = known.page.assign(themes, || text_of(path))?;
        let mut page = known.page.clone();
        if assigned != page.education_themes {
            Arc::make_mut(&mut page).education_themes = assigned;
        }
        Some(Arc::new(Parsed {
            page,
            unknown,
            hashes: self.hashes,
            ..Parsed::clone(known)
        }))
    }
}

/// Tells all that a page and its text are made from.
fn made_from(hashes: &Hashes, file: &Hash) -> Key {
    Key::of_bytes(&[*hashes.parsing.as_bytes(), *file.as_bytes()].concat())
}

/// A file's text, read again for the few that need a caret.
fn text_of(path: &SourcePath) -> Option<String> {
    let bytes = std::fs::read(&path.absolute).ok()?;
    let source = source::decode_page(&path.relative, &bytes).ok()?;
    Some(source.text.into_owned())
}

fn parse(path: &str, bytes: &[u8], parts: &Parts, schema: &Schema) -> (Page, Vec<Diagnostic>) {
    match source::decode_page(path, bytes) {
        Ok(source) => Page::with_parts(&source, parts, schema),
        Err(diagnostic) => {
            let nothing = source::Source::new(path, "");
            let (page, _) = Page::with_parts(&nothing, &Parts::NONE, schema);
            (page, vec![*diagnostic])
        }
    }
}
