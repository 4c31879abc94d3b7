//! How a file lies, and what is noted of one that was written.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::hash::{Hash, Key, as_bytes};

/// Times of files are no finer than this on some systems: what changed so short a time ago may
/// change again without a trace.
const RECENT: Duration = Duration::from_secs(2);

/// A file as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Of its bytes.
    #[serde(with = "as_bytes")]
    pub hash: Hash,
    /// Of what it was made from, where that tells all of it.
    pub from: Option<Key>,
    /// How it lies in the folder.
    pub state: State,
}

/// How a file lies in a folder, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    /// In bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u64,
}

impl State {
    /// Whether it tells this version of the file from any later one.
    pub fn is_settled(&self) -> bool {
        let settled = SystemTime::now().checked_sub(RECENT);
        let settled = settled.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        settled.is_some_and(|settled| u128::from(self.modified) <= settled.as_nanos())
    }

    /// What tells the program that runs from any other.
    pub fn of_program() -> Option<Self> {
        Self::at(&std::env::current_exe().ok()?)
    }

    /// Of the file at `path`; `None` if there is none.
    pub fn at(path: &Path) -> Option<Self> {
        Self::of(&std::fs::metadata(path).ok()?)
    }

    /// As a file's metadata tell; `None` where they lack its time.
    pub fn of(metadata: &Metadata) -> Option<Self> {
        let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            size: metadata.len(),
            modified: u64::try_from(since.as_nanos()).ok()?,
        })
    }
}
