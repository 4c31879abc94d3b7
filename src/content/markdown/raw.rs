//! HTML that authors wrote themselves: taken apart, held to a list of what documents need, and
//! written anew. Nothing is passed on as it was, so nothing unknown gets through; what is left
//! out is said, and what is left open is closed where the Markdown around it ends.

mod allowed;
mod token;

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use super::LinkKind;
use super::emphasis::without_marks;
use super::html::push_named;
use super::lint::VerbatimKind;
use super::target::{Safety, safety};
use super::writer::{Open, Writer};
use crate::text;
use token::{Tag, Token};

/// Most elements of an author's within one another.
const DEPTH: usize = 200;

/// An element that an author opened.
pub(super) struct Opened {
    name: &'static str,
    /// Markdown elements around it; it must end within the same ones.
    depth: usize,
}

/// What goes with its contents, and what was there when it began.
pub(super) struct Dropped {
    name: String,
    depth: usize,
    html: usize,
    text: usize,
    links: usize,
    raw: usize,
}

/// HTML of an author's with the way back to its place in the prepared text.
struct Piece {
    html: String,
    /// Offsets in `html` and in the prepared text, where lines begin.
    lines: Vec<(usize, usize)>,
}

impl Piece {
    fn place(&self, span: Range<usize>) -> Range<usize> {
        let original = |offset: usize| {
            let line = self.lines.partition_point(|line| line.0 <= offset);
            let line = self.lines[line.saturating_sub(1)];
            line.1 + (offset - line.0)
        };
        original(span.start)..original(span.end)
    }
}

impl Writer<'_> {
    /// A block of HTML; its events are all taken.
    pub(super) fn html_block(&mut self) {
        let mut piece = Piece {
            html: String::new(),
            lines: Vec::new(),
        };
        while let Some((event, span)) = self.events.next() {
            match event {
                Event::Html(html) | Event::Text(html) => {
                    self.verbatim(VerbatimKind::Inline, &span);
                    piece.lines.push((piece.html.len(), span.start));
                    piece.html.push_str(&html);
                }
                Event::End(TagEnd::HtmlBlock) => break,
                _ => {}
            }
        }
        self.last = None;
        if self.trusted {
            let html = without_marks(&piece.html);
            self.body.html.push_str(&html);
            return;
        }
        if piece.html.trim_start().starts_with("<!--") && piece.html.trim_end().ends_with("-->") {
            return;
        }
        let start = self.body.html.len();
        self.fresh();
        self.raw_html(&piece);
        // What goes with its contents goes to the block's end at the latest.
        self.end_dropped(self.open.len());
        if self.body.html[start..].trim().is_empty() {
            self.body.html.truncate(start);
        }
        self.end_line();
    }

    /// A single tag within a line.
    pub(super) fn inline_html(&mut self, html: &str, span: &Range<usize>) {
        self.last = None;
        self.verbatim(VerbatimKind::Inline, span);
        if self.trusted {
            let html = without_marks(html);
            self.body.html.push_str(&html);
            return;
        }
        self.raw_html(&Piece {
            html: html.to_owned(),
            lines: vec![(0, span.start)],
        });
    }

    fn raw_html(&mut self, piece: &Piece) {
        let mut at = 0;
        while at < piece.html.len() {
            let (token, length) = token::next(&piece.html[at..]);
            let span = at..at + length;
            match token {
                Token::Text(text) => self.raw_text(&without_marks(text)),
                Token::Comment => {}
                Token::Declaration => self.drop_tag(piece, span, "<!…>"),
                Token::Open(tag) => self.raw_open(&tag, piece, span),
                Token::Close(name) => self.raw_close(&name, piece, span),
            }
            at += length;
        }
    }

    fn raw_text(&mut self, text: &str) {
        token::push_with_entities(&mut self.body.html, text);
        self.section.text.push_str(&token::decoded(text));
    }

    fn raw_open(&mut self, tag: &Tag<'_>, piece: &Piece, span: Range<usize>) {
        if self.dropped.is_some() {
            return;
        }
        let Some(element) = allowed::element(&tag.name) else {
            self.drop_tag(piece, span, &tag.name);
            if allowed::goes_with_contents(&tag.name) && !tag.empty {
                self.dropped = Some(Dropped {
                    name: tag.name.clone(),
                    depth: self.open.len(),
                    html: self.body.html.len(),
                    text: self.section.text.len(),
                    links: self.body.links.len(),
                    raw: self.raw.len(),
                });
            }
            return;
        };
        let inline_only = matches!(
            self.open.last(),
            Some(Open::Paragraph | Open::Heading(_) | Open::Inline(_) | Open::Link(..))
        );
        let stands = element.parents.is_empty()
            || self
                .raw
                .iter()
                .any(|raw| element.parents.contains(&raw.name));
        let nested_link = element.name == "a" && (self.links > 0 || self.has_raw("a"));
        let too_deep = self.raw.len() >= DEPTH;
        if element.block && inline_only || !stands || nested_link || too_deep {
            self.misplaced(piece, span, element.name);
            return;
        }
        self.close_implied(element);
        let (start, links) = (self.body.html.len(), self.body.links.len());
        // The target of an image brings the beginning of its tag with it.
        let brought = element.name == "img" && tag.attributes.iter().any(|(name, _)| name == "src");
        if !brought {
            self.body.html.extend(["<", element.name]);
        }
        if !self.raw_attributes(tag, element, piece, &span) {
            self.body.html.truncate(start);
            self.body.links.truncate(links);
            self.body.holes.truncate(links);
            return;
        }
        self.body.html.push('>');
        if !element.void {
            self.raw.push(Opened {
                name: element.name,
                depth: self.open.len(),
            });
        }
    }

    /// Writes a tag's attributes; `false` where the tag must not stand.
    fn raw_attributes(
        &mut self,
        tag: &Tag<'_>,
        element: &allowed::Element,
        piece: &Piece,
        span: &Range<usize>,
    ) -> bool {
        let mut left_out = Vec::new();
        let mut class = element.class;
        let is_first = |name: &str| element.name == "img" && name == "src";
        let sources = tag.attributes.iter().filter(|(name, _)| is_first(name));
        let others = tag.attributes.iter().filter(|(name, _)| !is_first(name));
        for (name, value) in sources.take(1).chain(others) {
            let value = without_marks(value);
            match allowed::attribute(element, name) {
                allowed::Attribute::Words => token::push_named(&mut self.body.html, name, &value),
                allowed::Attribute::Flag => self.body.html.extend([" ", name]),
                allowed::Attribute::Number => {
                    let number = value.trim().trim_end_matches("px");
                    let good = (1..=5).contains(&number.len());
                    match good && number.bytes().all(|byte| byte.is_ascii_digit()) {
                        true => push_named(&mut self.body.html, name, number),
                        false => left_out.push(name.as_str()),
                    }
                }
                allowed::Attribute::Class => match allowed::class(&value) {
                    Some(known) => class = known,
                    None => left_out.push(name),
                },
                allowed::Attribute::Id => {
                    let wanted = token::decoded(value.trim());
                    let taken = self.anchors.take(wanted.clone().into_owned());
                    match taken == wanted && !taken.contains(char::is_whitespace) {
                        true => push_named(&mut self.body.html, "id", &taken),
                        false => left_out.push(name),
                    }
                }
                allowed::Attribute::Target(kind) => {
                    let target = token::decoded(&value);
                    if !self.raw_target(name, kind, &target, piece, span) {
                        if element.needs_target {
                            return false;
                        }
                        continue;
                    }
                }
                allowed::Attribute::Ignored => {}
                allowed::Attribute::Refused => left_out.push(name),
            }
        }
        push_named(&mut self.body.html, "class", class);
        self.body.html.push_str(element.adds);
        if !left_out.is_empty() {
            let names = left_out.join(" ");
            let place = self.original(&piece.place(span.clone()));
            self.findings.warn(
                "raw-html",
                place,
                || {
                    text!(
                        "`<{}>` 的属性 `{names}` 已去掉",
                        "`{names}` of `<{}>` is left out",
                        tag.name
                    )
                },
                |found| found.hint(hint()),
            );
        }
        true
    }

    /// Writes an attribute that leads somewhere; `false` where it must not.
    fn raw_target(
        &mut self,
        name: &str,
        kind: LinkKind,
        target: &str,
        piece: &Piece,
        span: &Range<usize>,
    ) -> bool {
        let foreign = kind != LinkKind::Link && safety(target) != Safety::Own;
        if foreign || safety(target) == Safety::Unsafe {
            let place = self.original(&piece.place(span.clone()));
            self.findings.warn(
                "raw-html",
                place,
                || match foreign {
                    true => text!(
                        "`{name}` 指到站外 `{target}`，已去掉",
                        "`{name}` leads out of the site to `{target}` and is left out"
                    ),
                    false => text!(
                        "`{name}` 的目标 `{target}` 不安全，已去掉",
                        "`{target}` in `{name}` is unsafe and left out"
                    ),
                },
                |found| found.hint(hint()),
            );
            return false;
        }
        let within = piece.html.get(span.clone()).unwrap_or_default();
        let place = match within.find(target) {
            Some(at) if !target.is_empty() => span.start + at..span.start + at + target.len(),
            _ => span.clone(),
        };
        let place = piece.place(place);
        if kind == LinkKind::Image {
            self.hole(self.image_kind(), target.to_owned(), place);
        } else {
            self.body.html.extend([" ", name, "=\""]);
            self.hole(kind, target.to_owned(), place);
            self.body.html.push('"');
        }
        true
    }

    fn raw_close(&mut self, name: &str, piece: &Piece, span: Range<usize>) {
        if let Some(dropped) = &self.dropped {
            // Within emphasis that began later it is not its end but a slip.
            if dropped.name == name && dropped.depth == self.open.len() {
                self.end_dropped(0);
            }
            return;
        }
        let Some(element) = allowed::element(name) else {
            // Its beginning was said.
            return;
        };
        let depth = self.open.len();
        let own = self.raw.iter().rev().take_while(|raw| raw.depth == depth);
        let mut own = own.map(|raw| raw.name);
        match own.position(|open| open == element.name) {
            Some(above) => {
                for _ in 0..=above {
                    self.close_last_raw();
                }
            }
            None if element.void || element.name == "p" => {}
            None => self.misplaced(piece, span, &format!("/{}", element.name)),
        }
    }

    /// Ends what authors opened within the Markdown element at `depth`, which ends now.
    pub(super) fn close_raw(&mut self, depth: usize) {
        self.end_dropped(depth);
        while self.raw.last().is_some_and(|raw| raw.depth >= depth) {
            self.close_last_raw();
        }
    }

    /// A block of Markdown ends a paragraph of an author's.
    pub(super) fn close_raw_paragraph(&mut self) {
        let depth = self.open.len();
        if matches!(self.raw.last(), Some(raw) if raw.name == "p" && raw.depth == depth) {
            self.close_last_raw();
        }
    }

    fn close_implied(&mut self, element: &allowed::Element) {
        let depth = self.open.len();
        while let Some(last) = self.raw.last() {
            let ends = element.ends.contains(&last.name) || element.block && last.name == "p";
            if last.depth != depth || !ends {
                break;
            }
            self.close_last_raw();
        }
    }

    fn close_last_raw(&mut self) {
        if let Some(raw) = self.raw.pop() {
            self.body.html.extend(["</", raw.name, ">"]);
            if matches!(
                raw.name,
                "p" | "td" | "th" | "tr" | "li" | "div" | "dd" | "dt" | "caption"
            ) {
                self.end_line();
            }
        }
    }

    /// Takes back what was written since something began that goes with its contents, if that
    /// was at `depth` or below.
    fn end_dropped(&mut self, depth: usize) {
        let Some(dropped) = self.dropped.take_if(|dropped| dropped.depth >= depth) else {
            return;
        };
        self.body.html.truncate(dropped.html);
        self.section.text.truncate(dropped.text);
        self.body.links.truncate(dropped.links);
        self.body.holes.truncate(dropped.links);
        self.raw.truncate(dropped.raw);
    }

    pub(super) fn has_raw(&self, name: &str) -> bool {
        self.raw.iter().any(|raw| raw.name == name)
    }

    fn drop_tag(&mut self, piece: &Piece, span: Range<usize>, name: &str) {
        let place = self.original(&piece.place(span));
        self.findings.warn(
            "raw-html",
            place,
            || text!("`<{name}>` 已去掉", "`<{name}>` is left out"),
            |found| found.hint(hint()),
        );
    }

    fn misplaced(&mut self, piece: &Piece, span: Range<usize>, name: &str) {
        let place = self.original(&piece.place(span));
        self.findings.warn(
            "raw-html",
            place,
            || {
                text!(
                    "`<{name}>` 不能写在这里，已去掉",
                    "`<{name}>` cannot stand here and is left out"
                )
            },
            |found| {
                found.hint(text!(
                    "块级标签单独成行，前后空一行，开始和结束都在同一层",
                    "put block tags on lines of their own, with empty lines around, and end each where it began"
                ))
            },
        );
    }
}

fn hint() -> crate::language::Text {
    text!(
        "能用的标签见 `inkstone explain raw-html`；确实需要，可以在 site.toml 里信任这个文件夹",
        "`inkstone explain raw-html` lists what may stand; site.toml can trust a folder"
    )
}

#[cfg(test)]
mod tests;
