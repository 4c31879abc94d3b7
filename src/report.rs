//! What the program says: JSON lines on stdout when asked, text for people on stderr, and the
//! exit status: 0 clean, 1 findings, 2 could not run.

use std::io::Write;
use std::process::ExitCode;

use inkstone::diagnostic::{Counts, Diagnostic, Failure, Severity};
use inkstone::language::{Language, Text};
use inkstone::text;
use serde::Serialize;

use crate::cli::Common;

/// How a command ended when it could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to complain about.
    Clean,
    /// The content has faults.
    Findings,
}

/// Speaks for the program.
#[derive(Debug, Clone)]
pub struct Report {
    /// Of messages.
    pub language: Language,
    /// Whether results are JSON lines.
    pub json: bool,
    quiet: bool,
    color: bool,
}

impl Report {
    /// Speaks as the flags say.
    pub fn new(common: &Common) -> Self {
        Self {
            language: common.language,
            json: common.json,
            quiet: common.quiet,
            color: common.color,
        }
    }

    /// Whether progress may be drawn.
    pub fn is_chatty(&self) -> bool {
        !self.quiet
    }

    /// Tells people something, unless they asked for quiet.
    pub fn say(&self, text: &Text) {
        if !self.quiet {
            eprintln!("{}", text.get(self.language));
        }
    }

    /// Prints a result: one line on stdout.
    pub fn line(&self, line: &str) {
        // Whoever reads our output may leave early (`| head`); that is no failure of ours.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// Prints a result as one JSON line.
    pub fn json_line(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(line) => self.line(&line),
            Err(error) => eprintln!("{error}"),
        }
    }

    /// Shows findings: JSON lines when asked, else drawn on stderr.
    pub fn findings(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            if self.json {
                self.json_line(&diagnostic.to_json(self.language));
            } else if !self.quiet || diagnostic.severity == Severity::Error {
                eprintln!("{}\n", diagnostic.render(self.language, self.color));
            }
        }
    }

    /// Sums findings up in a sentence, if there are any.
    pub fn sum_up(&self, diagnostics: &[Diagnostic]) {
        let Counts { error, warning } = Counts::of(diagnostics);
        if error + warning > 0 {
            self.say(&text!(
                "{error} 个错误，{warning} 个警告",
                "errors: {error}, warnings: {warning}"
            ));
        }
    }

    /// Turns a command's outcome into an exit status, having said why it failed.
    pub fn leave(&self, outcome: Result<Verdict, Failure>) -> ExitCode {
        match outcome {
            Ok(Verdict::Clean) => ExitCode::SUCCESS,
            Ok(Verdict::Findings) => ExitCode::from(1),
            Err(Failure::Findings(diagnostics)) => {
                self.findings(&diagnostics);
                self.sum_up(&diagnostics);
                ExitCode::from(1)
            }
            Err(Failure::Environment(error)) => {
                let name = text!("错误", "error");
                eprintln!(
                    "{}: {}",
                    name.get(self.language),
                    error.render(self.language)
                );
                ExitCode::from(2)
            }
        }
    }
}
