//! Sites that the browser tests search, and what they do in them.
#![allow(dead_code, reason = "each test file uses its own part")]

use serde_json::Value;

use super::browser::Chromium;
use super::random::Random;
use super::support::{Site, run};

/// The example site, built once more for this test.
pub fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("public");
    let root = env!("CARGO_MANIFEST_DIR");
    let ended = run([
        "build",
        "--strict",
        "--root",
        root,
        "--output",
        output.to_str().unwrap(),
    ]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    folder
}

/// A site whose index is too large to travel in one file, of articles in characters at random;
/// each begins with its number in a word of its own.
pub fn large(seed: u64) -> Site {
    let site = Site::new(&[]);
    let mut random = Random::new(seed);
    for page in 0..30 {
        let mut text = format!("# 第{page}号办法\n\n");
        for article in 1..=30 {
            let words = (0..120).map(|_| char::from_u32(0x4e00 + random.below(3_000) as u32));
            let words = words.flatten().collect::<String>();
            text += &format!("第{article}条 共有词语{words}\n\n");
        }
        site.write(&format!("content/policies/{page}.md"), text);
    }
    site.write(
        "content/lessons/小课.md",
        "# 小课\n\n## 清单\n\n这里也说告知清单。\n",
    );
    site.build();
    site
}

/// Searches by script.
pub async fn search(chromium: &Chromium, query: &str) -> Value {
    let text = serde_json::to_string(query).unwrap();
    chromium
        .run(&format!("window.inkstone.search({text})"))
        .await
}

pub async fn click(chromium: &Chromium, selector: &str) {
    chromium
        .run::<bool>(&format!(
            "(document.querySelector('{selector}').click(), true)"
        ))
        .await;
}
