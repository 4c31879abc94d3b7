//! A page's body, parted: the site keeps what links, lists and checks ask for; the text, which
//! is many times larger, is kept while there is room and else made again from the file.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::markdown::{self, Heading, Link, Section};
use super::page::Page;
use super::parts::Parts;
use super::site::Site;
use crate::diagnostic::Error;
use crate::hash::Hash;
use crate::source;
use crate::text;

/// What the site keeps of a body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Links and images in the author's order.
    pub links: Vec<Link>,
    /// Headings in order, the page's own title left out.
    pub outline: Vec<Heading>,
    /// Number of sections.
    pub sections: usize,
    /// Bytes of HTML.
    pub html: usize,
    /// Every id in the page, a line each, with a line's end before the first.
    anchors: Box<str>,
}

/// The text of a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// HTML without the link targets.
    pub html: String,
    /// Where the targets go, ascending; one for each of [`Frame::links`].
    pub holes: Vec<usize>,
    /// The parts that a search hit can point at, in order; the first is what stands before any
    /// heading, if anything does.
    pub sections: Vec<Section>,
}

/// Where a page's text is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// With the page.
    Kept(Arc<Text>),
    /// In the page's file and its parts, whose bytes have this hash ([`Parts::hash`]).
    InFile(Hash),
}

/// In a file of which nothing is known.
impl Default for Stored {
    fn default() -> Self {
        Self::InFile(Hash::from([0; 32]))
    }
}

impl Frame {
    /// Whether there is an element with this id.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        !anchor.contains('\n') && self.anchors.contains(&format!("\n{anchor}\n"))
    }
}

/// Parts a body.
pub(super) fn part(body: markdown::Body) -> (Frame, Text) {
    let markdown::Body {
        html,
        holes,
        mut links,
        mut outline,
        sections,
        ids,
        title: _,
    } = body;
    links.shrink_to_fit();
    outline.shrink_to_fit();
    let frame = Frame {
        links,
        outline,
        sections: sections.len(),
        html: html.len(),
        anchors: anchors(ids),
    };
    let text = Text {
        html,
        holes,
        sections,
    };
    (frame, text)
}

fn anchors(ids: HashSet<String>) -> Box<str> {
    let mut ids = ids.into_iter().collect::<Vec<_>>();
    ids.retain(|id| !id.is_empty() && !id.contains('\n'));
    ids.sort_unstable();
    let mut lines = String::from("\n");
    for id in ids {
        lines.push_str(&id);
        lines.push('\n');
    }
    lines.into_boxed_str()
}

impl Text {
    /// The first words, cut at a sentence's end where one comes in time; for descriptions.
    pub fn excerpt(&self, characters: usize) -> String {
        let mut texts = self.sections.iter().map(|section| &section.text);
        let Some(text) = texts.find(|text| !text.is_empty()) else {
            return String::new();
        };
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((end, _)) = flat.char_indices().nth(characters) else {
            return flat;
        };
        let cut = &flat[..end];
        match cut.rfind(['。', '！', '？', '；']) {
            Some(at) if at > end / 2 => cut[..at + '。'.len_utf8()].to_owned(),
            _ => format!("{cut}…"),
        }
    }

    fn bytes(&self) -> usize {
        let sections = self.sections.iter().map(|section| section.text.len());
        self.html.len() + sections.sum::<usize>()
    }
}

impl Stored {
    /// The text, if it is with the page.
    pub fn kept(&self) -> Option<&Text> {
        match self {
            Self::Kept(text) => Some(text),
            Self::InFile(_) => None,
        }
    }
}

/// How many more bytes of text may be kept. Which texts they are depends on which is read
/// first; what is made of them does not.
#[derive(Debug)]
pub struct Room(AtomicUsize);

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes.into())
    }

    /// Keeps the page's text if there is room; else leaves it in the file and its parts, whose
    /// bytes have that hash.
    pub fn keep_or_leave(&self, page: &mut Page, file: Hash) {
        let Stored::Kept(text) = &mut page.text else {
            return;
        };
        let bytes = text.bytes();
        let less = |room: usize| room.checked_sub(bytes);
        let order = Ordering::Relaxed;
        match self.0.fetch_update(order, order, less) {
            Ok(_) => {
                if let Some(text) = Arc::get_mut(text) {
                    text.html.shrink_to_fit();
                }
            }
            Err(_) => page.text = Stored::InFile(file),
        }
    }
}

/// The texts of a site's pages.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    site: &'a Site,
    content: &'a Path,
}

impl<'a> Texts<'a> {
    /// Of the pages of `site`, read from the folder `content`.
    pub fn new(site: &'a Site, content: &'a Path) -> Self {
        Self { site, content }
    }

    /// A page's text: the one kept, else one made from the file just as the first was.
    ///
    /// # Errors
    /// When the file cannot be read or is no longer what the site was linked from.
    pub fn of<'p>(&self, page: &'p Page) -> Result<Cow<'p, Text>, Error> {
        let file = match &page.text {
            Stored::Kept(text) => return Ok(Cow::Borrowed(text)),
            Stored::InFile(file) => file,
        };
        let path = self.content.join(&page.source);
        let bytes = std::fs::read(&path).map_err(|error| Error::read(&path, error))?;
        let path = path.display();
        let changed = || {
            Error::new(text!(
                "`{path}` 在生成网站的时候变了；旧网站原样未动，请再生成一次",
                "`{path}` changed while the site was being built; the old site is as it was, build again"
            ))
        };
        let parts = Parts::read(self.content, &page.source, &bytes)?;
        if parts.hash(blake3::hash(&bytes)) != *file {
            return Err(changed());
        }
        let source = source::decode_page(&page.source, &bytes).map_err(|_| changed())?;
        let kind = self.site.kinds.get(&page.kind);
        let (body, _) = markdown::convert(&markdown::Input {
            path: &page.source,
            text: &source.text,
            start: page.start,
            rule: kind.map(|kind| kind.sections).unwrap_or_default(),
            title: page.title_is_given.then_some(&page.title),
            bindings: &self.site.bindings,
            parts: &parts,
            above: None,
            again: true,
        });
        Ok(Cow::Owned(Text {
            html: body.html,
            holes: body.holes,
            sections: body.sections,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_sections_and_of_elements() {
        let text = "## 甲\n\n<p id=\"a&amp;b\">乙</p>\n\n丁[^1]\n\n[^1]: 丙\n\n## fn-1\n";
        let (body, _) = markdown::convert(&markdown::Input::of(text));
        let (frame, _) = part(body);
        for anchor in ["甲", "a&b", "fn-1", "fnref-1", "fn-1-1"] {
            assert!(frame.has_anchor(anchor), "{anchor}");
        }
        for anchor in ["", "a", "甲\na&b", "a&amp;b", "fn-2"] {
            assert!(!frame.has_anchor(anchor), "{anchor}");
        }
    }

    #[test]
    fn excerpts_end_at_a_sentence() {
        let text = Text {
            sections: vec![
                Section::default(),
                Section {
                    text: "一二三四五。六七八九十。".to_owned(),
                    ..Section::default()
                },
            ],
            ..Text::default()
        };
        assert_eq!(text.excerpt(8), "一二三四五。");
        assert_eq!(text.excerpt(3), "一二三…");
        assert_eq!(text.excerpt(99), "一二三四五。六七八九十。");
    }
}
