//! Names of the user's that SystemVerilog has made keywords since.
//!
//! A Verilog-2005 design may call a net `bit` or `do`. The emitted file list
//! promises to work under `iverilog -g2012`, so files that use such a name are
//! put between `` `begin_keywords "1364-2005" `` and `` `end_keywords ``. Yosys
//! does not know these directives, and does not need them for `.v` files.

use std::collections::BTreeSet;

use crate::frontend::ast::{Arg, Ast, SymbolKind};
use crate::source::{FileId, SourceMap};

use super::edits::Edit;

/// Inserted at the start of a file.
pub const BEGIN: &str = "`ifndef YOSYS\n`begin_keywords \"1364-2005\"\n`endif\n";

/// Inserted at the end of a file.
pub const END: &str = "\n`ifndef YOSYS\n`end_keywords\n`endif\n";

/// Keywords of IEEE 1800-2017 that IEEE 1364-2005 does not reserve.
const ADDED: &[&str] = &[
    "accept_on",
    "alias",
    "always_comb",
    "always_ff",
    "always_latch",
    "assert",
    "assume",
    "before",
    "bind",
    "bins",
    "binsof",
    "bit",
    "break",
    "byte",
    "chandle",
    "checker",
    "class",
    "clocking",
    "const",
    "constraint",
    "context",
    "continue",
    "cover",
    "covergroup",
    "coverpoint",
    "cross",
    "dist",
    "do",
    "endchecker",
    "endclass",
    "endclocking",
    "endgroup",
    "endinterface",
    "endpackage",
    "endprogram",
    "endproperty",
    "endsequence",
    "enum",
    "eventually",
    "expect",
    "export",
    "extends",
    "extern",
    "final",
    "first_match",
    "foreach",
    "forkjoin",
    "global",
    "iff",
    "ignore_bins",
    "illegal_bins",
    "implements",
    "implies",
    "import",
    "inside",
    "int",
    "interconnect",
    "interface",
    "intersect",
    "join_any",
    "join_none",
    "let",
    "local",
    "logic",
    "longint",
    "matches",
    "modport",
    "nettype",
    "new",
    "nexttime",
    "null",
    "package",
    "packed",
    "priority",
    "program",
    "property",
    "protected",
    "pure",
    "rand",
    "randc",
    "randcase",
    "randsequence",
    "ref",
    "reject_on",
    "restrict",
    "return",
    "s_always",
    "s_eventually",
    "s_nexttime",
    "s_until",
    "s_until_with",
    "sequence",
    "shortint",
    "shortreal",
    "soft",
    "solve",
    "static",
    "string",
    "strong",
    "struct",
    "super",
    "sync_accept_on",
    "sync_reject_on",
    "tagged",
    "this",
    "throughout",
    "timeprecision",
    "timeunit",
    "type",
    "typedef",
    "union",
    "unique",
    "unique0",
    "until",
    "until_with",
    "untyped",
    "var",
    "virtual",
    "void",
    "wait_order",
    "weak",
    "wildcard",
    "with",
    "within",
];

/// Whether a name is a keyword only in SystemVerilog.
pub fn is_added(name: &str) -> bool {
    ADDED.binary_search(&name).is_ok()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(ADDED.is_sorted());
        assert!(is_added("do") && is_added("within") && !is_added("reg"));
    }
}
