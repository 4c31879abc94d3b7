//! What a later index may reuse of those before it: batches of pages, under the key of all they
//! are made from, how the texts speak, and how the pack was laid out.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use inkstone_search::{ClosedBatch, Id, Idiom, Layout};
use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::hash::Key;
use crate::output::State;

/// The folder of what is kept on disk, within that of the cache.
const FOLDER: &str = "index";
/// A batch is some megabytes, and each edit makes another: what was not used for so long goes.
const UNUSED: Duration = Duration::from_secs(3600);

/// What was made before, in memory or on disk.
#[derive(Default)]
pub struct Indexes {
    disk: Option<Cache>,
    /// What made it, unless that is this process.
    program: Option<State>,
    batches: Mutex<HashMap<Id, Arc<ClosedBatch>>>,
    used: Mutex<HashSet<Id>>,
    /// How batches on disk lay when they were last known to be whole.
    whole: OnceLock<HashMap<Id, State>>,
    /// For each edition, what is kept of its last index; read from disk when it is asked for.
    last: Mutex<HashMap<usize, Last>>,
}

/// What is kept of an edition's last index.
#[derive(Default, Serialize, Deserialize)]
struct Last {
    program: Option<State>,
    /// Of a pack that is more than one file.
    layout: Option<Layout>,
    /// How the texts speak, and of which that was learnt.
    idiom: Vec<u8>,
    sample: Sample,
}

/// The batches of the last index, and how their files lie, under this key.
#[derive(Serialize, Deserialize)]
struct Whole {
    program: Option<State>,
    batches: Vec<(Id, Option<State>)>,
}
const WHOLE: &str = "whole";

/// The pages that an idiom was learnt from: the key of each one's source, and of what it was made
/// from.
type Sample = Vec<(Key, Key)>;

/// A batch, and what it is found by.
pub(in crate::render) type Kept = (Arc<ClosedBatch>, Id);

impl fmt::Debug for Indexes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Indexes")
    }
}

impl Indexes {
    /// Of the site at `root`, on disk: another program than `program` makes other indexes.
    pub fn on_disk(root: &Path, program: State) -> Self {
        Self {
            disk: Some(Cache::new(root, FOLDER)),
            program: Some(program),
            ..Self::default()
        }
    }

    /// What a batch is found by that is made from this.
    pub(in crate::render) fn id(&self, from: &impl Hash) -> Id {
        Key::of(&(self.program, from)).bytes()
    }

    /// The batch that is found by this, with it.
    pub(in crate::render) fn known(&self, id: Id) -> Option<Kept> {
        Some((self.batch(&id)?, id))
    }

    /// The batch that was made from this.
    pub(super) fn batch(&self, id: &Id) -> Option<Arc<ClosedBatch>> {
        match &self.disk {
            None => lock(&self.batches).get(id).cloned(),
            // One that is damaged is made again.
            Some(disk) => {
                let (path, found) = disk.find(&name(id))?;
                let state = State::of(&found);
                let is_whole = state.is_some() && self.whole().get(id) == state.as_ref();
                ClosedBatch::open(&path, is_whole).ok().map(Arc::new)
            }
        }
    }

    /// Keeps a batch, to be found by its id; one that has none is told by its bytes, and not kept.
    pub(in crate::render) fn keep(&self, id: Option<Id>, batch: ClosedBatch) -> Kept {
        let batch = Arc::new(batch);
        let Some(id) = id else {
            let id = Key::of_bytes(&batch.to_bytes()).bytes();
            return (batch, id);
        };
        match &self.disk {
            None => _ = lock(&self.batches).insert(id, batch.clone()),
            Some(disk) => disk.put(&name(&id), &batch.to_bytes()),
        }
        (batch, id)
    }

    /// How an edition's last index was laid out.
    pub(super) fn layout(&self, edition: usize) -> Option<Layout> {
        self.last(edition, |last| last.layout.take())
    }

    pub(super) fn keep_layout(&self, edition: usize, layout: Option<Layout>) {
        let bytes = self.last(edition, |last| {
            last.layout = layout;
            self.disk.as_ref().map(|_| postcard::to_allocvec(last))
        });
        if let (Some(disk), Some(Ok(bytes))) = (&self.disk, bytes) {
            disk.put(&last_of(edition), &bytes);
        }
    }

    /// How an edition's texts speak, if what that was learnt from `is_same`.
    pub(super) fn idiom(
        &self,
        edition: usize,
        is_same: impl FnOnce(&Sample) -> bool,
    ) -> Option<Idiom> {
        let table = self.last(edition, |last| {
            is_same(&last.sample).then(|| last.idiom.clone())
        });
        // One that is damaged is learnt again.
        Idiom::read(&table?).ok()
    }

    pub(super) fn keep_idiom(&self, edition: usize, sample: Sample, idiom: &Idiom) {
        self.last(edition, |last| {
            last.sample = sample;
            last.idiom = idiom.table().to_vec();
        });
    }

    fn last<T>(&self, edition: usize, ask: impl FnOnce(&mut Last) -> T) -> T {
        let mut last = lock(&self.last);
        let last = last.entry(edition).or_insert_with(|| {
            let bytes = self
                .disk
                .as_ref()
                .and_then(|disk| disk.get(&last_of(edition)));
            let last = bytes.and_then(|bytes| postcard::from_bytes::<Last>(&bytes).ok());
            let last = last.filter(|last| last.program == self.program);
            last.unwrap_or_else(|| Last {
                program: self.program,
                ..Last::default()
            })
        });
        ask(last)
    }

    /// Notes the batches of an edition's index.
    pub(super) fn use_batches(&self, ids: impl Iterator<Item = Id>) {
        lock(&self.used).extend(ids);
    }

    /// Forgets every batch that was not used since last asked.
    pub(in crate::render) fn evict(&self) {
        let used = std::mem::take(&mut *lock(&self.used));
        match &self.disk {
            None => lock(&self.batches).retain(|id, _| used.contains(id)),
            Some(disk) => {
                let state = |id| State::of(&disk.look(&name(id))?);
                let whole = used.iter().map(|id| (*id, state(id)));
                let whole = Whole {
                    program: self.program,
                    batches: whole.collect(),
                };
                if let Ok(bytes) = postcard::to_allocvec(&whole) {
                    disk.put(WHOLE, &bytes);
                }
                disk.evict(&used.iter().map(name).collect(), UNUSED);
            }
        }
    }

    /// To look at what a batch holds takes longer than all that is done with most of them: one
    /// that lies as it did is not checked again.
    fn whole(&self) -> &HashMap<Id, State> {
        self.whole.get_or_init(|| {
            let bytes = self.disk.as_ref().and_then(|disk| disk.get(WHOLE));
            let whole = bytes.and_then(|bytes| postcard::from_bytes::<Whole>(&bytes).ok());
            let whole = whole.filter(|whole| whole.program == self.program);
            let batches = whole.into_iter().flat_map(|whole| whole.batches);
            batches
                .filter_map(|(id, state)| Some((id, state?)))
                .collect()
        })
    }
}

fn name(id: &Id) -> String {
    Key::from(*id).to_string()
}

fn last_of(edition: usize) -> String {
    format!("last-{edition}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change is one insertion or removal, so a panic leaves the map whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
