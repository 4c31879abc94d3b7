//! The parser's events with a look ahead, and questions asked of them.

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Tag, TagEnd};

use super::emphasis::without_marks;
use crate::content::article;

/// An event with its bytes in the prepared body.
pub(super) type Spanned<'a> = (Event<'a>, Range<usize>);

/// The events, one after another.
pub(super) struct Events<'a> {
    parser: OffsetIter<'a>,
    ahead: VecDeque<Spanned<'a>>,
}

/// How an article begins a line: how many events to skip, and how much of the text behind them.
pub(super) struct ArticleStart {
    pub(super) label: String,
    pub(super) anchor: String,
    pub(super) events: usize,
    pub(super) skip: usize,
}

impl<'a> Events<'a> {
    pub(super) fn new(parser: OffsetIter<'a>) -> Self {
        let ahead = VecDeque::new();
        Self { parser, ahead }
    }

    pub(super) fn next(&mut self) -> Option<Spanned<'a>> {
        self.ahead.pop_front().or_else(|| self.parser.next())
    }

    /// The event `place` behind the next one.
    pub(super) fn peek(&mut self, place: usize) -> Option<&Spanned<'a>> {
        while self.ahead.len() <= place {
            let event = self.parser.next()?;
            self.ahead.push_back(event);
        }
        self.ahead.get(place)
    }

    pub(super) fn put_back(&mut self, event: Spanned<'a>) {
        self.ahead.push_front(event);
    }

    /// Whether the next event is text; if so, that text and its bytes.
    pub(super) fn next_text(&mut self) -> Option<Spanned<'a>> {
        matches!(self.peek(0)?.0, Event::Text(_))
            .then(|| self.next())
            .flatten()
    }

    /// How the next events begin an article, if they do.
    pub(super) fn article(&mut self) -> Option<ArticleStart> {
        let start = |text: &str, events: usize, skip: Option<usize>| {
            let number = article::parse(text)?;
            Some(ArticleStart {
                label: without_marks(number.label).into_owned(),
                anchor: number.anchor,
                events,
                skip: skip.unwrap_or(number.skip),
            })
        };
        match &self.peek(0)?.0 {
            Event::Text(text) => start(text, 0, None),
            // `**第一条** 为了…`: the number is set apart by its own emphasis.
            Event::Start(Tag::Strong) => {
                let blank = match self.peek(3) {
                    Some((Event::Text(text), _)) => text.len() - text.trim_start().len(),
                    _ => 0,
                };
                if !matches!(self.peek(2)?.0, Event::End(TagEnd::Strong)) {
                    return None;
                }
                let Event::Text(text) = &self.peek(1)?.0 else {
                    return None;
                };
                start(text, 3, Some(blank)).filter(|found| found.label == text.trim())
            }
            _ => None,
        }
    }

    /// The first character of the text that follows, emphasis and links looked through.
    pub(super) fn next_character(&mut self) -> Option<char> {
        let mut place = 0;
        loop {
            match &self.peek(place)?.0 {
                Event::Text(text) => return text.chars().next(),
                Event::Start(
                    Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. },
                )
                | Event::End(
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
                ) => place += 1,
                _ => return None,
            }
        }
    }

    /// Whether the words of the link just opened are `address`, where it leads.
    pub(super) fn next_is_link_of(&mut self, address: &str) -> bool {
        let is_address = matches!(self.peek(0), Some((Event::Text(text), _)) if **text == *address);
        is_address && matches!(self.peek(1), Some((Event::End(TagEnd::Link), _)))
    }

    /// Whether the list item just opened is a task.
    pub(super) fn is_task(&mut self) -> bool {
        let place = match self.peek(0) {
            Some((Event::Start(Tag::Paragraph), _)) => 1,
            _ => 0,
        };
        matches!(self.peek(place), Some((Event::TaskListMarker(_), _)))
    }
}

/// Whether `c` is written without spaces around it: ideographs, kana and the punctuation that
/// goes with them.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}'
        | '—' | '…' | '“' | '”' | '‘' | '’' | '·')
}
