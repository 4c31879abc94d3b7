//! Chunks, and a read-only tantivy directory of what they hold.
//!
//! Who asks for a chunk that is not there yet leaves a note of it and fails with `WouldBlock`: a
//! page fault. Whoever drives the engine brings the chunks and tries again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{HasLen, Index, InvertedIndexReader, SegmentReader};

use crate::pack::PackError;
use crate::pack::chunk::ChunkId;
use crate::pack::hot::Hot;
use crate::schema;

/// The chunks that are here, and those that were missed.
#[derive(Default)]
pub(crate) struct Chunks {
    present: BTreeMap<ChunkId, OwnedBytes>,
    missing: BTreeSet<ChunkId>,
    /// Bytes by the address they begin at: postings in tantivy's form, as they were asked for.
    placed: BTreeMap<usize, OwnedBytes>,
    /// While a pack is written: the addresses that were read.
    #[cfg(feature = "write")]
    pub recorded: Option<Vec<Range<usize>>>,
}

impl Chunks {
    pub(crate) fn insert(&mut self, chunk: ChunkId, bytes: OwnedBytes) {
        self.present.insert(chunk, bytes);
    }

    /// Puts bytes at an address.
    pub(crate) fn place(&mut self, address: usize, bytes: OwnedBytes) {
        self.placed.insert(address, bytes);
    }

    /// The chunk, or a note that it is missing.
    pub(crate) fn get(&mut self, chunk: ChunkId) -> Option<OwnedBytes> {
        let found = self.present.get(&chunk).cloned();
        if found.is_none() {
            self.missing.insert(chunk);
        }
        found
    }

    /// What was missed since last asked.
    pub(crate) fn take_missing(&mut self) -> Vec<ChunkId> {
        std::mem::take(&mut self.missing).into_iter().collect()
    }
}

/// A handle on the pack that tantivy reads through.
#[derive(Clone)]
pub(crate) struct PackDirectory {
    pub hot: Arc<Hot>,
    pub chunks: Arc<Mutex<Chunks>>,
}

/// What a read fails with whose chunk is not here yet.
pub(crate) fn missing() -> io::Error {
    io::ErrorKind::WouldBlock.into()
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
        self.with(|chunks| {
            let (start, bytes) = chunks.placed.range(..=range.start).next_back()?;
            let range = range.start - start..range.end - start;
            (range.end <= bytes.len()).then(|| bytes.slice(range))
        })
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// The bytes, if `hot.bin` holds them.
    fn opening(&self, range: &Range<usize>) -> Option<Vec<u8>> {
        let opening = &self.hot.opening;
        let after = opening.partition_point(|(address, _)| *address <= range.start as u64);
        let (address, bytes) = opening.get(after.checked_sub(1)?)?;
        let start = range.start - *address as usize;
        bytes.get(start..)?.get(..range.len()).map(<[u8]>::to_vec)
    }

    fn name<'a>(&self, path: &'a Path) -> Result<(&'a str, Range<usize>), OpenReadError> {
        let found = path
            .to_str()
            .and_then(|name| Some((name, self.hot.file(name)?)));
        found.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_path_buf()))
    }
}

/// Opens the index: its one segment, and the postings of its one field.
pub(crate) fn open(
    directory: &PackDirectory,
) -> Result<(SegmentReader, Arc<InvertedIndexReader>), PackError> {
    let (_, field) = schema::schema();
    let segments = Index::open(directory.clone())?.searchable_segments()?;
    let segment = segments.first();
    let segment = segment.ok_or(PackError::Damaged("it has no segment"))?;
    let segment = SegmentReader::open(segment)?;
    let postings = segment.inverted_index(field)?;
    Ok((segment, postings))
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
