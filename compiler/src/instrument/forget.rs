//! Initial values taken away again, for verification.
//!
//! A simulator runs `initial` blocks at the start of each run, so a register
//! with an initial value would come back from a supply failure with it, which
//! silicon does not do. A second `initial` block at the end of the module makes
//! these registers and memories unknown.

use crate::netlist::{Memory, Register};

use super::inside::{self, Inside};
use super::module::Context;
use super::tree::{target, whole};

/// The registers and memories of the instance with an initial value.
pub fn started<'a>(cx: &Context<'a>) -> (Vec<&'a Register>, Vec<&'a Memory>) {
    if !cx.options.forget_initial {
        return (Vec::new(), Vec::new());
    }
    let registers = cx.netlist.registers.iter();
    let registers = registers.filter(|r| r.origin.instance == cx.instance && r.init.is_some());
    // The others have what they were programmed with.
    let memories = cx.netlist.saved_memories();
    let memories = memories
        .map(|memory| &cx.netlist.memories[memory.index()])
        .filter(|m| m.origin.instance == cx.instance && m.init.is_some());
    (registers.collect(), memories.collect())
}

/// Whether the instance's module is edited for it.
pub fn is_needed(cx: &Context) -> bool {
    let (registers, memories) = started(cx);
    !registers.is_empty() || !memories.is_empty()
}

/// Declarations behind the header.
pub fn declarations(cx: &Context) -> Vec<String> {
    let (_, memories) = started(cx);
    let needed = memories.iter().any(|memory| memory.first_index.is_some());
    Vec::from_iter(needed.then(|| "integer idetic_forgotten;".to_string()))
}

/// The block; a register that a generate block declares has one there.
pub fn logic(cx: &Context, inside: &mut Inside) -> Vec<String> {
    let (registers, memories) = started(cx);
    let mut lines = Vec::new();
    for register in registers {
        // Icarus 11 takes bits for an enum by `<=` only.
        let assign = if register.origin.enumerated {
            "<="
        } else {
            "="
        };
        let unknown = format!("{assign} {{{}{{1'bx}}}};", register.width);
        match inside::block(cx, &register.origin) {
            None => lines.push(format!("    {} {unknown}", target(&register.origin))),
            Some((block, plain)) => {
                inside.add(block, format!("initial {} {unknown}", target(&plain)));
            }
        }
    }
    for memory in memories {
        let Some(first) = memory.first_index else {
            continue;
        };
        let last = first + i64::from(memory.depth) - 1;
        let target = whole(&memory.origin);
        lines.push(format!(
            "    for (idetic_forgotten = {first}; idetic_forgotten <= {last}; \
             idetic_forgotten = idetic_forgotten + 1)\n      \
             {target}[idetic_forgotten] = {{{}{{1'bx}}}};",
            memory.width
        ));
    }
    if lines.is_empty() {
        return lines;
    }
    lines.insert(0, "initial begin".to_string());
    lines.push("end".to_string());
    lines
}
