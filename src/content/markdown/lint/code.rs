//! Code is meant to be code: a fence is closed, and no paragraph becomes code by its indent.
//!
//! Bad: three backticks without three more below; `    正文` or a tab before a paragraph.
//! Good: a pair of fences; paragraphs that begin at the margin.

use super::{Subject, VerbatimKind};
use crate::content::markdown::events::is_cjk;
use crate::content::markdown::findings::Findings;
use crate::text;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for range in subject.verbatim {
        let text = subject.text.get(range.span.clone()).unwrap_or_default();
        match range.kind {
            VerbatimKind::Fenced if !is_closed(text) => {
                let start = range.span.start;
                let fence = text.trim_end_matches(|c| c != '`' && c != '~').len().min(3);
                findings.warn(
                    "unclosed-fence",
                    start..start + fence.max(1),
                    || {
                        text!(
                            "这个代码块没有结束，后面的内容都成了代码",
                            "this code block does not end; all that follows is code"
                        )
                    },
                    |found| {
                        found.hint(text!(
                            "在代码的下一行写同样多的反引号",
                            "write as many backticks on the line below the code"
                        ))
                    },
                );
            }
            VerbatimKind::Indented if text.chars().any(is_cjk) => {
                findings.warn(
                    "indented-code",
                    range.span.clone(),
                    || {
                        text!(
                            "行首有四个空格或制表符，这段会显示为代码",
                            "four spaces or a tab in front make this code"
                        )
                    },
                    |mut found| {
                        found = found.hint(text!(
                            "正文从行首写起，段首缩进由网页排版；要写代码就用三个反引号",
                            "begin at the margin; for code use three backticks"
                        ));
                        // The parser's range begins behind the first indent.
                        let lead = subject.lead(range.span.start).unwrap_or_default();
                        let mut at = range.span.start - lead.len();
                        for line in subject.text[at..range.span.end].split_inclusive('\n') {
                            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
                            if indent > 0 && !line.trim().is_empty() {
                                found = found.edit(at..at + indent, "");
                            }
                            at += line.len();
                        }
                        found
                    },
                );
            }
            _ => {}
        }
    }
}

/// Whether a fenced block ends with a fence like the one it begins with.
fn is_closed(block: &str) -> bool {
    let Some(sign) = block.chars().next() else {
        return true;
    };
    let fence = block.len() - block.trim_start_matches(sign).len();
    let mut lines = block.trim_end().lines();
    let last = lines.next_back().unwrap_or_default();
    let last = last.trim_start_matches([' ', '>', '\t']);
    let all = last.chars().all(|c| c == sign);
    lines.next().is_some() && all && last.len() >= fence
}
