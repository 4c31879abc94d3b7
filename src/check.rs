//! What is wrong with a linked site. One rule a file, one table of rules.

mod addresses;
mod anchors;
mod links;
mod references;
pub mod settings;
mod translations;

use crate::content::page::Page;
use crate::content::site::Site;
use crate::diagnostic::Diagnostic;

/// What a rule may look at.
pub struct Subject<'a> {
    /// The linked site.
    pub site: &'a Site,
    /// The text of a page's file as it was parsed, read again for the few pages that need a caret; `None` if it
    /// went away meanwhile.
    pub text_of: &'a dyn Fn(&Page) -> Option<String>,
}

/// A rule: looks at a site, says what it finds.
type Rule = fn(&Subject<'_>) -> Vec<Diagnostic>;

const RULES: [Rule; 5] = [
    addresses::check,
    links::check,
    anchors::check,
    references::check,
    translations::check,
];

/// Runs every rule.
pub fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    RULES.iter().flat_map(|rule| rule(subject)).collect()
}

/// Findings of one rule shown for one page.
const SHOWN: usize = 50;

impl Subject<'_> {
    /// Points findings at bytes of the page's file, which is read once for all of them.
    fn at(
        &self,
        page: &Page,
        found: impl Iterator<Item = (Diagnostic, std::ops::Range<usize>)>,
    ) -> Vec<Diagnostic> {
        let mut found = found.take(SHOWN).peekable();
        let text = found.peek().and_then(|_| (self.text_of)(page));
        let pointed = found.map(|(diagnostic, span)| match &text {
            Some(text) => diagnostic.at(text, span),
            None => diagnostic,
        });
        pointed.collect()
    }
}

#[cfg(test)]
mod tests;
