//! What is wrong with a linked site. One rule a file, one table of rules.

mod addresses;
mod anchors;
mod links;
mod pictures;
mod references;
pub mod settings;
mod translations;

use std::collections::HashMap;

use rayon::prelude::*;

use crate::content::site::Site;
use crate::diagnostic::Diagnostic;

/// What a rule may look at.
pub struct Subject<'a> {
    /// The linked site.
    pub site: &'a Site,
    /// The text of a file in `content/` as it was parsed, read again for the few that need a
    /// caret; `None` if it went away meanwhile.
    pub text_of: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// A rule: looks at a site, says what it finds.
type Rule = fn(&Subject<'_>) -> Vec<Diagnostic>;

const RULES: [Rule; 6] = [
    addresses::check,
    links::check,
    anchors::check,
    pictures::check,
    references::check,
    translations::check,
];

/// Runs every rule.
pub fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    RULES.par_iter().flat_map(|rule| rule(subject)).collect()
}

/// Findings of one rule shown for one page.
const SHOWN: usize = 50;

impl Subject<'_> {
    /// Points findings of one page at bytes of the file that each names, which is read once for
    /// all of them.
    fn at(
        &self,
        found: impl Iterator<Item = (Diagnostic, std::ops::Range<usize>)>,
    ) -> Vec<Diagnostic> {
        let mut texts = HashMap::new();
        let pointed = found.take(SHOWN).map(|(diagnostic, span)| {
            let path = diagnostic.path.clone();
            let text = texts
                .entry(path)
                .or_insert_with_key(|path| (self.text_of)(path));
            match text {
                Some(text) => diagnostic.at(text, span),
                None => diagnostic,
            }
        });
        pointed.collect()
    }
}

#[cfg(test)]
mod tests;
