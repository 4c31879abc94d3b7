//! What Markdown takes in silence although the author meant something else. One rule a file, one
//! table of rules; each looks at the author's text, beside what the parser made of it.

mod characters;
mod code;
mod footnotes;
mod heading_space;
mod link_target;
mod list_marker;
mod table_row;

use std::ops::Range;

use super::findings::Findings;

/// What a rule may look at.
pub(super) struct Subject<'a> {
    /// The file's text.
    pub(super) text: &'a str,
    /// Where the body begins in it.
    pub(super) start: usize,
    /// Bytes that are no prose, ascending.
    pub(super) verbatim: &'a [Verbatim],
}

/// Bytes of the file that are no prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verbatim {
    pub(super) span: Range<usize>,
    pub(super) kind: VerbatimKind,
}

/// Why bytes are no prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VerbatimKind {
    /// Code between fences.
    Fenced,
    /// Code because it is indented.
    Indented,
    /// `code` within a line, HTML, math.
    Inline,
}

/// A rule: looks at a page, says what it finds.
type Rule = fn(&Subject<'_>, &mut Findings<'_>);

const RULES: [Rule; 7] = [
    characters::check,
    code::check,
    footnotes::check,
    heading_space::check,
    link_target::check,
    list_marker::check,
    table_row::check,
];

/// Runs every rule.
pub(super) fn run(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for rule in RULES {
        rule(subject, findings);
    }
}

impl<'a> Subject<'a> {
    fn body(&self) -> &'a str {
        &self.text[self.start..]
    }

    /// Where `needle` stands in the prose of the body, as offsets in the file.
    fn find_all(&self, needle: &'a str) -> impl Iterator<Item = usize> {
        let found = memchr::memmem::find_iter(self.body().as_bytes(), needle.as_bytes());
        let found = found.map(|at| self.start + at);
        found.filter(|&at| !self.is_verbatim(at))
    }

    fn is_verbatim(&self, at: usize) -> bool {
        let before = self
            .verbatim
            .partition_point(|range| range.span.start <= at);
        before > 0 && at < self.verbatim[before - 1].span.end
    }

    /// The line around `at`, without its end, and where it begins.
    fn line(&self, at: usize) -> (usize, &'a str) {
        let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let start = start.max(self.start);
        let bytes = self.text.as_bytes();
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        (start, self.text[start..end].trim_end_matches('\r'))
    }

    /// What a quote or an indent puts before `at` on its line, if nothing else stands there.
    fn lead(&self, at: usize) -> Option<&'a str> {
        let before = &self.text.as_bytes()[self.start..at];
        let is_lead = |byte: &&u8| matches!(byte, b' ' | b'>' | b'\t');
        let length = before.iter().rev().take(LEAD).take_while(is_lead).count();
        let begins = matches!(
            before.len().checked_sub(length + 1).map(|end| before[end]),
            None | Some(b'\n')
        );
        begins.then(|| &self.text[at - length..at])
    }
}

/// Longest lead of a line that is looked at, in bytes.
const LEAD: usize = 64;

#[cfg(test)]
mod tests;
