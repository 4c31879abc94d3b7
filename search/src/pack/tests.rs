//! The format is read as written, and damage is an error.

use super::*;
use proptest::prelude::*;

fn hot() -> Hot {
    Hot {
        id: 7,
        files: vec![("a.term".into(), 20_000), ("meta.json".into(), 3)],
        cuts: vec![0, 5_000, 19_000],
        hashes: vec![[1, 2, 3, 4, 5]; 4],
        document_chunks: vec![0],
        opening: vec![(3, vec![1, 2]), (20_000, b"{}\n".to_vec())],
        lengths: vec![3, 255, 0],
        total_length: 1234,
        common: "的".into(),
        kinds: vec!["policy".into()],
        education_themes: vec!["integrity".into()],
        theme_sets: vec![vec![], vec![0]],
        pages: vec![PageRow {
            documents: 3,
            kind: 0,
            theme_set: 1,
        }],
    }
}

#[test]
fn hot_is_read_as_written() {
    assert_eq!(read_hot(&write_hot(&hot())).unwrap(), hot());
}

#[test]
fn chunks_of_addresses() {
    let check = |range, expected| assert_eq!(hot().chunks(&range), expected, "{range:?}");
    check(0..1, 0..1);
    check(4_999..5_000, 0..1);
    check(4_999..5_001, 0..2);
    check(5_000..5_001, 1..2);
    check(1..20_003, 0..3);
}

#[test]
fn documents_are_read_as_written() {
    let mut chunk = Vec::new();
    write_document(&mut chunk, ["a.md", "a/", "甲", "", "", "文"]);
    write_document(&mut chunk, ["b.md", "b/#x", "乙", "题", "2020-01-01", "字"]);
    let document = read_document(&chunk, 1).unwrap();
    assert_eq!(
        (document.url.as_str(), document.text.as_str()),
        ("b/#x", "字")
    );
    assert!(read_document(&chunk, 2).is_err());
}

#[test]
fn length_codes_are_near() {
    for length in [1u32, 7, 11, 50, 140, 300, 700, 50_000] {
        let near = code_length(length_code(length)) / length as f32;
        assert!((0.79..1.01).contains(&near), "{length} {near}");
    }
    assert!((0..3000).all(|length| length_code(length) <= length_code(length + 1)));
    assert_eq!((length_code(0), length_code(u32::MAX)), (0, 96));
}

proptest! {
    /// Bytes that were not written by us are an error, never a panic.
    #[test]
    fn damaged_hot_is_an_error(at in 0usize..200, flip in 1u8..) {
        let mut bytes = write_hot(&hot());
        let at = at % bytes.len();
        bytes[at] ^= flip;
        // The id is not covered by the hash, the chunks' names are.
        prop_assert!(read_hot(&bytes).is_err() || (8..16).contains(&at));
    }

    #[test]
    fn random_tables_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let body = deflate(&body);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(1u64.to_le_bytes());
        bytes.extend(hash(&body).to_le_bytes());
        bytes.extend(body);
        let _ = read_hot(&bytes);
    }
}
