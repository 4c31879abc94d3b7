//! One page: a pure function of one file and the settings, so that it can be memoised.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::address;
use super::body::{self, Frame, Stored};
use super::date::Date;
use super::edition::Edition;
use super::education_theme::{Assigned, EducationThemes};
use super::front_matter;
use super::kind::{self, Binding, FieldType, Kinds};
use super::markdown::{self, Body, Link};
use super::metadata::{self, FieldValue, Metadata};
use super::parts::Parts;
use crate::diagnostic::Diagnostic;
use crate::hash::Key;
use crate::source::{Encoding, Source};
use crate::text;

/// What of the settings decides how a page is read.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The kinds.
    pub kinds: Kinds,
    /// Folder → kind.
    pub bindings: Vec<Binding>,
    /// The tree of education themes.
    pub education_themes: EducationThemes,
    /// The site's own language, then the others.
    pub editions: Vec<Edition>,
}

/// A page, not linked yet. Kept on disk without its text and what that is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Relative to `content/`.
    pub source: String,
    /// Tells all that the page and its text were made from, if whoever read it knows that.
    #[serde(skip)]
    pub made_from: Option<Key>,
    /// Root-relative folder address, decoded; empty for the home page.
    pub address: String,
    /// Whether this is a folder's own page (`_index.md`).
    pub is_index: bool,
    /// The id of its kind.
    pub kind: String,
    /// From the front matter, the first heading, or the file name.
    pub title: String,
    /// Whether the front matter gives it.
    pub title_is_given: bool,
    /// From the front matter or the file name.
    pub date: Option<Date>,
    /// The day of the last change, from the front matter.
    pub updated: Option<Date>,
    /// From the front matter.
    pub summary: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// What the front matter calls its education themes, each with its bytes.
    pub declared_themes: Vec<(String, std::ops::Range<usize>)>,
    /// Declared, or inferred where none is; loudest first. Set by [`Page::assign`].
    pub education_themes: Vec<Assigned>,
    /// Left out of the site unless drafts are asked for.
    pub draft: bool,
    /// Old addresses that lead here.
    pub aliases: Vec<String>,
    /// The page in another language that the front matter says this one is a translation of,
    /// with its bytes.
    pub translation_of: Option<(String, std::ops::Range<usize>)>,
    /// The kind's own keys.
    pub fields: Vec<FieldValue>,
    /// Where the body begins in the file's text, in bytes.
    pub start: usize,
    /// The body without its text.
    pub body: Frame,
    /// The text.
    #[serde(skip)]
    pub text: Stored,
    /// Length of the text in characters, titles and blanks left out.
    pub characters: usize,
    /// Reading time, at least one.
    pub minutes: usize,
}

/// Readers of Chinese take in about this many characters a minute, readers of English half as
/// many words.
const CHARACTERS_A_MINUTE: usize = 400;
/// Characters that a word in Latin letters, or a number, takes the time of.
const WORD: usize = 2;

impl Page {
    /// Reads one file that includes no other, and says what it is about: [`Page::with_parts`],
    /// then [`Page::assign`].
    pub fn parse(source: &Source<'_>, schema: &Schema) -> (Self, Vec<Diagnostic>) {
        let (mut page, mut found) = Self::with_parts(source, &Parts::NONE, schema);
        let text_of = || Some(source.text.to_string());
        if let Some((assigned, unknown)) = page.assign(&schema.education_themes, text_of) {
            page.education_themes = assigned;
            found.extend(unknown);
        }
        (page, found)
    }

    /// Reads one file with what it includes; its education themes are left to be assigned, since
    /// they depend on more. A page comes out whatever is wrong with it; what is wrong comes beside.
    pub fn with_parts(
        source: &Source<'_>,
        parts: &Parts,
        schema: &Schema,
    ) -> (Self, Vec<Diagnostic>) {
        let (path, text) = (source.path.as_str(), &*source.text);
        let mut diagnostics = Vec::new();
        if source.encoding != Encoding::Utf8 {
            let name = source.encoding.name();
            let message = text!(
                "这个文件是 {name} 编码，已经按它读出；请改存为 UTF-8，免得别的程序读成乱码",
                "this file is {name} and was read as such; other programs will garble it"
            );
            diagnostics.push(Diagnostic::warning("not-utf8", path, message).hint(text!(
                "在编辑器里用“另存为”，编码选 UTF-8",
                "save it again with the encoding UTF-8"
            )));
        }
        let matter = front_matter::parse(path, text).unwrap_or_else(|diagnostic| {
            diagnostics.push(*diagnostic);
            front_matter::FrontMatter::default()
        });
        let kind_id = kind::kind_of(&schema.bindings, path);
        let (metadata, rule) = match schema.kinds.get(kind_id) {
            Some(kind) => {
                let (metadata, found) = metadata::read(path, text, matter.entries, kind);
                diagnostics.extend(found);
                (metadata, kind.sections)
            }
            None => {
                let message = text!("没有类型 `{kind_id}`", "no kind `{kind_id}`");
                diagnostics.push(Diagnostic::error("unknown-kind", path, message));
                Default::default()
            }
        };
        let (body, found) = markdown::convert(&markdown::Input {
            path,
            text,
            start: matter.body,
            rule,
            title: metadata.title.as_deref(),
            bindings: &schema.bindings,
            parts,
            above: None,
            again: false,
        });
        diagnostics.extend(found);
        let start = matter.body;
        let page = Self::assemble(path, kind_id, metadata, start, body);
        if page.body.sections == 0 && !page.is_index {
            let message = text!("这一页没有正文", "this page has no text");
            diagnostics.push(Diagnostic::warning("empty-page", path, message));
        }
        (page, diagnostics)
    }

    fn assemble(path: &str, kind: &str, metadata: Metadata, start: usize, body: Body) -> Self {
        let (folder, file) = address::split(path);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let (name, date_of_name) = split_date(stem);
        let is_index = matches!(stem, "_index" | "index");
        let address = match metadata.slug {
            Some(slug) if !is_index => format!("{folder}{slug}/"),
            _ => address::of_source(path),
        };
        let own_name = if is_index {
            address::split(folder.trim_end_matches('/')).1
        } else {
            name
        };
        let title_is_given = metadata.title.is_some();
        let title = metadata.title.or_else(|| body.title.clone());
        let title = title.unwrap_or_else(|| own_name.to_owned());
        let each = body.sections.iter().map(|section| lengths(&section.text));
        let (characters, length) = each.fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        let (body, text) = body::part(body);
        Self {
            source: path.to_owned(),
            made_from: None,
            address,
            is_index,
            kind: kind.to_owned(),
            title,
            title_is_given,
            date: metadata.date.or(date_of_name),
            updated: metadata.updated,
            summary: metadata.summary,
            authors: metadata.authors,
            declared_themes: metadata.education_themes,
            education_themes: Vec::new(),
            draft: metadata.draft,
            aliases: metadata.aliases,
            translation_of: metadata.translation_of,
            fields: metadata.fields,
            start,
            body,
            text: Stored::Kept(Arc::new(text)),
            characters,
            minutes: length.div_ceil(CHARACTERS_A_MINUTE).max(1),
        }
    }

    /// The file's name without date and extension.
    pub fn name(&self) -> &str {
        let file = address::split(&self.source).1;
        split_date(file.rsplit_once('.').map_or(file, |(stem, _)| stem)).0
    }

    /// The file in which one of the page's links stands: its own, or a part of it.
    pub fn file_of<'a>(&'a self, link: &'a Link) -> &'a str {
        link.part.as_deref().unwrap_or(&self.source)
    }

    /// Whether the page has an element with this id.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.body.has_anchor(anchor)
    }

    /// The values of the kind's key `key`, as texts.
    pub fn field<'a>(&'a self, kinds: &Kinds, key: &str) -> impl Iterator<Item = &'a str> {
        let kind = kinds.get(&self.kind);
        let place = kind.and_then(|kind| kind.fields.iter().position(|field| field.key == key));
        let fields = self
            .fields
            .iter()
            .filter(move |value| Some(value.field) == place);
        fields.flat_map(|value| value.values.iter().map(|(text, _)| text.as_str()))
    }

    /// The pages that the front matter names (fields of type `pages`), with their bytes.
    pub fn references<'a>(
        &'a self,
        kinds: &'a Kinds,
    ) -> impl Iterator<Item = &'a (String, std::ops::Range<usize>)> {
        self.values(kinds, FieldType::Pages)
    }

    /// The files that the front matter names (fields of type `media`), with their bytes.
    pub fn media<'a>(
        &'a self,
        kinds: &'a Kinds,
    ) -> impl Iterator<Item = &'a (String, std::ops::Range<usize>)> {
        self.values(kinds, FieldType::Media)
    }

    fn values<'a>(
        &'a self,
        kinds: &'a Kinds,
        of: FieldType,
    ) -> impl Iterator<Item = &'a (String, std::ops::Range<usize>)> {
        let fields = kinds.get(&self.kind).map_or(&[][..], |kind| &kind.fields);
        let is_of = move |value: &&FieldValue| {
            let field = fields.get(value.field);
            field.is_some_and(|field| field.value == of)
        };
        let values = self.fields.iter().filter(is_of);
        values.flat_map(|value| &value.values)
    }
}

/// The characters of a text, blanks left out, and the Chinese characters that take as long to read.
fn lengths(text: &str) -> (usize, usize) {
    let (mut characters, mut length, mut in_word, mut at) = (0, 0, false, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        // Ideographs, nearly all of a Chinese text, are neither blank nor part of a word.
        if matches!(byte, 0xe4..=0xe9) {
            (characters, length, in_word) = (characters + 1, length + 1, false);
            at += 3;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or_default();
        at += c.len_utf8();
        let (of_word, is_blank) = (c.is_ascii_alphanumeric(), c.is_whitespace());
        characters += usize::from(!is_blank);
        length += match (of_word, in_word) {
            (true, true) => 0,
            (true, false) => WORD,
            (false, _) => usize::from(!is_blank && !c.is_ascii_punctuation()),
        };
        in_word = of_word || (in_word && matches!(c, '\'' | '’' | '-' | '.'));
    }
    (characters, length)
}

/// Splits `名称(2016-02-06)` into its name and its day; half or full width brackets.
fn split_date(stem: &str) -> (&str, Option<Date>) {
    let split = || {
        let inner = stem.strip_suffix([')', '）'])?;
        let (name, day) = inner.rsplit_once(['(', '（'])?;
        Some((name.trim_end(), Date::parse(day)?))
    };
    match split() {
        Some((name, date)) if !name.is_empty() => (name, Some(date)),
        _ => (stem, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(dir: &str, kind: &str) -> Schema {
        let (dir, kind) = (dir.to_owned(), kind.to_owned());
        Schema {
            kinds: Kinds::built_in().unwrap(),
            bindings: vec![Binding {
                dir,
                kind,
                trusted: false,
            }],
            education_themes: EducationThemes::default(),
            editions: Edition::only("zh-CN"),
        }
    }

    fn parse(path: &str, text: &str) -> (Page, Vec<Diagnostic>) {
        Page::parse(&Source::new(path, text), &schema("", "policy"))
    }

    #[test]
    fn a_file_without_front_matter() {
        let (page, diagnostics) = parse("法/条例(2016-02-06).md", "# 某条例\n\n第一条 甲。\n");
        assert_eq!(diagnostics, []);
        assert_eq!(page.title, "某条例");
        assert_eq!(page.date, Date::new(2016, 2, 6));
        assert_eq!(page.address, "法/条例(2016-02-06)/");
        assert_eq!(page.body.sections, 1);
        assert!(page.has_anchor("art-1") && !page.has_anchor("art-2"));
        let (page, _) = parse("条例（2016-02-06）.md", "甲");
        assert_eq!((page.title.as_str(), page.minutes), ("条例", 1));
    }

    #[test]
    fn a_slug_takes_the_last_part() {
        let (page, _) = parse("a/b.md", "---\nslug: c\n---\n甲");
        assert_eq!(page.address, "a/c/");
        let (page, _) = parse("a/_index.md", "");
        assert_eq!((page.title.as_str(), page.address.as_str()), ("a", "a/"));
    }

    #[test]
    fn english_is_read_by_the_word() {
        assert_eq!(lengths("the court's rule, twice"), (20, 8));
        assert_eq!(lengths("第 3.14 条：规则"), (9, 7));
    }

    #[test]
    fn an_empty_page_is_said() {
        let (_, diagnostics) = parse("a.md", "# 题\n");
        assert_eq!(diagnostics[0].code, "empty-page");
    }
}
