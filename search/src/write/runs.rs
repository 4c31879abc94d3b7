//! Runs of chunks → files.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::pack::chunk::{self, ChunkId, Deflater, Digest, Run};
use crate::pack::idiom::Idiom;
use crate::pack::script;

/// The chunks of a run, deflated or stored, without a name yet. A clone shares them.
#[derive(Clone)]
pub(super) struct Parts {
    digest: Digest,
    deflated: Deflated,
}

/// The chunks of a run.
type Deflated = Arc<[Vec<u8>]>;

impl Parts {
    pub(super) fn of(contents: &[Vec<u8>], deflater: &mut Deflater) -> Self {
        Self::made(contents, |content| deflater.deflate(content))
    }

    /// Of contents that deflating makes no smaller.
    pub(super) fn stored(contents: &[Vec<u8>]) -> Self {
        Self::made(contents, |content| chunk::stored(content))
    }

    /// Of texts, which are deflated if nothing is known of the site's idiom.
    pub(super) fn of_texts(texts: &[String], idiom: &Idiom, deflater: &mut Deflater) -> Self {
        Self::made(texts, |text| chunk::text(text, idiom, deflater))
    }

    fn made<T: AsRef<[u8]>>(contents: &[T], make: impl FnMut(&T) -> Vec<u8>) -> Self {
        let mut digest = Digest::default();
        let bytes = contents.iter().map(AsRef::as_ref);
        bytes.for_each(|content| digest.add(content));
        Self {
            digest,
            deflated: contents.iter().map(make).collect(),
        }
    }
}

/// Takes a finished file: its path and bytes.
pub(super) type Put<'a, E> = &'a (dyn Fn(String, Vec<u8>) -> Result<(), E> + Sync);

/// All runs of a pack. They are held back until it is clear that the pack is no single file,
/// then written as they come.
pub(super) struct Runs<'a, E> {
    names: BTreeSet<Run>,
    held: Vec<(Run, Deflated)>,
    /// Bytes so far, and how many a pack of a single file has at the most.
    bytes: usize,
    bundle: usize,
    put: Put<'a, E>,
}

impl<'a, E: Send> Runs<'a, E> {
    pub(super) fn new(bundle: usize, put: Put<'a, E>) -> Self {
        Self {
            names: BTreeSet::new(),
            held: Vec::new(),
            bytes: 0,
            bundle,
            put,
        }
    }

    /// Adds a run, and gives it its name.
    pub(super) fn add(&mut self, parts: Parts) -> Run {
        // Two runs that only a longer hash would tell apart are rare, but they occur.
        let salted = |salt| Run::of(&parts.digest, salt);
        let fresh = (0..)
            .map(salted)
            .find(|run| run.0 != 0 && self.names.insert(*run));
        let run = fresh.unwrap_or_default();
        let bytes = parts.deflated.iter().map(|part| part.len() + chunk::CHECK);
        self.bytes += bytes.sum::<usize>();
        self.held.push((run, parts.deflated));
        run
    }

    /// Writes what is held, unless the pack may still be a single file.
    pub(super) fn flush(&mut self) -> Result<(), E> {
        if self.bytes <= self.bundle {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held).into_par_iter();
        held.try_for_each(|(run, deflated)| {
            seal(run, &deflated).into_iter().try_for_each(|(id, file)| {
                (self.put)(format!("chunks/{id}.js"), script::wrap(&file))
            })
        })
    }

    /// Writes the rest; of a pack that is a single file, returns all chunks.
    pub(super) fn finish(mut self) -> Result<Vec<(ChunkId, Vec<u8>)>, E> {
        self.flush()?;
        let held = self.held.into_iter();
        Ok(held
            .flat_map(|(run, deflated)| seal(run, &deflated))
            .collect())
    }
}

fn seal(run: Run, deflated: &[Vec<u8>]) -> Vec<(ChunkId, Vec<u8>)> {
    let chunks = (0..).zip(deflated).map(|(index, deflated)| {
        let id = ChunkId { run, index };
        (id, chunk::seal(id, deflated))
    });
    chunks.collect()
}
