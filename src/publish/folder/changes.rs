//! A change set: the files of a new site that differ from those of the old one, and the names of
//! those that go, in a folder beside the site. Once it is there it is carried out, if need be by
//! the next build: whoever is killed in between leaves no site that is half old for long.

use std::io::{self, ErrorKind};
use std::path::Path;

use walkdir::WalkDir;

use crate::diagnostic::Error;
use crate::output::remove_folder;

/// Among the files, the list of those that go. Once they are gone it goes, too: what has come in
/// their places since must stay.
const REMOVED: &str = ".removed";
/// What parts the names in it; no path holds one.
const BETWEEN: &str = "\0";

/// Adds the names of those that go to a folder of new files.
///
/// # Errors
/// When the list cannot be written.
pub(super) fn note_removed<'a>(
    folder: &Path,
    removed: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    let list = folder.join(REMOVED);
    let mut names = String::new();
    removed.for_each(|name| names.extend([name, BETWEEN]));
    std::fs::write(&list, names).map_err(|error| Error::write(&list, error))
}

/// Carries out the change set in the folder `changes`: what was done already is not done again.
///
/// # Errors
/// When a file cannot be moved or removed; the rest can be carried out later.
pub(super) fn carry_out(changes: &Path, target: &Path) -> Result<(), Error> {
    let list = changes.join(REMOVED);
    match std::fs::read_to_string(&list) {
        Ok(names) => {
            let mut names = names.split(BETWEEN).filter(|name| !name.is_empty());
            names.try_for_each(|name| remove(name, target))?;
            std::fs::remove_file(&list).map_err(|error| Error::write(&list, error))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::read(&list, error)),
    }
    for entry in WalkDir::new(changes) {
        let failed = |error: io::Error| Error::read(changes, error);
        let entry = entry.map_err(|error| failed(error.into()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(changes).unwrap_or(entry.path());
        let to = target.join(path);
        move_file(entry.path(), &to).map_err(|error| Error::write(&to, error))?;
    }
    remove_folder(changes).map_err(|error| Error::write(changes, error))
}

/// Removes a file, and the folders that are empty then.
fn remove(name: &str, target: &Path) -> Result<(), Error> {
    let path = target.join(name);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::write(&path, error));
        }
        _ => {}
    }
    let above = path.ancestors().skip(1);
    let mut above = above.take_while(|folder| *folder != target);
    // One that still holds something stays.
    above.all(|folder| std::fs::remove_dir(folder).is_ok());
    Ok(())
}

/// Moves a file over another, or where there is none.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    let moved = std::fs::rename(from, to);
    match (moved, to.parent()) {
        (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
            std::fs::create_dir_all(folder)?;
            std::fs::rename(from, to)
        }
        (moved, _) => moved,
    }
}
