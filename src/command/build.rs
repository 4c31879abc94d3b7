//! `inkstone build`: content/ + themes/ → public/.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use inkstone::diagnostic::{Counts, Diagnostic, Failure};
use inkstone::manifest::{self, Manifest};
use inkstone::memo::Memo;
use inkstone::output::{Before, Gate, Output, State};
use inkstone::publish::folder::Staging;
use inkstone::{CONTENT, Request, config, load, render, render_site, text};
use serde_json::json;

use super::{Place, interrupt};
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// A build that is over sooner draws no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// Builds the site; the old one is replaced only by a complete new one.
pub fn run(common: &Common, report: &Report) -> Result<Verdict, Failure> {
    let start = Instant::now();
    let place = Place::find(common)?;
    let bar = progress_bar(report);
    let gate = Gate::default();
    give_up_when_asked(gate.clone(), bar.clone(), report.clone());
    let request = place.request(common);
    let inputs = inputs(&request);
    let before = Manifest::read(&place.root, &place.output);
    let is_same = |before: &&Manifest| inputs.is_some() && before.inputs == inputs;
    let same = before.as_ref().filter(is_same);
    let same = same.filter(|before| before.holds(&place.output));
    if let Some(before) = same.filter(|before| !before.has_findings) {
        sum_up(report, &place, before, &[], start, true);
        return Ok(Verdict::Clean);
    }
    let loaded = load(&request, &Memo::default())?;
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
    if let Some(before) = same {
        sum_up(report, &place, before, &loaded.diagnostics, start, true);
        return Ok(Verdict::Clean);
    }
    let staging = Staging::new(&place.output, gate.clone())?;
    let before = before.map(|before| Before {
        folder: place.output.clone(),
        files: before.files,
    });
    let output = Output::staged(staging.folder(), before, gate)?;
    let progress = |done: usize, of: usize| {
        if start.elapsed() > PATIENCE {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    };
    let drawn = render_site(&place.root, &loaded, &output, &progress);
    bar.finish_and_clear();
    drawn?;
    let replaced = staging.publish()?;
    let built = Manifest {
        inputs,
        pages: loaded.site.articles().count(),
        sections: render::sections(&loaded.site),
        has_findings: !loaded.diagnostics.is_empty(),
        files: output.records(),
    };
    // The site is there; without this, the next build only takes longer.
    if let Err(error) = built.write(&place.root, &place.output) {
        report.say(&error.message);
    }
    replaced.remove()?;
    sum_up(report, &place, &built, &loaded.diagnostics, start, false);
    Ok(Verdict::Clean)
}

/// Ctrl-C leaves everything as it was before.
fn give_up_when_asked(gate: Gate, bar: ProgressBar, report: Report) {
    interrupt::listen(move |status| {
        let say = || {
            bar.finish_and_clear();
            report.say(&text!(
                "已中断，没有生成；旧网站原样未动",
                "interrupted, nothing was built; the old site is as it was"
            ));
        };
        if gate.give_up(say) {
            std::process::exit(status);
        }
        report.say(&text!(
            "新网站已经换上，收尾后结束",
            "the new site is in its place already; finishing"
        ));
    });
}

/// A hash of what the build reads, the program and its flags.
fn inputs(request: &Request) -> Option<[u8; 32]> {
    let program = State::at(&std::env::current_exe().ok()?)?;
    let flags = format!("{program:?} {:?} {}", request.base_url, request.drafts);
    let root = &request.root;
    let roots = [config::FILE, CONTENT, "themes"].map(|name| root.join(name));
    manifest::inputs(&roots, &flags)
}

/// Says what there is now, and whether it was there before.
fn sum_up(
    report: &Report,
    place: &Place,
    built: &Manifest,
    diagnostics: &[Diagnostic],
    start: Instant,
    unchanged: bool,
) {
    let (pages, sections, files) = (built.pages, built.sections, built.files.len());
    let bytes: u64 = built.files.values().map(|file| file.state.size).sum();
    let seconds = start.elapsed().as_secs_f64();
    if report.json {
        report.json_line(&json!({
            "pages": pages,
            "sections": sections,
            "files": files,
            "bytes": bytes,
            "seconds": (seconds * 1000.0).round() / 1000.0,
            "diagnostics": Counts::of(diagnostics),
        }));
    }
    report.sum_up(diagnostics);
    let megabytes = bytes as f64 / 1e6;
    if unchanged {
        return report.say(&text!(
            "没有变化：{pages} 页、{sections} 节仍在 {0}，用时 {seconds:.2} 秒",
            "nothing changed: pages: {pages}, sections: {sections} are in {0}, {seconds:.2} s",
            place.output.display()
        ));
    }
    report.say(&text!(
        "{pages} 页、{sections} 节 → {0}（{files} 个文件，{megabytes:.1} MB），用时 {seconds:.2} 秒",
        "pages: {pages}, sections: {sections} → {0} ({files} files, {megabytes:.1} MB) in {seconds:.2} s",
        place.output.display()
    ));
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
