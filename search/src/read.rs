//! Chunks as a read-only tantivy directory.
//!
//! A read of bytes that are not there yet notes which chunks they are in and fails with
//! `WouldBlock`: a page fault. Whoever drives the engine brings those chunks and tries
//! again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};

use crate::pack::Hot;

/// The chunks that are here, and those that were missed.
#[derive(Default)]
pub(crate) struct Chunks {
    present: BTreeMap<u32, Arc<[u8]>>,
    missing: BTreeSet<u32>,
    /// While a pack is written: the addresses that were read.
    #[cfg(feature = "write")]
    pub recorded: Option<Vec<Range<usize>>>,
}

impl Chunks {
    pub(crate) fn insert(&mut self, chunk: u32, bytes: Vec<u8>) {
        self.present.insert(chunk, bytes.into());
    }

    /// The chunk, or a note that it is missing.
    pub(crate) fn get(&mut self, chunk: u32) -> Option<Arc<[u8]>> {
        let found = self.present.get(&chunk).cloned();
        if found.is_none() {
            self.missing.insert(chunk);
        }
        found
    }

    /// What was missed since last asked.
    pub(crate) fn take_missing(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.missing).into_iter().collect()
    }
}

/// A handle on the pack that tantivy reads through.
#[derive(Clone)]
pub(crate) struct PackDirectory {
    pub hot: Arc<Hot>,
    pub chunks: Arc<Mutex<Chunks>>,
}

impl fmt::Debug for PackDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PackDirectory")
    }
}

impl PackDirectory {
    pub(crate) fn new(hot: Arc<Hot>) -> Self {
        let chunks = Arc::default();
        Self { hot, chunks }
    }

    /// Runs a closure on the chunks. A thread that panicked leaves them as they were.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Chunks) -> T) -> T {
        work(&mut self.chunks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bytes at addresses of the index.
    fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        #[cfg(feature = "write")]
        self.with(|chunks| {
            if let Some(recorded) = &mut chunks.recorded {
                recorded.push(range.clone());
            }
        });
        if let Some(bytes) = self.opening(&range) {
            return Ok(OwnedBytes::new(bytes));
        }
        let mut first = 0;
        let parts = self.with(|chunks| {
            let numbers = self.hot.chunks(&range);
            first = self.hot.cuts.get(numbers.start).copied().unwrap_or(0);
            let parts: Vec<_> = numbers.map(|chunk| chunks.get(chunk as u32)).collect();
            parts.into_iter().collect::<Option<Vec<_>>>()
        });
        let Some(parts) = parts else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let start = range.start - first as usize;
        if let [part] = &parts[..] {
            let end = start + range.len();
            if end > part.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            return Ok(OwnedBytes::new(part.clone()).slice(start..end));
        }
        let joined: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let end = start + range.len();
        match joined.get(start..end) {
            Some(bytes) => Ok(OwnedBytes::new(bytes.to_vec())),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// The bytes, if `hot.bin` holds them.
    fn opening(&self, range: &Range<usize>) -> Option<Vec<u8>> {
        let opening = &self.hot.opening;
        let after = opening.partition_point(|(address, _)| *address <= range.start as u64);
        let (address, bytes) = opening.get(after.checked_sub(1)?)?;
        let start = range.start - *address as usize;
        bytes.get(start..start + range.len()).map(<[u8]>::to_vec)
    }

    fn name<'a>(&self, path: &'a Path) -> Result<(&'a str, Range<usize>), OpenReadError> {
        let found = path
            .to_str()
            .and_then(|name| Some((name, self.hot.file(name)?)));
        found.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_path_buf()))
    }
}

/// One tantivy file in the pack.
#[derive(Debug)]
struct PackFile {
    directory: PackDirectory,
    range: Range<usize>,
}

impl HasLen for PackFile {
    fn len(&self) -> usize {
        self.range.len()
    }
}

impl FileHandle for PackFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.range.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let start = self.range.start;
        self.directory.read(start + range.start..start + range.end)
    }
}

/// The directory is read-only: whatever writes is refused.
fn read_only() -> Arc<io::Error> {
    Arc::new(io::ErrorKind::Unsupported.into())
}

impl Directory for PackDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let (_, range) = self.name(path)?;
        let directory = self.clone();
        Ok(Arc::new(PackFile { directory, range }))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.name(path).is_ok())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let (_, range) = self.name(path)?;
        let bytes = self
            .read(range)
            .map_err(|io_error| OpenReadError::IoError {
                io_error: Arc::new(io_error),
                filepath: path.to_path_buf(),
            })?;
        Ok(bytes.to_vec())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: read_only(),
            filepath: path.to_path_buf(),
        })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError {
            io_error: read_only(),
            filepath: path.to_path_buf(),
        })
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// Nothing ever changes: a lock is for the asking.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(PathBuf::new())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
