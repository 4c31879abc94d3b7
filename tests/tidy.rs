//! Keeps the house: imports run downwards only, files stay small, the README's links lead
//! somewhere, both READMEs show the same commands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each module of the library may import, lowest first.
const MAY_IMPORT: [(&str, &[&str]); 21] = [
    ("accent", &[]),
    ("cache", &[]),
    ("compress", &[]),
    ("language", &[]),
    ("diagnostic", &["language"]),
    ("observer", &["language"]),
    ("settings", &["diagnostic", "language"]),
    ("hash", &[]),
    ("output", &["diagnostic", "hash"]),
    ("folder", &["output"]),
    ("source", &["diagnostic", "folder", "output"]),
    ("scan", &["diagnostic", "output", "source"]),
    (
        "manifest",
        &["cache", "diagnostic", "folder", "output", "scan"],
    ),
    ("config", &["accent", "compress", "diagnostic", "settings"]),
    (
        "content",
        &[
            "cache",
            "diagnostic",
            "hash",
            "language",
            "settings",
            "source",
        ],
    ),
    (
        "reader",
        &[
            "cache",
            "content",
            "diagnostic",
            "hash",
            "observer",
            "output",
            "source",
        ],
    ),
    ("check", &["content", "diagnostic", "language"]),
    (
        "theme",
        &["diagnostic", "hash", "language", "settings", "source"],
    ),
    (
        "render",
        &[
            "cache",
            "compress",
            "content",
            "diagnostic",
            "hash",
            "language",
            "observer",
            "output",
            "theme",
        ],
    ),
    ("publish", &["diagnostic", "output"]),
    // The preview is a caller of the library, like the program; `root` is lib.rs itself.
    (
        "preview",
        &[
            "content",
            "diagnostic",
            "language",
            "observer",
            "output",
            "render",
            "scan",
            "root",
        ],
    ),
];

/// Longest a source file may be before it holds more than one thing.
const LINES: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter();
    let paths = walk.map(|entry| entry.unwrap().into_path());
    paths
        .filter(|path| path.extension().is_some_and(|ext| ext == extension))
        .collect()
}

/// The first name of every `crate::name` in a file, `crate::{a, b}` taken apart, tests left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let group = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split('}').next());
        for name in group
            .unwrap_or(rest)
            .split(',')
            .take(if group.is_some() { 99 } else { 1 })
        {
            let end = name
                .trim()
                .find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let name = name.trim();
            names.insert(name[..end.unwrap_or(name.len())].to_owned());
        }
    }
    names
}

#[test]
fn imports_run_downwards() {
    let allowed = MAY_IMPORT.into_iter().collect::<BTreeMap<_, _>>();
    let src = root().join("src");
    let own = ["main", "cli", "report", "command", "lib"];
    let mut faults = Vec::new();
    for path in files(&src, "rs") {
        let relative = path.strip_prefix(&src).unwrap().to_str().unwrap();
        let module = relative.split(['/', '.']).next().unwrap();
        // A test may build what it needs from anywhere.
        if own.contains(&module) || relative.ends_with("tests.rs") {
            continue;
        }
        let allowed = allowed
            .get(module)
            .unwrap_or_else(|| panic!("{module}: not in the table"));
        for name in imports(&std::fs::read_to_string(&path).unwrap()) {
            let target = match name.as_str() {
                "text" => "language",
                name if MAY_IMPORT.iter().any(|(known, _)| *known == name) => name,
                _ => "root",
            };
            if target != module && target != "language" && !allowed.contains(&target) {
                faults.push(format!("src/{relative} imports crate::{name}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_table_itself_runs_downwards() {
    let mut seen = BTreeSet::from(["root"]);
    for (module, imports) in MAY_IMPORT {
        for import in imports {
            assert!(seen.contains(import), "{module} → {import}");
        }
        seen.insert(module);
    }
}

#[test]
fn the_search_crate_knows_nothing_of_ours() {
    for path in files(&root().join("search"), "rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("inkstone::"), "{}", path.display());
    }
}

#[test]
fn files_stay_small_and_say_what_they_are_for() {
    let mut faults = Vec::new();
    for folder in ["src", "search/src", "tests"] {
        for path in files(&root().join(folder), "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let shown = path.strip_prefix(root()).unwrap().display();
            if text.lines().count() > LINES {
                faults.push(format!("{shown}: more than {LINES} lines"));
            }
            if !text.starts_with("//!") {
                faults.push(format!("{shown}: does not open with what it is for"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn both_readmes_lead_somewhere_and_show_the_same_commands() {
    let mut commands = Vec::new();
    for name in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        // What stands in code blocks is an example.
        let prose = text.split("```").step_by(2).collect::<String>();
        for part in prose.split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap();
            let local = !target.is_empty() && !target.contains("://");
            assert!(!local || root().join(target).exists(), "{name}: {target}");
        }
        let blocks = text.split("```sh\n").skip(1);
        let blocks = blocks.map(|block| block.split("```").next().unwrap().to_owned());
        let lines = blocks.flat_map(|block| {
            let lines = block
                .lines()
                .map(|line| line.split(" #").next().unwrap().trim().to_owned());
            lines.collect::<Vec<_>>()
        });
        commands.push(lines.collect::<Vec<_>>());
    }
    assert_eq!(commands[0], commands[1]);
}
