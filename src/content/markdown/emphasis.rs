//! Emphasis beside Chinese punctuation: `**“强调”**后面` and `前面**强调。**后面` mean what they say.
//!
//! CommonMark takes a run of `*` between punctuation and a letter for literal text, and Chinese
//! writes no space that would tell it otherwise. The CJK-friendly amendment to CommonMark says
//! which runs count all the same; what makes the parser agree is a mark of ours between the run
//! and the punctuation, which is neither punctuation nor space and is taken out of the text again.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// The mark: a noncharacter, which no text holds (authors' own are dropped).
pub(super) const JOINT: char = '\u{fdd1}';

/// A body with its marks, and the way back to the author's offsets.
pub(super) struct Prepared<'a> {
    /// What the parser gets.
    pub(super) text: Cow<'a, str>,
    /// Where the marks stand in `text`, ascending.
    marks: Vec<usize>,
}

impl<'a> Prepared<'a> {
    /// Puts marks where emphasis needs them; most texts need none and are not copied.
    pub(super) fn new(body: &'a str, options: Options) -> Self {
        let places = places(body);
        if places.is_empty() {
            let text = Cow::Borrowed(body);
            return Self {
                text,
                marks: Vec::new(),
            };
        }
        let verbatim = verbatim(body, options);
        let mut text = String::with_capacity(body.len() + places.len() * JOINT.len_utf8());
        let (mut marks, mut from) = (Vec::new(), 0);
        for place in places {
            let before = verbatim.partition_point(|range| range.start <= place);
            if before > 0 && place < verbatim[before - 1].end {
                continue;
            }
            text.push_str(&body[from..place]);
            marks.push(text.len());
            text.push(JOINT);
            from = place;
        }
        text.push_str(&body[from..]);
        let text = Cow::Owned(text);
        Self { text, marks }
    }

    /// The author's offset of an offset in the prepared text.
    pub(super) fn original(&self, offset: usize) -> usize {
        offset - self.marks.partition_point(|&mark| mark < offset) * JOINT.len_utf8()
    }
}

/// Offsets between a run of `*` or `~` and the punctuation beside it, where something else
/// stands on the run's other side and either neighbour is Chinese.
fn places(body: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'*' | b'~'))
    {
        let start = at + found;
        let length = bytes[start..]
            .iter()
            .take_while(|&&byte| byte == bytes[start])
            .count();
        let end = start + length;
        at = end;
        let slashes = bytes[..start]
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\')
            .count();
        let (Some(before), Some(after)) = (
            body[..start].chars().next_back(),
            body[end..].chars().next(),
        ) else {
            continue;
        };
        if slashes % 2 == 1 || !(is_cjk(before) || is_cjk(after)) {
            continue;
        }
        let word = |c: char| !c.is_whitespace() && !is_punctuation(c);
        if is_punctuation(before) && word(after) {
            places.push(start);
        } else if is_punctuation(after) && word(before) {
            places.push(end);
        }
    }
    places
}

/// What is not prose: code, HTML, addresses. Ascending, without overlap.
fn verbatim(body: &str, options: Options) -> Vec<Range<usize>> {
    let mut ranges = Vec::<Range<usize>>::new();
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        let is_verbatim = match event {
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) => true,
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => true,
            Event::Start(Tag::Link { link_type, .. }) => {
                matches!(link_type, LinkType::Autolink | LinkType::Email)
            }
            _ => false,
        };
        if is_verbatim && ranges.last().is_none_or(|last| last.end <= range.start) {
            ranges.push(range);
        }
    }
    ranges
}

/// Scripts that are written without spaces between words, and the signs made for them.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Unicode punctuation and symbols as far as they stand beside Chinese. One that is missed keeps
/// CommonMark's reading; one too many changes nothing.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c,
            '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}'
            | '\u{bf}' | '×' | '÷' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            | '\u{20a0}'..='\u{20cf}' | '\u{2190}'..='\u{2bff}' | '\u{3001}'..='\u{3004}'
            | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{30a0}' | '\u{30fb}'
            | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6b}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}'
            | '\u{ffe0}'..='\u{ffee}')
}
