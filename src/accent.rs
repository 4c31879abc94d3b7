//! The site's accent: one colour of `site.toml`, from which the shades for light and dark grounds
//! are computed, so that text set in them keeps its contrast whatever colour was named.
//!
//! Lightness is changed in OKLCH (Ottosson 2020, <https://bottosson.github.io/posts/oklab/>), in
//! which equal steps look equal and the hue stays; contrast is measured as WCAG 2.2 does.

use std::fmt::Write as _;

use serde::{Deserialize, Deserializer};

/// A colour as 8-bit sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent(Rgb);

type Rgb = [u8; 3];

/// The accents with names, and what else may be written.
const NAMED: [(&str, Rgb); 4] = [
    ("red", [0xa5, 0x1d, 0x1d]),
    ("blue", [0x1d, 0x4f, 0x91]),
    ("green", [0x1f, 0x6b, 0x46]),
    ("ink", [0x2f, 0x3b, 0x45]),
];
const KNOWN: [&str; 5] = ["red", "blue", "green", "ink", "#rrggbb"];

/// The darkest light ground and the lightest dark one of the default theme (`--sunken` in sepia
/// and in dark); what is readable there is readable on every ground.
const LIGHT_GROUND: Rgb = [0xec, 0xe0, 0xc6];
const DARK_GROUND: Rgb = [0x26, 0x22, 0x20];

/// Contrast of text at least (WCAG 2.2, 1.4.3), and of strong text (1.4.6).
const READABLE: f64 = 4.6;
const STRONG: f64 = 7.1;

/// The shades for one ground.
#[derive(Debug, PartialEq, Eq)]
pub struct Shades {
    /// Links, marks and buttons.
    pub accent: Rgb,
    /// The same when pointed at, and text on `soft`.
    pub strong: Rgb,
    /// A ground with a breath of the accent.
    pub soft: Rgb,
    /// Text on `accent`.
    pub on: Rgb,
}

impl Accent {
    /// Reads a name or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((_, rgb)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Some(Self(*rgb));
        }
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([byte(0)?, byte(2)?, byte(4)?]))
    }

    /// The shades on paper.
    pub fn light(self) -> Shades {
        let colour = Oklch::from_rgb(self.0);
        let soft = colour.with(0.95, colour.chroma.min(0.018)).to_rgb();
        let darker = |from: f64, least: f64, ground: Rgb| {
            let steps = (0..).map(|step| from - 0.005 * f64::from(step));
            let mut shades = steps.map(|lightness| colour.with(lightness, colour.chroma));
            let fits = |shade: &Oklch| {
                let grounds = [ground, soft];
                shade.lightness <= 0.0
                    || (grounds.iter()).all(|&ground| contrast(shade.to_rgb(), ground) >= least)
            };
            shades.find(fits).unwrap_or(colour)
        };
        let accent = darker(colour.lightness, READABLE, LIGHT_GROUND);
        let strong = darker(accent.lightness - 0.06, STRONG, soft);
        Shades {
            accent: accent.to_rgb(),
            strong: strong.to_rgb(),
            soft,
            on: [0xff; 3],
        }
    }

    /// The shades on ink.
    pub fn dark(self) -> Shades {
        let colour = Oklch::from_rgb(self.0);
        let soft = colour.with(0.27, colour.chroma.min(0.05)).to_rgb();
        let chroma = colour.chroma.min(0.13);
        let lighter = |from: f64, least: f64| {
            let steps = (0..).map(|step| from + 0.005 * f64::from(step));
            let mut shades = steps.map(|lightness| colour.with(lightness, chroma));
            let fits = |shade: &Oklch| {
                let grounds = [DARK_GROUND, soft];
                shade.lightness >= 1.0
                    || (grounds.iter()).all(|&ground| contrast(shade.to_rgb(), ground) >= least)
            };
            shades.find(fits).unwrap_or(colour)
        };
        let accent = lighter(colour.lightness.clamp(0.7, 0.85), READABLE);
        let strong = lighter((accent.lightness + 0.08).min(1.0), STRONG);
        Shades {
            accent: accent.to_rgb(),
            strong: strong.to_rgb(),
            soft,
            on: colour.with(0.18, colour.chroma.min(0.04)).to_rgb(),
        }
    }

    /// The style sheet that puts the shades in the place of the default theme's own.
    pub fn css(self) -> String {
        let (light, dark) = (self.light(), self.dark());
        let rows = [
            ("accent", light.accent, dark.accent),
            ("accent-strong", light.strong, dark.strong),
            ("accent-soft", light.soft, dark.soft),
            ("on-accent", light.on, dark.on),
        ];
        let hex = |[r, g, b]: Rgb| format!("#{r:02x}{g:02x}{b:02x}");
        let mut css = String::from(":root {\n");
        for (name, light, dark) in rows {
            let (light, dark) = (hex(light), hex(dark));
            // Writing into a string does not fail.
            let _ = writeln!(
                css,
                "  --{name}: var(--light, {light}) var(--dark, {dark});"
            );
        }
        css.push_str("}\n");
        css
    }
}

impl<'de> Deserialize<'de> for Accent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::unknown_variant(&text, &KNOWN);
        Self::parse(&text).ok_or_else(unknown)
    }
}

#[derive(Debug, Clone, Copy)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    /// Radians.
    hue: f64,
}

impl Oklch {
    fn from_rgb(rgb: Rgb) -> Self {
        let [r, g, b] = rgb.map(linear);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let across = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let along = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Self {
            lightness,
            chroma: across.hypot(along),
            hue: along.atan2(across),
        }
    }

    fn with(self, lightness: f64, chroma: f64) -> Self {
        Self {
            lightness: lightness.clamp(0.0, 1.0),
            chroma,
            ..self
        }
    }

    /// The colour itself, or where sRGB has none so vivid, the most vivid of that lightness.
    fn to_rgb(self) -> Rgb {
        let mut chroma = self.chroma;
        loop {
            let light = self.to_linear(chroma);
            let inside = |value: &f64| (-0.0005..=1.0005).contains(value);
            if chroma <= 0.0 || light.iter().all(inside) {
                return light.map(encoded);
            }
            chroma = (chroma - 0.004).max(0.0);
        }
    }

    fn to_linear(self, chroma: f64) -> [f64; 3] {
        let (along, across) = self.hue.sin_cos();
        let (a, b) = (chroma * across, chroma * along);
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}

/// sRGB → light.
fn linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.0;
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// Light → sRGB.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped to a byte's range"
)]
fn encoded(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let value = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (value * 255.0).round() as u8
}

/// The contrast ratio of WCAG 2.2: 1 to 21.
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |rgb: Rgb| {
        let [r, g, b] = rgb.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        // #767676 is the lightest grey that passes on white.
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.005);
    }

    #[test]
    fn colours_survive_the_way_through_oklch() {
        for rgb in [[0, 0, 0], [255, 255, 255], [165, 29, 29], [3, 200, 117]] {
            assert_eq!(Oklch::from_rgb(rgb).to_rgb(), rgb);
        }
    }

    #[test]
    fn names_and_digits_are_read() {
        assert_eq!(Accent::parse("red"), Accent::parse("#a51d1d"));
        assert_eq!(Accent::parse("#A51D1D"), Accent::parse("#a51d1d"));
        for wrong in ["", "#", "pink", "#12345", "#12345g", "a51d1d", "#一二"] {
            assert_eq!(Accent::parse(wrong), None, "{wrong}");
        }
    }

    /// Every accent, also those that nobody would choose, is readable wherever it is used.
    #[test]
    fn every_accent_keeps_its_contrast() {
        let steps = [0u8, 36, 73, 109, 146, 182, 219, 255];
        let colours = steps
            .iter()
            .flat_map(|&r| steps.map(|g| steps.map(|b| [r, g, b])));
        let colours = colours.flatten().chain(NAMED.map(|(_, rgb)| rgb));
        for rgb in colours {
            for (shades, ground, pure) in [
                (Accent(rgb).light(), LIGHT_GROUND, [255; 3]),
                (Accent(rgb).dark(), DARK_GROUND, [0; 3]),
            ] {
                let pairs = [
                    (shades.accent, ground, 4.5),
                    (shades.accent, shades.soft, 4.5),
                    (shades.on, shades.accent, 4.5),
                    (shades.on, shades.strong, 4.5),
                    (shades.strong, ground, 4.5),
                    (shades.strong, shades.soft, 7.0),
                    // The high contrast look sets links in the strong shade.
                    (shades.strong, pure, 7.0),
                ];
                for (text, ground, least) in pairs {
                    let found = contrast(text, ground);
                    assert!(found >= least, "{rgb:?}: {text:?} on {ground:?}: {found}");
                }
            }
        }
    }

    #[test]
    fn the_sheet_sets_four_properties() {
        let css = NAMED.map(|(_, rgb)| Accent(rgb).css()).concat();
        assert_eq!(css.matches("var(--light, #").count(), 16, "{css}");
    }
}
