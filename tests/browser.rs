//! The example site in a real Chromium: over HTTP under a sub-path, and opened by double click.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support {
    pub mod browser;
}

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::browser::{Chromium, Server};

/// Stands in one article of the example site's policies, and in few other places.
const QUERY: &str = "告知清单";

/// The example site, built once more for this test.
fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_inkstone"))
        .args([
            "build",
            "--strict",
            "--root",
            env!("CARGO_MANIFEST_DIR"),
            "--output",
        ])
        .arg(folder.path().join("public"))
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    folder
}

fn file_url(path: &Path) -> String {
    format!("file://{}", path.display())
}

#[tokio::test]
async fn over_http() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    search_and_follow(&chromium, &server.url("")).await;
    chromium.stayed_at(&server.url(""));
    chromium.close().await;
}

#[tokio::test]
async fn opened_by_double_click() {
    let site = example();
    let home = file_url(&site.path().join("public/index.html"));
    let chromium = Chromium::start(1280, 900).await;
    search_and_follow(&chromium, &home).await;
    chromium.stayed_at(&file_url(&site.path().join("public")));
    chromium.close().await;
}

/// Types a query into the box of the home page, follows the first hit by keyboard and lands on
/// its section; the engine is not fetched before.
async fn search_and_follow(chromium: &Chromium, home: &str) {
    chromium.open(home).await;
    let early = chromium
        .requests
        .lock()
        .unwrap()
        .iter()
        .any(|url| url.contains("engine"));
    assert!(!early, "the engine was fetched before anyone searched");
    let input = chromium.element("input[role=combobox]").await;
    input.click().await.unwrap();
    chromium.insert(QUERY).await;
    chromium
        .until("document.querySelector('[role=listbox] [role=option] mark')")
        .await;
    let text: String = chromium
        .run("document.querySelector('[role=listbox] [role=option] mark').textContent")
        .await;
    assert!(QUERY.contains(&text), "{text}");
    let first: Value = chromium
        .run(&format!(
            "window.inkstone.search('{QUERY}', {{limit: 3}}).then((r) => r.hits[0])"
        ))
        .await;
    let anchor = first["url"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned();
    // Suggestions come before the hits.
    for _ in 0..8 {
        input.press_key("ArrowDown").await.unwrap();
        let on_hit: bool = chromium
            .run("document.querySelector('.hit[aria-selected=true]') !== null")
            .await;
        if on_hit {
            break;
        }
    }
    input.press_key("Enter").await.unwrap();
    chromium
        .until(&format!(
            "decodeURIComponent(location.hash) === '#{anchor}'"
        ))
        .await;
    chromium.until("document.readyState === 'complete'").await;
    let lands = format!(
        "(() => {{ const box = document.getElementById('{anchor}').getBoundingClientRect(); \
         return box.top >= 0 && box.top < innerHeight; }})()"
    );
    chromium.until(&lands).await;
    let title: String = chromium
        .run("document.querySelector('h1').textContent.trim()")
        .await;
    assert_eq!(title, first["page_title"]);
}

#[tokio::test]
async fn the_search_page_shares_its_query_and_goes_back() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    let address = server.url("search/?q=%E5%AD%A6%E4%B9%A0");
    chromium.open(&address).await;
    chromium.until("document.querySelector('main mark')").await;
    let shown: String = chromium
        .run("document.querySelector('main input[type=search]').value")
        .await;
    assert_eq!(shown, "学习");
    let hits: Value = chromium
        .run("window.inkstone.search('学习', {limit: 5})")
        .await;
    assert!(hits["total"].as_u64().unwrap() > 5);
    let stats: Value = chromium.run("window.inkstone.stats()").await;
    assert!(stats["requests"].as_u64().unwrap() > 0 && stats["bytes"].as_u64().unwrap() > 0);
    chromium
        .run::<bool>("(document.querySelector('.result a[href*=\"#\"]').click(), true)")
        .await;
    chromium
        .until("!location.pathname.endsWith('/search/')")
        .await;
    chromium.run::<bool>("(history.back(), true)").await;
    chromium
        .until("document.querySelector('.result mark')")
        .await;
    chromium.stayed_at(&server.url(""));
    chromium.close().await;
}

#[tokio::test]
async fn an_input_method_is_not_cut_off() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("")).await;
    let input = chromium.element("input[role=combobox]").await;
    input.click().await.unwrap();
    chromium.compose("gao zhi").await;
    // The Enter that confirms a candidate belongs to the input method: key code 229.
    chromium
        .run::<bool>(
            "(document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', \
             keyCode: 229, isComposing: true, bubbles: true, cancelable: true})), true)",
        )
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let here: String = chromium.run("location.pathname + location.search").await;
    assert_eq!(here, "/kb/", "a half-typed query was sent");
    let rows: usize = chromium
        .run("document.querySelectorAll('[role=listbox] [role=option]').length")
        .await;
    assert_eq!(rows, 0, "a half-typed query was searched");
    chromium.insert("告知").await;
    chromium
        .until("document.querySelector('[role=listbox] [role=option]')")
        .await;
    chromium.close().await;
}

#[tokio::test]
async fn native_and_browser_agree() {
    let site = example();
    let public = site.path().join("public");
    let server = Server::start(public.clone());
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("")).await;
    for query in [
        "学习",
        "一次告知",
        "廉洁 家风",
        "第五条",
        "群众来了怎么办",
        "没有这回事儿嘛",
    ] {
        let expected = Command::new(env!("CARGO_BIN_EXE_inkstone"))
            .args(["search", query, "--json", "--output"])
            .arg(&public)
            .output()
            .unwrap();
        let expected = String::from_utf8(expected.stdout).unwrap();
        let expected = expected
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let expected = expected.collect::<Vec<Value>>();
        let found: Value = chromium
            .run(&format!("window.inkstone.search('{query}', {{limit: 10}})"))
            .await;
        let found = found["hits"].as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{query}");
        for (found, expected) in found.iter().zip(&expected) {
            for key in [
                "rank",
                "source",
                "url",
                "section",
                "snippet",
                "page_title",
                "kind",
            ] {
                assert_eq!(found[key], expected[key], "{query}: {key}");
            }
        }
    }
    chromium.close().await;
}

#[tokio::test]
async fn nothing_is_wider_than_a_phone() {
    let site = example();
    let chromium = Chromium::start(500, 844).await;
    let public = site.path().join("public");
    for page in [
        "index.html",
        "lessons/index.html",
        "policies/index.html",
        "search/index.html",
    ] {
        chromium.open(&file_url(&public.join(page))).await;
        // A headless window is 500 wide at least, so the page is put into a frame of 390.
        let overflow: bool = chromium
            .run(
                "(() => { document.documentElement.style.width = '390px'; \
                 return document.documentElement.scrollWidth > innerWidth; })()",
            )
            .await;
        assert!(!overflow, "{page} scrolls sideways");
    }
    chromium.close().await;
}
