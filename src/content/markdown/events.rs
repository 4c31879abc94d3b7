//! Questions asked of the parser's events: where an article begins, what a run of them says.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::HOLE;
use super::emphasis::JOINT;
use crate::content::article;

/// An event with its bytes in the body.
pub(super) type Spanned<'a> = (Event<'a>, Range<usize>);

/// How an article begins a run of events: which to skip, and how much of the text behind them.
pub(super) struct ArticleStart {
    pub(super) label: String,
    pub(super) anchor: String,
    pub(super) events: usize,
    pub(super) skip: usize,
}

pub(super) fn article_at(events: &[Spanned<'_>]) -> Option<ArticleStart> {
    let start = |text: &str, events: usize, skip: Option<usize>| {
        let number = article::parse(text)?;
        Some(ArticleStart {
            label: number.label.to_owned(),
            anchor: number.anchor,
            events,
            skip: skip.unwrap_or(number.skip),
        })
    };
    match events {
        [(Event::Text(text), _), ..] => start(text, 0, None),
        // `**第一条** 为了…`: the number is set apart by its own emphasis.
        [
            (Event::Start(Tag::Strong), _),
            (Event::Text(text), _),
            (Event::End(TagEnd::Strong), _),
            rest @ ..,
        ] => {
            let blank = match rest.first() {
                Some((Event::Text(text), _)) => text.len() - text.trim_start().len(),
                _ => 0,
            };
            start(text, 3, Some(blank)).filter(|found| found.label == text.trim())
        }
        _ => None,
    }
}

pub(super) fn end_of<'a>(
    events: &[Spanned<'a>],
    start: usize,
    mut is_end: impl FnMut(&Spanned<'a>) -> bool,
) -> usize {
    let inner = events[start + 1..].iter();
    let length = inner.take_while(|event| !is_end(event)).count();
    (start + 1 + length).min(events.len() - 1)
}

pub(super) fn plain(events: &[Spanned<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&without_marks(part)),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// Text without the marks that only we may write.
pub(super) fn without_marks<'a>(text: &CowStr<'a>) -> CowStr<'a> {
    if text.contains([HOLE, JOINT]) {
        CowStr::from(text.replace(HOLE, "\u{fffd}").replace(JOINT, ""))
    } else {
        text.clone()
    }
}

pub(super) fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty() || html.starts_with("<!--") && html.ends_with("-->")
}

pub(super) fn is_blank(event: &Event<'_>) -> bool {
    match event {
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => true,
        Event::Html(html) => is_comment(html),
        _ => false,
    }
}

/// Whether a list item whose events these are is a task.
pub(super) fn is_task(inner: &[Spanned<'_>]) -> bool {
    matches!(
        inner,
        [(Event::TaskListMarker(_), _), ..]
            | [
                (Event::Start(Tag::Paragraph), _),
                (Event::TaskListMarker(_), _),
                ..
            ]
    )
}

/// Whether `c` is written without spaces around it: ideographs, kana and the punctuation that
/// goes with them.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}'
        | '—' | '…' | '“' | '”' | '‘' | '’' | '·')
}
