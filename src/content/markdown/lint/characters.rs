//! No characters that nobody sees, no tabs among words, one kind of line end.
//!
//! Bad: a zero-width space within a word, which search will not find. Good: the word.

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::diagnostic::Diagnostic;
use crate::text;

/// How the invisible characters begin in UTF-8.
const FIRST_BYTES: [&[u8]; 4] = [b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf", b"\xc2\xad"];

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let body = subject.body().as_bytes();
    for first in FIRST_BYTES {
        for at in memchr::memmem::find_iter(body, first) {
            let at = subject.start + at;
            let c = subject.text[at..].chars().next().unwrap_or(' ');
            if is_invisible(c) && !subject.is_verbatim(at) {
                warn_invisible(findings, at, c);
            }
        }
    }
    let is_control =
        |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t') || byte == 0x7f;
    let controls = body
        .iter()
        .enumerate()
        .filter(|(_, byte)| is_control(**byte));
    for (at, &byte) in controls {
        warn_invisible(findings, subject.start + at, char::from(byte));
    }
    tabs(subject, findings);
    line_ends(subject, findings);
}

fn warn_invisible(findings: &mut Findings<'_>, at: usize, c: char) {
    let (span, code) = (at..at + c.len_utf8(), c as u32);
    findings.warn(
        "invisible",
        span.clone(),
        || {
            text!(
                "这里有一个看不见的字符（U+{code:04X}），会妨碍搜索和复制",
                "an invisible character (U+{code:04X}) stands here; it spoils search and copying"
            )
        },
        |found| found.hint(text!("删去它", "delete it")).edit(span, ""),
    );
}

/// Tabs that stand among words; those that indent a line are the parser's affair.
fn tabs(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for at in subject.find_all("\t") {
        if subject.lead(at).is_some() {
            continue;
        }
        findings.warn(
            "hard-tab",
            at..at + 1,
            || {
                text!(
                    "制表符在网页上只是一个空格，对不齐",
                    "a tab is a mere space on the page and aligns nothing"
                )
            },
            |found| {
                let hint = text!("要对齐就用表格", "use a table to align");
                found.hint(hint).edit(at..at + 1, " ")
            },
        );
    }
}

fn line_ends(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let bytes = subject.text.as_bytes();
    let Some(first) = memchr::memchr(b'\r', bytes) else {
        return;
    };
    let is_pair = |at: usize| at > 0 && bytes[at - 1] == b'\r';
    let ends = || memchr::memchr_iter(b'\n', bytes);
    let pairs = ends().filter(|&at| is_pair(at)).count();
    let single = ends().count() - pairs;
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let lones = || memchr::memchr_iter(b'\r', bytes).filter(lone);
    if (pairs == 0 || single == 0) && lones().next().is_none() {
        return;
    }
    // The rarer kind gives way.
    let to_pairs = pairs >= single;
    let odd = match to_pairs {
        true => ends().find(|&at| !is_pair(at)),
        false => Some(first),
    };
    let at = lones().next().or(odd).unwrap_or(first);
    findings.warn(
        "line-ends",
        at..at,
        || {
            text!(
                "同一个文件里有两种换行符",
                "two kinds of line ends in one file"
            )
        },
        |mut found: Diagnostic| {
            let end = if to_pairs { "\r\n" } else { "\n" };
            for at in ends().filter(|&at| is_pair(at) != to_pairs) {
                found = found.edit(at - usize::from(!to_pairs)..at + 1, end);
            }
            for at in lones() {
                found = found.edit(at..at + 1, end);
            }
            found.hint(text!("统一成一种", "make them one"))
        },
    );
}
