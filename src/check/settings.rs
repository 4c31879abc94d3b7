//! What `site.toml` names exists: featured pages, the theme of the month, the logo, and where the
//! navigation leads.
//!
//! Bad: `featured = ["lessons/没有.md"]`. Good: the path of a page in `content/`.

use toml::Spanned;

use crate::content::address;
use crate::content::site::{EDUCATION_THEMES, SEARCH, Site};
use crate::diagnostic::Diagnostic;
use crate::text;

/// A name in the settings, and what it should be the name of.
pub struct Reference<'a> {
    /// What it should be.
    pub wanted: Wanted,
    /// The name as written.
    pub name: &'a Spanned<String>,
}

/// What a name in the settings can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A page that readers read, by its path in `content/`.
    Page,
    /// An education theme by id, name or alias.
    EducationTheme,
    /// Another file of `content/`.
    File,
    /// A page, a folder, a page of the site's own, or an address elsewhere; in the edition of
    /// that place.
    Place(usize),
    /// The folder of another language, which holds a page; the edition of that place.
    Edition(usize),
}

/// The findings, pointing into `text`, which is the settings' own in `file`.
pub fn check(site: &Site, references: &[Reference<'_>], file: &str, text: &str) -> Vec<Diagnostic> {
    let wrong = references.iter().filter(|reference| {
        let name = reference.name.get_ref().as_str();
        match reference.wanted {
            Wanted::Page => !site.articles().any(|at| site.pages[at].source == name),
            Wanted::EducationTheme => site.education_themes.resolve(name).is_none(),
            Wanted::File => !site.assets.iter().any(|asset| asset.relative == name),
            Wanted::Place(edition) => place(site, edition, name).is_none(),
            Wanted::Edition(edition) => {
                let mut pages = 0..site.pages.len();
                !pages.any(|page| site.edition(page) == edition)
            }
        }
    });
    let diagnostics = wrong.map(|reference| {
        let name = reference.name.get_ref().as_str();
        let message = match reference.wanted {
            Wanted::Page => text!(
                "`content/` 里没有页面 `{name}`，或者它是草稿",
                "there is no page `{name}` in `content/`, or it is a draft"
            ),
            Wanted::EducationTheme => {
                text!(
                    "没有教育主题 `{name}`",
                    "there is no education theme `{name}`"
                )
            }
            Wanted::File => text!(
                "`content/` 里没有文件 `{name}`",
                "there is no file `{name}` in `content/`"
            ),
            Wanted::Place(_) => text!(
                "`content/` 里没有文件夹或页面 `{name}`",
                "there is no folder or page `{name}` in `content/`"
            ),
            Wanted::Edition(edition) => {
                let top = &site.editions[edition].top;
                text!(
                    "`content/{top}` 里没有页面",
                    "there is no page in `content/{top}`"
                )
            }
        };
        let diagnostic =
            Diagnostic::error("settings", file, message).at(text, reference.name.span());
        let pages = site.pages.iter().map(|page| page.source.as_str());
        let folders = site.folders.keys().map(String::as_str);
        match reference.wanted {
            Wanted::Page => diagnostic.did_you_mean(name, pages),
            Wanted::EducationTheme => diagnostic.did_you_mean(name, site.education_themes.names()),
            Wanted::File => {
                let files = site.assets.iter().map(|asset| asset.relative.as_str());
                diagnostic.did_you_mean(name, files)
            }
            Wanted::Place(_) => diagnostic.did_you_mean(name, folders.chain(pages)),
            Wanted::Edition(_) => diagnostic.hint(text!(
                "这种语言的页面放在这个文件夹里；文件夹叫别的名字就写 `dir`",
                "pages in this language stand in that folder; `dir` names another one"
            )),
        }
    });
    diagnostics.collect()
}

/// The address in the site of what `name` stands for in an edition (`lessons/`, `about.md`,
/// `search/`); an address elsewhere is its own.
pub fn place(site: &Site, edition: usize, name: &str) -> Option<String> {
    if name.starts_with("https://") || name.starts_with("http://") || name.starts_with("mailto:") {
        return Some(name.to_owned());
    }
    let top = &site.editions[edition].top;
    let own = [SEARCH, EDUCATION_THEMES];
    if let Some(own) = own
        .into_iter()
        .find(|own| name.trim_end_matches('/') == own.trim_end_matches('/'))
    {
        return Some(format!("{top}{own}"));
    }
    let below = format!("{top}{name}");
    let found = in_content(site, &below).or_else(|| in_content(site, name));
    found.map(str::to_owned)
}

/// The address of the page or folder of that name in `content/`.
fn in_content<'a>(site: &'a Site, name: &str) -> Option<&'a str> {
    let source = |page: &std::sync::Arc<crate::content::page::Page>| page.source.as_str().cmp(name);
    if let Ok(at) = site.pages.binary_search_by(source) {
        let page = &site.pages[at];
        return Some(if page.is_index {
            address::split(&page.source).0
        } else {
            &page.address
        });
    }
    let mut folders = site.folders.keys();
    let folder = folders.find(|folder| folder.trim_end_matches('/') == name.trim_end_matches('/'));
    folder.map(String::as_str)
}
