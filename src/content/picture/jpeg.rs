//! JPEG: its segments, its way up, its dots.

use std::ops::Range;

use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Color, Image};

/// Of the smaller copies, as encoders count: hardly anyone sees the difference from more.
const QUALITY: u8 = 80;

/// What a file's segments say.
pub(super) struct Jpeg {
    /// Width and height of the dots as they are stored.
    pub(super) stored: (u32, u32),
    /// As EXIF numbers it, 1 to 8.
    pub(super) orientation: u8,
    /// Whether a sequential file has its colours one after another.
    parted: bool,
    segments: Vec<(u8, Range<usize>)>,
    /// Where the picture ends; cameras put more behind it.
    end: usize,
}

impl Jpeg {
    /// Width and height as it is shown.
    pub(super) fn shown(&self) -> (u32, u32) {
        match (self.orientation, self.stored) {
            (5..=8, (width, height)) => (height, width),
            (_, size) => size,
        }
    }
}

/// Takes a file apart (ITU-T T.81, annex B); `None` where it has no end or no frame.
pub(super) fn read(bytes: &[u8]) -> Option<Jpeg> {
    let mut jpeg = Jpeg {
        stored: (0, 0),
        orientation: 1,
        parted: false,
        segments: Vec::new(),
        end: 0,
    };
    let mut at = 2;
    loop {
        let start = at;
        if *bytes.get(at)? != 0xff {
            return None;
        }
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        let marker = bytes[at];
        at += 1;
        match marker {
            0xd9 => {
                jpeg.end = at;
                let count = |wanted: fn(u8) -> bool| {
                    let markers = jpeg.segments.iter().map(|(marker, _)| *marker);
                    markers.filter(|marker| wanted(*marker)).count()
                };
                jpeg.parted = count(|marker| matches!(marker, 0xc0 | 0xc1)) > 0
                    && count(|marker| marker == 0xda) > 1;
                return (jpeg.stored.0 > 0 && jpeg.stored.1 > 0).then_some(jpeg);
            }
            0x01 | 0xd0..=0xd7 => {}
            _ => {
                let length = usize::from(number(bytes.get(at..at + 2)?));
                let body = bytes.get(at + 2..at + length)?;
                at += length;
                match marker {
                    0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                        let side = |from: usize| Some(u32::from(number(body.get(from..from + 2)?)));
                        jpeg.stored = (side(3)?, side(1)?);
                    }
                    0xe1 => {
                        if let Some(orientation) =
                            body.strip_prefix(b"Exif\0\0").and_then(orientation)
                        {
                            jpeg.orientation = orientation;
                        }
                    }
                    0xda => at = end_of_scan(bytes, at)?,
                    _ => {}
                }
            }
        }
        jpeg.segments.push((marker, start..at));
    }
}

fn number(pair: &[u8]) -> u16 {
    u16::from_be_bytes([pair[0], pair[1]])
}

/// The marker that ends the entropy-coded bytes which begin at `at`.
fn end_of_scan(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// The orientation in TIFF's first directory (tag 0x0112), as EXIF has it.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    let four = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little {
        u32::from_le_bytes(four)
    } else {
        u32::from_be_bytes(four)
    };
    let directory = usize::try_from(directory).ok()?;
    let entries = usize::from(short(directory)?);
    let entries = (0..entries).map(|entry| directory + 2 + 12 * entry);
    let mut found = entries.filter(|&entry| short(entry) == Some(0x0112));
    let value = short(found.next()? + 8)?;
    u8::try_from(value)
        .ok()
        .filter(|value| (1..=8).contains(value))
}

/// An EXIF segment that says which way up the picture is, and nothing else.
fn orientation_segment(orientation: u8) -> Vec<u8> {
    let mut segment =
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    segment.extend([orientation, 0, 0, 0, 0, 0, 0]);
    segment
}

/// Keeps what is the picture: frames, tables, scans, the mark of JFIF and of Adobe (how colours
/// are coded), and the colour profile.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let jpeg = read(bytes)?;
    let is_kept = |marker: u8, segment: &[u8]| match marker {
        0xe0 | 0xee => true,
        0xe2 => segment
            .get(4..)
            .is_some_and(|body| body.starts_with(b"ICC_PROFILE\0")),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    };
    let mut clean = bytes[..2].to_vec();
    let mut turned = jpeg.orientation == 1;
    for (marker, span) in &jpeg.segments {
        if !turned && *marker != 0xe0 {
            clean.extend(orientation_segment(jpeg.orientation));
            turned = true;
        }
        let segment = &bytes[span.clone()];
        if is_kept(*marker, segment) {
            clean.extend_from_slice(segment);
        }
    }
    clean.extend_from_slice(&bytes[jpeg.end - 2..jpeg.end]);
    Some(clean)
}

/// The dots; none where the colours are a printer's, or stored one after another, which the
/// decoder gets wrong: then only the file itself shows them right.
pub(super) fn decode(bytes: &[u8]) -> Result<Option<Image>, String> {
    let Some(jpeg) = read(bytes).filter(|jpeg| !jpeg.parted) else {
        return Ok(None);
    };
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|error| error.to_string())?;
    let (color, wanted) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (Color::Gray, ColorSpace::Luma),
        Some(ColorSpace::YCbCr | ColorSpace::RGB) => (Color::Rgb, ColorSpace::RGB),
        _ => return Ok(None),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let dots = decoder.decode().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let narrow = |side: usize| u32::try_from(side).map_err(|error| error.to_string());
    Ok(Some(Image {
        width: narrow(width)?,
        height: narrow(height)?,
        dots,
        color,
        orientation: jpeg.orientation,
        profile: decoder.icc_profile(),
    }))
}

pub(super) fn encode(image: &Image) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    if let Some(profile) = &image.profile {
        encoder.add_icc_profile(profile).ok()?;
    }
    let (width, height) = (image.width.try_into().ok()?, image.height.try_into().ok()?);
    let color = match image.color {
        Color::Gray => ColorType::Luma,
        Color::Rgb => ColorType::Rgb,
        Color::GrayAlpha | Color::Rgba => return None,
    };
    encoder.encode(&image.dots, width, height, color).ok()?;
    Some(bytes)
}
