//! Puts a finished site in the place of the old one, all at once.
//!
//! The site is staged in a folder beside the target; only when it is complete do the two change
//! places. Dot-files of the old site (`.gitignore`, `.git`) move over to the new one. Where most
//! of the old site stays, only what differs is staged, and then moved over it.

mod changes;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::diagnostic::Error;
use crate::output::{Changes, Gate, remove_folder};
use crate::text;

/// A folder being filled, beside the one it will replace. Dropping it unpublished removes it.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    target: PathBuf,
    gate: Gate,
}

/// What is left of the old site, aside. It goes once the new one is noted; if the program is
/// ended before, with the next build.
#[derive(Debug)]
#[must_use = "the old site still takes its room"]
pub struct Replaced(Option<PathBuf>);

/// Staging folders are named so that no site's own file can be taken for one.
fn beside(target: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or("public".as_ref()));
    name.push(format!(".inkstone-{what}"));
    target.with_file_name(name)
}

/// Ends what a build that was killed had begun to change in `target`.
///
/// # Errors
/// When a file cannot be moved or removed.
pub fn finish(target: &Path) -> Result<(), Error> {
    let target = std::path::absolute(target).map_err(|error| Error::read(target, error))?;
    let changes = beside(&target, "changes");
    match (changes.is_dir(), target.is_dir()) {
        (false, _) => Ok(()),
        (true, true) => changes::carry_out(&changes, &target),
        // What it was to change is not there any more.
        (true, false) => remove(&changes),
    }
}

impl Staging {
    /// Makes an empty staging folder for `target`; what a killed build left there goes first.
    /// Whoever holds `gate`, too, may end the build at any time.
    ///
    /// # Errors
    /// When the target is not a folder, or the folder cannot be made.
    pub fn new(target: &Path, gate: Gate) -> Result<Self, Error> {
        // `public/..` and relative paths have no reliable neighbour.
        let target = std::path::absolute(target).map_err(|error| Error::read(target, error))?;
        if target.exists() && !target.is_dir() {
            let path = target.display();
            return Err(Error::new(text!(
                "输出位置 `{path}` 是一个文件，应是文件夹",
                "the output `{path}` is a file; it must be a folder"
            )));
        }
        finish(&target)?;
        let old = beside(&target, "old");
        if !target.exists() && old.exists() {
            // A build was killed between the two renames: the old site goes back first.
            std::fs::rename(&old, &target).map_err(|error| Error::write(&target, error))?;
        }
        let folder = beside(&target, "new");
        remove(&folder)?;
        gate.stage(&folder, || {
            std::fs::create_dir_all(&folder).map_err(|error| Error::write(&folder, error))
        })?;
        Ok(Self {
            folder,
            target,
            gate,
        })
    }

    /// Where to write the site.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Replaces the target by the staged site; with `changes`, only that is staged which differs.
    ///
    /// # Errors
    /// When a folder cannot be moved; the old site is then where it was. When a file cannot be
    /// moved over another; the next build begins with that.
    pub fn publish(self, changes: Option<&Changes>) -> Result<Replaced, Error> {
        if let Some(changes) = changes {
            self.change(changes)?;
            return Ok(Replaced(None));
        }
        let old = beside(&self.target, "old");
        remove(&old)?;
        self.gate.publish(|| self.swap(&old))?;
        Ok(Replaced(Some(old)))
    }

    /// Makes the staged files a change set, all at once, and carries it out.
    fn change(&self, changes: &Changes) -> Result<(), Error> {
        let removed = changes.removed.iter().map(|(path, _)| path.as_str());
        changes::note_removed(&self.folder, removed)?;
        let set = beside(&self.target, "changes");
        let commit = || std::fs::rename(&self.folder, &set);
        let failed = |error| Error::write(&set, error);
        self.gate.publish(|| commit().map_err(failed))?;
        changes::carry_out(&set, &self.target)
    }

    /// Moves the target to `old`, and the staged site in its place.
    fn swap(&self, old: &Path) -> Result<(), Error> {
        let failed = |error| Error::write(&self.target, error);
        if !self.target.exists() {
            return std::fs::rename(&self.folder, &self.target).map_err(failed);
        }
        let kept = dot_files(&self.target)?;
        let back = |moved: &[OsString]| {
            for name in moved {
                // Best effort on the way out of a failure that is reported.
                let _ = std::fs::rename(self.folder.join(name), self.target.join(name));
            }
        };
        for (at, name) in kept.iter().enumerate() {
            let (from, to) = (self.target.join(name), self.folder.join(name));
            if let Err(error) = std::fs::rename(&from, &to) {
                back(&kept[..at]);
                return Err(Error::write(&to, error));
            }
        }
        let swapped = std::fs::rename(&self.target, old).and_then(|()| {
            std::fs::rename(&self.folder, &self.target).inspect_err(|_| {
                let _ = std::fs::rename(old, &self.target);
            })
        });
        if let Err(error) = swapped {
            back(&kept);
            return Err(failed(error));
        }
        Ok(())
    }
}

impl Replaced {
    /// Removes it.
    ///
    /// # Errors
    /// When something in it cannot be removed.
    pub fn remove(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), |old| remove(&old))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.gate.clear();
    }
}

fn dot_files(folder: &Path) -> Result<Vec<OsString>, Error> {
    let failed = |error| Error::read(folder, error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            names.push(name);
        }
    }
    Ok(names)
}

fn remove(folder: &Path) -> Result<(), Error> {
    remove_folder(folder).map_err(|error| Error::write(folder, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names = names.collect::<Vec<_>>();
        names.sort();
        names
    }

    #[test]
    fn the_new_site_replaces_the_old_and_dot_files_stay() {
        let root = tempfile::tempdir().unwrap();
        let public = root.path().join("public");
        std::fs::create_dir_all(public.join(".git")).unwrap();
        std::fs::write(public.join("old.html"), "").unwrap();
        let staging = Staging::new(&public, Gate::default()).unwrap();
        std::fs::write(staging.folder().join("new.html"), "").unwrap();
        staging.publish(None).unwrap().remove().unwrap();
        assert_eq!(names(&public), [".git", "new.html"]);
        assert_eq!(names(root.path()), ["public"]);
    }

    #[test]
    fn a_build_given_up_leaves_the_old_site() {
        let root = tempfile::tempdir().unwrap();
        let public = root.path().join("public");
        std::fs::create_dir_all(&public).unwrap();
        std::fs::write(public.join("old.html"), "").unwrap();
        drop(Staging::new(&public, Gate::default()).unwrap());
        assert_eq!(names(&public), ["old.html"]);
        assert_eq!(names(root.path()), ["public"]);
    }

    #[test]
    fn a_kill_between_the_renames_is_mended() {
        let root = tempfile::tempdir().unwrap();
        let public = root.path().join("public");
        std::fs::create_dir_all(root.path().join(".public.inkstone-old")).unwrap();
        drop(Staging::new(&public, Gate::default()).unwrap());
        assert_eq!(names(root.path()), ["public"]);
        assert!(Staging::new(&root.path().join("public"), Gate::default()).is_ok());
        std::fs::write(root.path().join("file"), "").unwrap();
        assert!(Staging::new(&root.path().join("file"), Gate::default()).is_err());
    }
}
