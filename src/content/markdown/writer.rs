//! Events → HTML, written straight into one string, with sections, outline and links on the way.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::emphasis::{Prepared, without_marks};
use super::events::{Events, is_cjk};
use super::findings::Findings;
use super::footnotes::Footnotes;
use super::html::{push_named, push_text};
use super::lint::{self, Verbatim, VerbatimKind};
use super::raw::{Dropped, Opened};
use super::tables::Table;
use super::{Body, Input, Link, LinkKind, Section};
use crate::content::address::Anchors;
use crate::content::kind::is_trusted;

/// An element that the parser opened and will close.
pub(super) enum Open {
    /// Within a line; how it closes.
    Inline(&'static str),
    /// A block; how it closes.
    Block(&'static str),
    /// A paragraph.
    Paragraph,
    /// A paragraph that is a figure.
    Figure,
    /// Tabs, and whether one has begun.
    Tabs(bool),
    /// A footnote's words.
    Footnote(super::footnotes::Start),
    /// A heading, and where it began.
    Heading(super::headings::Start),
    /// A table's cell; how it closes.
    Cell(&'static str),
    /// A link: where its words begin in the HTML, its bytes in the file, whether it leads nowhere.
    Link(usize, Range<usize>, bool),
}

pub(super) struct Writer<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) events: Events<'a>,
    pub(super) findings: Findings<'a>,
    pub(super) body: Body,
    pub(super) anchors: Anchors,
    pub(super) section: Section,
    pub(super) open: Vec<Open>,
    /// Elements that authors opened in HTML of their own.
    pub(super) raw: Vec<Opened>,
    /// What of it goes with its contents, while that lasts.
    pub(super) dropped: Option<Dropped>,
    /// Links around the text at hand; there can be one.
    pub(super) links: usize,
    /// The last character written, if a soft break may join it to the next.
    pub(super) last: Option<char>,
    /// Bytes of the file that are no prose, ascending.
    pub(super) verbatim: Vec<Verbatim>,
    /// The level of the last heading.
    pub(super) level: u8,
    pub(super) footnotes: Footnotes,
    /// Diagrams so far.
    pub(super) diagrams: usize,
    /// Bytes of code that may still be highlighted.
    pub(super) colours: usize,
    pub(super) table: Table,
    /// Whether HTML in it passes as it is.
    pub(super) trusted: bool,
    /// The file's path, where it is a part of a page.
    pub(super) part: Option<Arc<str>>,
    /// The file's number on its page, and how many there were.
    pub(super) scope: usize,
    pub(super) files: usize,
    /// Bytes that the page included.
    pub(super) included: usize,
    /// Whether the text is Chinese, once somebody asked.
    pub(super) chinese: Option<bool>,
    /// Whether the body has anything that plain text may turn into (addresses, readings).
    lively: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        input: &'a Input<'a>,
        prepared: &'a Prepared<'a>,
        parser: Parser<'a>,
    ) -> Self {
        let mut body = Body::default();
        body.html.reserve(prepared.text.len() * 3 / 2);
        Self {
            input,
            prepared,
            events: Events::new(parser.into_offset_iter()),
            findings: Findings::new(input.path, input.text),
            body,
            anchors: Anchors::default(),
            section: Section::default(),
            open: Vec::new(),
            raw: Vec::new(),
            dropped: None,
            links: 0,
            last: None,
            verbatim: Vec::new(),
            level: 1,
            footnotes: Footnotes::default(),
            diagrams: 0,
            colours: super::code::MOST,
            table: Table::default(),
            trusted: is_trusted(input.bindings, input.path),
            part: None,
            scope: 0,
            files: 0,
            included: 0,
            chinese: None,
            lively: super::inline::is_lively(&prepared.text),
        }
    }

    pub(super) fn run(mut self) -> (Body, Findings<'a>) {
        self.write();
        self.fresh();
        std::mem::take(&mut self.footnotes).write(&mut self.body);
        self.close_section();
        self.body.ids = self.anchors.finish();
        (self.body, self.findings)
    }

    /// Writes the file from beginning to end, and looks at its text.
    pub(super) fn write(&mut self) {
        while let Some((event, span)) = self.events.next() {
            self.event(event, span);
        }
        self.close_raw(0);
        if self.input.again {
            return;
        }
        let subject = lint::Subject {
            text: self.input.text,
            start: self.input.start,
            verbatim: &self.verbatim,
        };
        lint::run(&subject, &mut self.findings);
    }

    pub(super) fn event(&mut self, event: Event<'a>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(text, span),
            Event::Code(code) => self.inline_code(&code, &span),
            Event::SoftBreak if self.breaks_article() => self.next_article(),
            Event::HardBreak if self.breaks_article() => self.next_article(),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => {
                self.end_line();
                self.html("<br />\n");
            }
            Event::TaskListMarker(done) => {
                // A disabled checkbox has no name; a picture of one has, in every language.
                let (state, name) = if done { (" done", "☑") } else { ("", "☐") };
                self.html("<span class=\"task-box");
                self.html(state);
                self.html("\" role=\"img\" aria-label=\"");
                self.html(name);
                self.html("\"></span>");
            }
            Event::Rule => {
                self.fresh();
                self.html("<hr />\n");
                self.last = None;
            }
            Event::Html(html) | Event::InlineHtml(html) => self.inline_html(&html, &span),
            Event::FootnoteReference(name) => {
                let name = self.scoped(&name);
                self.footnote_pointer(&name);
            }
            Event::InlineMath(tex) => self.math(&tex, &span, false),
            Event::DisplayMath(tex) => self.math(&tex, &span, true),
        }
    }

    fn start(&mut self, tag: Tag<'a>, span: Range<usize>) {
        if !self.raw.is_empty() && is_block(&tag) {
            self.close_raw_paragraph();
        }
        match tag {
            Tag::Paragraph => self.paragraph(),
            Tag::Heading { .. } if matches!(self.open.last(), Some(Open::Tabs(_))) => self.tab(),
            Tag::Heading { level, id, .. } => self.heading(level as u8, id, &span),
            Tag::Emphasis => self.inline("<em>", "</em>"),
            Tag::Strong => self.inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.inline("<del>", "</del>"),
            Tag::Superscript => self.inline("<sup>", "</sup>"),
            Tag::Subscript => self.inline("<sub>", "</sub>"),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                let target = match link_type {
                    LinkType::Email => format!("mailto:{}", without_marks(&dest_url)),
                    _ => without_marks(&dest_url).into_owned(),
                };
                let whole = self.original(&span);
                let span = self.within(&span, &dest_url);
                self.html("<a");
                let kind = match link_type {
                    LinkType::WikiLink { .. } => LinkKind::Wiki,
                    _ => LinkKind::Link,
                };
                if kind == LinkKind::Wiki || self.is_safe(&target, &span) {
                    self.html(" href=\"");
                    self.hole(kind, target, span);
                    self.html("\"");
                }
                push_named(&mut self.body.html, "title", &without_marks(&title));
                if kind != LinkKind::Wiki && self.events.next_is_link_of(&dest_url) {
                    self.html(" class=\"address\"");
                }
                self.html(">");
                self.links += 1;
                self.open
                    .push(Open::Link(self.body.html.len(), whole, dest_url.is_empty()));
            }
            Tag::Image {
                link_type: LinkType::WikiLink { .. },
                dest_url,
                ..
            } if self.is_include_within_line(&dest_url, &span) => {
                let alt = self.alternative();
                self.say(&alt);
            }
            Tag::Image {
                dest_url, title, ..
            } => self.image(&dest_url, &title, span),
            Tag::List(start) => {
                self.fresh();
                let close = match start {
                    Some(1) => {
                        self.html("<ol>\n");
                        "</ol>\n"
                    }
                    Some(start) => {
                        let start = start.to_string();
                        self.html("<ol start=\"");
                        self.html(&start);
                        self.html("\">\n");
                        "</ol>\n"
                    }
                    None => {
                        self.html("<ul>\n");
                        "</ul>\n"
                    }
                };
                self.block("", close);
            }
            Tag::Item => {
                self.fresh();
                let open = match self.events.is_task() {
                    true => "<li class=\"task\">",
                    false => "<li>",
                };
                self.block(open, "</li>\n");
            }
            Tag::Table(columns) => self.table(columns),
            Tag::TableHead => self.row(true),
            Tag::TableRow => self.row(false),
            Tag::TableCell => self.cell(),
            Tag::BlockQuote(_) => self.quote(&span),
            Tag::CodeBlock(kind) => self.code_block(&kind, &span),
            Tag::FootnoteDefinition(name) => {
                let name = self.scoped(&name);
                let start = self.footnote(&name);
                self.open.push(Open::Footnote(start));
            }
            Tag::DefinitionList => {
                self.fresh();
                self.block("<dl>\n", "</dl>\n");
            }
            Tag::DefinitionListTitle => {
                self.fresh();
                self.block("<dt>", "</dt>\n");
            }
            Tag::DefinitionListDefinition => {
                self.fresh();
                self.block("<dd>", "</dd>\n");
            }
            Tag::HtmlBlock => self.html_block(),
            Tag::MetadataBlock(_) => self.block("", ""),
        }
    }

    fn end(&mut self, _: TagEnd) {
        if !self.raw.is_empty() || self.dropped.is_some() {
            self.close_raw(self.open.len());
        }
        match self.open.pop() {
            // The parser closes what it opens.
            None => {}
            Some(Open::Inline(close)) => self.html(close),
            Some(Open::Block(close)) => {
                self.html(close);
                self.end_line();
            }
            Some(Open::Paragraph) => {
                self.html("</p>\n");
                self.end_line();
            }
            Some(Open::Figure) => {
                self.html("\n</figure>\n");
                self.end_line();
            }
            Some(Open::Tabs(begun)) => {
                self.html(if begun {
                    "</section>\n</div>\n"
                } else {
                    "</div>\n"
                });
                self.end_line();
            }
            Some(Open::Footnote(start)) => self.end_footnote(start),
            Some(Open::Heading(start)) => self.end_heading(start),
            Some(Open::Cell(close)) => {
                self.html(close);
                self.end_line();
            }
            Some(Open::Link(start, span, nowhere)) => {
                let wordless = self.body.html.len() == start;
                self.links -= 1;
                self.html("</a>");
                if wordless || nowhere {
                    self.warn_empty_link(span, wordless);
                }
            }
        }
    }

    fn paragraph(&mut self) {
        self.fresh();
        self.last = None;
        if let Some(parts) = self.includes() {
            for (target, span) in parts {
                self.include(&target, &span);
            }
            return;
        }
        if self.is_figure() {
            self.html("<figure>\n");
            self.open.push(Open::Figure);
            return;
        }
        if self.caption() {
            return;
        }
        if self.input.articles() && self.open.is_empty() {
            self.article();
        } else {
            self.html("<p>");
        }
        self.open.push(Open::Paragraph);
    }

    fn text(&mut self, text: CowStr<'a>, span: Range<usize>) {
        if !self.lively {
            return match self.prepared.is_marked {
                true => self.say(&without_marks(&text)),
                false => self.say(&text),
            };
        }
        // The parser cuts a text wherever it looked for markup; an address may lie across.
        let (mut text, mut end) = (text, span.end);
        while let Some((Event::Text(next), next_span)) = self.events.next_text() {
            if next_span.start != end || next_span.end - next_span.start != next.len() {
                self.events.put_back((Event::Text(next), next_span));
                break;
            }
            end = next_span.end;
            text = match self.prepared.text.get(span.start..end) {
                Some(whole) if whole.len() == text.len() + next.len() => whole.into(),
                _ => CowStr::from(format!("{text}{next}")),
            };
        }
        self.lively_text(&text, span.start..end);
    }

    /// A break between two Chinese characters is nothing; elsewhere it is a space.
    fn soft_break(&mut self) {
        let joins =
            self.last.is_some_and(is_cjk) && self.events.next_character().is_some_and(is_cjk);
        if !joins {
            self.section.text.push(' ');
            self.html("\n");
        }
        self.last = None;
    }

    /// Writes text, for readers and for search.
    pub(super) fn say(&mut self, text: &str) {
        self.section.text.push_str(text);
        self.last = text.chars().next_back();
        push_text(&mut self.body.html, text);
    }

    pub(super) fn end_line(&mut self) {
        self.last = None;
        let text = &mut self.section.text;
        text.truncate(text.trim_end_matches(' ').len());
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }

    pub(super) fn html(&mut self, html: &str) {
        self.body.html.push_str(html);
    }

    /// Begins a line of HTML, for people who read it.
    pub(super) fn fresh(&mut self) {
        if !self.body.html.is_empty() && !self.body.html.ends_with('\n') {
            self.body.html.push('\n');
        }
    }

    fn inline(&mut self, open: &str, close: &'static str) {
        self.html(open);
        self.open.push(Open::Inline(close));
    }

    pub(super) fn block(&mut self, open: &str, close: &'static str) {
        self.last = None;
        self.html(open);
        self.open.push(Open::Block(close));
    }

    /// Notes a link; its target goes where the HTML now ends.
    pub(super) fn hole(&mut self, kind: LinkKind, target: String, span: Range<usize>) {
        let span = self.original(&span);
        self.body.holes.push(self.body.html.len());
        self.body.links.push(Link {
            kind,
            target,
            span,
            part: self.part.clone(),
        });
    }

    /// The last place within `span` of the prepared text where `written` stands, else `span`.
    pub(super) fn within(&self, span: &Range<usize>, written: &str) -> Range<usize> {
        let within = self.prepared.text.get(span.clone()).unwrap_or_default();
        match within.rfind(written) {
            Some(at) if !written.is_empty() => span.start + at..span.start + at + written.len(),
            _ => span.clone(),
        }
    }

    pub(super) fn verbatim(&mut self, kind: VerbatimKind, span: &Range<usize>) {
        let span = self.original(span);
        self.verbatim.push(Verbatim { span, kind });
    }

    /// Bytes of the prepared text as bytes of the author's file.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let original = |offset| self.input.start + self.prepared.original(offset);
        original(span.start)..original(span.end)
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::DefinitionList
    )
}
