//! Real input: 1,584 Markdown files of statutes and cases, none written for Inkstone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::{Site, laws, run};

const SETTINGS: &str = "[site]\ntitle = \"法律知识库\"\n\n\
    [[collections]]\ndir = \".\"\nkind = \"policy\"\n\n\
    [[collections]]\ndir = \"案例\"\nkind = \"case\"\n";

/// How many lines of the corpus begin an article, counted by another program than ours:
/// `第…条` or `第…条之…` at the start of a line with white space behind it.
fn count_articles(folder: &std::path::Path) -> usize {
    let files = support::read_folder(folder).into_iter();
    let files = files.filter(|(path, _)| path.ends_with(".md") && !path.starts_with("案例/"));
    let lines = files.map(|(_, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let articles = text.lines().filter(|line| {
            let Some(rest) = line.strip_prefix('第') else {
                return false;
            };
            let numerals = "一二三四五六七八九十百千零〇两";
            let rest = rest.trim_start_matches(|c| numerals.contains(c));
            let Some(rest) = rest.strip_prefix('条') else {
                return false;
            };
            let rest = match rest.strip_prefix('之') {
                Some(sub) => sub.trim_start_matches(|c| numerals.contains(c)),
                None => rest,
            };
            rest.starts_with(char::is_whitespace)
        });
        articles.count()
    });
    lines.sum()
}

/// The laws as a site, or nothing where they are not beside.
fn site() -> Option<Site> {
    let laws = laws()?;
    let site = Site::new(&[("site.toml", SETTINGS)]);
    std::fs::remove_dir(site.path("content")).unwrap();
    std::os::unix::fs::symlink(laws.canonicalize().unwrap(), site.path("content")).unwrap();
    Some(site)
}

#[test]
fn the_laws_build_without_an_error_twice_the_same() {
    let (Some(laws), Some(site)) = (laws(), site()) else {
        return;
    };
    let ended = site.run(&["build", "--json"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let summary = ended.json().pop().unwrap();
    let public = site.public();
    let pages = public
        .keys()
        .filter(|path| path.ends_with("/index.html"))
        .count();
    assert!(pages >= 1_584, "{pages}");
    // Every article has its anchor, and none is made of anything else.
    let anchors = public
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(_, bytes)| {
            String::from_utf8_lossy(bytes)
                .matches("<p class=\"article\" id=\"art-")
                .count()
        });
    let anchors = anchors.sum::<usize>();
    let expected = count_articles(&laws);
    assert_eq!(anchors, expected);
    assert!(summary["sections"].as_u64().unwrap() as usize >= anchors);
    lands_on_articles(&site);
    site.run(&["build", "--jobs", "1"]);
    assert!(public == site.public(), "two builds differ");
}

fn lands_on_articles(site: &Site) {
    let root = site.root().to_str().unwrap();
    // One character too many, as people type.
    let hits = run(["search", "个人体工商户 债务", "--root", root, "--json"]).json();
    let on_article = |hit: &serde_json::Value| hit["url"].as_str().unwrap().contains("#art-");
    assert!(!hits.is_empty() && hits.iter().all(on_article), "{hits:#?}");
    for (query, source, section) in [
        ("个体工商户 债务", "民法典/总则.md", "第五十六条"),
        (
            "见义勇为 紧急救助 不承担民事责任",
            "民法典/总则.md",
            "第一百八十四条",
        ),
    ] {
        let hits = run(["search", query, "--root", root, "--json"]).json();
        let hit = hits
            .iter()
            .find(|hit| hit["source"] == source && hit["section"] == section);
        assert!(hit.is_some(), "{query}: {hits:#?}");
    }
}
