//! Front matter against the lesson and policy kinds.

use super::super::front_matter;
use super::super::kind::Kinds;
use super::*;

fn read_as(kind: &str, text: &str) -> (Metadata, Vec<String>) {
    let kinds = Kinds::built_in().unwrap();
    let matter = front_matter::parse("a.md", text).unwrap();
    let kind = kinds.get(kind).unwrap();
    let (metadata, diagnostics) = read("a.md", text, matter.entries, kind);
    let said = diagnostics.iter().map(|d| {
        let place = d.place.as_ref().unwrap();
        let hint = d.hint.as_ref().map_or("", |hint| hint.en.as_str());
        format!("{}:{} {} {hint}", place.line, place.column, d.code)
    });
    (metadata, said.collect())
}

#[test]
fn chinese_and_english_keys_mean_the_same() {
    let zh =
        "---\n标题: 甲\n日期: 2026年3月1日\n作者: 张、李\n主题: 廉政\n草稿: 是\n时长: 6分钟\n---\n";
    let en = "---\ntitle: 甲\ndate: 2026-03-01\nauthors: [张, 李]\neducation_themes: [integrity]\n\
              draft: true\nduration: 6\n---\n";
    let ((mut zh, none), (en, nothing)) = (read_as("lesson", zh), read_as("lesson", en));
    assert_eq!((none.len(), nothing.len()), (0, 0));
    assert_eq!(en.fields[0].values[0].0, "6");
    zh.fields[0].values[0].1 = en.fields[0].values[0].1.clone();
    assert_eq!(zh.education_themes[0].0, "廉政");
    assert_eq!(en.education_themes[0].0, "integrity");
    zh.education_themes.clone_from(&en.education_themes);
    assert_eq!(zh, en);
}

#[test]
fn unknown_keys_are_warnings_with_the_nearest_name() {
    let (_, said) = read_as("lesson", "---\ntitel: 甲\n---\n");
    assert_eq!(said, ["2:1 unknown-key did you mean `title`?"]);
}

#[test]
fn wrong_values_point_at_themselves() {
    let (metadata, said) = read_as(
        "policy",
        "---\ndate: 2026-02-30\n状态: 有效\ndraft: maybe\nslug: a/b\n---\n",
    );
    assert_eq!(
        said,
        [
            "2:7 front-matter-value ",
            "3:5 field-value did you mean `现行有效`?",
            "4:8 front-matter-value ",
            "5:7 front-matter-value "
        ]
    );
    assert_eq!(
        (metadata.date, metadata.draft, metadata.slug),
        (None, false, None)
    );
}

#[test]
fn blank_forms_are_no_fault() {
    let (metadata, said) = read_as("lesson", "---\ntitle:\n主题:\n时长:\n---\n");
    assert_eq!((metadata, said.len()), (Metadata::default(), 0));
}

#[test]
fn old_addresses() {
    for (alias, address) in [
        ("/old/x.html", "old/x.html"),
        ("old/x", "old/x/"),
        ("old/x/index.html", "old/x/"),
    ] {
        assert_eq!(old_address(alias), address);
    }
}
