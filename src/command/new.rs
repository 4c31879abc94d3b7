//! `inkstone new KIND TITLE`: a page with its kind's front matter filled in.

use std::fmt::Write;
use std::path::Path;

use inkstone::config::{self, OtherLanguage};
use inkstone::content::date::Date;
use inkstone::content::kind::{FieldType, Kind, Kinds};
use inkstone::diagnostic::{Error, Failure, nearest};
use inkstone::language::Language;
use inkstone::{CONTENT, source, text};

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// Writes the file and prints its path.
///
/// `top` is the folder of another language, or empty.
pub fn run(
    common: &Common,
    kind: &str,
    title: &str,
    top: &str,
    report: &Report,
) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let (config, _) = config::Config::read(&place.root)?;
    let language = language(&config, top)?;
    let content = place.root.join(CONTENT);
    let kinds = kinds(&content)?;
    let Some(kind) = find(&kinds, kind) else {
        let known = kinds.ids().collect::<Vec<_>>().join(", ");
        let hint = nearest(kind, kinds.ids()).map(|near| format!(" ({near}?)"));
        let hint = hint.unwrap_or_default();
        return Err(Error::new(text!(
            "没有类型 `{kind}`{hint}；已有：{known}",
            "no kind `{kind}`{hint}; there are {known}"
        ))
        .into());
    };
    let collection = config.collections.iter().find(|c| c.kind == kind.id);
    let dir = collection.map_or("", |collection| collection.dir.as_str());
    let folder = content.join(top).join(dir);
    let path = folder.join(format!("{}.md", file_name(title)));
    std::fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))?;
    let page = page(kind, title, super::today(common), language);
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(&path);
    let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, page.as_bytes()));
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let path = path.display();
            return Err(Error::new(text!(
                "`{path}` 已经有了，没有改动它",
                "`{path}` is there already and was left as it is"
            ))
            .into());
        }
        Err(error) => return Err(Error::write(&path, error).into()),
    }
    if report.json {
        report.json_line(&serde_json::json!({ "path": path.display().to_string() }));
    } else {
        report.line(&path.display().to_string());
    }
    Ok(Verdict::Clean)
}

/// The language whose names the pages in the folder `top` have for settings.
fn language(config: &config::Config, top: &str) -> Result<Language, Failure> {
    if top.is_empty() {
        return Ok(Language::from_tag(&config.site.language));
    }
    let known = config.languages.iter().map(OtherLanguage::dir);
    let Some(other) = config.languages.iter().find(|other| other.dir() == top) else {
        let known = known.collect::<Vec<_>>().join(", ");
        return Err(Error::new(text!(
            "`{top}` 不是另一种语言的文件夹；`[[languages]]` 里有：{known}",
            "`{top}` is the folder of no other language; `[[languages]]` has: {known}"
        ))
        .into());
    };
    Ok(Language::from_tag(other.tag.get_ref()))
}

fn kinds(content: &Path) -> Result<Kinds, Failure> {
    let mut kinds = Kinds::built_in()?;
    for path in source::Tree::walk(content)?.kinds {
        let bytes =
            std::fs::read(&path.absolute).map_err(|error| Error::read(&path.absolute, error))?;
        let source = source::decode(&path.relative, &bytes)?;
        let parent = Path::new(&path.relative).parent();
        let folder = parent
            .and_then(Path::file_name)
            .and_then(|name| name.to_str());
        kinds.declare(&path.relative, folder.unwrap_or_default(), &source.text)?;
    }
    Ok(kinds)
}

/// A kind by its id or by one of its names.
fn find<'a>(kinds: &'a Kinds, name: &str) -> Option<&'a Kind> {
    let mut all = kinds.in_order().into_iter();
    kinds.get(name).or_else(|| {
        all.find(|kind| {
            let mut names = [&kind.name.zh, &kind.name.en, &kind.plural.en].into_iter();
            names.any(|known| known == name)
        })
    })
}

/// The title as a file name: without what Windows forbids, and without leading dots.
fn file_name(title: &str) -> String {
    let allowed = |c: char| !c.is_control() && !"/\\:*?\"<>|#%".contains(c);
    let name = title.chars().filter(|&c| allowed(c)).collect::<String>();
    let name = name
        .trim()
        .trim_matches('.')
        .replace(char::is_whitespace, "-");
    match name.as_str() {
        "" => "untitled".to_owned(),
        name => name.to_owned(),
    }
}

fn page(kind: &Kind, title: &str, today: Option<Date>, language: Language) -> String {
    let date = today.map(|date| date.to_string()).unwrap_or_default();
    let quoted = title.replace('\\', "\\\\").replace('"', "\\\"");
    let chinese = language == Language::Chinese;
    let names = match chinese {
        true => ["标题", "日期", "摘要", "作者", "主题", "草稿"],
        false => [
            "title",
            "date",
            "summary",
            "authors",
            "education_themes",
            "draft",
        ],
    };
    let [title, day, summary, authors, themes, draft] = names;
    let mut page = format!(
        "---\n{title}: \"{quoted}\"\n{day}: {date}\n{summary}:\n{authors}:\n{themes}: []\n{draft}: true\n"
    );
    for field in &kind.fields {
        let (name, values, comma) = match chinese {
            true => (&field.name.zh, &field.values, "、"),
            false if field.values_en.is_empty() => (&field.key, &field.values, ", "),
            false => (&field.key, &field.values_en, ", "),
        };
        let blank = match field.value {
            FieldType::List | FieldType::Pages => " []",
            _ => "",
        };
        let values = match values.as_slice() {
            [] => String::new(),
            values => format!(" # {}", values.join(comma)),
        };
        // Writing to a String does not fail.
        let _ = writeln!(page, "{name}:{blank}{values}");
    }
    page.push_str("---\n\n");
    page.push_str(match (kind.id.as_str(), chinese) {
        ("policy", true) => "## 第一章 总则\n\n第一条 \n\n第二条 \n",
        ("policy", false) => "## Chapter 1: General\n\n### Article 1\n\n### Article 2\n",
        ("case", true) => "## 背景\n\n## 做法\n\n## 成效\n\n## 启示\n",
        ("case", false) => "## Background\n\n## What was done\n\n## Effect\n\n## What it teaches\n",
        ("lesson", true) => "## 从一件小事说起\n\n## 道理在哪里\n\n## 我们怎么做\n",
        ("lesson", false) => {
            "## It begins with something small\n\n## Why it matters\n\n## What we do\n"
        }
        (_, true) => "正文从这里开始。\n",
        (_, false) => "The text begins here.\n",
    });
    page
}

/// A page made by `new` reads back without a complaint.
#[cfg(test)]
mod tests {
    use inkstone::content::edition::Edition;
    use inkstone::content::education_theme::EducationThemes;
    use inkstone::content::kind::Binding;
    use inkstone::content::page::{Page, Schema};
    use inkstone::diagnostic::Diagnostic;

    use super::*;

    #[test]
    fn a_new_page_reads_back_clean() {
        let kinds = Kinds::built_in().unwrap();
        for kind in kinds.in_order() {
            let today = Date::new(2026, 3, 1);
            let text = page(kind, "“甲”：a \"b\"", today, Language::Chinese);
            let schema = Schema {
                kinds: kinds.clone(),
                bindings: vec![Binding {
                    dir: String::new(),
                    kind: kind.id.clone(),
                    trusted: false,
                }],
                education_themes: EducationThemes::default(),
                editions: Edition::only("zh-CN"),
            };
            let (page, found) = Page::parse(&source::Source::new("a.md", text), &schema);
            assert_eq!(found, Vec::<Diagnostic>::new());
            assert_eq!(page.title, "“甲”：a \"b\"");
            assert!(page.draft);
        }
    }

    #[test]
    fn titles_become_file_names() {
        assert_eq!(file_name("甲 乙/丙?"), "甲-乙丙");
        assert_eq!(file_name("..."), "untitled");
    }
}
