//! The text of a page as some page shows it: told by what it is made from, and made only where
//! that page is drawn.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::hash::{Hash, Hasher};

use serde::{Serialize, Serializer};

use super::Job;
use super::fill::{fill, leads};
use crate::content::body::Text;
use crate::content::page::Page;
use crate::diagnostic::Failure;
use crate::observer::Stage;

/// Characters of a description in the head of a page.
const DESCRIPTION: usize = 120;

/// A page's text, made once it is asked for and no more than once.
pub(super) struct LazyText<'a> {
    job: &'a Job<'a>,
    place: usize,
    /// Of a page that does not keep it.
    made: OnceCell<Text>,
}

impl<'a> LazyText<'a> {
    /// That of the page at `place` in the site.
    pub(super) fn new(job: &'a Job<'a>, place: usize) -> Self {
        let made = OnceCell::new();
        Self { job, place, made }
    }

    fn page(&self) -> &'a Page {
        &self.job.site.pages[self.place]
    }

    /// The text.
    ///
    /// # Errors
    /// When it was not kept, and the file cannot be read or has changed.
    pub(super) fn get(&self) -> Result<&Text, Failure> {
        let page = self.page();
        if let Some(text) = page.text.kept().or_else(|| self.made.get()) {
            return Ok(text);
        }
        let _again = self.job.span(Stage::Again, &page.source);
        let text = self.job.texts.of(page)?.into_owned();
        Ok(self.made.get_or_init(|| text))
    }
}

/// A page's text as HTML for a page from which `root` leads to the top.
pub(super) struct Words<'a> {
    /// Nothing where no page speaks.
    text: Option<&'a LazyText<'a>>,
    root: &'a str,
    html: OnceCell<Cow<'a, str>>,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: Option<&'a LazyText<'a>>, root: &'a str) -> Self {
        let html = OnceCell::new();
        Self { text, root, html }
    }

    /// How long their HTML is, in bytes.
    pub(super) fn len(&self) -> usize {
        self.html.get().map_or(0, |html| html.len())
    }

    /// Whether their hash tells all that they are made from.
    pub(super) fn is_known(&self) -> bool {
        let text = self.text.iter();
        text.copied().all(|text| text.page().made_from.is_some())
    }

    /// Makes them, for a page that is to be drawn.
    ///
    /// # Errors
    /// As [`LazyText::get`].
    pub(super) fn make(&self) -> Result<(), Failure> {
        if let Some(lazy) = self.text {
            let text = lazy.get()?;
            let html = || fill(lazy.job, lazy.place, text, self.root);
            self.html.get_or_init(html);
        }
        Ok(())
    }
}

impl Hash for Words<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.root.hash(state);
        let from = self.text.map(|text| {
            let page = text.page();
            (&page.source, page.made_from, leads(text.job, text.place))
        });
        from.hash(state);
    }
}

/// Empty before they are made.
impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.html.get().map_or("", |html| html))
    }
}

/// A page in a sentence or two: its summary, else how its words begin.
pub(super) struct Description<'a, 'w> {
    pub(super) summary: Option<&'a str>,
    pub(super) words: &'a Words<'w>,
}

impl Serialize for Description<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.words.text.and_then(|text| text.get().ok());
        let excerpt = || text.map_or(String::new(), |text| text.excerpt(DESCRIPTION));
        let summary = self.summary.map(str::to_owned);
        serializer.serialize_str(&summary.unwrap_or_else(excerpt))
    }
}
