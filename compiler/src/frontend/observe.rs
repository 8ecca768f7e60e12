//! Conditions that a configuration file gives in Verilog.
//!
//! They are expressions in the scope of the top module, lexed and parsed as
//! those of the design, without its macros. Their places are places in the
//! configuration file, which joins the source map for that.

use std::ops::Range;
use std::path::PathBuf;

use astli_syntax::KeywordVersion;

use super::ast::{Ast, Handshake, Observed, StableInput};
use super::{parser, tokens};
use crate::diagnostics::Diagnostics;
use crate::source::{SourceMap, Span};

/// What the environment does at the ports, as a configuration file says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObserveOptions {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The outputs that do not always count.
    pub outputs: Vec<ObserveOutput>,
    /// The handshakes.
    pub handshakes: Vec<ObserveHandshake>,
    /// Where the names of inputs stand that never change.
    pub stable: Vec<Range<usize>>,
}

impl ObserveOptions {
    /// The names of inputs that never change.
    pub fn stable_inputs(&self) -> impl Iterator<Item = &str> {
        self.stable.iter().map(|range| &self.text[range.clone()])
    }
}

/// A handshake with the environment, by the places of its conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObserveHandshake {
    /// The design gives something away; else it takes something.
    pub produces: bool,
    /// Who has something says so.
    pub valid: Range<usize>,
    /// Who takes it says so.
    pub ready: Range<usize>,
}

/// One output of the top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObserveOutput {
    /// Its name.
    pub output: String,
    /// Where that stands in the text.
    pub name: Range<usize>,
    /// Where the condition stands under which it counts; `None` where it never does.
    pub when: Option<Range<usize>>,
}

/// Adds what the options say to the syntax, and their file to `sources`.
pub(super) fn read(
    options: &ObserveOptions,
    sources: &mut SourceMap,
    ast: &mut Ast,
    diagnostics: &mut Diagnostics,
) {
    if options.outputs.is_empty() && options.handshakes.is_empty() && options.stable.is_empty() {
        return;
    }
    let file = sources.add_aside(&options.path, options.text.clone());
    let place = |range: &Range<usize>| Span::new(file, range.start as u32, range.end as u32);
    let mut condition = |ast: &mut Ast, range: &Range<usize>| {
        let text = &options.text[range.clone()];
        let stream = tokens::fragment(place(range), text, KeywordVersion::V1364_2005);
        parser::condition(&stream, ast)
            .map_err(|problems| diagnostics.list.extend(problems))
            .ok()
    };
    for output in &options.outputs {
        let when = match &output.when {
            None => None,
            Some(range) => match condition(ast, range) {
                Some(when) => Some(when),
                None => continue,
            },
        };
        ast.observed.push(Observed {
            output: output.output.clone(),
            name: place(&output.name),
            when,
        });
    }
    let stable = options.stable.iter().map(|range| StableInput {
        name: options.text[range.clone()].to_owned(),
        span: place(range),
    });
    ast.stable_inputs.extend(stable);
    for handshake in &options.handshakes {
        let valid = condition(ast, &handshake.valid);
        let ready = condition(ast, &handshake.ready);
        if let (Some(valid), Some(ready)) = (valid, ready) {
            ast.handshakes.push(Handshake {
                produces: handshake.produces,
                valid,
                ready,
                span: place(&handshake.valid),
            });
        }
    }
}
