//! Runs of chunks → files.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rayon::prelude::*;

use crate::pack::chunk::{self, ChunkId, Deflater, Digest, Run};

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

    /// Writes the chunks' files; with a script for each run if the site is to be searched
    /// where nothing may be fetched.
    pub(super) fn write<E: Send>(
        self,
        scripts: bool,
        put: &(impl Fn(String, Vec<u8>) -> Result<(), E> + Sync),
    ) -> Result<(), E> {
        self.runs.into_par_iter().try_for_each(|(run, deflated)| {
            let files = seal(run, &deflated);
            if scripts {
                let parts: Vec<&[u8]> = files.iter().map(|(_, file)| file.as_slice()).collect();
                put(format!("chunks/{:010x}.js", run.0), script(&parts))?;
            }
            files
                .into_iter()
                .try_for_each(|(id, file)| put(format!("chunks/{id}.bin"), file))
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

/// A classic script that hands bytes to the engine's loader, which a page opened from
/// a folder may load where it may not fetch.
pub(super) fn script(parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len() * 4 / 3 + 8).sum();
    let mut script = String::with_capacity(length + 32);
    script.push_str("InkstoneEngine.deliver([\"");
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            script.push_str("\",\"");
        }
        BASE64.encode_string(part, &mut script);
    }
    script.push_str("\"])\n");
    script.into_bytes()
}
