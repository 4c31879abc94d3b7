//! The signs of a table are half-width.
//!
//! Bad: `｜甲｜乙｜` over `｜：-｜-：｜`. Good: `|甲|乙|` over `|:-|-:|`.

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::text;

/// Full-width signs and what they should be.
const SIGNS: [(char, char); 5] = [
    ('｜', '|'),
    ('：', ':'),
    ('－', '-'),
    ('—', '-'),
    ('　', ' '),
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for bar in ["｜", "|"] {
        let mut done = 0;
        for at in subject.find_all(bar) {
            if at < done {
                continue;
            }
            let (start, line) = subject.line(at);
            done = start + line.len();
            // A row with both bars was said by the first of them.
            let said = bar == "|" && line.contains('｜');
            if !said && is_delimiter(line) && line.contains(['｜', '：', '－']) {
                warn(subject, findings, start, line);
            }
        }
    }
}

/// Whether a line has nothing but the signs of a row under a table's head.
fn is_delimiter(line: &str) -> bool {
    let is_sign =
        |c: char| matches!(c, '|' | ':' | '-' | ' ' | '>') || SIGNS.iter().any(|s| s.0 == c);
    line.chars().all(is_sign) && line.contains(['-', '－', '—'])
}

fn warn(subject: &Subject<'_>, findings: &mut Findings<'_>, start: usize, line: &str) {
    findings.warn(
        "table-signs",
        start..start + line.len(),
        || {
            text!(
                "表格的分隔行里有全角符号，这里不会成为表格",
                "full-width signs in its delimiter row make this no table"
            )
        },
        |mut found| {
            found = found.hint(text!(
                "只用半角的 `|`、`:` 和 `-`",
                "use half-width `|`, `:` and `-` only"
            ));
            found = mend(found, start, line, true);
            // The head above and the rows below, as far as they have full-width bars.
            let above = subject.text[subject.start..start]
                .lines()
                .next_back()
                .unwrap_or_default();
            if above.contains('｜') {
                let end = subject.text[..start].trim_end_matches(['\n', '\r']).len();
                found = mend(found, end - above.len(), above, false);
            }
            let mut at = start + line.len();
            for row in subject.text[at..].split_inclusive('\n').skip(1) {
                let row_start = at + subject.text[at..].find('\n').map_or(0, |end| end + 1);
                let row = row.trim_end_matches(['\n', '\r']);
                if !row.contains('｜') {
                    break;
                }
                found = mend(found, row_start, row, false);
                at = row_start + row.len();
            }
            found
        },
    );
}

fn mend(
    mut found: crate::diagnostic::Diagnostic,
    start: usize,
    line: &str,
    all: bool,
) -> crate::diagnostic::Diagnostic {
    for (at, c) in line.char_indices() {
        let sign = SIGNS.iter().find(|sign| sign.0 == c && (all || c == '｜'));
        if let Some((_, half)) = sign {
            found = found.edit(start + at..start + at + c.len_utf8(), half.to_string());
        }
    }
    found
}
