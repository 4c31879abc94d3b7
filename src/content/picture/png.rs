//! PNG: its chunks, its dots.

use std::io::Cursor;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Info, Transformations};

use super::{Color, Image};

const SIGNATURE: usize = 8;
/// What programs write beside the dots and browsers need: transparency, colours, animation.
const KEPT: [&[u8; 4]; 15] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL",
    b"fdAT", b"hIST", b"cICP", b"mDCV", b"cLLI",
];

/// Each chunk's name and all its bytes, up to the last; `None` where the file ends before that.
fn chunks(bytes: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let (mut chunks, mut at) = (Vec::new(), SIGNATURE);
    loop {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let length = u32::from_be_bytes(head[..4].try_into().ok()?);
        let end = at
            .checked_add(12)?
            .checked_add(usize::try_from(length).ok()?)?;
        let chunk = bytes.get(at..end)?;
        chunks.push((&head[4..], chunk));
        if &head[4..] == b"IEND" {
            return Some(chunks);
        }
        at = end;
    }
}

pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let chunks = chunks(bytes)?;
    let (name, header) = chunks.first()?;
    let side = |from: usize| {
        Some(u32::from_be_bytes(
            header.get(from..from + 4)?.try_into().ok()?,
        ))
    };
    let size = (side(8)?, side(12)?);
    (*name == b"IHDR" && size.0 > 0 && size.1 > 0).then_some(size)
}

/// Keeps what is the picture: the chunks without which there is none, and those in [`KEPT`].
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let chunks = chunks(bytes)?;
    let is_critical = |name: &[u8]| name[0].is_ascii_uppercase();
    let kept = chunks
        .into_iter()
        .filter(|(name, _)| is_critical(name) || KEPT.iter().any(|kept| kept[..] == **name));
    let kept = kept.map(|(_, chunk)| chunk).collect::<Vec<_>>();
    Some([&bytes[..SIGNATURE], &kept.concat()].concat())
}

/// The dots; none where they move.
pub(super) fn decode(bytes: &[u8]) -> Result<Option<Image>, String> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let animated = reader.info().is_animated();
    let profile = reader
        .info()
        .icc_profile
        .as_ref()
        .map(|profile| profile.to_vec());
    let length = reader.output_buffer_size().ok_or("it is too large")?;
    let mut dots = vec![0; length];
    let frame = reader
        .next_frame(&mut dots)
        .map_err(|error| error.to_string())?;
    dots.truncate(frame.buffer_size());
    let color = match frame.color_type {
        ColorType::Grayscale => Color::Gray,
        ColorType::GrayscaleAlpha => Color::GrayAlpha,
        ColorType::Rgba => Color::Rgba,
        ColorType::Rgb | ColorType::Indexed => Color::Rgb,
    };
    let image = Image {
        width: frame.width,
        height: frame.height,
        dots,
        color,
        orientation: 1,
        profile,
    };
    Ok((!animated).then_some(image))
}

pub(super) fn encode(image: &Image) -> Option<Vec<u8>> {
    let mut info = Info::with_size(image.width, image.height);
    info.color_type = match image.color {
        Color::Gray => ColorType::Grayscale,
        Color::GrayAlpha => ColorType::GrayscaleAlpha,
        Color::Rgb => ColorType::Rgb,
        Color::Rgba => ColorType::Rgba,
    };
    info.bit_depth = BitDepth::Eight;
    info.icc_profile = image.profile.clone().map(Into::into);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).ok()?;
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&image.dots).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
