//! Search over real input: 1,584 Markdown files of statutes and cases, and 1,230 questions that
//! people asked about them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "support/browser.rs"]
mod browser;
#[path = "support/random.rs"]
mod random;

use std::collections::HashMap;

use browser::{Chromium, Server};
use inkstone::Loaded;
use inkstone::Reuse;
use inkstone_search::{FolderSearcher, Query};
use random::Random;
use serde_json::Value;
use support::{Site, laws};

const SETTINGS: &str = "[site]\ntitle = \"法律知识库\"\n\n\
    [[collections]]\ndir = \".\"\nkind = \"policy\"\n\n\
    [[collections]]\ndir = \"案例\"\nkind = \"case\"\n";

/// The laws as a site that is built, or nothing where they are not beside.
fn site() -> Option<Site> {
    let laws = laws()?;
    let site = Site::new(&[("site.toml", SETTINGS)]);
    std::fs::remove_dir(site.path("content")).unwrap();
    std::os::unix::fs::symlink(laws.canonicalize().unwrap(), site.path("content")).unwrap();
    let ended = site.run(&["build", "--quiet"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    Some(site)
}

/// Sections of which any one answers a question: `source` and `section`.
type Group = Vec<(String, String)>;

/// The questions, with the groups of sections that answer them.
fn questions() -> Vec<(String, Vec<Group>)> {
    let path = laws().unwrap().join("../../bench/statute-queries.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let text_of = |value: &Value| value.as_str().unwrap().to_owned();
    let member = |member: &Value| (text_of(&member["source"]), text_of(&member["section"]));
    let questions = text.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let groups = row["gold"].as_array().unwrap().iter();
        let groups = groups.map(|group| group.as_array().unwrap().iter().map(member).collect());
        (text_of(&row["query"]).replace('\n', " "), groups.collect())
    });
    questions.collect()
}

fn searcher(site: &Site) -> FolderSearcher {
    FolderSearcher::open(&site.path("public/search")).unwrap()
}

fn query(text: &str, limit: usize) -> Query {
    Query {
        text: text.to_owned(),
        limit,
        ..Query::default()
    }
}

#[tokio::test]
async fn search_on_the_laws() {
    let Some(site) = site() else {
        return;
    };
    let loaded = site.load(&Reuse::default(), usize::MAX);
    answers_questions(&site);
    titles_come_first(&site, &loaded);
    reads_little(&site);
    let strings = strings(&loaded);
    finds_every_string(&site, &strings);
    let chromium = Chromium::start(1280, 900).await;
    moves_little(&site, &chromium).await;
    agrees_with_the_browser(&site, &chromium, &strings).await;
    chromium.close().await;
}

/// nDCG@10 over the questions: a group counts once, at the best rank of its members; hits that
/// repeat a group found already are passed over.
fn answers_questions(site: &Site) {
    let questions = questions();
    let mut searcher = searcher(site);
    let gain = |rank: usize| 1.0 / (rank as f64 + 1.0).log2();
    let mut sum = 0.0;
    for (text, groups) in &questions {
        let (mut found, mut rank, mut gained) = (Vec::new(), 0, 0.0);
        for hit in searcher.search(&query(text, 30)).unwrap().hits {
            let is_hit = |(source, section): &(String, String)| {
                hit.source == *source && hit.section == *section
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

/// Whoever types a page's title gets that page first; of several with that title, one in force.
fn titles_come_first(site: &Site, loaded: &Loaded) {
    let mut searcher = searcher(site);
    let mut newest: HashMap<&str, String> = HashMap::new();
    for page in &loaded.site.pages {
        let date = page.date.map(|date| date.to_string()).unwrap_or_default();
        let day = newest.entry(&page.title).or_default();
        *day = date.max(std::mem::take(day));
    }
    let mut missed = Vec::new();
    for page in &loaded.site.pages {
        let first = searcher.search(&query(&page.title, 1)).unwrap().hits;
        let is_it = first.first().is_some_and(|hit| {
            hit.page_title == page.title && hit.date == newest[page.title.as_str()]
        });
        if !is_it {
            missed.push(&page.title);
        }
    }
    let (missed, pages) = (missed, loaded.site.pages.len());
    eprintln!("titles that are not first: {} of {pages}", missed.len());
    assert!(missed.len() * 100 <= pages, "{missed:?}");
}

/// What a question reads, `hot.bin` left out: the first of a visit, and one after others.
fn reads_little(site: &Site) {
    let mut visit = searcher(site);
    let (mut rounds, mut cold, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    let hot = std::fs::metadata(site.path("public/search/hot.bin")).unwrap();
    for (text, _) in questions().iter().step_by(12) {
        let mut fresh = searcher(site);
        fresh.search(&query(text, 10)).unwrap();
        rounds.push(fresh.reads().rounds);
        cold.push(fresh.reads().bytes + hot.len() as usize);
        let before = visit.reads().bytes;
        visit.search(&query(text, 10)).unwrap();
        warm.push(visit.reads().bytes - before);
    }
    let median = |mut figures: Vec<usize>| {
        figures.sort_unstable();
        figures[figures.len() / 2]
    };
    let (rounds, cold, warm) = (median(rounds), median(cold), median(warm));
    eprintln!("cold: {cold} bytes in {rounds} rounds; warm: {warm} bytes");
    assert!(rounds <= 3 && cold <= 150_000 && warm <= 30_000);
}

/// Strings of two to twelve characters that stand in a line of a section's text, title or
/// heading, with the section's page and anchor.
fn strings(loaded: &Loaded) -> Vec<(String, String, String)> {
    let mut random = Random::new(20_261_123);
    let mut strings = Vec::new();
    while strings.len() < 1_500 {
        let page = &loaded.site.pages[random.below(loaded.site.pages.len())];
        let sections = &page.text.kept().unwrap().sections;
        if sections.is_empty() {
            continue;
        }
        let section = &sections[random.below(sections.len())];
        let texts = [&page.title, &section.title, &section.text, &section.text];
        let lines = texts[random.below(texts.len())].lines();
        let lines = lines.collect::<Vec<_>>();
        if lines.is_empty() {
            continue;
        }
        let line = lines[random.below(lines.len())].chars().collect::<Vec<_>>();
        let length = 2 + random.below(11);
        if line.len() < length {
            continue;
        }
        let start = random.below(line.len() - length + 1);
        let string = line[start..start + length].iter().collect::<String>();
        // Signs alone are no query, and some signs ask for something else.
        let asks = |c| matches!(c, ':' | '：' | '-' | '－' | '"' | '＂');
        if string.contains(char::is_alphanumeric) && !string.contains(asks) {
            strings.push((string, page.source.clone(), section.anchor.clone()));
        }
    }
    strings
}

fn finds_every_string(site: &Site, strings: &[(String, String, String)]) {
    let mut searcher = searcher(site);
    for (string, source, anchor) in strings {
        let query = Query {
            page: source.clone(),
            ..query(string, usize::MAX)
        };
        let hits = searcher.search(&query).unwrap().hits;
        let found = hits.iter().any(|hit| {
            let (_, end) = hit.url.split_once('#').unwrap_or_default();
            inkstone::content::address::decode(end).as_deref() == Some(anchor)
        });
        assert!(found, "{string:?} of {source}#{anchor}");
    }
}

/// What a first search moves in a browser that has nothing yet, the engine left out.
async fn moves_little(site: &Site, chromium: &Chromium) {
    let mut moved = Vec::new();
    for (text, _) in questions().iter().step_by(60) {
        // A server of its own is an origin of its own: nothing is cached.
        let server = Server::start(site.path("public"));
        chromium.open(&server.url("404.html")).await;
        let text = serde_json::to_string(text).unwrap();
        let found: Value = chromium
            .run(&format!("window.inkstone.search({text})"))
            .await;
        assert!(found["total"].as_u64().unwrap() > 0, "{text}");
        moved.push(server.search_traffic());
    }
    moved.sort_by_key(|(_, bytes)| *bytes);
    let (requests, bytes) = moved[moved.len() / 2];
    eprintln!("cold in Chromium: {requests} requests, {bytes} bytes");
    assert!(bytes <= 150_000, "{moved:?}");
}

/// The same hits, in the same order, with the same snippets: 500 queries of every form.
async fn agrees_with_the_browser(
    site: &Site,
    chromium: &Chromium,
    strings: &[(String, String, String)],
) {
    let mut queries = questions().into_iter().step_by(5).map(|(text, _)| text);
    let mut texts = queries.by_ref().take(240).collect::<Vec<_>>();
    texts.extend(strings.iter().take(246).map(|(text, ..)| text.clone()));
    let forms = [
        "\"正当防卫\"",
        "个体工商户 -债务",
        "标题:劳动合同 试用期",
        "类型:case 解除",
        "年份:2019-2021 监督",
        "民法典第1079条",
        "民法典1079",
        "第五十四条",
        "勞動合同",
        "ldht",
        "laodonghetong",
        "正当防为",
        "劳动合同法",
        "鼋鼍 年份:1900",
    ];
    texts.extend(forms.map(str::to_owned));
    assert_eq!(texts.len(), 500);
    let server = Server::start(site.path("public"));
    chromium.open(&server.url("404.html")).await;
    let mut native = searcher(site);
    for batch in texts.chunks(50) {
        let asked = serde_json::to_string(batch).unwrap();
        let script = format!(
            "(async () => {{ const all = []; for (const text of {asked}) \
             all.push(await window.inkstone.search(text, {{limit: 10}})); return all; }})()"
        );
        let answers: Vec<Value> = chromium.run(&script).await;
        for (text, answer) in batch.iter().zip(answers) {
            let expected = native.search(&query(text, 10)).unwrap();
            let mut expected = serde_json::to_value(&expected).unwrap();
            let mut answer = answer;
            // A score's digits are those of its 32 bits in Rust, of a double in JavaScript.
            for results in [&mut expected, &mut answer] {
                for hit in results["hits"].as_array_mut().unwrap() {
                    let score = hit["score"].as_f64().unwrap();
                    hit["score"] = Value::from(format!("{score:.3}"));
                }
            }
            assert_eq!(answer, expected, "{text}");
        }
    }
    // And what stands anywhere is found there, too.
    for (string, source, anchor) in strings.iter().skip(300).step_by(40) {
        let options = serde_json::json!({ "page": source, "limit": 100_000 });
        let string = serde_json::to_string(string).unwrap();
        let urls: Vec<String> = chromium
            .run(&format!(
                "window.inkstone.search({string}, {options}).then((r) => r.hits.map((h) => h.url))"
            ))
            .await;
        let found = urls.iter().any(|url| {
            let (_, end) = url.split_once('#').unwrap_or_default();
            inkstone::content::address::decode(end).as_deref() == Some(anchor)
        });
        assert!(found, "{string} of {source}#{anchor}");
    }
}
