//! What lies in a folder and below, looked at side by side and with few calls of the system: of a
//! large site nearly all is looked at in vain.

#[cfg(any(test, not(unix)))]
mod portable;
#[cfg(unix)]
mod unix;

use std::ffi::OsStr;
use std::path::Path;

use rayon::prelude::*;

use crate::output::State;
#[cfg(not(unix))]
use portable::Folder;
#[cfg(unix)]
use unix::Folder;

/// What may lie in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link, which is not followed, or a file that holds no bytes.
    Other,
}

/// Something that is no folder.
#[derive(Debug)]
pub struct Found<'a> {
    /// Its path below the folder that is looked at, with `/` on every system.
    pub path: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// How it lies.
    pub state: State,
}

/// A folder that held one file and nothing besides, for as long as none came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lone<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// When that was so, in nanoseconds since 1970 by the clock of the file system: a folder that
    /// changed later is looked into.
    pub at: u64,
}

/// What no folder is known to be.
pub fn unknown(_: &[u8]) -> Option<Lone<'static>> {
    None
}

/// Adds up what lies in `folder` and below, folders apart, and puts the sums together in any
/// order. What is `left_out` is left out; where a folder is known to be `lone`, only its file is
/// looked at. `None` if something cannot be looked at or lies in more folders within folders than
/// a thread's stack should bear, or `add` does not take it.
pub fn gather<'l, T: Default + Send>(
    folder: &Path,
    left_out: impl Fn(&[u8]) -> bool + Sync,
    lone: impl Fn(&[u8]) -> Option<Lone<'l>> + Sync,
    add: impl Fn(T, Found<'_>) -> Option<T> + Sync,
    and: impl Fn(T, T) -> T + Sync,
) -> Option<T> {
    let gathering = Gathering {
        left_out,
        lone,
        add,
        and,
    };
    gathering.below(Folder::open(folder).ok()?, &[])
}

/// Folders within folders that are looked into: each takes some of a thread's stack, and an open
/// file.
const DEEPEST: usize = 64;

struct Gathering<O, L, F, A> {
    left_out: O,
    lone: L,
    add: F,
    and: A,
}

impl<O, L, F, A> Gathering<O, L, F, A> {
    fn below<'l, T: Default + Send>(&self, mut folder: Folder, above: &[u8]) -> Option<T>
    where
        O: Fn(&[u8]) -> bool + Sync,
        L: Fn(&[u8]) -> Option<Lone<'l>> + Sync,
        F: Fn(T, Found<'_>) -> Option<T> + Sync,
        A: Fn(T, T) -> T + Sync,
    {
        if above.iter().filter(|&&byte| byte == b'/').count() > DEEPEST {
            return None;
        }
        let entries = folder.entries().ok()?;
        let folder = &folder;
        let sums = entries
            .par_iter()
            .try_fold(T::default, |sum, (name, kind)| {
                let path = [above, name.as_encoded_bytes()].concat();
                if (self.left_out)(&path) {
                    return Some(sum);
                }
                let state = match kind {
                    Some(Kind::Folder) => None,
                    _ => Some(folder.look(name).ok()?),
                };
                if let Some((kind @ (Kind::File | Kind::Other), state)) = state {
                    let (path, state) = (&path, state?);
                    return (self.add)(sum, Found { path, kind, state });
                }
                let lone = (self.lone)(&path);
                let known = lone.and_then(|lone| Some((lone.file, folder.look_at(name, lone)?)));
                let path = [&path, b"/".as_slice()].concat();
                match known {
                    Some((file, state)) => {
                        let path = &[&path, file.as_bytes()].concat();
                        let kind = Kind::File;
                        (self.add)(sum, Found { path, kind, state })
                    }
                    None => {
                        let below = self.below(folder.below(name).ok()?, &path)?;
                        Some((self.and)(sum, below))
                    }
                }
            });
        sums.try_reduce(T::default, |a, b| Some((self.and)(a, b)))
    }
}

impl Folder {
    /// How the one file lies in a folder in this that is as it was known to be.
    fn look_at(&self, name: &OsStr, known: Lone<'_>) -> Option<State> {
        let (Kind::Folder, Some(folder)) = self.look(name).ok()? else {
            return None;
        };
        if folder.modified > known.at {
            return None;
        }
        let file = Path::new(name).join(known.file);
        match self.look(file.as_os_str()).ok()? {
            (Kind::File, state) => state,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_found_in_either_way() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for path in ["a/b/c.md", "a/d", "甲/乙.md", ".x/y", "a/.z"] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "123").unwrap();
        }
        std::fs::create_dir(root.join("empty")).unwrap();
        let found = |folder: &Path| {
            let add = |mut all: Vec<(String, Kind)>, found: Found<'_>| {
                let path = String::from_utf8(found.path.to_vec()).unwrap();
                let absolute = folder.join(&path);
                assert_eq!(State::at(&absolute), Some(found.state));
                all.push((path, found.kind));
                Some(all)
            };
            let left_out = |path: &[u8]| path.starts_with(b".");
            let all = gather(folder, left_out, unknown, add, |a, b| [a, b].concat());
            all.map(|mut found| {
                found.sort_by(|a, b| a.0.cmp(&b.0));
                found
            })
        };
        let all = ["a/.z", "a/b/c.md", "a/d", "甲/乙.md"];
        let all = all.map(|path| (path.to_owned(), Kind::File)).to_vec();
        assert_eq!(found(root), Some(all));
        assert_eq!(found(&root.join("none")), None);
        assert_eq!(found(&root.join("a/d")), None);
        let nothing = gather(root, |_| false, unknown, |(), _| None, |(), ()| ());
        assert_eq!(nothing, None);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root, root.join("a/l")).unwrap();
            let links = |sum, found: Found<'_>| Some(sum + usize::from(found.kind == Kind::Other));
            let all = gather(root, |_| false, unknown, links, |a, b| a + b);
            assert_eq!(all, Some(1));
        }
        let deep = root.join("d/".repeat(DEEPEST));
        std::fs::create_dir_all(&deep).unwrap();
        let folders = || gather(root, |_| false, unknown, |(), _| Some(()), |(), ()| ());
        assert_eq!(folders(), Some(()));
        std::fs::create_dir(deep.join("d")).unwrap();
        assert_eq!(folders(), None);
        let mut one = portable::Folder::open(root).unwrap().below(OsStr::new("a"));
        let one = one.as_mut().unwrap();
        let mut entries = one.entries().unwrap();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut other = Folder::open(&root.join("a")).unwrap();
        let mut same = other.entries().unwrap();
        same.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(entries, same);
        for (name, _) in entries {
            assert_eq!(one.look(&name).unwrap(), other.look(&name).unwrap());
        }
    }

    #[test]
    fn a_folder_to_which_nothing_came_is_not_looked_into() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("page"), "").unwrap();
        let at = State::at(&folder).unwrap().modified;
        std::fs::write(folder.join("more"), "").unwrap();
        // As if that had been there before.
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(at);
        let changed = std::fs::File::open(&folder).unwrap();
        changed.set_modified(time).unwrap();
        let found = |at| {
            let lone = move |path: &[u8]| (path == b"a/b").then_some(Lone { file: "page", at });
            let add = |sum, _: Found<'_>| Some(sum + 1);
            gather(root.path(), |_| false, lone, add, |a, b| a + b)
        };
        assert_eq!([found(at - 1), found(at)], [Some(2), Some(1)]);
        std::fs::remove_file(folder.join("page")).unwrap();
        assert_eq!(found(u64::MAX), Some(1), "what is not there is looked for");
    }
}
