//! Which control states are checkpoints.
//!
//! A plan is valid if every cycle of the control graph contains a checkpoint
//! and no path between two checkpoints (or from a state after reset to the
//! first) has more edges than the bound. Among the valid plans [`plan`] looks
//! for one with the fewest saved bits, summed over the checkpoints, and then
//! for one with few checkpoints.
//!
//! Both demands say that certain sets of states must be *hit*: the states of
//! each cycle, and any `max_cycles` states in a row. So it is a hitting set
//! problem whose sets are found as they are violated (`graph`), solved
//! approximately with a lower bound, and exactly by an integer program where
//! that is small enough (`hitting`).
//!
//! States with a self loop are always checkpoints; among them is every state
//! that an asynchronous reset can hold.

mod cold;
mod graph;
mod hitting;
#[cfg(test)]
mod tests;

pub use cold::Cold;

use crate::control::{ControlGraph, StateId};
use crate::diagnostics::{Diagnostic, codes};
use crate::liveness::{BitSet, Liveness};
use crate::netlist::Netlist;

/// What the plan must satisfy.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Longest run of logical cycles between two saves.
    pub max_cycles: Option<u64>,
    /// States that must be checkpoints.
    pub forced: Vec<StateId>,
    /// States that must not be.
    pub forbidden: Vec<StateId>,
}

/// The chosen checkpoints.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In state order.
    pub checkpoints: Vec<Checkpoint>,
    /// Longest run of logical cycles between two saves.
    pub longest_segment_cycles: u64,
    /// The states of that run, first is the checkpoint it starts from (or a
    /// state after reset), last the one it ends at.
    pub longest_segment: Vec<StateId>,
    /// How it was found and how good it is.
    pub optimality: Optimality,
    /// What a start without a committed checkpoint loads.
    pub cold: Cold,
}

/// One checkpoint state.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The state.
    pub state: StateId,
    /// The register bits saved in it: its live bits.
    pub saved: BitSet,
    /// The numbers of the memories saved in it: its live ones.
    pub memories: BitSet,
}

/// How good a plan is.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimality {
    /// Name of the method.
    pub method: &'static str,
    /// Value of the objective: saved bits, summed over the checkpoints.
    pub objective: f64,
    /// Proven lower bound.
    pub lower_bound: f64,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// A state is forced and forbidden.
    Contradiction(StateId),
    /// All states of a cycle are forbidden.
    Cycle(Vec<StateId>),
    /// A path is longer than the bound, and all states inside are forbidden.
    Path {
        /// The states, from one that may be a checkpoint to the next such.
        states: Vec<StateId>,
        /// Cycles that it takes, or more.
        cycles: u64,
        /// The bound.
        bound: u64,
        /// The smallest bound for which there is a plan.
        smallest: u64,
    },
}

impl PlanError {
    /// The message for the user; `graph` is the one planned for.
    pub fn diagnostic(&self, graph: &ControlGraph) -> Diagnostic {
        let name = |state: &StateId| graph.states[state.index()].name.as_str();
        let path = |states: &[StateId]| {
            let names: Vec<&str> = states.iter().map(name).collect();
            match names.as_slice() {
                [first @ .., last] if first.len() > 8 => {
                    format!("{} -> ... -> {last}", first[..8].join(" -> "))
                }
                all => all.join(" -> "),
            }
        };
        match self {
            PlanError::Contradiction(state) => Diagnostic::global(
                codes::INFEASIBLE,
                format!("state `{}` is both forced and forbidden", name(state)),
            )
            .help("remove it from one of the two lists"),
            PlanError::Cycle(states) => Diagnostic::global(
                codes::INFEASIBLE,
                "the design can run for ever without reaching an allowed checkpoint",
            )
            .note(format!("along {} -> {}", path(states), name(&states[0])))
            .help("allow one of these states as a checkpoint"),
            PlanError::Path {
                states,
                cycles,
                bound,
                smallest,
            } => Diagnostic::global(
                codes::INFEASIBLE,
                format!(
                    "a path between two checkpoints takes {cycles} cycles, {} more than the \
                     bound of {bound}",
                    cycles - bound
                ),
            )
            .note(format!("along {}", path(states)))
            .help(format!(
                "the smallest bound that can be met with the allowed states is {smallest}"
            )),
        }
    }
}

/// Chooses the checkpoints. `graph` and `liveness` are from
/// [`crate::liveness::analyze`]. Deterministic.
pub fn plan(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    options: &PlanOptions,
) -> Result<Plan, PlanError> {
    let memory_bits = |memories: &BitSet| -> u64 {
        let bits = memories
            .iter()
            .map(|memory| netlist.memories[memory].bits());
        bits.sum()
    };
    let bits: Vec<u64> = (liveness.live.iter().zip(&liveness.memories))
        .map(|(live, memories)| live.count() as u64 + memory_bits(memories))
        .collect();
    let flow = graph::Flow::new(graph);
    let solution = hitting::solve(&flow, &bits, options)?;
    let checkpoints = (0..bits.len()).filter(|&state| solution.chosen[state]);
    let checkpoints = checkpoints.map(|state| Checkpoint {
        state: StateId(state as u32),
        saved: liveness.live[state].clone(),
        memories: liveness.memories[state].clone(),
    });
    let longest = flow.longest_segment(&solution.chosen);
    Ok(Plan {
        checkpoints: checkpoints.collect(),
        longest_segment_cycles: longest.len().saturating_sub(1) as u64,
        longest_segment: longest.iter().map(|&state| StateId(state)).collect(),
        optimality: solution.optimality,
        cold: cold::cold(netlist, graph, liveness),
    })
}
