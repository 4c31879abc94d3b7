//! Pictures made for the purpose: gradients, so that a copy can be told from its original, with a
//! red corner that says which way up they are.

use jpeg_encoder::{ColorType, Encoder};

use super::*;

/// A gradient of RGB dots with a red square at the top left.
fn dots(width: u16, height: u16) -> Vec<u8> {
    let mut dots = Vec::new();
    for y in 0..usize::from(height) {
        for x in 0..usize::from(width) {
            let corner = x < usize::from(width) / 4 && y < usize::from(height) / 4;
            let noise = (x * 7 + y * 13) / 8 % 32;
            match corner {
                true => dots.extend([220, 10, 10]),
                false => dots.extend([40, 90 + noise as u8, 60 + (y % 128) as u8]),
            }
        }
    }
    dots
}

fn jpeg(width: u16, height: u16, exif: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    if let Some(exif) = exif {
        encoder.add_exif_metadata(exif).unwrap();
    }
    encoder
        .add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0secret".to_vec())
        .unwrap();
    encoder
        .encode(&dots(width, height), width, height, ColorType::Rgb)
        .unwrap();
    bytes
}

/// An EXIF block with an orientation, and words that must not be published.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS 39.9042N 116.4074E");
    tiff
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let (narrow, low) = (width.try_into().unwrap(), height.try_into().unwrap());
    png::encode(&Image {
        width,
        height,
        dots: dots(narrow, low),
        color: Color::Rgb,
        orientation: 1,
        profile: None,
    })
    .unwrap()
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    memchr::memmem::find(bytes, needle.as_bytes()).is_some()
}

/// The colour of the dot at these shares of width and height.
fn dot(image: &Image, x: f64, y: f64) -> &[u8] {
    let (x, y) = (f64::from(image.width) * x, f64::from(image.height) * y);
    let at = (y as usize * image.width as usize + x as usize) * image.color.bytes();
    &image.dots[at..at + 3]
}

#[test]
fn a_photo_gets_copies_and_loses_what_the_camera_noted() {
    let bytes = jpeg(1500, 900, Some(&exif(1)));
    assert_eq!(Format::of("a.png", &bytes), Some(Format::Jpeg));
    let found = find(Format::Jpeg, &bytes);
    assert_eq!(found.fault, None);
    assert_eq!((found.picture.width, found.picture.height), (1500, 900));
    let widths = found.picture.variants.iter().map(|variant| variant.width);
    assert_eq!(widths.collect::<Vec<_>>(), [480, 960]);
    for (copy, size) in found.copies.iter().zip([(480, 288), (960, 576)]) {
        let jpeg = jpeg::read(copy).unwrap();
        assert_eq!(jpeg.stored, size);
        assert!(copy.len() < bytes.len());
    }
    let clean = cleaned(Format::Jpeg, &bytes);
    assert!(contains(&bytes, "GPS") && contains(&bytes, "secret"));
    assert!(!contains(&clean, "GPS") && !contains(&clean, "secret") && !contains(&clean, "Exif"));
    // The dots are those of the original.
    let (a, b) = (
        jpeg::decode(&bytes).unwrap().unwrap(),
        jpeg::decode(&clean).unwrap().unwrap(),
    );
    assert!(a.dots == b.dots);
}

#[test]
fn every_orientation_is_kept_and_copies_are_upright() {
    // Where the red corner of the stored dots is shown.
    let corners = [
        (1, 0.1, 0.1),
        (2, 0.9, 0.1),
        (3, 0.9, 0.9),
        (4, 0.1, 0.9),
        (5, 0.1, 0.1),
        (6, 0.9, 0.1),
        (7, 0.9, 0.9),
        (8, 0.1, 0.9),
    ];
    for (orientation, x, y) in corners {
        let bytes = jpeg(1200, 800, Some(&exif(orientation)));
        let found = find(Format::Jpeg, &bytes);
        let shown = if orientation >= 5 {
            (800, 1200)
        } else {
            (1200, 800)
        };
        assert_eq!(
            (found.picture.width, found.picture.height),
            shown,
            "{orientation}"
        );
        let copy = jpeg::decode(&found.copies[0]).unwrap().unwrap();
        assert_eq!((copy.width, copy.orientation), (480, 1), "{orientation}");
        for corner in [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)] {
            let is_red = dot(&copy, corner.0, corner.1)[0] > 150;
            assert_eq!(is_red, corner == (x, y), "{orientation} {corner:?}");
        }
        let clean = cleaned(Format::Jpeg, &bytes);
        assert_eq!(jpeg::read(&clean).unwrap().orientation, orientation);
        assert!(!contains(&clean, "GPS"), "{orientation}");
        // Cleaning what is clean changes nothing.
        assert!(cleaned(Format::Jpeg, &clean) == clean);
    }
}

#[test]
fn a_screenshot_keeps_its_dots_and_loses_its_words() {
    let bytes = png(1300, 900);
    let at = bytes.len() - 12;
    let words = [&[0, 0, 0, 16][..], b"tEXtAuthor\0GPS 39.90", &[0; 4]].concat();
    let noted = [&bytes[..at], &words, &bytes[at..], b"behind"].concat();
    let clean = cleaned(Format::Png, &noted);
    assert!(*clean == *bytes, "{} {}", clean.len(), bytes.len());
    let found = find(Format::Png, &bytes);
    assert_eq!((found.picture.width, found.picture.height), (1300, 900));
    for (copy, variant) in found.copies.iter().zip(&found.picture.variants) {
        let (width, _) = png::size(copy).unwrap();
        assert_eq!(width, variant.width);
        assert_eq!(*blake3::hash(copy).as_bytes(), variant.hash);
    }
    assert!(!found.copies.is_empty());
}

#[test]
fn a_copy_must_save_something() {
    // One colour packs into nothing, however wide.
    let image = Image {
        width: 2000,
        height: 20,
        dots: vec![9; 2000 * 20],
        color: Color::Gray,
        orientation: 1,
        profile: None,
    };
    let found = find(Format::Png, &png::encode(&image).unwrap());
    let sizes = found.copies.iter().map(Vec::len).collect::<Vec<_>>();
    assert!(sizes.is_sorted_by(|a, b| a * 5 <= b * 4), "{sizes:?}");
    assert_eq!(find(Format::Jpeg, &jpeg(500, 500, None)).copies.len(), 0);
}

#[test]
fn damage_is_found_and_nothing_panics() {
    let (photo, shot) = (jpeg(300, 200, Some(&exif(6))), png(300, 200));
    for (format, bytes) in [(Format::Jpeg, &photo), (Format::Png, &shot)] {
        for length in (0..bytes.len()).step_by(bytes.len() / 60) {
            let found = find(format, &bytes[..length]);
            assert!(
                matches!(found.fault, Some(Fault::Damaged(_))),
                "{format:?} {length}"
            );
            assert!(*cleaned(format, &bytes[..length]) == bytes[..length]);
        }
        for at in (8..bytes.len()).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x5a;
            let _ = (find(format, &bytes), cleaned(format, &bytes));
        }
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    // A header that claims 30000 × 30000 dots, and hardly any bytes.
    let mut bytes = png(30, 30);
    bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    assert_eq!(pixels(Format::Png, &bytes), 0);
    assert_eq!(find(Format::Png, &bytes).fault, Some(Fault::Huge(900)));
    let mut bytes = jpeg(16, 16, None);
    let frame = memchr::memmem::find(&bytes, &[0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    let found = find(Format::Jpeg, &bytes);
    assert_eq!(found.fault, Some(Fault::Huge(900)));
    assert_eq!(
        (found.picture.width, found.picture.height),
        (30_000, 30_000)
    );
}

#[test]
fn other_formats_are_known_by_their_first_bytes() {
    let gif = b"GIF89a\x40\x01\xf0\x00\x00\x00\x00;".to_vec();
    let bmp = [
        &b"BM"[..],
        &[0; 16],
        &[16, 0, 0, 0],
        &(-9i32).to_le_bytes(),
        &[0; 8],
    ]
    .concat();
    let vp8x = [&b"VP8X\x0a\0\0\0\x0c\0\0\0"[..], &[0x3f, 1, 0, 0xef, 0, 0]].concat();
    let webp = [
        &b"RIFF\x2c\0\0\0WEBP"[..],
        &vp8x,
        b"EXIF\x05\0\0\0GPS 3\0",
        b"XMP \0\0\0\0",
    ]
    .concat();
    for (bytes, size) in [(&gif, (320, 240)), (&bmp, (16, 9)), (&webp, (320, 240))] {
        assert_eq!(Format::of("a", bytes), Some(Format::Other));
        let found = find(Format::Other, bytes);
        assert_eq!((found.picture.width, found.picture.height), size);
        assert_eq!(found.fault, None);
    }
    let clean = cleaned(Format::Other, &webp);
    assert!(!contains(&clean, "GPS") && !contains(&clean, "XMP"));
    assert_eq!(
        clean[4..8],
        u32::try_from(clean.len() - 8).unwrap().to_le_bytes()
    );
    assert_eq!(clean[20], 0);
    assert!(find(Format::Other, &webp[..40]).fault.is_some());
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0";
    assert_eq!(Format::of("a.jpg", heic), Some(Format::Unshowable("HEIC")));
    assert_eq!(
        Format::of("a.jpg", b"II*\0"),
        Some(Format::Unshowable("TIFF"))
    );
    assert_eq!(Format::of("a.jpg", b"<html>"), None);
    assert_eq!(Format::of("a.SVG", b"<svg/>"), Some(Format::Svg));
}
