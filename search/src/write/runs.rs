//! Runs of chunks → files.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::pack::chunk::{self, ChunkId, Run};

/// All runs of a pack, sealed.
#[derive(Default)]
pub(super) struct Runs {
    names: BTreeSet<Run>,
    files: Vec<(ChunkId, Vec<u8>)>,
}

impl Runs {
    /// Adds a run, and gives it its name.
    pub(super) fn add(&mut self, contents: Vec<Vec<u8>>) -> Run {
        // Two runs that only a longer hash would tell apart are rare, but they occur.
        let salted = |salt| Run::of(&contents, salt);
        let fresh = (0..)
            .map(salted)
            .find(|run| run.0 != 0 && self.names.insert(*run));
        let run = fresh.unwrap_or_default();
        for (index, content) in (0..).zip(&contents) {
            let id = ChunkId { run, index };
            self.files.push((id, chunk::seal(id, content)));
        }
        run
    }

    /// All chunks, if they are no more than so many bytes: they travel with `hot.bin`.
    pub(super) fn bundle(&mut self, most: usize) -> Vec<(ChunkId, Vec<u8>)> {
        let bytes: usize = self.files.iter().map(|(_, file)| file.len()).sum();
        match bytes <= most {
            true => std::mem::take(&mut self.files),
            false => Vec::new(),
        }
    }

    /// The chunks' files; with a script for each run if the site is to be searched where
    /// nothing may be fetched.
    pub(super) fn into_files(self, scripts: bool) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        if scripts {
            for run in self.files.chunk_by(|(a, _), (b, _)| a.run == b.run) {
                let parts: Vec<&[u8]> = run.iter().map(|(_, file)| file.as_slice()).collect();
                let name = run.first().map_or(0, |(id, _)| id.run.0);
                files.push((format!("chunks/{name:010x}.js"), script(&parts)));
            }
        }
        let chunks = self.files.into_iter();
        files.extend(chunks.map(|(id, file)| (format!("chunks/{id}.bin"), file)));
        files
    }
}

/// A classic script that hands bytes to the engine's loader, which a page opened from
/// a folder may load where it may not fetch.
pub(super) fn script(parts: &[&[u8]]) -> Vec<u8> {
    let mut script = String::from("InkstoneEngine.deliver([\"");
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            script.push_str("\",\"");
        }
        BASE64.encode_string(part, &mut script);
    }
    script.push_str("\"])\n");
    script.into_bytes()
}
