//! What plain text may turn into: bare addresses become links, `{汉字|hàn zì}` a reading aid.

use std::ops::Range;

use super::LinkKind;
use super::emphasis::without_marks;
use super::html::push_text;
use super::writer::Writer;

/// Whether anything in `text` may turn into something; most pages have nothing, and are spared
/// the search.
pub(super) fn is_lively(text: &str) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(text.as_bytes(), needle).is_some();
    has(b"://") || has(b"www.") || has(b"@") || has(b"{") && has(b"|") && has(b"}")
}

/// What was found in a text.
#[derive(Debug, PartialEq, Eq)]
enum Found<'a> {
    /// An address, and what stands before it when it is followed.
    Address(&'static str),
    /// Characters with their reading.
    Ruby(&'a str, &'a str),
}

impl Writer<'_> {
    /// Writes `text`, whose bytes are `span` of the prepared text, with its links and readings.
    pub(super) fn lively_text(&mut self, text: &str, span: Range<usize>) {
        let exact = span.len() == text.len();
        let mut from = 0;
        while let Some((place, found)) = find(text, from) {
            self.say(&without_marks(&text[from..place.start]));
            from = place.end;
            let piece = &text[place.clone()];
            match found {
                Found::Address(_) if self.links > 0 => self.say(piece),
                Found::Address(scheme) => {
                    let span = match exact {
                        true => span.start + place.start..span.start + place.end,
                        false => span.clone(),
                    };
                    self.html("<a class=\"address\" href=\"");
                    self.hole(LinkKind::Link, format!("{scheme}{piece}"), span);
                    self.html("\">");
                    self.say(piece);
                    self.html("</a>");
                }
                Found::Ruby(base, reading) => self.ruby(&without_marks(base), reading),
            }
        }
        self.say(&without_marks(&text[from..]));
    }

    /// One syllable above each character where their numbers agree, else all above all.
    fn ruby(&mut self, base: &str, reading: &str) {
        let characters = base.chars().count();
        let syllables = reading.split_whitespace().collect::<Vec<_>>();
        self.html("<ruby>");
        if characters == syllables.len() {
            for (c, syllable) in base.chars().zip(syllables) {
                self.say(c.encode_utf8(&mut [0; 4]));
                self.reading(syllable);
            }
        } else {
            self.say(base);
            self.reading(reading.trim());
        }
        self.html("</ruby>");
    }

    fn reading(&mut self, reading: &str) {
        // The brackets are for readers without ruby.
        self.html("<rp>（</rp><rt>");
        push_text(&mut self.body.html, &without_marks(reading));
        self.html("</rt><rp>）</rp>");
    }
}

/// The first thing found in `text[from..]` and its bytes in `text`.
fn find(text: &str, from: usize) -> Option<(Range<usize>, Found<'_>)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes[at..]
            .iter()
            .position(|byte| matches!(byte, b':' | b'w' | b'@' | b'{'))?;
        let found = match bytes[at] {
            b':' => with_scheme(text, from, at).map(|place| (place, Found::Address(""))),
            b'w' => without_scheme(text, from, at).map(|place| (place, Found::Address("http://"))),
            b'@' => mail(text, from, at).map(|place| (place, Found::Address("mailto:"))),
            _ => ruby(text, at),
        };
        if found.is_some() {
            return found;
        }
        at += 1;
    }
}

/// `https://host/path` around the colon at `colon`.
fn with_scheme(text: &str, from: usize, colon: usize) -> Option<Range<usize>> {
    let rest = text[colon..].strip_prefix("://")?;
    let before = &text[from..colon];
    let schemes = ["https", "http", "ftp"];
    let is_scheme = |scheme: &&&str| {
        let tail = before
            .len()
            .checked_sub(scheme.len())
            .and_then(|at| before.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(scheme))
    };
    let scheme = schemes.iter().find(is_scheme)?;
    let start = colon - scheme.len();
    if text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    host(rest)?;
    Some(start..colon + "://".len() + address_end(rest))
}

/// `www.host/path` at `start`.
fn without_scheme(text: &str, from: usize, start: usize) -> Option<Range<usize>> {
    let rest = text[start..].strip_prefix("www.")?;
    let before = text[..start].chars().next_back();
    let apart = start == from || before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '.');
    (apart && host(rest)?.trim_end_matches('.').contains('.'))
        .then(|| start..start + "www.".len() + address_end(rest))
}

/// The host that begins `rest`; looked at alone first, so that what is no address costs no
/// search for its end.
fn host(rest: &str) -> Option<&str> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let host = &rest[..rest.bytes().take_while(|b| is_part(b)).count()];
    let next = rest[host.len()..].bytes().next();
    let ends = next.is_none_or(|b| {
        !is_address(b)
            || matches!(
                b,
                b'/' | b'?' | b'#' | b':' | b')' | b',' | b';' | b'!' | b'*' | b'~' | b'\''
            )
    });
    (host.starts_with(|c: char| c.is_ascii_alphanumeric()) && ends).then_some(host)
}

/// Whether an address may go on with this byte.
fn is_address(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'<' | b'>' | b'"' | b'`' | b'{' | b'}' | b'|' | b'\\' | b'^'
        )
}

/// `name@host` around the sign at `sign`.
fn mail(text: &str, from: usize, sign: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    let name = bytes[from..sign]
        .iter()
        .rev()
        .take_while(|b| is_name(b))
        .count();
    let is_host = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let host = bytes[sign + 1..].iter().take_while(|b| is_host(b)).count();
    let host = text[sign + 1..sign + 1 + host].trim_end_matches('.');
    let labels = || host.split('.');
    let good = name > 0
        && labels().count() > 1
        && labels().all(|label| !label.is_empty())
        && !host.ends_with(['-', '_']);
    good.then(|| sign - name..sign + 1 + host.len())
}

/// Where an address that begins `rest` ends: before anything that is not ASCII (Chinese writes
/// no space there), and before punctuation that belongs to the sentence.
fn address_end(rest: &str) -> usize {
    let mut end = rest.bytes().take_while(|&b| is_address(b)).count();
    let (mut opened, mut closed) = (0usize, 0usize);
    for byte in rest[..end].bytes() {
        opened += usize::from(byte == b'(');
        closed += usize::from(byte == b')');
    }
    while let Some(last) = rest[..end].bytes().next_back() {
        match last {
            // What looks like an entity was meant as one.
            b';' => end = entity(&rest[..end - 1]).unwrap_or(end - 1),
            b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' => end -= 1,
            b')' if closed > opened => {
                closed -= 1;
                end -= 1;
            }
            _ => break,
        }
    }
    end
}

/// Where the entity begins that ends `address`, its semicolon left out.
fn entity(address: &str) -> Option<usize> {
    let start = address.rfind('&')?;
    let name = &address[start + 1..];
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(start)
}

/// Most characters that one reading stands above.
const RUBY: usize = 64;

/// `{汉字|hàn zì}` at `start`.
fn ruby(text: &str, start: usize) -> Option<(Range<usize>, Found<'_>)> {
    let inner = &text[start + 1..];
    let window = inner
        .char_indices()
        .nth(4 * RUBY)
        .map_or(inner.len(), |(at, _)| at);
    let end = inner[..window]
        .find(['{', '}'])
        .filter(|&end| inner[end..].starts_with('}'))?;
    let (base, reading) = inner[..end].split_once('|')?;
    let is_base = !base.trim().is_empty()
        && !base.contains(char::is_whitespace)
        && base.chars().count() <= RUBY
        && base.chars().any(super::events::is_cjk);
    let is_reading = !reading.trim().is_empty() && !reading.contains('|');
    (is_base && is_reading).then(|| (start..start + 1 + end + 1, Found::Ruby(base, reading)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let (mut from, mut list) = (0, Vec::new());
        while let Some((place, found)) = find(text, from) {
            from = place.end;
            list.push(match found {
                Found::Address(_) => text[place].to_owned(),
                Found::Ruby(base, reading) => format!("{base}+{reading}"),
            });
        }
        assert_eq!(list, expected, "{text}");
    }

    #[test]
    fn addresses_stop_at_chinese_and_at_the_sentence() {
        check(
            "https://example.com/a，后面文字",
            &["https://example.com/a"],
        );
        check(
            "（见http://a.cn/b?c=d&e=f#g）。",
            &["http://a.cn/b?c=d&e=f#g"],
        );
        check(
            "(http://a.cn/b_(c)) http://a.cn/d).",
            &["http://a.cn/b_(c)", "http://a.cn/d"],
        );
        check("请看www.court.example.cn。", &["www.court.example.cn"]);
        check(
            "HTTPS://A.CN! 和 http://oa:8080/x、ftp://f/",
            &["HTTPS://A.CN", "http://oa:8080/x", "ftp://f/"],
        );
        check("https:// xhttp://a.cn awww.b.c www.x javascript://a", &[]);
        check(
            "邮箱 a.b-c@d-e.cn，或x@y。z@.cn @a.b a@b",
            &["a.b-c@d-e.cn"],
        );
        check("http://a.cn/你好", &["http://a.cn/"]);
    }

    /// Examples 622 to 635 of GitHub's specification 0.29, "Autolinks (extension)".
    #[test]
    fn addresses_as_github_takes_them() {
        for (text, links) in [
            ("www.commonmark.org", &["www.commonmark.org"][..]),
            (
                "Visit www.commonmark.org/help for more.",
                &["www.commonmark.org/help"],
            ),
            (
                "Visit www.commonmark.org. Visit www.commonmark.org/a.b.",
                &["www.commonmark.org", "www.commonmark.org/a.b"],
            ),
            (
                "www.google.com/search?q=Markup+(business) (www.google.com/search?q=Markup+(business))) \
                 (www.google.com/search?q=Markup+(business)",
                &["www.google.com/search?q=Markup+(business)"; 3],
            ),
            (
                "www.google.com/search?q=(business))+ok",
                &["www.google.com/search?q=(business))+ok"],
            ),
            (
                "www.google.com/search?q=commonmark&hl=en",
                &["www.google.com/search?q=commonmark&hl=en"],
            ),
            (
                "www.google.com/search?q=commonmark&hl;",
                &["www.google.com/search?q=commonmark"],
            ),
            ("www.commonmark.org/he<lp", &["www.commonmark.org/he"]),
            ("http://commonmark.org", &["http://commonmark.org"]),
            (
                "(Visit https://encrypted.google.com/search?q=Markup+(business))",
                &["https://encrypted.google.com/search?q=Markup+(business)"],
            ),
            ("foo@bar.baz", &["foo@bar.baz"]),
            (
                "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
                &["hello+xyz@mail.example"],
            ),
            ("a.b-c_d@a.b", &["a.b-c_d@a.b"]),
            ("a.b-c_d@a.b.", &["a.b-c_d@a.b"]),
            ("a.b-c_d@a.b-", &[]),
            ("a.b-c_d@a.b_", &[]),
        ] {
            check(text, links);
        }
    }

    #[test]
    fn readings() {
        check("{汉字|hàn zì}与{砚|yàn}", &["汉字+hàn zì", "砚+yàn"]);
        check("{a|b} {|b} {汉字|} {汉 字|x} {汉{字|x}", &["字+x"]);
        check("{汉字|a|b} {汉字}", &[]);
    }
}
