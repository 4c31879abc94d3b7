//! Text on its way into HTML. Escaped in runs: most texts hold nothing to escape at all.

/// Appends `text` as it may stand between tags.
pub(super) fn push_text(html: &mut String, text: &str) {
    let special = memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes());
    push(html, text, special);
}

/// Appends `text` as it may stand in HTML, within quotes too.
pub(super) fn push_attribute(html: &mut String, text: &str) {
    let bytes = text.bytes().enumerate();
    let special = bytes.filter(|(_, byte)| matches!(byte, b'&' | b'<' | b'>' | b'"'));
    push(html, text, special.map(|(at, _)| at));
}

/// Text as it may stand in HTML, within quotes too.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_attribute(&mut html, text);
    html
}

/// Appends ` name="value"`, or nothing where there is no value.
pub(super) fn push_named(html: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        push_attribute(html, value);
        html.push('"');
    }
}

/// Appends `text` with its `special` bytes escaped, whose places ascend.
fn push(html: &mut String, text: &str, special: impl Iterator<Item = usize>) {
    let mut from = 0;
    for at in special {
        // The bytes in question are ASCII, so both sides of one are whole characters.
        html.push_str(&text[from..at]);
        html.push_str(match text.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        from = at + 1;
    }
    html.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_for_text_and_for_attributes() {
        assert_eq!(escaped("a<\"砚\">&b"), "a&lt;&quot;砚&quot;&gt;&amp;b");
        let mut html = String::new();
        push_text(&mut html, "\"<砚>&\"");
        assert_eq!(html, "\"&lt;砚&gt;&amp;\"");
    }
}
