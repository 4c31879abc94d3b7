//! Front matter: YAML between `---` or TOML between `+++` at the top of a page, read into
//! entries that keep their place, so that every later complaint can point at the value.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::diagnostic::Diagnostic;
use crate::text;

/// The front matter of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    /// In the author's order (YAML) or sorted by key (TOML).
    pub entries: Vec<Entry>,
    /// Bytes where the body begins.
    pub body: usize,
}

/// `key: value`, with bytes in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As written.
    pub key: String,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// What it says.
    pub value: Value,
    /// Where the value stands.
    pub span: Range<usize>,
}

/// A value, whichever language it was written in. Numbers and dates keep the author's text:
/// a title `1.10` is not `1.1`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `key:` with nothing behind it.
    Empty,
    /// `true`, `false`.
    Bool(bool),
    /// Any other scalar.
    Text(String),
    /// A list; its items' places are kept.
    List(Vec<(Value, Range<usize>)>),
    /// A table within the front matter; no key of ours takes one.
    Table,
}

/// Splits and reads the front matter of a page's whole `text`.
///
/// # Errors
/// A diagnostic at the place that cannot be read.
pub fn parse(path: &str, text: &str) -> Result<FrontMatter, Box<Diagnostic>> {
    let Some(fence) = Fence::of(text) else {
        return Ok(FrontMatter::default());
    };
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == fence.marker() {
            let source = &text[start..at];
            let entries = match fence {
                Fence::Yaml => yaml(path, text, start, source),
                Fence::Toml => toml(path, text, start, source),
            }?;
            let body = at + line.len();
            return Ok(FrontMatter { entries, body });
        }
        at += line.len();
    }
    // A page may begin with a horizontal rule; with a key under it, it is an unclosed block.
    let second = text[start..].lines().next().unwrap_or_default();
    if fence == Fence::Yaml && !second.contains([':', '：']) {
        return Ok(FrontMatter::default());
    }
    let marker = fence.marker();
    let message = text!(
        "页首设置没有结束：缺少第二行 `{marker}`",
        "the front matter is not closed: a second `{marker}` line is missing"
    );
    let hint = text!(
        "在设置的最后一行下面单独写一行 `{marker}`",
        "put a line `{marker}` below the last key"
    );
    let diagnostic = Diagnostic::error("front-matter", path, message);
    Err(Box::new(diagnostic.at(text, 0..3).hint(hint)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fence {
    Yaml,
    Toml,
}

impl Fence {
    fn of(text: &str) -> Option<Self> {
        let first = text.lines().next()?.trim_end();
        [Self::Yaml, Self::Toml]
            .into_iter()
            .find(|fence| fence.marker() == first)
    }

    fn marker(self) -> &'static str {
        match self {
            Self::Yaml => "---",
            Self::Toml => "+++",
        }
    }
}

fn yaml(path: &str, text: &str, start: usize, source: &str) -> Result<Vec<Entry>, Box<Diagnostic>> {
    if source.trim().is_empty() {
        return Ok(Vec::new());
    }
    let Entries(entries) = serde_saphyr::from_str(source).map_err(|error| {
        // A full-width colon makes a useless complaint further down, so look for it first.
        if let Some((at, colon)) = full_width_colon(source) {
            let message = text!(
                "这里是全角冒号 `：`，设置要用半角冒号加空格",
                "this is a full-width colon `：`; a key ends with `: `"
            );
            return Box::new(
                Diagnostic::error("front-matter", path, message)
                    .at(text, start + at..start + at + colon.len())
                    .hint(text!("写成 `键: 值`", "write `key: value`")),
            );
        }
        let at = error
            .location()
            .map_or(0, |location| byte_of(source, &location));
        let error = error.without_snippet().to_string();
        // The parser's own position counts from the fence; ours, from the top of the file.
        let error = error
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let message = text!(
            "页首设置不是有效的 YAML：{error}",
            "the front matter is not YAML: {error}"
        );
        Box::new(
            Diagnostic::error("front-matter", path, message)
                .at(text, start + at..start + at + 1)
                .hint(text!(
                    "每行写 `键: 值`；值里有冒号、引号或 # 时用引号括起来",
                    "write `key: value` lines; quote values that hold colons, quotes or #"
                )),
        )
    })?;
    let shift = |span: Range<usize>| start + span.start..start + span.end;
    let entries = entries.into_iter().map(|(key, value)| {
        let key_span = shift(span_of(source, &key.referenced));
        let span = shift(span_of(source, &value.referenced));
        Entry {
            key: key.value,
            key_span,
            value: value.value.resolve(text, &span, start),
            span,
        }
    });
    Ok(entries.collect())
}

fn full_width_colon(source: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if let Some(colon) = line.find('：')
            && !line[..colon].contains([':', '#', '"', '\''])
            && !line.trim_start().starts_with('-')
        {
            return Some((at + colon, "："));
        }
        at += line.len();
    }
    None
}

fn span_of(source: &str, location: &Location) -> Range<usize> {
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(offset), Some(len)) => {
            let start = (offset as usize).min(source.len());
            let end = (start + len as usize).min(source.len());
            let slice = source.get(start..end).unwrap_or_default();
            start..start + slice.trim_end().len()
        }
        _ => {
            let at = byte_of(source, location);
            at..at
        }
    }
}

/// A scanner error has no byte offset, only a line and a column in characters.
fn byte_of(source: &str, location: &Location) -> usize {
    let lines = (location.line().max(1) - 1) as usize;
    let columns = (location.column().max(1) - 1) as usize;
    let line = source.split_inclusive('\n').take(lines).map(str::len).sum();
    let rest = &source[line..];
    let column = rest.char_indices().nth(columns).map_or(rest.len(), |c| c.0);
    line + column
}

/// A YAML mapping in the author's order.
struct Entries(Vec<(Spanned<String>, Spanned<Yaml>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`key: value` lines")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}

/// A YAML value whose numbers are still to be looked up in the source.
enum Yaml {
    Empty,
    Bool(bool),
    Text(String),
    Number,
    List(Vec<Spanned<Yaml>>),
    Table,
}

impl Yaml {
    fn resolve(self, text: &str, span: &Range<usize>, start: usize) -> Value {
        match self {
            Self::Empty => Value::Empty,
            Self::Bool(value) => Value::Bool(value),
            Self::Text(value) => Value::Text(value),
            Self::Number => Value::Text(text.get(span.clone()).unwrap_or_default().to_owned()),
            Self::Table => Value::Table,
            Self::List(items) => {
                let source = &text[start..];
                let items = items.into_iter().map(|item| {
                    let span = span_of(source, &item.referenced);
                    let span = start + span.start..start + span.end;
                    (item.value.resolve(text, &span, start), span)
                });
                Value::List(items.collect())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct YamlVisitor;
        impl<'de> Visitor<'de> for YamlVisitor {
            type Value = Yaml;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Yaml, E> {
                Ok(Yaml::Empty)
            }
            fn visit_none<E>(self) -> Result<Yaml, E> {
                Ok(Yaml::Empty)
            }
            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Yaml, D::Error> {
                Yaml::deserialize(inner)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
                Ok(Yaml::Bool(value))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Yaml, E> {
                Ok(Yaml::Number)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Yaml, E> {
                Ok(Yaml::Number)
            }
            fn visit_i128<E>(self, _: i128) -> Result<Yaml, E> {
                Ok(Yaml::Number)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Yaml, E> {
                Ok(Yaml::Number)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Yaml, E> {
                Ok(Yaml::Number)
            }
            fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
                Ok(Yaml::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Yaml, E> {
                Ok(Yaml::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Yaml, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Yaml::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yaml, A::Error> {
                while map
                    .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
                    .is_some()
                {}
                Ok(Yaml::Table)
            }
        }
        deserializer.deserialize_any(YamlVisitor)
    }
}

fn toml(path: &str, text: &str, start: usize, source: &str) -> Result<Vec<Entry>, Box<Diagnostic>> {
    let shift = |span: Range<usize>| start + span.start..start + span.end;
    let table = toml::de::DeTable::parse(source).map_err(|error| {
        let problem = error.message().trim_end();
        let message = text!(
            "页首设置不是有效的 TOML：{problem}",
            "the front matter is not TOML: {problem}"
        );
        let span = shift(error.span().unwrap_or_default());
        Box::new(
            Diagnostic::error("front-matter", path, message)
                .at(text, span)
                .hint(text!(
                    "每行写 `键 = \"值\"`；中文键要加引号",
                    "write `key = \"value\"` lines; keys that are not ASCII need quotes"
                )),
        )
    })?;
    let entries = table.into_inner().into_iter().map(|(key, value)| {
        let key_span = shift(key.span());
        let span = shift(value.span());
        Entry {
            key: key.into_inner().into_owned(),
            key_span,
            value: toml_value(value.into_inner(), &span, text, start),
            span,
        }
    });
    Ok(entries.collect())
}

fn toml_value(
    value: toml::de::DeValue<'_>,
    span: &Range<usize>,
    text: &str,
    start: usize,
) -> Value {
    use toml::de::DeValue;
    match value {
        DeValue::String(value) => Value::Text(value.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| {
                let span = start + item.span().start..start + item.span().end;
                let value = toml_value(item.into_inner(), &span, text, start);
                (value, span)
            });
            Value::List(items.collect())
        }
        DeValue::Table(_) => Value::Table,
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
            Value::Text(text.get(span.clone()).unwrap_or_default().to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
