//! Parts that pages include: what comes of them, and where what is wrong with them is said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::Site;

/// What `check` says, a line each.
fn found(site: &Site) -> Vec<String> {
    let found = site.run(&["check", "--json"]).json();
    let lines = found.iter().map(|found| {
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        let (line, column) = (&found["line"], &found["column"]);
        format!(
            "{}:{line}:{column} {} {}",
            text("path"),
            text("code"),
            text("message")
        )
    });
    lines.collect()
}

/// The text of a page of the finished site.
fn prose(site: &Site, page: &str) -> String {
    let html = site.read(&format!("public/{page}/index.html"));
    let (_, prose) = html.split_once("<div class=\"prose").unwrap();
    let (_, prose) = prose.split_once('\n').unwrap();
    prose.split("\n  </div>").next().unwrap().to_owned()
}

#[test]
fn a_part_stands_where_it_is_included() {
    let site = Site::new(&[
        (
            "content/lessons/a.md",
            "# 题\n\n前面[^1]。\n\n![[_片段/联系]]\n![[/公共/_落款.md]]\n\n> 引文\n>\n> ![[_片段/联系|别名]]\n\n后面。\n\n[^1]: 页注\n",
        ),
        (
            "content/lessons/_片段/联系.md",
            "---\n标题: 不用\n---\n## 联系\n\n见[乙](../b.md)和![章](章.svg)[^1]。\n\n![[深处]]\n\n[^1]: 片段的注\n",
        ),
        ("content/lessons/_片段/深处.md", "**“深处”**的话。\n"),
        ("content/公共/_落款.md", "示例法院\n"),
        ("content/lessons/b.md", "# 乙\n\n正文。\n"),
        (
            "content/lessons/_片段/章.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"9\"/>",
        ),
    ]);
    site.build();
    let link = "../../lessons/b/index.html";
    let seal = "<img src=\"../../lessons/_%E7%89%87%E6%AE%B5/%E7%AB%A0.svg\" width=\"8\" height=\"9\" alt=\"章\" loading=\"lazy\" decoding=\"async\">";
    let html = prose(&site, "lessons/a");
    let at = |needle: &str| {
        html.find(needle)
            .unwrap_or_else(|| panic!("{needle}\n{html}"))
    };
    assert!(at("前面") < at("<h2 id=\"联系\">"));
    let words = format!("<p>见<a href=\"{link}\">乙</a>和{seal}<sup");
    assert!(at("<h2 id=\"联系\">") < at(&words));
    assert!(at(&words) < at("<p><strong>“深处”</strong>的话。</p>"));
    assert!(at("的话。</p>") < at("<p>示例法院</p>"));
    assert!(at("<p>示例法院</p>") < at("<blockquote>"));
    assert!(at("<blockquote>") < at("<h2 id=\"联系-1\">"));
    assert!(at("<h2 id=\"联系-1\">") < at("</blockquote>"));
    // Each file's footnotes are its own.
    for (number, note) in [(1, "页注"), (2, "片段的注"), (3, "片段的注")] {
        at(&format!("<li id=\"fn-{number}\"><p>{note} "));
    }
    // A part is no page, and is found where it is read.
    assert!(!site.path("public/lessons/_片段/联系").exists());
    let hits = site.run(&["search", "深处", "--json"]).json();
    assert_eq!(hits[0]["source"], "lessons/a.md");
}

#[test]
fn what_is_wrong_with_a_part_is_said_there_and_once() {
    let site = Site::new(&[
        ("content/lessons/a.md", "# 甲\n\n![[_p]]\n"),
        ("content/lessons/b.md", "# 乙\n\n![[_p]]\n"),
        (
            "content/lessons/_p.md",
            "第一行\n\n##没有空格\n\n[丙](丙.md)和[丁](a.md#x)\n",
        ),
        ("content/lessons/_q.md", "没人用\n"),
    ]);
    assert_eq!(
        found(&site),
        [
            "lessons/_p.md:3:1 heading-space a heading needs a space behind its `#`",
            "lessons/_p.md:5:5 broken-link there is no page or file `丙.md`",
            "lessons/_p.md:5:15 broken-anchor the target page has no `#x`",
            "lessons/_q.md:1:1 unused-part this is a part (its name or its folder's begins with `_`) that no page includes, so readers do not see it",
        ]
    );
    // And mended there.
    site.run(&["check", "--fix"]);
    assert!(site.read("content/lessons/_p.md").contains("## 没有空格"));
}

#[test]
fn rings_and_missing_parts_are_errors() {
    let site = Site::new(&[
        (
            "content/lessons/a.md",
            "# 甲\n\n![[_b]]\n\n文字![[_c]]文字\n\n![[没有]]\n\n![[_b#节]]\n\n`![[_x]]`\n",
        ),
        ("content/lessons/_b.md", "乙\n\n![[_c]]\n"),
        ("content/lessons/_c.md", "![[_d]]\n"),
        ("content/lessons/_d.md", "丁\n\n![[_b.md]]\n"),
        ("content/lessons/e.md", "# 戊\n\n正文。\n\n![[e]]\n"),
    ]);
    assert_eq!(
        found(&site),
        [
            "lessons/_d.md:3:1 include the parts go round in a ring: lessons/a.md → lessons/_b.md → lessons/_c.md → lessons/_d.md → lessons/_b.md",
            "lessons/a.md:5:3 include the include of `_c` wants a line of its own, with empty lines around",
            "lessons/a.md:7:1 include there is no part `没有`",
            "lessons/a.md:9:1 include only a whole part can be included, not a section such as `_b#节`",
            "lessons/e.md:5:1 include the parts go round in a ring: lessons/e.md → lessons/e.md",
        ]
    );
    assert_eq!(site.run(&["build"]).status, 1);
}

#[test]
fn parts_that_multiply_come_to_an_end() {
    let site = Site::new(&[("content/lessons/a.md", "# 甲\n\n![[_0]]\n")]);
    for n in 0..15 {
        let text = format!("{}\n\n![[_{1}]]\n\n![[_{1}]]\n", "字".repeat(3_000), n + 1);
        site.write(&format!("content/lessons/_{n}.md"), text);
    }
    site.write("content/lessons/_15.md", "末\n");
    let found = found(&site);
    assert!(
        found
            .iter()
            .all(|line| line.contains(" include too deep or too much")),
        "{found:?}"
    );
    assert!(!found.is_empty());
}

#[test]
fn policies_number_the_articles_of_their_parts() {
    let site = Site::new(&[
        (
            "content/policies/a.md",
            "# 办法\n\n第一条 甲。\n\n![[_b]]\n",
        ),
        ("content/policies/_b.md", "第二条 乙。\n第三条 丙。\n"),
    ]);
    site.build();
    let html = prose(&site, "policies/a");
    assert!(
        html.contains("<p class=\"article\" id=\"art-3\">"),
        "{html}"
    );
}
