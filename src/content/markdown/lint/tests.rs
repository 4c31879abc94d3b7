//! Each rule on what it is for, on what it must leave alone, and its mend.

use crate::content::markdown::{Input, convert};
use crate::diagnostic::{Diagnostic, Edit, apply};
use crate::language::Language;

fn found(text: &str) -> Vec<Diagnostic> {
    convert(&Input::of(text)).1
}

/// The findings of `text` as `line:column code`, and the text once it is mended.
fn check(text: &str, expected: &[&str], mended: &str) {
    let found = found(text);
    let shown = found.iter().map(|found| {
        let json = found.to_json(Language::English);
        format!("{}:{} {}", json["line"], json["column"], found.code)
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{text:?}");
    let edits = found.iter().flat_map(|found| &found.fix).cloned();
    assert_eq!(
        apply(text, edits.collect::<Vec<Edit>>()),
        mended,
        "{text:?}"
    );
}

fn quiet(text: &str) {
    check(text, &[], text);
}

#[test]
fn headings_want_a_space() {
    check("##标题\n", &["1:1 heading-space"], "## 标题\n");
    check("> ###　节\n", &["1:3 heading-space"], "> ### 节\n");
    check("甲\n\n＃＃ 乙\n", &["3:1 heading-space"], "甲\n\n## 乙\n");
    check("#题目\n", &["1:1 heading-space"], "# 题目\n");
    for text in [
        "#1 与 C#语言\n",
        "#tag\n",
        "```\n##标题\n```\n",
        "####### 七\n",
        "##\n",
    ] {
        quiet(text);
    }
}

#[test]
fn points_want_lines_of_their_own() {
    check(
        "有：\n1、甲\n２、乙\n",
        &["2:1 list-marker", "3:1 list-marker"],
        "有：\n1. 甲\n2. 乙\n",
    );
    check(
        "１．甲\n２．乙\n",
        &["1:1 list-marker", "2:1 list-marker"],
        "1. 甲\n2. 乙\n",
    );
    check(
        "（一）甲\n（二）乙\n",
        &["1:1 list-marker", "2:1 list-marker"],
        "（一）甲\n\n（二）乙\n",
    );
    for text in [
        "1、甲\n\n2、乙\n",
        "（一）甲\n\n（二）乙\n",
        "## 节\n一、甲\n",
        "1. 甲\n2. 乙\n",
        "```\n1、甲\n2、乙\n```\n",
        "2026、2027\n两者\n",
        "二〇二六年\n三月\n",
    ] {
        quiet(text);
    }
}

#[test]
fn targets_want_no_spaces_and_half_width_brackets() {
    check(
        "[甲](文件 名.md)\n",
        &["1:5 link-space"],
        "[甲](<文件 名.md>)\n",
    );
    check(
        "![甲](a b.png)\n",
        &["1:6 link-space"],
        "![甲](<a b.png>)\n",
    );
    check("[甲]（a.md）\n", &["1:4 link-brackets"], "[甲](a.md)\n");
    for text in [
        "[甲](<a b.md>)\n",
        "[甲](a.md \"题\")\n",
        "`[甲](a b.md)`\n",
        "[甲]（见附件 1）\n",
        "[甲]( a.md )\n",
    ] {
        quiet(text);
    }
}

#[test]
fn tables_want_half_width_signs() {
    check(
        "|甲|乙|\n|：-|-：|\n|1|2|\n",
        &["2:1 table-signs"],
        "|甲|乙|\n|:-|-:|\n|1|2|\n",
    );
    check(
        "｜甲：｜乙｜\n｜-｜-｜\n｜1｜2｜\n",
        &["2:1 table-signs"],
        "|甲：|乙|\n|-|-|\n|1|2|\n",
    );
    quiet("|甲：|乙|\n|:-|-:|\n|一：|二|\n");
    quiet("注意：——\n");
}

#[test]
fn code_wants_to_be_code() {
    check(
        "甲\n\n```\n乙\n",
        &["3:1 unclosed-fence"],
        "甲\n\n```\n乙\n",
    );
    check(
        "甲\n\n    乙\n    丙\n",
        &["3:5 indented-code"],
        "甲\n\n乙\n丙\n",
    );
    check("\t甲\n", &["1:2 indented-code"], "甲\n");
    for text in [
        "```\n甲\n```\n",
        "> ~~~~\n> 甲\n> ~~~~\n",
        "    let a = 1;\n",
        "- ```\n  甲\n  ```\n",
    ] {
        quiet(text);
    }
}

#[test]
fn footnotes_want_to_be_there() {
    check("甲[^1]\n", &["1:2 missing-footnote"], "甲[^1]\n");
    check(
        "甲[^1]\n\n[^1]：乙\n",
        &["1:2 missing-footnote", "3:1 missing-footnote"],
        "甲[^1]\n\n[^1]: 乙\n",
    );
    quiet("甲[^注]`[^2]`\n\n[^注]: 乙\n");
}

#[test]
fn characters_want_to_be_seen() {
    check(
        "党\u{200b}风\u{feff}廉\u{ad}政\u{7}\n",
        &[
            "1:2 invisible",
            "1:4 invisible",
            "1:6 invisible",
            "1:8 invisible",
        ],
        "党风廉政\n",
    );
    check(
        &"党\u{200b}风\u{200b}\n".repeat(80),
        &["1:2 invisible"],
        &"党风\n".repeat(80),
    );
    let text = format!("{}\u{200b}\u{200b}\n甲\u{200b}\n", "\u{200b}甲\n".repeat(9));
    let (_, found) = convert(&Input::of(&text));
    assert_eq!(
        found[0].message.en,
        "an invisible character (U+200B) stands here; it spoils search and copying; \
         11 more on this page, in line 2, 3, 4, 5, 6, …"
    );
    check("甲\t乙\n", &["1:2 hard-tab"], "甲 乙\n");
    check("甲\r\n乙\r\n丙\n", &["3:2 line-ends"], "甲\r\n乙\r\n丙\r\n");
    check("甲\n乙\n丙\r\n", &["3:2 line-ends"], "甲\n乙\n丙\n");
    for text in ["甲\r\n乙\r\n", "👨\u{200d}👩 “甲”——……\n", "- 甲\n\t- 乙\n"] {
        quiet(text);
    }
}

#[test]
fn links_images_and_headings() {
    check(
        "[](a.md)[甲]()\n",
        &["1:1 empty-link", "1:9 empty-link"],
        "[](a.md)[甲]()\n",
    );
    check("![](a.png)\n", &["1:1 missing-alt"], "![](a.png)\n");
    check(
        "![甲](http://a.cn/b.png)\n",
        &["1:1 foreign-image"],
        "![甲](http://a.cn/b.png)\n",
    );
    check("# 甲\n\n# 乙\n", &["3:1 second-title"], "# 甲\n\n# 乙\n");
    check(
        "## 甲\n\n#### 乙\n",
        &["3:1 heading-skip"],
        "## 甲\n\n#### 乙\n",
    );
    quiet("# 甲\n\n## 乙\n\n### 丙\n\n## 丁\n");
}

#[test]
fn what_is_said_often_is_counted() {
    let found = found(&"##甲\n\n".repeat(80));
    assert_eq!(found.len(), 51);
    assert_eq!(found[50].message.en, "this page has 30 more of these");
}
