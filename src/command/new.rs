//! `inkstone new KIND TITLE`: a page with its kind's front matter filled in.

use std::fmt::Write;
use std::path::Path;

use inkstone::content::date::Date;
use inkstone::content::kind::{FieldType, Kind, Kinds};
use inkstone::diagnostic::{Error, Failure, nearest};
use inkstone::{CONTENT, config, source, text};

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// Writes the file and prints its path.
pub fn run(common: &Common, kind: &str, title: &str, report: &Report) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let (config, _) = config::Config::read(&place.root)?;
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
    let folder = content.join(dir);
    let path = folder.join(format!("{}.md", file_name(title)));
    std::fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))?;
    let page = page(kind, title, super::today(common));
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

fn kinds(content: &Path) -> Result<Kinds, Failure> {
    let mut kinds = Kinds::built_in()?;
    for path in source::Tree::walk(content)?.kinds {
        let bytes =
            std::fs::read(&path.absolute).map_err(|error| Error::read(&path.absolute, error))?;
        let source = source::decode(&path.relative, bytes)?;
        let parent = Path::new(&path.relative).parent();
        let folder = parent
            .and_then(Path::file_name)
            .and_then(|name| name.to_str());
        kinds.declare(&path.relative, folder.unwrap_or_default(), &source.text)?;
    }
    Ok(kinds)
}

/// A kind by its id or its Chinese name.
fn find<'a>(kinds: &'a Kinds, name: &str) -> Option<&'a Kind> {
    let mut all = kinds.in_order().into_iter();
    kinds
        .get(name)
        .or_else(|| all.find(|kind| kind.name.zh == name))
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

fn page(kind: &Kind, title: &str, today: Option<Date>) -> String {
    let date = today.map(|date| date.to_string()).unwrap_or_default();
    let quoted = title.replace('\\', "\\\\").replace('"', "\\\"");
    let mut page =
        format!("---\n标题: \"{quoted}\"\n日期: {date}\n摘要:\n作者:\n主题: []\n草稿: true\n");
    for field in &kind.fields {
        let name = &field.name.zh;
        let blank = match field.value {
            FieldType::List | FieldType::Pages => " []",
            _ => "",
        };
        let values = match field.values.as_slice() {
            [] => String::new(),
            values => format!(" # {}", values.join("、")),
        };
        // Writing to a String does not fail.
        let _ = writeln!(page, "{name}:{blank}{values}");
    }
    page.push_str("---\n\n");
    page.push_str(match kind.id.as_str() {
        "policy" => "## 第一章 总则\n\n第一条 \n\n第二条 \n",
        "case" => "## 背景\n\n## 做法\n\n## 成效\n\n## 启示\n",
        "lesson" => "## 从一件小事说起\n\n## 道理在哪里\n\n## 我们怎么做\n",
        _ => "正文从这里开始。\n",
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
            let text = page(kind, "“甲”：a \"b\"", Date::new(2026, 3, 1));
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
