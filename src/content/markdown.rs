//! Markdown → HTML with anchors, outline, sections of plain text and links with their places.
//!
//! A pure function of one file: where links lead is not known here, so the HTML has holes that
//! the linked site fills in.

use std::ops::Range;

use pulldown_cmark::{Alignment, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::address::{self, Anchors};
use super::kind::SectionRule;

mod emphasis;
mod events;
mod html;

use emphasis::Prepared;
use events::{
    Spanned, article_at, end_of, is_blank, is_cjk, is_comment, is_task, plain, without_marks,
};
pub use html::escaped;
use html::title_attribute;

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
    /// The first heading of level 1.
    pub title: Option<String>,
}

/// A link or an image as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The target: a path, an address, `#anchor`.
    pub target: String,
    /// Bytes in the file.
    pub span: Range<usize>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// From 1.
    pub level: u8,
    /// Its id in the page.
    pub anchor: String,
    /// Plain text.
    pub title: String,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id in the page; empty for what stands before any heading.
    pub anchor: String,
    /// The heading's text, or an article's number as written; empty as above.
    pub title: String,
    /// Plain text without the title, paragraphs parted by `\n`.
    pub text: String,
}

/// Marks a hole while the HTML is being written; in authors' texts it is replaced on the way.
const HOLE: char = '\u{fdd0}';

/// Converts `text[start..]`; spans count from the start of `text`. A first heading of level 1
/// that opens the body leaves the HTML if it says `title` again, or if there is no `title` yet.
pub fn convert(text: &str, start: usize, rule: SectionRule, title: Option<&str>) -> Body {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let prepared = Prepared::new(&text[start..], options);
    let events = Parser::new_ext(&prepared.text, options).into_offset_iter();
    let mut converter = Converter {
        prepared: &prepared,
        start,
        articles: rule == SectionRule::Articles,
        given_title: title,
        out: Vec::new(),
        anchors: Anchors::default(),
        body: Body::default(),
        section: Section::default(),
        depth: 0,
        last: None,
        columns: Vec::new(),
        column: 0,
        cell: "td",
    };
    converter.run(events.collect());
    converter.finish()
}

impl Default for Section {
    fn default() -> Self {
        let empty = String::new;
        Self {
            anchor: empty(),
            title: empty(),
            text: empty(),
        }
    }
}

struct Converter<'a> {
    prepared: &'a Prepared<'a>,
    start: usize,
    articles: bool,
    given_title: Option<&'a str>,
    out: Vec<Event<'a>>,
    anchors: Anchors,
    body: Body,
    section: Section,
    /// Blocks around the one at hand; articles are recognised at 0 only.
    depth: usize,
    /// The last character written, if a soft break may join it to the next.
    last: Option<char>,
    /// The table at hand: its columns, the one that comes next, the element of its cells.
    columns: Vec<Alignment>,
    column: usize,
    cell: &'static str,
}

impl<'a> Converter<'a> {
    fn run(&mut self, events: Vec<Spanned<'a>>) {
        let mut at = 0;
        while at < events.len() {
            at = match &events[at].0 {
                Event::Start(Tag::Heading { .. }) => self.heading(&events, at),
                Event::Start(Tag::Image { .. }) => self.image(&events, at),
                Event::Start(Tag::Paragraph) if self.articles && self.depth == 0 => {
                    self.paragraph(&events, at)
                }
                _ => self.event(&events, at),
            };
        }
    }

    /// Passes one event on; returns where the next one is.
    fn event(&mut self, events: &[Spanned<'a>], at: usize) -> usize {
        let (event, span) = &events[at];
        match event {
            Event::Start(Tag::Item) if is_task(&events[at + 1..]) => {
                self.depth += 1;
                self.html("<li class=\"task\">");
            }
            Event::Start(tag) => self.start_tag(tag, span),
            Event::End(tag) => self.end_tag(tag),
            Event::TaskListMarker(done) => {
                // A disabled checkbox has no name; a picture of one has, in every language.
                let (state, name) = if *done { (" done", '☑') } else { ("", '☐') };
                self.inline(format!(
                    "<span class=\"task-box{state}\" role=\"img\" aria-label=\"{name}\"></span>"
                ));
            }
            Event::Text(text) => {
                let text = without_marks(text);
                self.say(&text);
                self.out.push(Event::Text(text));
            }
            Event::Code(code) => {
                let code = without_marks(code);
                self.section.text.push_str(&code);
                self.last = None;
                self.out.push(Event::Code(code));
            }
            Event::SoftBreak => self.soft_break(&events[at + 1..]),
            Event::HardBreak => {
                self.end_line();
                self.out.push(Event::HardBreak);
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                self.last = None;
                if !is_comment(html) {
                    let html = without_marks(html);
                    self.out.push(match event {
                        Event::Html(_) => Event::Html(html),
                        _ => Event::InlineHtml(html),
                    });
                }
            }
            other => {
                self.last = None;
                self.out.push(other.clone());
            }
        }
        at + 1
    }

    fn start_tag(&mut self, tag: &Tag<'a>, span: &Range<usize>) {
        match tag {
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}"),
                    _ => dest_url.to_string(),
                };
                let hole = self.hole(target, dest_url, span);
                let title = title_attribute(title);
                self.inline(format!("<a href=\"{hole}\"{title}>"));
            }
            Tag::TableHead | Tag::TableRow => {
                self.column = 0;
                self.cell = if *tag == Tag::TableHead { "th" } else { "td" };
                self.out.push(Event::Start(tag.clone()));
                self.depth += 1;
            }
            Tag::TableCell => {
                // By class: a style attribute is refused under a strict policy.
                let class = match self.columns.get(self.column) {
                    Some(Alignment::Right) => " class=\"right\"",
                    Some(Alignment::Center) => " class=\"center\"",
                    _ => "",
                };
                let cell = self.cell;
                self.inline(format!("<{cell}{class}>"));
                self.column += 1;
            }
            Tag::Table(columns) => {
                self.columns.clone_from(columns);
                self.html("<div class=\"table-scroll\" tabindex=\"0\">\n");
                self.out.push(Event::Start(tag.clone()));
                self.depth += 1;
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {
                self.out.push(Event::Start(tag.clone()));
            }
            _ => {
                self.last = None;
                self.depth += 1;
                self.out.push(Event::Start(tag.clone()));
            }
        }
    }

    fn end_tag(&mut self, tag: &TagEnd) {
        match tag {
            TagEnd::Link => self.inline("</a>".to_owned()),
            TagEnd::TableCell => {
                let cell = self.cell;
                self.inline(format!("</{cell}>"));
                self.section.text.push(' ');
                self.last = None;
            }
            TagEnd::Table => {
                self.out.push(Event::End(*tag));
                self.html("</div>\n");
                self.depth = self.depth.saturating_sub(1);
                self.end_line();
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.out.push(Event::End(*tag));
            }
            _ => {
                self.out.push(Event::End(*tag));
                self.depth = self.depth.saturating_sub(1);
                self.end_line();
            }
        }
    }

    fn heading(&mut self, events: &[Spanned<'a>], at: usize) -> usize {
        let Event::Start(Tag::Heading { level, id, .. }) = &events[at].0 else {
            return at + 1;
        };
        let is_end = |event: &Spanned<'a>| matches!(event.0, Event::End(TagEnd::Heading(_)));
        let end = end_of(events, at, is_end);
        let inner = &events[at + 1..end];
        let title = plain(inner);
        let level = *level as u8;
        if level == 1 && self.body.title.is_none() {
            let opens = self.out.iter().all(is_blank);
            let repeats = self.given_title.is_none_or(|given| given == title);
            self.body.title = Some(title.clone());
            if opens && repeats {
                return end + 1;
            }
        }
        let wanted = match id {
            Some(id) => without_marks(id).into_string(),
            None => address::anchor(&title),
        };
        let anchor = self.anchors.take(wanted);
        let id = escaped(&anchor);
        let href = address::encode_uri(&anchor);
        self.open_section(anchor.clone(), title.clone());
        let before = self.section.text.len();
        self.html(&format!("<h{level} id=\"{id}\">"));
        self.depth += 1;
        self.run(inner.to_vec());
        self.depth -= 1;
        // The title is a field of its own; the section's text is what stands below.
        self.section.text.truncate(before);
        self.html(&format!(
            " <a class=\"anchor\" href=\"#{href}\" aria-labelledby=\"{id}\">#</a></h{level}>\n"
        ));
        self.last = None;
        self.body.outline.push(Heading {
            level,
            anchor,
            title,
        });
        end + 1
    }

    /// A paragraph at the top of a policy: each of its lines may begin an article.
    fn paragraph(&mut self, events: &[Spanned<'a>], at: usize) -> usize {
        let end = end_of(events, at, |e| matches!(e.0, Event::End(TagEnd::Paragraph)));
        let inner = &events[at + 1..end];
        let mut line = 0;
        while line < inner.len() {
            let next = (line + 1..inner.len()).find(|&next| {
                matches!(inner[next - 1].0, Event::SoftBreak | Event::HardBreak)
                    && article_at(&inner[next..]).is_some()
            });
            let stop = next.unwrap_or(inner.len());
            // The break before the next article belongs to neither.
            let last = if next.is_some() { stop - 1 } else { stop };
            self.article_or_text(&inner[line..last]);
            line = stop;
        }
        end + 1
    }

    fn article_or_text(&mut self, line: &[Spanned<'a>]) {
        self.last = None;
        self.depth += 1;
        match article_at(line) {
            None => {
                self.html("<p>");
                self.run(line.to_vec());
            }
            Some(start) => {
                let anchor = self.anchors.take(start.anchor);
                self.open_section(anchor.clone(), start.label.clone());
                let label = escaped(&start.label);
                self.html(&format!(
                    "<p class=\"article\" id=\"{anchor}\"><a class=\"article-number\" \
                     href=\"#{anchor}\">{label}</a> "
                ));
                let mut rest = line[start.events..].to_vec();
                if let Some((Event::Text(text), _)) = rest.first_mut() {
                    *text = CowStr::from(text[start.skip..].to_owned());
                }
                self.run(rest);
            }
        }
        self.depth -= 1;
        self.html("</p>\n");
        self.end_line();
    }

    fn image(&mut self, events: &[Spanned<'a>], at: usize) -> usize {
        let (
            Event::Start(Tag::Image {
                dest_url, title, ..
            }),
            span,
        ) = &events[at]
        else {
            return at + 1;
        };
        let mut open = 0usize;
        let end = end_of(events, at, |event| {
            match event.0 {
                Event::Start(Tag::Image { .. }) => open += 1,
                Event::End(TagEnd::Image) if open == 0 => return true,
                Event::End(TagEnd::Image) => open -= 1,
                _ => {}
            }
            false
        });
        let alt = plain(&events[at + 1..end]);
        self.say(&alt);
        let hole = self.hole(dest_url.to_string(), dest_url, span);
        let (alt, title) = (escaped(&alt), title_attribute(title));
        self.inline(format!(
            "<img src=\"{hole}\" alt=\"{alt}\"{title} decoding=\"async\">"
        ));
        self.last = None;
        end + 1
    }

    /// A break between two Chinese characters is nothing; elsewhere it is a space.
    fn soft_break(&mut self, following: &[Spanned<'a>]) {
        let next = following.iter().find_map(|(event, _)| match event {
            Event::Text(text) => Some(text.chars().next()),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
            | Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
            ) => None,
            _ => Some(None),
        });
        let joins = self.last.is_some_and(is_cjk) && next.flatten().is_some_and(is_cjk);
        if !joins {
            self.section.text.push(' ');
            self.out.push(Event::SoftBreak);
        }
        self.last = None;
    }

    fn open_section(&mut self, anchor: String, title: String) {
        let opened = Section {
            anchor,
            title,
            text: String::new(),
        };
        let closed = std::mem::replace(&mut self.section, opened);
        self.close_section(closed);
    }

    fn close_section(&mut self, mut section: Section) {
        section.text.truncate(section.text.trim_end().len());
        if !section.text.is_empty() || !section.title.is_empty() {
            self.body.sections.push(section);
        }
    }

    fn say(&mut self, text: &str) {
        self.section.text.push_str(text);
        self.last = text.chars().next_back();
    }

    fn end_line(&mut self) {
        self.last = None;
        let text = &mut self.section.text;
        text.truncate(text.trim_end_matches(' ').len());
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }

    fn html(&mut self, html: &str) {
        self.out.push(Event::Html(CowStr::from(html.to_owned())));
    }

    fn inline(&mut self, html: String) {
        self.out.push(Event::InlineHtml(CowStr::from(html)));
    }

    /// Notes a link and returns the mark that stands for its target in the HTML.
    fn hole(&mut self, target: String, written: &str, span: &Range<usize>) -> char {
        let within = self.prepared.text.get(span.clone()).unwrap_or_default();
        let span = match within.rfind(written) {
            Some(at) if !written.is_empty() => span.start + at..span.start + at + written.len(),
            _ => span.clone(),
        };
        let original = |offset| self.start + self.prepared.original(offset);
        let span = original(span.start)..original(span.end);
        let target = without_marks(&CowStr::from(target)).into_string();
        self.body.links.push(Link { target, span });
        HOLE
    }

    fn finish(mut self) -> Body {
        let last = std::mem::take(&mut self.section);
        self.close_section(last);
        let mut html = String::with_capacity(self.prepared.text.len() * 5 / 4);
        pulldown_cmark::html::push_html(&mut html, self.out.into_iter());
        for (at, _) in html.match_indices(HOLE) {
            // Every hole before this one will be gone.
            let earlier = self.body.holes.len() * HOLE.len_utf8();
            self.body.holes.push(at - earlier);
        }
        if !self.body.holes.is_empty() {
            html.retain(|c| c != HOLE);
        }
        self.body.html = html;
        self.body
    }
}

#[cfg(test)]
mod tests;
