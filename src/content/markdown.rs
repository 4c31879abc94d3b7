//! Markdown → HTML with anchors, outline, sections of plain text and links with their places.
//!
//! A pure function of one file: where links lead is not known here, so the HTML has holes that
//! the linked site fills in.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Options, Parser};
use serde::{Deserialize, Serialize};

use super::kind::{Binding, SectionRule};
use super::parts::Parts;
use crate::diagnostic::Diagnostic;

mod callout;
mod chart;
mod code;
mod diagram;
mod emphasis;
mod events;
mod figure;
mod findings;
mod footnotes;
mod headings;
mod html;
mod include;
mod inline;
mod lint;
mod math;
mod raw;
mod remarks;
mod shared;
mod tables;
mod target;
mod writer;

use emphasis::Prepared;
pub use figure::{Media, media};
pub use html::escaped;
pub use include::included;
use writer::Writer;

/// What is converted, and how.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file, relative to `content/`.
    pub path: &'a str,
    /// All of its text; spans count from its start.
    pub text: &'a str,
    /// Where the body begins in it.
    pub start: usize,
    /// What opens a section.
    pub rule: SectionRule,
    /// The title that the front matter gives. A first heading of level 1 that opens the body
    /// leaves the HTML if it says this again, or if there is none.
    pub title: Option<&'a str>,
    /// Which folders are trusted: HTML in files there passes as it is.
    pub bindings: &'a [Binding],
    /// What it may include.
    pub parts: &'a Parts,
    /// What includes it.
    pub above: Option<&'a Input<'a>>,
    /// Whether it was read before, and what is wrong with it has been said.
    pub again: bool,
}

impl<'a> Input<'a> {
    /// A page that is nothing but `text`.
    pub fn of(text: &'a str) -> Self {
        static NO_PARTS: Parts = Parts::NONE;
        Self {
            path: "a.md",
            text,
            start: 0,
            rule: SectionRule::Headings,
            title: None,
            bindings: &[],
            parts: &NO_PARTS,
            above: None,
            again: false,
        }
    }
}

impl Input<'_> {
    fn articles(&self) -> bool {
        self.rule == SectionRule::Articles
    }

    /// The paths of this file and of those that include it, the page itself last.
    fn chain(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self), |input| input.above).map(|input| input.path)
    }
}

/// A page's body, converted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// HTML without the link targets.
    pub html: String,
    /// Where the targets go, ascending; one for each of `links`.
    pub holes: Vec<usize>,
    /// Links and images in the author's order.
    pub links: Vec<Link>,
    /// Headings in order, the page's own title left out.
    pub outline: Vec<Heading>,
    /// The parts that a search hit can point at, in order; the first is what stands before any
    /// heading, if anything does.
    pub sections: Vec<Section>,
    /// Every id that a link may name.
    pub ids: HashSet<String>,
    /// The first heading of level 1.
    pub title: Option<String>,
}

/// A link or an image as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What stands there.
    pub kind: LinkKind,
    /// The target: a path, an address, `#anchor`.
    pub target: String,
    /// Bytes in the file.
    pub span: Range<usize>,
    /// The file, where that is not the page's own but a part of it.
    #[serde(with = "shared")]
    pub part: Option<Arc<str>>,
}

/// What a [`Link`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// Readers may follow it.
    Link,
    /// An image that is shown; its hole takes the tag up to the words about it. A large one
    /// leads to itself.
    Image,
    /// One that is part of a link already.
    LinkedImage,
    /// A file that is played or shown in the page.
    File,
    /// A page by its title, its name or an old address: `[[…]]`.
    Wiki,
    /// The still of a video, if one lies beside it; the target is the path without extension.
    Poster,
    /// The captions of a recording, likewise.
    Captions,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// From 1.
    pub level: u8,
    /// Its id in the page.
    pub anchor: String,
    /// Plain text.
    pub title: String,
}

/// A part of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// Its id in the page; empty for what stands before any heading.
    pub anchor: String,
    /// The heading's text, or an article's number as written; empty as above.
    pub title: String,
    /// Plain text without the title, paragraphs parted by `\n`.
    pub text: String,
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_WIKILINKS)
    .union(Options::ENABLE_MATH);

/// Converts a body; what is wrong with it comes beside.
pub fn convert(input: &Input<'_>) -> (Body, Vec<Diagnostic>) {
    let prepared = Prepared::new(&input.text[input.start..], OPTIONS);
    let parser = Parser::new_ext(&prepared.text, OPTIONS);
    let (body, findings) = Writer::new(input, &prepared, parser).run();
    (body, findings.finish())
}

#[cfg(test)]
mod tests;
