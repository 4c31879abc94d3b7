//! `site.toml`: the settings of a site. Read once; each module is handed its own part.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::accent::Accent;
use crate::compress::Compression;
use crate::diagnostic::{Diagnostic, Error, Failure, read_optional};
use crate::settings;
use crate::text;

/// The file's name at the root of a site.
pub const FILE: &str = "site.toml";

/// All settings. Unknown keys are errors.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[site]`
    pub site: Site,
    /// `[[collections]]`
    #[serde(default)]
    pub collections: Vec<Collection>,
    /// `[search]`
    #[serde(default)]
    pub search: Search,
    /// `[[navigation]]`; without any, the folders of `content/` are what readers can go to.
    #[serde(default)]
    pub navigation: Vec<NavigationLink>,
    /// `[[languages]]`
    #[serde(default)]
    pub languages: Vec<OtherLanguage>,
    /// `[home]`
    #[serde(default)]
    pub home: Home,
    /// `[publish.NAME]`
    #[serde(default)]
    pub publish: BTreeMap<String, Target>,
}

/// `[site]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The name at the top of every page.
    pub title: String,
    /// One sentence for feeds and search engines.
    #[serde(default)]
    pub description: String,
    /// BCP 47 tag; also picks the interface strings.
    #[serde(default = "default_language")]
    pub language: String,
    /// The folder in `themes/`, or the built-in `default`.
    #[serde(default = "default_theme")]
    pub theme: String,
    /// `https://host/path/`; empty: relative links that work under any path and from `file://`.
    #[serde(default)]
    pub base_url: String,
    /// The line at the foot of every page.
    #[serde(default)]
    pub copyright: String,
    /// Cards on one page of a list.
    #[serde(default = "default_page_size")]
    pub page_size: usize,
    /// The colour of links and marks: `red`, `blue`, `green`, `ink` or `#rrggbb`; without it, the
    /// theme's own.
    pub accent: Option<Accent>,
    /// A picture in `content/` instead of the inkstone at the top of every page.
    pub logo: Option<Spanned<String>>,
    /// Where readers report a mistake: `mailto:…` or the address of a form. `{title}` and `{url}`
    /// in it are filled in.
    #[serde(default)]
    pub report: String,
    /// More lines at the foot of every page, such as a registration number (备案号).
    #[serde(default)]
    pub footer: Vec<FooterLine>,
    /// Whether to write `_design/`, which shows each piece of the theme in every state.
    #[serde(default)]
    pub design_page: bool,
    /// Whether pages once read, and search, work without a network, and the site can be installed.
    /// Browsers allow it over `https://` and on the reader's own device only.
    #[serde(default)]
    pub offline: bool,
}

/// `[[site.footer]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FooterLine {
    /// What it says.
    pub text: String,
    /// Where it leads; empty: nowhere.
    #[serde(default)]
    pub url: String,
}

/// `[[navigation]]`: a link at the top of every page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NavigationLink {
    /// Its words; without them, the title of what it leads to.
    #[serde(default)]
    pub title: String,
    /// A folder or page of `content/`, `education-themes/`, `search/`, or an address elsewhere.
    pub to: Spanned<String>,
}

/// `[[languages]]`: another language, whose pages stand in a folder of their own. What it does not
/// say is as the site says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherLanguage {
    /// BCP 47 tag.
    pub tag: Spanned<String>,
    /// The folder in `content/`; without it, the one that is called like the tag.
    pub dir: Option<Spanned<String>>,
    /// What readers choose it by; without it, what the language calls itself.
    pub name: Option<String>,
    /// Instead of the site's.
    pub title: Option<String>,
    /// Instead of the site's.
    pub description: Option<String>,
    /// Instead of the site's.
    pub copyright: Option<String>,
    /// Instead of the site's.
    pub report: Option<String>,
    /// Instead of the site's.
    pub footer: Option<Vec<FooterLine>>,
    /// Without any, the folders of the language's own folder.
    #[serde(default)]
    pub navigation: Vec<NavigationLink>,
    /// The pages to recommend, as paths in `content/`; without any, the translations of those
    /// that the site recommends.
    #[serde(default)]
    pub featured: Vec<Spanned<String>>,
}

impl OtherLanguage {
    /// The name of its folder in `content/`.
    pub fn dir(&self) -> &str {
        let dir = self.dir.as_ref().unwrap_or(&self.tag).get_ref();
        dir.trim_start_matches("./").trim_end_matches('/')
    }
}

/// `[home]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Home {
    /// What the home page shows, in this order.
    pub blocks: Vec<HomeBlock>,
    /// The education theme of the month, by id, name or alias.
    pub theme: Option<Spanned<String>>,
    /// The pages to recommend, as paths in `content/`; without any, the newest of each kind.
    pub featured: Vec<Spanned<String>>,
}

impl Default for Home {
    fn default() -> Self {
        Self {
            blocks: vec![
                HomeBlock::Search,
                HomeBlock::Theme,
                HomeBlock::Featured,
                HomeBlock::Newest,
                HomeBlock::Collections,
                HomeBlock::Themes,
                HomeBlock::Text,
            ],
            theme: None,
            featured: Vec::new(),
        }
    }
}

/// A part of the home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HomeBlock {
    /// The site's name above the search box.
    Search,
    /// The education theme of the month; nothing without one.
    Theme,
    /// A lesson, a case and a policy to begin with.
    Featured,
    /// The newest pages.
    Newest,
    /// The folders at the top.
    Collections,
    /// The map of education themes.
    Themes,
    /// The words of `content/_index.md`.
    Text,
}

impl HomeBlock {
    /// What templates call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Theme => "theme",
            Self::Featured => "featured",
            Self::Newest => "newest",
            Self::Collections => "collections",
            Self::Themes => "themes",
            Self::Text => "text",
        }
    }
}

/// `[[collections]]`: a folder of content, bound to a kind; the longest matching `dir` wins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Relative to `content/`; `.` is the rest.
    pub dir: String,
    /// The kind of its pages.
    pub kind: String,
    /// Whether HTML in its pages passes as it is, scripts and all.
    #[serde(default)]
    pub trusted: bool,
}

/// `[search]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Also write what a browser needs to search a folder opened by double click.
    #[serde(default = "yes")]
    pub file_protocol: bool,
    /// Compressed copies to write beside the files of `search/`, for servers that send them.
    #[serde(default)]
    pub precompress: Vec<Compression>,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            file_protocol: true,
            precompress: Vec::new(),
        }
    }
}

/// `[publish.NAME]`: where `inkstone publish NAME` puts the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "lowercase")]
pub enum Target {
    /// A folder on this machine or a mounted share.
    Folder {
        /// Absolute, or relative to the site's root.
        path: String,
    },
}

fn default_language() -> String {
    "zh-CN".to_owned()
}
fn default_theme() -> String {
    "default".to_owned()
}
fn default_page_size() -> usize {
    24
}
fn yes() -> bool {
    true
}

impl Config {
    /// Reads `ROOT/site.toml`; returns its text beside, for later findings on it.
    ///
    /// # Errors
    /// When the file is missing or cannot be read, and when it does not say what settings say.
    pub fn read(root: &Path) -> Result<(Self, String), Failure> {
        let path = root.join(FILE);
        let Some(source) = read_optional(&path)? else {
            let path = path.display();
            return Err(Error::new(text!(
                "没有站点设置 `{path}`；用 `inkstone init` 新建站点，或用 `--root` 指明站点所在",
                "no settings `{path}`; make a site with `inkstone init`, or name one with `--root`"
            ))
            .into());
        };
        Ok((Self::parse(&source)?, source))
    }

    /// Reads the text of a `site.toml`.
    ///
    /// # Errors
    /// A diagnostic at the place that is wrong.
    pub fn parse(source: &str) -> Result<Self, Box<Diagnostic>> {
        let mut config: Self = settings::parse(FILE, source)?;
        config.check(source)?;
        if !config.site.base_url.is_empty() && !config.site.base_url.ends_with('/') {
            config.site.base_url.push('/');
        }
        for collection in &mut config.collections {
            let dir = collection.dir.replace('\\', "/");
            let dir = dir.trim_start_matches("./").trim_matches('/');
            collection.dir = if dir == "." { "" } else { dir }.to_owned();
        }
        Ok(config)
    }

    /// Takes `--base-url` for `site.base_url`.
    ///
    /// # Errors
    /// When it is no address.
    pub fn set_base_url(&mut self, base_url: &str) -> Result<(), Box<Diagnostic>> {
        self.site.base_url = base_url.to_owned();
        self.check(&format!("base_url = \"{base_url}\""))?;
        if !base_url.is_empty() && !base_url.ends_with('/') {
            self.site.base_url.push('/');
        }
        Ok(())
    }

    fn check(&self, source: &str) -> Result<(), Box<Diagnostic>> {
        let wrong = |needle: &str, message| {
            let at = source.find(needle).unwrap_or(0);
            let diagnostic = Diagnostic::error("settings", FILE, message);
            Err(Box::new(diagnostic.at(source, at..at + needle.len())))
        };
        let url = &self.site.base_url;
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            return wrong(
                "base_url",
                text!(
                    "`base_url` 应以 `https://` 或 `http://` 开头，或者留空",
                    "`base_url` must start with `https://` or `http://`, or be empty"
                ),
            );
        }
        if self.site.page_size == 0 {
            let message = text!("`page_size` 至少为 1", "`page_size` must be at least 1");
            return wrong("page_size", message);
        }
        self.check_languages(source)
    }

    fn check_languages(&self, source: &str) -> Result<(), Box<Diagnostic>> {
        let mut tags = vec![self.site.language.to_ascii_lowercase()];
        let mut dirs = vec![
            "search",
            "assets",
            "education-themes",
            "_design",
            "_offline",
        ];
        for language in &self.languages {
            let tag = language.tag.get_ref();
            let known = tags.contains(&tag.to_ascii_lowercase());
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let dir = language.dir();
            let (at, message) = if tag.is_empty() || !tag.chars().all(plain) {
                let message = text!(
                    "语言标签 `{tag}` 应像 `en`、`zh-TW`",
                    "the language tag `{tag}` should look like `en` or `zh-TW`"
                );
                (&language.tag, message)
            } else if known {
                let message = text!(
                    "语言 `{tag}` 已经有了；站点自己的语言写在 `[site]` 里",
                    "the language `{tag}` is there already; the site's own is named in `[site]`"
                );
                (&language.tag, message)
            } else if dir.is_empty() || dir.starts_with('.') || dir.contains(['/', '\\']) {
                let message = text!(
                    "`dir` 是 `content/` 里的一个文件夹名，现在是 `{dir}`",
                    "`dir` is the name of a folder in `content/`, it is `{dir}`"
                );
                (language.dir.as_ref().unwrap_or(&language.tag), message)
            } else if dirs.contains(&dir) {
                let message = text!(
                    "文件夹 `{dir}` 已有别的用处",
                    "the folder `{dir}` has another use"
                );
                (language.dir.as_ref().unwrap_or(&language.tag), message)
            } else {
                tags.push(tag.to_ascii_lowercase());
                dirs.push(dir);
                continue;
            };
            let diagnostic = Diagnostic::error("settings", FILE, message);
            return Err(Box::new(diagnostic.at(source, at.span())));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> Diagnostic {
        *Config::parse(source).unwrap_err()
    }

    #[test]
    fn defaults_fill_in() {
        let config = Config::parse("[site]\ntitle = \"甲\"\n").unwrap();
        assert_eq!(config.site.language, "zh-CN");
        assert_eq!(config.site.theme, "default");
        assert!(config.search.file_protocol);
    }

    #[test]
    fn directories_and_addresses_are_made_regular() {
        let config = Config::parse(
            "[site]\ntitle = \"\"\nbase_url = \"http://a/b\"\n\
             [[collections]]\ndir = \".\"\nkind = \"page\"\n\
             [[collections]]\ndir = \"./a/\"\nkind = \"page\"\n",
        )
        .unwrap();
        assert_eq!(config.site.base_url, "http://a/b/");
        assert_eq!(config.collections[0].dir, "");
        assert_eq!(config.collections[1].dir, "a");
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        let error = error("[site]\ntitel = \"甲\"\n");
        let place = error.place.unwrap();
        assert_eq!((place.line, place.column), (2, 1));
        assert_eq!(error.message.en, "unknown key `titel`");
        assert_eq!(error.hint.unwrap().en, "did you mean `title`?");
    }

    #[test]
    fn an_unknown_accent_and_block_say_what_is_known() {
        let error = error("[site]\ntitle = \"\"\naccent = \"pink\"\n");
        assert_eq!(error.place.unwrap().line, 3);
        assert!(error.hint.unwrap().en.ends_with("ink, #rrggbb"));
        let source = "[site]\ntitle = \"\"\n[home]\nblocks = [\"newest\", \"news\"]\n";
        let error = *Config::parse(source).unwrap_err();
        assert_eq!(error.message.en, "unknown value `news`");
    }

    #[test]
    fn a_missing_key_and_a_wrong_address_are_said() {
        assert_eq!(error("[site]\n").message.en, "the key `title` is missing");
        let error = error("[site]\ntitle = \"\"\nbase_url = \"intranet\"\n");
        assert_eq!(error.place.unwrap().line, 3);
    }
}
