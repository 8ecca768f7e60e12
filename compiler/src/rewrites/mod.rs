//! Commits that must be made because a memory outlives a supply failure by itself.
//!
//! What runs after the last commit runs again after a failure, on contents of such a memory
//! that are those of the failure. A row that was read and then written would give the new value, or what a
//! write that was cut off has left of it, at the second reading. So no row may be written that was read since
//! the commit, unless it had been written as a whole before. That exception is not made use of here: where a commit
//! comes between the two it does not hold, and checkpoints are chosen later.
//!
//! [`resolve`] carries forward along the edges, per control state, the rows that may have been read since
//! the last *sure* commit ([`liveness::accesses`](crate::liveness::accesses) tells those of each edge), and places such
//! commits: checkpoints whose saves are never skipped, whatever the supply level, a timer or a parameter says.
//! The rows begin anew there. A start without a commit is one: contents are those with which the memory was
//! programmed, as far as nothing has been written, and then those of the failure.
//!
//! Where: the first state, in the order in which they are reached, that may write what was read before
//! commits, until there is none; if it must not be a checkpoint, the nearest in front of it that may, on every way from
//! the reading. Then, the dearest first, those are given up without which the others do. So there
//! are few, not always the fewest.
//!
//! Guarantee: with a commit at each visit of [`Rewrites::sure`], no cycle writes a part that was read after
//! the last of them and before it, or in it. What no commit can mend is refused: a row read and written
//! in one cycle, a row written in part, a way from reading to writing without a state that may be a checkpoint, and a write that
//! may happen before the reset has told the registers.

mod place;
mod refuse;
mod reset;
#[cfg(test)]
mod tests;

use crate::control::{ControlGraph, StateId};
use crate::diagnostics::Diagnostic;
use crate::liveness::{Accesses, BitSet, Liveness, Rows};
use crate::netlist::{MemId, Netlist};

pub use refuse::untaken;

/// What is known of rows that are read and written again. Empty where no memory outlives a failure by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewrites {
    /// The states that must be checkpoints whose saves are never skipped, in order.
    pub sure: Vec<StateId>,
    /// Per edge of the graph, the parts that its cycle may read. Where a step may end in several states, so that it
    /// cannot be told from them which edge was taken, the edges have those of each other.
    pub reads: Vec<BitSet>,
    /// Per state, the parts that may have been read since the last sure commit when a cycle in it begins.
    pub exposed: Vec<BitSet>,
    /// The hazards that the sure commits mend, by state and memory.
    pub found: Vec<Rewrite>,
}

/// A state that may write rows which were read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// The state.
    pub state: StateId,
    /// The memory.
    pub memory: MemId,
    /// The rows.
    pub rows: Vec<Rows>,
    /// Where the commits between are: the sure checkpoints that are met last before it, or its own.
    pub commits: Vec<StateId>,
}

/// Places the commits. `bits` is what a checkpoint in each state saves.
///
/// # Errors
/// What no commit can mend.
pub fn resolve(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    accesses: &Accesses,
    bits: &[u64],
    forbidden: &[StateId],
) -> Result<Rewrites, Vec<Diagnostic>> {
    if netlist.kept_memories().next().is_none() {
        return Ok(Rewrites::default());
    }
    let mut errors = refuse::conflicts(netlist, graph, accesses);
    errors.extend(refuse::before_reset(
        netlist,
        &reset::before_reset(netlist, graph),
    ));
    let parts = &liveness.bits.parts;
    let accesses = &Accesses {
        reads: place::joined(graph, &accesses.reads),
        writes: accesses.writes.clone(),
        conflicts: Vec::new(),
    };
    let sure = match place::place(graph, accesses, bits, forbidden) {
        Ok(sure) => sure,
        Err((state, part)) => {
            errors.push(refuse::forbidden(netlist, graph, state, parts.rows(part)));
            Vec::new()
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut found = Vec::new();
    let open = place::exposed(graph, accesses, &[]);
    for (at, before) in open.iter().enumerate() {
        let state = StateId(at as u32);
        let hit = place::rewritten(graph, accesses, before, state);
        for memory in netlist.kept_memories() {
            let own = parts.of(memory).filter(|&part| hit.contains(part));
            let rows = parts.runs(own);
            if !rows.is_empty() {
                found.push(Rewrite {
                    state,
                    memory,
                    rows,
                    commits: place::last_before(graph, &sure, state),
                });
            }
        }
    }
    Ok(Rewrites {
        exposed: place::exposed(graph, accesses, &sure),
        sure,
        reads: accesses.reads.clone(),
        found,
    })
}
