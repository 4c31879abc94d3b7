//! What is wrong with an author's input: collected as data, shown with `path:line:column`, a
//! caret and a hint. The environment's failures (a full disk) are [`Error`]s instead.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::language::{Language, Text};
use crate::text;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The site cannot be built from this.
    Error,
    /// The site is built, but not as the author meant it.
    Warning,
    /// Worth knowing.
    Note,
}

/// One finding in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case name, `broken-link`.
    pub code: Cow<'static, str>,
    /// Relative to `content/` for content, to the site's root for everything else.
    pub path: String,
    /// Line and column, from 1, columns in characters; `None` where the file as a whole is meant.
    pub place: Option<Place>,
    /// What is wrong, what was expected.
    pub message: Text,
    /// How to mend it.
    pub hint: Option<Text>,
    /// The mend itself, where it is mechanical: what `check --fix` does to the text.
    pub fix: Vec<Edit>,
}

/// A change to a file's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The bytes that go, counted in the decoded text without byte order mark.
    pub span: Range<usize>,
    /// What comes instead.
    pub text: String,
}

/// Where in a file, with what is needed to draw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The text of that line, without its line end; very long lines are cut around the column.
    excerpt: String,
    /// Bytes of `excerpt` under which the caret stands.
    caret: Range<usize>,
}

/// Characters of a line shown on either side of the caret; statutes write a page in one line.
const EXCERPT: usize = 60;

impl Place {
    /// The place of the bytes `span` in `text`. Spans that lie outside or inside a character are
    /// moved to the nearest boundary.
    pub fn new(text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = text
            .ceil_char_boundary(span.end.min(text.len()))
            .clamp(start, line_end);
        let cut_start = text[line_start..start].char_indices().rev().nth(EXCERPT);
        let cut_start = cut_start.map_or(line_start, |(at, _)| line_start + at);
        let cut_end = text[end..line_end].char_indices().nth(EXCERPT);
        let cut_end = cut_end.map_or(line_end, |(at, _)| end + at);
        let excerpt = text[cut_start..cut_end].trim_end_matches('\r').to_owned();
        let caret = (start - cut_start).min(excerpt.len())..(end - cut_start).min(excerpt.len());
        Self {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            excerpt,
            caret,
        }
    }
}

impl Diagnostic {
    /// An error about a whole file.
    pub fn error(code: &'static str, path: impl Into<String>, message: Text) -> Self {
        Self {
            severity: Severity::Error,
            code: code.into(),
            path: path.into(),
            place: None,
            message,
            hint: None,
            fix: Vec::new(),
        }
    }

    /// A warning about a whole file.
    pub fn warning(code: &'static str, path: impl Into<String>, message: Text) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, path, message)
        }
    }

    /// Points at the bytes `span` of the file's `text`.
    pub fn at(mut self, text: &str, span: Range<usize>) -> Self {
        self.place = Some(Place::new(text, span));
        self
    }

    /// Points at a [`Place`] taken earlier.
    pub fn at_place(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    /// Adds how to mend it.
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Adds a change that mends it.
    pub fn edit(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        self.fix.push(Edit { span, text });
        self
    }

    /// Adds the hint "did you mean" if `name` is close to one of `known`.
    pub fn did_you_mean<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, known) {
            Some(near) => self.hint(text!("是不是想写 `{near}`？", "did you mean `{near}`?")),
            None => self,
        }
    }

    /// The JSON line of DESIGN.md's contract; a finding about a whole file stands at 1:1.
    pub fn to_json(&self, language: Language) -> serde_json::Value {
        json!({
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "line": self.place.as_ref().map_or(1, |place| place.line),
            "column": self.place.as_ref().map_or(1, |place| place.column),
            "message": self.message.get(language),
            "hint": self.hint.as_ref().map(|hint| hint.get(language)),
        })
    }

    /// The finding drawn for a terminal, with the line it stands on and a caret.
    pub fn render(&self, language: Language, color: bool) -> String {
        let (level, name) = match self.severity {
            Severity::Error => (Level::ERROR, text!("错误", "error")),
            Severity::Warning => (Level::WARNING, text!("警告", "warning")),
            Severity::Note => (Level::NOTE, text!("提示", "note")),
        };
        let title = level
            .with_name(name.get(language))
            .primary_title(self.message.get(language))
            .id(self.code.as_ref());
        let mut group = match &self.place {
            Some(place) => Group::with_title(title).element(
                Snippet::source(place.excerpt.as_str())
                    .path(format!("{}:{}:{}", self.path, place.line, place.column))
                    .line_start(place.line)
                    .annotation(AnnotationKind::Primary.span(place.caret.clone())),
            ),
            None => Group::with_title(title).element(Origin::path(format!("{}:1:1", self.path))),
        };
        if let Some(hint) = &self.hint {
            let name = text!("建议", "help");
            let level = Level::HELP.with_name(name.get(language).to_owned());
            group = group.element(level.message(hint.get(language)));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let drawn = renderer.decor_style(DecorStyle::Ascii).render(&[group]);
        // The snippet's own position counts inside the excerpt; ours, in the path, in the file.
        match &self.place {
            Some(place) => {
                let ours = format!("{}:{}:{}", self.path, place.line, place.column);
                drop_second_position(&drawn, &ours)
            }
            None => drawn,
        }
    }
}

/// Removes the `:line:column` that the renderer appends behind a path which already has one.
fn drop_second_position(drawn: &str, path: &str) -> String {
    let Some(at) = drawn.find(path) else {
        return drawn.to_owned();
    };
    let end = at + path.len();
    let rest = drawn[end..].trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    format!("{}{rest}", &drawn[..end])
}

/// The name in `known` closest to `name`, if it is close enough to be a slip of the pen.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Chinese names are short: one character of two that agrees is near, and so is a part.
    let likeness = |candidate: &str| {
        let part = name.chars().count() > 1 && candidate.contains(name);
        strsim::jaro_winkler(name, candidate).max(if part { 0.9 } else { 0.0 })
    };
    known
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.66)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// `text` with the edits made; of two that overlap the first in the text is made.
pub fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let (mut mended, mut from) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let kept = text.get(from..edit.span.start);
        if let (Some(kept), true) = (kept, text.is_char_boundary(edit.span.end)) {
            mended.push_str(kept);
            mended.push_str(&edit.text);
            from = edit.span.end;
        }
    }
    mended.push_str(&text[from..]);
    mended
}

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
}

impl Counts {
    /// Counts `diagnostics`.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| {
            diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.severity == severity)
                .count()
        };
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
        }
    }
}

/// Sorts by path, then place, so that output does not depend on the order of threads.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    let key = |d: &Diagnostic| {
        let place = d.place.as_ref().map_or((0, 0), |p| (p.line, p.column));
        (d.path.clone(), place, d.code.clone(), d.message.zh.clone())
    };
    diagnostics.sort_by_cached_key(key);
}

/// The environment failed: something outside the author's texts stands in the way.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The deed and the path.
    pub message: Text,
    /// What the system said.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure that has no deeper cause to show.
    pub fn new(message: Text) -> Self {
        Self {
            message,
            source: None,
        }
    }

    /// A failure of the deed in `message`, because of `source`.
    pub fn because(
        message: Text,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            message,
            source: Some(source.into()),
        }
    }

    /// `cannot read PATH: …`
    pub fn read(path: &Path, source: std::io::Error) -> Self {
        let path = path.display();
        Self::because(text!("无法读取 `{path}`", "cannot read `{path}`"), source)
    }

    /// `cannot write PATH: …`
    pub fn write(path: &Path, source: std::io::Error) -> Self {
        let path = path.display();
        Self::because(text!("无法写入 `{path}`", "cannot write `{path}`"), source)
    }

    /// The failure and its causes in one line.
    pub fn render(&self, language: Language) -> String {
        let mut line = self.message.get(language).to_owned();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}

/// Why a step did not get done: the author's input is wrong, or the environment failed.
#[derive(Debug)]
pub enum Failure {
    /// At least one error among them.
    Findings(Vec<Diagnostic>),
    /// A folder that is not there, a full disk.
    Environment(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Environment(error)
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Findings(vec![*diagnostic])
    }
}

/// Reads a UTF-8 file of ours (settings, templates); a missing file is `None`.
///
/// # Errors
/// When the file is there but cannot be read as UTF-8.
pub fn read_optional(path: &PathBuf) -> Result<Option<String>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::read(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_from_one() {
        let place = Place::new("一\n二三四\n", "一\n二".len().."一\n二三".len());
        assert_eq!((place.line, place.column), (2, 2));
        assert_eq!(
            (place.excerpt.as_str(), place.caret),
            ("二三四", "二".len().."二三".len())
        );
    }

    #[test]
    fn spans_outside_the_text_are_clamped() {
        let place = Place::new("一", 1..900);
        assert_eq!((place.line, place.column), (1, 1));
        assert_eq!(Place::new("", 5..9).column, 1);
    }

    #[test]
    fn drawn_with_path_line_and_column() {
        let source = "标题: 甲\n体载: 乙\n";
        let at = source.find("体载").unwrap();
        let message = text!("未知的键 `体载`", "unknown key `体载`");
        let drawn = Diagnostic::warning("unknown-key", "a.md", message)
            .at(source, at..at + 6)
            .did_you_mean("体载", ["体裁", "标题"])
            .render(Language::English, false);
        assert!(
            drawn.contains("warning[unknown-key]: unknown key `体载`"),
            "{drawn}"
        );
        assert!(drawn.contains("--> a.md:2:1\n"), "{drawn}");
        assert!(drawn.contains("2 | 体载: 乙"), "{drawn}");
        assert!(drawn.contains("  | ^^^^\n"), "{drawn}");
    }

    #[test]
    fn the_nearest_name_must_be_near() {
        assert_eq!(nearest("titel", ["title", "date"]), Some("title"));
        assert_eq!(nearest("zebra", ["title", "date"]), None);
    }
}
