//! What goes to the terminal: results to standard output, diagnostics and
//! progress to standard error.

use std::io::{ErrorKind, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::{Color, Format, OutputArgs};
use crate::diagnostics::render::{Style, render};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};
use crate::source::SourceMap;

/// How to speak to the user.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// Format of results and diagnostics.
    pub format: Format,
    /// Errors only.
    pub quiet: bool,
    /// More.
    pub verbose: bool,
    color: Color,
}

impl Console {
    /// From the arguments.
    pub fn new(of: &OutputArgs) -> Console {
        Console {
            format: of.format,
            quiet: of.quiet,
            verbose: of.verbose,
            color: of.color,
        }
    }

    /// Writes diagnostics to standard error; notes and warnings not if quiet.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        let shown = Diagnostics {
            list: diagnostics
                .list
                .iter()
                .filter(|d| !self.quiet || d.severity == Severity::Error)
                .cloned()
                .collect(),
        };
        let style = match self.format {
            Format::Text => Style::Text {
                color: self.colored(&std::io::stderr()),
            },
            Format::Json => Style::Json,
        };
        self.error_text(&render(&shown, sources, style));
    }

    /// Writes text to standard error as it is.
    pub fn error_text(&self, text: &str) {
        // A closed standard error leaves nobody to tell.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// It cannot be written. A reader that has gone away (`| head`) is no
    /// error: it has seen what it wanted.
    pub fn result(&self, text: &str) -> Result<(), Diagnostic> {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Diagnostic::global(
                codes::OUTPUT_UNWRITABLE,
                format!("cannot write to standard output: {error}"),
            )
            .help("send the output to a place that has room for it")),
            _ => Ok(()),
        }
    }

    fn colored(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                stream.is_terminal() && !unwanted
            }
        }
    }

    /// A progress bar on standard error; hidden unless that is a terminal.
    pub fn progress(&self) -> ProgressBar {
        if self.quiet || self.format == Format::Json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}/{len} {elapsed}")
            .expect("the template is valid");
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// With `-v`, the time of each stage.
    pub fn times(&self, times: &[(&'static str, Duration)]) {
        if !self.verbose || self.format == Format::Json {
            return;
        }
        for (stage, time) in times {
            self.error_text(&format!(
                "{stage:>12} {:9.3} ms\n",
                time.as_secs_f64() * 1e3
            ));
        }
    }
}
