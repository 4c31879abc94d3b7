//! Which pages say the same in different languages: those at the same path below the folders of
//! their languages, and those whose front matter names the page that they translate.

use std::collections::HashMap;
use std::sync::Arc;

use super::edition::{Edition, below_top, edition_of};
use super::link::{Fault, Resolver};
use super::page::Page;

/// For every page, its likes in other languages.
#[derive(Debug, Default)]
pub struct Translations {
    /// For each page, the page that stands for all of its likes; empty where the site has one
    /// language.
    originals: Vec<usize>,
    /// Such a page and an edition → the page.
    likes: HashMap<(usize, usize), usize>,
    /// Pages that name what they cannot be a translation of, and why.
    pub faults: Vec<(usize, TranslationFault)>,
}

/// Why a page cannot be the translation of what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranslationFault {
    /// There is no such page.
    Nowhere(Fault),
    /// It is in the same language.
    SameLanguage,
    /// That page has a translation already: this one.
    Taken(usize),
}

impl Translations {
    /// Finds them among `pages`, which are sorted by source.
    pub(super) fn new(pages: &[Arc<Page>], editions: &[Edition], resolver: &Resolver<'_>) -> Self {
        let mut translations = Self::default();
        let mut named = HashMap::new();
        let naming = pages.iter().enumerate();
        let naming =
            naming.filter_map(|(place, page)| Some((place, page.translation_of.as_ref()?)));
        for (place, (name, _)) in naming {
            match resolver.original(&pages[place], name) {
                Err(fault) => translations.fault(place, TranslationFault::Nowhere(fault)),
                Ok(original) => {
                    let edition = |place: usize| edition_of(editions, &pages[place].source);
                    if edition(original) == edition(place) {
                        translations.fault(place, TranslationFault::SameLanguage);
                    } else {
                        named.insert(place, original);
                    }
                }
            }
        }
        if editions.len() < 2 {
            return translations;
        }
        let mut in_order = (0..pages.len()).collect::<Vec<_>>();
        in_order.sort_by_key(|&place| edition_of(editions, &pages[place].source));
        let mut by_path = HashMap::new();
        for &place in &in_order {
            let path = below_top(editions, &pages[place].source);
            by_path.entry(path).or_insert(place);
        }
        let original = |place: usize| {
            let (mut at, mut first) = (place, place);
            // As many steps as there are languages, for two pages may name each other.
            for _ in editions {
                let path = below_top(editions, &pages[at].source);
                at = named.get(&at).or(by_path.get(path)).copied().unwrap_or(at);
                first = first.min(at);
            }
            match named.get(&at) {
                Some(_) => first,
                None => at,
            }
        };
        translations.originals = (0..pages.len()).map(original).collect();
        // Those that name their original come last: if its place is taken, they can be told so.
        in_order.sort_by_key(|place| named.contains_key(place));
        for place in in_order {
            let edition = edition_of(editions, &pages[place].source);
            let key = (translations.originals[place], edition);
            match translations.likes.get(&key) {
                Some(&other) if named.contains_key(&place) => {
                    translations.fault(place, TranslationFault::Taken(other));
                }
                Some(_) => {}
                None => {
                    translations.likes.insert(key, place);
                }
            }
        }
        translations.faults.sort_by_key(|(place, _)| *place);
        translations
    }

    fn fault(&mut self, place: usize, fault: TranslationFault) {
        self.faults.push((place, fault));
    }

    /// The page of an edition that says what `page` says.
    pub fn of(&self, page: usize, edition: usize) -> Option<usize> {
        let original = *self.originals.get(page)?;
        self.likes.get(&(original, edition)).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::content::education_theme::EducationThemes;
    use crate::content::kind::Kinds;
    use crate::content::page::Schema;
    use crate::content::site::Site;
    use crate::source::Source;

    /// A site in Chinese, English and Tibetan.
    fn site(files: &[(&str, &str)]) -> Site {
        let mut editions = Edition::only("zh-CN");
        editions.extend(["en", "bo"].map(|tag| Edition {
            language: tag.to_owned(),
            name: tag.to_owned(),
            top: format!("{tag}/"),
        }));
        let schema = Schema {
            kinds: Kinds::built_in().unwrap(),
            bindings: Vec::new(),
            education_themes: EducationThemes::default(),
            editions,
        };
        let pages = files.iter();
        let pages =
            pages.map(|(path, text)| Arc::new(Page::parse(&Source::new(*path, *text), &schema).0));
        Site::link(pages.collect(), &schema, Vec::new(), HashSet::new())
    }

    /// The sources of the likes of the page at that source, by edition.
    fn likes<'a>(site: &'a Site, source: &str) -> Vec<Option<&'a str>> {
        let place = site.pages.iter().position(|page| page.source == source);
        let like = |edition| site.translations.of(place.unwrap(), edition);
        let source = |place: usize| site.pages[place].source.as_str();
        (0..3).map(|edition| like(edition).map(source)).collect()
    }

    #[test]
    fn by_path_and_by_name() {
        let site = site(&[
            ("a.md", "甲"),
            ("bo/a.md", "1"),
            ("bo/c.md", "---\n译自: 乙.md\n---\n1"),
            ("en/a.md", "1"),
            ("en/b.md", "---\ntranslation_of: bo/c.md\n---\n1"),
            ("en/d.md", "1"),
            ("bo/d.md", "1"),
            ("乙.md", "乙"),
        ]);
        assert_eq!(site.translations.faults, []);
        let all = [Some("a.md"), Some("en/a.md"), Some("bo/a.md")];
        assert_eq!(likes(&site, "a.md"), all);
        assert_eq!(likes(&site, "bo/a.md"), all);
        let all = [Some("乙.md"), Some("en/b.md"), Some("bo/c.md")];
        assert_eq!(likes(&site, "en/b.md"), all);
        assert_eq!(likes(&site, "乙.md"), all);
        let without_original = [None, Some("en/d.md"), Some("bo/d.md")];
        assert_eq!(likes(&site, "bo/d.md"), without_original);
    }

    #[test]
    fn what_cannot_be_a_translation() {
        let site = site(&[
            ("a.md", "甲"),
            ("en/a.md", "1"),
            ("en/b.md", "---\n译自: a.md\n---\n1"),
            ("en/c.md", "---\n译自: 并没有这样一个页面.md\n---\n1"),
            ("b.md", "---\n译自: a.md\n---\n1"),
        ]);
        let faults = site.translations.faults.iter();
        let faults = faults.map(|(page, fault)| (site.pages[*page].source.as_str(), fault));
        let a = site.pages.iter().position(|page| page.source == "en/a.md");
        assert_eq!(
            faults.collect::<Vec<_>>(),
            [
                ("b.md", &TranslationFault::SameLanguage),
                ("en/b.md", &TranslationFault::Taken(a.unwrap())),
                ("en/c.md", &TranslationFault::Nowhere(Fault::NoPage(None))),
            ]
        );
    }

    #[test]
    fn two_pages_that_name_each_other_are_translations() {
        let site = site(&[
            ("a.md", "---\n译自: en/b.md\n---\n甲"),
            ("en/b.md", "---\n译自: a.md\n---\n1"),
        ]);
        assert_eq!(likes(&site, "a.md"), likes(&site, "en/b.md"));
        assert_eq!(likes(&site, "a.md"), [Some("a.md"), Some("en/b.md"), None]);
    }

    #[test]
    fn a_name_means_a_page_in_its_own_language_first() {
        let site = site(&[
            ("x/a.md", "甲"),
            ("en/x/a.md", "1"),
            ("en/x/b.md", "---\n相关课程: [x/a.md, x/c.md]\n---\n[[a]]"),
            ("x/c.md", "丙 [英](/en/x/b.md)"),
        ]);
        let place = |source: &str| site.pages.iter().position(|page| page.source == source);
        let related = |source: &str| {
            let related = site.related[place(source).unwrap()].iter();
            let sources = related.map(|&page| site.pages[page].source.as_str());
            sources.collect::<Vec<_>>()
        };
        assert_eq!(related("en/x/b.md"), ["en/x/a.md", "x/c.md"]);
        // What links to another language is shown there; not the other way round.
        assert_eq!(related("x/c.md"), ["en/x/b.md"]);
        assert_eq!(related("x/a.md"), Vec::<&str>::new());
        assert_eq!(site.folders["en/x/"].total, 2);
        assert_eq!(site.folders[""].folders.iter().collect::<Vec<_>>(), ["x/"]);
        assert_eq!(site.folder_like("x/", 1), Some("en/x/"));
        assert_eq!(site.path_to("en/x/"), ["en/x/"]);
    }
}
