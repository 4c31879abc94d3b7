//! `inkstone theme new NAME [FILE…]`: a theme of the site's own, standing on the default one.

use std::path::{Component, Path};

use inkstone::diagnostic::{Error, Failure, nearest};
use inkstone::{text, theme};

use super::Place;
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// What every new theme begins with; `NAME` is filled in.
const FILES: [(&str, &str); 4] = [
    ("theme.toml", include_str!("theme/theme.toml")),
    ("assets/own.css", include_str!("theme/own.css")),
    ("strings/zh-CN.toml", include_str!("theme/zh-CN.toml")),
    ("strings/en.toml", include_str!("theme/en.toml")),
];

/// Writes `themes/NAME/` with those of the default theme's `files` that are to be changed.
pub fn new(
    common: &Common,
    name: &str,
    files: &[String],
    report: &Report,
) -> Result<Verdict, Failure> {
    let mut parts = Path::new(name).components();
    let plain = matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    );
    if !plain || name.starts_with('.') || name.contains('"') {
        return Err(Error::new(text!(
            "`{name}` 不能作文件夹名；用一个词，例如 `fayuan`",
            "`{name}` is no name for a folder; take one word, such as `court`"
        ))
        .into());
    }
    let place = Place::find(common)?;
    let folder = place.root.join("themes").join(name);
    let path = folder.display();
    if folder.exists() {
        return Err(Error::new(text!(
            "`{path}` 已经有了，没有改动它",
            "`{path}` is there already and was left as it is"
        ))
        .into());
    }
    let known = theme::default_files();
    let mut wanted = Vec::new();
    for file in files {
        let Some(bytes) = known.get(file) else {
            let near = nearest(file, known.keys().map(String::as_str));
            let near = near.map(|near| format!(" ({near}?)")).unwrap_or_default();
            return Err(Error::new(text!(
                "默认皮肤里没有文件 `{file}`{near}",
                "the default theme has no file `{file}`{near}"
            ))
            .into());
        };
        wanted.push((file.as_str(), bytes.clone()));
    }
    let begun = FILES.map(|(file, text)| (file, text.replace("NAME", name).into_bytes()));
    for (file, bytes) in begun.into_iter().chain(wanted) {
        let path = folder.join(file);
        let parent = path.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent).map_err(|error| Error::write(parent, error))?;
        std::fs::write(&path, bytes).map_err(|error| Error::write(&path, error))?;
    }
    if report.json {
        report.json_line(&serde_json::json!({ "path": path.to_string() }));
    }
    report.say(&text!(
        "新皮肤在 `{path}`。接下来：在 site.toml 的 [site] 里写 theme = \"{name}\"，再改 assets/own.css",
        "the new theme is in `{path}`. Next: write theme = \"{name}\" under [site] in site.toml, then edit assets/own.css"
    ));
    Ok(Verdict::Clean)
}
