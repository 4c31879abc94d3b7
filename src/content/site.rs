//! All pages together: linked, sorted into folders and education themes. Immutable.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::address;
use super::edition::{Edition, edition_of};
use super::education_theme::EducationThemes;
use super::kind::{Binding, Kinds};
use super::link::{Fault, Resolver, Target};
use super::page::{Page, Schema};
use super::pictures::Pictures;
use super::translation::Translations;
use crate::language::Language;
use crate::source::{self, SourcePath};

/// Addresses below which no page may stand, since the site writes there itself.
pub const SEARCH: &str = "search/";
/// The page of all education themes; each theme's page stands below it.
pub const EDUCATION_THEMES: &str = "education-themes/";

/// The linked site.
#[derive(Debug)]
pub struct Site {
    /// Sorted by source path.
    pub pages: Vec<Arc<Page>>,
    /// The kinds.
    pub kinds: Kinds,
    /// Folder → kind.
    pub bindings: Vec<Binding>,
    /// The tree of education themes.
    pub education_themes: EducationThemes,
    /// The site's own language, then the others.
    pub editions: Vec<Edition>,
    /// Which pages say the same in different languages.
    pub translations: Translations,
    /// Every folder that holds a page, by its address (`lessons/`), and the top of every edition;
    /// the site's own is the empty address.
    pub folders: BTreeMap<String, Folder>,
    /// Files copied through, sorted by path.
    pub assets: Vec<SourcePath>,
    /// What is known of the pictures among them; set once they were looked at.
    pub pictures: Pictures,
    /// For each page, where its links lead, in order.
    pub links: Vec<Vec<Target>>,
    /// For each page, the references of its front matter that lead nowhere: the place of the
    /// reference among the page's references, and why.
    pub broken_references: Vec<Vec<(usize, Fault)>>,
    /// For each page, the pages it names and that name it, in reading order.
    pub related: Vec<Vec<usize>>,
    /// For each education theme, the pages of it and of the themes below, in reading order.
    pub by_theme: Vec<Vec<usize>>,
    /// Pages that want one address: the first one and each later one.
    pub clashes: Vec<(usize, usize)>,
    /// Pages whose address the site itself uses.
    pub reserved: Vec<usize>,
    /// Old addresses and the page each leads to; those that clash are left out.
    pub redirects: BTreeMap<String, usize>,
}

/// A folder of `content/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// The page that speaks for it (`_index.md`).
    pub index: Option<usize>,
    /// Its own pages in reading order.
    pub pages: Vec<usize>,
    /// The addresses of the folders in it.
    pub folders: BTreeSet<String>,
    /// Pages in it and below.
    pub total: usize,
}

impl Site {
    /// Links `pages`, of which drafts have been taken out (`drafts` are their sources).
    pub fn link(
        mut pages: Vec<Arc<Page>>,
        schema: &Schema,
        mut assets: Vec<SourcePath>,
        drafts: HashSet<String>,
    ) -> Self {
        pages.sort_by(|a, b| a.source.cmp(&b.source));
        assets.sort();
        let themes = &schema.education_themes;
        let ((clashes, reserved), (folders, by_theme)) = rayon::join(
            || clashes(&pages, &schema.editions),
            || (folders(&pages, &schema.editions), by_theme(&pages, themes)),
        );
        let own = themes.all().iter().map(|theme| theme_address(&theme.id));
        let own = own.chain([SEARCH.to_owned(), EDUCATION_THEMES.to_owned()]);
        let own = own.collect::<Vec<_>>();
        let own = schema.editions.iter().flat_map(|Edition { top, .. }| {
            let own = own.iter();
            own.map(move |address| format!("{top}{address}"))
        });
        let generated = folders.keys().cloned().chain(own);
        let files = assets.iter().map(|asset| asset.relative.clone());
        let resolver = Resolver::new(&pages, &schema.editions, generated.chain(files), drafts);
        let links = pages.par_iter().map(|page| {
            let links = page.body.links.iter();
            let links = links.map(|link| resolver.resolve(page, link));
            links.collect::<Vec<_>>()
        });
        let links = links.collect::<Vec<_>>();
        let translations = Translations::new(&pages, &schema.editions, &resolver);
        let (related, broken_references) = relate(&pages, schema, &links, &resolver, &translations);
        let redirects = redirects(&pages, &folders);
        Self {
            kinds: schema.kinds.clone(),
            bindings: schema.bindings.clone(),
            education_themes: themes.clone(),
            editions: schema.editions.clone(),
            translations,
            folders,
            assets,
            pictures: Pictures::default(),
            links,
            broken_references,
            related,
            by_theme,
            clashes,
            reserved,
            redirects,
            pages,
        }
    }

    /// The pages that readers read: all but the folders' own.
    pub fn articles(&self) -> impl Iterator<Item = usize> {
        let is_article = |place: &usize| !self.pages[*place].is_index;
        (0..self.pages.len()).filter(is_article)
    }

    /// The edition of a page.
    pub fn edition(&self, page: usize) -> usize {
        edition_of(&self.editions, &self.pages[page].source)
    }

    /// The file that a page's front matter names: by path from the page's own folder, or from
    /// `content/`.
    pub fn file(&self, page: &Page, name: &str) -> Option<&str> {
        let folder = address::split(&page.source).0;
        let paths = [address::join(folder, name), address::join("", name)];
        let files = paths.into_iter().flatten().filter_map(|path| {
            let at = source::place(&self.assets, &path)?;
            Some(self.assets[at].relative.as_str())
        });
        files.into_iter().next()
    }

    /// The folder of an edition that holds what `folder` holds.
    pub fn folder_like(&self, folder: &str, edition: usize) -> Option<&str> {
        let index = self.folders.get(folder)?.index;
        let like = index.and_then(|index| self.translations.of(index, edition));
        let like = match like {
            Some(like) => address::split(&self.pages[like].source).0.to_owned(),
            None => {
                let below = super::edition::below_top(&self.editions, folder);
                format!("{}{below}", self.editions[edition].top)
            }
        };
        let entry = self.folders.get_key_value(&like);
        entry.map(|(address, _)| address.as_str())
    }

    /// The folder a page stands in.
    pub fn folder_of(&self, page: usize) -> Option<(&str, &Folder)> {
        let folder = address::split(&self.pages[page].source).0;
        let entry = self.folders.get_key_value(folder);
        entry.map(|(address, folder)| (address.as_str(), folder))
    }

    /// A folder's name for readers: its page's title, else its kind's name where it is a
    /// collection, else its own name.
    pub fn folder_title<'a>(&'a self, address: &'a str, language: Language) -> &'a str {
        let index = self.folders.get(address).and_then(|folder| folder.index);
        if let Some(page) = index {
            return &self.pages[page].title;
        }
        let dir = address.trim_end_matches('/');
        let mut bindings = self.bindings.iter();
        let kind = bindings.find(|binding| binding.dir == dir);
        match kind.and_then(|binding| self.kinds.get(&binding.kind)) {
            Some(kind) => kind.plural(language),
            None => address::split(dir).1,
        }
    }

    /// The folders from the top of their edition down to `address`, the top itself left out.
    pub fn path_to<'a>(&'a self, address: &'a str) -> Vec<&'a str> {
        let top = self.editions[edition_of(&self.editions, address)].top.len();
        let ends = address.match_indices('/').map(|(at, _)| &address[..=at]);
        let ends = ends.filter(|folder| folder.len() > top);
        ends.filter(|folder| self.folders.contains_key(*folder))
            .collect()
    }
}

/// The address of an education theme's page.
pub fn theme_address(id: &str) -> String {
    format!("{EDUCATION_THEMES}{id}/")
}

fn clashes(pages: &[Arc<Page>], editions: &[Edition]) -> (Vec<(usize, usize)>, Vec<usize>) {
    let mut first = FxHashMap::with_capacity_and_hasher(pages.len(), FxBuildHasher);
    let (mut clashes, mut reserved) = (Vec::new(), Vec::new());
    for (place, page) in pages.iter().enumerate() {
        let address = page.address.as_str();
        if let Some(&earlier) = first.get(address) {
            clashes.push((earlier, place));
        } else {
            first.insert(address, place);
        }
        let below = super::edition::below_top(editions, address);
        if [SEARCH, EDUCATION_THEMES, "assets/"]
            .iter()
            .any(|own| below.starts_with(own))
        {
            reserved.push(place);
        }
    }
    (clashes, reserved)
}

/// The order readers meet pages in: newest first, undated ones last, then by path.
fn reading_order(pages: &[Arc<Page>], list: &mut [usize]) {
    // Their places are in the order of their paths.
    list.sort_by_cached_key(|&place| (Reverse(pages[place].date), place));
}

fn folders(pages: &[Arc<Page>], editions: &[Edition]) -> BTreeMap<String, Folder> {
    let tops = editions.iter().map(|edition| edition.top.clone());
    let mut folders = tops
        .map(|top| (top, Folder::default()))
        .collect::<BTreeMap<_, _>>();
    let folder_of = |place: &usize| address::split(&pages[*place].source).0;
    let places = (0..pages.len()).collect::<Vec<_>>();
    for own in places.chunk_by(|a, b| folder_of(a) == folder_of(b)) {
        let folder = folders.entry(folder_of(&own[0]).to_owned()).or_default();
        let (indexes, pages) = own
            .iter()
            .partition::<Vec<_>, _>(|place| pages[**place].is_index);
        folder.index = folder.index.or(indexes.first().copied());
        folder.pages.extend(pages);
    }
    let own = folders.iter();
    let own = own.map(|(address, folder)| (address.clone(), folder.pages.len()));
    for (address, pages) in own.collect::<Vec<_>>() {
        let mut child = address.as_str();
        loop {
            folders.entry(child.to_owned()).or_default().total += pages;
            if editions.iter().any(|edition| edition.top == child) {
                break;
            }
            let parent = address::split(child.trim_end_matches('/')).0;
            let entry = folders.entry(parent.to_owned()).or_default();
            entry.folders.insert(child.to_owned());
            child = parent;
        }
    }
    for folder in folders.values_mut() {
        reading_order(pages, &mut folder.pages);
    }
    folders
}

type Related = (Vec<Vec<usize>>, Vec<Vec<(usize, Fault)>>);

fn relate(
    pages: &[Arc<Page>],
    schema: &Schema,
    links: &[Vec<Target>],
    resolver: &Resolver<'_>,
    translations: &Translations,
) -> Related {
    let edition = |place: usize| edition_of(&schema.editions, &pages[place].source);
    let mut related = vec![Vec::new(); pages.len()];
    let mut broken = vec![Vec::new(); pages.len()];
    for (place, page) in pages.iter().enumerate() {
        let named = page.references(&schema.kinds).enumerate();
        let mut leads_to = Vec::new();
        for (at, (name, _)) in named {
            match resolver.reference(page, name) {
                Ok(other) => leads_to.push(other),
                Err(fault) => broken[place].push((at, fault)),
            }
        }
        leads_to.extend(links[place].iter().filter_map(|target| match target {
            Target::Page(other, _) => Some(*other),
            _ => None,
        }));
        for other in leads_to {
            // A folder's page lists everything and is related to nothing; a translation is
            // where readers choose the language.
            if other == place
                || page.is_index
                || pages[other].is_index
                || translations.of(place, edition(other)) == Some(other)
            {
                continue;
            }
            related[place].push(other);
            if edition(place) == edition(other) {
                related[other].push(place);
            }
        }
    }
    for list in &mut related {
        reading_order(pages, list);
        list.dedup();
    }
    (related, broken)
}

fn by_theme(pages: &[Arc<Page>], themes: &EducationThemes) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); themes.all().len()];
    for (place, page) in pages.iter().enumerate() {
        for assigned in &page.education_themes {
            lists[assigned.theme].push(place);
            for ancestor in themes.ancestors(assigned.theme) {
                lists[ancestor].push(place);
            }
        }
    }
    for list in &mut lists {
        reading_order(pages, list);
        list.dedup();
    }
    lists
}

fn redirects(pages: &[Arc<Page>], folders: &BTreeMap<String, Folder>) -> BTreeMap<String, usize> {
    let mut redirects = BTreeMap::new();
    if pages.iter().all(|page| page.aliases.is_empty()) {
        return redirects;
    }
    let taken = pages.iter().map(|page| page.address.as_str());
    let taken = taken.collect::<HashSet<_>>();
    for (place, page) in pages.iter().enumerate() {
        for alias in &page.aliases {
            let free = !taken.contains(alias.as_str()) && !folders.contains_key(alias);
            if free && !alias.is_empty() {
                redirects.entry(alias.clone()).or_insert(place);
            }
        }
    }
    redirects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn site(files: &[(&str, &str)]) -> Site {
        let themes = "[[theme]]\nid = \"a\"\nname = \"甲\"\n[[theme]]\nid = \"b\"\nname = \"乙\"\nparent = \"a\"\n";
        let schema = Schema {
            kinds: Kinds::built_in().unwrap(),
            bindings: vec![Binding {
                dir: "l".to_owned(),
                kind: "lesson".to_owned(),
                trusted: false,
            }],
            education_themes: EducationThemes::parse("t", themes).unwrap(),
            editions: Edition::only("zh-CN"),
        };
        let pages = files.iter();
        let pages =
            pages.map(|(path, text)| Arc::new(Page::parse(&Source::new(*path, *text), &schema).0));
        Site::link(pages.collect(), &schema, Vec::new(), HashSet::new())
    }

    #[test]
    fn folders_count_what_is_below() {
        let site = site(&[
            ("l/_index.md", "---\ntitle: 课\n---\n"),
            ("l/x/a.md", "---\ndate: 2026-01-01\n---\n1"),
            ("l/x/b.md", "---\ndate: 2026-01-02\n---\n1"),
            ("l/c.md", "1"),
        ]);
        let folder = &site.folders["l/"];
        assert_eq!((folder.index, folder.total), (Some(0), 3));
        assert_eq!(site.folders["l/x/"].pages, [3, 2]);
        assert_eq!(site.folders[""].folders.iter().next().unwrap(), "l/");
        assert_eq!(site.folder_title("l/", Language::Chinese), "课");
        assert_eq!(site.folder_title("l/x/", Language::Chinese), "x");
        assert_eq!(site.path_to("l/x/a/"), ["l/", "l/x/"]);
    }

    #[test]
    fn relations_go_both_ways() {
        let site = site(&[
            ("l/a.md", "---\n相关政策: [p.md, 没有]\n---\n1"),
            ("p.md", "1"),
            ("q.md", "[a](l/a.md)"),
        ]);
        assert_eq!(site.related, [vec![1, 2], vec![0], vec![0]]);
        assert_eq!(site.broken_references[0], [(1, Fault::NoPage(None))]);
    }

    #[test]
    fn themes_collect_from_below() {
        let site = site(&[("x.md", "---\n主题: 乙\n---\n1")]);
        assert_eq!(site.by_theme, [vec![0], vec![0]]);
    }

    #[test]
    fn clashes_are_found() {
        let site = site(&[
            ("a.md", "1"),
            ("b.md", "---\nslug: a\naliases: [old, a]\n---\n1"),
            ("search.md", "1"),
        ]);
        assert_eq!(site.clashes, [(0, 1)]);
        assert_eq!(site.reserved, [2]);
        assert_eq!(site.redirects, BTreeMap::from([("old/".to_owned(), 1)]));
    }
}
