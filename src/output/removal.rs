//! Removes a folder with all that is in it.

use std::io;
use std::path::Path;

use rayon::prelude::*;

/// Files that are removed at once: removing one is mostly waiting for the disk.
const AT_ONCE: usize = 4;

/// Removes `folder`; where there is none, nothing happens. Uses threads of its own: those of a
/// build that is given up are blocked.
///
/// # Errors
/// When something in it cannot be removed.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    if std::fs::symlink_metadata(folder).is_err() {
        return Ok(());
    }
    if let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build() {
        pool.install(|| empty(folder));
    }
    // Removes the folder itself, and says what could not be removed.
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Removes what can be removed in a folder. Links are removed, not followed.
fn empty(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let entries = entries.flatten().collect::<Vec<_>>();
    entries.into_par_iter().for_each(|entry| {
        let path = entry.path();
        let removed = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                empty(&path);
                std::fs::remove_dir(path)
            }
            _ => std::fs::remove_file(path),
        };
        // What stays is met again, and said, at the end.
        drop(removed);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_goes_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let (folder, other) = (root.path().join("a"), root.path().join("other"));
        for n in 0..20 {
            let below = folder.join(format!("{n}/b/c"));
            std::fs::create_dir_all(&below).unwrap();
            std::fs::write(below.join("d"), "").unwrap();
        }
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("kept"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, folder.join("link")).unwrap();
        remove_folder(&folder).unwrap();
        assert!(!folder.exists());
        assert!(other.join("kept").exists());
        remove_folder(&folder).unwrap();
        assert!(remove_folder(&other.join("kept")).is_err());
    }
}
