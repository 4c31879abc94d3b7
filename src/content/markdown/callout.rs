//! Callouts and tabs: quotes that say in their first line what they are.
//!
//! `> [!NOTE]` as on GitHub; `> [!案例] 标题` in Chinese, with a title of its own or without, which
//! in a Chinese text is Chinese;
//! `-` or `+` behind the bracket folds it, closed or open; `> [!标签页]` makes each heading in it
//! a tab.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::events::is_cjk;
use super::writer::{Open, Writer};
use crate::diagnostic::nearest;
use crate::text;

/// What authors call callouts, and the class of each.
const NAMES: [(&str, &str); 32] = [
    ("说明", "note"),
    ("备注", "note"),
    ("信息", "note"),
    ("note", "note"),
    ("info", "note"),
    ("提示", "tip"),
    ("窍门", "tip"),
    ("tip", "tip"),
    ("重点", "important"),
    ("要点", "important"),
    ("重要", "important"),
    ("important", "important"),
    ("注意", "warning"),
    ("提醒", "warning"),
    ("warning", "warning"),
    ("警示", "caution"),
    ("警告", "caution"),
    ("危险", "caution"),
    ("caution", "caution"),
    ("案例", "case"),
    ("事例", "case"),
    ("case", "case"),
    ("法条", "law"),
    ("条文", "law"),
    ("依据", "law"),
    ("law", "law"),
    ("思考", "question"),
    ("讨论", "question"),
    ("问题", "question"),
    ("question", "question"),
    (TABS, "tabs"),
    ("tabs", "tabs"),
];
const TABS: &str = "标签页";

/// What the callout of each class is called where it has no title.
const LABELS: [(&str, &str, &str); 8] = [
    ("note", "说明", "Note"),
    ("tip", "提示", "Tip"),
    ("important", "重点", "Important"),
    ("warning", "注意", "Warning"),
    ("caution", "警示", "Caution"),
    ("case", "案例", "Case"),
    ("law", "法条", "Law"),
    ("question", "思考", "Question"),
];

/// The first line of a callout.
#[derive(Debug, PartialEq, Eq)]
struct Head<'a> {
    name: &'a str,
    /// Folded, and whether open.
    fold: Option<bool>,
    /// Whether words follow on the same line.
    titled: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn quote(&mut self, span: &Range<usize>) {
        self.fresh();
        let prepared = self.prepared;
        let source = prepared.text.get(span.clone()).unwrap_or_default();
        let Some(head) = head(source) else {
            return self.block("<blockquote>\n", "</blockquote>\n");
        };
        let lower = head.name.to_lowercase();
        let Some((_, class)) = NAMES.iter().find(|(name, _)| *name == lower) else {
            self.unknown_callout(head.name, span);
            return self.block("<blockquote>\n", "</blockquote>\n");
        };
        if *class == "tabs" {
            self.skip_head();
            self.html("<div class=\"tabs\">\n");
            self.open.push(Open::Tabs(false));
            return;
        }
        let (open, close, end) = match head.fold {
            None => ("<blockquote", "</p>\n", "</blockquote>\n"),
            Some(false) => ("<details", "</summary>\n", "</details>\n"),
            Some(true) => ("<details open", "</summary>\n", "</details>\n"),
        };
        self.html(open);
        self.body
            .html
            .extend([" class=\"callout callout-", class, "\">\n"]);
        self.html(match head.fold {
            None => "<p class=\"callout-title\">",
            Some(_) => "<summary class=\"callout-title\">",
        });
        self.skip_head();
        if head.titled {
            self.title();
        } else {
            let label = self.label(head.name, class);
            self.say(label);
        }
        self.html(close);
        self.end_line();
        self.open.push(Open::Block(end));
    }

    /// What a callout without a title of its own is called: as its author calls it, but in a
    /// Chinese text in Chinese, and in the usual spelling.
    fn label<'n>(&mut self, name: &'n str, class: &'n str) -> &'n str {
        if !name.is_ascii() {
            return name;
        }
        let is_chinese = *self
            .chinese
            .get_or_insert_with(|| self.prepared.text.chars().any(is_cjk));
        let mut labels = LABELS.iter();
        match labels.find(|(known, ..)| *known == class) {
            Some((_, zh, _)) if is_chinese => zh,
            Some((.., en)) => en,
            None => name,
        }
    }

    /// Takes the events up to the closing bracket and the sign behind it.
    fn skip_head(&mut self) {
        if matches!(self.events.peek(0), Some((Event::Start(Tag::Paragraph), _))) {
            self.events.next();
        }
        let mut closed = false;
        while let Some((Event::Text(text), span)) = self.events.next_text() {
            if closed {
                let rest = text.trim_start_matches(['-', '+']).trim_start();
                if !rest.is_empty() {
                    let span = span.end - rest.len()..span.end;
                    let rest = rest.to_owned().into();
                    self.events.put_back((Event::Text(rest), span));
                }
                break;
            }
            if let Some((_, rest)) = text.split_once(']') {
                closed = true;
                if !rest.is_empty() {
                    let span = span.end - rest.len()..span.end;
                    self.events
                        .put_back((Event::Text(rest.to_owned().into()), span));
                }
            }
        }
        // What is left of the paragraph is one without the first line.
        match self.events.peek(0) {
            Some((Event::SoftBreak | Event::HardBreak, span)) => {
                let span = span.clone();
                self.events.next();
                self.events.put_back((Event::Start(Tag::Paragraph), span));
            }
            Some((Event::End(TagEnd::Paragraph), _)) => {
                self.events.next();
            }
            _ => {}
        }
    }

    /// Writes the words of the first line, and opens the paragraph anew if it goes on.
    fn title(&mut self) {
        let depth = self.open.len();
        while let Some((event, span)) = self.events.next() {
            match event {
                Event::SoftBreak | Event::HardBreak if self.open.len() == depth => {
                    self.events.put_back((Event::Start(Tag::Paragraph), span));
                    break;
                }
                Event::End(TagEnd::Paragraph) => break,
                // Within emphasis that goes on, the title does, too.
                event => self.event(event, span),
            }
        }
        self.close_raw(depth);
    }

    fn unknown_callout(&mut self, name: &str, span: &Range<usize>) {
        let source = self.prepared.text.get(span.clone()).unwrap_or_default();
        let at = span.start + source.find(name).unwrap_or(0);
        let place = self.original(&(at..at + name.len()));
        self.findings.warn(
            "unknown-callout",
            place,
            || text!("没有提示框 `{name}`", "there is no callout `{name}`"),
            |found| {
                let known = NAMES.iter().map(|(name, _)| *name);
                match nearest(name, known) {
                    Some(near) => {
                        found.hint(text!("是不是想写 `{near}`？", "did you mean `{near}`?"))
                    }
                    None => found.hint(text!(
                        "可以写：说明、提示、重点、注意、警示、案例、法条、思考、标签页",
                        "one of: note, tip, important, warning, caution, case, law, question, tabs"
                    )),
                }
            },
        );
    }

    /// Begins a tab, whose name the heading's words are.
    pub(super) fn tab(&mut self) {
        self.close_raw(self.open.len());
        if let Some(Open::Tabs(begun)) = self.open.last_mut() {
            let before = if std::mem::replace(begun, true) {
                "</section>\n"
            } else {
                ""
            };
            self.html(before);
        }
        self.html("<section class=\"tab\">\n<p class=\"tab-title\">");
        self.open.push(Open::Block("</p>\n"));
    }
}

/// The first line of the quote `source`, if it says what the quote is.
fn head(source: &str) -> Option<Head<'_>> {
    let line = source.lines().next()?.trim_start_matches(['>', ' ', '\t']);
    let (name, rest) = line.strip_prefix("[!")?.split_once(']')?;
    let fold = match rest.as_bytes().first() {
        Some(b'-') => Some(false),
        Some(b'+') => Some(true),
        _ => None,
    };
    let title = if fold.is_some() { &rest[1..] } else { rest };
    // `[!x](y)` is a link.
    let good = !name.is_empty() && name.chars().count() <= 16 && !rest.starts_with(['(', '[']);
    good.then(|| Head {
        name,
        fold,
        titled: !title.trim().is_empty(),
    })
}
