//! The look in a real Chromium: accessible in every look, still while loading, on every screen,
//! and as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support {
    pub mod browser;
}
mod look {
    mod album;
    mod keys;
    mod paper;
    mod pictures;
}

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::browser::{Chromium, Server};

/// One page of each type of the example site.
const PAGES: [&str; 18] = [
    "",
    "lessons/",
    "lessons/一张告知单里的为民情怀/",
    "cases/老庭长的三本笔记/",
    "policies/",
    "policies/一次性告知办法/",
    "education-themes/",
    "education-themes/integrity/",
    "guide/Markdown写法示例/",
    "search/?q=学习",
    "404.html",
    "_design/",
    "en/404.html",
    "lessons/巡回法庭的一堂露天课/",
    "en/",
    "en/policies/#untranslated",
    "en/lessons/one-sheet-of-paper/",
    "en/search/?q=notice",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn inkstone(arguments: &[&str], folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkstone"));
    let ended = command.args(arguments).arg(folder).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
}

/// The example site, built once more for this test.
fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = root();
    let arguments = ["build", "--root", root.to_str().unwrap(), "--output"];
    inkstone(&arguments, &folder.path().join("public"));
    folder
}

/// What readers chose, as the theme keeps it.
fn chosen(look: &str, size: &str) -> String {
    let chosen = serde_json::json!({ "look": look, "size": size }).to_string();
    let chosen = serde_json::json!(chosen);
    format!("localStorage.setItem('inkstone-reader', {chosen})")
}

async fn open(chromium: &Chromium, server: &Server, page: &str) {
    chromium.open(&server.url(page)).await;
    chromium.until("document.readyState === 'complete'").await;
    if page.contains("search") {
        chromium.until("document.querySelector('main mark')").await;
    }
}

/// Opens the panel of readers' settings.
async fn open_panel(chromium: &Chromium) {
    chromium.click("[data-reader]").await;
    chromium
        .until("document.querySelector('.reader-panel:not([hidden])')")
        .await;
}

#[tokio::test]
async fn accessible_in_every_look() {
    let path = root().join("target/npm/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(&path) else {
        eprintln!(
            "left out: {} is missing; tests/run fetches it",
            path.display()
        );
        return;
    };
    let site = example();
    let server = Server::start(site.path().join("public"));
    let mut faults = Vec::new();
    for (look, dark, width) in [
        ("auto", false, 1280),
        ("auto", true, 390),
        ("sepia", false, 390),
        ("contrast", true, 1280),
    ] {
        let chromium = Chromium::start(1280, 900).await;
        chromium.screen(width, 900, dark).await;
        chromium.before_every_page(&chosen(look, "1")).await;
        for page in PAGES {
            open(&chromium, &server, page).await;
            if page.starts_with("lessons/一") {
                open_panel(&chromium).await;
            }
            chromium.page.evaluate(axe.as_str()).await.unwrap();
            let found: Value = chromium
                .run(
                    "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', \
                     'wcag22aa', 'best-practice']}).then((found) => found.violations.map((rule) => \
                     `${rule.id}: ${rule.nodes.map((node) => node.target).join(' ')}`))",
                )
                .await;
            for fault in found.as_array().unwrap() {
                faults.push(format!("{look} {width} /{page}: {fault}"));
            }
        }
        chromium.close().await;
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_reader_chose_is_kept_and_there_before_the_first_paint() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    // What the page looks like when its body begins.
    chromium
        .before_every_page(
            "new MutationObserver((_, watch) => { if (document.body) { watch.disconnect(); \
             globalThis.first = {...document.documentElement.dataset}; } })\
             .observe(document, {childList: true, subtree: true})",
        )
        .await;
    open(&chromium, &server, PAGES[2]).await;
    let first: Value = chromium.run("globalThis.first").await;
    assert_eq!(first["look"], Value::Null);
    open_panel(&chromium).await;
    for (name, value) in [("look", "sepia"), ("size", "3"), ("face", "song")] {
        let input = format!("input[name=reader-{name}][value='{value}']");
        chromium.click(&input).await;
    }
    chromium.click(".reader-line input").await;
    chromium
        .element("body")
        .await
        .press_key("Escape")
        .await
        .unwrap();
    chromium
        .until("document.querySelector('.reader-panel[hidden]')")
        .await;
    let focused: bool = chromium
        .run("document.activeElement.matches('[data-reader]')")
        .await;
    assert!(focused, "the focus went back to the button");
    open(&chromium, &server, PAGES[5]).await;
    let first: Value = chromium.run("globalThis.first").await;
    let expected = [
        ("look", "sepia"),
        ("size", "3"),
        ("face", "song"),
        ("focus", "lines"),
    ];
    for (name, value) in expected {
        assert_eq!(first[name], value, "{name}");
    }
    chromium
        .until("document.querySelector('.reader-band:not([hidden])')")
        .await;
    let size: String = chromium
        .run("getComputedStyle(document.documentElement).fontSize")
        .await;
    assert_eq!(size, "21px");
    open_panel(&chromium).await;
    chromium.click(".reader-foot .text-button").await;
    let left: Value = chromium
        .run("({...document.documentElement.dataset})")
        .await;
    assert_eq!(left["look"], Value::Null);
    let shown: bool = chromium
        .run("document.querySelector('[value=auto]').checked")
        .await;
    assert!(shown);
    chromium.stayed_at(&server.url(""));
    chromium.close().await;
}

#[tokio::test]
async fn nothing_moves_while_a_page_loads() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    for width in [1280, 390] {
        let chromium = Chromium::start(1280, 900).await;
        chromium.screen(width, 844, false).await;
        chromium
            .before_every_page(
                "globalThis.moved = 0; new PerformanceObserver((list) => list.getEntries()\
                 .forEach((entry) => { globalThis.moved += entry.value; }))\
                 .observe({type: 'layout-shift', buffered: true})",
            )
            .await;
        for page in PAGES.into_iter().chain(["search/?q=学习&theme=theory"]) {
            open(&chromium, &server, page).await;
            // Two frames, after which everything stands.
            chromium
                .run::<bool>(
                    "new Promise((done) => requestAnimationFrame(() => \
                     requestAnimationFrame(() => done(true))))",
                )
                .await;
            let moved: f64 = chromium.run("globalThis.moved").await;
            assert!(moved < 0.02, "{width} /{page}: {moved}");
        }
        chromium.close().await;
    }
}

#[tokio::test]
async fn every_screen_and_size_of_text_fits() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    for (width, size) in [(320, "1"), (320, "4"), (768, "4"), (1024, "1"), (2560, "1")] {
        let chromium = Chromium::start(1280, 900).await;
        chromium.screen(width, 900, false).await;
        chromium.before_every_page(&chosen("auto", size)).await;
        for page in PAGES {
            open(&chromium, &server, page).await;
            let wide: i64 = chromium
                .run("document.documentElement.scrollWidth - innerWidth")
                .await;
            assert!(wide <= 0, "{width}, size {size}, /{page}: {wide} too wide");
        }
        chromium.close().await;
    }
}

#[tokio::test]
async fn a_finger_finds_what_it_points_at() {
    // Each thing to touch but links within a text, and how high it is: its box, or, where that is
    // less, how far above and below its middle it still answers.
    const SMALL: &str = "Array.from(document.querySelectorAll('a[href], button, summary, label')) \
        .filter((one) => !one.closest('.prose, .skip, .lead, .untranslated-note')) \
        .filter((one) => { \
          const box = one.getBoundingClientRect(); \
          if (box.width <= 1 || box.height <= 1 || box.height >= 43.5) return false; \
          one.scrollIntoView({block: 'center'}); \
          const seen = one.getBoundingClientRect(); \
          const middle = [seen.left + seen.width / 2, seen.top + seen.height / 2]; \
          return [-21, 21].some((off) => { \
            const hit = document.elementFromPoint(middle[0], middle[1] + off); \
            return !(hit && one.contains(hit)); }); }) \
        .map((one) => `${one.closest('[class]').className} ${one.textContent.trim()}`)";
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.screen(390, 844, false).await;
    let mut faults = Vec::new();
    for page in PAGES.iter().filter(|page| **page != "_design/") {
        open(&chromium, &server, page).await;
        let small: Vec<String> = chromium.run(SMALL).await;
        faults.extend(small.iter().map(|one| format!("/{page}: {one}")));
    }
    chromium.close().await;
    assert_eq!(faults, Vec::<String>::new());
}

/// Copies a folder of the example site.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The example site with a line of its settings changed.
fn example_with(setting: &str, changed: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["content", "themes"] {
        copy(&root().join(part), &folder.path().join(part));
    }
    let settings = std::fs::read_to_string(root().join("site.toml")).unwrap();
    assert!(settings.contains(setting));
    let settings = settings.replacen(setting, changed, 1);
    std::fs::write(folder.path().join("site.toml"), settings).unwrap();
    inkstone(&["build", "--root"], folder.path());
    folder
}

#[tokio::test]
async fn what_was_read_is_there_without_a_network() {
    let folder = example_with("[site]", "[site]\noffline = true");
    let server = Server::start(folder.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.let_workers_run().await;
    open(&chromium, &server, "").await;
    chromium.until("navigator.serviceWorker.controller").await;
    let guide = "guide/Markdown写法示例/";
    open(&chromium, &server, &format!("{guide}index.html")).await;
    // Whoever reads to the end sees every picture, and what was seen is kept.
    let read = "(Array.from(document.images, (image) => { image.loading = 'eager'; }), true)";
    chromium.run::<bool>(read).await;
    let kept = "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)\
         .then((cache) => cache.keys())))).then((all) => all.flat().map(({url}) => url))";
    let is_kept =
        |part: &str| format!("{kept}.then((all) => all.some((url) => url.includes('{part}')))");
    for part in ["guide/", "images/"] {
        let start = std::time::Instant::now();
        while !chromium.run::<bool>(&is_kept(part)).await {
            assert!(start.elapsed().as_secs() < 30, "{part} is not kept");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    server
        .down
        .store(true, std::sync::atomic::Ordering::Relaxed);
    open(&chromium, &server, guide).await;
    let title: String = chromium
        .run("document.querySelector('h1').textContent")
        .await;
    assert!(title.contains("Markdown"), "{title}");
    chromium.run::<bool>(read).await;
    chromium
        .until("Array.from(document.images).every((image) => image.naturalWidth > 0)")
        .await;
    open(&chromium, &server, "search/?q=学习").await;
    // A page that was never read leads to the one that lists what was.
    open(&chromium, &server, "policies/一次性告知办法/").await;
    chromium
        .until("location.pathname.endsWith('/_offline/')")
        .await;
    chromium
        .until("document.querySelector('.saved .entry a')")
        .await;
    // Each language has its own.
    open(&chromium, &server, "en/about/").await;
    chromium
        .until("location.pathname.endsWith('/en/_offline/')")
        .await;
    server
        .down
        .store(false, std::sync::atomic::Ordering::Relaxed);

    // A new build is told of, and what the old one kept goes.
    let page = folder.path().join("content/about.md");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text + "\n新的一段。\n").unwrap();
    inkstone(&["build", "--root"], folder.path());
    open(&chromium, &server, "").await;
    chromium
        .until("document.querySelector('.update .button')")
        .await;
    chromium.click(".update .button").await;
    let versions =
        "caches.keys().then((names) => names.filter((name) => / [0-9a-f]{16}$/.test(name)).length)";
    let start = std::time::Instant::now();
    while chromium
        .page
        .evaluate(versions)
        .await
        .is_ok_and(|found| found.into_value::<usize>().ok() != Some(1))
    {
        assert!(
            start.elapsed().as_secs() < 30,
            "the old files are still kept"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    chromium.close().await;
}

/// A voice that says nothing but keeps what it was to say.
const VOICE: &str = "globalThis.said = []; \
    globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } }; \
    Object.defineProperty(globalThis, 'speechSynthesis', {value: { \
    getVoices: () => [{lang: 'en-US'}, {lang: 'zh-CN'}], cancel() {}, addEventListener() {}, \
    speak(part) { said.push(part.text); this.part = part; } }})";

#[tokio::test]
async fn a_page_is_read_aloud_sentence_by_sentence() {
    let site = example();
    let server = Server::start(site.path().join("public"));
    let chromium = Chromium::start(1280, 900).await;
    chromium.before_every_page(VOICE).await;
    open(&chromium, &server, PAGES[2]).await;
    chromium.click("[data-reader]").await;
    chromium
        .until("document.querySelector('.reader-foot .button:not([hidden])')")
        .await;
    chromium.click(".reader-foot .button").await;
    chromium.until("said.length === 1").await;
    chromium
        .run::<bool>("(speechSynthesis.part.onend(), true)")
        .await;
    let said: Vec<String> = chromium.run("said").await;
    assert_eq!(said[0], "第七稿");
    assert_eq!(
        said[1],
        "我手里这张纸，是我们窗口用的民间借贷告知单，第七稿。"
    );
    let shown: String = chromium
        .run("document.querySelector('.being-read').textContent")
        .await;
    assert!(shown.starts_with("我手里这张纸"), "{shown}");
    // Pausing and going on begins the sentence again.
    chromium.click(".reader-player .button").await;
    chromium.click(".reader-player .button").await;
    let said: Vec<String> = chromium.run("said").await;
    assert_eq!(said[1..], [said[1].clone(), said[1].clone()]);
    chromium.click(".reader-player .text-button").await;
    let left: bool = chromium
        .run("document.querySelector('.being-read') === null")
        .await;
    assert!(left);
    chromium.close().await;
}
