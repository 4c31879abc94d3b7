//! Small sites with one fault each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::*;
use crate::content::edition::Edition;
use crate::content::education_theme::EducationThemes;
use crate::content::kind::Kinds;
use crate::content::page::{Page, Schema};
use crate::source::Source;

fn check(files: &[(&str, &str)]) -> Vec<String> {
    let schema = Schema {
        kinds: Kinds::built_in().unwrap(),
        bindings: Vec::new(),
        education_themes: EducationThemes::default(),
        editions: Edition::only("zh-CN"),
    };
    let texts = files.iter().copied().collect::<HashMap<_, _>>();
    let pages = files.iter();
    let pages =
        pages.map(|(path, text)| Arc::new(Page::parse(&Source::new(*path, *text), &schema).0));
    let site = Site::link(pages.collect(), &schema, Vec::new(), HashSet::new());
    let text_of = |path: &str| texts.get(path).map(|text| (*text).to_owned());
    let subject = Subject {
        site: &site,
        text_of: &text_of,
    };
    let lines = run(&subject).into_iter().map(|found| {
        let json = found.to_json(crate::language::Language::English);
        format!(
            "{}:{}:{} {} {}",
            found.path, json["line"], json["column"], found.code, found.message
        )
    });
    lines.collect()
}

#[test]
fn broken_links_anchors_and_references_point_at_the_target() {
    assert_eq!(
        check(&[
            ("a.md", "见[乙](c.md)和[乙](b.md#x)。\n"),
            ("b.md", "---\n相关政策: [没有]\n---\n正文"),
        ]),
        [
            "a.md:1:6 broken-link there is no page or file `c.md`",
            "a.md:1:16 broken-anchor the target page has no `#x`",
            "b.md:2:8 broken-reference there is no page or file `没有`",
        ]
    );
}

#[test]
fn two_pages_at_one_address() {
    assert_eq!(
        check(&[("a.md", "甲"), ("b.md", "---\nslug: a\n---\n乙")]),
        ["b.md:1:1 duplicate-address the address `a/` is taken by `a.md`"]
    );
    assert_eq!(
        check(&[("search.md", "甲")]),
        ["search.md:1:1 duplicate-address the address `search/` is used by the site itself"]
    );
}

#[test]
fn an_address_that_no_file_can_have() {
    let long = format!(
        "---\nslug: {}\naliases: [{}]\n---\n甲",
        "砚".repeat(86),
        "y".repeat(256)
    );
    assert_eq!(
        check(&[("a.md", &long)]),
        [
            "a.md:1:1 long-address the address `砚砚砚砚砚砚砚砚砚砚砚砚…` has 258 bytes; a file name may have 255",
            "a.md:1:1 long-address the address `yyyyyyyyyyyy…` has 256 bytes; a file name may have 255",
        ]
    );
    let fits = format!("---\nslug: {}\n---\n甲", "砚".repeat(85));
    assert!(check(&[("a.md", &fits)]).is_empty());
}

#[test]
fn a_good_site_has_no_findings() {
    let none: [&str; 0] = [];
    let files = [("a.md", "[乙](b.md#节)"), ("b.md", "## 节\n\n[甲](/a.md)")];
    assert_eq!(check(&files), none);
}
