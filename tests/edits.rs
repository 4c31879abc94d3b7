//! After any edit of the example site, a build that reuses what the one before made ends in the
//! site of a build that reuses nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::Path;

use support::Site;

/// A copy of the example site.
fn example() -> Site {
    let site = Site::new(&[]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for top in ["site.toml", "content"] {
        for entry in walkdir::WalkDir::new(root.join(top)) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap();
                site.write(path, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    site
}

/// An edit of a file: a text in it, and what comes in its place.
type Edit = (&'static str, &'static str, &'static str);

const LESSON: &str = "content/lessons/judgment-for-whom.md";
const POLICY: &str = "content/policies/一次性告知办法.md";
const ENGLISH: &str = "content/en/lessons/one-sheet-of-paper.md";

#[test]
fn every_edit_ends_in_the_site_of_a_cold_build() {
    let site = example();
    let edits: [Edit; 18] = [
        (
            LESSON,
            "\n## ",
            "\n新的一段，见[办法](../policies/一次性告知办法.md)。\n\n## ",
        ),
        (LESSON, "title: 判决书是写给谁看的", "title: 判决书写给谁看"),
        (LESSON, "summary: 一份", "summary: 改过的：一份"),
        (LESSON, "[justice]", "[理论学习]"),
        // What others lead to, and show beside.
        (
            POLICY,
            "诉讼事项一次性告知办法\n",
            "诉讼事项一次告知办法\nslug: once\n",
        ),
        (POLICY, "日期: 2025-09-08", "日期: 2020-09-08"),
        (POLICY, "状态: 现行有效", "状态: 已废止"),
        (POLICY, "slug: once", "slug: once\n旧址: [policies/old/]"),
        ("content/images/山路.svg", "width=\"900\"", "width=\"600\""),
        (
            "content/guide/_片段/联系编辑组.md",
            "\n",
            "\n改了的片段。\n\n",
        ),
        (ENGLISH, "title: One sheet", "title: A sheet"),
        (
            ENGLISH,
            "translation_of: lessons/一张告知单里的为民情怀.md\n",
            "",
        ),
        (
            "content/lessons/_index.md",
            "\n---\n",
            "\n---\n\n新的开头，见[甲](judgment-for-whom.md)。\n",
        ),
        (
            "content/education-themes.toml",
            "name = \"理论学习\"",
            "name = \"理论武装头脑\"",
        ),
        (
            "site.toml",
            "title = \"青砚县人民法院学习知识库\"",
            "title = \"改名\"",
        ),
        (
            "site.toml",
            "base_url = \"\"",
            "base_url = \"https://court.example/study/\"",
        ),
        (
            "site.toml",
            "featured = [\"lessons/",
            "featured = [\"policies/导师带徒实施办法.md\", \"lessons/",
        ),
        ("content/_index.md", "images/砚台.svg", "images/法庭.svg"),
    ];
    let mut before = site.warm("cold");
    for (path, old, new) in edits {
        site.settle();
        let text = site.read(path);
        assert!(text.contains(old), "{path}: {old}");
        site.write(path, text.replacen(old, new, 1));
        let what = format!("{path}: {new}");
        let now = site.warm(&what);
        assert!(now != before, "{what} changed nothing");
        before = now;
    }
    let jpg = std::fs::read(site.path("content/lessons/巡回法庭的一堂露天课.jpg")).unwrap();
    let whole: [(&str, Vec<u8>); 6] = [
        ("content/images/书房.jpg", jpg),
        (
            "themes/default/policy.html",
            b"{{ page.title }}{{ page.html }}{{ root }}".to_vec(),
        ),
        (
            "themes/default/strings/zh-CN.toml",
            "home = \"开头\"\n".into(),
        ),
        (
            "content/lessons/_kind.toml",
            "id = \"lesson\"\nname = \"讲义\"\n".into(),
        ),
        // Between two others in their list.
        (
            "content/policies/新办法.md",
            "---\n标题: 新办法\n日期: 2025-06-01\n---\n\n第一条 新。\n".into(),
        ),
        (
            "content/en/policies/新办法.md",
            "# New rules\n\nThey are new.\n".into(),
        ),
    ];
    for (path, bytes) in whole {
        site.settle();
        site.write(path, bytes);
        let now = site.warm(path);
        assert!(now != before, "{path} changed nothing");
        before = now;
    }
    for path in [
        "content/policies/新办法.md",
        "content/lessons/巡回法庭的一堂露天课.vtt",
    ] {
        site.settle();
        std::fs::remove_file(site.path(path)).unwrap();
        let now = site.warm(path);
        assert!(now != before, "{path} changed nothing");
        before = now;
    }
}
