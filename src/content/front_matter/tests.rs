//! Front matter as authors write it, right and wrong.

use super::*;
use crate::diagnostic::Place;

fn read(text: &str) -> Vec<(String, Value, String)> {
    let matter = parse("a.md", text).unwrap();
    let entries = matter.entries.into_iter();
    entries
        .map(|entry| {
            let written = text[entry.span].to_owned();
            (entry.key, entry.value, written)
        })
        .collect()
}

fn complaint(text: &str) -> (Option<Place>, String, Option<String>) {
    let error = parse("a.md", text).unwrap_err();
    (
        error.place,
        error.message.en,
        error.hint.map(|hint| hint.en),
    )
}

#[test]
fn yaml_keeps_order_places_and_numbers_as_written() {
    let text = "---\n标题: 砚台\ndate: 2026-03-01\nversion: 1.10\ndraft: true\nempty:\n---\n正文";
    let entries = read(text);
    let value = |at: usize| entries[at].1.clone();
    assert_eq!(value(0), Value::Text("砚台".into()));
    assert_eq!(entries[0].2, "砚台");
    assert_eq!(value(1), Value::Text("2026-03-01".into()));
    assert_eq!(value(2), Value::Text("1.10".into()));
    assert_eq!(value(3), Value::Bool(true));
    assert_eq!(value(4), Value::Empty);
    let body = parse("a.md", text).unwrap().body;
    assert_eq!(&text[body..], "正文");
}

#[test]
fn lists_keep_the_place_of_each_item() {
    let text = "---\n主题: [廉洁, 司法为民]\n目标:\n  - 一\n  - 2\n---\n";
    for (entry, expected) in read(text).iter().zip([["廉洁", "司法为民"], ["一", "2"]]) {
        let Value::List(items) = &entry.1 else {
            panic!("{entry:?}")
        };
        let written = items.iter().map(|(_, span)| &text[span.clone()]);
        assert_eq!(written.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn toml_is_read_alike() {
    let text = "+++\ntitle = \"砚台\"\n\"日期\" = 2026-03-01\ntags = [\"甲\", 2]\n+++\n正文";
    let entries = read(text);
    let find = |key: &str| entries.iter().find(|e| e.0 == key).unwrap().1.clone();
    assert_eq!(find("title"), Value::Text("砚台".into()));
    assert_eq!(find("日期"), Value::Text("2026-03-01".into()));
    assert!(matches!(find("tags"), Value::List(items) if items.len() == 2));
}

#[test]
fn none_at_all() {
    assert_eq!(parse("a.md", "# 题\n").unwrap(), FrontMatter::default());
    assert_eq!(parse("a.md", "---\n\n正文\n").unwrap().body, 0);
    assert_eq!(parse("a.md", "---\n---\n").unwrap().entries, []);
    let crlf = "---\r\n标题: 甲\r\n---\r\n正文";
    assert_eq!(&crlf[parse("a.md", crlf).unwrap().body..], "正文");
}

#[test]
fn a_full_width_colon_is_found() {
    let (place, message, _) = complaint("---\ndate: 2026-01-01\n标题：砚台\n---\n");
    let place = place.unwrap();
    assert_eq!((place.line, place.column), (3, 3));
    assert!(message.contains("full-width colon"), "{message}");
}

#[test]
fn broken_blocks_say_where() {
    let (place, message, _) = complaint("---\ntitle: \"甲\nx: [1\n---\n");
    assert!(place.unwrap().line >= 2);
    assert!(
        message.starts_with("the front matter is not YAML"),
        "{message}"
    );
    let (place, message, _) = complaint("---\ntitle: 甲\n正文");
    assert_eq!(place.unwrap().line, 1);
    assert!(message.contains("not closed"), "{message}");
    let (place, message, _) = complaint("+++\ntitle = 甲\n+++\n");
    assert_eq!(place.unwrap().line, 2);
    assert!(
        message.starts_with("the front matter is not TOML"),
        "{message}"
    );
}

proptest::proptest! {
    #[test]
    fn nothing_panics(text in "(---|\\+\\+\\+)\n[\\PC\n:=\\[\\]\"'#-]{0,80}\n(---|\\+\\+\\+)\n") {
        let _ = parse("a.md", &text);
    }
}
