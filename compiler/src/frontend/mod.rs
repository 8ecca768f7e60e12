//! Text to syntax with spans.
//!
//! `preprocess` reads files and expands macros (with `astli-preproc`),
//! `tokens` places each token where the user wrote it, `parser` builds the
//! [`ast`]. Nothing is evaluated here and no name is resolved.
//!
//! Guarantees: reading never panics and never fails as a whole; what is not
//! understood is a diagnostic with a place or an `Unsupported` node, never
//! silence. Nothing outside this folder names a type of `astli`.

pub mod ast;
mod dump;
mod dump_expr;
pub mod encoding;
pub mod keywords;
pub mod library;
mod macro_size;
mod number;
mod observe;
mod parser;
mod preprocess;
#[cfg(feature = "strict")]
pub mod strict;
mod tokens;
mod written_out;

use std::collections::BTreeMap;
use std::path::PathBuf;

use astli_syntax::KeywordVersion;

use self::ast::Ast;
use self::parser::TypeNames;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::source::{SourceMap, Span};
use crate::stack::with_room;

pub use dump::dump;
pub use number::{MAX_DIGITS, MAX_WIDTH, parse_number};
pub use observe::{ObserveHandshake, ObserveOptions, ObserveOutput};
pub use written_out::written_out;

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Files in order; one compilation unit. `.v` and `.vh` files have the
    /// keywords of Verilog-2005, all others those of SystemVerilog.
    pub files: Vec<PathBuf>,
    /// How many of the last files belong to libraries: no module of theirs is
    /// the top without being named.
    pub library_files: usize,
    /// Where `include` searches, after the including file's own directory.
    pub include_dirs: Vec<PathBuf>,
    /// Macros with their text (`1` where there is none).
    pub defines: Vec<(String, Option<String>)>,
    /// Texts to take for files of `files` instead of what is on disk.
    pub texts: BTreeMap<PathBuf, String>,
    /// What the environment does at the ports.
    pub observe: ObserveOptions,
}

/// Reads, preprocesses and parses `options.files`. The files and what they
/// include are added to `sources`. The syntax is what could be read; it is
/// complete when no diagnostic is an error.
pub fn read(options: &ReadOptions, sources: &mut SourceMap) -> (Ast, Diagnostics) {
    with_room(|| read_all(options, sources))
}

fn read_all(options: &ReadOptions, sources: &mut SourceMap) -> (Ast, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut ast = Ast::default();
    let unit = preprocess::run(options, sources, &mut diagnostics);
    // A parse of text with holes would only find what follows from them.
    if diagnostics.has_errors() {
        return (ast, diagnostics);
    }
    let places = unit.places();
    let mut implicit = true;
    let mut types = TypeNames::new();
    let of_the_design = unit.expanded.len().saturating_sub(options.library_files);
    for (at, (file, expanded)) in unit.expanded.iter().enumerate() {
        if at == of_the_design {
            ast.library_modules = Some(ast.modules.len());
        }
        let end = sources.file(*file).text.len() as u32;
        let before = implicit;
        let mut attempt = |ast: &mut Ast, types: &mut TypeNames, version| {
            implicit = before;
            let stream = tokens::stream(
                &places,
                *file,
                end,
                &expanded.tokens,
                version,
                &mut implicit,
            );
            parser::parse(&stream, ast, types)
        };
        let found = if is_verilog_2005(&sources.file(*file).path) {
            let start = Marks::of(&ast);
            let found = attempt(&mut ast, &mut types, KeywordVersion::V1364_2005);
            if syntax_error(&found).is_none() {
                found
            } else {
                // People write `logic` and `always_ff` in `.v` files, too.
                start.restore(&mut ast);
                let second = attempt(&mut ast, &mut types, KeywordVersion::V1800_2017);
                if syntax_error(&second) <= syntax_error(&found) && syntax_error(&second).is_some()
                {
                    start.restore(&mut ast);
                    attempt(&mut ast, &mut types, KeywordVersion::V1364_2005)
                } else {
                    second
                }
            }
        } else {
            attempt(&mut ast, &mut types, KeywordVersion::V1800_2017)
        };
        for problem in found {
            diagnostics.push(problem);
        }
    }
    observe::read(&options.observe, sources, &mut ast, &mut diagnostics);
    if ast.modules.is_empty()
        && !diagnostics.has_errors()
        && let Some((file, _)) = unit.expanded.first()
    {
        let problem = Diagnostic::error(
            codes::FILE_EMPTY,
            Span::new(*file, 0, 0),
            "no module is declared",
        );
        diagnostics.push(problem.help("give the files that hold the design's modules"));
    }
    (ast, diagnostics)
}

fn is_verilog_2005(path: &std::path::Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| {
        matches!(
            it.to_ascii_lowercase().as_str(),
            "v" | "vh" | "vo" | "verilog"
        )
    })
}

/// Where the first syntax error is.
fn syntax_error(found: &[Diagnostic]) -> Option<u32> {
    let errors = found.iter().filter(|it| it.code == codes::SYNTAX);
    errors
        .filter_map(|it| it.primary.as_ref())
        .map(|it| it.span.start)
        .next()
}

/// The sizes of the arenas, to undo an attempt.
struct Marks([usize; 8]);

impl Marks {
    fn of(ast: &Ast) -> Marks {
        Marks([
            ast.scopes.len(),
            ast.symbols.len(),
            ast.stmts.len(),
            ast.exprs.len(),
            ast.modules.len(),
            ast.packages.len(),
            ast.file_scopes.len(),
            ast.translated_off.len(),
        ])
    }

    fn restore(&self, ast: &mut Ast) {
        let Marks([scopes, symbols, stmts, exprs, modules, packages, files, off]) = *self;
        ast.scopes.truncate(scopes);
        ast.symbols.truncate(symbols);
        ast.stmts.truncate(stmts);
        ast.exprs.truncate(exprs);
        ast.modules.truncate(modules);
        ast.packages.truncate(packages);
        ast.file_scopes.truncate(files);
        ast.translated_off.truncate(off);
    }
}
