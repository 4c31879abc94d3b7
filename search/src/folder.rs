//! The engine over a folder: chunks that are missed are read from disk.

use std::path::{Path, PathBuf};

use crate::answer::{Query, Results, SearchError, Step, Suggestion};
use crate::engine::Engine;

/// Searches the pack in a site's `search/` folder.
pub struct FolderSearcher {
    engine: Engine,
    folder: PathBuf,
    reads: Reads,
}

/// What was read since the folder was opened, `hot.bin` left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reads {
    /// Times that the engine had to wait: round trips, in a browser.
    pub rounds: usize,
    /// Chunks.
    pub chunks: usize,
    /// Their bytes on disk.
    pub bytes: usize,
}

impl FolderSearcher {
    /// Opens the pack in a folder.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        Ok(Self {
            engine: Engine::open(&read(&folder.join("hot.bin"))?)?,
            folder: folder.to_path_buf(),
            reads: Reads::default(),
        })
    }

    /// Searches the pack.
    pub fn search(&mut self, query: &Query) -> Result<Results, SearchError> {
        self.drive(|engine| engine.search(query))
    }

    /// At most `limit` names and titles that begin as the text does.
    pub fn suggest(&mut self, text: &str, limit: usize) -> Result<Vec<Suggestion>, SearchError> {
        self.drive(|engine| engine.suggest(text, limit))
    }

    fn drive<T>(
        &mut self,
        ask: impl Fn(&mut Engine) -> Result<Step<T>, SearchError>,
    ) -> Result<T, SearchError> {
        loop {
            let chunks = match ask(&mut self.engine)? {
                Step::Done(answer) => return Ok(answer),
                Step::Need(chunks) => chunks,
            };
            self.reads.rounds += 1;
            for id in chunks {
                let bytes = read(&self.folder.join(format!("chunks/{id}.js")))?;
                self.engine.supply(id, &bytes)?;
                self.reads.chunks += 1;
                self.reads.bytes += bytes.len();
            }
        }
    }

    /// What was read since the folder was opened.
    pub fn reads(&self) -> Reads {
        self.reads
    }
}

/// A file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, SearchError> {
    std::fs::read(path).map_err(|error| SearchError::File {
        path: path.display().to_string(),
        error,
    })
}
