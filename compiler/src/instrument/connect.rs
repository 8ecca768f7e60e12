//! The chain between an instance and its children, and what the instantiations
//! in its text connect to the ports that their modules get.

use crate::diagnostics::Diagnostic;
use crate::frontend::ast::{Arg, Instance as AstInstance, SymbolKind};
use crate::netlist::InstanceId;

use super::edits::Edit;
use super::family::{Bus, Family};
use super::module::Context;
use super::tree::Piece;
use super::vector::Vector;
use super::{Hold, memory, names};

/// What the child at piece `at` shifts in.
pub fn chain_input(cx: &Context, child: InstanceId, at: usize) -> String {
    let (word, bits) = (cx.layout.word_bits, port_bits(cx, child));
    above(cx, at).slice(word - bits, bits).text()
}

/// Width of a child's chain ports: a word, or all its bits where they are fewer.
pub fn port_bits(cx: &Context, child: InstanceId) -> u32 {
    let bits = cx.tree.node(child).chain_bits;
    bits.min(cx.layout.word_bits)
}

/// The net that the child at piece `at` drives.
pub fn out_name(at: usize) -> String {
    format!("idetic_out_{at}")
}

/// The net that the child at piece `at` shifts in, where `chain_input` differs between
/// the instances of one text.
pub fn in_name(at: usize) -> String {
    format!("idetic_next_{at}")
}

/// The lowest bits of the pieces from `from` up, as many as are needed for a
/// word. Bits of registers only: chain outputs never depend on chain inputs, so
/// that no vector takes part in a combinational loop, not even by name.
pub fn lowest(cx: &Context, from: usize) -> Vector {
    let mut out = Vector::default();
    for (at, piece) in cx.node().pieces.iter().enumerate().skip(from) {
        if out.len() >= cx.layout.word_bits {
            break;
        }
        out = out.then(match piece {
            Piece::Own => Vector::new("idetic_saved", cx.node().own_bits),
            Piece::Child(child) => Vector::new(&out_name(at), port_bits(cx, *child)),
        });
    }
    out
}

/// The word above the piece `at`. A chain of less than a word has no input for
/// the bits that would pass through it; they stand for `idetic_passed`, and no
/// piece takes them.
pub fn above(cx: &Context, at: usize) -> Vector {
    let word = cx.layout.word_bits;
    let bits = cx.node().chain_bits;
    lowest(cx, at + 1)
        .then(Vector::new("idetic_passed", word.saturating_sub(bits)))
        .then(Vector::new("idetic_in", bits.min(word)))
        .slice(0, word)
}

/// The connections of a child's added ports, and its module's new name.
pub fn connect(
    cx: &Context,
    child: InstanceId,
    family: Option<&Family>,
    suffix: &str,
) -> Result<Vec<Edit>, Diagnostic> {
    let node = cx.node();
    let instance = &cx.netlist.instances[child.index()];
    let symbol = instance
        .symbol
        .expect("only the top has no symbol, and it is no child");
    let symbol = &cx.ast[symbol];
    let SymbolKind::Instance(syntax) = &symbol.kind else {
        return Err(cx.not_editable(symbol.span, "this instance"));
    };
    cx.editable(symbol.span, &format!("instance `{}`", instance.path))?;

    let mut values = Vec::new();
    let piece = Piece::Child(child);
    if cx.tree.node(child).is_clocked() {
        values.push(("idetic_shift", "idetic_shift".to_string()));
        if cx.options.hold == Hold::Enable {
            values.push(("idetic_hold", "idetic_hold".to_string()));
        }
    }
    if let Some(at) = node.memory.children.iter().position(|id| *id == child) {
        values.extend(memory::connections(cx, at, child));
    }
    if let Some(at) = node.pieces.iter().position(|other| *other == piece) {
        let (input, output) = match family {
            None if cx.uneven => (in_name(at), out_name(at)),
            None => (chain_input(cx, child, at), out_name(at)),
            Some(family) => {
                let (ins, outs) = (Bus::inputs(cx, family), Bus::outputs(cx, family));
                (ins.own_part(), outs.own_part())
            }
        };
        values.push(("idetic_in", input));
        values.push(("idetic_out", output));
    }
    let needs = cx.tree.node(child).needs;
    values.extend(needs.ports().map(|name| (name, name.to_string())));
    if let Some(at) = node.control_children.iter().position(|id| *id == child) {
        let output = match family {
            None => format!("idetic_ctl_{at}"),
            Some(family) => Bus::control(cx, family).own_part(),
        };
        values.push(("idetic_ctl", output));
    }
    let mut out = Vec::new();
    if !values.is_empty() {
        out.push(Edit {
            file: cx.file(),
            offset: syntax.connections_open,
            text: connections(cx.text(), syntax, &values),
        });
    }
    if !suffix.is_empty() {
        cx.editable(syntax.definition.span, "this module name")?;
        out.push(Edit {
            file: cx.file(),
            offset: names::end_of_name(cx.text(), syntax.definition.span.end),
            text: suffix.to_string(),
        });
    }
    Ok(out)
}

fn connections(text: &str, syntax: &AstInstance, values: &[(&str, String)]) -> String {
    let written = &text[syntax.connections_open as usize..syntax.connections_close as usize];
    let nothing = |arg: &Arg| matches!(arg, Arg::Positional(None));
    let empty = match syntax.connections.as_slice() {
        [] => true,
        [one] => nothing(one) && !written.contains(','),
        _ => false,
    };
    let positional = !empty
        && syntax
            .connections
            .iter()
            .any(|arg| matches!(arg, Arg::Positional(_)));
    let entries: Vec<String> = values
        .iter()
        .map(|(name, value)| {
            if positional {
                value.clone()
            } else {
                format!(".{name}({value})")
            }
        })
        .collect();
    if empty {
        entries.join(", ")
    } else {
        list_head(text, syntax.connections_open, &entries)
    }
}

/// Entries in front of a list that is not empty.
pub fn list_head(text: &str, open: u32, entries: &[String]) -> String {
    let rest = &text[open as usize..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    match rest[blank..].strip_prefix('\n') {
        // The list starts on a line of its own: one entry per line, indented like it.
        Some(line) => {
            let first = line.trim_start_matches(['\n', '\r']);
            let width = first.len() - first.trim_start_matches([' ', '\t']).len();
            let indent = &first[..width];
            entries
                .iter()
                .map(|entry| format!("\n{indent}{entry},"))
                .collect()
        }
        None => entries.iter().map(|entry| format!("{entry}, ")).collect(),
    }
}
