//! Every page has an address of its own.
//!
//! Bad: `a.md` and `b.md` with `slug: a` in one folder. Good: two slugs.

use super::Subject;
use crate::diagnostic::Diagnostic;
use crate::text;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let pages = &subject.site.pages;
    let clashes = subject.site.clashes.iter().map(|&(first, second)| {
        let (first, second) = (&pages[first].source, &pages[second]);
        let address = &second.address;
        let message = text!(
            "网址 `{address}` 已经给了 `{first}`",
            "the address `{address}` is taken by `{first}`"
        );
        Diagnostic::error("duplicate-address", &second.source, message).hint(text!(
            "给其中一页改名，或写不同的 `slug`（网址）",
            "rename one of them, or give it another `slug`"
        ))
    });
    let reserved = subject.site.reserved.iter().map(|&page| {
        let page = &pages[page];
        let address = &page.address;
        let message = text!(
            "网址 `{address}` 由站点自己使用",
            "the address `{address}` is used by the site itself"
        );
        Diagnostic::error("duplicate-address", &page.source, message).hint(text!(
            "给文件或文件夹改名，或写 `slug`（网址）",
            "rename the file or folder, or give it a `slug`"
        ))
    });
    clashes.chain(reserved).collect()
}
