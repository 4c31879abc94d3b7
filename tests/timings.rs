//! `build --timings`: the tables, the JSON lines and the trace tell of one build.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use inkstone::Reuse;
use inkstone::observer::{Observer, Progress, Stage};
use inkstone::output::Output;
use inkstone::render::Indexes;
use inkstone::{ROOM, Request, load, render_site};
use support::Site;

fn site() -> Site {
    let site = Site::new(&[
        (
            "content/policies/办法.md",
            "# 学习办法\n\n第一条 为了学习。\n",
        ),
        (
            "content/lessons/稿.md",
            "---\n草稿: true\n---\n# 稿\n\n未完\n",
        ),
    ]);
    for n in 0..300 {
        let text = format!("# 第{n}课\n\n见[第一条](../policies/办法.md#art-1)，第{n}次。\n");
        site.write(&format!("content/lessons/{n:03}.md"), text);
    }
    site
}

#[test]
fn tables_tell_stages_templates_and_pages() {
    let site = site();
    let ended = site.run(&["build", "--timings", "--strict"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let rows = |ends_with: &str| {
        let lines = ended.stderr.lines();
        let rows = lines.filter(|line| line.trim_end().ends_with(ends_with));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let count_of = |name: &str| {
        let rows = rows(name);
        assert_eq!(rows.len(), 1, "{name}: {}", ended.stderr);
        rows[0].split_whitespace().nth(3).unwrap().to_owned()
    };
    assert_eq!(count_of("  parsing pages"), "302");
    for stage in ["linking pages", "checking", "index: merging terms"] {
        assert_eq!(count_of(stage), "1");
    }
    let lesson = rows("  lesson.html");
    assert_eq!(lesson[0].split_whitespace().nth(1), Some("300"));
    assert!((1..=10).contains(&rows(".html").len()));
    let pages = ended.stderr.split("dearest pages").nth(1).unwrap();
    assert_eq!(
        pages
            .lines()
            .skip(1)
            .take_while(|line| !line.is_empty())
            .count(),
        10
    );
    assert!(ended.stderr.contains("timings.json"));
    assert_eq!(ended.stdout, "");

    let chinese = site.run(&["build", "--timings", "--lang", "zh"]);
    assert!(chinese.stderr.contains("与上次比较"), "{}", chinese.stderr);
    let plain = site.run(&["build"]);
    assert!(!plain.stderr.contains("comparing"), "{}", plain.stderr);
}

#[test]
fn json_has_the_same_rows() {
    let site = site();
    let ended = site.run(&["build", "--timings", "--json"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let lines = ended.json();
    let of = |key: &str| {
        let rows = lines.iter().filter(|line| line.get(key).is_some());
        rows.cloned().collect::<Vec<_>>()
    };
    let stages = of("stage");
    let parse = stages.iter().find(|row| row["stage"] == "parse").unwrap();
    assert_eq!(parse["count"], 302);
    for row in &stages {
        assert!(
            row["seconds"].is_f64() && row["thread_seconds"].is_f64(),
            "{row}"
        );
    }
    let templates = of("template");
    assert!(
        templates
            .iter()
            .any(|row| row["template"] == "lesson.html" && row["count"] == 300)
    );
    let page = &of("page")[..];
    assert_eq!(page.len(), 10);
    assert!(page.is_sorted_by(|a, b| a["thread_seconds"].as_f64() >= b["thread_seconds"].as_f64()));
    // The last line sums up, as without `--timings`.
    assert_eq!(lines.last().unwrap()["pages"], 301);
    assert!(!ended.stderr.contains("parsing pages"), "{}", ended.stderr);
}

#[test]
fn events_of_a_thread_nest_or_follow_each_other() {
    let site = site();
    let ended = site.run(&["build", "--timings", "--quiet"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    let trace = site.read(".inkstone/timings.json");
    let trace: serde_json::Value = serde_json::from_str(&trace).unwrap();
    let mut lanes: BTreeMap<u64, Vec<(i64, i64)>> = BTreeMap::new();
    let mut drawn = 0;
    for event in trace["traceEvents"].as_array().unwrap() {
        assert_eq!(event["pid"], 1);
        let lane = lanes.entry(event["tid"].as_u64().unwrap()).or_default();
        if event["ph"] == "M" {
            assert_eq!(event["name"], "thread_name");
            continue;
        }
        assert_eq!(event["ph"], "X");
        assert!(!event["name"].as_str().unwrap().is_empty());
        drawn += usize::from(event["cat"] == "template" && event["name"] == "lesson.html");
        let nanos = |key: &str| (event[key].as_f64().unwrap() * 1000.0).round() as i64;
        assert!(nanos("dur") >= 0);
        lane.push((nanos("ts"), nanos("ts") + nanos("dur")));
    }
    assert_eq!(drawn, 300);
    assert!(lanes.len() > 1);
    for lane in lanes.values() {
        // Sorted by their start; where two begin at once, the longer comes first.
        let mut around: Vec<i64> = Vec::new();
        for &(start, end) in lane {
            while around.last().is_some_and(|&outer| outer <= start) {
                around.pop();
            }
            assert!(
                around.last().is_none_or(|&outer| end <= outer),
                "{start}..{end}"
            );
            around.push(end);
        }
    }
}

/// What a bar is told of a real build, up to the step that the command itself takes.
#[test]
fn a_bar_covers_the_build_and_only_goes_forward() {
    let site = site();
    let heard = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let listener = Arc::clone(&heard);
    let observer = Observer::default();
    let observer = observer.telling(move |progress| listener.lock().unwrap().push(progress));
    let request = Request {
        root: site.root().to_owned(),
        base_url: None,
        drafts: false,
        room: ROOM,
    };
    let Ok(loaded) = load(&request, &Reuse::default(), &observer) else {
        panic!("no site")
    };
    let parsed = *heard.lock().unwrap().last().unwrap();
    let output = Output::in_memory();
    render_site(
        site.root(),
        &loaded,
        &Indexes::default(),
        &output,
        &observer,
    )
    .unwrap();
    let drawn = *heard.lock().unwrap().last().unwrap();
    observer.done(Stage::Clear, loaded.site.pages.len());
    let heard = heard.lock().unwrap();
    assert!(heard.is_sorted_by_key(|progress| progress.done));
    assert!(heard.is_sorted_by_key(|progress| progress.stage));
    assert!(heard.is_sorted_by_key(|progress| progress.files));
    assert!(heard.iter().all(|progress| progress.of == heard[0].of));
    // One step at least for each page read, indexed and drawn.
    assert!(heard.len() > 900, "{}", heard.len());
    assert!(parsed.done > 0 && parsed.done < drawn.done && drawn.done < drawn.of);
    let stages = [Stage::Parse, Stage::Draw, Stage::Terms];
    for stage in stages {
        assert!(heard.iter().any(|progress| progress.stage == stage));
    }
    let last = heard.last().unwrap();
    assert_eq!(last.done, last.of);
    assert_eq!(last.files, output.size().0);
}
