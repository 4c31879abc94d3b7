//! Runs of chunks → files.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::pack::chunk::{self, ChunkId, Deflater, Digest, Run};
use crate::pack::script;

/// The chunks of a run, deflated, without a name yet.
pub(super) struct Parts {
    digest: Digest,
    deflated: Vec<Vec<u8>>,
}

impl Parts {
    pub(super) fn of(contents: &[Vec<u8>], deflater: &mut Deflater) -> Self {
        let mut digest = Digest::default();
        contents.iter().for_each(|content| digest.add(content));
        let deflated = contents.iter().map(|content| deflater.deflate(content));
        Self {
            digest,
            deflated: deflated.collect(),
        }
    }
}

/// All runs of a pack.
#[derive(Default)]
pub(super) struct Runs {
    names: BTreeSet<Run>,
    runs: Vec<(Run, Vec<Vec<u8>>)>,
}

impl Runs {
    /// Adds a run, and gives it its name.
    pub(super) fn add(&mut self, parts: Parts) -> Run {
        // Two runs that only a longer hash would tell apart are rare, but they occur.
        let salted = |salt| Run::of(&parts.digest, salt);
        let fresh = (0..)
            .map(salted)
            .find(|run| run.0 != 0 && self.names.insert(*run));
        let run = fresh.unwrap_or_default();
        self.runs.push((run, parts.deflated));
        run
    }

    /// All chunks, if they are no more than so many bytes: they travel with `hot.bin`.
    pub(super) fn bundle(&mut self, most: usize) -> Vec<(ChunkId, Vec<u8>)> {
        let chunks = self.runs.iter().flat_map(|(_, chunks)| chunks);
        let bytes: usize = chunks.map(|chunk| chunk.len() + chunk::CHECK).sum();
        if bytes > most {
            return Vec::new();
        }
        std::mem::take(&mut self.runs)
            .into_iter()
            .flat_map(|(run, deflated)| seal(run, &deflated))
            .collect()
    }

    /// Writes the chunks' files.
    pub(super) fn write<E: Send>(
        self,
        put: &(impl Fn(String, Vec<u8>) -> Result<(), E> + Sync),
    ) -> Result<(), E> {
        self.runs.into_par_iter().try_for_each(|(run, deflated)| {
            seal(run, &deflated)
                .into_iter()
                .try_for_each(|(id, file)| put(format!("chunks/{id}.js"), script::wrap(&file)))
        })
    }
}

fn seal(run: Run, deflated: &[Vec<u8>]) -> Vec<(ChunkId, Vec<u8>)> {
    let chunks = (0..).zip(deflated).map(|(index, deflated)| {
        let id = ChunkId { run, index };
        (id, chunk::seal(id, deflated))
    });
    chunks.collect()
}
