//! Markdown in, exact HTML and sections out.

use super::*;

fn converted(text: &str, start: usize, rule: SectionRule, title: Option<&str>) -> Body {
    convert(&Input {
        start,
        rule,
        title,
        ..Input::of(text)
    })
    .0
}

/// The findings of a page as `line:column code`.
pub(super) fn found(text: &str) -> Vec<String> {
    let found = convert(&Input::of(text)).1.into_iter().map(|found| {
        let json = found.to_json(crate::language::Language::English);
        format!("{}:{} {}", json["line"], json["column"], found.code)
    });
    found.collect()
}

pub(super) fn page(text: &str) -> Body {
    converted(text, 0, SectionRule::Headings, None)
}

fn policy(text: &str) -> Body {
    converted(text, 0, SectionRule::Articles, None)
}

pub(super) fn check(text: &str, html: &str) {
    assert_eq!(page(text).html, html, "{text:?}");
}

fn sections(body: &Body) -> Vec<(&str, &str, &str)> {
    let sections = body.sections.iter();
    sections
        .map(|s| (s.anchor.as_str(), s.title.as_str(), s.text.as_str()))
        .collect()
}

#[test]
fn headings_get_ids_from_their_own_text() {
    check(
        "## 第一章 总　则\n",
        "<h2 id=\"第一章-总-则\">第一章 总　则 <a class=\"anchor\" \
         href=\"#%E7%AC%AC%E4%B8%80%E7%AB%A0-%E6%80%BB-%E5%88%99\" \
         aria-labelledby=\"第一章-总-则\">#</a></h2>\n",
    );
    let body = page("## 甲\n\n## 甲\n\n## 乙 {#own}\n");
    let anchors = body.outline.iter().map(|heading| heading.anchor.as_str());
    assert_eq!(anchors.collect::<Vec<_>>(), ["甲", "甲-1", "own"]);
}

#[test]
fn the_first_heading_of_level_one_is_the_title() {
    let body = page("<!-- x -->\n# 甲 *乙*\n\n丙\n");
    assert_eq!(body.title.as_deref(), Some("甲 乙"));
    assert_eq!(body.html, "<p>丙</p>\n");
    let body = converted("# 甲\n", 0, SectionRule::Headings, Some("乙"));
    assert_eq!(body.title.as_deref(), Some("甲"));
    assert!(body.html.contains("<h1 id=\"甲\">"), "{}", body.html);
    assert!(page("先\n\n# 甲\n").html.contains("<h1"));
}

#[test]
fn sections_hold_plain_text_without_their_titles() {
    let body = page("开头\n\n## 甲\n\n一*二*`三`\n四\n\n- 五\n- 六\n\n## 乙\n");
    assert_eq!(
        sections(&body),
        [
            ("", "", "开头"),
            ("甲", "甲", "一二三 四\n五\n六"),
            ("乙", "乙", "")
        ]
    );
}

#[test]
fn articles_become_sections() {
    let body =
        policy("## 第一章\n\n第一条 为了甲，\n制定。\n\n（一）乙\n\n第二条之一　丙\n第三条 丁\n");
    assert_eq!(
        sections(&body),
        [
            ("第一章", "第一章", ""),
            ("art-1", "第一条", "为了甲，制定。\n（一）乙"),
            ("art-2-1", "第二条之一", "丙"),
            ("art-3", "第三条", "丁"),
        ]
    );
    assert!(
        body.html.contains(
            "<p class=\"article\" id=\"art-3\"><a class=\"article-number\" href=\"#art-3\">\
             第三条</a> 丁</p>\n"
        ),
        "{}",
        body.html
    );
}

#[test]
fn articles_in_bold_and_repeated_ones() {
    let body = policy("**第一条** 甲\n\n第一条 乙\n\n> 第二条 引文\n");
    assert_eq!(
        sections(&body),
        [
            ("art-1", "第一条", "甲"),
            ("art-1-1", "第一条", "乙\n第二条 引文")
        ]
    );
}

#[test]
fn soft_breaks_join_chinese_and_part_latin() {
    check("第一行\n第二行\n", "<p>第一行第二行</p>\n");
    check("中文\nEnglish\n", "<p>中文\nEnglish</p>\n");
    check("强**调**\n了\n", "<p>强<strong>调</strong>了</p>\n");
    check(
        "甲`码`\n乙\n",
        "<p>甲<code class=\"short\">码</code>\n乙</p>\n",
    );
}

#[test]
fn links_leave_holes_and_keep_their_places() {
    let text = "见[甲](a.md#art-1 \"题\")和![图](b.svg)。<x@y.z>";
    let body = page(text);
    assert_eq!(
        body.html,
        "<p>见<a href=\"\" title=\"题\">甲</a>和 alt=\"图\" \
         loading=\"lazy\" decoding=\"async\">。<a href=\"\" class=\"address\">x@y.z</a></p>\n"
    );
    let written = body.links.iter().map(|link| &text[link.span.clone()]);
    assert_eq!(
        written.collect::<Vec<_>>(),
        ["a.md#art-1", "b.svg", "x@y.z"]
    );
    assert_eq!(body.links[2].target, "mailto:x@y.z");
    for (&hole, before) in body
        .holes
        .iter()
        .zip(["<a href=\"", "</a>和", "<a href=\""])
    {
        assert!(body.html[..hole].ends_with(before));
    }
}

#[test]
fn the_mark_of_emphasis_cannot_be_written_by_an_author() {
    let body = page("&#xfdd1; \u{fdd1} [a](b)");
    assert_eq!(emphasis::without_marks(&body.html), body.html);
}

#[test]
fn comments_go_and_tables_scroll() {
    check("甲\n\n<!-- INFO END -->\n\n乙\n", "<p>甲</p>\n<p>乙</p>\n");
    let body = page("|a|b|\n|-|-|\n|1|2|\n");
    assert!(
        body.html
            .starts_with("<div class=\"table-scroll\" tabindex=\"0\">\n<table>")
    );
    assert_eq!(body.sections[0].text, "a\nb\n1\n2");
}

#[test]
fn emphasis_beside_chinese_punctuation() {
    for (text, html) in [
        ("**“强调”**后面", "<strong>“强调”</strong>后面"),
        ("前面**强调。**后面", "前面<strong>强调。</strong>后面"),
        ("**（注）**正文", "<strong>（注）</strong>正文"),
        ("~~“删除”~~后面", "<del>“删除”</del>后面"),
        ("***“粗斜”***后面", "<em><strong>“粗斜”</strong></em>后面"),
        (
            "他说**重要！**然后走了，再说*“轻声”*一次。",
            "他说<strong>重要！</strong>然后走了，再说<em>“轻声”</em>一次。",
        ),
        (
            "**《办法》**和**《细则》**",
            "<strong>《办法》</strong>和<strong>《细则》</strong>",
        ),
        ("**\"引号\"**后面", "<strong>\"引号\"</strong>后面"),
        ("甲\\*乙“\\*丙", "甲*乙“*丙"),
        ("2 * 3，4 * 5", "2 * 3，4 * 5"),
        ("`**“码”**后`", "<code class=\"short\">**“码”**后</code>"),
        ("**“Hello”**world", "**“Hello”**world"),
        ("甲\u{fdd1}乙", "甲乙"),
    ] {
        check(text, &format!("<p>{html}</p>\n"));
    }
}

#[test]
fn marks_do_not_move_the_places_of_links() {
    let text = "---\n---\n**“强调”**后，请看**[链接](a.md)**和[乙](b.md)。";
    let body = converted(text, 8, SectionRule::Headings, None);
    let written = body.links.iter().map(|link| &text[link.span.clone()]);
    assert_eq!(written.collect::<Vec<_>>(), ["a.md", "b.md"]);
    assert!(
        body.html
            .contains("请看<strong><a href=\"\">链接</a></strong>和"),
        "{}",
        body.html
    );
    assert_eq!(body.sections[0].text, "“强调”后，请看链接和乙。");
}

#[test]
fn cells_are_aligned_by_class() {
    let body = page("|a|b|c|\n|-|:-:|-:|\n|1|2|3|\n");
    let head =
        "<thead><tr><th>a</th><th class=\"center\">b</th><th class=\"right\">c</th></tr></thead>";
    let row = "<tr><td>1</td><td class=\"center\">2</td><td class=\"right\">3</td></tr>";
    assert!(
        body.html.contains(head) && body.html.contains(row),
        "{}",
        body.html
    );
    assert!(!body.html.contains("style="));
}

#[test]
fn tasks_have_boxes_with_names() {
    check(
        "- [x] 甲\n- [ ] 乙\n",
        "<ul>\n<li class=\"task\"><span class=\"task-box done\" role=\"img\" aria-label=\"☑\"></span>甲</li>\n\
         <li class=\"task\"><span class=\"task-box\" role=\"img\" aria-label=\"☐\"></span>乙</li>\n</ul>\n",
    );
}

#[test]
fn callouts_in_both_languages() {
    check(
        "> [!NOTE]\n> 甲\n",
        "<blockquote class=\"callout callout-note\">\n<p class=\"callout-title\">说明</p>\n<p>甲</p>\n</blockquote>\n",
    );
    check(
        "> [!WARNING]\n> Wet floor\n",
        "<blockquote class=\"callout callout-warning\">\n<p class=\"callout-title\">Warning</p>\n<p>Wet floor</p>\n</blockquote>\n",
    );
    check(
        "> [!案例]\n> 甲\n> 乙\n>\n> - 丙\n",
        "<blockquote class=\"callout callout-case\">\n<p class=\"callout-title\">案例</p>\n\
         <p>甲乙</p>\n<ul>\n<li>丙</li>\n</ul>\n</blockquote>\n",
    );
    check(
        "> [!法条]- **《办法》**第五条\n> 甲\n",
        "<details class=\"callout callout-law\">\n<summary class=\"callout-title\">\
         <strong>《办法》</strong>第五条</summary>\n<p>甲</p>\n</details>\n",
    );
    check(
        "> [!Tip]+ 甲\n",
        "<details open class=\"callout callout-tip\">\n<summary class=\"callout-title\">甲</summary>\n</details>\n",
    );
    check(
        "> [!甲](b.md)\n",
        "<blockquote>\n<p><a href=\"\">!甲</a></p>\n</blockquote>\n",
    );
    check(
        "> [!提示]\n",
        "<blockquote class=\"callout callout-tip\">\n<p class=\"callout-title\">提示</p>\n</blockquote>\n",
    );
    assert_eq!(
        sections(&page("> [!案例] 题\n> 甲\n")),
        [("", "", "题\n甲")]
    );
}

#[test]
fn tabs_from_headings() {
    let body = page("> [!标签页]\n> ### 窗口\n> 甲\n>\n> ### 网上\n> 乙\n");
    assert_eq!(
        body.html,
        "<div class=\"tabs\">\n<section class=\"tab\">\n<p class=\"tab-title\">窗口</p>\n<p>甲</p>\n</section>\n\
         <section class=\"tab\">\n<p class=\"tab-title\">网上</p>\n<p>乙</p>\n</section>\n</div>\n"
    );
    assert_eq!(body.outline, []);
}

#[test]
fn footnotes_stand_below_with_the_way_back() {
    let body = page("甲[^b]乙[^a]丙[^b]\n\n[^a]: 一\n[^b]: 见[丁](d.md)\n\n戊[己](e.md)\n");
    assert_eq!(
        body.html,
        "<p>甲<sup class=\"footnote-reference\" id=\"fnref-1\"><a href=\"#fn-1\" role=\"doc-noteref\">1</a></sup>\
         乙<sup class=\"footnote-reference\" id=\"fnref-2\"><a href=\"#fn-2\" role=\"doc-noteref\">2</a></sup>\
         丙<sup class=\"footnote-reference\" id=\"fnref-1-2\"><a href=\"#fn-1\" role=\"doc-noteref\">1</a></sup></p>\n\
         <p>戊<a href=\"\">己</a></p>\n\
         <section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n\
         <li id=\"fn-1\"><p>见<a href=\"\">丁</a> <a class=\"footnote-back\" href=\"#fnref-1\" aria-label=\"↩ 1\">↩</a> \
         <a class=\"footnote-back\" href=\"#fnref-1-2\" aria-label=\"↩ 1\">↩</a></p>\n</li>\n\
         <li id=\"fn-2\"><p>一 <a class=\"footnote-back\" href=\"#fnref-2\" aria-label=\"↩ 2\">↩</a></p>\n</li>\n\
         </ol>\n</section>\n"
    );
    let targets = body.links.iter().map(|link| link.target.as_str());
    assert_eq!(targets.collect::<Vec<_>>(), ["e.md", "d.md"]);
    assert!(
        body.holes
            .iter()
            .all(|&hole| body.html[..hole].ends_with("href=\""))
    );
}

#[test]
fn definitions_captions_and_wiki_links() {
    check(
        "砚\n: 磨墨的石头\n",
        "<dl>\n<dt>砚</dt>\n<dd>磨墨的石头</dd>\n</dl>\n",
    );
    let body = page("表：**材料**清单\n\n|a|b|\n|-|-|\n|1|2|\n");
    assert!(
        body.html.starts_with(
            "<div class=\"table-scroll\" tabindex=\"0\">\n<table><caption><strong>材料</strong>清单</caption><thead>"
        ),
        "{}",
        body.html
    );
    check(
        "表：只是一句话\n\n甲\n",
        "<p>表：只是一句话</p>\n<p>甲</p>\n",
    );
    let body = page("见[[办法#第三条|这一条]]和[[办法]]。\n");
    assert_eq!(
        body.html,
        "<p>见<a href=\"\">这一条</a>和<a href=\"\">办法</a>。</p>\n"
    );
    assert!(body.links.iter().all(|link| link.kind == LinkKind::Wiki));
    assert_eq!(body.links[0].target, "办法#第三条");
}

#[test]
fn figures_and_recordings() {
    check(
        "![图](a.png \"题\")\n",
        "<figure>\n alt=\"图\" loading=\"lazy\" decoding=\"async\">\n<figcaption>题</figcaption>\n</figure>\n",
    );
    let body = page("![庭审](v/庭审.mp4)\n");
    assert_eq!(
        body.html,
        "<figure>\n<video controls preload=\"metadata\" src=\"\" aria-label=\"庭审\"></video>\n\
         <figcaption>庭审 <a class=\"download\" href=\"\" download>庭审.mp4</a></figcaption>\n</figure>\n"
    );
    let kinds = body
        .links
        .iter()
        .map(|link| (link.kind, link.target.as_str()));
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [
            (LinkKind::File, "v/庭审.mp4"),
            (LinkKind::Poster, "v/庭审"),
            (LinkKind::Captions, "v/庭审"),
            (LinkKind::Link, "v/庭审.mp4"),
        ]
    );
    check(
        "听![录音](a.mp3)\n",
        "<p>听<a class=\"download\" href=\"\" download>录音</a></p>\n",
    );
}

/// Each of these took minutes in some converter; the time is in proportion to the size here.
#[test]
fn huge_inputs_come_to_an_end() {
    let line = "为群众办实事，*一*件接一件。".repeat(250_000);
    assert!(line.len() > 10_000_000);
    for text in [
        line,
        format!("{}甲", ">".repeat(10_000)),
        "[".repeat(10_000),
        "![".repeat(10_000),
        "[甲](a.md) ".repeat(100_000),
        "http://a.cn/[ ".repeat(100_000),
        "<b></i>".repeat(100_000),
        "**“甲".repeat(100_000),
        "## 甲\n\n".repeat(100_000),
        "[^1]".repeat(100_000),
        "1、甲\n".repeat(100_000),
        "##甲\t\u{200b}\n\n".repeat(100_000),
        "`a` $x$ ".repeat(20_000),
        "{汉".repeat(100_000),
        "a@".repeat(100_000),
        "｜：".repeat(100_000),
        "|甲".repeat(10_000) + "\n" + &"|-".repeat(10_000),
        "表：".repeat(100_000),
        format!("```rust\n{}```\n", "let x = 1; // 砚\n".repeat(500_000)),
        "```html\n<p>x</p>\n```\n\n".repeat(100_000),
        format!(
            "``` {{{}}}\n{}```\n",
            "1-9,".repeat(100_000),
            "x\n".repeat(500_000)
        ),
    ] {
        for rule in [SectionRule::Headings, SectionRule::Articles] {
            let body = converted(&text, 0, rule, None);
            assert_eq!(body.holes.len(), body.links.len());
        }
    }
}

#[test]
fn a_page_of_more_code_than_anyone_reads_is_plain_from_there() {
    let line = "let x = 1;\n";
    let block = |lines: usize| format!("```rust\n{}```\n\n", line.repeat(lines));
    let text = block(5_000) + &block(5_000) + &block(2_500);
    let (body, found) = convert(&Input::of(&text));
    // 55 KB, 55 KB that are too much, and 27 KB that still fit.
    let plain = format!(
        "<pre><code class=\"language-rust\">{}</code></pre>",
        line.repeat(5_000)
    );
    assert_eq!(body.html.matches(&plain).count(), 1);
    assert_eq!(
        body.html.matches("<span class=\"n\">1</span>").count(),
        7_500
    );
    let found = found.iter().map(|found| {
        (
            found.code.as_ref(),
            found.place.as_ref().map(|place| place.line),
        )
    });
    assert_eq!(found.collect::<Vec<_>>(), [("long-code", Some(5_004))]);
}

proptest::proptest! {
    #[test]
    fn nothing_panics_and_every_link_has_its_hole(text in "([\\PC]|[\\[\\]()*_#!|<>`~。，“”\n-]|第一条 ){0,60}") {
        for rule in [SectionRule::Headings, SectionRule::Articles] {
            let body = converted(&text, 0, rule, None);
            proptest::prop_assert_eq!(body.holes.len(), body.links.len());
            let marked = emphasis::without_marks(&body.html) != body.html;
            proptest::prop_assert!(!marked);
        }
    }
}
