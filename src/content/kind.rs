//! Kinds: the schemas pages follow. The built-in ones are `kinds/*.toml`; a site declares its
//! own, or changes one of ours, with a `_kind.toml` in any folder of `content/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::language::{Language, Text};
use crate::settings;
use crate::text;

/// One schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    /// In addresses, the index and `site.toml`.
    pub id: String,
    /// For readers: what one page is.
    pub name: Text,
    /// What several are, which Chinese does not tell apart.
    pub plural: Text,
    /// The template that draws its pages.
    pub template: String,
    /// What a section of such a page is.
    pub sections: SectionRule,
    /// Values of its key `status` that say that the text is no longer in force: search shows
    /// such pages after the others.
    pub ended: Vec<String>,
    /// Keys of its front matter beyond the common ones, in the order they are shown.
    pub fields: Vec<Field>,
}

/// What a search hit on a page can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionRule {
    /// The part under a heading.
    #[default]
    Headings,
    /// Headings, and within them every article (条).
    Articles,
}

/// One key of a kind's front matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// The English name.
    pub key: String,
    /// The Chinese name, also a key; and the English label.
    pub name: Text,
    /// What its value must be.
    pub value: FieldType,
    /// Behind a number: `分钟`.
    pub unit: Text,
    /// The values allowed; empty: any.
    pub values: Vec<String>,
    /// What English pages say instead, in the same order; empty: the same.
    pub values_en: Vec<String>,
}

/// What the value of a [`Field`] must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// One text or a list of texts.
    List,
    /// Pages of this site, by path in `content/` or by title.
    Pages,
    /// Videos, recordings or PDF files of this site, shown above the text.
    Media,
}

/// The file format; unknown keys are errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    id: Option<String>,
    name: String,
    name_en: Option<String>,
    plural_en: Option<String>,
    #[serde(default = "page_template")]
    template: String,
    #[serde(default)]
    sections: SectionRule,
    #[serde(default)]
    ended: Vec<String>,
    #[serde(default)]
    field: Vec<FieldFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    key: String,
    name: String,
    name_en: Option<String>,
    #[serde(default, rename = "type")]
    value: FieldType,
    #[serde(default)]
    unit: String,
    unit_en: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    values_en: Option<toml::Spanned<Vec<String>>>,
}

fn page_template() -> String {
    "page.html".to_owned()
}

const BUILT_IN: [(&str, &str); 4] = [
    ("lesson", include_str!("kinds/lesson.toml")),
    ("case", include_str!("kinds/case.toml")),
    ("policy", include_str!("kinds/policy.toml")),
    ("page", include_str!("kinds/page.toml")),
];

/// All kinds of a site, by id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kinds {
    kinds: BTreeMap<String, Kind>,
}

impl Kinds {
    /// The built-in kinds.
    ///
    /// # Errors
    /// Never in a released binary: the files are part of it and a test reads them.
    pub fn built_in() -> Result<Self, Box<Diagnostic>> {
        let mut kinds = Self {
            kinds: BTreeMap::new(),
        };
        for (id, source) in BUILT_IN {
            kinds.declare(&format!("{id}.toml"), id, source)?;
        }
        Ok(kinds)
    }

    /// Adds the kind that the file `path` with the text `source` declares; `folder` is its id
    /// if it names none.
    ///
    /// # Errors
    /// A diagnostic at the place that is wrong.
    pub fn declare(
        &mut self,
        path: &str,
        folder: &str,
        source: &str,
    ) -> Result<(), Box<Diagnostic>> {
        let file: KindFile = settings::parse(path, source)?;
        let id = file.id.unwrap_or_else(|| folder.to_owned());
        for field in &file.field {
            let Some(english) = &field.values_en else {
                continue;
            };
            let (count, wanted) = (english.get_ref().len(), field.values.len());
            if count != wanted {
                let message = text!(
                    "`values_en` 有 {count} 项，应与 `values` 的 {wanted} 项一一对应",
                    "`values_en` has {count} values, one is wanted for each of the {wanted} of `values`"
                );
                let diagnostic = Diagnostic::error("settings", path, message);
                return Err(Box::new(diagnostic.at(source, english.span())));
            }
        }
        let fields = file.field.into_iter().map(|field| Field {
            name: Text {
                en: field.name_en.unwrap_or_else(|| capitalised(&field.key)),
                zh: field.name,
            },
            key: field.key,
            value: field.value,
            unit: Text {
                en: field.unit_en.unwrap_or_else(|| field.unit.clone()),
                zh: field.unit,
            },
            values: field.values,
            values_en: field
                .values_en
                .map_or_else(Vec::new, toml::Spanned::into_inner),
        });
        let one = file.name_en.unwrap_or_else(|| file.name.clone());
        let kind = Kind {
            plural: Text {
                en: file.plural_en.unwrap_or_else(|| one.clone()),
                zh: file.name.clone(),
            },
            name: Text {
                en: one,
                zh: file.name,
            },
            template: file.template,
            sections: file.sections,
            ended: file.ended,
            fields: fields.collect(),
            id: id.clone(),
        };
        self.kinds.insert(id, kind);
        Ok(())
    }

    /// The kind of that id.
    pub fn get(&self, id: &str) -> Option<&Kind> {
        self.kinds.get(id)
    }

    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    /// The kinds in the order readers meet them: lessons, cases, policies, the site's own, other
    /// pages last.
    pub fn in_order(&self) -> Vec<&Kind> {
        let rank = |kind: &Kind| match kind.id.as_str() {
            "lesson" => 0,
            "case" => 1,
            "policy" => 2,
            "page" => 4,
            _ => 3,
        };
        let mut kinds = self.kinds.values().collect::<Vec<_>>();
        kinds.sort_by_key(|kind| rank(kind));
        kinds
    }
}

fn capitalised(key: &str) -> String {
    let mut chars = key.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// A collection as pages need it: its folder and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Relative to `content/`, without slashes at its ends; empty: the rest.
    pub dir: String,
    /// The id of a kind that exists.
    pub kind: String,
    /// Whether HTML in its pages passes as it is.
    pub trusted: bool,
}

/// The kind of the page at `path`: the longest matching folder wins; without one, `page`.
pub fn kind_of<'a>(bindings: &'a [Binding], path: &str) -> &'a str {
    binding_of(bindings, path).map_or("page", |binding| &binding.kind)
}

/// Whether the site trusts the HTML in the page at `path`.
pub fn is_trusted(bindings: &[Binding], path: &str) -> bool {
    binding_of(bindings, path).is_some_and(|binding| binding.trusted)
}

fn binding_of<'a>(bindings: &'a [Binding], path: &str) -> Option<&'a Binding> {
    let matches = |dir: &str| {
        dir.is_empty()
            || path
                .strip_prefix(dir)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    bindings
        .iter()
        .filter(|binding| matches(&binding.dir))
        .max_by_key(|binding| binding.dir.len())
}

/// Checks that every collection's kind exists.
///
/// # Errors
/// A diagnostic on `site.toml` that names the nearest kind.
pub fn check_bindings(
    bindings: &[Binding],
    kinds: &Kinds,
    file: &str,
    source: &str,
) -> Result<(), Box<Diagnostic>> {
    for binding in bindings {
        if kinds.get(&binding.kind).is_some() {
            continue;
        }
        let id = &binding.kind;
        let known = kinds.ids().collect::<Vec<_>>().join(", ");
        let message = text!(
            "没有类型 `{id}`；已有：{known}",
            "no kind `{id}`; there are {known}"
        );
        let quoted = format!("\"{id}\"");
        let at = source.find(&quoted).unwrap_or(0);
        let diagnostic = Diagnostic::error("unknown-kind", file, message)
            .at(source, at..at + quoted.len())
            .did_you_mean(id, kinds.ids());
        return Err(Box::new(diagnostic));
    }
    Ok(())
}

impl Field {
    /// What readers of a site in `language` see of `value`.
    pub fn shown<'a>(&'a self, value: &'a str, language: Language) -> &'a str {
        let place = match language {
            Language::Chinese => None,
            Language::English => self.values.iter().position(|known| known == value),
        };
        let english = place.and_then(|place| self.values_en.get(place));
        english.map_or(value, String::as_str)
    }
}

impl Kind {
    /// What one page of the kind is for readers of a site in `language`.
    pub fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }

    /// What several are.
    pub fn plural(&self, language: Language) -> &str {
        self.plural.get(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_kinds_are_there() {
        let kinds = Kinds::built_in().unwrap();
        let order = kinds.in_order();
        let ids = order.iter().map(|kind| kind.id.as_str());
        assert_eq!(
            ids.collect::<Vec<_>>(),
            ["lesson", "case", "policy", "page"]
        );
        assert_eq!(kinds.get("policy").unwrap().sections, SectionRule::Articles);
    }

    #[test]
    fn a_site_declares_its_own() {
        let mut kinds = Kinds::built_in().unwrap();
        let source = "name = \"讲义\"\n[[field]]\nkey = \"room\"\nname = \"教室\"\n";
        kinds.declare("x/_kind.toml", "handout", source).unwrap();
        let kind = kinds.get("handout").unwrap();
        assert_eq!(kind.template, "page.html");
        assert_eq!(kind.fields[0].name.en, "Room");
        let error = kinds
            .declare("x/_kind.toml", "x", "name = \"\"\nsection = \"headings\"\n")
            .unwrap_err();
        assert_eq!(error.hint.unwrap().en, "did you mean `sections`?");
    }

    #[test]
    fn the_longest_folder_wins() {
        let bind = |dir: &str, kind: &str| Binding {
            dir: dir.into(),
            kind: kind.into(),
            trusted: false,
        };
        let bindings = [bind("", "policy"), bind("a", "lesson"), bind("a/b", "case")];
        assert_eq!(kind_of(&bindings, "a/b/x.md"), "case");
        assert_eq!(kind_of(&bindings, "a/x.md"), "lesson");
        assert_eq!(kind_of(&bindings, "ab/x.md"), "policy");
        assert_eq!(kind_of(&[], "x.md"), "page");
    }
}
