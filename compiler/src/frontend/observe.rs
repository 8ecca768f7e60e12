//! Conditions that a configuration file gives in Verilog.
//!
//! They are expressions in the scope of the top module, lexed and parsed as
//! those of the design, without its macros. Their places are places in the
//! configuration file, which joins the source map for that.

use std::ops::Range;
use std::path::PathBuf;

use astli_syntax::KeywordVersion;

use super::ast::{Ast, Observed};
use super::{parser, tokens};
use crate::diagnostics::Diagnostics;
use crate::source::{SourceMap, Span};

/// When outputs count, as a configuration file says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObserveOptions {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The outputs that do not always count.
    pub outputs: Vec<ObserveOutput>,
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
    if options.outputs.is_empty() {
        return;
    }
    let file = sources.add_aside(&options.path, options.text.clone());
    let place = |range: &Range<usize>| Span::new(file, range.start as u32, range.end as u32);
    for output in &options.outputs {
        let mut when = None;
        if let Some(range) = &output.when {
            let text = &options.text[range.clone()];
            let stream = tokens::fragment(place(range), text, KeywordVersion::V1364_2005);
            match parser::condition(&stream, ast) {
                Ok(expr) => when = Some(expr),
                Err(problems) => {
                    diagnostics.list.extend(problems);
                    continue;
                }
            }
        }
        ast.observed.push(Observed {
            output: output.output.clone(),
            name: place(&output.name),
            when,
        });
    }
}
