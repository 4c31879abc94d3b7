//! The examples of CommonMark's own specification and of GitHub's (tables, strikethrough, task
//! lists), as the parser's sources bring them along: what the parser gets right it still does.

use std::path::PathBuf;
use std::process::Command;

use pulldown_cmark::{Options, Parser, html};

use super::*;
use crate::content::markdown::{Input, convert};

const SUITES: [(&str, usize); 4] = [
    ("spec", 652),
    ("gfm_table", 9),
    ("gfm_strikethrough", 3),
    ("gfm_tasklist", 2),
];

/// Where the parser's sources lie.
fn sources() -> Option<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO")?);
    cargo.args(["metadata", "--offline", "--format-version", "1"]);
    let said = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let metadata = serde_json::from_slice::<serde_json::Value>(&said.stdout).ok()?;
    let mut packages = metadata["packages"].as_array()?.iter();
    let parser = packages.find(|package| package["name"] == "pulldown-cmark")?;
    Some(
        PathBuf::from(parser["manifest_path"].as_str()?)
            .with_file_name("tests")
            .join("suite"),
    )
}

/// Each example of a suite: Markdown and the HTML that it stands for.
fn examples(suite: &str) -> Vec<(String, String)> {
    let mut strings = suite
        .split("r##\"")
        .skip(1)
        .filter_map(|part| part.split_once("\"##"));
    let mut examples = Vec::new();
    while let (Some((text, _)), Some((html, _))) = (strings.next(), strings.next()) {
        examples.push((text.to_owned(), html.to_owned()));
    }
    examples
}

fn rendered(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        .union(Options::ENABLE_STRIKETHROUGH)
        .union(Options::ENABLE_TASKLISTS);
    let mut html = String::new();
    html::push_html(&mut html, Parser::new_ext(text, options));
    html
}

/// HTML without what says nothing: blanks, and how signs and empty elements are spelt.
fn bare(html: &str) -> String {
    let html = html
        .replace("&quot;", "\"")
        .replace(" />", ">")
        .replace("/>", ">");
    html.split_whitespace().collect()
}

#[test]
fn what_the_parser_gets_right_stays_right() {
    let Some(folder) = sources() else {
        eprintln!("left out: the parser's sources are not at hand");
        return;
    };
    let (mut passed, mut all) = (0, 0);
    for (suite, count) in SUITES {
        let text = std::fs::read_to_string(folder.join(format!("{suite}.rs"))).unwrap();
        let examples = examples(&text);
        assert_eq!(examples.len(), count, "{suite}");
        for (text, html) in examples {
            all += 1;
            let prepared = Prepared::new(&text, Options::all());
            let has_chinese = text.chars().any(is_cjk);
            assert!(
                has_chinese || matches!(prepared.text, Cow::Borrowed(_)),
                "{text}"
            );
            if bare(&rendered(&text)) == bare(&html) {
                passed += 1;
                let ours = rendered(&prepared.text);
                assert_eq!(bare(&without_marks(&ours)), bare(&html), "{text}");
            }
            // And nothing in them upsets the whole path.
            let (body, _) = convert(&Input::of(&text));
            assert_eq!(body.holes.len(), body.links.len(), "{text}");
        }
    }
    eprintln!("{passed} of {all} examples");
    assert!(passed >= 650, "{passed} of {all}");
}
