//! A link to a page or a file of the site finds it.
//!
//! Bad: `[办法](办法.md)` where no `办法.md` stands beside. Good: `[办法](../policies/办法.md)`.

use super::Subject;
use crate::content::link::{Fault, Target};
use crate::diagnostic::Diagnostic;
use crate::language::Text;
use crate::text;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let pages = subject.site.pages.iter().zip(&subject.site.links);
    let found = pages.flat_map(|(page, targets)| {
        let links = page.body.links.iter().zip(targets);
        let broken = links.filter_map(|(link, target)| {
            let Target::Broken(fault) = target else {
                return None;
            };
            let (message, hint) = explain(&link.target, fault)?;
            let mut diagnostic = Diagnostic::error("broken-link", page.file_of(link), message);
            diagnostic.hint = hint;
            Some((diagnostic, link.span.clone()))
        });
        subject.at(broken)
    });
    found.collect()
}

/// What to say of a link or reference `target`; `None` where another rule speaks.
pub(super) fn explain(target: &str, fault: &Fault) -> Option<(Text, Option<Text>)> {
    match fault {
        Fault::NoAnchor(_) => None,
        Fault::NoPage(near) => Some((
            text!(
                "没有 `{target}` 这个页面或文件",
                "there is no page or file `{target}`"
            ),
            near.as_ref()
                .map(|near| text!("是不是想写 `{near}`？", "did you mean `{near}`?")),
        )),
        Fault::Draft => Some((
            text!(
                "`{target}` 是草稿，读者看不到",
                "`{target}` is a draft that readers will not see"
            ),
            Some(text!(
                "先去掉这个链接，或去掉那一页的 `草稿`；预览草稿用 `--drafts`",
                "drop the link, or that page's `draft`; `--drafts` shows drafts"
            )),
        )),
        Fault::Outside => Some((
            text!(
                "`{target}` 指到了 content/ 之外",
                "`{target}` leads out of content/"
            ),
            Some(text!(
                "把文件放进 content/ 里再链接",
                "put the file into content/ and link to it there"
            )),
        )),
    }
}
