//! Lines that belong inside a generate block, in front of its `end`.
//!
//! A block without a name has one for tools only, `genblk1`: no path in the text
//! may go through it (IEEE 1364-2005, 12.4.3), and Verilator finds no variable of
//! a branch with `else if` behind it. So what reads a register of such a block
//! stands in the block. Blocks in loops are the business of `looped`.

use indexmap::IndexMap;

use crate::frontend::ast::GenerateBody;
use crate::netlist::Origin;
use crate::source::Span;

use super::edits::Edit;
use super::looped;
use super::module::Context;

/// Lines by the block that they belong to.
#[derive(Default)]
pub struct Inside {
    blocks: IndexMap<Span, (GenerateBody, Vec<String>)>,
}

impl Inside {
    /// Adds a line to a block.
    pub fn add(&mut self, block: GenerateBody, line: String) {
        let (_, lines) = self
            .blocks
            .entry(block.span)
            .or_insert_with(|| (block, Vec::new()));
        lines.push(line);
    }

    /// The insertions.
    pub fn edits(&self, cx: &Context) -> Vec<Edit> {
        let blocks = self.blocks.values();
        blocks
            .flat_map(|(block, lines)| looped::around(cx, block.span, block.begin, &[], lines))
            .filter(|edit| !edit.text.is_empty())
            .collect()
    }
}

/// The block, in no loop, that holds a register's declaration and its process, and how the register is named in it. `None` for one of the
/// module's own body, and where the block's text cannot be edited.
pub fn block(cx: &Context, origin: &Origin) -> Option<(GenerateBody, Origin)> {
    let place = &origin.process.place;
    let within = !place.path.is_empty() && origin.scope_path.starts_with(&place.path);
    if !within || !place.loops.is_empty() {
        return None;
    }
    let body = place.block.and_then(|block| cx.ast[block].body)?;
    cx.editable(body.span, "the generate block around this process")
        .ok()?;
    Some((body, as_driven(origin)))
}

/// A register as its process names it: without the blocks that stand around both.
pub fn as_driven(origin: &Origin) -> Origin {
    let around = &origin.process.place.path;
    let mut seen = origin.clone();
    if around.starts_with(&origin.scope_path) {
        seen.scope_path.clear();
    } else if let Some(inner) = origin.scope_path.strip_prefix(around.as_slice()) {
        seen.scope_path = inner.to_vec();
    }
    seen
}
