//! Every page has an address of its own, short enough to be a file's name.
//!
//! Bad: `a.md` and `b.md` with `slug: a` in one folder. Good: two slugs.

use super::Subject;
use crate::diagnostic::Diagnostic;
use crate::text;

/// Bytes that one part of an address may have, as every common file system bounds names.
const PART: usize = 255;

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
    let long = pages.iter().flat_map(|page| {
        let addresses = std::iter::once(&page.address).chain(&page.aliases);
        let parts = addresses.flat_map(|address| address.split('/'));
        let long = parts.filter(|part| part.len() > PART);
        long.map(|part| {
            let (start, bytes) = (part.chars().take(12).collect::<String>(), part.len());
            let message = text!(
                "网址 `{start}…` 有 {bytes} 字节，超过了文件名的上限 {PART}",
                "the address `{start}…` has {bytes} bytes; a file name may have {PART}"
            );
            Diagnostic::error("long-address", &page.source, message).hint(text!(
                "缩短 `slug`（网址）或 `aliases`（旧址）；一个汉字占 3 字节",
                "shorten the `slug` or alias; a Chinese character takes 3 bytes"
            ))
        })
    });
    clashes.chain(reserved).chain(long).collect()
}
