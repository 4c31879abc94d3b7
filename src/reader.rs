//! A page's file → a page, unless a page of the same is at hand.

use std::path::Path;
use std::sync::Arc;

use crate::content::body::Room;
use crate::content::page::{Page, Schema};
use crate::content::parts::Parts;
use crate::diagnostic::{Diagnostic, Error};
use crate::memo::Memo;
use crate::observer::{Observer, Stage};
use crate::output::{Hash, State};
use crate::source::{self, SourcePath};

/// What a file was made into.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The page.
    pub page: Arc<Page>,
    /// What is wrong with it.
    pub found: Vec<Diagnostic>,
    /// Of the education themes that it names, those that there are not.
    pub unknown: Vec<Diagnostic>,
    /// The files it includes.
    pub parts: Vec<String>,
    /// Whether it includes anything, be it there or not: then its own file does not tell all.
    includes: bool,
    /// The tree by which its education themes were assigned.
    themes: Hash,
}

/// What a later reading may reuse.
#[derive(Debug, Default)]
pub struct Reuse {
    by_content: Memo<Parsed>,
    /// By how files lie: they need not be read.
    by_state: Memo<Parsed>,
}

impl Reuse {
    /// Forgets every page but those at the paths `kept`.
    pub(super) fn evict(&self, kept: impl Fn(&str) -> bool) {
        self.by_content.evict(&kept);
        self.by_state.evict(&kept);
    }
}

/// Of what decides how pages are read.
#[derive(Debug, Clone, Copy)]
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
    pub reuse: &'a Reuse,
    pub observer: &'a Observer,
}

impl Reader<'_> {
    /// Reads one page, or finds it as it was read before.
    pub(super) fn page(&self, path: &SourcePath) -> Result<Parsed, Error> {
        let state = State::at(&path.absolute).filter(State::is_settled);
        let state = state.map(|state| {
            self.hash_of(&[state.size, state.modified].map(u64::to_le_bytes).concat())
        });
        let known = state.and_then(|state| self.reuse.by_state.find(&path.relative, state));
        let parsed = match known {
            Some(known) if known.themes == self.hashes.themes => known,
            known => {
                let parsed = match known.and_then(|known| self.assign(path, known)) {
                    Some(parsed) => parsed,
                    None => self.read(path)?,
                };
                if let (Some(state), false) = (state, parsed.includes) {
                    self.reuse
                        .by_state
                        .keep(&path.relative, state, parsed.clone());
                }
                parsed
            }
        };
        self.observer.done(Stage::Parse, 1);
        Ok(parsed)
    }

    fn read(&self, path: &SourcePath) -> Result<Parsed, Error> {
        let reading = self.observer.span(Stage::Read, &path.relative);
        let bytes =
            std::fs::read(&path.absolute).map_err(|error| Error::read(&path.absolute, error))?;
        drop(reading);
        let _parsing = self.observer.span(Stage::Parse, &path.relative);
        let parts = Parts::read(self.content, &path.relative, &bytes)?;
        let file = parts.hash(blake3::hash(&bytes));
        let hash = self.hash_of(file.as_bytes());
        let known = self.reuse.by_content.find(&path.relative, hash);
        if let Some(known) = known.and_then(|known| self.assign(path, known)) {
            return Ok(known);
        }
        let (mut page, found) = parse(&path.relative, bytes, &parts, self.schema);
        let themes = &self.schema.education_themes;
        let assigned = page.assign(themes, || text_of(path));
        let (assigned, unknown) = assigned.unwrap_or_default();
        page.education_themes = assigned;
        self.room.keep_or_leave(&mut page, file);
        let parsed = Parsed {
            page: Arc::new(page),
            found,
            unknown,
            parts: parts.paths().map(str::to_owned).collect(),
            includes: !parts.is_empty(),
            themes: self.hashes.themes,
        };
        self.reuse
            .by_content
            .keep(&path.relative, hash, parsed.clone());
        Ok(parsed)
    }

    /// A page as it was read before, under today's education themes; `None` where it has to be
    /// read again for that.
    fn assign(&self, path: &SourcePath, mut parsed: Parsed) -> Option<Parsed> {
        if parsed.themes == self.hashes.themes {
            return Some(parsed);
        }
        let themes = &self.schema.education_themes;
        let (assigned, unknown) = parsed.page.assign(themes, || text_of(path))?;
        if assigned != parsed.page.education_themes {
            Arc::make_mut(&mut parsed.page).education_themes = assigned;
        }
        parsed.unknown = unknown;
        parsed.themes = self.hashes.themes;
        Some(parsed)
    }

    /// A hash of what tells a file apart, and of how pages are read.
    fn hash_of(&self, file: &[u8]) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.hashes.parsing.as_bytes());
        hasher.update(file);
        hasher.finalize()
    }
}

/// A file's text, read again for the few that need a caret.
fn text_of(path: &SourcePath) -> Option<String> {
    let bytes = std::fs::read(&path.absolute).ok()?;
    Some(source::decode_page(&path.relative, bytes).ok()?.text)
}

fn parse(path: &str, bytes: Vec<u8>, parts: &Parts, schema: &Schema) -> (Page, Vec<Diagnostic>) {
    match source::decode_page(path, bytes) {
        Ok(source) => Page::with_parts(&source, parts, schema),
        Err(diagnostic) => {
            let nothing = source::Source::new(path, "");
            let (page, _) = Page::with_parts(&nothing, &Parts::NONE, schema);
            (page, vec![*diagnostic])
        }
    }
}
