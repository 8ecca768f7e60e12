//! Which control states are checkpoints.
//!
//! A plan is valid if every cycle of the control graph contains a checkpoint
//! and no path between two checkpoints is longer than the bound.

use crate::control::StateId;
use crate::liveness::BitSet;

/// The chosen checkpoints.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In state order.
    pub checkpoints: Vec<Checkpoint>,
    /// Longest run of logical cycles between two saves.
    pub longest_segment_cycles: u64,
    /// The states of that run, first is the checkpoint it starts from.
    pub longest_segment: Vec<StateId>,
    /// How it was found and how good it is.
    pub optimality: Optimality,
}

/// One checkpoint state.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The state.
    pub state: StateId,
    /// The bits saved in it: its live bits.
    pub saved: BitSet,
}

/// How good a plan is.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimality {
    /// Name of the method.
    pub method: &'static str,
    /// Value of the objective.
    pub objective: f64,
    /// Proven lower bound.
    pub lower_bound: f64,
}
