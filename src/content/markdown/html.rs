//! Text on its way into HTML.

use super::HOLE;
use super::emphasis::JOINT;

/// ` title="…"`, or nothing.
pub(super) fn title_attribute(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(" title=\"{}\"", escaped(title))
    }
}

/// Text as it may stand in HTML, within quotes too.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            HOLE => html.push('\u{fffd}'),
            JOINT => {}
            c => html.push(c),
        }
    }
    html
}
