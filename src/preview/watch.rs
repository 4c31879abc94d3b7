//! Waits until something that a site is made from has changed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use crate::diagnostic::Error;
use crate::text;

/// An editor saves in several steps; the rebuild waits until it has been quiet this long.
const QUIET: Duration = Duration::from_millis(10);
/// How often a polling watcher looks.
const POLL: Duration = Duration::from_secs(1);
/// It tells versions of a file apart by whole seconds, so a second save within one would go
/// unseen: the rebuild waits until that second is over.
const POLL_QUIET: Duration = Duration::from_millis(1_100);

/// Watches a site's sources.
pub(super) struct Watch {
    events: Receiver<notify::Result<notify::Event>>,
    ignored: PathBuf,
    quiet: Duration,
    /// Dropping it would end the watch.
    _watcher: Box<dyn Watcher>,
}

impl Watch {
    /// Watches everything below `root` but `output` and what begins with a dot.
    pub(super) fn new(root: &Path, output: &Path, poll: bool) -> Result<Self, Error> {
        let failed = |error: notify::Error| {
            let path = root.display();
            let message = text!(
                "无法监视 `{path}`；网络共享盘请用 `--poll`",
                "cannot watch `{path}`; for a network share use `--poll`"
            );
            Error::because(message, error)
        };
        // Events name real paths, whatever way the site was named.
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (root, ignored) = (real(root), real(output));
        let (sender, events) = channel();
        let mut watcher: Box<dyn Watcher> = if poll {
            let config = Config::default().with_poll_interval(POLL);
            Box::new(PollWatcher::new(sender, config).map_err(failed)?)
        } else {
            Box::new(RecommendedWatcher::new(sender, Config::default()).map_err(failed)?)
        };
        let watched = [
            (root.clone(), RecursiveMode::NonRecursive),
            (root.join(crate::CONTENT), RecursiveMode::Recursive),
            (root.join("themes"), RecursiveMode::Recursive),
        ];
        for (path, mode) in watched {
            if path.is_dir() {
                watcher.watch(&path, mode).map_err(failed)?;
            }
        }
        Ok(Self {
            events,
            ignored,
            quiet: if poll { POLL_QUIET } else { QUIET },
            _watcher: watcher,
        })
    }

    /// Returns when something changed and it has been quiet for a moment.
    pub(super) fn wait(&self) -> Result<(), Error> {
        let ended = || {
            Error::new(text!(
                "文件监视中断了，请重新运行",
                "watching has ended; start again"
            ))
        };
        loop {
            let event = self.events.recv().map_err(|_| ended())?;
            if self.matters(&event) {
                break;
            }
        }
        loop {
            match self.events.recv_timeout(self.quiet) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => return Err(ended()),
            }
        }
    }

    fn matters(&self, event: &notify::Result<notify::Event>) -> bool {
        match event {
            // Something was lost; a rebuild finds out what.
            Err(_) => true,
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => false,
            Ok(event) => event.paths.iter().any(|path| {
                let name = path.file_name().unwrap_or_default().as_encoded_bytes();
                !path.starts_with(&self.ignored) && !name.starts_with(b".") && !name.ends_with(b"~")
            }),
        }
    }
}
