//! Editions: the pages of one language. The site's own language stands at the top of `content/`,
//! every other in a folder there, with a home page, lists, a feed and a search of its own.

/// One language's part of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// BCP 47 tag.
    pub language: String,
    /// What the language calls itself.
    pub name: String,
    /// Its folder in `content/` and in the site, with a `/` behind; empty for the site's own.
    pub top: String,
}

impl Edition {
    /// The editions of a site in one language.
    pub fn only(language: &str) -> Vec<Self> {
        vec![Self {
            language: language.to_owned(),
            name: crate::language::own_name(language).to_owned(),
            top: String::new(),
        }]
    }
}

/// The place among `editions` of the one that a source path or an address belongs to.
pub fn edition_of(editions: &[Edition], path: &str) -> usize {
    let mut others = editions.iter().skip(1);
    let other = others.position(|edition| path.starts_with(&edition.top));
    other.map_or(0, |place| place + 1)
}

/// That path below the top of its edition.
pub fn below_top<'a>(editions: &[Edition], path: &'a str) -> &'a str {
    let edition = editions.get(edition_of(editions, path));
    let below = edition.and_then(|edition| path.strip_prefix(edition.top.as_str()));
    below.unwrap_or(path)
}
