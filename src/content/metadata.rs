//! What a page's front matter says, checked against its kind.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::date::Date;
use super::front_matter::{Entry, Value};
use super::kind::{Field, FieldType, Kind};
use super::markdown::{Media, media};
use crate::diagnostic::Diagnostic;
use crate::text;

/// The keys that every kind has, in English and Chinese.
const COMMON: [(Key, &str, &str); 10] = [
    (Key::Title, "title", "标题"),
    (Key::Date, "date", "日期"),
    (Key::Updated, "updated", "更新"),
    (Key::Summary, "summary", "摘要"),
    (Key::Authors, "authors", "作者"),
    (Key::EducationThemes, "education_themes", "主题"),
    (Key::Draft, "draft", "草稿"),
    (Key::Slug, "slug", "网址"),
    (Key::Aliases, "aliases", "旧址"),
    (Key::TranslationOf, "translation_of", "译自"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Title,
    Date,
    Updated,
    Summary,
    Authors,
    EducationThemes,
    Draft,
    Slug,
    Aliases,
    TranslationOf,
}

/// A page's settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// `title`/`标题`
    pub title: Option<String>,
    /// `date`/`日期`
    pub date: Option<Date>,
    /// `updated`/`更新`: the day of the last change.
    pub updated: Option<Date>,
    /// `summary`/`摘要`
    pub summary: Option<String>,
    /// `authors`/`作者`
    pub authors: Vec<String>,
    /// `education_themes`/`主题`: ids, names or aliases of themes, each with its bytes.
    pub education_themes: Vec<(String, Range<usize>)>,
    /// `draft`/`草稿`
    pub draft: bool,
    /// `slug`/`网址`
    pub slug: Option<String>,
    /// `aliases`/`旧址`: addresses, as [`super::address::of_source`] makes them.
    pub aliases: Vec<String>,
    /// `translation_of`/`译自`: the page in another language that this one says, with its bytes.
    pub translation_of: Option<(String, Range<usize>)>,
    /// The kind's own keys that are given, in the kind's order.
    pub fields: Vec<FieldValue>,
}

/// The value of one of a kind's keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// Its place in [`Kind::fields`].
    pub field: usize,
    /// One text for most; each with its bytes in the file.
    pub values: Vec<(String, Range<usize>)>,
}

/// Reads `entries` of the page `path` with the whole text `source`.
pub fn read(
    path: &str,
    source: &str,
    entries: Vec<Entry>,
    kind: &Kind,
) -> (Metadata, Vec<Diagnostic>) {
    let mut reader = Reader {
        path,
        source,
        metadata: Metadata::default(),
        diagnostics: Vec::new(),
    };
    for entry in entries {
        let key = entry.key.trim();
        let common = COMMON.iter().find(|(_, en, zh)| *en == key || *zh == key);
        let fields = kind.fields.iter();
        let own = fields
            .enumerate()
            .find(|(_, field)| field.key == key || field.name.zh == key);
        match (common, own) {
            // `key:` with nothing behind it is a form left blank.
            (Some(_), _) | (_, Some(_)) if entry.value == Value::Empty => {}
            (Some((key, ..)), _) => reader.common(*key, &entry),
            (None, Some((at, field))) => reader.own(at, field, &entry),
            (None, None) => reader.unknown(&entry, kind),
        }
    }
    reader.metadata.fields.sort_by_key(|value| value.field);
    (reader.metadata, reader.diagnostics)
}

struct Reader<'a> {
    path: &'a str,
    source: &'a str,
    metadata: Metadata,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn common(&mut self, key: Key, entry: &Entry) {
        match key {
            Key::Title => self.metadata.title = self.text(entry),
            Key::Summary => self.metadata.summary = self.text(entry),
            Key::Authors => self.metadata.authors = self.texts(entry),
            Key::Date => self.metadata.date = self.date(entry),
            Key::Updated => self.metadata.updated = self.date(entry),
            Key::TranslationOf => {
                let text = self.text(entry);
                self.metadata.translation_of = text.map(|text| (text, entry.span.clone()));
            }
            Key::Draft => self.metadata.draft = self.truth(entry),
            Key::Slug => self.metadata.slug = self.slug(entry),
            Key::Aliases => {
                let aliases = self.texts(entry);
                self.metadata.aliases = aliases.iter().map(|alias| old_address(alias)).collect();
            }
            Key::EducationThemes => self.metadata.education_themes = self.list(entry),
        }
    }

    fn own(&mut self, at: usize, field: &Field, entry: &Entry) {
        let mut values = match field.value {
            FieldType::List | FieldType::Pages => self.list(entry),
            // A file's name may hold a comma.
            FieldType::Media if matches!(entry.value, Value::List(_)) => self.list(entry),
            FieldType::Text | FieldType::Number | FieldType::Date | FieldType::Media => {
                let text = self.text(entry);
                text.map(|text| (text, entry.span.clone()))
                    .into_iter()
                    .collect()
            }
        };
        for (value, span) in &mut values {
            let fault = match field.value {
                FieldType::Number => {
                    let digits = value.trim_end_matches(|c: char| !c.is_ascii_digit());
                    match digits.parse::<u32>() {
                        Ok(_) => {
                            // `6分钟` means 6; the unit is the kind's to say.
                            *value = digits.to_owned();
                            None
                        }
                        Err(_) => Some(text!("一个整数", "a whole number")),
                    }
                }
                FieldType::Media if media(value) == Media::Image => Some(text!(
                    "视频、录音或 PDF 文件，如 课.mp4、课.mp3、课.pdf",
                    "a video, a recording or a PDF, like a.mp4, a.mp3 or a.pdf"
                )),
                FieldType::Date => match Date::parse(value) {
                    Some(date) => {
                        *value = date.to_string();
                        None
                    }
                    None => Some(text!("一个日期，如 2026-03-01", "a day, like 2026-03-01")),
                },
                _ if !field.values.is_empty() && !field.values.contains(value) => {
                    let meant = field.values_en.iter().position(|known| known == value);
                    if let Some(meant) = meant.and_then(|at| field.values.get(at)) {
                        // A page says one thing, in whichever language it is written.
                        value.clone_from(meant);
                        continue;
                    }
                    let known = field.values.iter().chain(&field.values_en);
                    let known = known.map(String::as_str).collect::<Vec<_>>();
                    let (zh, en) = (known.join("、"), known.join(", "));
                    Some(text!("{zh} 之一", "one of {en}"))
                }
                _ => None,
            };
            if let Some(expected) = fault {
                let name = &entry.key;
                let (zh, en) = (&expected.zh, &expected.en);
                let message = text!(
                    "`{name}` 应是{zh}，现在是 `{value}`",
                    "`{name}` must be {en}, it is `{value}`"
                );
                let warning = Diagnostic::warning("field-value", self.path, message);
                self.diagnostics.push(
                    warning.at(self.source, span.clone()).did_you_mean(
                        value,
                        field
                            .values
                            .iter()
                            .chain(&field.values_en)
                            .map(String::as_str),
                    ),
                );
            }
        }
        values.retain(|(value, _)| !value.is_empty());
        if !values.is_empty() {
            self.metadata.fields.push(FieldValue { field: at, values });
        }
    }

    fn unknown(&mut self, entry: &Entry, kind: &Kind) {
        let key = &entry.key;
        let name = &kind.name.zh;
        let id = &kind.id;
        let message = text!(
            "`{key}` 不是{name}的设置，不起作用",
            "`{key}` is not a key of the kind `{id}` and has no effect"
        );
        let common = COMMON.iter().flat_map(|(_, en, zh)| [*en, *zh]);
        let own = kind.fields.iter();
        let own = own.flat_map(|field| [field.key.as_str(), field.name.zh.as_str()]);
        self.diagnostics.push(
            Diagnostic::warning("unknown-key", self.path, message)
                .at(self.source, entry.key_span.clone())
                .did_you_mean(key, common.chain(own)),
        );
    }

    fn wrong(&mut self, entry: &Entry, span: Range<usize>, zh: &str, en: &str) {
        let key = &entry.key;
        let message = text!("`{key}` 应是{zh}", "`{key}` must be {en}");
        let error = Diagnostic::error("front-matter-value", self.path, message);
        self.diagnostics.push(error.at(self.source, span));
    }

    fn text(&mut self, entry: &Entry) -> Option<String> {
        let text = match &entry.value {
            Value::Text(text) => text.trim().to_owned(),
            Value::Bool(_) => self.source[entry.span.clone()].to_owned(),
            _ => {
                self.wrong(entry, entry.span.clone(), "一段文字", "one text");
                return None;
            }
        };
        (!text.is_empty()).then_some(text)
    }

    fn texts(&mut self, entry: &Entry) -> Vec<String> {
        let list = self.list(entry).into_iter();
        list.map(|(text, _)| text).collect()
    }

    /// A list, or one text with commas or 、 between its items.
    fn list(&mut self, entry: &Entry) -> Vec<(String, Range<usize>)> {
        match &entry.value {
            Value::Text(text) => {
                // A text that was quoted or folded no longer lines up with the file.
                let aligned = self.source[entry.span.clone()] == **text;
                let parts = text.split(['、', '，', ',', '；', ';']);
                let parts = parts.map(|part| {
                    let at = part.as_ptr() as usize - text.as_ptr() as usize;
                    let at = entry.span.start + at + part.len() - part.trim_start().len();
                    let part = part.trim().to_owned();
                    let span = if aligned {
                        at..at + part.len()
                    } else {
                        entry.span.clone()
                    };
                    (part, span)
                });
                parts.filter(|(part, _)| !part.is_empty()).collect()
            }
            Value::List(items) => {
                let mut list = Vec::new();
                for (value, span) in items {
                    match value {
                        Value::Text(text) if !text.trim().is_empty() => {
                            list.push((text.trim().to_owned(), span.clone()));
                        }
                        Value::Text(_) | Value::Empty => {}
                        _ => self.wrong(entry, span.clone(), "一列文字", "a list of texts"),
                    }
                }
                list
            }
            _ => {
                self.wrong(entry, entry.span.clone(), "一列文字", "a list of texts");
                Vec::new()
            }
        }
    }

    fn date(&mut self, entry: &Entry) -> Option<Date> {
        let date = match &entry.value {
            Value::Text(text) => Date::parse(text),
            _ => None,
        };
        if date.is_none() {
            let (zh, en) = (
                "一个真实的日期，如 2026-03-01",
                "a day that exists, like 2026-03-01",
            );
            self.wrong(entry, entry.span.clone(), zh, en);
        }
        date
    }

    fn truth(&mut self, entry: &Entry) -> bool {
        match &entry.value {
            Value::Bool(value) => *value,
            Value::Text(text) if text == "是" => true,
            Value::Text(text) if text == "否" => false,
            _ => {
                let (zh, en) = ("`true`（是）或 `false`（否）", "`true` or `false`");
                self.wrong(entry, entry.span.clone(), zh, en);
                false
            }
        }
    }

    fn slug(&mut self, entry: &Entry) -> Option<String> {
        let slug = self.text(entry)?;
        if slug.contains(['/', '\\', '?', '#', '%', ':', '*', '"', '<', '>', '|'])
            || slug.starts_with('.')
        {
            let zh = "网址的最后一段，不含 / ? # % 等符号，不以点开头";
            let en = "the last part of an address, without / ? # % and the like";
            self.wrong(entry, entry.span.clone(), zh, en);
            return None;
        }
        Some(slug)
    }
}

/// `/old/page.html`, `old/page` and `old/page/` were all the folder `old/page/`, except that a
/// file name with an extension stays one.
fn old_address(alias: &str) -> String {
    let path = alias.trim().trim_start_matches("./").trim_matches('/');
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = path.trim_end_matches('/');
    if path.ends_with(".html") || path.ends_with(".htm") || path.is_empty() {
        path.to_owned()
    } else {
        format!("{path}/")
    }
}

#[cfg(test)]
mod tests;
