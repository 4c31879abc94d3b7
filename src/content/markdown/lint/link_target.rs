//! A link's target has no space in it and stands in half-width brackets.
//!
//! Bad: `[办法](学习 办法.md)`, `[办法]（办法.md）`. Good: `[办法](<学习 办法.md>)`, `[办法](办法.md)`.

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::text;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for at in subject.find_all("](") {
        let Some(inner) = closed(&subject.text[at + 2..], '(', ')') else {
            continue;
        };
        let start = at + 2 + inner.len() - inner.trim_start().len();
        let target = inner.trim();
        // `<…>` may hold spaces, and a title may follow behind one.
        let Some((_, behind)) = target.split_once([' ', '\u{3000}']) else {
            continue;
        };
        let behind = behind.trim_start();
        let titled = behind.is_empty() || behind.starts_with(['"', '\'', '(']);
        if target.starts_with('<') || titled || target.contains(['<', '>', '"']) {
            continue;
        }
        let span = start..start + target.len();
        findings.warn(
            "link-space",
            span.clone(),
            || {
                text!(
                    "链接目标里有空格，这里不会成为链接",
                    "a target with a space makes no link"
                )
            },
            |found| {
                let hint = text!("用尖括号括起来：`(<{target}>)`", "write `(<{target}>)`");
                found.hint(hint).edit(span, format!("<{target}>"))
            },
        );
    }
    for at in subject.find_all("]（") {
        let start = at + 1;
        let open = '（'.len_utf8();
        let Some(target) = closed(&subject.text[start + open..], '（', '）') else {
            continue;
        };
        // A remark in brackets behind `[…]` is none of our business.
        let is_target = [".md", "://", ".html", ".pdf", ".png", ".jpg", ".svg"];
        if !is_target.iter().any(|part| target.contains(part)) && !target.starts_with('#') {
            continue;
        }
        let end = start + open + target.len() + '）'.len_utf8();
        findings.warn(
            "link-brackets",
            start..end,
            || {
                text!(
                    "链接要用半角括号，这里不会成为链接",
                    "full-width brackets make no link"
                )
            },
            |found| {
                let mended = match target.contains(' ') {
                    true => format!("(<{target}>)"),
                    false => format!("({target})"),
                };
                let hint = text!("写成 `{mended}`", "write `{mended}`");
                found.hint(hint).edit(start..end, mended)
            },
        );
    }
}

/// What stands before the bracket that closes, on the same line and not too far.
fn closed(rest: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in rest.char_indices().take(400) {
        match c {
            '\n' | ']' => return None,
            c if c == open => depth += 1,
            c if c == close && depth == 0 => return Some(&rest[..at]),
            c if c == close => depth -= 1,
            _ => {}
        }
    }
    None
}
