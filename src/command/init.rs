//! `inkstone init DIR`: a new site with one page of each kind, ready to build.

use std::path::Path;

use inkstone::diagnostic::{Error, Failure};
use inkstone::text;

use crate::report::{Report, Verdict};

const FILES: [(&str, &str); 8] = [
    ("site.toml", include_str!("init/site.toml")),
    (
        "content/education-themes.toml",
        include_str!("init/education-themes.toml"),
    ),
    ("content/_index.md", include_str!("init/home.md")),
    ("content/lessons/第一课.md", include_str!("init/lesson.md")),
    ("content/cases/第一个案例.md", include_str!("init/case.md")),
    (
        "content/policies/学习制度.md",
        include_str!("init/policy.md"),
    ),
    ("content/关于.md", include_str!("init/page.md")),
    ("public/.gitignore", "*\n!.gitignore\n"),
];

/// Writes the files; a folder that has something in it is left alone.
pub fn run(dir: &Path, report: &Report) -> Result<Verdict, Failure> {
    let path = dir.display();
    let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || dir.is_file() {
        return Err(Error::new(text!(
            "`{path}` 不是空文件夹，没有改动它",
            "`{path}` is not an empty folder and was left as it is"
        ))
        .into());
    }
    for (name, text) in FILES {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, error))?;
        std::fs::write(&path, text).map_err(|error| Error::write(&path, error))?;
    }
    if report.json {
        report.json_line(&serde_json::json!({ "path": path.to_string() }));
    }
    report.say(&text!(
        "新站点在 `{path}`。接下来：\n  inkstone build --root {path}\n  inkstone serve --root {path}",
        "the new site is in `{path}`. Next:\n  inkstone build --root {path}\n  inkstone serve --root {path}"
    ));
    Ok(Verdict::Clean)
}
