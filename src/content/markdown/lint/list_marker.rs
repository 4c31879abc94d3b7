//! Points that stand on lines of their own in the source do so on the page.
//!
//! Bad: `1、甲` and `2、乙` on two lines, which flow into one. Good: `1. 甲` and `2. 乙`, or an
//! empty line between them. Points with empty lines around them are paragraphs, and fine.

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::content::numeral;
use crate::text;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut lines = Lines {
        subject,
        at: subject.start,
    };
    let mut previous: Option<(usize, &str)> = None;
    // Whether the line above is a point that was said already.
    let mut said = false;
    while let Some((start, line)) = lines.next() {
        let follows = || previous.filter(|(_, above)| flows(above));
        if let Some(point) = point(line)
            && let Some((above_start, above)) = follows()
        {
            if let (false, Some(first)) = (said, self::point(above)) {
                warn(findings, above_start, above, first, false);
            }
            warn(findings, start, line, point, true);
            said = true;
        } else {
            said = false;
        }
        previous = Some((start, line));
    }
}

/// The lines of the body that are prose; others come as empty ones.
struct Lines<'a> {
    subject: &'a Subject<'a>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let text = self.subject.text;
        if self.at >= text.len() {
            return None;
        }
        let start = self.at;
        let bytes = &text.as_bytes()[start..];
        let end = memchr::memchr(b'\n', bytes).map_or(text.len(), |end| start + end);
        self.at = end + 1;
        let line = text[start..end].trim_end_matches('\r');
        let is_prose = line.is_empty() || !self.subject.is_verbatim(start);
        Some((start, if is_prose { line } else { "" }))
    }
}

/// How a line begins a point: the bytes of its marker, and its number if `1.` would do.
#[derive(Clone, Copy)]
struct Point<'a> {
    lead: usize,
    marker: usize,
    number: Option<&'a str>,
}

fn point(line: &str) -> Option<Point<'_>> {
    let body = line.trim_start_matches([' ', '\u{3000}', '>']);
    let lead = line.len() - body.len();
    let first = body.chars().next()?;
    if first != '（' && !numeral::is_numeral(first) {
        return None;
    }
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '０'..='９');
    let inner = body.strip_prefix('（').unwrap_or(body);
    let rest = inner.trim_start_matches(numeral::is_numeral);
    let number = &inner[..inner.len() - rest.len()];
    if number.is_empty() || number.chars().count() > 3 {
        return None;
    }
    let closes: &[char] = if inner.len() < body.len() {
        &['）']
    } else {
        &['、', '．']
    };
    let rest = rest.strip_prefix(closes)?;
    let marker = body.len() - rest.len();
    let plain = inner.len() == body.len() && number.chars().all(is_digit);
    Some(Point {
        lead,
        marker,
        number: plain.then_some(number),
    })
}

/// Whether a line goes on in the next one.
fn flows(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '>']);
    !line.trim().is_empty()
        && !line.ends_with("  ")
        && !line.ends_with('\\')
        && !line.starts_with(['#', '|', '<', '`', '~'])
        && !line.starts_with("- ")
        && !line.starts_with("* ")
        && !line.starts_with("---")
}

fn warn(findings: &mut Findings<'_>, start: usize, line: &str, point: Point<'_>, below: bool) {
    let marker = start + point.lead..start + point.lead + point.marker;
    let shown = line[point.lead..].get(..point.marker).unwrap_or_default();
    findings.warn(
        "list-marker",
        marker.clone(),
        || {
            text!(
                "`{shown}` 不会另起一行：Markdown 会把相邻的行连成一段",
                "`{shown}` begins no line: Markdown joins neighbouring lines into a paragraph"
            )
        },
        |found| match point.number {
            Some(number) => {
                let digits = number.chars().map(|c| match c {
                    '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
                    c => c,
                });
                let mended = format!("{}. ", digits.collect::<String>());
                let hint = text!("写成 `{mended}…`", "write `{mended}…`");
                found.hint(hint).edit(marker, mended)
            }
            None => {
                let hint = text!("在两行之间空一行", "leave an empty line between the two");
                let found = found.hint(hint);
                if below && point.lead == 0 {
                    found.edit(start..start, "\n")
                } else {
                    found
                }
            }
        },
    );
}
