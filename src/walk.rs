//! All files below a folder, found by all threads at once.

use std::ffi::OsStr;
use std::fmt;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

/// How to walk.
pub struct Walk<'a> {
    /// Whether links are followed; else they are files.
    pub follows: bool,
    /// Whether a file or folder is looked at, by its name and its depth below the top, from 0.
    pub enters: &'a (dyn Fn(&OsStr, usize) -> bool + Sync),
}

/// What could not be looked at.
#[derive(Debug)]
pub struct Fault {
    /// Where.
    pub path: PathBuf,
    /// Why.
    pub cause: Cause,
}

/// Why something could not be looked at.
#[derive(Debug)]
pub enum Cause {
    /// The system says so.
    System(io::Error),
    /// It leads back to this folder above it.
    Loop(PathBuf),
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            Cause::System(error) => write!(to, "IO error for operation on {path}: {error}"),
            Cause::Loop(above) => write!(
                to,
                "File system loop found: {path} points to an ancestor {}",
                above.display()
            ),
        }
    }
}

/// A folder, and those that it was reached through.
struct Above<'a> {
    folder: &'a Path,
    depth: usize,
    above: Option<&'a Above<'a>>,
}

impl Walk<'_> {
    /// What `take` makes of every file below `folder`, in the order of names.
    pub fn files<T: Send>(
        &self,
        folder: &Path,
        take: impl Fn(PathBuf, &DirEntry) -> T + Sync,
    ) -> Vec<Result<T, Fault>> {
        let top = Above {
            folder,
            depth: 0,
            above: None,
        };
        self.below(&top, &take)
    }

    fn below<T: Send>(
        &self,
        at: &Above<'_>,
        take: &(impl Fn(PathBuf, &DirEntry) -> T + Sync),
    ) -> Vec<Result<T, Fault>> {
        let failed = |error| Fault {
            path: at.folder.to_owned(),
            cause: Cause::System(error),
        };
        let entries = match std::fs::read_dir(at.folder) {
            Ok(entries) => entries,
            Err(error) => return vec![Err(failed(error))],
        };
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let name = entry.file_name();
                    if (self.enters)(&name, at.depth) {
                        found.push((name, entry));
                    }
                }
                Err(error) => faults.push(Err(failed(error))),
            }
        }
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let found = found.into_par_iter();
        let found = found.flat_map_iter(|(_, entry)| self.visit(at, &entry, take));
        faults.par_extend(found);
        faults
    }

    fn visit<T: Send>(
        &self,
        at: &Above<'_>,
        entry: &DirEntry,
        take: &(impl Fn(PathBuf, &DirEntry) -> T + Sync),
    ) -> Vec<Result<T, Fault>> {
        let path = entry.path();
        match self.is_folder(at, entry, &path) {
            Ok(true) => {
                let at = Above {
                    folder: &path,
                    depth: at.depth + 1,
                    above: Some(at),
                };
                self.below(&at, take)
            }
            Ok(false) => vec![Ok(take(path, entry))],
            Err(cause) => vec![Err(Fault { path, cause })],
        }
    }

    fn is_folder(&self, at: &Above<'_>, entry: &DirEntry, path: &Path) -> Result<bool, Cause> {
        let kind = entry.file_type().map_err(Cause::System)?;
        if !(self.follows && kind.is_symlink()) {
            return Ok(kind.is_dir());
        }
        if !std::fs::metadata(path).map_err(Cause::System)?.is_dir() {
            return Ok(false);
        }
        let real = |path: &Path| path.canonicalize().map_err(Cause::System);
        let leads = real(path)?;
        let mut above = Some(at);
        while let Some(at) = above {
            if real(at.folder)? == leads {
                return Err(Cause::Loop(at.folder.to_owned()));
            }
            above = at.above;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walk: &Walk<'_>, folder: &Path) -> Vec<String> {
        let found = walk.files(folder, |path, _| path);
        let names = found.into_iter().map(|found| match found {
            Ok(path) => path.strip_prefix(folder).unwrap().display().to_string(),
            Err(fault) => fault.to_string(),
        });
        names.collect()
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_but_not_in_circles() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a");
        std::fs::create_dir_all(folder.join("b/c")).unwrap();
        std::fs::create_dir_all(folder.join("d/.e")).unwrap();
        for file in ["b/c/2", "b/1", "d/.e/3", "z"] {
            std::fs::write(folder.join(file), "").unwrap();
        }
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.join(name));
        link(&folder.join("b"), "d/f").unwrap();
        link(&folder, "d/g").unwrap();
        link(&folder.join("none"), "d/h").unwrap();
        let enters = |name: &OsStr, depth: usize| depth != 1 || name != ".e";
        let mut walk = Walk {
            follows: true,
            enters: &enters,
        };
        let shown = folder.display();
        let expected = [
            "b/1".to_owned(),
            "b/c/2".to_owned(),
            "d/f/1".to_owned(),
            "d/f/c/2".to_owned(),
            format!("File system loop found: {shown}/d/g points to an ancestor {shown}"),
            format!(
                "IO error for operation on {shown}/d/h: No such file or directory (os error 2)"
            ),
            "z".to_owned(),
        ];
        assert_eq!(names(&walk, &folder), expected);
        walk.follows = false;
        let expected = ["b/1", "b/c/2", "d/f", "d/g", "d/h", "z"];
        assert_eq!(names(&walk, &folder), expected);
        assert_eq!(names(&walk, &folder.join("none")).len(), 1);
    }
}
