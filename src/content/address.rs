//! Addresses: a page's path in `content/` becomes a folder in the site; headings become
//! anchors; both are percent-encoded where they stand in links.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything in a path but unreserved characters, `/` and a few that every server takes as is.
const URI: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b'+')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'=');

/// What an address for people must still escape; Chinese stays Chinese.
const IRI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path as it stands in an HTML attribute or an XML file.
pub fn encode_uri(path: &str) -> String {
    utf8_percent_encode(path, URI).to_string()
}

/// A path as people read it, still usable as a link.
pub fn encode_iri(path: &str) -> String {
    // `utf8_percent_encode` always escapes what is not ASCII, so ASCII runs are escaped alone.
    let mut iri = String::with_capacity(path.len());
    let mut rest = path;
    while !rest.is_empty() {
        let ascii = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
        iri.extend(utf8_percent_encode(&rest[..ascii], IRI));
        let other = rest[ascii..]
            .find(|c: char| c.is_ascii())
            .map_or(rest.len(), |at| ascii + at);
        iri.push_str(&rest[ascii..other]);
        rest = &rest[other..];
    }
    iri
}

/// Undoes percent-encoding in a link that an author wrote; `None` if the bytes are not UTF-8.
pub fn decode(link: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(link).decode_utf8();
    decoded.ok().map(std::borrow::Cow::into_owned)
}

/// The folder address of a source path: `policies/x.md` → `policies/x/`,
/// `policies/_index.md` → `policies/`, `_index.md` → the empty address of the home page.
pub fn of_source(source: &str) -> String {
    let stem = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
    let (folder, name) = split(stem);
    if matches!(name, "_index" | "index") {
        folder.to_owned()
    } else {
        format!("{stem}/")
    }
}

/// Splits a path into its folder (with trailing `/`, empty at the top) and its name.
pub fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |at| at + 1))
}

/// Resolves a relative link against the folder it stands in; `None` when it climbs out of
/// `content/`.
pub fn join(folder: &str, link: &str) -> Option<String> {
    let mut parts = folder.split('/').filter(|part| !part.is_empty());
    let mut path = if link.starts_with('/') {
        Vec::new()
    } else {
        parts.by_ref().collect::<Vec<_>>()
    };
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    let trailing = link.ends_with('/') && !path.is_empty();
    Some(path.join("/") + if trailing { "/" } else { "" })
}

/// The relative prefix from a page at `address` to the site's root: `./`, `../`, `../../` …
pub fn root_of(address: &str) -> String {
    match address.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// The anchor that a heading's own text gives: lower case, blanks to `-`, punctuation dropped,
/// Chinese kept.
pub fn anchor(heading: &str) -> String {
    let mut anchor = String::with_capacity(heading.len());
    for c in heading.trim().chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-') {
            anchor.extend(c.to_lowercase());
        } else if c.is_whitespace() && !anchor.ends_with('-') {
            anchor.push('-');
        }
    }
    let trimmed = anchor.trim_matches('-');
    if trimmed.is_empty() {
        "section".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// Hands out anchors; a repeated one gets `-1`, `-2` …
#[derive(Debug, Default)]
pub struct Anchors {
    /// Each with the number that its next repetition tries first, so that a page of a hundred
    /// thousand equal headings is no more work than any other.
    taken: HashMap<String, u32>,
}

impl Anchors {
    /// The anchor to use for `wanted`.
    pub fn take(&mut self, wanted: String) -> String {
        let Some(&first) = self.taken.get(&wanted) else {
            self.taken.insert(wanted.clone(), 1);
            return wanted;
        };
        let mut number = first;
        let anchor = loop {
            let candidate = format!("{wanted}-{number}");
            number += 1;
            if !self.taken.contains_key(&candidate) {
                break candidate;
            }
        };
        self.taken.insert(wanted, number);
        self.taken.insert(anchor.clone(), 1);
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_mirror_paths() {
        assert_eq!(
            of_source("policies/甲(2016-02-06).md"),
            "policies/甲(2016-02-06)/"
        );
        assert_eq!(of_source("a/_index.md"), "a/");
        assert_eq!(of_source("_index.md"), "");
        assert_eq!(of_source("v1.2.md"), "v1.2/");
    }

    #[test]
    fn links_are_joined_to_their_folder() {
        assert_eq!(join("a/b/", "../c.md").as_deref(), Some("a/c.md"));
        assert_eq!(join("a/", "./c/").as_deref(), Some("a/c/"));
        assert_eq!(join("a/b/", "/c.md").as_deref(), Some("c.md"));
        assert_eq!(join("a/", "../../c.md"), None);
        assert_eq!(root_of("a/b/"), "../../");
        assert_eq!(root_of(""), "./");
    }

    #[test]
    fn anchors_come_from_the_text() {
        assert_eq!(anchor("第一章 总　则"), "第一章-总-则");
        assert_eq!(anchor("什么是“家风”？"), "什么是家风");
        assert_eq!(anchor("Rust & 法"), "rust-法");
        assert_eq!(anchor("？！"), "section");
    }

    #[test]
    fn repeated_anchors_are_numbered() {
        let mut anchors = Anchors::default();
        let mut take = |wanted: &str| anchors.take(wanted.to_owned());
        assert_eq!(take("art-1"), "art-1");
        assert_eq!(take("art-1-1"), "art-1-1");
        assert_eq!(take("art-1"), "art-1-2");
        assert_eq!(take("art-1-1"), "art-1-1-1");
        assert_eq!(take("art-1"), "art-1-3");
    }

    #[test]
    fn encoding() {
        assert_eq!(encode_uri("法/a b%.md"), "%E6%B3%95/a%20b%25.md");
        assert_eq!(encode_iri("法 律/a?b#c"), "法%20律/a%3Fb%23c");
        assert_eq!(decode("%E6%B3%95").as_deref(), Some("法"));
        assert_eq!(decode("%FF"), None);
    }
}
