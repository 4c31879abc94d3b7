//! HTML of authors' own: what comes of it, to the letter, and that nothing dangerous does.

use crate::content::kind::{Binding, SectionRule};
use crate::content::markdown::{Body, Input, convert};
use crate::language::Language;

fn converted(text: &str, trusted: bool) -> (Body, Vec<String>) {
    let bindings = [Binding {
        dir: String::new(),
        kind: "page".to_owned(),
        trusted,
    }];
    let input = Input {
        bindings: &bindings,
        ..Input::of(text)
    };
    let (body, found) = convert(&input);
    let found = found.iter().map(|found| {
        let json = found.to_json(Language::English);
        format!("{}:{} {}", json["line"], json["column"], found.message)
    });
    let found = found.collect();
    (body, found)
}

fn check(text: &str, html: &str, findings: &[&str]) {
    let (body, found) = converted(text, false);
    assert_eq!(body.html.trim_end(), html, "{text:?}");
    assert_eq!(found, findings, "{text:?}");
}

#[test]
fn what_documents_need_passes() {
    check(
        "水<sub>2</sub>、<kbd>F5</kbd><br>",
        "<p>水<sub>2</sub>、<kbd>F5</kbd><br></p>",
        &[],
    );
    check(
        "<details open>\n<summary>问</summary>\n\n答**案**\n\n</details>",
        "<details open>\n<summary>问</summary>\n<p>答<strong>案</strong></p>\n</details>",
        &[],
    );
    check(
        "<table border=1><tr><td colspan=\"2\" align=center>甲&nbsp;<tr><th>乙 & 丙</table>",
        "<table><tr><td colspan=\"2\" class=\"center\">甲&nbsp;</td></tr><tr><th>乙 &amp; 丙</th></tr></table>",
        &[],
    );
    check(
        "<ruby>砚<rp>(</rp><rt>yàn<rp>)</rp></ruby>",
        "<p><ruby>砚<rp>(</rp><rt>yàn</rt><rp>)</rp></ruby></p>",
        &[],
    );
    check(
        "<a name=\"here\"></a>甲",
        "<p><a id=\"here\"></a>甲</p>",
        &[],
    );
    check("<!-- 备注 -->", "", &[]);
    check("<center>甲</center>", "<div class=\"center\">甲</div>", &[]);
}

#[test]
fn targets_are_links_like_any_other() {
    let text = "见<a href=\"../a.md?x=1&amp;y=2\">甲</a><img src='图.png' width=9 alt=\"图\">";
    let (body, found) = converted(text, false);
    assert_eq!(
        body.html,
        "<p>见<a href=\"\">甲</a> alt=\"图\" loading=\"lazy\" decoding=\"async\"></p>\n"
    );
    assert_eq!(found, Vec::<String>::new());
    let targets = body.links.iter().map(|link| link.target.as_str());
    assert_eq!(targets.collect::<Vec<_>>(), ["../a.md?x=1&y=2", "图.png"]);
    assert_eq!(&text[body.links[1].span.clone()], "图.png");
    let search = &body.sections[0].text;
    assert_eq!(search, "见甲");
}

#[test]
fn what_is_dangerous_goes_and_is_said() {
    check(
        "甲<script>alert(1)</script>乙",
        "<p>甲乙</p>",
        &["1:2 `<script>` is left out"],
    );
    check(
        "<script>\n\nlet a = '<b>';\n\n</script>\n\n甲",
        "<p>甲</p>",
        &["1:1 `<script>` is left out"],
    );
    check(
        "<style>body{}</style>\n\n甲",
        "<p>甲</p>",
        &["1:1 `<style>` is left out"],
    );
    check(
        "> <p onclick=\"x()\" style=\"position:fixed\">\n> 甲</p>",
        "<blockquote>\n<p>\n甲</p></blockquote>",
        &["1:3 `onclick style` of `<p>` is left out"],
    );
    check(
        "<a href=\"java&#115;cript:x\">甲</a>",
        "<p><a>甲</a></p>",
        &["1:1 `javascript:x` in `href` is unsafe and left out"],
    );
    check(
        "<img src=https://a.cn/b.png>甲",
        "<p>甲</p>",
        &["1:1 `src` leads out of the site to `https://a.cn/b.png` and is left out"],
    );
    check(
        "<form><input>甲</form>",
        "甲",
        &["1:1 `<form>` is left out", "1:7 `<input>` is left out"],
    );
    check(
        "[甲](javascript:alert(1))",
        "<p><a>甲</a></p>",
        &["1:5 `javascript:alert(1)` is neither an address nor a file of the site and is left out"],
    );
    check(
        "<svg onload=x><circle/></svg>甲",
        "<p>甲</p>",
        &["1:1 `<svg>` is left out"],
    );
    check("a <b", "<p>a &lt;b</p>", &[]);
}

#[test]
fn what_is_open_is_closed_where_the_markdown_around_it_ends() {
    check("<b>甲\n\n乙", "<p><b>甲</b></p>\n<p>乙</p>", &[]);
    check(
        "*<b>甲*</b>",
        "<p><em><b>甲</b></em></p>",
        &["1:7 `</b>` cannot stand here and is left out"],
    );
    check(
        "甲<div>乙</div>",
        "<p>甲乙</p>",
        &[
            "1:2 `<div>` cannot stand here and is left out",
            "1:8 `</div>` cannot stand here and is left out",
        ],
    );
    check("<div>\n\n甲", "<div>\n<p>甲</p>\n</div>", &[]);
    check(
        "- <div>\n\n乙",
        "<ul>\n<li>\n<div>\n</div></li>\n</ul>\n<p>乙</p>",
        &[],
    );
    check(
        "</div>",
        "",
        &["1:1 `</div>` cannot stand here and is left out"],
    );
    check(
        "<td>甲</td>",
        "甲",
        &[
            "1:1 `<td>` cannot stand here and is left out",
            "1:6 `</td>` cannot stand here and is left out",
        ],
    );
}

#[test]
fn a_trusted_folder_passes_as_it_is() {
    let (body, found) = converted("<script>x</script>\n\n<b onclick=x>甲</b>", true);
    assert_eq!(
        body.html,
        "<script>x</script>\n<p><b onclick=x>甲</b></p>\n"
    );
    assert_eq!(found, Vec::<String>::new());
}

/// The tags of `html`, each checked to end in turn; panics where one does not.
pub(in crate::content::markdown) fn assert_balanced(html: &str) {
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        let name = tag
            .split([' ', '/', '\n'])
            .find(|name| !name.is_empty())
            .expect("a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
        } else if !matches!(
            name,
            "br" | "img" | "hr" | "col" | "source" | "track" | "wbr"
        ) && !tag.ends_with('/')
        {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "{html}");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(2000))]
    #[test]
    fn tags_are_balanced_whatever_is_written(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "<b>", "</b>", "<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</table>",
        "<script>", "</script>", "<svg>", "</svg>", "<a href='x'>", "</a>", "<img src=x onerror=y>",
        "<ruby>", "<rt>", "</ruby>", "<li>", "<ul>", "</ul>", "<details>", "<summary>", "</details>",
        "*", "**", "甲", "“", " ", "\n", "\n\n", "> ", "- ", "# ", "|", "`", "[", "](y)", "<", ">", "\"",
        "<!--", "-->", "<style", "=", "'", "&#60;script>", "{甲|a}", "https://a.cn/<", "第一条 ", "```\n", "[^1]",
        "\n[^1]: ", "<x-y>", "<br/>",
    ]), 0..40), articles: bool) {
        let text = pieces.concat();
        let rule = if articles { SectionRule::Articles } else { SectionRule::Headings };
        let input = Input {
            rule,
            ..Input::of(&text)
        };
        let (body, _) = convert(&input);
        assert_balanced(&body.html);
        let tags = body.html.split('<').skip(1).map(|part| part.split('>').next().unwrap());
        let lower = tags.map(|tag| format!("<{}>", tag.to_lowercase())).collect::<String>();
        for never in ["<script", "<style", "<svg", " onerror", "javascript:"] {
            proptest::prop_assert!(!lower.contains(never), "{}", body.html);
        }
        proptest::prop_assert_eq!(body.holes.len(), body.links.len());
        proptest::prop_assert!(body.holes.is_sorted());
    }
}

#[test]
fn an_id_is_escaped_once() {
    check("<p id=\"a&amp;b\">甲</p>", "<p id=\"a&amp;b\">甲</p>", &[]);
}
