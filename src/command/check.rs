//! `inkstone check`: everything that is wrong, nothing written.

use inkstone::diagnostic::Failure;
use inkstone::memo::Memo;
use inkstone::{load, text};

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// Reads, links and checks the site.
pub fn run(common: &Common, report: &Report) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let loaded = load(&place.request(common), &Memo::default())?;
    report.findings(&loaded.diagnostics);
    report.sum_up(&loaded.diagnostics);
    if loaded.diagnostics.is_empty() {
        let pages = loaded.site.articles().count();
        report.say(&text!(
            "{pages} 页，没有发现问题",
            "pages: {pages}, nothing found"
        ));
    }
    Ok(match loaded.is_publishable(common.strict) {
        true => Verdict::Clean,
        false => Verdict::Findings,
    })
}
