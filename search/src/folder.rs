//! The engine over a folder: chunks that are missed are read from disk.

use std::path::{Path, PathBuf};

use crate::answer::{Query, Results, SearchError, Step};
use crate::engine::Engine;

/// Searches the pack in a site's `search/` folder.
pub struct FolderSearcher {
    engine: Engine,
    folder: PathBuf,
    /// Chunks read, and their bytes on disk.
    read: (usize, usize),
}

impl FolderSearcher {
    /// Opens the pack in a folder.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        let engine = Engine::open(&read(&folder.join("hot.bin"))?)?;
        let folder = folder.to_path_buf();
        let read = (0, 0);
        Ok(Self {
            engine,
            folder,
            read,
        })
    }

    /// Searches the pack.
    pub fn search(&mut self, query: &Query) -> Result<Results, SearchError> {
        loop {
            let chunks = match self.engine.search(query)? {
                Step::Done(results) => return Ok(results),
                Step::Need(chunks) => chunks,
            };
            for chunk in chunks {
                let name = self.engine.chunk_name(chunk).unwrap_or_default();
                let bytes = read(&self.folder.join(format!("chunks/{name}.bin")))?;
                self.engine.supply(chunk, &bytes)?;
                self.read.0 += 1;
                self.read.1 += bytes.len();
            }
        }
    }

    /// How many chunks were read since it was opened, and their bytes.
    pub fn chunks_read(&self) -> (usize, usize) {
        self.read
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SearchError> {
    std::fs::read(path).map_err(|error| SearchError::File {
        path: path.display().to_string(),
        error,
    })
}
