//! Where an author's link leads: to a page, a section, a file, or nowhere.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::address;
use super::edition::{Edition, edition_of};
use super::markdown::{Link, LinkKind};
use super::page::Page;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A page, by its place in the site, and the `#fragment` behind it (empty: none).
    Page(usize, String),
    /// An address that the site makes without a page (a folder's list, the search page), or a
    /// file that is copied through; decoded, with `#fragment` or `?query` behind it.
    File(String, String),
    /// Another site, `mailto:` and the like.
    External(String),
    /// Nothing of that name.
    Broken(Fault),
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No such file; the nearest one, if any is near.
    NoPage(Option<String>),
    /// The page is there, the anchor is not.
    NoAnchor(String),
    /// A draft, which readers will not see.
    Draft,
    /// It climbs out of `content/`.
    Outside,
}

/// Extensions of the file beside a video that is its still.
pub const POSTERS: [&str; 4] = ["jpg", "png", "webp", "jpeg"];
/// The extension of the file beside a video or recording that holds its captions.
pub const CAPTIONS: &str = "vtt";

/// Pages' places among all, by what they are called.
type Places<'a> = FxHashMap<&'a str, usize>;

/// Finds targets; knows every page, file and generated address.
#[derive(Debug)]
pub struct Resolver<'a> {
    pages: &'a [Arc<Page>],
    editions: &'a [Edition],
    /// These three are made once somebody asks: many a site has no such link.
    by_source: OnceLock<Places<'a>>,
    by_address: OnceLock<Places<'a>>,
    /// What pages are called, in each edition.
    called: OnceLock<Vec<Called<'a>>>,
    files: HashSet<String>,
    drafts: HashSet<String>,
}

/// What the pages of one edition are called: a name in another language may mean another page.
#[derive(Debug, Default)]
struct Called<'a> {
    by_title: Places<'a>,
    by_name: Places<'a>,
}

impl<'a> Resolver<'a> {
    /// Learns the site: its pages, the files copied through, the addresses made without a page
    /// (`search/`), and the sources of drafts that were left out.
    pub fn new(
        pages: &'a [Arc<Page>],
        editions: &'a [Edition],
        files: impl IntoIterator<Item = String>,
        drafts: HashSet<String>,
    ) -> Self {
        Self {
            pages,
            editions,
            by_source: OnceLock::new(),
            by_address: OnceLock::new(),
            called: OnceLock::new(),
            files: files.into_iter().collect(),
            drafts,
        }
    }

    fn by_source(&self) -> &Places<'a> {
        let by_source = || places(self.pages, |page| &page.source);
        self.by_source.get_or_init(by_source)
    }

    fn by_address(&self) -> &Places<'a> {
        let by_address = || places(self.pages, |page| &page.address);
        self.by_address.get_or_init(by_address)
    }

    fn called(&self) -> &[Called<'a>] {
        let called = || called(self.pages, self.editions);
        self.called.get_or_init(called)
    }

    /// Where a link of the body of `page` leads, whatever it is.
    pub fn resolve(&self, page: &Page, link: &Link) -> Target {
        let beside = |extensions: &[&str]| {
            let mut targets = extensions.iter().map(|extension| {
                let target = format!("{}.{extension}", link.target);
                self.target(page, page.file_of(link), &target)
            });
            let found = targets.find(|target| matches!(target, Target::File(..)));
            found.unwrap_or_else(|| Target::External(String::new()))
        };
        match link.kind {
            LinkKind::Wiki => self.wiki(page, page.file_of(link), &link.target),
            LinkKind::Poster => beside(&POSTERS),
            LinkKind::Captions => beside(&[CAPTIONS]),
            LinkKind::Link | LinkKind::Image | LinkKind::LinkedImage | LinkKind::File => {
                self.target(page, page.file_of(link), &link.target)
            }
        }
    }

    /// `[[name]]`, `[[name#heading]]` or `[[#heading]]`.
    fn wiki(&self, page: &Page, file: &str, link: &str) -> Target {
        let (name, heading) = link.split_once('#').unwrap_or((link, ""));
        let (name, heading) = (name.trim(), heading.trim());
        let found = match name {
            "" => self.by_source().get(page.source.as_str()).copied(),
            name => {
                let mut called = self.called_for(page);
                let known = called.find_map(|called| {
                    let title = called.by_title.get(name);
                    title.or_else(|| called.by_name.get(name)).copied()
                });
                known.or_else(|| self.reference(page, name).ok())
            }
        };
        let Some(place) = found else {
            if let Target::File(path, suffix) = self.target(page, file, link) {
                return Target::File(path, suffix);
            }
            let titles = self
                .called()
                .iter()
                .flat_map(|called| called.by_title.keys());
            let mut titles = titles.copied().collect::<Vec<_>>();
            // Of two that are equally near the same is named every time.
            titles.sort_unstable();
            let near = crate::diagnostic::nearest(name, titles);
            return Target::Broken(Fault::NoPage(near.map(str::to_owned)));
        };
        let anchors = [heading.to_owned(), address::anchor(heading)];
        let known = anchors
            .iter()
            .find(|anchor| self.pages[place].has_anchor(anchor));
        match known {
            _ if heading.is_empty() => Target::Page(place, String::new()),
            Some(anchor) => Target::Page(place, anchor.clone()),
            None => Target::Broken(Fault::NoAnchor(heading.to_owned())),
        }
    }

    /// Where `link` leads, which is written in `file`, the file of `page` or a part of it.
    fn target(&self, page: &Page, file: &str, link: &str) -> Target {
        if link.is_empty() || link.starts_with("//") || has_scheme(link) {
            return Target::External(link.to_owned());
        }
        let end = link.find(['#', '?']).unwrap_or(link.len());
        let (path, suffix) = link.split_at(end);
        let fragment = suffix.split_once('#').map_or("", |(_, fragment)| fragment);
        let fragment = address::decode(fragment).unwrap_or_else(|| fragment.to_owned());
        let found = if path.is_empty() {
            self.by_source().get(page.source.as_str()).copied()
        } else {
            let path = address::decode(path).unwrap_or_else(|| path.to_owned());
            let folder = address::split(file).0;
            match self.path(folder, &path) {
                Ok(Found::Page(place)) => Some(place),
                Ok(Found::File(path)) => return Target::File(path, suffix.to_owned()),
                Err(fault) => return Target::Broken(fault),
            }
        };
        match found {
            None => Target::Broken(Fault::NoPage(None)),
            Some(place) if fragment.is_empty() || self.pages[place].has_anchor(&fragment) => {
                Target::Page(place, fragment)
            }
            Some(_) => Target::Broken(Fault::NoAnchor(fragment)),
        }
    }

    /// The names that `page` may use, those of its own language first.
    fn called_for(&self, page: &Page) -> impl Iterator<Item = &Called<'a>> {
        let own = edition_of(self.editions, &page.source);
        let called = self.called();
        let others = called.iter().enumerate();
        let others = others.filter(move |(edition, _)| *edition != own);
        called[own..]
            .iter()
            .take(1)
            .chain(others.map(|(_, called)| called))
    }

    /// The page that the front matter of `page` names: by path from the folder of its language,
    /// from `content/` or from the page's own folder, or by title.
    ///
    /// # Errors
    /// Why there is none.
    pub fn reference(&self, page: &Page, name: &str) -> Result<usize, Fault> {
        let own = &self.editions[edition_of(self.editions, &page.source)].top;
        self.named(page, name, &[own, "", address::split(&page.source).0])
    }

    /// The page that `page` says it is a translation of: by path from `content/`, or by title.
    ///
    /// # Errors
    /// Why there is none.
    pub fn original(&self, page: &Page, name: &str) -> Result<usize, Fault> {
        self.named(page, name, &["", address::split(&page.source).0])
    }

    fn named(&self, page: &Page, name: &str, folders: &[&str]) -> Result<usize, Fault> {
        for folder in folders {
            if let Ok(Found::Page(place)) = self.path(folder, name) {
                return Ok(place);
            }
        }
        let mut called = self.called_for(page);
        if let Some(&place) = called.find_map(|called| called.by_title.get(name)) {
            return Ok(place);
        }
        match self.path("", name) {
            Err(fault) => Err(fault),
            Ok(_) => Err(Fault::NoPage(None)),
        }
    }

    fn path(&self, folder: &str, link: &str) -> Result<Found, Fault> {
        let path = address::join(folder, link).ok_or(Fault::Outside)?;
        let stem = path.trim_end_matches('/');
        let stem = stem.strip_suffix("/index.html").unwrap_or(stem);
        let sources = [
            path.clone(),
            format!("{stem}.md"),
            format!("{stem}/_index.md"),
        ];
        let mut by_source = sources.iter();
        let by_source = by_source.find_map(|source| self.by_source().get(source.as_str()));
        let address = if stem.is_empty() {
            String::new()
        } else {
            format!("{stem}/")
        };
        if let Some(&place) = by_source.or_else(|| self.by_address().get(address.as_str())) {
            return Ok(Found::Page(place));
        }
        if self.files.contains(&path) {
            return Ok(Found::File(path));
        }
        if self.files.contains(&address) {
            return Ok(Found::File(address));
        }
        if sources.iter().any(|source| self.drafts.contains(source)) {
            return Err(Fault::Draft);
        }
        Err(Fault::NoPage(self.nearest(&path)))
    }

    /// A file of the same name elsewhere, else one whose path is nearly the same.
    fn nearest(&self, path: &str) -> Option<String> {
        let name = address::split(path).1;
        let files = || self.files.iter().map(String::as_str);
        let known = || self.by_source().keys().copied().chain(files());
        let same_name = known()
            .filter(|known| address::split(known).1 == name)
            .min();
        let near = || {
            let mut known = known().collect::<Vec<_>>();
            // Of two that are equally near the same is named every time.
            known.sort_unstable();
            crate::diagnostic::nearest(path, known)
        };
        same_name.or_else(near).map(str::to_owned)
    }
}

fn places<'a>(pages: &'a [Arc<Page>], name: fn(&Page) -> &str) -> Places<'a> {
    let places = pages.iter().zip(0..);
    places.map(|(page, place)| (name(page), place)).collect()
}

/// What the pages of each edition are called.
fn called<'a>(pages: &'a [Arc<Page>], editions: &[Edition]) -> Vec<Called<'a>> {
    let mut called = Vec::new();
    called.resize_with(editions.len(), Called::default);
    for (place, page) in pages.iter().enumerate() {
        let called = &mut called[edition_of(editions, &page.source)];
        // Of pages with one title the first keeps it.
        called.by_title.entry(&page.title).or_insert(place);
        // A page is also known by its file's name and its old addresses, where no title says
        // otherwise.
        let aliases = page.aliases.iter().map(|alias| alias.trim_matches('/'));
        for name in aliases.chain([page.name()]) {
            if !name.is_empty() {
                called.by_name.entry(name).or_insert(place);
            }
        }
    }
    called
}

enum Found {
    Page(usize),
    File(String),
}

/// Whether a link begins with `scheme:` (RFC 3986).
fn has_scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::edition::Edition;
    use crate::content::education_theme::EducationThemes;
    use crate::content::kind::Kinds;
    use crate::content::page::Schema;
    use crate::source::Source;

    fn pages() -> Vec<Arc<Page>> {
        let schema = Schema {
            kinds: Kinds::built_in().unwrap(),
            bindings: vec![],
            education_themes: EducationThemes::default(),
            editions: Edition::only("zh-CN"),
        };
        let files = [
            ("_index.md", ""),
            ("a/甲.md", "# 甲篇\n\n## 节\n"),
            ("a/b.md", "x"),
            ("c/_index.md", "x"),
        ];
        let pages =
            files.map(|(path, text)| Arc::new(Page::parse(&Source::new(path, text), &schema).0));
        pages.to_vec()
    }

    fn resolver<'a>(pages: &'a [Arc<Page>], editions: &'a [Edition]) -> Resolver<'a> {
        let files = ["a/图.svg".to_owned(), "search/".to_owned()];
        let drafts = HashSet::from(["a/draft.md".to_owned()]);
        Resolver::new(pages, editions, files, drafts)
    }

    #[test]
    fn links_in_a_body() {
        let (pages, editions) = (pages(), Edition::only("zh-CN"));
        let resolver = resolver(&pages, &editions);
        let from_b = |link: &str| resolver.target(&pages[2], "a/b.md", link);
        let page = |place, fragment: &str| Target::Page(place, fragment.to_owned());
        assert_eq!(from_b("甲.md"), page(1, ""));
        assert_eq!(from_b("%E7%94%B2.md#%E8%8A%82"), page(1, "节"));
        assert_eq!(from_b("/a/甲/"), page(1, ""));
        assert_eq!(from_b("../c/"), page(3, ""));
        assert_eq!(from_b("../"), page(0, ""));
        let wiki = |target: &str| {
            let (kind, target) = (LinkKind::Wiki, target.to_owned());
            let link = Link {
                kind,
                target,
                span: 0..0,
                part: None,
            };
            resolver.resolve(&pages[2], &link)
        };
        assert_eq!(wiki("甲篇"), page(1, ""));
        assert_eq!(wiki("甲#节"), page(1, "节"));
        assert_eq!(
            wiki("甲篇#无"),
            Target::Broken(Fault::NoAnchor("无".to_owned()))
        );
        assert_eq!(
            wiki("甲编"),
            Target::Broken(Fault::NoPage(Some("甲篇".to_owned())))
        );
        assert_eq!(from_b("#"), page(2, ""));
        assert_eq!(
            from_b("图.svg"),
            Target::File("a/图.svg".to_owned(), String::new())
        );
        assert_eq!(
            from_b("../search/?q=x"),
            Target::File("search/".to_owned(), "?q=x".to_owned())
        );
        for external in ["https://x/", "mailto:a@b", "//x/y", ""] {
            assert_eq!(from_b(external), Target::External(external.to_owned()));
        }
    }

    #[test]
    fn broken_links_say_why() {
        let (pages, editions) = (pages(), Edition::only("zh-CN"));
        let resolver = resolver(&pages, &editions);
        let fault = |link: &str| match resolver.target(&pages[2], "a/b.md", link) {
            Target::Broken(fault) => fault,
            other => panic!("{link} leads to {other:?}"),
        };
        assert_eq!(fault("../c/甲.md"), Fault::NoPage(Some("a/甲.md".into())));
        assert_eq!(fault("甲.md#没有"), Fault::NoAnchor("没有".into()));
        assert_eq!(fault("draft.md"), Fault::Draft);
        assert_eq!(fault("../../x.md"), Fault::Outside);
    }

    #[test]
    fn references_by_path_or_title() {
        let (pages, editions) = (pages(), Edition::only("zh-CN"));
        let resolver = resolver(&pages, &editions);
        let from_b = |name: &str| resolver.reference(&pages[2], name);
        assert_eq!(from_b("a/甲.md"), Ok(1));
        assert_eq!(from_b("甲.md"), Ok(1));
        assert_eq!(from_b("甲篇"), Ok(1));
        assert_eq!(from_b("乙篇"), Err(Fault::NoPage(None)));
    }
}
