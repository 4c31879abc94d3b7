//! What a page's own text shows to be wrong with it, gathered while it is read.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Text;
use crate::text;

/// Findings of one code shown for one page. A slip that an author makes everywhere is said a
/// few times, and a huge file of nothing but slips still takes time in proportion to its size.
const SHOWN: usize = 50;

/// The findings of one page.
pub(in crate::content) struct Findings<'a> {
    path: &'a str,
    text: &'a str,
    list: Vec<Diagnostic>,
    counts: Vec<(&'static str, usize)>,
}

impl<'a> Findings<'a> {
    pub(in crate::content) fn new(path: &'a str, text: &'a str) -> Self {
        Self {
            path,
            text,
            list: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Notes a warning at the bytes `span` of the file. The message is made only where it is
    /// shown; `more` adds a hint or a mend to it.
    pub(in crate::content) fn warn(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl FnOnce() -> Text,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let place = self.counts.iter().position(|(known, _)| *known == code);
        let place = place.unwrap_or_else(|| {
            self.counts.push((code, 0));
            self.counts.len() - 1
        });
        let count = &mut self.counts[place].1;
        *count += 1;
        if *count > SHOWN {
            return;
        }
        let diagnostic = Diagnostic::warning(code, self.path, message());
        self.list.push(more(diagnostic.at(self.text, span)));
    }

    /// Notes what is no slip, or was found elsewhere.
    pub(in crate::content) fn add(&mut self, found: Diagnostic) {
        self.list.push(found);
    }

    /// All of them; where some were not shown, a note says how many.
    pub(in crate::content) fn finish(mut self) -> Vec<Diagnostic> {
        for (code, count) in self.counts {
            if count > SHOWN {
                let more = count - SHOWN;
                let message = text!(
                    "这一页还有 {more} 处同样的问题",
                    "this page has {more} more of these"
                );
                let mut note = Diagnostic::warning(code, self.path, message);
                note.severity = Severity::Note;
                self.list.push(note);
            }
        }
        self.list
    }
}
