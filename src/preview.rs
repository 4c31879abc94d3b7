//! Live preview: watch, rebuild, serve, reload the browser. Nothing is written to disk but what
//! is kept of pictures; a rebuild takes the same path as a build, with memos warm.

mod server;
mod watch;

use std::path::PathBuf;
use std::time::Instant;

use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::language::Language;
use crate::memo::Memo;
use crate::output::Output;
use crate::{Parsed, Request, load, render_site};

use server::Server;
use watch::Watch;

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
    /// A build is done; with what it found and how long it took in seconds.
    Built(&'a [Diagnostic], f64),
    /// The build has errors; readers still see the last good one.
    Broken(&'a [Diagnostic]),
}

/// Serves the site until the process is ended.
///
/// # Errors
/// When the first build cannot run, the port is taken, or the folders cannot be watched.
pub fn run(settings: &Settings, tell: &dyn Fn(Event<'_>)) -> Result<(), Failure> {
    let memo = Memo::default();
    // Watching starts before the first build, so that no edit is lost in between.
    let watch = Watch::new(&settings.request.root, &settings.output, settings.poll)?;
    let server = Server::start(settings.port)?;
    tell(Event::Listening(server.address()));
    loop {
        let start = Instant::now();
        match rebuild(settings, &memo) {
            Ok((output, found)) => {
                server.show(output);
                tell(Event::Built(&found, start.elapsed().as_secs_f64()));
            }
            Err(Failure::Findings(found)) => {
                server.complain(&shown(&found, settings.language));
                tell(Event::Broken(&found));
            }
            Err(failure) => return Err(failure),
        }
        watch.wait()?;
    }
}

fn rebuild(settings: &Settings, memo: &Memo<Parsed>) -> Result<(Output, Vec<Diagnostic>), Failure> {
    let loaded = load(&settings.request, memo)?;
    if !loaded.is_publishable(false) {
        return Err(Failure::Findings(loaded.diagnostics));
    }
    let output = Output::in_memory();
    render_site(&settings.request.root, &loaded, &output, &|_, _| {})?;
    Ok((output, loaded.diagnostics))
}

fn shown(found: &[Diagnostic], language: Language) -> String {
    let errors = found.iter().filter(|d| d.severity == Severity::Error);
    let errors = errors.map(|diagnostic| diagnostic.render(language, false));
    errors.collect::<Vec<_>>().join("\n\n")
}
