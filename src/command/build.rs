//! `inkstone build`: content/ + themes/ → public/.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use inkstone::diagnostic::{Counts, Failure};
use inkstone::memo::Memo;
use inkstone::output::Output;
use inkstone::publish::folder::Staging;
use inkstone::{load, render, render_site, text};
use serde_json::json;

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// A build that is over sooner draws no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// Builds the site; the old one is replaced only by a complete new one.
pub fn run(common: &Common, report: &Report) -> Result<Verdict, Failure> {
    let start = Instant::now();
    let place = Place::find(common)?;
    let loaded = load(&place.request(common), &Memo::default())?;
    report.findings(&loaded.diagnostics);
    if !loaded.is_publishable(common.strict) {
        report.sum_up(&loaded.diagnostics);
        report.say(&text!(
            "没有生成；`{0}` 里的旧网站原样未动",
            "nothing was built; the old site in `{0}` is as it was",
            place.output.display()
        ));
        return Ok(Verdict::Findings);
    }
    let staging = Staging::new(&place.output)?;
    let output = Output::staged(staging.folder())?;
    let bar = progress_bar(report);
    let progress = |done: usize, of: usize| {
        if start.elapsed() > PATIENCE {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    };
    let drawn = render_site(&place.root, &loaded, &output, &progress);
    bar.finish_and_clear();
    drawn?;
    staging.publish()?;
    let (files, bytes) = output.size();
    let pages = loaded.site.articles().count();
    let sections = render::sections(&loaded.site);
    let seconds = start.elapsed().as_secs_f64();
    if report.json {
        report.json_line(&json!({
            "pages": pages,
            "sections": sections,
            "files": files,
            "bytes": bytes,
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "diagnostics": Counts::of(&loaded.diagnostics),
        }));
    }
    report.sum_up(&loaded.diagnostics);
    let megabytes = bytes as f64 / 1e6;
    report.say(&text!(
        "{pages} 页、{sections} 节 → {0}（{files} 个文件，{megabytes:.1} MB），用时 {seconds:.2} 秒",
        "pages: {pages}, sections: {sections} → {0} ({files} files, {megabytes:.1} MB) in {seconds:.2} s",
        place.output.display()
    ));
    Ok(Verdict::Clean)
}

fn progress_bar(report: &Report) -> ProgressBar {
    let target = if report.is_chatty() && !report.json {
        // Draws only when stderr is a terminal.
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {elapsed}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
