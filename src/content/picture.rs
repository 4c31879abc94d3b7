//! A picture of content, made fit for pages: looked at for its size and for damage, without what
//! cameras and programs wrote beside the pixels, and in a few widths. Pure functions of its bytes.

mod avif;
mod header;
mod jpeg;
mod png;
mod scale;
mod svg;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use svg::{Clean, Dropped, clean as clean_svg};

/// Widths of the smaller copies, in pixels: a column of text is 720 wide, phones are 360 to 430,
/// and screens have up to three dots a pixel.
const WIDTHS: [u32; 3] = [1440, 960, 480];
/// Most dots that are unpacked; a file of a few kilobytes can claim any number.
const MOST_PIXELS: u64 = 64_000_000;
/// Changes with what is made of the same bytes.
pub(super) const VERSION: &str = "pictures 2";

/// What pages need to know of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// As it is shown, in CSS pixels; 0 where the file does not say.
    pub width: u32,
    /// Likewise.
    pub height: u32,
    /// Smaller copies, narrowest first.
    pub variants: Vec<Variant>,
}

/// A smaller copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variant {
    /// In pixels.
    pub width: u32,
    /// Of its bytes.
    pub hash: [u8; 32],
}

/// Why a picture is passed on as it is, or shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file does not hold what it should; in the words of what tried to read it.
    Damaged(String),
    /// Too many millions of dots to be made smaller.
    Huge(u64),
    /// No browser shows a file of this kind.
    Unshowable(&'static str),
}

/// What a file is, by its first bytes; names are often wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Photos.
    Jpeg,
    /// Screenshots and drawings.
    Png,
    /// Vector graphics.
    Svg,
    /// Passed on but for its notes.
    Avif,
    /// What browsers show and is passed on.
    Other,
    /// What no browser shows.
    Unshowable(&'static str),
}

/// Whether a file of this name is held to be a picture.
pub fn is_picture(path: &str) -> bool {
    const EXTENSIONS: [&str; 15] = [
        "jpg", "jpeg", "jpe", "jfif", "png", "apng", "svg", "gif", "webp", "avif", "bmp", "heic",
        "heif", "tif", "tiff",
    ];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

impl Format {
    /// Of the file named `path`, which holds `bytes`; `None` where they begin like no picture.
    pub fn of(path: &str, bytes: &[u8]) -> Option<Self> {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some(Self::Unshowable("TIFF")),
            _ if bytes.get(4..8) == Some(b"ftyp") => match bytes.get(8..12) {
                Some(b"avif" | b"avis") => Some(Self::Avif),
                _ => Some(Self::Unshowable("HEIC")),
            },
            _ if header::size(bytes).is_some() => Some(Self::Other),
            _ if extension.eq_ignore_ascii_case("svg") => Some(Self::Svg),
            _ => None,
        }
    }
}

/// A picture as it was found.
#[derive(Debug, Default)]
pub struct Found {
    /// What pages need to know; 0 wide where that is not known.
    pub picture: Picture,
    /// What stands against it.
    pub fault: Option<Fault>,
    /// The bytes of the copies, one for each of `picture.variants`.
    pub copies: Vec<Vec<u8>>,
}

/// How many dots have to be unpacked to find what there is to be found, if any.
pub fn pixels(format: Format, bytes: &[u8]) -> u64 {
    let size = match format {
        Format::Jpeg => jpeg::read(bytes).map(|jpeg| jpeg.stored),
        Format::Png => png::size(bytes),
        _ => None,
    };
    let pixels = size.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    if pixels > MOST_PIXELS { 0 } else { pixels }
}

/// Looks at a picture and makes its copies.
pub fn find(format: Format, bytes: &[u8]) -> Found {
    let (size, pixels) = match format {
        Format::Jpeg => match jpeg::read(bytes) {
            Some(jpeg) => (jpeg.shown(), Some(jpeg.stored)),
            None => return damaged("it ends too early"),
        },
        Format::Png => match png::size(bytes) {
            Some(size) => (size, Some(size)),
            None => return damaged("it ends too early"),
        },
        Format::Svg => (svg::clean(&String::from_utf8_lossy(bytes)).size, None),
        Format::Avif => match (avif::size(bytes), avif::clean(bytes)) {
            (Some(size), Some(_)) => (size, None),
            _ => return damaged("its boxes do not fit into one another"),
        },
        Format::Other if bytes.starts_with(b"RIFF") && header::clean_webp(bytes).is_none() => {
            return damaged("it ends too early");
        }
        Format::Other => (header::size(bytes).unwrap_or_default(), None),
        Format::Unshowable(name) => {
            return Found {
                fault: Some(Fault::Unshowable(name)),
                ..Found::default()
            };
        }
    };
    let mut found = Found::default();
    (found.picture.width, found.picture.height) = size;
    let Some((width, height)) = pixels else {
        return found;
    };
    let dots = u64::from(width) * u64::from(height);
    if dots > MOST_PIXELS {
        found.fault = Some(Fault::Huge(dots / 1_000_000));
        return found;
    }
    let image = match format {
        Format::Jpeg => jpeg::decode(bytes),
        _ => png::decode(bytes),
    };
    let image = match image {
        Ok(Some(image)) => image,
        Ok(None) => return found,
        Err(why) => {
            found.fault = Some(Fault::Damaged(why));
            return found;
        }
    };
    let mut room = bytes.len();
    for wanted in WIDTHS {
        // A copy that is hardly smaller is one more file for nothing.
        if u64::from(wanted) * 5 > u64::from(size.0) * 4 {
            continue;
        }
        let copy = match scale::to_width(&image, wanted) {
            Some(scaled) if format == Format::Jpeg => jpeg::encode(&scaled),
            Some(scaled) => png::encode(&scaled),
            None => None,
        };
        let Some(copy) = copy.filter(|copy| copy.len() * 5 <= room * 4) else {
            continue;
        };
        room = copy.len();
        let hash = *blake3::hash(&copy).as_bytes();
        let variant = Variant {
            width: wanted,
            hash,
        };
        found.picture.variants.insert(0, variant);
        found.copies.insert(0, copy);
    }
    found
}

fn damaged(why: &str) -> Found {
    Found {
        fault: Some(Fault::Damaged(why.to_owned())),
        ..Found::default()
    }
}

/// The bytes without what tells where, when and with what the picture was taken. Which way up it
/// is and its colours stay. What cannot be taken apart is passed on as it is.
pub fn cleaned(format: Format, bytes: &[u8]) -> Cow<'_, [u8]> {
    let cleaned = match format {
        Format::Jpeg => jpeg::clean(bytes),
        Format::Png => png::clean(bytes),
        Format::Svg => Some(svg::clean(&String::from_utf8_lossy(bytes)).svg.into_bytes()),
        Format::Avif | Format::Unshowable("HEIC") => avif::clean(bytes),
        Format::Other => header::clean_webp(bytes),
        Format::Unshowable(_) => None,
    };
    cleaned.map_or(Cow::Borrowed(bytes), Cow::Owned)
}

/// Dots, unpacked.
struct Image {
    width: u32,
    height: u32,
    dots: Vec<u8>,
    color: Color,
    /// As EXIF numbers it, 1 to 8.
    orientation: u8,
    /// An ICC profile, or none.
    profile: Option<Vec<u8>>,
}

/// What a dot consists of, a byte each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Color {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
}

impl Color {
    fn bytes(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

#[cfg(test)]
mod tests;
