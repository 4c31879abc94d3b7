//! What is wrong with links, images and headings that the parser did understand.

use std::ops::Range;

use super::target::{Safety, safety};
use super::writer::Writer;
use crate::text;

impl Writer<'_> {
    /// `[](x)` or `[x]()`.
    pub(super) fn warn_empty_link(&mut self, span: Range<usize>, wordless: bool) {
        self.findings.warn(
            "empty-link",
            span,
            || match wordless {
                true => text!(
                    "这个链接没有文字，读者看不到",
                    "this link has no words to click on"
                ),
                false => text!("这个链接没有目标", "this link leads nowhere"),
            },
            |found| found.hint(text!("写成 `[文字](目标)`", "write `[words](target)`")),
        );
    }

    /// Whether readers may be led to `target`, which stands at `span` of the prepared text.
    pub(super) fn is_safe(&mut self, target: &str, span: &Range<usize>) -> bool {
        if safety(target) != Safety::Unsafe {
            return true;
        }
        let span = self.original(span);
        self.findings.warn(
            "unsafe-link",
            span,
            || {
                text!(
                    "`{target}` 不是网址，也不是站里的文件，已去掉",
                    "`{target}` is neither an address nor a file of the site and is left out"
                )
            },
            |found| {
                found.hint(text!(
                    "可以链接到站里的文件、http(s)、mailto 和 tel",
                    "links may lead to files of the site, http(s), mailto and tel"
                ))
            },
        );
        false
    }

    /// An image says what it shows, and comes with the site.
    pub(super) fn check_image(&mut self, alt: &str, target: &str, span: Range<usize>) {
        if alt.is_empty() {
            self.findings.warn(
                "missing-alt",
                span.clone(),
                || {
                    text!(
                        "图片没有替代文字，看不见图的人和搜索都不知道画的是什么",
                        "the image has no alternative text for those who cannot see it, or for search"
                    )
                },
                |found| {
                    found.hint(text!(
                        "写成 `![图上有什么](文件)`",
                        "write `![what it shows](file)`"
                    ))
                },
            );
        }
        if safety(target) == Safety::Foreign {
            self.findings.warn(
                "foreign-image",
                span,
                || {
                    text!(
                        "图片在别的网站上，内网里看不到",
                        "the image lies on another site and will not show on an intranet"
                    )
                },
                |found| {
                    found.hint(text!(
                        "把图片存进 content/ 再引用",
                        "put the image into content/ and link to it there"
                    ))
                },
            );
        }
    }

    /// One title a page, and levels that follow one another.
    pub(super) fn check_level(&mut self, level: u8, title: &str, span: Range<usize>) {
        let above = std::mem::replace(&mut self.level, level);
        let given = self.input.title.is_some_and(|given| given != title);
        if level == 1 && (self.body.title.is_some() || given) {
            self.findings.warn(
                "second-title",
                span,
                || {
                    text!(
                        "一页只有一个标题；`#` 已经是第二个",
                        "a page has one title; this `#` is a second one"
                    )
                },
                |found| found.hint(text!("正文从 `##` 开始", "begin with `##`")),
            );
        } else if level > above + 1 {
            let wanted = "#".repeat(usize::from(above) + 1);
            self.findings.warn(
                "heading-skip",
                span,
                || {
                    text!(
                        "标题从第 {above} 级跳到了第 {level} 级",
                        "headings skip from level {above} to {level}"
                    )
                },
                |found| found.hint(text!("这里用 `{wanted}`", "use `{wanted}` here")),
            );
        }
    }
}
