//! `inkstone themes`: which education themes every page has, and why.

use inkstone::Reuse;
use inkstone::content::education_theme::Origin;
use inkstone::diagnostic::Failure;
use inkstone::language::Text;
use inkstone::observer::Observer;
use inkstone::{load, text};
use serde_json::json;

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// One line a page.
pub fn run(common: &Common, report: &Report) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let loaded = load(
        &place.request(common),
        &Reuse::default(),
        &Observer::default(),
    )?;
    let tree = loaded.site.education_themes.all();
    for page in loaded
        .site
        .articles()
        .map(|place| &loaded.site.pages[place])
    {
        let assigned = page.education_themes.iter();
        if report.json {
            let themes = assigned.map(|assigned| {
                json!({
                    "id": tree[assigned.theme].id,
                    "origin": assigned.origin,
                    "score": assigned.score,
                    "evidence": assigned.evidence,
                })
            });
            let themes = themes.collect::<Vec<_>>();
            report.json_line(&json!({"source": page.source, "themes": themes}));
            continue;
        }
        report.line(&page.source);
        if page.education_themes.is_empty() {
            let none: Text = text!("没有主题", "no theme");
            report.line(&format!("    {}", none.get(report.language)));
        }
        for assigned in assigned {
            let name = &tree[assigned.theme].name;
            let why: Text = match assigned.origin {
                Origin::Declared => text!("{name}：作者写明", "{name}: declared"),
                Origin::Inferred => text!(
                    "{name}：推断，{1:.2}（{0}）",
                    "{name}: inferred, {1:.2} ({0})",
                    assigned.evidence.join("，"),
                    assigned.score
                ),
            };
            report.line(&format!("    {}", why.get(report.language)));
        }
    }
    let errors = loaded.diagnostics.iter();
    let errors = errors.filter(|d| d.severity == inkstone::diagnostic::Severity::Error);
    let errors = errors.cloned().collect::<Vec<_>>();
    if errors.is_empty() {
        return Ok(Verdict::Clean);
    }
    Err(Failure::Findings(errors))
}
