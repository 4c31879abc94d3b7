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
const JOINT: &str = "\u{fdd1}";
/// The same where the punctuation is itself a run of `_`, `*` or `~`, which must go on seeing
/// punctuation beside it: the mark comes with a stand-in, before the run or behind it.
const JOINT_BEFORE: &str = "\u{2e3c}\u{fdd2}";
const JOINT_BEHIND: &str = "\u{fdd3}\u{2e3c}";
/// How the noncharacters among them begin in UTF-8.
const FIRST_BYTES: &[u8] = b"\xef\xb7";

/// A body with its marks, and the way back to the author's offsets.
pub(super) struct Prepared<'a> {
    /// What the parser gets.
    pub(super) text: Cow<'a, str>,
    /// Where marks stand in `text`, ascending, each with the bytes of marks up to its own end.
    marks: Vec<(usize, usize)>,
    /// Whether texts may hold marks, be it an author's own, written as an entity.
    pub(super) is_marked: bool,
}

impl<'a> Prepared<'a> {
    /// Puts marks where emphasis needs them; most texts need none and are not copied.
    pub(super) fn new(body: &'a str, options: Options) -> Self {
        let places = places(body);
        let bytes = body.as_bytes();
        let is_marked = !places.is_empty()
            || memchr::memchr(b'&', bytes).is_some()
            || memchr::memmem::find(bytes, FIRST_BYTES).is_some();
        if places.is_empty() {
            return Self {
                text: Cow::Borrowed(body),
                marks: Vec::new(),
                is_marked,
            };
        }
        let verbatim = verbatim(body, options);
        let mut text = String::with_capacity(body.len() + places.len() * JOINT_BEFORE.len());
        let (mut marks, mut from, mut added) = (Vec::new(), 0, 0);
        for (place, mark) in places {
            let before = verbatim.partition_point(|range| range.start < place);
            if before > 0 && place < verbatim[before - 1].end {
                continue;
            }
            text.push_str(&body[from..place]);
            added += mark.len();
            marks.push((text.len(), added));
            text.push_str(mark);
            from = place;
        }
        text.push_str(&body[from..]);
        Self {
            text: Cow::Owned(text),
            marks,
            is_marked,
        }
    }

    /// The author's offset of an offset in the prepared text.
    pub(super) fn original(&self, offset: usize) -> usize {
        let before = self.marks.partition_point(|&(mark, _)| mark < offset);
        let added = before.checked_sub(1).map_or(0, |last| self.marks[last].1);
        offset.saturating_sub(added)
    }
}

/// `text` without marks; authors' own noncharacters of these three go, too.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), FIRST_BYTES).is_none() {
        return Cow::Borrowed(text);
    }
    let mut clean = text.to_owned();
    for mark in [JOINT_BEFORE, JOINT_BEHIND, JOINT, "\u{fdd2}", "\u{fdd3}"] {
        if clean.contains(mark) {
            clean = clean.replace(mark, "");
        }
    }
    Cow::Owned(clean)
}

/// Offsets between a run of `*` or `~` and the punctuation beside it, where something else
/// stands on the run's other side and either neighbour is Chinese; and the mark to put there.
fn places(body: &str) -> Vec<(usize, &'static str)> {
    let mut places = Vec::new();
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'*', b'~', &bytes[at..]) {
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
        if slashes % 2 == 1 || !(is_cjk_before(&body[..start]) || is_cjk(after)) {
            continue;
        }
        let word = |c: char| !c.is_whitespace() && !is_punctuation(c);
        let is_run = |c: char| matches!(c, '*' | '_' | '~');
        if is_punctuation(before) && word(after) {
            let mark = if is_run(before) { JOINT_BEFORE } else { JOINT };
            places.push((start, mark));
        } else if is_punctuation(after) && word(before) {
            let mark = if is_run(after) { JOINT_BEHIND } else { JOINT };
            places.push((end, mark));
        }
    }
    places
}

/// What is not prose: code, HTML, math, addresses. Ascending, without overlap.
fn verbatim(body: &str, options: Options) -> Vec<Range<usize>> {
    // Most texts show at a glance that they have nothing of the kind.
    let bytes = body.as_bytes();
    let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
    if memchr::memchr3(b'`', b'<', b'\t', bytes).is_none()
        && memchr::memchr(b'$', bytes).is_none()
        && !has("    ")
        && !has("~~~")
    {
        return Vec::new();
    }
    let mut ranges = Vec::<Range<usize>>::new();
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        let is_verbatim = match event {
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) => true,
            Event::InlineMath(_) | Event::DisplayMath(_) => true,
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

/// Whether `text` ends with a Chinese character, a variation selector behind it or not.
fn is_cjk_before(text: &str) -> bool {
    let is_selector = |c: char| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    let last = text.chars().rev().find(|&c| !is_selector(c));
    last.is_some_and(is_cjk)
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
            | '\u{20a0}'..='\u{20cf}' | '\u{2100}'..='\u{214f}' | '\u{2190}'..='\u{245f}'
            | '\u{249c}'..='\u{24e9}' | '\u{2500}'..='\u{2775}' | '\u{2794}'..='\u{2bff}'
            | '\u{2e00}'..='\u{2fff}' | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}'
            | '\u{3030}' | '\u{303d}' | '\u{30a0}' | '\u{30fb}' | '\u{3200}'..='\u{321e}'
            | '\u{322a}'..='\u{3247}' | '\u{3260}'..='\u{327f}' | '\u{328a}'..='\u{32b0}'
            | '\u{32c0}'..='\u{33ff}' | '\u{4dc0}'..='\u{4dff}' | '\u{fe10}'..='\u{fe19}'
            | '\u{fe30}'..='\u{fe6b}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{ffe0}'..='\u{ffee}'
            | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod spec;
#[cfg(test)]
mod tests;
