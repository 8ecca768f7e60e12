//! What is refused of memories that outlive a supply failure, in words.

use crate::control::{ControlGraph, StateId};
use crate::diagnostics::{Diagnostic, codes};
use crate::liveness::{Accesses, Lost, Rows};
use crate::netlist::{Kept, MemId, Memory, Netlist};
use crate::source::Setting;

const MEND: &str = "read in one control state and write in a later one, so that a commit fits between; or write to another \
                    buffer, or keep an undo log; or declare it `volatile` under `[memory]`: then it is saved";

const APART: &str = "where the two addresses always differ, let the register that tells them apart be a control register (`[plan] control`)";

/// States that a message names, at most.
const NAMED: usize = 4;

fn kind(memory: &Memory) -> &'static str {
    match memory.kept {
        Some(Kept::External) => "external",
        _ => "non-volatile",
    }
}

/// An error at the processes that write a memory.
fn at_writes(memory: &Memory, message: String) -> Diagnostic {
    let mut processes = memory.processes.iter();
    let first = processes
        .next()
        .map_or(memory.origin.declaration, |it| it.span);
    let mut error = Diagnostic::error(codes::REWRITE, first, message).at("written here");
    for process in processes {
        error = error.label(process.span, "and here");
    }
    error.label(
        memory.origin.declaration,
        format!("a memory that is declared {}", kind(memory)),
    )
}

/// The names of states, not too many.
fn names(graph: &ControlGraph, states: &[StateId]) -> String {
    let name = |state: &StateId| format!("`{}`", graph.states[state.index()].name);
    let all: Vec<String> = states.iter().map(name).collect();
    match all.len() {
        0..=NAMED => all.join(", "),
        more => format!("{} and {} others", all[..NAMED].join(", "), more - NAMED),
    }
}

/// Rows that are read and written in one cycle, or written in part: an error for each memory and reason.
pub(super) fn conflicts(
    netlist: &Netlist,
    graph: &ControlGraph,
    accesses: &Accesses,
) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for id in netlist.kept_memories() {
        let memory = &netlist.memories[id.index()];
        for why in [Lost::Read, Lost::Partly] {
            let own = accesses.conflicts.iter();
            let own: Vec<_> = own
                .filter(|it| it.rows.memory == id && it.why == why)
                .collect();
            let Some(first) = own.first() else { continue };
            let states: Vec<StateId> = own.iter().map(|it| it.state).collect();
            let states = names(graph, &states);
            let rows = first.rows.name(netlist);
            let error = match why {
                Lost::Read => at_writes(
                    memory,
                    format!("`{rows}` may be read and written in the same clock cycle, in {states}"),
                )
                .note("the cycle runs again if the supply fails in it, and a row that was being written may hold anything then")
                .help(format!("{APART}; else {MEND}")),
                Lost::Partly => at_writes(
                    memory,
                    format!("some bits of `{rows}` may be written without the others, in {states}"),
                )
                .note("if the supply fails while a row is written it may hold anything, in the bits that are not written, too")
                .help(format!("write the whole row by one assignment, put together from what was read in an earlier control state; or {MEND}")),
            };
            errors.push(error);
        }
    }
    errors
}

/// Memories that may be written while the design is reset.
pub(super) fn before_reset(netlist: &Netlist, memories: &[MemId]) -> Vec<Diagnostic> {
    let error = |id: &MemId| {
        let memory = &netlist.memories[id.index()];
        let message = format!("`{}` may be written while the design is reset", memory.name);
        at_writes(memory, message)
            .note("at power-up registers hold anything until a reset has set them, and each failure before the first commit is another power-up")
            .help("test the reset in front of the write, `if (!rst && …)`, and let it set the control registers; or declare it `volatile` under `[memory]`")
    };
    memories.iter().map(error).collect()
}

/// A state that has to commit and must not, nor has another in front of it that may.
pub(super) fn forbidden(
    netlist: &Netlist,
    graph: &ControlGraph,
    state: StateId,
    rows: Rows,
) -> Diagnostic {
    let memory = &netlist.memories[rows.memory.index()];
    let name = &graph.states[state.index()].name;
    let message = format!(
        "`{name}` may write `{}` after it was read, and must not be a checkpoint; nor may a state between the two",
        rows.name(netlist)
    );
    at_writes(memory, message)
        .setting(Setting::text(&["plan", "forbidden"], name))
        .note("after a failure what was read is read again, so a commit has to come between")
        .help(format!(
            "allow `{name}` under `[plan]` (`forbidden`, `max_bits`); or {MEND}"
        ))
}

/// Memories whose form is not taken.
pub fn untaken(netlist: &Netlist) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for id in netlist.kept_memories() {
        let memory = &netlist.memories[id.index()];
        if let Some((why, help)) = memory.unportable(&netlist.instances) {
            let message = format!("`{}` is declared {}, but {why}", memory.name, kind(memory));
            errors.push(
                Diagnostic::error(codes::KEPT_MEMORY, memory.origin.declaration, message)
                    .at("the processes that write it have to stand still while the design is saved")
                    .help(help),
            );
        }
    }
    errors
}
