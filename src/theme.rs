//! The looks of a site: Tera templates, assets and interface strings of `themes/NAME/`.
//!
//! The built-in themes are part of the binary. Every theme stands on the default one and overrides
//! it file by file, and its strings key by key; a site's own folder does the same to a built-in
//! theme of its name.

mod sheet;

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;
use tera::{ErrorKind, Tera, Value};
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Error, Failure};
use crate::hash::{Hash, Key};
use crate::language::Language;
use crate::text;

pub use sheet::Sheet;

/// The built-in themes' files as they were when the binary was built.
#[derive(RustEmbed)]
#[folder = "themes"]
struct BuiltIn;

/// The theme that every other stands on.
const DEFAULT: &str = "default";

/// The files of the built-in theme `name`, by their paths in it; empty if there is none.
fn built_in(name: &str) -> BTreeMap<String, Vec<u8>> {
    let files = BuiltIn::iter().filter_map(|path| {
        let own = path.strip_prefix(name)?.strip_prefix('/')?.to_owned();
        Some((own, BuiltIn::get(&path)?.data.into_owned()))
    });
    files.collect()
}

/// The default theme's files, by their paths in it.
pub fn default_files() -> BTreeMap<String, Vec<u8>> {
    built_in(DEFAULT)
}

/// A loaded theme.
#[derive(Debug)]
pub struct Theme {
    name: String,
    tera: Tera,
    sources: BTreeMap<String, String>,
    assets: BTreeMap<String, Vec<u8>>,
    strings: BTreeMap<String, String>,
    /// Of the templates, and of what all pages share.
    hash: Hash,
}

impl Theme {
    /// Loads the theme `name` of the site at `root`, with the strings of `language`;
    /// `settings_file` is where the name was written.
    ///
    /// # Errors
    /// When there is no such theme, a template has a fault, or a file cannot be read.
    pub fn load(
        root: &Path,
        name: &str,
        language: Language,
        settings_file: &str,
    ) -> Result<Self, Failure> {
        let mut layers = vec![default_files()];
        let known = built_in(name);
        let folder = root.join("themes").join(name);
        if known.is_empty() && !folder.is_dir() {
            let message = text!(
                "没有主题皮肤 `{name}`：找不到文件夹 `themes/{name}`",
                "no theme `{name}`: there is no folder `themes/{name}`"
            );
            let hint = text!(
                "内置皮肤有 `default` 和 `plain`；新建一个用 `inkstone theme new {name}`",
                "`default` and `plain` are built in; `inkstone theme new {name}` makes one"
            );
            let diagnostic = Diagnostic::error("unknown-theme", settings_file, message);
            return Err(Box::new(diagnostic.hint(hint)).into());
        }
        if name != DEFAULT {
            layers.push(known);
        }
        if folder.is_dir() {
            layers.push(folder_files(&folder)?);
        }
        Self::assemble(name, layers, language)
    }

    fn assemble(
        name: &str,
        layers: Vec<BTreeMap<String, Vec<u8>>>,
        language: Language,
    ) -> Result<Self, Failure> {
        let mut theme = Self {
            name: name.to_owned(),
            tera: Tera::new(),
            sources: BTreeMap::new(),
            assets: BTreeMap::new(),
            strings: BTreeMap::new(),
            hash: blake3::hash(&[]),
        };
        let strings = match language {
            Language::Chinese => "strings/zh-CN.toml",
            Language::English => "strings/en.toml",
        };
        for (path, bytes) in layers.into_iter().flatten() {
            if let Some(asset) = path.strip_prefix("assets/") {
                theme.assets.insert(asset.to_owned(), bytes);
                continue;
            }
            let wanted = path == strings || path.ends_with(".html");
            if !wanted {
                continue;
            }
            let shown = format!("themes/{name}/{path}");
            let source = crate::source::decode(&shown, &bytes)?.text;
            if path == strings {
                let own: BTreeMap<String, String> = crate::settings::parse(&shown, &source)?;
                theme.strings.extend(own);
            } else {
                theme.sources.insert(path, source.into_owned());
            }
        }
        let mut hasher = blake3::Hasher::new();
        for (name, source) in &theme.sources {
            sheet::note(&mut hasher, name, &Value::from(source.as_str()));
        }
        theme.hash = hasher.finalize();
        let templates = theme.sources.iter();
        let templates = templates.map(|(name, source)| (name.as_str(), source.as_str()));
        let added = theme.tera.add_raw_templates(templates.collect::<Vec<_>>());
        added.map_err(|error| theme.explain(&error))?;
        Ok(theme)
    }

    /// Makes `value` visible to every template as `name`.
    pub fn share(&mut self, name: &'static str, value: Value) {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.hash.as_bytes());
        sheet::note(&mut hasher, name, &value);
        self.hash = hasher.finalize();
        self.tera.global_context().insert_value(name, value);
    }

    /// The interface strings, by key.
    pub fn strings(&self) -> &BTreeMap<String, String> {
        &self.strings
    }

    /// Files to be published below `assets/`, by name.
    pub fn assets(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.assets
    }

    /// Adds a file that the settings make, unless the theme has one of that name.
    pub fn add_asset(&mut self, name: &str, bytes: Vec<u8>) {
        self.assets.entry(name.to_owned()).or_insert(bytes);
    }

    /// Whether there is a template of that name.
    pub fn has(&self, template: &str) -> bool {
        self.sources.contains_key(template)
    }

    /// Tells all that a page is made from: pages of one key are the same, as long as the
    /// program is.
    pub fn key_of(&self, template: &str, sheet: &Sheet<'_>) -> Key {
        Key::of(&(self.hash, template, sheet.key()))
    }

    /// Renders one page, which takes some `room` in bytes.
    ///
    /// # Errors
    /// A finding in the template.
    pub fn render(
        &self,
        template: &str,
        sheet: &Sheet<'_>,
        room: usize,
    ) -> Result<Vec<u8>, Failure> {
        let mut html = Vec::with_capacity(room);
        let made = self.tera.render_to(template, &sheet.context(), &mut html);
        made.map_err(|error| self.explain(&error))?;
        Ok(html)
    }

    /// Tera's own carets do not line up under Chinese, so its findings are drawn as ours.
    fn explain(&self, error: &tera::Error) -> Failure {
        let path = |template: &str| format!("themes/{}/{template}", self.name);
        let diagnostic = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let problem = report.message();
                let message = text!("模板有误：{problem}", "template: {problem}");
                let template = report.filename();
                let diagnostic = Diagnostic::error("template", path(template), message);
                match self.sources.get(template) {
                    Some(source) => diagnostic.at(source, report.span().range.clone()),
                    None => diagnostic,
                }
            }
            other => {
                let problem = other.to_string();
                let message = text!("模板有误：{problem}", "template: {problem}");
                Diagnostic::error("template", path(""), message)
            }
        };
        Box::new(diagnostic).into()
    }
}

/// The files of a folder, by their paths in it.
fn folder_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = entry.map_err(|error| {
            let path = folder.display();
            Error::because(text!("无法读取 `{path}`", "cannot read `{path}`"), error)
        })?;
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let parts = relative.components().map(|part| part.as_os_str().to_str());
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
            continue;
        };
        if !entry.file_type().is_file() || parts.iter().any(|part| part.starts_with('.')) {
            continue;
        }
        let bytes =
            std::fs::read(entry.path()).map_err(|error| Error::read(entry.path(), error))?;
        files.insert(parts.join("/"), bytes);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)]) -> Result<Theme, Failure> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join("themes/own").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Theme::load(root.path(), "own", Language::Chinese, "site.toml")
    }

    #[test]
    fn a_site_overrides_file_by_file() {
        let theme = load(&[("404.html", "没有 {{ what }}")]).unwrap();
        let mut sheet = Sheet::default();
        sheet.insert("what", "<砚>");
        let html = theme.render("404.html", &sheet, 0).unwrap();
        assert_eq!(String::from_utf8(html).unwrap(), "没有 &lt;砚&gt;");
        assert!(theme.has("home.html"));
        assert!(!theme.strings().is_empty());
    }

    #[test]
    fn a_site_overrides_string_by_string() {
        let own = "home = \"开头\"\nown = \"自己的\"\n";
        let theme = load(&[("strings/zh-CN.toml", own)]).unwrap();
        let string = |key: &str| theme.strings().get(key).map(String::as_str);
        assert_eq!(string("home"), Some("开头"));
        assert_eq!(string("own"), Some("自己的"));
        assert_eq!(string("search"), Some("搜索"));
    }

    #[test]
    fn template_faults_point_into_the_template() {
        let Err(Failure::Findings(found)) = load(&[("404.html", "砚砚 {{ }}")]) else {
            panic!("no finding")
        };
        assert_eq!(found[0].path, "themes/own/404.html");
        assert_eq!(found[0].place.as_ref().unwrap().column, 7);
    }

    #[test]
    fn a_missing_theme_is_said() {
        let root = tempfile::tempdir().unwrap();
        let Err(Failure::Findings(found)) =
            Theme::load(root.path(), "x", Language::Chinese, "site.toml")
        else {
            panic!("no finding")
        };
        assert_eq!(found[0].code, "unknown-theme");
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let root = tempfile::tempdir().unwrap();
        let keys = |language| {
            let theme = Theme::load(root.path(), "default", language, "site.toml").unwrap();
            theme.strings().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(Language::Chinese), keys(Language::English));
    }
}
