//! SVG held to what pictures need: shapes, words, colours, filters, motion. What runs, leads
//! somewhere, loads something or holds another language is left out; what programs note for
//! themselves is, too, without a word.

use std::fmt::Write;

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An SVG, held to what pictures need.
#[derive(Debug, Default)]
pub struct Clean {
    /// What is left of it, well formed.
    pub svg: String,
    /// Width and height in CSS pixels; 0 where it does not say.
    pub size: (u32, u32),
    /// What was left out, in order.
    pub dropped: Vec<Dropped>,
    /// Where it stops being XML, and why; what stands before that is kept.
    pub fault: Option<(usize, String)>,
}

/// Something left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Where its tag begins, in bytes.
    pub at: usize,
    /// `<script>`, or `onclick` for an attribute.
    pub what: String,
}

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
const ELEMENTS: [&str; 59] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "switch",
    "title",
    "desc",
    "view",
    "style",
    "image",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
    "mask",
    "clipPath",
    "marker",
    "filter",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "animate",
    "animateMotion",
    "animateTransform",
    "mpath",
    "set",
];

/// Holds `svg` to what pictures need.
pub fn clean(svg: &str) -> Clean {
    let svg = svg.strip_prefix('\u{feff}').unwrap_or(svg);
    let mut cleaner = Cleaner::default();
    let mut reader = Reader::from_str(svg);
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(svg.len());
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => {
                let end = usize::try_from(reader.buffer_position()).unwrap_or(svg.len());
                cleaner.event(event, start, svg.get(start..end).unwrap_or_default());
            }
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(start);
                cleaner.clean.fault = Some((at.min(svg.len()), error.to_string()));
                break;
            }
        }
    }
    cleaner.finish(svg.len())
}

#[derive(Default)]
struct Cleaner {
    clean: Clean,
    /// The elements that are open; whether each is written.
    open: Vec<(String, bool)>,
    /// Elements open within one that goes with its contents, itself included.
    gone: usize,
    /// Where the style that is being read begins in the output and in the file.
    style: Option<(usize, usize)>,
    has_root: bool,
}

impl Cleaner {
    fn event(&mut self, event: Event<'_>, at: usize, written: &str) {
        match event {
            Event::Start(_) if self.gone > 0 => self.gone += 1,
            Event::End(_) if self.gone > 0 => self.gone -= 1,
            _ if self.gone > 0 => {}
            Event::Start(tag) => self.start(&tag, at, false),
            Event::Empty(tag) => self.start(&tag, at, true),
            Event::End(_) => self.end(),
            Event::Text(_) if self.has_root => self.clean.svg.push_str(written),
            Event::CData(_) if self.style.is_some() => self.clean.svg.push_str(written),
            Event::CData(data) if self.has_root => {
                self.clean
                    .svg
                    .push_str(&quick_xml::escape::partial_escape(&*data));
            }
            Event::GeneralRef(name) if self.has_root => {
                let known = matches!(&*name, "amp" | "lt" | "gt" | "quot" | "apos");
                if known || name.is_char_ref() {
                    self.clean.svg.push_str(written);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize, empty: bool) {
        let name = tag.name();
        let name: &str = name.as_ref();
        // A style that holds elements is none.
        if self.style.is_some() {
            self.clean.svg.push('<');
            self.gone = usize::from(!empty);
            return;
        }
        let is_root = !self.has_root;
        let unwrapped = name == "a";
        let animated = animates_a_link(tag);
        let known = ELEMENTS.contains(&name) && !animated && (!is_root || name == "svg");
        if !known {
            // Editors' notes to themselves have prefixes.
            if name != "metadata" && !name.contains(':') {
                self.drop(at, format!("<{name}>"));
            }
            match (empty, unwrapped) {
                (true, _) => {}
                (false, true) => self.open.push((name.to_owned(), false)),
                (false, false) => self.gone = 1,
            }
            return;
        }
        self.clean.svg.extend(["<", name]);
        if is_root {
            self.has_root = true;
            self.clean.size = size(tag);
            let _ = write!(self.clean.svg, " xmlns=\"{NAMESPACE}\"");
        }
        for attribute in tag.attributes().flatten() {
            self.attribute(name, &attribute, at);
        }
        self.clean.svg.push_str(if empty { "/>" } else { ">" });
        if !empty {
            if name == "style" {
                self.style = Some((self.clean.svg.len(), at));
            }
            self.open.push((name.to_owned(), true));
        }
    }

    fn attribute(&mut self, element: &str, attribute: &Attribute<'_>, at: usize) {
        let name: &str = attribute.key.as_ref();
        let lower = name.to_ascii_lowercase();
        let noted = match lower.split_once(':') {
            Some(("xlink" | "xml", _)) => false,
            Some(("xmlns", "xlink")) => &*attribute.value != "http://www.w3.org/1999/xlink",
            // The namespace itself is written with the root.
            Some(_) => true,
            None => lower == "xmlns",
        };
        if noted {
            return;
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let is_good = value.as_ref().is_ok_and(|value| match &*lower {
            "href" | "xlink:href" => leads_inside(element, value),
            "xml:base" | "src" => false,
            name => !name.starts_with("on") && is_harmless(value),
        });
        if !is_good {
            return self.drop(at, name.to_owned());
        }
        let quote = if attribute.value.contains('"') {
            "'"
        } else {
            "\""
        };
        let written = [" ", name, "=", quote, &attribute.value, quote];
        self.clean.svg.extend(written);
    }

    fn end(&mut self) {
        let Some((name, written)) = self.open.pop() else {
            return;
        };
        // Nothing opens within a style, so the first end is its own.
        if let Some((start, at)) = self.style.take() {
            // Whatever was written as entities is read as what it means.
            let css = &self.clean.svg[start..];
            let meant = quick_xml::escape::unescape(css);
            let is_plain = !css.contains('<') && meant.is_ok_and(|css| is_harmless(&css));
            if !is_plain && !is_harmless_cdata(css) {
                self.clean.svg.truncate(start);
                self.drop(at, "<style>".to_owned());
            }
        }
        if written {
            self.clean.svg.extend(["</", &name, ">"]);
        }
    }

    fn drop(&mut self, at: usize, what: String) {
        self.clean.dropped.push(Dropped { at, what });
    }

    fn finish(mut self, length: usize) -> Clean {
        if self.clean.fault.is_none() && (!self.open.is_empty() || self.gone > 0) {
            let why = "it ends before its elements do".to_owned();
            self.clean.fault = Some((length, why));
        }
        if self.clean.fault.is_none() && !self.has_root {
            self.clean.fault = Some((0, "there is no `<svg>`".to_owned()));
        }
        while !self.open.is_empty() {
            self.end();
        }
        self.clean
    }
}

/// Motion may change where a link leads, or what runs.
fn animates_a_link(tag: &BytesStart<'_>) -> bool {
    let mut attributes = tag.attributes().flatten();
    let name = attributes.find(|attribute| attribute.key.as_ref() == "attributeName");
    let name = name.map(|attribute| attribute.value.trim().to_ascii_lowercase());
    name.is_some_and(|name| {
        name.starts_with("on") || name.ends_with("href") || name.contains('&') || name == "style"
    })
}

/// Whether a link stays within the picture, or holds dots itself.
fn leads_inside(element: &str, link: &str) -> bool {
    let link = link.trim();
    let is_dots = |kind: &&str| link.starts_with(*kind);
    let dots = [
        "data:image/png;base64,",
        "data:image/jpeg;base64,",
        "data:image/jpg;base64,",
        "data:image/gif;base64,",
        "data:image/webp;base64,",
    ];
    link.starts_with('#') || matches!(element, "image" | "feImage") && dots.iter().any(is_dots)
}

/// Whether a value, or a style, loads nothing and runs nothing.
fn is_harmless(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let never = [
        "javascript:",
        "vbscript:",
        "expression(",
        "@import",
        "-moz-binding",
        "behavior:",
        "image-set(",
        "src(",
    ];
    if never.iter().any(|never| value.contains(never)) {
        return false;
    }
    let mut links = value.split("url(").skip(1);
    let stays = |link: &str| {
        let link = link.trim_start_matches([' ', '"', '\'', '\t', '\n', '\r']);
        link.starts_with('#')
            || [
                "data:font/",
                "data:application/font",
                "data:application/x-font",
            ]
            .iter()
            .any(|font| link.starts_with(font))
    };
    // Backslashes spell names in other ways.
    links.all(stays) && (!value.contains('\\'))
}

/// A style that is wrapped as plain data.
fn is_harmless_cdata(css: &str) -> bool {
    let inner = css.trim().strip_prefix("<![CDATA[");
    let inner = inner.and_then(|css| css.strip_suffix("]]>"));
    inner.is_some_and(|css| !css.contains('<') && is_harmless(css))
}

/// The size that the root states: in its width and height, else in its view box.
fn size(root: &BytesStart<'_>) -> (u32, u32) {
    let value = |wanted: &str| {
        let mut attributes = root.attributes().flatten();
        let found = attributes.find(|attribute| attribute.key.as_ref() == wanted)?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        value.ok().map(|value| value.trim().to_owned())
    };
    let box_size = value("viewBox").and_then(|value| {
        let numbers = value
            .split([' ', ',', '\t', '\n', '\r'])
            .filter(|part| !part.is_empty());
        let numbers = numbers
            .map(|part| part.parse::<f64>().ok())
            .collect::<Option<Vec<_>>>()?;
        let [_, _, width, height] = numbers[..] else {
            return None;
        };
        (width > 0.0 && height > 0.0).then_some((width, height))
    });
    let side = |name: &str| value(name).and_then(|value| pixels(&value));
    let size = match (side("width"), side("height"), box_size) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some(of)) => (width, width * of.1 / of.0),
        (None, Some(height), Some(of)) => (height * of.0 / of.1, height),
        (None, None, Some(of)) => of,
        _ => return (0, 0),
    };
    let whole = |side: f64| match side.is_finite() && side < 1e6 {
        // Cut to what fits, which this does.
        true => side.round().max(1.0) as u32,
        false => 0,
    };
    (whole(size.0), whole(size.1))
}

/// A length of CSS in pixels; `None` for a share of something else.
fn pixels(length: &str) -> Option<f64> {
    let end = length.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, unit) = length.split_at(end.unwrap_or(length.len()));
    let unit = match unit.trim() {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        _ => return None,
    };
    let number = number.parse::<f64>().ok().filter(|number| *number > 0.0);
    number.map(|number| number * unit)
}

#[cfg(test)]
mod tests;
