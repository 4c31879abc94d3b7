//! What `build --timings` says: three tables, and a trace for chrome://tracing and Perfetto.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Duration;

use inkstone::diagnostic::Error;
use inkstone::language::{Language, Text};
use inkstone::observer::Profile;
use inkstone::{cache, text};
use serde_json::json;

use crate::report::Report;

/// Rows of templates and of pages.
const DEAREST: usize = 10;
/// Where the trace lies, beside what else a build notes.
const FILE: &str = "timings.json";

/// Tells where the time went, and writes the trace.
///
/// # Errors
/// When the trace cannot be written.
pub fn tell(profile: &Profile, root: &Path, report: &Report) -> Result<(), Error> {
    if report.json {
        print(profile, report);
    } else {
        report.say(&Text {
            zh: tables(profile, Language::Chinese),
            en: tables(profile, Language::English),
        });
    }
    let folder = root.join(cache::FOLDER);
    let path = folder.join(FILE);
    let failed = |error| Error::write(&path, error);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    profile.write_trace(BufWriter::new(file)).map_err(failed)?;
    report.say(&text!(
        "时间线在 `{0}`，用 https://ui.perfetto.dev 或 chrome://tracing 打开",
        "the timeline is in `{0}`; open it with https://ui.perfetto.dev or chrome://tracing",
        path.display()
    ));
    Ok(())
}

/// The rows as JSON lines.
fn print(profile: &Profile, report: &Report) {
    let seconds = |time: Duration| time.as_micros() as f64 / 1e6;
    for stage in profile.stages() {
        report.json_line(&json!({
            "stage": stage.stage.key(),
            "seconds": seconds(stage.wall),
            "thread_seconds": seconds(stage.threads),
            "count": stage.count,
        }));
    }
    for template in profile.templates().iter().take(DEAREST) {
        report.json_line(&json!({
            "template": template.name,
            "thread_seconds": seconds(template.threads),
            "count": template.count,
            "longest": seconds(template.longest),
        }));
    }
    for page in profile.pages().iter().take(DEAREST) {
        report.json_line(&json!({
            "page": page.name,
            "thread_seconds": seconds(page.total()),
            "parse": seconds(page.parse),
            "index": seconds(page.index),
            "draw": seconds(page.draw),
        }));
    }
}

/// A row: its numbers, then what they are of.
type Row = (Vec<String>, String);

/// The rows for people. Names come last, so that only headings need to be aligned.
fn tables(profile: &Profile, language: Language) -> String {
    let seconds = |time: Duration| format!("{:.3}", time.as_secs_f64());
    let millis = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1e3);
    let stages = profile.stages();
    let all = stages.iter().map(|stage| stage.threads).sum::<Duration>();
    let share = |time: Duration| {
        let share = 100.0 * time.as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE);
        format!("{share:.1}")
    };
    let stages = stages.iter().map(|cost| {
        let numbers = vec![
            seconds(cost.wall),
            seconds(cost.threads),
            share(cost.threads),
            cost.count.to_string(),
        ];
        (numbers, cost.stage.name().get(language).to_owned())
    });
    let templates = profile.templates();
    let templates = templates.iter().take(DEAREST).map(|cost| {
        let count = cost.count.max(1) as u32;
        let numbers = vec![
            seconds(cost.threads),
            cost.count.to_string(),
            millis(cost.threads / count),
            millis(cost.longest),
        ];
        (numbers, cost.name.clone())
    });
    let pages = profile.pages();
    let pages = pages.iter().take(DEAREST).map(|cost| {
        let numbers = [cost.total(), cost.parse, cost.index, cost.draw];
        (numbers.map(millis).to_vec(), cost.name.clone())
    });
    let parts = [
        (
            [
                text!("历时（秒）", "wall (s)"),
                text!("各线程合计（秒）", "all threads (s)"),
                text!("占比（%）", "share (%)"),
                text!("次数", "times"),
                text!("阶段", "stage"),
            ],
            stages.collect::<Vec<Row>>(),
        ),
        (
            [
                text!("合计（秒）", "total (s)"),
                text!("次数", "times"),
                text!("平均（毫秒）", "mean (ms)"),
                text!("最长（毫秒）", "longest (ms)"),
                text!("最费时的模板", "dearest templates"),
            ],
            templates.collect(),
        ),
        (
            [
                text!("合计（毫秒）", "total (ms)"),
                text!("解析（毫秒）", "parse (ms)"),
                text!("索引（毫秒）", "index (ms)"),
                text!("生成（毫秒）", "draw (ms)"),
                text!("最费时的页面", "dearest pages"),
            ],
            pages.collect(),
        ),
    ];
    let tables = parts.iter().filter(|(_, rows)| !rows.is_empty());
    let tables = tables.map(|(heads, rows)| table(heads, rows, language));
    tables.collect::<Vec<_>>().join("\n")
}

fn table(heads: &[Text; 5], rows: &[Row], language: Language) -> String {
    let heads = heads.each_ref().map(|head| head.get(language));
    // What is not ASCII in these headings is as wide as two letters.
    let width = |text: &str| text.chars().map(|c| 1 + usize::from(!c.is_ascii())).sum();
    let widths = heads[..4].iter().enumerate().map(|(column, head)| {
        let numbers = rows.iter().map(|(numbers, _)| numbers[column].len());
        numbers.chain([width(head)]).max().unwrap_or_default()
    });
    let widths = widths.collect::<Vec<usize>>();
    let heads_row = (
        heads[..4].iter().map(|head| (*head).to_owned()).collect(),
        heads[4].to_owned(),
    );
    let mut table = String::new();
    for (numbers, name) in std::iter::once(&heads_row).chain(rows) {
        for (number, &room) in numbers.iter().zip(&widths) {
            let padding = room.saturating_sub(width(number));
            table.push_str(&" ".repeat(padding));
            table.push_str(number);
            table.push_str("  ");
        }
        table.push_str(name);
        table.push('\n');
    }
    table
}
