//! Smaller copies of dots, the same on every machine: whole numbers only, and no instruction that
//! some processors have and others lack.

use fast_image_resize::images::{Image as Dots, ImageRef};
use fast_image_resize::{CpuExtensions, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::{Color, Image};

/// The image `wanted` pixels wide and the right way up; `None` where it has no dots.
pub(super) fn to_width(image: &Image, wanted: u32) -> Option<Image> {
    let kind = match image.color {
        Color::Gray => PixelType::U8,
        Color::GrayAlpha => PixelType::U8x2,
        Color::Rgb => PixelType::U8x3,
        Color::Rgba => PixelType::U8x4,
    };
    let turned = image.orientation >= 5;
    let (across, along) = if turned {
        (image.height, image.width)
    } else {
        (image.width, image.height)
    };
    let other = (u64::from(along) * u64::from(wanted) + u64::from(across) / 2) / u64::from(across);
    let other = u32::try_from(other).ok()?.max(1);
    let (width, height) = if turned {
        (other, wanted)
    } else {
        (wanted, other)
    };
    let from = ImageRef::new(image.width, image.height, &image.dots, kind).ok()?;
    let mut to = Dots::new(width, height, kind);
    let mut resizer = Resizer::new();
    // SAFETY: every processor can do without extensions.
    unsafe { resizer.set_cpu_extensions(CpuExtensions::None) };
    // A filter of sums and products: sines differ between systems in the last digit.
    let filter = ResizeAlg::Convolution(FilterType::CatmullRom);
    let options = ResizeOptions::new().resize_alg(filter);
    resizer.resize(&from, &mut to, &options).ok()?;
    let scaled = Image {
        width,
        height,
        dots: to.into_vec(),
        color: image.color,
        orientation: image.orientation,
        profile: image.profile.clone(),
    };
    Some(upright(scaled))
}

/// Turns and mirrors as the orientation says (EXIF 2.3, tag 0x0112).
fn upright(image: Image) -> Image {
    let (width, height) = (image.width as usize, image.height as usize);
    let (new_width, new_height) = match image.orientation {
        5..=8 => (height, width),
        _ => (width, height),
    };
    let size = image.color.bytes();
    let mut dots = Vec::with_capacity(image.dots.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match image.orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                8 => (width - 1 - y, x),
                _ => return image,
            };
            let at = (from_y * width + from_x) * size;
            dots.extend_from_slice(&image.dots[at..at + size]);
        }
    }
    Image {
        width: if image.orientation >= 5 {
            image.height
        } else {
            image.width
        },
        height: if image.orientation >= 5 {
            image.width
        } else {
            image.height
        },
        dots,
        orientation: 1,
        ..image
    }
}
