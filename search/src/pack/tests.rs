//! Tables as bytes, and bytes that are no tables.

use proptest::prelude::*;

use super::chunk::{self, ChunkId, Run};
use super::dictionary::{Draft, Page};
use super::document::{self, PageHead};
use super::facet::{Table, Value};
use super::hot::{self, DocumentRun, Hot};
use super::variants;

fn sample() -> Hot {
    let table = Table {
        values: ["policy", "lesson"]
            .map(|id| Value {
                id: id.into(),
                name: id.into(),
                ..Value::default()
            })
            .into(),
        sets: vec![vec![0], vec![0, 1]],
        of_page: vec![0, 1],
    };
    Hot {
        files: vec![("a".into(), 300), ("b".into(), 7)],
        opening: vec![(3, b"xyz".to_vec()), (200, b"".to_vec())],
        base: 17,
        pages: vec![String::new(), "一".into(), "一二".into(), "劳".into()],
        page_runs: vec![(Run(0x01_0203_0405), 0), (Run(8), 3)],
        documents: vec![2, 1],
        document_runs: vec![
            DocumentRun {
                run: Run(1),
                firsts: vec![0, 1],
            },
            DocumentRun {
                run: Run(2),
                firsts: vec![2],
            },
        ],
        lengths: vec![1, 2, 3],
        free: 1,
        total_length: 600,
        common: "的".into(),
        facets: std::array::from_fn(|_| table.clone()),
        dates: vec![20160206, 0],
        ended: vec![1],
        alphabet: vec!['一', '劳'],
        folded: [('勞', '劳')].into(),
        variants: Run(9),
        phrases: b"phrases".to_vec(),
        bundle: vec![(
            ChunkId {
                run: Run(7),
                index: 3,
            },
            b"chunk".to_vec(),
        )],
        id: 0,
    }
}

#[test]
fn hot_is_read_as_it_was_written() {
    let read = hot::read(&hot::write(&sample())).unwrap();
    let id = read.id;
    assert_eq!(read, Hot { id, ..sample() });
    let other = Hot {
        free: 0,
        ..sample()
    };
    assert_ne!(hot::read(&hot::write(&other)).unwrap().id, id);
}

#[test]
fn documents_are_in_their_chunks() {
    let hot = sample();
    let place = |document| {
        let (id, place) = hot.document(document);
        (id.run.0, id.index, place)
    };
    assert_eq!(
        [0, 1, 2, 3].map(place),
        [(1, 0, 0), (1, 1, 0), (2, 0, 0), (2, 0, 1)]
    );
}

#[test]
fn chunks_know_their_names() {
    let id: ChunkId = "0102030405-12".parse().unwrap();
    assert_eq!(id.to_string(), "0102030405-12");
    assert!("x".parse::<ChunkId>().is_err());
    let file = chunk::seal(id, &chunk::Deflater::default().deflate(b"content"));
    assert_eq!(chunk::open(id, &file, b"other").unwrap(), b"content");
    let other = ChunkId { index: 13, ..id };
    assert!(chunk::open(other, &file, b"").is_err());
    assert!(chunk::open(id, &file[..3], b"").is_err());
}

#[test]
fn phrases_stand_before_a_chunk() {
    let phrases = "人民法院应当依照法定程序公正审理".as_bytes();
    let content = "依照法定程序".repeat(400);
    let plain = chunk::Deflater::default().deflate(&content.as_bytes()[..18]);
    let mut deflater = chunk::Deflater::with(phrases.into());
    let short = deflater.deflate(&content.as_bytes()[..18]);
    assert!(short.len() < plain.len());
    let inflated = chunk::inflate(&short, phrases, 18).unwrap();
    assert_eq!(inflated, content.as_bytes()[..18]);
    // Far more than is guessed from the deflated size, up to the limit and no further.
    let long = deflater.deflate(content.as_bytes());
    let limit = content.len();
    assert_eq!(
        chunk::inflate(&long, phrases, limit).unwrap(),
        content.as_bytes()
    );
    assert!(chunk::inflate(&long, phrases, limit - 1).is_err());
    assert!(chunk::inflate(&long[..long.len() - 2], phrases, limit).is_err());
    assert!(chunk::inflate(&short, b"", 18).is_err());
    let other = [&[3], &short[1..]].concat();
    assert!(chunk::inflate(&other, phrases, 18).is_err());
}

#[test]
fn chunks_of_the_dictionary_are_in_their_runs() {
    let chunk = |page| {
        let id = sample().page_chunk(page);
        (id.run.0, id.index)
    };
    assert_eq!(
        [0, 2, 3].map(chunk),
        [(0x01_0203_0405, 0), (0x01_0203_0405, 2), (8, 0)]
    );
}

#[test]
fn dictionary_pages_are_read_as_they_were_written() {
    let terms = [
        ("\u{2}民法典\u{2}", 1),
        ("劳", 30),
        ("劳动", 900),
        ("𠮷a", 1),
    ];
    let terms = terms.map(|(term, frequency)| (term.to_owned(), frequency));
    let draft = |firsts: &[u32]| Draft {
        terms: terms.to_vec(),
        run: Run(5),
        firsts: firsts.to_vec(),
    };
    let bytes = draft(&[0, 2]).write();
    let page = Page::read(&bytes).unwrap();
    let read = page.0.iter();
    let read = read.map(|entry| (entry.term.clone(), entry.frequency));
    assert_eq!(read.collect::<Vec<_>>(), terms);
    let place = |term| {
        let entry = page.get(term).unwrap();
        let (ChunkId { run, index }, list) = entry.list();
        (run.0, index, list, entry.lists().collect::<Vec<_>>())
    };
    assert_eq!(place("劳"), (5, 0, 2, vec![1, 30]));
    assert_eq!(place("劳动"), (5, 1, 1, vec![900]));
    assert_eq!(place("𠮷a"), (5, 1, 2, vec![900, 1]));
    assert_eq!(page.get("动"), None);
    assert!(Page::read(&bytes[..bytes.len() - 1]).is_err());
    // Postings without a chunk, before the first, and a chunk without postings.
    for firsts in [&[][..], &[1], &[0, 9]] {
        assert!(Page::read(&draft(firsts).write()).is_err());
    }
}

#[test]
fn documents_are_read_as_they_were_written() {
    let head = |title: &str| PageHead {
        title: title.into(),
        trail: vec!["政策".into()],
        ..PageHead::default()
    };
    let mut chunk = Vec::new();
    document::write(&mut chunk, Some(&head("甲")), ["art-1", "第一条", "一。"]);
    document::write(&mut chunk, None, ["art-2", "第二条", "二。"]);
    document::write(&mut chunk, Some(&head("乙")), ["", "", "三。"]);
    let read = |place| document::read(&chunk, place).unwrap();
    assert_eq!(
        (read(0).page.title.as_str(), read(0).text.as_str()),
        ("甲", "一。")
    );
    assert_eq!(
        (read(1).page.title.as_str(), read(1).anchor.as_str()),
        ("甲", "art-2")
    );
    assert_eq!(
        (read(2).page.title.as_str(), read(2).text.as_str()),
        ("乙", "三。")
    );
    assert!(document::read(&chunk, 3).is_err());
}

#[test]
fn lengths_keep_their_order() {
    let mut last = 0;
    for length in 0..10_000 {
        let code = hot::length_code(length);
        assert!(code >= last);
        last = code;
    }
    assert!((hot::code_length(hot::length_code(100)) / 100.0 - 1.0).abs() < 0.25);
}

proptest! {
    /// Whatever the bytes, no reader panics, loops or takes more memory than they warrant.
    #[test]
    fn arbitrary_bytes_are_errors(bytes in proptest::collection::vec(any::<u8>(), 0..300), place in 0usize..40) {
        let _ = hot::read(&bytes);
        let _ = Page::read(&bytes);
        let _ = document::read(&bytes, place);
        let _ = variants::read(&bytes);
    }

    /// The same behind a valid head, so that the tables are reached.
    #[test]
    fn damaged_tables_are_errors(at in 0usize..400, byte in any::<u8>()) {
        let file = hot::write(&sample());
        let mut body = chunk::inflate(&file[24..], b"", 1 << 20).unwrap();
        let at = at % body.len();
        body[at] = byte;
        let body = chunk::Deflater::default().deflate(&body);
        let mut damaged = file[..16].to_vec();
        damaged.extend(hot::hash(&body).to_le_bytes());
        damaged.extend(body);
        if let Ok(hot) = hot::read(&damaged) {
            hot.document(1);
            hot.page("劳动");
        }
    }
}
