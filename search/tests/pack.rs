//! Packs end to end: written, read from a folder, damaged, and read in WebAssembly.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use std::path::Path;

use inkstone_search::{
    Engine, FolderSearcher, Hit, Pack, PackOptions, PackWriter, Query, SearchError, Section, Step,
};

/// Page title, section title, text, kind, education theme, date.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    (
        "劳动合同法",
        "",
        "为了完善劳动合同制度，制定本法。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第一章 总则",
        "",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第十条",
        "建立劳动关系，应当订立书面劳动合同。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "劳动合同法",
        "第五十四条",
        "集体合同订立后，应当报送劳动行政部门。\n双方当事人按照国家规定执行。",
        "policy",
        "law",
        "2012-12-28",
    ),
    (
        "民法典",
        "",
        "婚姻家庭受国家保护。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第五十四条",
        "自然人从事工商业经营，经依法登记，为个体工商户。个体工商户可以起字号。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第五十六条",
        "个体工商户的债务，个人经营的，以个人财产承担；家庭经营的，以家庭财产承担。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第一千零七十九条",
        "夫妻一方要求离婚的，可以由有关组织进行调解。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "民法典",
        "第一千零七十九条之二",
        "债务个体，户的工商。",
        "policy",
        "",
        "2020-05-28",
    ),
    (
        "清风课堂",
        "Public Service 公共服务",
        "Ａ股与ＧＢ18030：<b>republic</b> & 的，实。",
        "lesson",
        "integrity",
        "",
    ),
    ("清风课堂", "砚", "墨磨于砚。", "lesson", "integrity", ""),
];

fn pack() -> Pack {
    let mut writer = PackWriter::new(PackOptions::default()).unwrap();
    for (number, (page_title, title, text, kind, theme, date)) in ROWS.iter().enumerate() {
        let themes: &[&str] = if theme.is_empty() { &[] } else { &[theme] };
        let section = Section {
            source: &format!("pages/{page_title}.md"),
            url: &format!("pages/{page_title}/#s{number}"),
            page_title,
            title,
            text,
            kind,
            education_themes: themes,
            date: Some(*date).filter(|date| !date.is_empty()),
        };
        writer.add(&section).unwrap();
    }
    writer.finish().unwrap()
}

fn write(pack: &Pack, folder: &Path) {
    std::fs::create_dir_all(folder.join("chunks")).unwrap();
    for (path, bytes) in &pack.files {
        std::fs::write(folder.join(path), bytes).unwrap();
    }
}

fn query(text: &str) -> Query {
    Query {
        text: text.into(),
        limit: 10,
        ..Query::default()
    }
}

fn search(text: &str) -> Vec<Hit> {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let results = searcher.search(&query(text)).unwrap();
    assert_eq!(results.total, results.hits.len());
    results.hits
}

/// The first hit's page and section.
fn first(text: &str) -> Option<(String, String)> {
    let hit = search(text).into_iter().next()?;
    Some((hit.page_title, hit.section))
}

#[track_caller]
fn check(text: &str, page: &str, section: &str) {
    assert_eq!(first(text), Some((page.into(), section.into())), "{text}");
}

#[test]
fn queries_of_every_form() {
    check("个体工商户的债务", "民法典", "第五十六条");
    check("债务 个体工商户", "民法典", "第五十六条");
    check("家庭经营的债务由谁来承担呢？", "民法典", "第五十六条");
    check("民法典", "民法典", "");
    check("《劳动合同法》", "劳动合同法", "");
    check("总则", "劳动合同法", "第一章 总则");
    check("劳动合同法第五十四条", "劳动合同法", "第五十四条");
    check("民法典第1079条", "民法典", "第一千零七十九条");
    check("民法典1079", "民法典", "第一千零七十九条");
    check("民法典第1079条之二", "民法典", "第一千零七十九条之二");
    check("砚", "清风课堂", "砚");
    check("a股", "清风课堂", "Public Service 公共服务");
    check("GB18030", "清风课堂", "Public Service 公共服务");
    check("ｐｕｂｌｉｃ", "清风课堂", "Public Service 公共服务");
    check("ublic serv", "清风课堂", "Public Service 公共服务");
    check("的，实", "清风课堂", "Public Service 公共服务");
    assert_eq!(first("，。！"), None);
    assert_eq!(first(""), None);
    assert_eq!(first("鼋鼍"), None);
}

#[test]
fn exact_comes_first_and_quotes_admit_nothing_else() {
    let hits = search("个体工商户的债务");
    assert_eq!(
        (hits[0].matching, hits[0].section.as_str()),
        ("exact", "第五十六条")
    );
    assert!(hits[1..].iter().all(|hit| hit.matching != "exact"));
    let quoted = search("“个体工商户”");
    assert!(quoted.iter().all(|hit| hit.matching == "exact"));
    assert_eq!(quoted.len(), 2);
    let without = search("个体工商户 -字号");
    assert!(without.iter().all(|hit| hit.section != "第五十四条"));
}

#[test]
fn snippets_are_marked_and_escaped() {
    let hit = search("republic").remove(0);
    assert_eq!(
        hit.snippet,
        "Ａ股与ＧＢ18030：&lt;b&gt;<mark>republic</mark>&lt;/b&gt; &amp; 的，实。"
    );
}

#[test]
fn filters() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let mut kinds = |kind: &str, theme: &str| {
        let list = |name: &str| {
            if name.is_empty() {
                vec![]
            } else {
                vec![name.to_owned()]
            }
        };
        let query = Query {
            kinds: list(kind),
            education_themes: list(theme),
            ..query("劳动")
        };
        searcher.search(&query).unwrap().total
    };
    assert_eq!(kinds("", ""), 4);
    assert_eq!(kinds("policy", ""), 4);
    assert_eq!(kinds("policy", "law"), 4);
    assert_eq!(kinds("lesson", ""), 0);
    assert_eq!(kinds("", "integrity"), 0);
    assert_eq!(kinds("unknown", ""), 0);
}

#[test]
fn every_string_of_two_characters_is_found() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    for (number, (page, title, text, ..)) in ROWS.iter().enumerate() {
        for part in [page, title, text] {
            let characters: Vec<char> = part.chars().collect();
            for length in [2, 3, 5, 9] {
                for window in characters.windows(length) {
                    let text: String = window.iter().collect();
                    if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                        continue;
                    }
                    let results = searcher
                        .search(&Query {
                            limit: 20,
                            ..query(&text)
                        })
                        .unwrap();
                    let found = results
                        .hits
                        .iter()
                        .any(|hit| hit.url.ends_with(&format!("#s{number}")));
                    assert!(found, "{text:?} of section {number}");
                }
            }
        }
    }
}

#[test]
fn pages_of_hits_continue_each_other() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let mut all = |offset, limit| {
        let query = Query {
            offset,
            limit,
            ..query("法")
        };
        let hits = searcher.search(&query).unwrap().hits;
        hits.into_iter()
            .map(|hit| (hit.rank, hit.url))
            .collect::<Vec<_>>()
    };
    let whole = all(0, 100);
    assert!(whole.len() > 4);
    let mut parts = all(0, 3);
    parts.extend(all(3, 2));
    parts.extend(all(5, 100));
    assert_eq!(parts, whole);
    assert_eq!(all(1000, 10), []);
    assert_eq!(all(usize::MAX, usize::MAX), []);
}

#[test]
fn the_same_sections_give_the_same_bytes() {
    assert!(pack() == pack());
}

#[test]
fn an_empty_pack_finds_nothing() {
    let pack = PackWriter::new(PackOptions::default())
        .unwrap()
        .finish()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(&pack, folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    assert_eq!(searcher.search(&query("劳动")).unwrap().total, 0);
}

#[test]
fn damaged_and_missing_files_are_errors() {
    let pack = pack();
    let file = |name: &str| {
        pack.files
            .iter()
            .find(|(path, _)| path == name)
            .unwrap()
            .1
            .clone()
    };
    let hot = file("hot.bin");
    let version = Engine::open(b"inkhot\0\x00....").err().unwrap();
    assert_eq!(version.code(), "version");
    for at in 16..hot.len() {
        let mut bytes = hot.clone();
        bytes[at] ^= 0x40;
        assert!(Engine::open(&bytes).is_err(), "byte {at}");
        assert!(Engine::open(&hot[..at]).is_err(), "cut at {at}");
    }
    let mut engine = Engine::open(&hot).unwrap();
    let Step::Need(chunks) = engine.search(&query("劳动合同")).unwrap() else {
        panic!("nothing was supplied yet");
    };
    for chunk in chunks {
        let name = engine.chunk_name(chunk).unwrap();
        let good = file(&format!("chunks/{name}.bin"));
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        assert!(matches!(
            engine.supply(chunk, &bad),
            Err(SearchError::Chunk(_))
        ));
        assert!(matches!(
            engine.supply(chunk, &good[1..]),
            Err(SearchError::Chunk(_))
        ));
        engine.supply(chunk, &good).unwrap();
    }
    assert!(engine.supply(u32::MAX, b"").is_err());

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hot.bin"), &hot).unwrap();
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let error = searcher.search(&query("劳动")).unwrap_err();
    assert_eq!(error.code(), "missing");
    assert!(error.to_string().contains("chunks"), "{error}");
}

/// The committed module answers as the native engine does. Left out where there is no
/// node.
#[test]
fn native_and_webassembly_agree() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let queries = [
        "个体工商户的债务",
        "民法典第1079条",
        "劳动 -书面",
        "republic",
        "砚",
        "",
        "\"合同\"",
    ];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine.mjs");
    let mut node = std::process::Command::new("node");
    node.arg(script).arg(folder.path()).args(queries);
    let output = match node.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("left out: there is no node here");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    for (text, line) in queries.iter().zip(lines.lines()) {
        let native = serde_json::to_string(&searcher.search(&query(text)).unwrap()).unwrap();
        assert_eq!(line, native, "{text}");
    }
    assert_eq!(lines.lines().count(), queries.len());
}
