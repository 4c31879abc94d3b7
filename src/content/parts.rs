//! Parts: Markdown files that pages include with `![[path]]` on a line of its own. A file is one,
//! and no page, where its name or that of a folder around it begins with `_`; but any page can be
//! included as well.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::address;
use super::markdown::included;
use crate::diagnostic::{Diagnostic, Error};
use crate::hash::Hash;
use crate::source::{Source, decode_page};

/// The parts of one page, read beforehand, so that turning it into HTML stays a pure function.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// By path in `content/`; with a diagnostic where one cannot be read.
    read: BTreeMap<String, Result<Source<'static>, Diagnostic>>,
    /// What was looked for: each path, and what was there.
    seen: Vec<(String, Option<Hash>)>,
}

impl Parts {
    /// None at all.
    pub const NONE: Self = Self {
        read: BTreeMap::new(),
        seen: Vec::new(),
    };

    /// Reads what the page at `path`, which holds `bytes`, may include, and what that includes.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read(content: &Path, path: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut parts = Self::default();
        let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        if !is_utf16 && memchr::memmem::find(bytes, b"![[").is_none() {
            return Ok(parts);
        }
        let Ok(page) = decode_page(path, bytes) else {
            return Ok(parts);
        };
        let mut waiting = vec![page.into_owned()];
        while let Some(source) = waiting.pop() {
            for candidate in included(&source.text).flat_map(|name| candidates(&source.path, name))
            {
                if parts.seen.iter().any(|(seen, _)| *seen == candidate) {
                    continue;
                }
                let file = content.join(&candidate);
                let bytes = match std::fs::read(&file) {
                    Ok(bytes) => bytes,
                    Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied) => {
                        return Err(Error::read(&file, error));
                    }
                    // Not there, or a folder, or no name for a file at all.
                    Err(_) => {
                        parts.seen.push((candidate, None));
                        continue;
                    }
                };
                parts
                    .seen
                    .push((candidate.clone(), Some(blake3::hash(&bytes))));
                let part = decode_page(&candidate, &bytes);
                let part = part.map(Source::into_owned).map_err(|found| *found);
                if let Ok(part) = &part {
                    waiting.push(part.clone());
                }
                parts.read.insert(candidate, part);
            }
        }
        Ok(parts)
    }

    /// A hash of the page's bytes, whose own hash is `page`, and of all that it may include.
    pub fn hash(&self, page: Hash) -> Hash {
        if self.seen.is_empty() {
            return page;
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(page.as_bytes());
        for (path, hash) in &self.seen {
            hasher.update(&(path.len() as u64).to_le_bytes());
            hasher.update(path.as_bytes());
            match hash {
                Some(hash) => hasher.update(hash.as_bytes()),
                None => hasher.update(&[0]),
            };
        }
        hasher.finalize()
    }

    /// What the file at `from` includes as `name`.
    pub fn find(&self, from: &str, name: &str) -> Option<&Result<Source<'static>, Diagnostic>> {
        candidates(from, name).find_map(|path| self.read.get(&path))
    }

    /// Whether nothing was looked for.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The paths of all that were found.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.read.keys().map(String::as_str)
    }
}

/// Where a part called `name` in the file at `from` may lie: beside it, else from the top, with
/// its extension or without.
fn candidates(from: &str, name: &str) -> impl Iterator<Item = String> {
    let extension = match name.rsplit_once('.') {
        Some((_, extension)) if is_markdown(extension) => "",
        _ => ".md",
    };
    let folders = [address::split(from).0, ""];
    let paths = folders.map(|folder| address::join(folder, &format!("{name}{extension}")));
    paths.into_iter().flatten()
}

fn is_markdown(extension: &str) -> bool {
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_beside_or_at_the_top() {
        let paths = |name: &str| candidates("a/b.md", name).collect::<Vec<_>>();
        assert_eq!(paths("_c"), ["a/_c.md", "_c.md"]);
        assert_eq!(paths("../_c.md"), ["_c.md"]);
        assert_eq!(paths("/_c/d.2026"), ["_c/d.2026.md", "_c/d.2026.md"]);
        assert_eq!(paths("../../c"), Vec::<String>::new());
    }

    #[test]
    fn the_hash_covers_what_is_there_and_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let page = "甲\n\n![[_b]]\n";
        let hash = || {
            let parts = Parts::read(folder.path(), "a.md", page.as_bytes()).unwrap();
            parts.hash(blake3::hash(page.as_bytes()))
        };
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let mut hashes = vec![hash()];
        for (name, text) in [
            ("_b.md", "乙"),
            ("_b.md", "![[_c]]"),
            ("_c.md", "丙"),
            ("_c.md", "丁"),
        ] {
            write(name, text);
            hashes.push(hash());
        }
        write("_d.md", "戊");
        let last = hashes.len() - 1;
        assert_eq!(hash(), hashes[last]);
        hashes.dedup();
        assert_eq!(hashes.len(), last + 1);
        // A ring is read once.
        write("_c.md", "![[_b]] ![[a]]");
        let parts = Parts::read(folder.path(), "a.md", page.as_bytes()).unwrap();
        assert_eq!(parts.paths().collect::<Vec<_>>(), ["_b.md", "_c.md"]);
    }
}
