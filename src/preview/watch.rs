//! Waits until something that a site is made from has changed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

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
/// Of more changed files it is not worth while to look at each.
const MANY: usize = 1_000;

/// What changed.
pub(super) enum Changes {
    /// These files of the content, and anything beside the content.
    Files(Vec<PathBuf>),
    /// Nobody knows.
    Any,
}

/// Watches a site's sources.
pub(super) struct Watch {
    events: Receiver<notify::Result<notify::Event>>,
    /// The content as it is called, and as events call it.
    content: [PathBuf; 2],
    ignored: PathBuf,
    /// Whether it is told of every change and where it was.
    is_exact: bool,
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
        let called = root.join(crate::CONTENT);
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
            content: [called, root.join(crate::CONTENT)],
            ignored,
            is_exact: !poll,
            quiet: if poll { POLL_QUIET } else { QUIET },
            _watcher: watcher,
        })
    }

    /// Returns when something changed and it has been quiet for a moment; with `patience`, after
    /// that if nothing did.
    pub(super) fn wait(&self, patience: Option<Duration>) -> Result<Option<Changes>, Error> {
        let ended = || {
            Error::new(text!(
                "文件监视中断了，请重新运行",
                "watching has ended; start again"
            ))
        };
        let next = |patience: Option<Duration>| match patience {
            Some(patience) => self.events.recv_timeout(patience),
            None => self.events.recv().map_err(RecvTimeoutError::from),
        };
        let end = patience.map(|patience| Instant::now() + patience);
        let (mut files, mut is_known, mut has_changed) = (Vec::new(), self.is_exact, false);
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let patience = if has_changed { Some(self.quiet) } else { left };
            match next(patience) {
                Ok(event) if self.matters(&event) => {
                    has_changed = true;
                    is_known &= self.note(event, &mut files);
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(ended()),
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        let changes = match is_known {
            true => Changes::Files(files),
            false => Changes::Any,
        };
        Ok(has_changed.then_some(changes))
    }

    /// Notes the files of an event. Whether that is all that happened.
    fn note(&self, event: notify::Result<notify::Event>, files: &mut Vec<PathBuf>) -> bool {
        let Ok(event) = event else { return false };
        let [called, real] = &self.content;
        let below = event
            .paths
            .iter()
            .filter_map(|path| path.strip_prefix(real).ok());
        files.extend(below.map(|below| called.join(below)));
        files.len() <= MANY && !event.need_rescan()
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
