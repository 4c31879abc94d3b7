//! No characters that nobody sees, no tabs among words, one kind of line end.
//!
//! Bad: a zero-width space within a word, which search will not find. Good: the word.

use std::collections::BTreeMap;

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::diagnostic::Diagnostic;
use crate::text;

/// How the invisible characters begin in UTF-8.
const FIRST_BYTES: [&[u8]; 4] = [b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf", b"\xc2\xad"];

/// Bytes that are looked at together.
const PIECE: usize = 64;

/// Lines that are named, of those that hold more of the same.
const LINES: usize = 5;

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let body = subject.body().as_bytes();
    let mut places = BTreeMap::<char, Vec<usize>>::new();
    for first in FIRST_BYTES {
        for at in memchr::memmem::find_iter(body, first) {
            let at = subject.start + at;
            let c = subject.text[at..].chars().next().unwrap_or(' ');
            if is_invisible(c) && !subject.is_verbatim(at) {
                places.entry(c).or_default().push(at);
            }
        }
    }
    let is_control =
        |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t') || byte == 0x7f;
    // Nearly no page has one: many bytes are looked at together.
    let pieces = body.chunks(PIECE).enumerate();
    let pieces = pieces.filter(|(_, piece)| {
        piece
            .iter()
            .fold(false, |any, &byte| any | is_control(byte))
    });
    for (number, piece) in pieces {
        for (at, &byte) in piece
            .iter()
            .enumerate()
            .filter(|(_, byte)| is_control(**byte))
        {
            places
                .entry(char::from(byte))
                .or_default()
                .push(subject.start + number * PIECE + at);
        }
    }
    let mut places = places.into_iter().collect::<Vec<_>>();
    places.sort_by_key(|(_, places)| places[0]);
    for (c, places) in places {
        warn_invisible(subject, findings, c, &places);
    }
    tabs(subject, findings);
    line_ends(subject, findings);
}

/// Says it once for all places: who copies from a web page copies hundreds of them.
fn warn_invisible(subject: &Subject<'_>, findings: &mut Findings<'_>, c: char, places: &[usize]) {
    let (first, more, code) = (places[0], places.len() - 1, c as u32);
    findings.warn(
        "invisible",
        first..first + c.len_utf8(),
        || {
            let mut message = text!(
                "这里有一个看不见的字符（U+{code:04X}），会妨碍搜索和复制",
                "an invisible character (U+{code:04X}) stands here; it spoils search and copying"
            );
            if more > 0 {
                let lines = lines(subject.text, &places[1..]);
                message.zh += &format!("；这一页还有 {more} 个，在第 {} 行", lines.join("、"));
                message.en += &format!("; {more} more on this page, in line {}", lines.join(", "));
            }
            message
        },
        |mut found| {
            for &at in places {
                found = found.edit(at..at + c.len_utf8(), "");
            }
            found.hint(match more {
                0 => text!("删去它", "delete it"),
                _ => text!(
                    "`inkstone check --fix` 会全部删去",
                    "`inkstone check --fix` deletes them all"
                ),
            })
        },
    );
}

/// The lines (from 1) of the first places, each once.
fn lines(text: &str, places: &[usize]) -> Vec<String> {
    let (mut lines, mut line, mut from) = (Vec::<String>::new(), 1, 0);
    for &at in places {
        let between = &text.as_bytes()[from..at];
        line += memchr::memchr_iter(b'\n', between).count();
        from = at;
        let name = line.to_string();
        if lines.last() == Some(&name) {
            continue;
        }
        if lines.len() == LINES {
            lines.push("…".to_owned());
            break;
        }
        lines.push(name);
    }
    lines
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
