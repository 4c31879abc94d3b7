//! The program: reads the arguments, runs one command, turns its outcome into an exit status.

mod cli;
mod command;
mod report;

use std::process::ExitCode;

use cli::Action;
use command::{build, check, explain, init, new, search, serve, theme, themes};
use report::Report;

/// Drawing pages is many small pieces of memory on all threads: with the system's allocator the
/// articles of 1,500 laws take a third more processor time. A site of few and long pages takes
/// some 20 MB more with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = cli::parse();
    let report = Report::new(&arguments.common);
    let common = &arguments.common;
    if let Some(jobs) = common.jobs {
        // Fails only if a pool is there already, and nothing has run yet.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .build_global();
    }
    let outcome = match arguments.command {
        Action::Init { dir } => init::run(&dir, &report),
        Action::Build { timings } => build::run(common, timings, &report),
        Action::Serve { port, poll } => serve::run(common, port, poll, &report),
        Action::Check { fix } => check::run(common, fix, &report),
        Action::Explain { code } => explain::run(code.as_deref(), &report),
        Action::New {
            kind,
            title,
            folder,
        } => new::run(common, &kind, &title, &folder, &report),
        Action::Search {
            query,
            batch,
            limit,
            kinds,
            education_themes,
            folder,
        } => {
            let filter = search::Filter {
                limit,
                kinds,
                education_themes,
                folder,
            };
            search::run(common, query, batch, &filter, &report)
        }
        Action::NewTheme { name, files } => theme::new(common, &name, &files, &report),
        Action::Themes => themes::run(common, &report),
    };
    report.leave(outcome)
}
