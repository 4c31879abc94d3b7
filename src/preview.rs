//! Live preview: watch, read again, serve, reload the browser. Nothing is written to disk but what
//! is kept of pictures.
//!
//! A page is drawn when it is asked for, by the same path as a build draws it, so that a save is
//! seen at once however large the site is; the index is made anew behind the reader's back, and
//! until then search answers from the last one.

mod draft;
mod server;
mod watch;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::language::Language;
use crate::output::State;
use crate::scan::Scan;
use crate::{CONTENT, Request, Reuse};

use draft::{Draft, Indexer};
use server::Server;
use watch::{Changes, Watch};

/// So long after a save every file is looked at: not all that changes is told.
const IDLE: Duration = Duration::from_secs(3);

/// What to preview and how.
#[derive(Debug)]
pub struct Settings {
    /// What to read.
    pub request: Request,
    /// Where `build` would write; changes there are not looked at.
    pub output: PathBuf,
    /// On 127.0.0.1; 0: any that is free.
    pub port: u16,
    /// Look for changes every second: network shares send no events.
    pub poll: bool,
    /// Of the findings shown in the browser.
    pub language: Language,
}

/// What happened, for whoever started the preview.
#[derive(Debug)]
pub enum Event<'a> {
    /// The server listens at this address.
    Listening(String),
    /// The site is as it was saved; with what was found and how long it took in seconds.
    Built(&'a [Diagnostic], f64),
    /// There are errors; readers still see the last good state.
    Broken(&'a [Diagnostic]),
}

/// Serves the site until the process is ended.
///
/// # Errors
/// When the first build cannot run, the port is taken, or the folders cannot be watched.
pub fn run(settings: &Settings, tell: &dyn Fn(Event<'_>)) -> Result<(), Failure> {
    let reuse = Reuse::kept(&settings.request.root, State::of_program());
    // Watching starts before the first build, so that no edit is lost in between.
    let watch = Watch::new(&settings.request.root, &settings.output, settings.poll)?;
    let server = Server::start(settings.port, settings.language)?;
    let indexer = Indexer::start(server.index())?;
    tell(Event::Listening(server.address()));
    let content = settings.request.root.join(CONTENT);
    let mut start = Instant::now();
    let mut scan = Scan::of(&content)?;
    loop {
        match read(settings, &scan, &reuse) {
            Ok(draft) => {
                let draft = server.show(draft);
                tell(Event::Built(
                    draft.diagnostics(),
                    start.elapsed().as_secs_f64(),
                ));
                indexer.index(draft);
            }
            Err(failure) => {
                server.complain(&shown(&failure, settings.language));
                match failure {
                    Failure::Findings(found) => tell(Event::Broken(&found)),
                    Failure::Environment(_) => return Err(failure),
                }
            }
        }
        (scan, start) = next(&watch, &content, scan)?;
    }
}

/// Waits until files are others than in `scan`. Gives how they lie then, and since when that is
/// known.
fn next(watch: &Watch, content: &Path, mut scan: Scan) -> Result<(Scan, Instant), Failure> {
    let mut told = watch.wait(Some(IDLE))?;
    if told.is_none() {
        let start = Instant::now();
        let whole = Scan::of(content)?;
        if !scan.is_like(&whole) {
            return Ok((whole, start));
        }
        told = watch.wait(None)?;
    }
    let start = Instant::now();
    match told {
        Some(Changes::Files(files)) if scan.renew(content, &files) => Ok((scan, start)),
        _ => Ok((Scan::of(content)?, start)),
    }
}

fn read(settings: &Settings, scan: &Scan, reuse: &Reuse) -> Result<Draft, Failure> {
    let draft = Draft::read(&settings.request, scan, reuse)?;
    if !draft.is_publishable() {
        return Err(Failure::Findings(draft.into_diagnostics()));
    }
    Ok(draft)
}

fn shown(failure: &Failure, language: Language) -> String {
    let found = match failure {
        Failure::Findings(found) => found,
        Failure::Environment(error) => return error.message.get(language).to_owned(),
    };
    let errors = found.iter().filter(|d| d.severity == Severity::Error);
    let errors = errors.map(|diagnostic| diagnostic.render(language, false));
    errors.collect::<Vec<_>>().join("\n\n")
}
