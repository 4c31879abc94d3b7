//! The pages and files that front matter names (`相关政策`, `音视频` …) exist.
//!
//! Bad: `相关政策: [policies/没有.md]`. Good: a path from `content/`, or a page's title.

use super::{Subject, links};
use crate::content::link::Fault;
use crate::diagnostic::{Diagnostic, nearest};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let site = subject.site;
    let pages = site.pages.iter().zip(&site.broken_references);
    let found = pages.flat_map(|(page, broken)| {
        let references = page.references(&site.kinds).collect::<Vec<_>>();
        let broken = broken.iter().map(|(at, fault)| {
            // A reference to a part of a page means the page; it is never half right.
            let fault = match fault {
                Fault::NoAnchor(_) => Fault::NoPage(None),
                fault => fault.clone(),
            };
            (references[*at], fault)
        });
        let media = page.media(&site.kinds);
        let missing = media.filter(|(name, _)| site.file(page, name).is_none());
        let missing = missing.map(|named| {
            let files = site.assets.iter().map(|file| file.relative.as_str());
            let near = nearest(&named.0, files);
            (named, Fault::NoPage(near.map(str::to_owned)))
        });
        let found = broken.chain(missing).filter_map(|((name, span), fault)| {
            let (message, hint) = links::explain(name, &fault)?;
            let mut diagnostic = Diagnostic::error("broken-reference", &page.source, message);
            diagnostic.hint = hint;
            Some((diagnostic, span.clone()))
        });
        subject.at(found)
    });
    found.collect()
}
