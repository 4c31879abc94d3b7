//! Packs as files: written, read from a folder, damaged, and read in WebAssembly.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod support;

use std::path::Path;

use inkstone_search::{
    ChunkId, Engine, FolderSearcher, Pack, PackOptions, PackWriter, SearchError, Step,
    learn_postings,
};
use support::{ROWS, pack, pack_of, query, write};

/// A pack that is not one file.
fn in_chunks() -> Pack {
    let mut options = PackOptions::default();
    options.bundle = 0;
    pack_of(ROWS, options)
}

#[test]
fn the_same_sections_give_the_same_bytes() {
    assert!(pack() == pack());
}

#[test]
fn a_model_is_learnt_from_packs() {
    let folder = tempfile::tempdir().unwrap();
    write(&in_chunks(), folder.path());
    let once = learn_postings([folder.path()]).unwrap();
    let twice = learn_postings([folder.path(), folder.path()]).unwrap();
    assert_eq!(once, learn_postings([folder.path()]).unwrap());
    assert_ne!(once, twice);
    assert_eq!(once.len(), twice.len());
    let chunk = folder.path().join("chunks");
    std::fs::remove_dir_all(chunk).unwrap();
    assert!(learn_postings([folder.path()]).is_err());
}

#[test]
fn an_empty_pack_finds_nothing() {
    let pack = PackWriter::new(PackOptions::default()).finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(&pack, folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    assert_eq!(searcher.search(&query("劳动")).unwrap().total, 0);
}

#[test]
fn damaged_and_missing_files_are_errors() {
    let pack = pack();
    let file = |name: &str| {
        pack.files
            .iter()
            .find(|(path, _)| path == name)
            .unwrap()
            .1
            .clone()
    };
    let hot = file("hot.bin");
    let version = Engine::open(b"inkhot\0\x00....").err().unwrap();
    assert_eq!(version.code(), "version");
    for at in (16..hot.len()).step_by(7) {
        let mut bytes = hot.clone();
        bytes[at] ^= 0x40;
        assert!(Engine::open(&bytes).is_err(), "byte {at}");
        assert!(Engine::open(&hot[..at]).is_err(), "cut at {at}");
    }
    let pack = in_chunks();
    let file = |name: &str| {
        let found = pack.files.iter().find(|(path, _)| path == name);
        found.unwrap().1.clone()
    };
    let hot = file("hot.bin");
    let mut engine = Engine::open(&hot).unwrap();
    let Step::Need(chunks) = engine.search(&query("劳动合同")).unwrap() else {
        panic!("nothing was supplied yet");
    };
    for id in chunks {
        let good = file(&format!("chunks/{id}.js"));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let error = engine.supply(id, &bad).unwrap_err();
            assert_eq!(error.code(), "damaged", "byte {at}");
            assert!(engine.supply(id, &good[..at]).is_err(), "cut at {at}");
        }
        engine.supply(id, &good).unwrap();
    }
    let other: ChunkId = "0000000000-0".parse().unwrap();
    assert!(engine.supply(other, b"").is_err());

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hot.bin"), &hot).unwrap();
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let error: SearchError = searcher.search(&query("劳动")).unwrap_err();
    assert_eq!(error.code(), "missing");
    assert!(error.to_string().contains("chunks"), "{error}");
}

#[test]
fn a_small_site_is_one_file() {
    let pack = pack();
    assert!(
        !pack
            .files
            .iter()
            .any(|(path, _)| path.starts_with("chunks/"))
    );
    let folder = tempfile::tempdir().unwrap();
    write(&pack, folder.path());
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    assert_eq!(searcher.search(&query("墨磨")).unwrap().total, 1);
    assert_eq!(searcher.reads().chunks, 0);
}

/// The committed module answers as the native engine does. Left out where there is no
/// node.
#[test]
fn native_and_webassembly_agree() {
    let folder = tempfile::tempdir().unwrap();
    write(&in_chunks(), folder.path());
    let queries = [
        "个体工商户的债务",
        "民法典第1079条",
        "劳动 -书面",
        "republic",
        "砚",
        "",
        "\"合同\"",
        "标题:民法典 债务",
        "勞動合同",
        "ldht",
        "正当防为",
        "年份:1900 债务",
    ];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine.mjs");
    let mut node = std::process::Command::new("node");
    node.arg(script).arg(folder.path()).args(queries);
    let output = match node.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("left out: there is no node here");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut searcher = FolderSearcher::open(folder.path()).unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    for (text, line) in queries.iter().zip(lines.lines()) {
        let native = serde_json::to_string(&searcher.search(&query(text)).unwrap()).unwrap();
        assert_eq!(line, native, "{text}");
    }
    assert_eq!(lines.lines().count(), queries.len());
}
