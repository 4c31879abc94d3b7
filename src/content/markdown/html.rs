//! Text on its way into HTML. Escaped in runs: most texts hold nothing to escape at all.

/// Appends `text` as it may stand between tags.
pub(super) fn push_text(html: &mut String, text: &str) {
    push(html, text, |byte| match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        _ => "",
    });
}

/// Appends `text` as it may stand in HTML, within quotes too.
pub(super) fn push_attribute(html: &mut String, text: &str) {
    push(html, text, |byte| match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        _ => "",
    });
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

fn push(html: &mut String, text: &str, escape: impl Fn(u8) -> &'static str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        // The bytes in question are ASCII, so both sides of one are whole characters.
        if byte < b'?' {
            let escape = escape(byte);
            if !escape.is_empty() {
                html.push_str(&text[from..at]);
                html.push_str(escape);
                from = at + 1;
            }
        }
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
