//! Coded diagnostics: what is wrong, where, and how to mend it.
//!
//! A stage returns its value together with a list of [`Diagnostic`]s and goes
//! on where it can. The codes are listed in one table ([`codes`]); rendering
//! is the command line's business ([`render`]).

pub mod codes;
mod origin;
pub mod render;

pub use codes::Code;

use crate::source::{Setting, SourceMap, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The command goes on and says so.
    Note,
    /// The result stands, but the user should look.
    Warning,
    /// No result.
    Error,
}

/// A place with a short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code.
    pub code: Code,
    /// Severity.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// Where; `None` for what is in no source file (a missing file, a tool).
    pub primary: Option<Label>,
    /// The setting at fault; its place stands in for a missing one.
    pub setting: Option<Setting>,
    /// Further places.
    pub labels: Vec<Label>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Severity::Error, Some(span), message.into())
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Severity::Warning, Some(span), message.into())
    }

    /// An error that is in no source file.
    pub fn global(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, Severity::Error, None, message.into())
    }

    fn new(code: Code, severity: Severity, span: Option<Span>, message: String) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            message,
            primary: span.map(|span| Label {
                span,
                text: String::new(),
            }),
            setting: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Sets the text at the primary place.
    pub fn at(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// Names the setting at fault.
    pub fn setting(mut self, setting: Setting) -> Diagnostic {
        self.setting = Some(setting);
        self
    }

    /// With the place of the setting at fault, where there is no other.
    fn placed(&self, sources: &SourceMap) -> Diagnostic {
        let mut placed = self.clone();
        if placed.primary.is_none() {
            let setting = self.setting.as_ref();
            let span = setting.and_then(|setting| sources.settings.place(setting));
            placed.primary = span.map(|span| Label {
                span,
                text: String::new(),
            });
        }
        placed
    }

    /// Adds a further place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Says how to mend it.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }
}

/// The diagnostics of a run; a stage has failed when one is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// In the order found.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Whether one is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }
}
