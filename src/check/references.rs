//! The pages that front matter names (`相关政策` …) exist.
//!
//! Bad: `相关政策: [policies/没有.md]`. Good: a path from `content/`, or a page's title.

use super::{Subject, links};
use crate::content::link::Fault;
use crate::diagnostic::Diagnostic;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let site = subject.site;
    let pages = site.pages.iter().zip(&site.broken_references);
    let found = pages.flat_map(|(page, broken)| {
        let references = page.references(&site.kinds).collect::<Vec<_>>();
        let broken = broken.iter().filter_map(|(at, fault)| {
            let (name, span) = references[*at];
            // A reference to a part of a page means the page; it is never half right.
            let fault = match fault {
                Fault::NoAnchor(_) => &Fault::NoPage(None),
                fault => fault,
            };
            let (message, hint) = links::explain(name, fault)?;
            let mut diagnostic = Diagnostic::error("broken-reference", &page.source, message);
            diagnostic.hint = hint;
            Some((diagnostic, span.clone()))
        });
        subject.at(broken)
    });
    found.collect()
}
