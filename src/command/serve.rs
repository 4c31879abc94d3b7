//! `inkstone serve`: live preview.

use inkstone::diagnostic::Failure;
use inkstone::preview::{self, Event};
use inkstone::{Request, text};

use super::{Place, interrupt};
use crate::cli::Common;
use crate::report::{Report, Verdict};

/// Serves until the user ends it.
pub fn run(common: &Common, port: u16, poll: bool, report: &Report) -> Result<Verdict, Failure> {
    let place = Place::find(common)?;
    let settings = preview::Settings {
        // A rebuild then reads only what changed.
        request: Request {
            room: usize::MAX,
            ..place.request(common)
        },
        output: place.output,
        port,
        poll,
        language: report.language,
    };
    let ending = report.clone();
    interrupt::listen(move |_| {
        ending.say(&text!("预览结束", "the preview has ended"));
        // This is how a preview ends: nothing went wrong.
        std::process::exit(0);
    });
    preview::run(&settings, &|event| match event {
        Event::Listening(address) => {
            report.say(&text!(
                "预览 {address}  （按 Ctrl-C 结束）",
                "preview at {address}  (Ctrl-C ends it)"
            ));
        }
        Event::Built(found, seconds) => {
            report.findings(found);
            report.sum_up(found);
            report.say(&text!(
                "已重建，{seconds:.2} 秒",
                "rebuilt in {seconds:.2} s"
            ));
        }
        Event::Broken(found) => {
            report.findings(found);
            report.sum_up(found);
            report.say(&text!(
                "有错误，浏览器里仍是上一次的样子",
                "there are errors; the browser still shows the last good build"
            ));
        }
    })?;
    Ok(Verdict::Clean)
}
