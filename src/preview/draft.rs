//! A state of the site, from which pages are drawn as they are asked for, and its index is made.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tokio::sync::watch;

use crate::content::body::Texts;
use crate::diagnostic::{Diagnostic, Error, Failure};
use crate::observer::Observer;
use crate::output::Output;
use crate::render::{self, Edition, Indexes};
use crate::scan::Scan;
use crate::text;
use crate::{CONTENT, Loaded, Request, Reuse, load_scanned, prepare};

/// A site that was read, ready to be drawn.
pub(super) struct Draft {
    loaded: Loaded,
    editions: Vec<Edition>,
    content: PathBuf,
}

/// Whoever has saved looks at a page first, and for that the machine is left alone so long.
const LATER: Duration = Duration::from_millis(100);

/// An index, once there is one.
pub(super) type Index = Option<Arc<Output>>;

impl Draft {
    /// Reads the site.
    pub(super) fn read(request: &Request, scan: &Scan, reuse: &Reuse) -> Result<Self, Failure> {
        let observer = Observer::default();
        let mut loaded = load_scanned(request, scan, reuse, &observer)?;
        // A browser that keeps pages for later would show yesterday's.
        loaded.config.site.offline = false;
        Ok(Self {
            editions: prepare(&request.root, &loaded, &observer)?,
            content: request.root.join(CONTENT),
            loaded,
        })
    }

    /// Whether it has no errors.
    pub(super) fn is_publishable(&self) -> bool {
        self.loaded.is_publishable(false)
    }

    pub(super) fn diagnostics(&self) -> &[Diagnostic] {
        &self.loaded.diagnostics
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.loaded.diagnostics
    }

    /// The file at `path`, if the site has it; the index is not looked at.
    pub(super) fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        render::one(self.all(&Indexes::default()), path)
    }

    fn all<'a>(&'a self, indexes: &'a Indexes) -> render::Draft<'a> {
        let site = &self.loaded.site;
        render::Draft {
            site,
            texts: Texts::new(site, &self.content),
            editions: &self.editions,
            indexes,
        }
    }
}

/// Makes indexes, one at a time; a state that was overtaken by another gets none.
pub(super) struct Indexer {
    drafts: Sender<Arc<Draft>>,
}

impl Indexer {
    /// Starts; finished indexes go to `made`.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub(super) fn start(made: watch::Sender<Index>) -> Result<Self, Error> {
        // Threads of its own: what a save or a reader asks for must not queue behind an index.
        let pool = rayon::ThreadPoolBuilder::new().build();
        let pool = pool.map_err(|error| {
            Error::because(text!("无法启动线程", "cannot start threads"), error)
        })?;
        let (drafts, waiting) = channel::<Arc<Draft>>();
        std::thread::spawn(move || {
            let indexes = Indexes::default();
            let mut last: Option<Arc<Output>> = None;
            while let Ok(first) = waiting.recv() {
                if last.is_some() {
                    std::thread::sleep(LATER);
                }
                let latest = waiting.try_iter().last().unwrap_or(first);
                let output = match &last {
                    Some(last) => Output::in_memory_after(last),
                    None => Output::in_memory(),
                };
                // A page that changed while it was read: its state is on the way.
                let index = || render::index(latest.all(&indexes), &output);
                if pool.install(index).is_ok() {
                    let output = Arc::new(output);
                    last = Some(output.clone());
                    made.send_replace(Some(output));
                }
            }
        });
        Ok(Self { drafts })
    }

    /// Has the index of a state made.
    pub(super) fn index(&self, draft: Arc<Draft>) {
        // The thread ends only with the process.
        let _ = self.drafts.send(draft);
    }
}
