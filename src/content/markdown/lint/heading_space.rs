//! A heading's `#` has a space behind it.
//!
//! Bad: `##标题`, `##　标题` (a full-width space), `＃＃ 标题`. Good: `## 标题`.

use super::Subject;
use crate::content::markdown::events::is_cjk;
use crate::content::markdown::findings::Findings;
use crate::text;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for sign in ["#", "＃"] {
        for start in subject.find_all(sign) {
            // The first sign of a line, further ones follow below.
            if subject.lead(start).is_none() {
                continue;
            }
            let rest = &subject.text[start..];
            let behind = rest.trim_start_matches(['#', '＃']);
            let signs = &rest[..rest.len() - behind.len()];
            let level = signs.chars().count();
            let next = behind.chars().next().unwrap_or('\n');
            let blank = next == '\u{3000}';
            let is_heading = match signs.is_ascii() {
                // A lone `#1` or `#tag` may be meant.
                true => is_cjk(next) || level > 1 && next.is_alphanumeric(),
                false => is_cjk(next) || next.is_alphanumeric() || next == ' ',
            };
            if level > 6 || !is_heading {
                continue;
            }
            let mended = format!("{} ", "#".repeat(level));
            let mut end = start + signs.len();
            if blank || next == ' ' {
                end += next.len_utf8();
            }
            findings.warn(
                "heading-space",
                start..end,
                || {
                    text!(
                        "`#` 后面要有半角空格，否则不是标题",
                        "a heading needs a space behind its `#`"
                    )
                },
                |found| {
                    let hint = text!("写成 `{mended}…`", "write `{mended}…`");
                    found.hint(hint).edit(start..end, mended)
                },
            );
        }
    }
}
