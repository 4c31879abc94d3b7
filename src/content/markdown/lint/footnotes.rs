//! Every footnote that is pointed at is there.
//!
//! Bad: `正文[^1]` without a line `[^1]: …`. Good: both.

use super::Subject;
use crate::content::markdown::findings::Findings;
use crate::text;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let label_at = |at: usize| {
        let rest = &subject.text[at + 2..];
        let end = rest
            .char_indices()
            .take(100)
            .find(|(_, c)| matches!(c, ']' | '\n' | '['));
        end.filter(|(_, c)| *c == ']').map(|(end, _)| &rest[..end])
    };
    let mut defined = None;
    for at in subject.find_all("[^") {
        let Some(label) = label_at(at).filter(|label| !label.is_empty() && !label.contains(' '))
        else {
            continue;
        };
        let defined = defined.get_or_insert_with(|| {
            let all = subject
                .find_all("[^")
                .filter_map(|at| Some((at, label_at(at)?)));
            let all = all.filter(|(at, label)| {
                let behind = &subject.text[at + 2 + label.len() + 1..];
                behind.starts_with(':') && subject.lead(*at).is_some()
            });
            let all = all.map(|(_, label)| label.to_lowercase());
            all.collect::<std::collections::HashSet<_>>()
        });
        if !defined.contains(&label.to_lowercase()) {
            let span = at..at + 2 + label.len() + 1;
            let behind = subject.text[span.end..].starts_with('：');
            findings.warn(
                "missing-footnote",
                span.clone(),
                || text!("没有脚注 `[^{label}]`", "there is no footnote `[^{label}]`"),
                |found| match behind {
                    true => {
                        let colon = span.end..span.end + '：'.len_utf8();
                        let hint = text!("冒号要用半角", "use a half-width colon");
                        found.hint(hint).edit(colon, ": ")
                    }
                    false => found.hint(text!(
                        "另起一行写 `[^{label}]: 脚注内容`",
                        "write `[^{label}]: …` on a line of its own"
                    )),
                },
            );
        }
    }
}
