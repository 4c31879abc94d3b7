//! On a file of libavif's with EXIF (a maker, a way up) and XMP, and on what is made of it.

use super::*;
use crate::content::picture::{Fault, Format, cleaned, find};

const NOTED: &[u8] = include_bytes!("noted.avif");

fn contains(bytes: &[u8], needle: &str) -> bool {
    memchr::memmem::find(bytes, needle.as_bytes()).is_some()
}

/// A box.
fn boxed(name: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes(), name.as_bytes(), body].concat()
}

fn avif(boxes: &[Vec<u8>]) -> Vec<u8> {
    [boxed("ftyp", b"avif\0\0\0\0"), boxes.concat()].concat()
}

#[test]
fn notes_are_overwritten_and_the_picture_stays_where_it_is() {
    assert!(contains(NOTED, "GPS") && contains(NOTED, "secret"));
    let clean = cleaned(Format::of("a.avif", NOTED).unwrap(), NOTED);
    assert!(!contains(&clean, "GPS") && !contains(&clean, "secret"));
    // EXIF is that of no entries; before and behind the notes all is as it was.
    let (exif, behind) = (0x1a6, 0x1a6 + 0x3c + 0x23);
    assert_eq!(clean[exif..exif + 18], NO_EXIF);
    assert!(clean[..exif] == NOTED[..exif] && clean[behind..] == NOTED[behind..]);
    assert!(cleaned(Format::Avif, &clean) == clean);
    // Stored 32 × 24 and shown on its side.
    let found = find(Format::Avif, NOTED);
    assert_eq!((found.picture.width, found.picture.height), (24, 32));
    assert_eq!(found.fault, None);
}

#[test]
fn notes_in_other_places_are_found() {
    // In `idat`, with the numbers of version 1, an index and a base; an item without a kind.
    let infe = |version: u8, rest: &[u8]| boxed("infe", &[&[version, 0, 0, 0], rest].concat());
    let items = [
        infe(3, b"\0\0\0\x07\0\0Exif\0"),
        infe(0, b"\0\x09\0\0xmp\0text\0"),
    ];
    let info = boxed(
        "iinf",
        &[&b"\x01\0\0\0\0\0\0\x02"[..], &items.concat()].concat(),
    );
    let places = b"\x01\0\0\0\x44\x44\0\x02\
        \0\x07\0\x01\0\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\x02\0\0\0\x04\
        \0\x09\0\x01\0\0\0\0\0\x06\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0";
    let data = boxed("idat", b"abcSECRdef");
    let meta = [vec![0; 4], info, boxed("iloc", places), data].concat();
    let other = boxed("moov", &boxed("trak", &boxed("udta", b"where I live")));
    let uuid = [&b"\0\0\0\x01uuid\0\0\0\0\0\0\0\x20"[..], &[b'u'; 16]].concat();
    let bytes = avif(&[boxed("meta", &meta), other, uuid]);
    let clean = clean(&bytes).unwrap();
    assert_eq!(clean.len(), bytes.len());
    assert!(
        contains(&clean, "abc\0\0\0\0   "),
        "{}",
        clean.escape_ascii()
    );
    for word in ["SECR", "def", "where", "udta", "uuid", "uuu"] {
        assert!(contains(&bytes, word) && !contains(&clean, word), "{word}");
    }
    assert!(contains(&clean, "free"));
}

#[test]
fn what_cannot_be_taken_apart_is_damage_and_takes_no_time() {
    for length in 32..NOTED.len() {
        let found = find(Format::Avif, &NOTED[..length]);
        assert!(matches!(found.fault, Some(Fault::Damaged(_))), "{length}");
    }
    for at in 12..NOTED.len() {
        let mut bytes = NOTED.to_vec();
        bytes[at] ^= 0xff;
        let _ = (find(Format::Avif, &bytes), cleaned(Format::Avif, &bytes));
    }
    let mut nested = Vec::new();
    for _ in 0..3_000 {
        nested = boxed("moov", &nested);
    }
    assert_eq!(clean(&avif(&[nested])), None);
    // Two million places that are all of the file, and places that say nothing.
    let infe = boxed("infe", b"\x02\0\0\0\0\x01\0\0Exif\0");
    let info = boxed("iinf", &[&[0, 0, 0, 0, 0, 1][..], &infe].concat());
    for (sizes, entry) in [(b"\x10\0", &b"\0"[..]), (b"\0\0", b"")] {
        let item = [&b"\0\x01\0\0\xff\xff"[..], &entry.repeat(0xffff)].concat();
        let places = [&b"\0\0\0\0"[..], sizes, b"\0\x20", &item.repeat(32)].concat();
        let meta = [vec![0; 4], info.clone(), boxed("iloc", &places)].concat();
        assert_eq!(clean(&avif(&[boxed("meta", &meta)])), None);
    }
}
