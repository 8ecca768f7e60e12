//! A second reader (cargo feature `strict`): `sv-parser`, an independent
//! implementation of the whole IEEE 1800-2017 grammar. It must accept every
//! input that [`super::read`] accepts and every file that idetic emits; what
//! only it rejects is a hole in our parser or a flaw in what we write.
//!
//! It is given the preprocessed tokens, not the files: its own preprocessor
//! would judge another text, and a rejection could not be placed. It knows
//! the keywords of SystemVerilog only, so words that a Verilog-2005 file uses
//! as names (`logic`, `do`) are handed over as escaped identifiers, which are
//! the same names. It is slow (seconds per thousand lines in a debug build)
//! and recurses deeply, hence the thread with a stack of its own.

use std::collections::HashMap;

use astli_syntax::{KeywordVersion, SyntaxKind::*};
use sv_parser::{Defines, Error};

use super::tokens::{Stream, stream};
use super::{ReadOptions, is_verilog_2005, preprocess};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::source::{SourceMap, Span};

/// For the recursion of the second reader, in bytes; touched only as used.
const STACK_BYTES: usize = 1 << 30;

/// Reads `options.files` with the second reader. `sources` is a map of its
/// own, to which the files are added.
///
/// The result holds what [`super::read`] reports about files and macros, and
/// one `E0204` per file that the second reader rejects.
pub fn check(options: &ReadOptions, sources: &mut SourceMap) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let unit = preprocess::run(options, sources, &mut diagnostics);
    if diagnostics.has_errors() {
        return diagnostics;
    }
    let places = unit.places();
    for (file, expanded) in &unit.expanded {
        let source = sources.file(*file);
        let end = source.text.len() as u32;
        let sv = KeywordVersion::V1800_2017;
        // As in `read`, a `.v` file may turn out to be SystemVerilog.
        let versions = match is_verilog_2005(&source.path) {
            true => vec![KeywordVersion::V1364_2005, sv],
            false => vec![sv],
        };
        let mut rejected = None;
        for version in versions {
            let stream = stream(&places, *file, end, &expanded.tokens, version, &mut true);
            match parse(&stream) {
                Ok(()) => {
                    rejected = None;
                    break;
                }
                Err(problem) => rejected = rejected.or(Some(problem)),
            }
        }
        if let Some((span, reason)) = rejected {
            let message = format!("the strict second reader rejects this: {reason}");
            diagnostics.push(Diagnostic::error(codes::STRICT_SYNTAX, span, message));
        }
    }
    diagnostics
}

/// Parses the tokens; the place and reason of a rejection.
fn parse(stream: &Stream) -> Result<(), (Span, String)> {
    let (text, starts) = write(stream);
    let parsed = std::thread::scope(|scope| {
        let run = || {
            let none: [&str; 0] = [];
            let defines: Defines = HashMap::new();
            sv_parser::parse_sv_str(&text, "tokens", &defines, &none, true, false).map(|_| ())
        };
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, run)
            .map(|thread| thread.join())
    });
    let last = stream.tokens[stream.tokens.len() - 1].span;
    let error = match parsed {
        Ok(Ok(Ok(()))) => return Ok(()),
        Ok(Ok(Err(error))) => error,
        Ok(Err(_)) => return Err((last, "it failed".to_string())),
        Err(error) => return Err((last, format!("no thread to run it: {error}"))),
    };
    let at = match &error {
        Error::Parse(Some((_, offset))) | Error::Preprocess(Some((_, offset))) => starts
            .partition_point(|start| start <= offset)
            .saturating_sub(1),
        _ => stream.tokens.len() - 1,
    };
    let token = &stream.tokens[at];
    Err((token.span, format!("unexpected `{}`", token.text)))
}

/// The tokens as text, and where each begins in it. Tokens that touch in the
/// file touch here: `'h 1e` and `5a` are digits of one number.
fn write(stream: &Stream) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut starts = Vec::with_capacity(stream.tokens.len());
    let mut before: Option<Span> = None;
    for token in &stream.tokens {
        let span = token.span;
        let touches = before.is_some_and(|last| {
            last.file == span.file && last.end == span.start && !last.expanded && !span.expanded
        });
        if !touches {
            text.push('\n');
        }
        starts.push(text.len());
        let keyword = || {
            let tokens = astli_syntax::tokenize(token.text);
            tokens.first().is_some_and(|it| it.kind.is_keyword())
        };
        if token.kind == IDENT && keyword() {
            text.push('\\');
            text.push_str(token.text);
            text.push(' ');
        } else {
            text.push_str(token.text);
        }
        before = Some(span);
    }
    text.push('\n');
    (text, starts)
}
