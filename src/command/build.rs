//! `inkstone build`: content/ + themes/ → public/.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use inkstone::Reuse;
use inkstone::diagnostic::{Counts, Diagnostic, Failure};
use inkstone::language::Text;
use inkstone::manifest::{self, Manifest};
use inkstone::observer::{Observer, Stage};
use inkstone::output::{Before, Gate, Output, State};
use inkstone::publish::folder::{self, Staging};
use inkstone::render::Indexes;
use inkstone::scan::Scan;
use inkstone::{CONTENT, Request, config, draw, load_scanned, prepare, render, source, text};
use serde_json::json;

use super::{Place, interrupt, timings};
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// A build that is over sooner draws no bar.
const PATIENCE: Duration = Duration::from_millis(700);
/// How often a bar is drawn when nothing moves.
const TICK: Duration = Duration::from_millis(200);

/// How a build ended.
enum Outcome {
    /// The content has errors; the old site is as it was.
    Refused,
    /// There was nothing to do.
    Unchanged(Manifest),
    /// There is a new site.
    Built(Manifest),
}

/// Builds the site; the old one is replaced only by a complete new one. With `timed`, says where
/// the time went.
pub fn run(common: &Common, timed: bool, report: &Report) -> Result<Verdict, Failure> {
    let start = Instant::now();
    let place = Place::find(common)?;
    let bar = progress_bar(report);
    let observer = match timed {
        true => Observer::default().timing(),
        false => Observer::default(),
    };
    let observer = watched(observer, bar.clone(), report, start);
    let gate = Gate::default();
    give_up_when_asked(gate.clone(), bar.clone(), report.clone());
    let built = build(common, &place, report, &observer, gate);
    bar.finish_and_clear();
    let (outcome, diagnostics) = built?;
    if let Some(profile) = observer.profile() {
        timings::tell(&profile, &place.root, report)?;
    }
    match outcome {
        Outcome::Refused => {
            report.sum_up(&diagnostics);
            report.say(&text!(
                "没有生成；`{0}` 里的旧网站原样未动",
                "nothing was built; the old site in `{0}` is as it was",
                place.output.display()
            ));
            return Ok(Verdict::Findings);
        }
        Outcome::Unchanged(before) => sum_up(report, &place, &before, &diagnostics, start, true),
        Outcome::Built(built) => sum_up(report, &place, &built, &diagnostics, start, false),
    }
    Ok(Verdict::Clean)
}

fn build(
    common: &Common,
    place: &Place,
    report: &Report,
    observer: &Observer,
    gate: Gate,
) -> Result<(Outcome, Vec<Diagnostic>), Failure> {
    let request = place.request(common);
    let comparing = observer.span(Stage::Compare, "");
    folder::finish(&place.output)?;
    let (before, scan) = rayon::join(
        || Manifest::read(&place.root, &place.output),
        || Scan::of(&place.root.join(CONTENT)),
    );
    let scan = scan?;
    let inputs = inputs(&request, &scan);
    let is_same = |before: &Manifest| {
        inputs.is_some() && before.inputs == inputs && before.holds(&place.output)
    };
    let (same, before) = match before {
        Some((before, _)) if is_same(&before) => (Some(before), None),
        before => (None, before),
    };
    drop(comparing);
    if let Some(mut same) = same {
        let found = std::mem::take(&mut same.findings);
        report.findings(&found);
        let outcome = match common.strict && Counts::of(&found).warning > 0 {
            true => Outcome::Refused,
            false => Outcome::Unchanged(same),
        };
        return Ok((outcome, found));
    }
    let program = State::of_program();
    // Much of this is the work of one thread: the others look at what the last build left.
    let (read, left) = rayon::join(
        || {
            let reading = observer.span(Stage::Read, "");
            let reuse = Reuse::kept(&place.root, program);
            drop(reading);
            let loaded = load_scanned(&request, &scan, &reuse, observer)?;
            let editions = prepare(&place.root, &loaded, observer);
            Ok::<_, Failure>((reuse, loaded, editions))
        },
        || {
            let (before, files) = before.as_ref()?;
            let holds = || before.holds(&place.output);
            Some(rayon::join(holds, || files.records()))
        },
    );
    let (reuse, loaded, editions) = read?;
    report.findings(&loaded.diagnostics);
    let keep = || {
        let _recording = observer.span(Stage::Record, "");
        reuse.write(&place.root, program);
    };
    let editions = match (loaded.is_publishable(common.strict), editions) {
        (true, Ok(editions)) => editions,
        (is_publishable, editions) => {
            keep();
            let refused = Ok((Outcome::Refused, loaded.diagnostics));
            return editions
                .err()
                .filter(|_| is_publishable)
                .map_or(refused, Err);
        }
    };
    let staging = Staging::new(&place.output, gate.clone())?;
    let left = before.as_ref().zip(left);
    let left = left.map(|((before, _), (holds, mut files))| {
        if program.is_none() || before.program != program {
            // Another program may make something else of the same.
            files.values_mut().for_each(|file| file.record.from = None);
        }
        let folder = place.output.clone();
        Before {
            folder,
            files,
            holds,
        }
    });
    let output = Output::staged(staging.folder(), left, gate)?;
    let indexes = program.map(|program| Indexes::on_disk(&place.root, program));
    let indexes = indexes.unwrap_or_default();
    let render = || draw(&place.root, &loaded, &editions, &indexes, &output, observer);
    let (rendered, ()) = rayon::join(render, keep);
    rendered?;
    observer.at(Stage::Publish);
    let changes = output.changes();
    let (replaced, (built, packed)) = rayon::join(
        || {
            let _publishing = observer.span(Stage::Publish, "");
            staging.publish(changes.as_ref())
        },
        || {
            let _recording = observer.span(Stage::Record, "");
            let built = Manifest {
                program,
                inputs,
                pages: loaded.site.articles().count(),
                sections: render::sections(&loaded.site),
                findings: loaded.diagnostics.clone(),
                ..Manifest::default()
            };
            let Some((changes, (before, files))) = changes.as_ref().zip(before.as_ref()) else {
                return output.records(|files| {
                    let built = built.of(files);
                    let packed = built.pack(files);
                    (built, packed)
                });
            };
            let built = built.after(before, changes);
            let packed = built.pack_after(files, changes);
            let packed = packed.unwrap_or_else(|| output.records(|files| built.pack(files)));
            (built, packed)
        },
    );
    let replaced = replaced?;
    let recording = observer.span(Stage::Record, "");
    // The site is there; without this, the next build only takes longer.
    if let Err(error) = packed.write(&place.root, &place.output) {
        report.say(&error.message);
    }
    drop(recording);
    observer.at(Stage::Clear);
    let clearing = observer.span(Stage::Clear, "");
    replaced.remove()?;
    drop(clearing);
    observer.done(Stage::Clear, loaded.site.pages.len());
    let diagnostics = loaded.diagnostics.clone();
    // The program ends: what is in many small pieces need not be given back one by one.
    std::mem::forget((loaded, reuse, editions, output));
    Ok((Outcome::Built(built), diagnostics))
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
fn inputs(request: &Request, scan: &Scan) -> Option<[u8; 32]> {
    let program = State::of_program()?;
    let flags = format!("{program:?} {:?} {}", request.base_url, request.drafts);
    let root = &request.root;
    let themes = format!("{CONTENT}/{}", source::EDUCATION_THEMES);
    let roots = [config::FILE, "themes", &themes].map(|name| root.join(name));
    manifest::inputs(scan, &roots, &flags)
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
    let Manifest {
        pages,
        sections,
        files,
        bytes,
        ..
    } = *built;
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

/// A bar on stderr, if that is a terminal and the user wants to be told.
fn progress_bar(report: &Report) -> ProgressBar {
    let target = if report.is_chatty() && !report.json {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(None, target)
}

/// Draws on the bar what the observer sees, once it has seen for long enough.
fn watched(observer: Observer, bar: ProgressBar, report: &Report, start: Instant) -> Observer {
    if bar.is_hidden() {
        return observer;
    }
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3}% {elapsed} {msg}");
    let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
    let language = report.language;
    observer.telling(move |progress| {
        if start.elapsed() < PATIENCE || progress.of == 0 {
            return;
        }
        if bar.length().is_none() {
            bar.set_length(progress.of as u64);
            bar.enable_steady_tick(TICK);
        }
        let Text { zh, en } = progress.stage.name();
        let files = progress.files;
        let message = text!(
            "{zh}（已写 {files} 个文件）",
            "{en} ({files} files written)"
        );
        bar.set_message(message.get(language).to_owned());
        bar.set_position(progress.done as u64);
    })
}
