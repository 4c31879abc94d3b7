//! A link to a part of a page finds that part.
//!
//! Bad: `[第九条](办法.md#art-9)` where the text has eight articles. Good: `#art-8`.

use super::Subject;
use crate::content::link::{Fault, Target};
use crate::diagnostic::Diagnostic;
use crate::text;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let pages = subject.site.pages.iter().zip(&subject.site.links);
    let found = pages.flat_map(|(page, targets)| {
        let links = page.body.links.iter().zip(targets);
        let broken = links.filter_map(|(link, target)| {
            let Target::Broken(Fault::NoAnchor(anchor)) = target else {
                return None;
            };
            let message = text!(
                "目标页面里没有 `#{anchor}` 这个位置",
                "the target page has no `#{anchor}`"
            );
            let diagnostic = Diagnostic::warning("broken-anchor", page.file_of(link), message)
                .hint(text!(
                    "标题的位置是标题原文（空格写成 -），条文的位置是 `art-条号`",
                    "a heading's anchor is its own text with - for spaces, an article's is `art-N`"
                ));
            Some((diagnostic, link.span.clone()))
        });
        subject.at(broken)
    });
    found.collect()
}
