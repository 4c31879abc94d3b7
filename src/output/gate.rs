//! What lets a user end a build at any moment: files are written only while the gate is open,
//! and whoever closes it knows what lies half done.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::removal::remove_folder;
use crate::diagnostic::Error;

/// Shared by all who write a site and by whoever may end that.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    standing: RwLock<Standing>,
    given_up: AtomicBool,
}

/// What there is on disk of the new site.
#[derive(Debug, Default)]
enum Standing {
    #[default]
    Nothing,
    /// What was written so far, in this folder.
    Staged(PathBuf),
    /// All of it, in its place.
    Published,
}

/// While it is there the gate stays open.
pub(super) struct Pass<'a>(
    #[expect(dead_code, reason = "held, not read")] RwLockReadGuard<'a, Standing>,
);

impl Gate {
    /// Waits while the gate is closed: for good if the build was given up.
    pub(super) fn pass(&self) -> Pass<'_> {
        // Those who hold the lock leave one value or another, never a half.
        Pass(
            self.0
                .standing
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn close(&self) -> RwLockWriteGuard<'_, Standing> {
        self.0
            .standing
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a site in `folder`, which `make` makes.
    ///
    /// # Errors
    /// That of `make`.
    pub fn stage(
        &self,
        folder: &Path,
        make: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut standing = self.close();
        make()?;
        *standing = Standing::Staged(folder.to_owned());
        Ok(())
    }

    /// Puts the site in its place by `swap`, which is never cut short.
    ///
    /// # Errors
    /// That of `swap`; the site is then staged as before.
    pub fn publish(&self, swap: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let mut standing = self.close();
        swap()?;
        *standing = Standing::Published;
        Ok(())
    }

    /// Removes what is staged, if anything is: the build has failed.
    pub fn clear(&self) {
        let mut standing = self.close();
        if let Standing::Staged(folder) = &*standing {
            // A message is on its way; the next build removes the folder if this fails.
            let _ = remove_folder(folder);
            *standing = Standing::Nothing;
        }
    }

    /// Ends the build from another thread: from now on no file is written. Calls `say`, removes
    /// what is staged, and returns true: the program may be ended. Asked a second time, it
    /// returns true without waiting for the removal to end. Returns false if the new site is in
    /// its place already.
    pub fn give_up(&self, say: impl FnOnce()) -> bool {
        if self.0.given_up.load(Ordering::Acquire) {
            return true;
        }
        let standing = self.close();
        if let Standing::Published = *standing {
            return false;
        }
        self.0.given_up.store(true, Ordering::Release);
        say();
        if let Standing::Staged(folder) = &*standing {
            let _ = remove_folder(folder);
        }
        // Closed until the program has ended.
        std::mem::forget(standing);
        true
    }
}
