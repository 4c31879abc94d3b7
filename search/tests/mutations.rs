//! A pack whose bytes were changed by somebody who knows its hashes: the reader may refuse it or
//! find other things, but it neither panics nor loops.

#![allow(
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod support;

use inkstone_search::{ChunkId, Engine, Pack, PackOptions, Step};
use proptest::prelude::*;
use support::{ROWS, pack_of, query};

/// FNV-1a with a final stir, as `FORMAT.md` has it.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in parts.iter().copied().flatten() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// A pack in chunks. What tantivy says while it panics would drown all else.
fn chunks() -> Pack {
    std::panic::set_hook(Box::new(|_| ()));
    let mut options = PackOptions::default();
    options.bundle = 0;
    pack_of(ROWS, options)
}

/// Before bytes that are not deflated.
const STORED: u8 = 2;

/// The content of what is deflated, or not at all.
fn inflate(bytes: &[u8]) -> Vec<u8> {
    if bytes[0] == STORED {
        return bytes[1..].to_vec();
    }
    assert_eq!(bytes[0], 0);
    miniz_oxide::inflate::decompress_to_vec(&bytes[1..]).unwrap()
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let deflated = miniz_oxide::deflate::compress_to_vec(content, 1);
    [&[0], deflated.as_slice()].concat()
}

/// `hot.bin` with a byte of its tables changed and its hash mended.
fn change_hot(file: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut body = inflate(&file[24..]);
    let at = at % body.len();
    body[at] = byte;
    let body = deflate(&body);
    let hash = hash(&[&body]).to_le_bytes();
    [&file[..16], &hash, &body].concat()
}

/// What a chunk's script hands over.
fn bytes_of(script: &[u8]) -> Vec<u8> {
    let inner = script.strip_prefix(b"ink(`").unwrap();
    let mut inner = inner.strip_suffix(b"`)").unwrap().iter();
    let mut bytes = Vec::new();
    while let Some(&byte) = inner.next() {
        bytes.push(match byte {
            b'\\' => match inner.next().unwrap() {
                b'r' => b'\r',
                other => *other,
            },
            _ => byte,
        });
    }
    bytes
}

/// A chunk with a byte changed and its check mended.
fn change_chunk(id: ChunkId, file: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let sealed = bytes_of(file);
    let mut content = inflate(&sealed[4..]);
    if !content.is_empty() {
        let at = at % content.len();
        content[at] = byte;
    }
    let deflated = match sealed[4] {
        STORED => [&[STORED], content.as_slice()].concat(),
        _ => deflate(&content),
    };
    let name = id.to_string();
    let (run, index) = name.split_once('-').unwrap();
    let run = u64::from_str_radix(run, 16).unwrap().to_le_bytes();
    let index = index.parse::<u32>().unwrap().to_le_bytes();
    let check = hash(&[&run, &index, &deflated]) as u32;
    [&check.to_le_bytes()[..], &deflated].concat()
}

/// Searches a pack of which each file is changed on the way; at most so many rounds.
fn drive(pack: &Pack, hot: &[u8], text: &str, change: impl Fn(ChunkId, &[u8]) -> Vec<u8>) {
    let Ok(mut engine) = Engine::open(hot) else {
        return;
    };
    for _ in 0..50 {
        let chunks = match engine.search(&query(text)) {
            Ok(Step::Need(chunks)) => chunks,
            Ok(Step::Done(_)) | Err(_) => return,
        };
        for id in chunks {
            let name = format!("chunks/{id}.js");
            let Some((_, file)) = pack.files.iter().find(|(path, _)| *path == name) else {
                return;
            };
            if engine.supply(id, &change(id, file)).is_err() {
                return;
            }
        }
    }
    panic!("{text}: it asks without end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_tables(at in any::<usize>(), byte in any::<u8>(), number in 0usize..4) {
        let pack = chunks();
        let (_, hot) = pack.files.iter().find(|(path, _)| path == "hot.bin").unwrap();
        let text = ["劳动合同", "民法典第1079条", "标题:民法典 债务", "ldht"][number];
        drive(&pack, &change_hot(hot, at, byte), text, |_, file| file.to_vec());
    }

    #[test]
    fn changed_chunks(at in any::<usize>(), byte in any::<u8>(), number in 0usize..4) {
        let pack = chunks();
        let (_, hot) = pack.files.iter().find(|(path, _)| path == "hot.bin").unwrap();
        let text = ["劳动合同", "民法典第1079条", "标题:民法典 债务", "ldht"][number];
        drive(&pack, hot, text, |id, file| change_chunk(id, file, at, byte));
    }
}
