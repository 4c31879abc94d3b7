//! A picture that a page shows can be shown.
//!
//! Bad: `![大厅](大厅.jpg)` where the file was cut off on its way. Good: the whole file.

use super::Subject;
use crate::content::link::Target;
use crate::content::markdown::LinkKind;
use crate::content::picture::Fault;
use crate::diagnostic::Diagnostic;
use crate::language::Text;
use crate::text;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let pages = subject.site.pages.iter().zip(&subject.site.links);
    let found = pages.flat_map(|(page, targets)| {
        let links = page.body.links.iter().zip(targets);
        let faulty = links.filter_map(|(link, target)| {
            let is_shown = matches!(link.kind, LinkKind::Image | LinkKind::LinkedImage);
            let (Target::File(path, _), true) = (target, is_shown) else {
                return None;
            };
            let (code, message, hint) = explain(path, subject.site.pictures.fault(path)?);
            let diagnostic = Diagnostic::warning(code, page.file_of(link), message).hint(hint);
            Some((diagnostic, link.span.clone()))
        });
        subject.at(faulty)
    });
    found.collect()
}

fn explain(path: &str, fault: &Fault) -> (&'static str, Text, Text) {
    match fault {
        Fault::Damaged(why) => (
            "damaged-picture",
            text!(
                "图片 `{path}` 坏了：{why}",
                "the picture `{path}` is damaged: {why}"
            ),
            text!(
                "重新拷贝一份，或用看图软件打开后另存",
                "copy it anew, or open it in a picture viewer and save it again"
            ),
        ),
        Fault::Huge(millions) => (
            "huge-picture",
            text!(
                "图片 `{path}` 有 {millions} 百万像素，没有为它做小图，打开会很慢",
                "the picture `{path}` has {millions} megapixels; no smaller copies were made, it will be slow to open"
            ),
            text!(
                "用看图软件缩小到 2000 像素宽再放进来",
                "make it 2000 pixels wide in a picture viewer first"
            ),
        ),
        Fault::Unshowable(format) => (
            "picture-format",
            text!(
                "图片 `{path}` 其实是 {format} 格式，浏览器显示不了",
                "the picture `{path}` is in the format {format}, which browsers do not show"
            ),
            text!(
                "用看图软件打开，另存为 JPEG 或 PNG",
                "open it in a picture viewer and save it as JPEG or PNG"
            ),
        ),
    }
}
