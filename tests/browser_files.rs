//! Search in a real Chromium when files are missing, damaged or of another build, when the engine
//! traps, and from other pages.
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

use std::path::Path;

use browser::{Chromium, Server};
use sites::{click, example, large, search};
use support::Site;

/// Changes every file in a folder.
fn change_all(folder: &Path, change: impl Fn(Vec<u8>) -> Option<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match change(std::fs::read(&path).unwrap()) {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }
}

#[tokio::test]
async fn missing_and_damaged_files_are_told_of() {
    let chromium = Chromium::start(1280, 900).await;
    let other = large(2);
    type Change = (&'static str, fn(&Path, &Path));
    let changes: [Change; 5] = [
        ("missing", |search, _| {
            change_all(&search.join("chunks"), |_| None)
        }),
        ("truncated", |search, _| {
            change_all(&search.join("chunks"), |bytes| {
                Some(bytes[..bytes.len() / 2].to_vec())
            });
        }),
        ("changed", |search, _| {
            change_all(&search.join("chunks"), |mut bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                Some(bytes)
            });
        }),
        ("of another build", |search, other| {
            std::fs::copy(other.join("hot.bin"), search.join("hot.bin")).unwrap();
        }),
        ("no engine", |search, _| {
            std::fs::remove_file(search.join("engine.wasm")).unwrap();
        }),
    ];
    let site = large(1);
    let whole = support::read_folder(&site.path("public/search"));
    for (name, change) in changes {
        change(&site.path("public/search"), &other.path("public/search"));
        let server = Server::start(site.path("public"));
        chromium
            .open(&server.url("search/?q=%E5%85%B1%E6%9C%89%E8%AF%8D%E8%AF%AD"))
            .await;
        chromium
            .until("document.querySelector('[data-retry]:not([hidden])')")
            .await;
        let told: String = chromium
            .run("document.querySelector('[data-status]').textContent")
            .await;
        assert!(told.contains("刷新"), "{name}: {told}");
        let results: usize = chromium
            .run("document.querySelectorAll('.result').length")
            .await;
        assert_eq!(results, 0, "{name}");
        // Once the files are whole again, to try again is enough.
        for (path, bytes) in &whole {
            site.write(&format!("public/search/{path}"), bytes);
        }
        click(&chromium, "[data-retry]").await;
        chromium.until("document.querySelector('.result')").await;
    }
    chromium.close().await;
}

#[tokio::test]
async fn a_trapped_engine_is_started_again() {
    let site = large(1);
    let server = Server::start(site.path("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("404.html")).await;
    search(&chromium, "共有词语").await;
    let totals: Vec<u64> = chromium
        .run(
            "(async () => { const folder = new URL('search/', new URL(document.documentElement.dataset.root, \
             location.href)).href; const engine = new InkstoneEngine(folder); \
             const first = await engine.search('共有词语'); \
             const { memory } = await engine._opened; \
             new Uint8Array(memory.buffer).fill(0xff, 65536); \
             const second = await engine.search('共有词语'); \
             return [first.total, second.total]; })()",
        )
        .await;
    assert_eq!(totals, [900, 900]);
    chromium.close().await;
}

#[tokio::test]
async fn a_small_site_is_one_request() {
    let site = Site::new(&[("content/lessons/甲.md", "# 甲课\n\n学习一次告知清单。\n")]);
    site.build();
    let server = Server::start(site.path("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("404.html")).await;
    for query in ["学习", "告知清单", "没有这回事儿嘛"] {
        search(&chromium, query).await;
    }
    assert_eq!(server.search_traffic().0, 1);
    chromium.close().await;
}

/// The box that `embed.js` puts into a page.
const EMBEDDED: &str =
    "Array.from(document.querySelectorAll('div'), (div) => div.shadowRoot).find(Boolean)";

/// Opens a page with such a box, and types a query there.
async fn ask(chromium: &Chromium, page: &Path, query: &str) {
    chromium.open(&format!("file://{}", page.display())).await;
    chromium.until(EMBEDDED).await;
    let focus = format!("({EMBEDDED}.querySelector('input').focus(), true)");
    chromium.run::<bool>(&focus).await;
    chromium.insert(query).await;
}

#[tokio::test]
async fn a_portal_searches_several_sites() {
    let (first, second) = (example(), large(1));
    let first = Server::start(first.path().join("public"));
    let second = Server::start(second.path("public"));
    let portal = tempfile::tempdir().unwrap();
    let page = |sites: &str| {
        format!(
            "<!doctype html><html lang=zh-CN><body><script src=\"{}\" {sites} defer></script>",
            first.url("search/embed.js")
        )
    };
    let both = format!(
        "data-sites=\"{} {}\" data-names=\"甲|乙\"",
        first.url(""),
        second.url("")
    );
    let chromium = Chromium::start(1280, 900).await;
    for (name, sites, wanted) in [("one.html", "", 0), ("both.html", &*both, 2)] {
        let path = portal.path().join(name);
        std::fs::write(&path, page(sites)).unwrap();
        ask(&chromium, &path, "告知清单").await;
        chromium
            .until(&format!("{EMBEDDED}.querySelector('.hit mark')"))
            .await;
        let named = format!(
            "new Set(Array.from({EMBEDDED}.querySelectorAll('.site'), (site) => site.textContent)).size"
        );
        chromium.until(&format!("{named} === {wanted}")).await;
    }
    chromium.close().await;
}

/// Where a server says that scripts are UTF-8, those that hold bytes cannot be read from another
/// origin; the portal says so, and the site's own search, which fetches, goes on.
#[tokio::test]
async fn a_character_set_for_scripts_is_told_of() {
    let site = large(1);
    let server = Server::start(site.path("public"));
    server
        .utf8
        .store(true, std::sync::atomic::Ordering::Relaxed);
    let chromium = Chromium::start(1280, 900).await;
    chromium.open(&server.url("404.html")).await;
    let found = search(&chromium, "共有词语").await;
    assert_eq!(found["total"], 900);
    let portal = tempfile::tempdir().unwrap();
    let path = portal.path().join("portal.html");
    let script = server.url("search/embed.js");
    let html =
        format!("<!doctype html><html lang=zh-CN><body><script src=\"{script}\" defer></script>");
    std::fs::write(&path, html).unwrap();
    ask(&chromium, &path, "共有词语").await;
    chromium
        .until(&format!("{EMBEDDED}.textContent.includes('字符集')"))
        .await;
    chromium.close().await;
}
