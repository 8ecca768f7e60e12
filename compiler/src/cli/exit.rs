//! Exit codes, as scripts rely on them.

use crate::diagnostics::{Diagnostic, Diagnostics};

/// Why a run did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// 1: the input, the configuration or the budget is at fault.
    Input(Diagnostics),
    /// 3: a verification found a counterexample.
    Counterexample(Diagnostics),
    /// 4: an external tool is missing.
    ToolMissing(Diagnostics),
}

impl Exit {
    /// The process's exit code.
    pub fn code(&self) -> u8 {
        match self {
            Exit::Input(_) => 1,
            Exit::Counterexample(_) => 3,
            Exit::ToolMissing(_) => 4,
        }
    }

    /// What is to be said.
    pub fn diagnostics(&self) -> &Diagnostics {
        let (Exit::Input(list) | Exit::Counterexample(list) | Exit::ToolMissing(list)) = self;
        list
    }
}

impl From<Diagnostic> for Exit {
    fn from(diagnostic: Diagnostic) -> Exit {
        Exit::Input(Diagnostics {
            list: vec![diagnostic],
        })
    }
}
