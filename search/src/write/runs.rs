//! Runs of chunks → files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tantivy::directory::OwnedBytes;

use crate::pack::PackError;
use crate::pack::chunk::{self, ChunkId, Deflater, Digest, Run};
use crate::pack::idiom::Idiom;
use crate::pack::script;

/// What is known of a run without its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outline {
    /// Of the chunks' contents.
    pub digest: Digest,
    /// Number of chunks.
    pub chunks: u32,
    /// Bytes of all chunks, sealed.
    pub bytes: u64,
}

impl Outline {
    /// The name that it has unless another run had it before.
    pub(super) fn name(&self) -> Run {
        Run::of(&self.digest, 0)
    }

    /// The paths of its files by that name.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        let run = self.name();
        (0..self.chunks).map(move |index| path_of(&ChunkId { run, index }))
    }
}

/// The chunks of a run, deflated or stored, without a name yet. A clone shares them.
#[derive(Clone)]
pub(super) struct Parts {
    pub outline: Outline,
    pub deflated: Deflated,
}

/// The chunks of a run.
type Deflated = Arc<[OwnedBytes]>;

impl Parts {
    pub(super) fn of(contents: &[Vec<u8>], deflater: &mut Deflater) -> Self {
        let deflated = contents.iter().map(|content| deflater.deflate(content));
        Self::made(Digest::default(), contents, deflated)
    }

    /// Of contents that deflating makes no smaller.
    pub(super) fn stored(contents: &[Vec<u8>]) -> Self {
        let stored = contents.iter().map(|content| chunk::stored(content));
        Self::made(Digest::default(), contents, stored)
    }

    /// Of texts, which are deflated if nothing is known of the site's idiom. In another idiom they
    /// are something else.
    pub(super) fn of_texts(texts: &[String], idiom: &Idiom) -> Self {
        let mut digest = Digest::default();
        digest.add(idiom.table());
        Self::made(digest, texts, chunk::texts(texts, idiom))
    }

    fn made<T: AsRef<[u8]>>(
        mut digest: Digest,
        contents: &[T],
        deflated: impl IntoIterator<Item = Vec<u8>>,
    ) -> Self {
        let bytes = contents.iter().map(AsRef::as_ref);
        bytes.for_each(|content| digest.add(content));
        let deflated = deflated.into_iter().map(OwnedBytes::new);
        Self::known(digest, deflated.collect())
    }

    /// Of contents that have this digest.
    pub(super) fn known(digest: Digest, deflated: Deflated) -> Self {
        let bytes = deflated.iter().map(|part| part.len() + chunk::CHECK);
        let outline = Outline {
            digest,
            chunks: deflated.len() as u32,
            bytes: bytes.sum::<usize>() as u64,
        };
        Self { outline, deflated }
    }
}

/// Where the files of a pack go, by their paths relative to the site's `search/` folder. What
/// tells a file's bytes from others at its path goes with it.
pub struct Files<'a, E> {
    /// Takes a file, which is made unless the one of the pack before is the same.
    pub put: &'a Put<'a, E>,
    /// Whether the pack before has a file that is the same, which can be taken from there.
    pub has: &'a (dyn Fn(&str, u64) -> bool + Sync),
}

/// A path; what tells the bytes from others; what makes them.
type Put<'a, E> =
    dyn Fn(String, u64, &dyn Fn() -> Result<Vec<u8>, PackError>) -> Result<(), E> + Sync + 'a;

/// All runs of a pack. They are held back until it is clear that the pack is no single file,
/// then written as they come.
pub(super) struct Runs<'a, E> {
    names: HashMap<Run, Digest>,
    held: Vec<(Run, Outline, Option<Deflated>)>,
    /// Bytes so far, and how many a pack of a single file has at the most.
    bytes: u64,
    bundle: usize,
    files: &'a Files<'a, E>,
    /// Where runs are taken from the pack before, nothing is written before all is known.
    again: bool,
    clash: bool,
}

impl<'a, E: Send + From<PackError>> Runs<'a, E> {
    pub(super) fn new(bundle: usize, files: &'a Files<'a, E>, again: bool) -> Self {
        Self {
            names: HashMap::new(),
            held: Vec::new(),
            bytes: 0,
            bundle,
            files,
            again,
            clash: false,
        }
    }

    /// Adds a run, and gives it its name.
    pub(super) fn add(&mut self, parts: Parts) -> Run {
        self.hold(parts.outline, Some(parts.deflated))
    }

    /// Adds a run whose files the pack before has.
    pub(super) fn keep(&mut self, outline: Outline) -> Run {
        self.hold(outline, None)
    }

    fn hold(&mut self, outline: Outline, deflated: Option<Deflated>) -> Run {
        self.bytes += outline.bytes;
        let mut salt = 0;
        loop {
            let run = Run::of(&outline.digest, salt);
            match self.names.entry(run) {
                // A table says "none" by this name.
                _ if run == Run::default() => {}
                Entry::Vacant(slot) => {
                    slot.insert(outline.digest);
                    self.held.push((run, outline, deflated));
                    return run;
                }
                // One run serves all that have its contents.
                Entry::Occupied(slot) if *slot.get() == outline.digest => return run,
                // Two runs that only a longer hash would tell apart.
                Entry::Occupied(_) => {}
            }
            salt += 1;
            self.clash = true;
        }
    }

    /// Whether two runs wanted one name: then names depend on the order of all runs.
    pub(super) fn clashes(&self) -> bool {
        self.clash
    }

    /// Whether the pack is so small that it is a single file.
    pub(super) fn is_bundle(&self) -> bool {
        self.bytes <= self.bundle as u64
    }

    /// Writes what is held, if it is clear that that is right.
    pub(super) fn flush(&mut self) -> Result<(), E> {
        if self.is_bundle() || self.again {
            return Ok(());
        }
        self.write()
    }

    fn write(&mut self) -> Result<(), E> {
        let held = std::mem::take(&mut self.held).into_par_iter();
        held.try_for_each(|(run, outline, deflated)| {
            (0..outline.chunks).try_for_each(|index| {
                let id = ChunkId { run, index };
                let make = || {
                    let deflated = deflated.as_ref().and_then(|all| all.get(index as usize));
                    let gone = PackError::Damaged("a chunk of the pack before is gone");
                    Ok(script::wrap(&chunk::seal(id, deflated.ok_or(gone)?)))
                };
                (self.files.put)(path_of(&id), outline.digest.number(), &make)
            })
        })
    }

    /// Writes the rest; of a pack that is a single file, returns all chunks.
    pub(super) fn finish(mut self) -> Result<Vec<(ChunkId, Vec<u8>)>, E> {
        if !self.is_bundle() {
            return self.write().map(|()| Vec::new());
        }
        let held = self.held.into_iter();
        let chunks = held.flat_map(|(run, _, deflated)| {
            let chunks = deflated.iter().flat_map(|chunks| chunks.iter());
            let chunks = (0..).zip(chunks).map(|(index, deflated)| {
                let id = ChunkId { run, index };
                (id, chunk::seal(id, deflated))
            });
            chunks.collect::<Vec<_>>()
        });
        Ok(chunks.collect())
    }
}

fn path_of(id: &ChunkId) -> String {
    format!("chunks/{id}.js")
}
