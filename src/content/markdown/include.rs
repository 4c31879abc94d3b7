//! Includes: `![[path]]` on a line of its own stands for what that part says. A part is read as
//! a file of its own: its links start from its own folder, its footnotes are its own, and what
//! is wrong with it is said where it stands.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::emphasis::{Prepared, without_marks};
use super::figure::{Media, media};
use super::writer::Writer;
use super::{Input, OPTIONS};
use crate::content::front_matter;
use crate::content::kind::SectionRule;
use crate::content::picture::is_picture;
use crate::diagnostic::Diagnostic;
use crate::language::Text;
use crate::text;

/// Most parts within one another.
const DEPTH: usize = 16;
/// Most bytes that a page includes: parts that each include another twice soon are a great many.
const MOST: usize = 8 << 20;

/// What a text may include, as written; more than it does, where that stands in code.
pub fn included(text: &str) -> impl Iterator<Item = &str> {
    let starts = memchr::memmem::find_iter(text.as_bytes(), "![[");
    let names = starts.filter_map(|at| {
        let rest = &text[at + 3..];
        let line = rest.lines().next().unwrap_or_default();
        let (inner, _) = line.split_once("]]")?;
        Some(name(inner))
    });
    names.filter(|name| is_part(name))
}

/// The path in what stands between the brackets.
fn name(inner: &str) -> &str {
    inner.split(['|', '#']).next().unwrap_or_default().trim()
}

/// Whether `![[name]]` means a part: pictures and recordings are shown.
fn is_part(name: &str) -> bool {
    !name.is_empty() && !is_picture(name) && media(name) == Media::Image
}

impl<'a> Writer<'a> {
    /// The parts that the paragraph just begun includes, if it does nothing else; its events are
    /// then taken.
    pub(super) fn includes(&mut self) -> Option<Vec<(String, Range<usize>)>> {
        let (mut found, mut place) = (Vec::new(), 0);
        loop {
            let Some((
                Event::Start(Tag::Image {
                    link_type,
                    dest_url,
                    ..
                }),
                span,
            )) = self.events.peek(place)
            else {
                return None;
            };
            let target = without_marks(dest_url).into_owned();
            if !matches!(link_type, LinkType::WikiLink { .. }) || !is_part(name(&target)) {
                return None;
            }
            found.push((target, span.clone()));
            let mut open = 1;
            while open > 0 {
                place += 1;
                match self.events.peek(place)? {
                    (Event::Start(_), _) => open += 1,
                    (Event::End(_), _) => open -= 1,
                    _ => {}
                }
            }
            match self.events.peek(place + 1)? {
                (Event::SoftBreak | Event::HardBreak, _) => place += 2,
                (Event::End(TagEnd::Paragraph), _) => break,
                _ => return None,
            }
        }
        for _ in 0..=place + 1 {
            self.events.next();
        }
        Some(found)
    }

    /// Writes the part called `target`, which stands at `span` of the prepared text.
    pub(super) fn include(&mut self, target: &str, span: &Range<usize>) {
        let place = self.original(span);
        let name = name(target);
        if target.contains('#') {
            let (message, hint) = (
                text!(
                    "只能引用整个片段，不能引用 `{target}` 这样的一节",
                    "only a whole part can be included, not a section such as `{target}`"
                ),
                text!(
                    "把这一节单独存成一个片段（文件名以 `_` 开头）",
                    "make the section a part of its own (a file whose name begins with `_`)"
                ),
            );
            return self.include_error(place, message, hint);
        }
        let part = match self.input.parts.find(self.input.path, name) {
            Some(Ok(part)) => part,
            Some(Err(found)) => return self.findings.add(found.clone()),
            None => {
                let (message, hint) = (
                    text!("没有片段 `{name}`", "there is no part `{name}`"),
                    text!(
                        "路径从这个文件所在的文件夹或者从 content/ 算起，可以不写 `.md`",
                        "the path starts from this file's folder or from content/; `.md` may be left out"
                    ),
                );
                return self.include_error(place, message, hint);
            }
        };
        let mut chain = vec![part.path.as_str()];
        chain.extend(self.input.chain());
        if chain[1..].contains(&chain[0]) {
            chain.reverse();
            let ring = chain.join(" → ");
            let (message, hint) = (
                text!(
                    "片段绕成了圈：{ring}",
                    "the parts go round in a ring: {ring}"
                ),
                text!("去掉其中一处引用", "take one of these includes out"),
            );
            return self.include_error(place, message, hint);
        }
        self.included += part.text.len();
        if chain.len() > DEPTH || self.included > MOST {
            let (message, hint) = (
                text!(
                    "引用太深或太多：最多 {DEPTH} 层，一页最多 {0} MB",
                    "too deep or too much is included: at most {DEPTH} levels and {0} MB a page",
                    MOST >> 20
                ),
                text!("把片段合并起来", "put parts together"),
            );
            return self.include_error(place, message, hint);
        }
        let start = match front_matter::parse(&part.path, &part.text) {
            Ok(matter) => matter.body,
            Err(found) => {
                self.findings.add(*found);
                0
            }
        };
        let input = Input {
            path: &part.path,
            text: &part.text,
            start,
            // Articles are no part of a quote or a list.
            rule: match self.open.is_empty() {
                true => self.input.rule,
                false => SectionRule::Headings,
            },
            above: Some(self.input),
            again: self.input.again,
            ..*self.input
        };
        let prepared = Prepared::new(&input.text[start..], OPTIONS);
        let parser = Parser::new_ext(&prepared.text, OPTIONS);
        let mut inner = Writer::new(&input, &prepared, parser);
        inner.part = Some(part.path.as_str().into());
        inner.links = self.links;
        self.files += 1;
        inner.scope = self.files;
        self.share(&mut inner);
        inner.write();
        self.share(&mut inner);
        for found in inner.findings.finish() {
            self.findings.add(found);
        }
        self.fresh();
    }

    /// Hands what is the page's, and no single file's, over to `other`, or takes it back.
    fn share<'b>(&mut self, other: &mut Writer<'b>) {
        use std::mem::swap;
        swap(&mut self.body, &mut other.body);
        swap(&mut self.anchors, &mut other.anchors);
        swap(&mut self.section, &mut other.section);
        swap(&mut self.footnotes, &mut other.footnotes);
        swap(&mut self.level, &mut other.level);
        swap(&mut self.diagrams, &mut other.diagrams);
        swap(&mut self.colours, &mut other.colours);
        swap(&mut self.included, &mut other.included);
        swap(&mut self.files, &mut other.files);
    }

    fn include_error(&mut self, place: Range<usize>, message: Text, hint: Text) {
        let found = Diagnostic::error("include", self.input.path, message);
        self.findings
            .add(found.at(self.input.text, place).hint(hint));
    }

    /// Whether a part is named within a line, where it cannot stand; that is said.
    pub(super) fn is_include_within_line(&mut self, target: &str, span: &Range<usize>) -> bool {
        let target = without_marks(target);
        if !is_part(name(&target)) {
            return false;
        }
        let place = self.original(span);
        let (message, hint) = (
            text!(
                "引用片段 `{target}` 要单独成行，前后空一行",
                "the include of `{target}` wants a line of its own, with empty lines around"
            ),
            text!(
                "要链接到那一页，写 `[[{target}]]`，不加感叹号",
                "to link to that page, write `[[{target}]]` without the exclamation mark"
            ),
        );
        self.include_error(place, message, hint);
        true
    }
}
