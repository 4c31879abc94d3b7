//! A rebuild with memos warm gives the bytes of a cold build, after any edits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use inkstone::memo::Memo;
use inkstone::output::{Diff, Output};
use inkstone::{Request, load, render_site};
use support::Site;

fn render(site: &Site, memo: &Memo<inkstone::Parsed>) -> Output {
    let request = Request {
        root: site.root().to_owned(),
        base_url: None,
        drafts: false,
    };
    let loaded = load(&request, memo).unwrap();
    let output = Output::in_memory();
    render_site(site.root(), &loaded, &output, &|_, _| {}).unwrap();
    output
}

#[test]
fn warm_equals_cold_after_every_edit() {
    let theme = "[[theme]]\nid = \"a\"\nname = \"学习\"\n";
    let site = Site::new(&[
        ("content/education-themes.toml", theme),
        (
            "content/lessons/a.md",
            "---\n日期: 2026-01-01\n---\n学习学习学习学习",
        ),
        ("content/lessons/b.md", "见[甲](a.md)"),
        ("content/policies/c.md", "第一条 丙"),
    ]);
    let memo = Memo::default();
    let mut before = render(&site, &memo).hashes();
    let edits: [(&str, Option<&str>); 8] = [
        (
            "content/lessons/a.md",
            Some("---\n日期: 2026-01-02\n---\n# 新题\n\n学习学习学习学习"),
        ),
        ("content/lessons/d.md", Some("新的一课")),
        (
            "content/education-themes.toml",
            Some("[[theme]]\nid = \"a\"\nname = \"读书\"\naliases = [\"学习\"]\n"),
        ),
        (
            "content/lessons/_kind.toml",
            Some("id = \"lesson\"\nname = \"讲义\"\n"),
        ),
        ("content/lessons/d.md", None),
        (
            "site.toml",
            Some(
                "[site]\ntitle = \"改名\"\n\n[[collections]]\ndir = \"lessons\"\nkind = \"policy\"\n",
            ),
        ),
        ("themes/default/404.html", Some("不见了")),
        ("content/policies/图.txt", Some("附件")),
    ];
    for (path, text) in edits {
        match text {
            Some(text) => site.write(path, text),
            None => std::fs::remove_file(site.path(path)).unwrap(),
        }
        let warm = render(&site, &memo).hashes();
        let cold = render(&site, &Memo::default()).hashes();
        let diff = Diff::between(&cold, &warm);
        assert!(diff.is_empty(), "after {path}: {diff:?}");
        assert!(
            !Diff::between(&before, &warm).is_empty(),
            "{path} changed nothing"
        );
        before = warm;
    }
}
