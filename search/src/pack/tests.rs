//! Tables as bytes, and bytes that are no tables.

use proptest::prelude::*;

use super::chunk::{self, ChunkId, Run};
use super::dictionary::{Draft, Page};
use super::document::{self, Document, PageHead};
use super::facet::{Table, Value};
use super::hot::{self, DocumentRun, Hot};
use super::idiom::Idiom;
use super::variants;

fn idiom() -> Idiom {
    let counts = "人民法院应当依照法定程序公正审理".chars().map(|c| (c, 9));
    Idiom::new(counts.collect(), "人民法院")
}

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
        idiom: idiom(),
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
    assert_eq!(chunk::open(id, &file, &idiom()).unwrap(), b"content");
    let other = ChunkId { index: 13, ..id };
    assert!(chunk::open(other, &file, &Idiom::default()).is_err());
    assert!(chunk::open(id, &file[..3], &Idiom::default()).is_err());
}

#[test]
fn texts_are_in_the_idiom_of_their_site() {
    let id: ChunkId = "0102030405-12".parse().unwrap();
    let text = "依照法定程序".repeat(400);
    let coded = |idiom: &Idiom| chunk::texts(std::slice::from_ref(&text), idiom).remove(0);
    for idiom in [idiom(), Idiom::default()] {
        let file = chunk::seal(id, &coded(&idiom));
        assert_eq!(chunk::open(id, &file, &idiom).unwrap(), text.as_bytes());
    }
    let coded = coded(&idiom());
    let none = Idiom::default();
    assert!(chunk::open(id, &chunk::seal(id, &coded), &none).is_err());
    // What is no text is not in an idiom.
    assert!(chunk::inflate(&coded, 1 << 20).is_err());
    assert!(chunk::inflate(&[3, 0], 1 << 20).is_err());
}

#[test]
fn inflating_ends_at_a_limit() {
    // Far more than is guessed from the deflated size, up to the limit and no further.
    let content = "依照法定程序".repeat(400).into_bytes();
    let deflated = chunk::Deflater::default().deflate(&content);
    let limit = content.len();
    assert_eq!(chunk::inflate(&deflated, limit).unwrap(), content);
    assert!(chunk::inflate(&deflated, limit - 1).is_err());
    assert!(chunk::inflate(&deflated[..deflated.len() - 2], limit).is_err());
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
    let draft = |firsts: &[u32]| {
        let mut draft = Draft {
            run: Run(5),
            firsts: firsts.to_vec(),
            ..Draft::default()
        };
        let terms = terms.iter();
        terms.for_each(|(term, frequency)| draft.terms.push(term, *frequency));
        draft
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
    let head = |source: &str, title: &str, trail: &[&str]| PageHead {
        source: source.into(),
        url: source.replace(".md", "/"),
        title: title.into(),
        trail: trail.iter().map(|&name| name.into()).collect(),
        ..PageHead::default()
    };
    let heads = [
        head("a/p9.md", "民法典 第九条", &["政策", "法"]),
        head("a/p10.md", "民法典 第十条", &["政策", "法"]),
        head("a/_index.md", "民法", &["", "a"]),
        head("", "", &[]),
    ];
    let heads = heads.into_iter().map(|head| PageHead {
        url: head.url.replace("_index/", ""),
        number: "〔2016〕9号".repeat(head.trail.len() / 3),
        ..head
    });
    let parts = [
        ["", "", "一。"],
        ["art-9", "第九条", ""],
        ["art-10-1", "第十条之一", "二。\n三。"],
        ["一-总则", "一 总则", "\u{2}\u{3}\u{4}𠮷🀄️"],
        ["art-10-2", "第十条之二", ""],
        ["art-11", "第十一条", ""],
    ];
    let mut writer = document::Writer::default();
    let mut expected = Vec::new();
    for page in heads {
        for (at, parts) in parts.into_iter().enumerate() {
            writer.document((at == 0).then_some(&page), parts);
            let [anchor, title, text] = parts.map(str::to_owned);
            expected.push(Document {
                page: page.clone(),
                anchor,
                title,
                text,
            });
        }
    }
    let chunk = writer.finish();
    for (place, document) in expected.iter().enumerate() {
        assert_eq!(document::read(chunk.as_bytes(), place).unwrap(), *document);
    }
    assert!(document::read(chunk.as_bytes(), expected.len()).is_err());
    assert!(document::read("\u{3}".as_bytes(), 0).is_err());
}

#[test]
fn what_is_expected_takes_a_mark() {
    let mut writer = document::Writer::default();
    let mut lengths = Vec::new();
    for (source, title) in [("p01", "第一条"), ("p02", "第二条"), ("p03", "第三条")] {
        let head = PageHead {
            source: format!("{source}.md"),
            url: format!("{source}/"),
            title: format!("民法典 {title}"),
            ..PageHead::default()
        };
        let before = writer.len();
        let anchor = format!("art-{}", lengths.len() + 1);
        writer.document(Some(&head), [&anchor, title, ""]);
        lengths.push(writer.len() - before);
    }
    // Seven parts, a mark before them, and the end of a text.
    assert_eq!(lengths[1..], [9, 9]);
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
    /// But for the characters that end parts and names, which no reader would see.
    #[test]
    fn any_documents_are_read(parts in proptest::collection::vec(proptest::array::uniform9(any::<String>()), 1..5)) {
        let clean = |text: &String| text.replace('\0', "");
        let mut writer = document::Writer::default();
        for parts in &parts {
            let [source, url, title, number, above, below, anchor, heading, text] = parts;
            let [source, url, title, number] = [source, url, title, number].map(String::clone);
            let trail = vec![above.clone(), below.clone()];
            let head = PageHead { source, url, title, number, trail };
            writer.document(Some(&head), [anchor, heading, text]);
        }
        let chunk = writer.finish();
        for (place, parts) in parts.iter().enumerate() {
            let document = document::read(chunk.as_bytes(), place).unwrap();
            let page = document.page;
            let mut read = vec![page.source, page.url, page.title, page.number];
            read.extend(page.trail);
            read.extend([document.anchor, document.title, document.text]);
            let mut written = parts.iter().map(clean).collect::<Vec<_>>();
            written[4..6].iter_mut().for_each(|name| *name = name.replace('\u{1}', ""));
            prop_assert_eq!(read, written);
        }
    }

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
        let mut body = chunk::inflate(&file[24..], 1 << 20).unwrap();
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
