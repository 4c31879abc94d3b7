//! Arbitrary bytes as `hot.bin`, behind a valid head so that the tables are reached, and as every
//! chunk that the engine then asks for. It neither panics nor loops.
#![no_main]

use inkstone_search::{Engine, Query, Step};
use libfuzzer_sys::fuzz_target;

/// FNV-1a with a final stir, as `search/FORMAT.md` has it.
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// Deflated.
fn deflate(content: &[u8]) -> Vec<u8> {
    let deflated = miniz_oxide::deflate::compress_to_vec(content, 1);
    [&[0], deflated.as_slice()].concat()
}

/// The check at the head of a chunk, of its name and its bytes.
fn seal(name: &str, content: &[u8]) -> Vec<u8> {
    let deflated = deflate(content);
    let (run, index) = name.split_once('-').unwrap_or_default();
    let mut checked = u64::from_str_radix(run, 16).unwrap_or(0).to_le_bytes().to_vec();
    checked.extend(index.parse::<u32>().unwrap_or(0).to_le_bytes());
    checked.extend(&deflated);
    let check = hash(&checked) as u32;
    [&check.to_le_bytes()[..], &deflated].concat()
}

fuzz_target!(|data: (Vec<u8>, Vec<u8>, String)| {
    let (tables, chunk, text) = data;
    let _ = Engine::open(&tables);
    let body = deflate(&tables);
    let head = [&b"inkhot\0\x05"[..], &[0; 8], &hash(&body).to_le_bytes()].concat();
    let Ok(mut engine) = Engine::open(&[head, body].concat()) else {
        return;
    };
    let query = Query {
        text,
        limit: 10,
        ..Query::default()
    };
    for _ in 0..50 {
        match engine.search(&query) {
            Ok(Step::Need(chunks)) => {
                for id in chunks {
                    let _ = engine.supply(id, &seal(&id.to_string(), &chunk));
                }
            }
            Ok(Step::Done(_)) | Err(_) => return,
        }
    }
    panic!("it asks without end");
});
