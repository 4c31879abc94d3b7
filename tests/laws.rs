//! Real input: 1,584 Markdown files of statutes and cases, none written for Inkstone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "support/browser.rs"]
mod browser;

use browser::{Chromium, Server};
use serde_json::Value;
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

/// Groups of sections, each a `source` and a `section`.
type Groups = Vec<Vec<(String, String)>>;

/// The questions that people asked about these laws: the query, and groups of sections of which
/// any one answers it.
fn questions() -> Vec<(String, Groups)> {
    let path = laws().unwrap().join("../../bench/statute-queries.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let questions = text.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let groups = row["gold"].as_array().unwrap().iter().map(|group| {
            let members = group.as_array().unwrap().iter();
            members
                .map(|member| (text(&member["source"]), text(&member["section"])))
                .collect()
        });
        (text(&row["query"]).replace('\n', " "), groups.collect())
    });
    questions.collect()
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
    answers_questions(&site);
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

/// nDCG@10 over the questions: a group counts once, at the best rank of its members; hits that
/// repeat a group found already are passed over.
fn answers_questions(site: &Site) {
    let questions = questions();
    let queries = questions
        .iter()
        .map(|(query, _)| query.as_str())
        .collect::<Vec<_>>();
    site.write("queries.txt", queries.join("\n"));
    let batch = site.path("queries.txt");
    let batch = batch.to_str().unwrap();
    let answers = site
        .run(&["search", "--batch", batch, "--json", "--limit", "30"])
        .json();
    assert_eq!(answers.len(), questions.len());
    let gain = |rank: usize| 1.0 / (rank as f64 + 1.0).log2();
    let mut sum = 0.0;
    for ((_, groups), answer) in questions.iter().zip(&answers) {
        let (mut found, mut rank, mut gained) = (Vec::new(), 0, 0.0);
        for hit in answer["hits"].as_array().unwrap() {
            let is_hit = |(source, section): &(String, String)| {
                hit["source"] == **source && hit["section"] == **section
            };
            let group = groups.iter().position(|group| group.iter().any(is_hit));
            if group.is_some_and(|group| found.contains(&group)) {
                continue;
            }
            rank += 1;
            if rank > 10 {
                break;
            }
            if let Some(group) = group {
                found.push(group);
                gained += gain(rank);
            }
        }
        sum += gained / (1..=groups.len().min(10)).map(gain).sum::<f64>();
    }
    let ndcg = sum / questions.len() as f64;
    eprintln!("nDCG@10 over {} questions: {ndcg:.4}", questions.len());
    assert!(ndcg >= 0.404, "nDCG@10 fell to {ndcg:.4}");
}

/// What a first search moves in a browser that has nothing yet, the engine left out.
#[tokio::test]
async fn a_cold_search_moves_little() {
    let Some(site) = site() else {
        return;
    };
    assert_eq!(site.run(&["build", "--quiet"]).status, 0);
    let mut moved = Vec::new();
    let chromium = Chromium::start(1280, 900).await;
    for (query, _) in questions().iter().step_by(60) {
        // A server of its own is an origin of its own: nothing is cached.
        let server = Server::start(site.path("public"));
        chromium.open(&server.url("404.html")).await;
        let query = serde_json::to_string(query).unwrap();
        let found: Value = chromium
            .run(&format!("window.inkstone.search({query})"))
            .await;
        assert!(found["total"].as_u64().unwrap() > 0, "{query}");
        moved.push(server.search_traffic());
    }
    chromium.close().await;
    moved.sort_by_key(|(_, bytes)| *bytes);
    let (requests, bytes) = moved[moved.len() / 2];
    eprintln!(
        "cold search, median of {}: {requests} requests, {bytes} bytes",
        moved.len()
    );
    assert!(bytes <= 400_000, "{moved:?}");
}
