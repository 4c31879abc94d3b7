//! A page that says what it is a translation of names a page in another language that has no
//! other translation.
//!
//! Bad: `译自: lessons/没有.md` in `en/lessons/a.md`. Good: `译自: lessons/甲.md`.

use super::{Subject, links};
use crate::content::link::Fault;
use crate::content::translation::TranslationFault;
use crate::diagnostic::Diagnostic;
use crate::text;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let site = subject.site;
    let found = site.translations.faults.iter().flat_map(|(place, fault)| {
        let page = &site.pages[*place];
        let (name, span) = page.translation_of.clone().unwrap_or_default();
        let (message, hint) = match fault {
            TranslationFault::Nowhere(fault) => {
                // A part of a page is translated with the page.
                let fault = match fault {
                    Fault::NoAnchor(_) => &Fault::NoPage(None),
                    fault => fault,
                };
                links::explain(&name, fault).unwrap_or_default()
            }
            TranslationFault::SameLanguage => (
                text!(
                    "`{name}` 与本页是同一种语言",
                    "`{name}` is in the same language as this page"
                ),
                Some(text!(
                    "译文放在另一种语言的文件夹里，文件夹在 site.toml 的 `[[languages]]` 里写明",
                    "a translation stands in the folder of its language, which `[[languages]]` in site.toml names"
                )),
            ),
            TranslationFault::Taken(other) => {
                let other = &site.pages[*other].source;
                (
                    text!(
                        "`{name}` 已有这种语言的译文 `{other}`",
                        "`{name}` has a translation into this language: `{other}`"
                    ),
                    Some(text!(
                        "只留一篇译文；路径相同的页面自动算作译文",
                        "keep one of them; a page at the same path is a translation by itself"
                    )),
                )
            }
        };
        let mut diagnostic = Diagnostic::error("broken-translation", &page.source, message);
        diagnostic.hint = hint;
        subject.at(std::iter::once((diagnostic, span)))
    });
    found.collect()
}
