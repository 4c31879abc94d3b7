//! Search as readers meet it, in a real Chromium: every form of query, the search page, the box.
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
#[path = "support/sites.rs"]
mod sites;

use browser::{Chromium, Server};
use sites::{click, example, large, search};

/// Query, the first hit's file and section, and how it matches.
const FORMS: &str = r#"
告知清单 | policies/一次性告知办法.md | 第四条 | exact
复述 大字版材料 | policies/一次性告知办法.md | 第七条 | exact
告知清单 鼋鼍 | policies/一次性告知办法.md | 第四条 | most
"告知清单" | policies/一次性告知办法.md | 第四条 | exact
“告知清单” | policies/一次性告知办法.md | 第四条 | exact
标题:一次性告知 清单 | policies/一次性告知办法.md | 第四条 | exact
title:一次性告知 清单 | policies/一次性告知办法.md | 第四条 | exact
主题:诉讼服务 清单 | policies/一次性告知办法.md | 第四条 | exact
theme:service 清单 | policies/一次性告知办法.md | 第四条 | exact
类型:课程 清单 | lessons/师傅领进门.md | 带徒弟，也带人 | exact
kind:lesson 清单 | lessons/师傅领进门.md | 带徒弟，也带人 | exact
文号:〔2025〕3号 清单 | policies/一次性告知办法.md | 第四条 | exact
number:青法示〔2025〕3号 清单 | policies/一次性告知办法.md | 第四条 | exact
年份:2026 清单 | lessons/师傅领进门.md | 带徒弟，也带人 | exact
year:2026-2027 清单 | lessons/师傅领进门.md | 带徒弟，也带人 | exact
机关:政治部 清单 | policies/导师带徒实施办法.md | 第四条 | exact
status:已废止 | policies/学习教育学分管理办法（试行）.md |  | title
一次性告知办法第四条 | policies/一次性告知办法.md | 第四条 | title
一次性告知办法第4条 | policies/一次性告知办法.md | 第四条 | title
一次性告知办法4 | policies/一次性告知办法.md | 第四条 | title
第九条之一 | policies/干警廉洁自律若干规定.md | 第九条之一 | title
告知清單 | policies/一次性告知办法.md | 第四条 | exact
ＭＡＲＫＤＯＷＮ | guide/Markdown写法示例.md |  | exact
markdow | guide/Markdown写法示例.md |  | exact
yicixinggaozhi | policies/一次性告知办法.md | 第一章 总则 | title
ycxgz | policies/一次性告知办法.md | 第一章 总则 | title
jiafengjianshe | cases/一封退回的感谢信.md | 背景 | title
"#;

#[tokio::test]
async fn queries_of_every_form() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("404.html")).await;
    for form in FORMS.trim().lines() {
        let parts = form.split('|').map(str::trim).collect::<Vec<_>>();
        let results = search(&chromium, parts[0]).await;
        let hit = &results["hits"][0];
        let found = ["source", "section", "match"].map(|part| hit[part].as_str().unwrap());
        assert_eq!(found, parts[1..], "{form}");
    }
    // As typed, then all of it in other places, then some.
    let hits = search(&chromium, "告知清单").await["hits"].take();
    let matches = [&hits[0], &hits[1], &hits[2]].map(|hit| hit["match"].as_str().unwrap());
    assert_eq!(matches, ["exact", "all", "most"]);
    let without = search(&chromium, "告知清单 -核对").await;
    let hits = without["hits"].as_array().unwrap().iter();
    let mut places = hits.map(|hit| (hit["source"].as_str(), hit["section"].as_str()));
    let excluded = (Some("policies/一次性告知办法.md"), Some("第四条"));
    assert!(places.all(|place| place != excluded));
    assert!(without["total"].as_u64().unwrap() > 0);
    assert_eq!(search(&chromium, "巡回审盼").await["corrected"], "巡回审判");
    let none = search(&chromium, "清单 年份:1999").await;
    assert_eq!(
        (&none["total"], &none["drop"][0]["text"]),
        (&0.into(), &"年份:1999".into())
    );
    assert_eq!(search(&chromium, "鼋鼍").await["total"], 0);
    chromium.close().await;
}

#[tokio::test]
async fn odd_queries_are_answered_and_never_markup() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("search/")).await;
    // In JavaScript, since not all of these are strings in Rust.
    let answered: Vec<bool> = chromium
        .run(
            "(async () => { const odd = ['学习'.repeat(5000), '\"'.repeat(9999), '，。！', \
             '\\u0000\\u0007\\u007f', '<img src=x onerror=alert(1)>', '.*+?^${}()|[]\\\\', \
             '\\u{1f600}\\u{1f469}\\u200d', '\\ud800学习', '\\udc00', '标题:\"', '-\"学习', '-']; \
             const all = []; for (const text of odd) { \
             const found = await window.inkstone.search(text); \
             await window.inkstone.suggest(text); \
             all.push(Number.isInteger(found.total)); } return all; })()",
        )
        .await;
    assert_eq!(answered, [true; 12]);
    let text = "<img src=x onerror=alert(1)>";
    type_into(&chromium, text).await;
    chromium.until("document.title.includes('<img')").await;
    chromium
        .until("!document.querySelector('[data-answer][aria-busy]')")
        .await;
    let images: usize = chromium
        .run("document.querySelectorAll('main img').length")
        .await;
    assert_eq!(images, 0);
    chromium.close().await;
}

/// Replaces what stands in the search page's box.
async fn type_into(chromium: &Chromium, text: &str) {
    chromium
        .run::<bool>(
            "(() => { const box = document.querySelector('main input[name=q]'); \
             box.focus(); box.select(); return true; })()",
        )
        .await;
    chromium.insert(text).await;
}

async fn address(chromium: &Chromium) -> String {
    chromium
        .run("decodeURIComponent(location.search + location.hash)")
        .await
}

#[tokio::test]
async fn the_search_page_tells_matches_apart_and_offers_ways_out() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("search/")).await;
    type_into(&chromium, "清单 核对").await;
    chromium.until("document.querySelector('.result')").await;
    // What holds but some of the words stands below a line that says so.
    let order: Vec<String> = chromium
        .run(
            "Array.from(document.querySelectorAll('.results > li'), \
             (item) => item.className).filter((name, at, all) => name !== all[at - 1])",
        )
        .await;
    assert_eq!(order, ["result", "results-divider", "result"]);
    type_into(&chromium, "巡回审盼").await;
    let corrected = "document.querySelector('[data-correction]:not([hidden]) a')";
    chromium.until(corrected).await;
    click(&chromium, "[data-correction] a").await;
    chromium
        .until("document.querySelector('main input[name=q]').value === '巡回审判'")
        .await;
    type_into(&chromium, "清单 年份:1999").await;
    chromium
        .until("document.querySelector('[data-drops]:not([hidden]) a')")
        .await;
    let offers: String = chromium
        .run("document.querySelector('[data-drops]').textContent")
        .await;
    assert!(offers.contains("年份:1999"), "{offers}");
    click(&chromium, "[data-drops] a").await;
    chromium.until("document.querySelector('.result')").await;
    assert_eq!(address(&chromium).await, "?q=清单");
    chromium.close().await;
}

#[tokio::test]
async fn filters_and_order_are_in_the_address_and_go_back() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium
        .open(&server.url("search/?q=%E5%AD%A6%E4%B9%A0"))
        .await;
    chromium.until("document.querySelector('.result')").await;
    let status = "document.querySelector('[data-status]').textContent";
    let all: String = chromium.run(status).await;
    click(&chromium, "input[name=kind][value=policy]").await;
    chromium.until(&format!("{status} !== '{all}'")).await;
    click(&chromium, "input[name=year][value=\"2026\"]").await;
    click(&chromium, "input[value=date]").await;
    let wanted = "?q=学习&kind=policy&year=2026&sort=date";
    chromium
        .until(&format!(
            "decodeURIComponent(location.search) === '{wanted}'"
        ))
        .await;
    chromium
        .until(
            "Array.from(document.querySelectorAll('.result time'), (time) => time.dateTime) \
             .every((date, at, all) => date.startsWith('2026') && (at === 0 || date <= all[at - 1]))",
        )
        .await;
    for _ in 0..3 {
        chromium.run::<bool>("(history.back(), true)").await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    chromium.until(&format!("{status} === '{all}'")).await;
    assert_eq!(address(&chromium).await, "?q=学习");
    chromium.run::<bool>("(history.forward(), true)").await;
    chromium.until(&format!("{status} !== '{all}'")).await;
    assert_eq!(address(&chromium).await, "?q=学习&kind=policy");
    chromium.close().await;
}

#[tokio::test]
async fn more_results_join_without_a_jump() {
    let site = large(1);
    let server = Server::start(site.path("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium
        .open(&server.url("search/?q=%E5%85%B1%E6%9C%89%E8%AF%8D%E8%AF%AD"))
        .await;
    chromium
        .until("document.querySelectorAll('.result').length === 10")
        .await;
    let before: f64 = chromium
        .run(
            "(() => { const more = document.querySelector('[data-more]'); \
             more.scrollIntoView({block: 'center'}); const top = scrollY; more.click(); return top; })()",
        )
        .await;
    chromium
        .until("document.querySelectorAll('.result').length === 20")
        .await;
    let after: f64 = chromium.run("scrollY").await;
    assert!((before - after).abs() < 2.0, "{before} {after}");
    let pages: usize = chromium
        .run("new Set(Array.from(document.querySelectorAll('.result h2 a'), (a) => a.href)).size")
        .await;
    assert_eq!(pages, 20);
    chromium.close().await;
}

#[tokio::test]
async fn marks_on_the_page_can_be_taken_away() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium
        .open(&server.url("search/?q=%E5%91%8A%E7%9F%A5%E6%B8%85%E5%8D%95"))
        .await;
    chromium
        .until("document.querySelector('.result-sections a')")
        .await;
    click(&chromium, ".result-sections a").await;
    chromium
        .until("document.querySelector('.found-bar button')")
        .await;
    let marked = "Array.from(document.querySelectorAll('mark.found'), (mark) => mark.textContent)";
    assert!(
        chromium
            .run::<Vec<String>>(marked)
            .await
            .contains(&"告知清单".to_owned())
    );
    let text = "document.querySelector('.page-main').textContent";
    let before: String = chromium.run(text).await;
    click(&chromium, ".found-bar button:last-child").await;
    chromium
        .until("!document.querySelector('mark.found') && !document.querySelector('.found-bar')")
        .await;
    let after: String = chromium.run(text).await;
    assert_eq!(before, after);
    assert_eq!(address(&chromium).await, "#art-4");
    chromium.close().await;
}

#[tokio::test]
async fn the_box_is_a_combobox_by_keyboard_alone() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("")).await;
    let focused = "document.activeElement.name === 'q'";
    let body = chromium.element("body").await;
    body.press_key("/").await.unwrap();
    chromium.until(focused).await;
    let input = chromium.element("input[role=combobox]").await;
    chromium.insert("告知清单").await;
    chromium
        .until("document.querySelector('[role=option] mark')")
        .await;
    let said: String = chromium
        .run("document.querySelector('[data-search-box] [role=status]').textContent")
        .await;
    assert!(
        said.contains('3') || said.chars().any(char::is_numeric),
        "{said}"
    );
    let expanded = "document.querySelector('[role=combobox]').getAttribute('aria-expanded')";
    assert_eq!(chromium.run::<String>(expanded).await, "true");
    input.press_key("ArrowDown").await.unwrap();
    let active: bool = chromium
        .run(
            "(() => { const box = document.querySelector('[role=combobox]'); \
             const option = document.getElementById(box.getAttribute('aria-activedescendant')); \
             return option.getAttribute('aria-selected') === 'true' \
             && document.getElementById(box.getAttribute('aria-controls')).contains(option); })()",
        )
        .await;
    assert!(active);
    input.press_key("Escape").await.unwrap();
    assert_eq!(chromium.run::<String>(expanded).await, "false");
    chromium
        .run::<bool>("(document.activeElement.blur(), true)")
        .await;
    chromium
        .run::<bool>(
            "(document.body.dispatchEvent(new KeyboardEvent('keydown', \
             {key: 'k', ctrlKey: true, bubbles: true, cancelable: true})), true)",
        )
        .await;
    chromium.until(focused).await;
    // What was searched for is remembered here, and forgotten on request.
    input.press_key("Enter").await.unwrap();
    chromium
        .until("location.pathname.includes('/search/')")
        .await;
    chromium.open(&server.url("")).await;
    let input = chromium.element("input[role=combobox]").await;
    input.click().await.unwrap();
    chromium
        .until("document.querySelector('.option.recent')")
        .await;
    click(&chromium, "[data-recent-clear]").await;
    chromium
        .until("!document.querySelector('.option.recent')")
        .await;
    chromium.close().await;
}
