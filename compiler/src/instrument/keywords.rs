//! Names of the user's that SystemVerilog has made keywords since.
//!
//! A Verilog-2005 design may call a net `bit` or `do`. The emitted file list
//! promises to work under `iverilog -g2012`, so files that use such a name are
//! put between `` `begin_keywords "1364-2005" `` and `` `end_keywords ``. Yosys
//! does not know these directives, and does not need them for `.v` files.

use std::collections::BTreeSet;

use crate::frontend::ast::{Arg, Ast, SymbolKind};
use crate::frontend::keywords::is_added;
use crate::source::{FileId, SourceMap};

use super::edits::Edit;

/// Inserted at the start of a file.
pub const BEGIN: &str = "`ifndef YOSYS\n`begin_keywords \"1364-2005\"\n`endif\n";

/// Inserted at the end of a file.
pub const END: &str = "\n`ifndef YOSYS\n`end_keywords\n`endif\n";

/// The edits around every file that uses such a name.
pub fn edits(ast: &Ast, sources: &SourceMap) -> Vec<Edit> {
    let mut files: BTreeSet<FileId> = BTreeSet::new();
    for symbol in &ast.symbols {
        // An escaped name is no keyword wherever it stands.
        let written = |name: &crate::frontend::ast::Name| {
            is_added(&name.text) && !sources.text(name.span).starts_with('\\')
        };
        if written(&symbol.name) {
            files.insert(symbol.name.span.file);
        }
        if let SymbolKind::Instance(instance) = &symbol.kind {
            for arg in instance.connections.iter().chain(&instance.parameters) {
                match arg {
                    Arg::Named { name, .. } | Arg::Implicit(name) if written(name) => {
                        files.insert(name.span.file);
                    }
                    _ => {}
                }
            }
        }
    }
    let files = files.into_iter().filter(|&id| !sources.file(id).included);
    let edit = |file, offset, text: &str| Edit {
        file,
        offset,
        text: text.to_string(),
    };
    files
        .flat_map(|id| {
            let end = sources.file(id).text.len() as u32;
            [edit(id, 0, BEGIN), edit(id, end, END)]
        })
        .collect()
}
