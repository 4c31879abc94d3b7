//! What opens a section: headings, and the articles of policies.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event};

use super::emphasis::without_marks;
use super::html::{push_attribute, push_text};
use super::writer::{Open, Writer};
use super::{Heading, Section};
use crate::content::{address, article};

/// What was there when a heading began.
pub(super) struct Start {
    level: u8,
    id: Option<String>,
    html: usize,
    text: usize,
    links: usize,
    span: Range<usize>,
}

impl<'a> Writer<'a> {
    pub(super) fn heading(&mut self, level: u8, id: Option<CowStr<'a>>, span: &Range<usize>) {
        self.fresh();
        self.end_line();
        let start = Start {
            level,
            id: id.map(|id| without_marks(&id).into_owned()),
            html: self.body.html.len(),
            text: self.section.text.len(),
            links: self.body.links.len(),
            span: self.original(span),
        };
        self.open.push(Open::Heading(start));
    }

    /// A heading's id comes from its text, which is known at its end only.
    pub(super) fn end_heading(&mut self, start: Start) {
        // The title is a field of its own; the section's text is what stands below.
        let title = self.section.text[start.text..].trim().to_owned();
        self.section.text.truncate(start.text);
        self.last = None;
        let level = start.level;
        self.check_level(level, &title, start.span);
        if level == 1 && self.body.title.is_none() {
            let opens = self.body.html[..start.html].trim().is_empty();
            let repeats = self.input.title.is_none_or(|given| given == title);
            self.body.title = Some(title.clone());
            if opens && repeats {
                self.body.html.truncate(start.html);
                self.body.links.truncate(start.links);
                self.body.holes.truncate(start.links);
                return;
            }
        }
        let article = || article::heading_anchor(&title).filter(|_| self.input.articles());
        let wanted = start.id.or_else(article);
        let wanted = wanted.unwrap_or_else(|| address::anchor(&title));
        let anchor = self.anchors.take(wanted);
        self.open_section(anchor.clone(), title.clone());
        let digit = char::from(b'0' + level);
        let inner = self.body.html.split_off(start.html);
        let html = &mut self.body.html;
        html.extend(["<h", digit.encode_utf8(&mut [0; 4]), " id=\""]);
        push_attribute(html, &anchor);
        html.push_str("\">");
        let moved = html.len() - start.html;
        html.push_str(&inner);
        html.push_str(" <a class=\"anchor\" href=\"#");
        html.push_str(&address::encode_uri(&anchor));
        html.push_str("\" aria-labelledby=\"");
        push_attribute(html, &anchor);
        html.extend(["\">#</a></h", digit.encode_utf8(&mut [0; 4]), ">\n"]);
        for hole in &mut self.body.holes[start.links..] {
            *hole += moved;
        }
        self.body.outline.push(Heading {
            level,
            anchor,
            title,
        });
    }

    pub(super) fn open_section(&mut self, anchor: String, title: String) {
        self.close_section();
        (self.section.anchor, self.section.title) = (anchor, title);
    }

    /// The room in which its text grew is the next one's.
    pub(super) fn close_section(&mut self) {
        let Section {
            anchor,
            title,
            text,
        } = &mut self.section;
        if !text.trim_end().is_empty() || !title.is_empty() {
            self.body.sections.push(Section {
                anchor: std::mem::take(anchor),
                title: std::mem::take(title),
                text: text.trim_end().to_owned(),
            });
        }
        text.clear();
    }

    /// Opens a paragraph at the top of a policy, each line of which may begin an article.
    pub(super) fn article(&mut self) {
        let Some(start) = self.events.article() else {
            return self.html("<p>");
        };
        let anchor = self.anchors.take(start.anchor);
        let html = &mut self.body.html;
        html.extend(["<p class=\"article\" id=\"", &anchor]);
        html.extend(["\"><a class=\"article-number\" href=\"#", &anchor, "\">"]);
        push_text(html, &start.label);
        html.push_str("</a> ");
        self.open_section(anchor, start.label);
        for _ in 0..start.events {
            self.events.next();
        }
        if let Some((Event::Text(text), span)) = self.events.next_text() {
            let rest = match text {
                CowStr::Borrowed(text) => CowStr::Borrowed(&text[start.skip..]),
                text => CowStr::from(text[start.skip..].to_owned()),
            };
            let span = span.start + start.skip..span.end;
            self.events.put_back((Event::Text(rest), span));
        }
    }

    /// Whether a break stands between an article, or the text before the first, and the next.
    pub(super) fn breaks_article(&mut self) -> bool {
        self.input.articles()
            && matches!(self.open.as_slice(), [Open::Paragraph])
            && self.events.article().is_some()
    }

    pub(super) fn next_article(&mut self) {
        self.close_raw(self.open.len());
        self.html("</p>\n");
        self.end_line();
        self.article();
    }
}
