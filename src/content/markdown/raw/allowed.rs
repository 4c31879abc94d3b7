//! What HTML of an author's may say: elements, where they may stand, and their attributes.

use super::LinkKind;

/// An element that may stand.
pub(super) struct Element {
    /// As it is written, which need not be what the author called it.
    pub(super) name: &'static str,
    /// Whether it may not stand within a line.
    pub(super) block: bool,
    /// Whether it has no end.
    pub(super) void: bool,
    /// Elements of which one must be open around it; none: it may stand anywhere.
    pub(super) parents: &'static [&'static str],
    /// Elements that it ends where it begins.
    pub(super) ends: &'static [&'static str],
    /// Its attributes beside those that all have.
    attributes: &'static [(&'static str, Attribute)],
    /// Whether it is nothing without its target.
    pub(super) needs_target: bool,
    /// A class that it gets.
    pub(super) class: &'static str,
    /// Attributes that it gets.
    pub(super) adds: &'static str,
}

/// What an attribute is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    /// Words.
    Words,
    /// A name without a value.
    Flag,
    /// A whole number.
    Number,
    /// A class, or an alignment.
    Class,
    /// An id.
    Id,
    /// Where something leads.
    Target(LinkKind),
    /// Left out without a word: it changes nothing here.
    Ignored,
    /// Left out, which is said.
    Refused,
}

use Attribute::{Class, Flag, Id, Ignored, Number, Refused, Target, Words};

const NONE: Element = Element {
    name: "",
    block: false,
    void: false,
    parents: &[],
    ends: &[],
    attributes: &[],
    needs_target: false,
    class: "",
    adds: "",
};
const BLOCK: Element = Element {
    block: true,
    ..NONE
};
const VOID: Element = Element { void: true, ..NONE };
const CELL: Element = Element {
    parents: &["tr"],
    ends: &["td", "th"],
    attributes: &[
        ("colspan", Number),
        ("rowspan", Number),
        ("scope", Words),
        ("headers", Words),
    ],
    ..BLOCK
};
const ROWS: Element = Element {
    parents: &["table"],
    ends: &[
        "td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup",
    ],
    ..BLOCK
};
const MEDIA: Element = Element {
    attributes: &[
        ("src", Target(LinkKind::File)),
        ("poster", Target(LinkKind::File)),
        ("width", Number),
        ("height", Number),
        ("loop", Flag),
        ("muted", Flag),
        ("controls", Ignored),
        ("preload", Ignored),
    ],
    adds: " controls preload=\"metadata\"",
    ..NONE
};

/// Phrasing that needs nothing said.
const PLAIN: [&str; 29] = [
    "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd",
    "mark", "q", "rb", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
    "var", "rtc", "picture",
];
/// Blocks that need nothing said.
const BLOCKS: [&str; 21] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "p",
    "pre",
    "section",
    "ul",
    "table",
];

/// The element that an author's `name` stands for, if it may stand.
pub(super) fn element(name: &str) -> Option<&'static Element> {
    use std::sync::LazyLock;
    static ELEMENTS: LazyLock<Vec<(&str, Element)>> = LazyLock::new(elements);
    let mut elements = ELEMENTS.iter();
    elements
        .find(|(known, _)| *known == name)
        .map(|(_, element)| element)
}

fn elements() -> Vec<(&'static str, Element)> {
    let plain = PLAIN.map(|name| (name, Element { name, ..NONE }));
    let blocks = BLOCKS.map(|name| (name, Element { name, ..BLOCK }));
    let a = &[
        ("href", Target(LinkKind::Link)),
        ("name", Id),
        ("target", Ignored),
        ("rel", Ignored),
    ];
    let img = &[
        ("src", Target(LinkKind::Image)),
        ("alt", Words),
        ("width", Ignored),
        ("height", Ignored),
        ("loading", Ignored),
        ("decoding", Ignored),
    ];
    let ol = &[("start", Number), ("reversed", Flag), ("type", Words)];
    let source = &[("src", Target(LinkKind::File)), ("type", Words)];
    let track = &[
        ("src", Target(LinkKind::File)),
        ("kind", Words),
        ("srclang", Words),
        ("label", Words),
        ("default", Flag),
    ];
    let span = &[("span", Number)];
    let rest = [
        (
            "a",
            Element {
                name: "a",
                attributes: a,
                ..NONE
            },
        ),
        (
            "audio",
            Element {
                name: "audio",
                ..MEDIA
            },
        ),
        ("br", Element { name: "br", ..VOID }),
        (
            "caption",
            Element {
                name: "caption",
                parents: &["table"],
                ..BLOCK
            },
        ),
        (
            "center",
            Element {
                name: "div",
                class: "center",
                ..BLOCK
            },
        ),
        (
            "col",
            Element {
                name: "col",
                block: true,
                parents: &["table"],
                attributes: span,
                ..VOID
            },
        ),
        (
            "colgroup",
            Element {
                name: "colgroup",
                parents: &["table"],
                attributes: span,
                ..BLOCK
            },
        ),
        (
            "dd",
            Element {
                name: "dd",
                parents: &["dl"],
                ends: &["dt", "dd"],
                ..BLOCK
            },
        ),
        (
            "dt",
            Element {
                name: "dt",
                parents: &["dl"],
                ends: &["dt", "dd"],
                ..BLOCK
            },
        ),
        (
            "figcaption",
            Element {
                name: "figcaption",
                parents: &["figure"],
                ..BLOCK
            },
        ),
        (
            "hr",
            Element {
                name: "hr",
                block: true,
                ..VOID
            },
        ),
        (
            "img",
            Element {
                name: "img",
                attributes: img,
                needs_target: true,
                adds: " loading=\"lazy\" decoding=\"async\"",
                ..VOID
            },
        ),
        (
            "li",
            Element {
                name: "li",
                parents: &["ul", "ol"],
                ends: &["li"],
                attributes: &[("value", Number)],
                ..BLOCK
            },
        ),
        (
            "ol",
            Element {
                name: "ol",
                attributes: ol,
                ..BLOCK
            },
        ),
        (
            "rp",
            Element {
                name: "rp",
                parents: &["ruby"],
                ends: &["rt", "rp"],
                ..NONE
            },
        ),
        (
            "rt",
            Element {
                name: "rt",
                parents: &["ruby"],
                ends: &["rt", "rp"],
                ..NONE
            },
        ),
        (
            "source",
            Element {
                name: "source",
                parents: &["audio", "video"],
                attributes: source,
                needs_target: true,
                ..VOID
            },
        ),
        ("strike", Element { name: "s", ..NONE }),
        (
            "summary",
            Element {
                name: "summary",
                parents: &["details"],
                ..BLOCK
            },
        ),
        (
            "tbody",
            Element {
                name: "tbody",
                ..ROWS
            },
        ),
        ("td", Element { name: "td", ..CELL }),
        (
            "tfoot",
            Element {
                name: "tfoot",
                ..ROWS
            },
        ),
        ("th", Element { name: "th", ..CELL }),
        (
            "thead",
            Element {
                name: "thead",
                ..ROWS
            },
        ),
        (
            "tr",
            Element {
                name: "tr",
                parents: &["table"],
                ends: &["td", "th", "tr", "caption", "colgroup"],
                ..BLOCK
            },
        ),
        (
            "track",
            Element {
                name: "track",
                parents: &["audio", "video"],
                attributes: track,
                needs_target: true,
                ..VOID
            },
        ),
        (
            "video",
            Element {
                name: "video",
                ..MEDIA
            },
        ),
        (
            "wbr",
            Element {
                name: "wbr",
                ..VOID
            },
        ),
    ];
    plain.into_iter().chain(blocks).chain(rest).collect()
}

/// What `name` is on `element`.
pub(super) fn attribute(element: &Element, name: &str) -> Attribute {
    let mut own = element.attributes.iter();
    if let Some((_, attribute)) = own.find(|(known, _)| *known == name) {
        return *attribute;
    }
    match name {
        "title" | "lang" | "dir" | "datetime" => Words,
        "open" if element.name == "details" => Flag,
        "class" | "align" | "style" => Class,
        "id" => Id,
        // How old programs drew tables; the theme draws them.
        "border" | "cellpadding" | "cellspacing" | "valign" | "width" | "height" | "nowrap" => {
            Ignored
        }
        _ => Refused,
    }
}

/// The class that a class, an alignment or a style comes to.
pub(super) fn class(value: &str) -> Option<&'static str> {
    let value = value.trim().trim_end_matches(';');
    let value = match value.split_once(':') {
        Some((property, value)) if property.trim() == "text-align" => value.trim(),
        _ => value,
    };
    match value.to_ascii_lowercase().as_str() {
        "center" => Some("center"),
        "right" => Some("right"),
        "left" | "justify" => Some(""),
        "small" => Some("small"),
        _ => None,
    }
}

/// Whether what stands between the tags of `name` goes with them: it is no text.
pub(super) fn goes_with_contents(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "iframe"
            | "object"
            | "embed"
            | "noscript"
            | "template"
            | "textarea"
            | "select"
            | "button"
            | "svg"
            | "math"
            | "title"
            | "xmp"
            | "plaintext"
            | "noembed"
            | "noframes"
            | "canvas"
            | "applet"
            | "frameset"
            | "head"
    )
}
