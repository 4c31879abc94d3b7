//! HTML taken apart into tags and text.

use std::borrow::Cow;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text; entities as they were written.
    Text(&'a str),
    /// `<name …>`
    Open(Tag<'a>),
    /// `</name>`, in lower case.
    Close(String),
    /// `<!-- … -->`
    Comment,
    /// `<!DOCTYPE …>`, `<?…>`, `<![CDATA[…]]>`
    Declaration,
}

/// A tag that opens an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    /// Names in lower case; values without quotes, entities as they were written.
    pub(super) attributes: Vec<(String, &'a str)>,
    /// Whether it says `/>`.
    pub(super) empty: bool,
}

/// The token that begins `html`, which is not empty, and its length in bytes.
pub(super) fn next(html: &str) -> (Token<'_>, usize) {
    let Some(rest) = html.strip_prefix('<') else {
        let end = memchr::memchr(b'<', html.as_bytes()).unwrap_or(html.len());
        return (Token::Text(&html[..end]), end);
    };
    let until = |close: &str, from: usize| {
        let end = html.get(from..).and_then(|rest| rest.find(close));
        end.map_or(html.len(), |end| from + end + close.len())
    };
    if html.starts_with("<!--") {
        return (Token::Comment, until("-->", 2));
    }
    if html.starts_with("<![CDATA[") {
        return (Token::Declaration, until("]]>", 2));
    }
    if rest.starts_with(['!', '?']) {
        return (Token::Declaration, until(">", 1));
    }
    let token = match rest.strip_prefix('/') {
        Some(rest) => close(rest).map(|(name, length)| (Token::Close(name), length + 2)),
        None => open(rest).map(|(tag, length)| (Token::Open(tag), length + 1)),
    };
    // A `<` that begins no tag is a sign like any other.
    token.unwrap_or((Token::Text("<"), 1))
}

fn name(text: &str) -> Option<String> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let length = text.bytes().take_while(is_name).count();
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        .then(|| text[..length].to_ascii_lowercase())
}

fn close(rest: &str) -> Option<(String, usize)> {
    let name = name(rest)?;
    let end = rest.find('>')?;
    Some((name, end + 1))
}

fn open(rest: &str) -> Option<(Tag<'_>, usize)> {
    let name = name(rest)?;
    let bytes = rest.as_bytes();
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/');
    let (mut at, mut attributes, mut empty) = (name.len(), Vec::new(), false);
    loop {
        while is_blank(*bytes.get(at)?) {
            empty = bytes[at] == b'/';
            at += 1;
        }
        if bytes[at] == b'>' {
            let tag = Tag {
                name,
                attributes,
                empty,
            };
            return Some((tag, at + 1));
        }
        let start = at;
        // A sign of equality may begin a name, and nothing else.
        at += 1;
        while !is_blank(*bytes.get(at)?) && !matches!(bytes[at], b'=' | b'>') {
            at += 1;
        }
        let attribute = rest.get(start..at)?.to_ascii_lowercase();
        let mut behind = at;
        while bytes
            .get(behind)
            .is_some_and(|&byte| is_blank(byte) && byte != b'/')
        {
            behind += 1;
        }
        let mut value = "";
        if bytes.get(behind) == Some(&b'=') {
            at = behind + 1;
            while bytes
                .get(at)
                .is_some_and(|&byte| is_blank(byte) && byte != b'/')
            {
                at += 1;
            }
            let quote = *bytes.get(at)?;
            let start = if matches!(quote, b'"' | b'\'') {
                at + 1
            } else {
                at
            };
            let end = match quote {
                b'"' | b'\'' => start + memchr::memchr(quote, &bytes[start..])?,
                _ => {
                    let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
                    start + bytes[start..].iter().position(ends)?
                }
            };
            value = rest.get(start..end)?;
            at = if start > at { end + 1 } else { end };
            if start == end && at == start {
                // `a=>`: an empty value.
                value = "";
            }
        }
        attributes.push((attribute, value));
    }
}

/// The length of the entity that begins `text`, `&nbsp;` or `&#8203;`.
fn entity(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('&')?;
    let end = inner.bytes().take(32).position(|byte| byte == b';')?;
    let name = &inner[..end];
    let good = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(number) => !number.is_empty() && number.bytes().all(|b| b.is_ascii_hexdigit()),
            None => !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()),
        },
        None => {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|b| b.is_ascii_alphanumeric())
        }
    };
    good.then_some(end + 2)
}

/// Appends text escaped, well-formed entities as they are.
pub(super) fn push_with_entities(html: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' if entity(&text[at..]).is_some() => html.push('&'),
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Appends ` name="value"`, well-formed entities as they are.
pub(super) fn push_named(html: &mut String, name: &str, value: &str) {
    html.extend([" ", name, "=\""]);
    push_with_entities(html, value);
    html.push('"');
}

/// Text with numeric entities and the commonest named ones taken for what they mean. What stays
/// as it is will be escaped where it is written, and mean itself.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = entity(rest).unwrap_or(1);
        match meaning(&rest[..length]) {
            Some(c) => plain.push(c),
            None => plain.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn meaning(entity: &str) -> Option<char> {
    let name = entity.strip_prefix('&')?.strip_suffix(';')?;
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(number) => u32::from_str_radix(number, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "colon" => ':',
        "Tab" => '\t',
        "NewLine" => '\n',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "middot" => '·',
        "times" => '×',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_tag(html: &str) -> (String, Vec<(String, &str)>, usize) {
        match next(html) {
            (Token::Open(tag), length) => (tag.name, tag.attributes, length),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tags_are_taken_apart() {
        let (name, attributes, length) = open_tag("<A Href='a>b' x y=1 z = \"2\"/>c");
        let shown = attributes
            .iter()
            .map(|(name, value)| (name.as_str(), *value));
        assert_eq!(
            (name.as_str(), shown.collect::<Vec<_>>(), length),
            (
                "a",
                vec![("href", "a>b"), ("x", ""), ("y", "1"), ("z", "2")],
                29
            )
        );
        assert_eq!(next("</Td >x"), (Token::Close("td".to_owned()), 6));
        assert_eq!(next("<!-- > -->x"), (Token::Comment, 10));
        assert_eq!(next("<!DOCTYPE x>y"), (Token::Declaration, 12));
        assert_eq!(next("a<b"), (Token::Text("a"), 1));
        for text in ["< a", "<a", "<a b='", "<1>", "</>"] {
            assert_eq!(next(text), (Token::Text("<"), 1), "{text}");
        }
    }

    #[test]
    fn entities() {
        let mut html = String::new();
        push_with_entities(&mut html, "a&nbsp;&b;c&<\"&#1;&#x;");
        assert_eq!(html, "a&nbsp;&b;c&amp;&lt;&quot;&#1;&amp;#x;");
        assert_eq!(
            decoded("java&#115;cript&colon;&#x61;&copy;&"),
            "javascript:a&copy;&"
        );
    }
}
