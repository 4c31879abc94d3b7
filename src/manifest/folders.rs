//! Which folders hold a page and nothing besides: most do, and need not be looked into to know.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::folder::Lone;
use crate::output::Record;

/// What holds most pages of most sites: a folder with one file in it, so called.
const LONE: &str = "index.html";

/// Of the folders of so many files, those that hold more than one file, and when the others did
/// not: in a folder where nothing came or went since, only its file is looked at.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folders {
    shared: HashSet<String>,
    /// In nanoseconds since 1970.
    at: u64,
}

impl Folders {
    /// Of these files, all that a build put in a folder of its own.
    pub(super) fn of(files: &[(&str, Record)]) -> Self {
        let mut folders = Self::default();
        for (path, record) in files {
            folders.take(path);
            folders.at = folders.at.max(record.state.modified);
        }
        folders
    }

    /// Takes a file among those that are there.
    pub(super) fn take(&mut self, path: &str) {
        let (mut folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name == LONE {
            // It may have a folder of its own.
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
        while !folder.is_empty() && !self.shared.contains(folder) {
            self.shared.insert(folder.to_owned());
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    /// What is known of a folder.
    pub(super) fn lone(&self, folder: &[u8]) -> Option<Lone<'static>> {
        let folder = std::str::from_utf8(folder).ok()?;
        let lone = Lone {
            file: LONE,
            at: self.at,
        };
        (!self.shared.contains(folder)).then_some(lone)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::manifest::Manifest;
    use crate::output::State;

    #[test]
    fn what_comes_or_goes_beside_a_page_is_noticed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        let names = [
            "index.html",
            "a/index.html",
            "a/b/index.html",
            "甲/index.html",
            "甲/1.png",
        ];
        let files = names.map(|name| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, name).unwrap();
            let record = Record {
                hash: blake3::hash(name.as_bytes()),
                from: None,
                state: State::at(&path).unwrap(),
            };
            (name, record)
        });
        // As if the folders had been filled long ago.
        let settle = |name: &str, time| {
            let folder = std::fs::File::open(folder.join(name)).unwrap();
            folder.set_modified(time).unwrap();
        };
        let then = std::time::UNIX_EPOCH + Duration::from_nanos(files[0].1.state.modified);
        for name in ["a", "a/b", "甲"] {
            settle(name, then);
        }
        let manifest = Manifest::default().of(&files);
        let known = ["a", "a/b", "甲", "乙"].map(|folder| manifest.folders.lone(folder.as_bytes()));
        assert_eq!(known.map(|lone| lone.is_some()), [false, true, false, true]);
        assert!(manifest.holds(folder));
        for (name, at) in [("a/b/c", "a/b"), ("甲/c", "甲"), ("a/c/index.html", "a")] {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            settle(at, then + Duration::from_secs(1));
            assert!(!manifest.holds(folder), "{name}");
            std::fs::remove_file(&path).unwrap();
            settle(at, then + Duration::from_secs(1));
            assert!(manifest.holds(folder), "an empty folder is nothing");
        }
        // The page itself is always looked at.
        settle("a/b", then);
        assert!(manifest.holds(folder));
        std::fs::write(folder.join("a/b/index.html"), "2").unwrap();
        settle("a/b", then);
        assert!(!manifest.holds(folder));
        std::fs::remove_file(folder.join("a/b/index.html")).unwrap();
        settle("a/b", then);
        assert!(!manifest.holds(folder));
    }
}
