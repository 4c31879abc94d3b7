//! Every form of query, end to end.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod support;

use inkstone_search::{FolderSearcher, Match, Query, Sort, Suggested};
use support::{ROWS, check, first, pack, pack_of, query, search, write};

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
    check("民法典1079条", "民法典", "第一千零七十九条");
    check("民法典一千零七十九条", "民法典", "第一千零七十九条");
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
        (Match::Exact, "第五十六条")
    );
    // What is no longer in force comes after it, and both before what holds only all parts.
    assert_eq!((hits[1].matching, hits[1].in_force), (Match::Exact, false));
    assert!(hits[2..].iter().all(|hit| hit.matching != Match::Exact));
    let quoted = search("“个体工商户”");
    assert!(quoted.iter().all(|hit| hit.matching == Match::Exact));
    assert_eq!(quoted.len(), 3);
    let without = search("个体工商户 -字号");
    assert!(without.iter().all(|hit| hit.section != "第五十四条"));
}

/// Pages of which each has all pairs of 甲乙丙丁, and every third the string itself.
const SCATTERED: usize = 60;

fn scattered() -> (tempfile::TempDir, FolderSearcher) {
    let rows = (0..SCATTERED).map(|number| {
        let page: &'static str = format!("办法{number}").leak();
        let text = match number % 3 {
            0 => "其中甲乙丙丁相连。",
            _ => "先甲乙，再乙丙，后丙丁。",
        };
        (page, "第一条", text, "policy", "", "")
    });
    let folder = tempfile::tempdir().unwrap();
    let rows = rows.collect::<Vec<_>>();
    write(&support::pack_of(&rows, Default::default()), folder.path());
    let searcher = FolderSearcher::open(folder.path()).unwrap();
    (folder, searcher)
}

#[test]
fn quotes_admit_nothing_else_however_deep() {
    let (_folder, mut searcher) = scattered();
    for group in [0, 3] {
        let asked = Query {
            limit: 100,
            group,
            ..query("\"甲乙丙丁\"")
        };
        let results = searcher.search(&asked).unwrap();
        assert_eq!(results.total, SCATTERED / 3);
        assert_eq!(results.hits.len(), SCATTERED / 3);
        let exact = |hit: &inkstone_search::Hit| hit.matching == Match::Exact;
        assert!(results.hits.iter().all(exact));
    }
}

#[test]
fn what_is_not_as_typed_is_told_apart() {
    let (_folder, mut searcher) = scattered();
    let mut ask = |offset, limit| {
        let asked = Query {
            limit,
            offset,
            group: 3,
            ..query("甲乙丙丁")
        };
        searcher.search(&asked).unwrap().hits
    };
    let all = ask(0, SCATTERED);
    assert_eq!(all.len(), SCATTERED);
    let first = all
        .iter()
        .position(|hit| hit.matching != Match::Exact)
        .unwrap();
    assert!(first > 0 && all[first..].iter().all(|hit| hit.matching == Match::All));
    // However few are asked for at a time, they continue each other.
    let parts = (0..SCATTERED)
        .step_by(10)
        .flat_map(|offset| ask(offset, 10));
    assert_eq!(parts.collect::<Vec<_>>(), all);
    // Two neighbours that are three characters are not said to be as typed.
    let hits = search("商户商");
    assert!(hits.iter().all(|hit| hit.matching != Match::Exact));
}

#[test]
fn a_latin_word_is_not_found_by_a_few_of_its_letters() {
    assert_eq!(first("seldht"), None);
    check("republi", "清风课堂", "Public Service 公共服务");
    // Nor by all of them, where it is there to be found itself.
    let texts = ["Two notices", "A notice.", "No other time is nice."];
    let rows = texts.map(|text| (text, "1", text, "policy", "", ""));
    let folder = tempfile::tempdir().unwrap();
    write(&support::pack_of(&rows, Default::default()), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let mut found = |text| {
        let hits = searcher.search(&query(text)).unwrap().hits;
        let mut titles: Vec<_> = hits.into_iter().map(|hit| hit.page_title).collect();
        titles.sort();
        titles
    };
    assert_eq!(found("notice"), ["A notice.", "Two notices"]);
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
fn operators_restrict() {
    let urls = |text: &str| -> Vec<String> {
        let hits = search(text).into_iter();
        hits.map(|hit| format!("{} {}", hit.page_title, hit.section))
            .collect()
    };
    let all = |text: &str, page: &str| {
        let found = urls(text);
        assert!(!found.is_empty(), "{text}");
        assert!(
            found.iter().all(|hit| hit.starts_with(page)),
            "{text}: {found:?}"
        );
    };
    all("标题:劳动合同 劳动", "劳动合同法");
    all("标题：民法典 个体工商户", "民法典");
    all("title:公共 服务", "清风课堂");
    all("类型:lesson 墨", "清风课堂");
    all("主题:廉政 墨", "清风课堂");
    // A theme holds those below it.
    all("主题:党的建设 墨", "清风课堂");
    all("年份:2019 债务", "旧办法");
    all("年份:2013-2019 债务", "旧办法");
    all("文号:〔2019〕3号", "旧办法");
    all("状态:已废止 债务", "旧办法");
    all("标题:新办法", "新办法");
    assert_eq!(urls("年份:1900 债务"), [""; 0]);
    assert_eq!(urls("文号:2019 劳动"), [""; 0]);
}

#[test]
fn traditional_and_simplified_are_one() {
    check("勞動合同法第五十四條", "劳动合同法", "第五十四条");
    let hits = search("个体工商户");
    let traditional = hits.iter().find(|hit| hit.page_title == "旧办法").unwrap();
    assert!(
        traditional.snippet.contains("<mark>個體工商戶</mark>"),
        "{}",
        traditional.snippet
    );
}

#[test]
fn pinyin_and_initials() {
    check("laodonghetong", "劳动合同法", "");
    check("ldht", "劳动合同法", "");
    check("minfadian", "民法典", "");
    check("mfd", "民法典", "");
    // What stands in a text in these letters comes first.
    check("public", "清风课堂", "Public Service 公共服务");
}

#[test]
fn mistypings_are_offered_and_still_find() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    for typed in ["正当防为", "正当卫", "正当正防卫"] {
        let results = searcher.search(&query(typed)).unwrap();
        assert_eq!(results.corrected, "正当防卫", "{typed}");
        assert!(results.hits[0].section == "第一条", "{typed}");
    }
    assert_eq!(searcher.search(&query("正当防卫")).unwrap().corrected, "");
}

#[test]
fn what_finds_nothing_says_what_to_drop() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let results = searcher.search(&query("正当防卫 年份:1900")).unwrap();
    assert_eq!(results.total, 0);
    assert_eq!(results.drop.len(), 1);
    let drop = &results.drop[0];
    assert_eq!(
        (drop.text.as_str(), drop.query.as_str()),
        ("年份:1900", "正当防卫")
    );
    assert_eq!(drop.total, 2);
    // Of a string that stands nowhere as it is, the quotes are offered to drop.
    let drop = searcher.search(&query("“正当的防卫”")).unwrap().drop;
    assert_eq!((drop.len(), drop[0].text.as_str()), (1, "“”"));
    assert_eq!((drop[0].query.as_str(), drop[0].total), ("正当的防卫", 2));
    // Words may be what keeps a restriction from holding.
    let drop = searcher.search(&query("年份:2024 砚")).unwrap().drop;
    let texts = drop.iter().map(|drop| (drop.text.as_str(), drop.total));
    assert_eq!(texts.collect::<Vec<_>>(), [("年份:2024", 1), ("砚", 1)]);
    let chosen = Query {
        kinds: vec!["lesson".into()],
        ..query("正当防卫")
    };
    let results = searcher.search(&chosen).unwrap();
    assert_eq!((results.total, results.drop[0].total), (0, 2));
}

#[test]
fn facets_are_counted_as_if_they_were_not_chosen() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let asked = Query {
        facets: true,
        years: vec!["2019".into()],
        ..query("债务")
    };
    let results = searcher.search(&asked).unwrap();
    assert!(results.hits.iter().all(|hit| hit.date.starts_with("2019")));
    let counts = results.facets.unwrap();
    let ids = |counts: &[inkstone_search::Count]| -> Vec<(String, usize)> {
        counts
            .iter()
            .map(|count| (count.id.clone(), count.count))
            .collect()
    };
    assert_eq!(ids(&counts.year), [("2020".into(), 1), ("2019".into(), 1)]);
    assert_eq!(ids(&counts.kind), [("policy".into(), 1)]);
    assert_eq!(ids(&counts.issuer), [("青砚县人民法院".into(), 1)]);
}

#[test]
fn hits_are_grouped_and_sorted() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let asked = Query {
        group: 2,
        ..query("劳动")
    };
    let results = searcher.search(&asked).unwrap();
    assert_eq!((results.pages, results.hits.len()), (1, 2));
    assert_eq!(results.hits[1].more, results.total - 2);
    let rest = Query {
        page: results.hits[0].source.clone(),
        offset: 2,
        ..query("劳动")
    };
    assert_eq!(
        searcher.search(&rest).unwrap().hits.len(),
        results.total - 2
    );
    let newest = Query {
        sort: Sort::Date,
        ..query("正当防卫")
    };
    let dates: Vec<String> = searcher
        .search(&newest)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.date)
        .collect();
    assert_eq!(dates, ["2024-03-01", "2019-03-01"]);
}

#[test]
fn facets_alone_list_pages() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let asked = Query {
        kinds: vec!["policy".into()],
        ..query("")
    };
    let results = searcher.search(&asked).unwrap();
    assert_eq!((results.total, results.pages), (4, 4));
}

#[test]
fn suggestions_lead_to_pages_sections_articles_and_themes() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let mut first = |text: &str| {
        let suggestion = searcher.suggest(text, 6).unwrap().into_iter().next();
        suggestion.map(|found| (found.kind, found.text, found.url))
    };
    let page = (
        Suggested::Page,
        "劳动合同法".into(),
        "pages/0/劳动合同法/".into(),
    );
    assert_eq!(first("劳动"), Some(page.clone()));
    assert_eq!(first("ldht"), Some(page));
    let theme = (
        Suggested::Theme,
        "党风廉政".into(),
        "themes/integrity/".into(),
    );
    assert_eq!(first("廉政"), Some(theme));
    let article = (
        Suggested::Article,
        "第一千零七十九条".into(),
        "pages/0/民法典/#s7".into(),
    );
    assert_eq!(first("民法典1079"), Some(article));
    // What a title holds elsewhere than at its beginning.
    let section = (
        Suggested::Section,
        "Public Service 公共服务".into(),
        "pages/0/清风课堂/#s9".into(),
    );
    assert_eq!(first("共服"), Some(section));
    assert_eq!(first("鼋鼍"), None);
    assert_eq!(first("，"), None);
}

#[test]
fn a_page_is_suggested_once() {
    let rows =
        ["", "第二章 告知内容"].map(|section| ("一次告知办法", section, "正文", "policy", "", ""));
    let folder = tempfile::tempdir().unwrap();
    write(&pack_of(&rows, Default::default()), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let suggestions = searcher.suggest("告知", 6).unwrap().into_iter();
    let found = suggestions.map(|found| (found.kind, found.text));
    let expected = [
        (Suggested::Page, "一次告知办法".to_owned()),
        (Suggested::Section, "第二章 告知内容".to_owned()),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn odd_queries_have_answers() {
    let folder = tempfile::tempdir().unwrap();
    write(&pack(), folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let odd = [
        "劳动".repeat(5_000),
        "\"".repeat(99),
        "<b>&amp;</b> .*+?^${}()|[]\\".into(),
        "\u{0}\u{1}\u{2}\u{7f}".into(),
        "\u{1f600}\u{1f469}\u{200d}".into(),
        "-".into(),
        "标题:".into(),
        "标题:\"".into(),
        "年份:99999999999999999999".into(),
        "-劳动".into(),
    ];
    for text in odd {
        let results = searcher.search(&query(&text)).unwrap();
        for hit in results.hits {
            let bare = hit.snippet.replace("<mark>", "").replace("</mark>", "");
            assert!(!bare.contains('<'), "{text}");
        }
        searcher.suggest(&text, 6).unwrap();
    }
}
