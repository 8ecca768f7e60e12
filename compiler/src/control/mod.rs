//! Control states: the reachable valuations of a chosen set of registers.
//!
//! The [`ControlGraph`] over-approximates the design's behaviour: whenever the
//! design, after a reset, is in a valuation of the control registers, that
//! valuation is a state of the graph, and the next one is joined to it by an
//! edge. A design without control registers has one state with a self loop.
//!
//! [`explore`] works in four steps, repeated with other sets of registers where
//! they lead beyond the limits (`choose`):
//! 1. candidates (`candidates`): registers whose next value is made of
//!    constants, other candidates and sums of these, whatever selects among
//!    them; of these, the ones that some decision reads;
//! 2. a start (`start`): the values that a reset, or else initialisation, gives
//!    them; a register without one is no candidate;
//! 3. exploration (`explore`) from there: everything but the control registers
//!    is unknown; where a next value is unknown, both values of a bit that
//!    decides it are assumed in turn (`decide`), with all that follows;
//! 4. a register whose next value no decision settles, or that multiplies the
//!    states and steers data only (`needless`), is left out.
//!
//! An asynchronous reset acts from the start of a cycle: the cases "active" and
//! "not active" are the first assumptions of every edge (`cases`).

mod candidates;
pub(crate) mod cases;
mod choose;
mod decide;
mod explore;
mod names;
mod needless;
mod start;
mod state_name;
mod states;
#[cfg(test)]
mod tests;

pub use choose::explore;
pub use names::value_names;
pub(crate) use start::RESET_CYCLES;
pub use start::{LevelEffect, after_reset, level_effect};
pub(crate) use state_name::{NameTable, state_name};

use crate::netlist::{Bits, ExprId, RegId};

/// How the reason begins for a register that is no control register though it could be one.
pub const STEERS_DATA_ONLY: &str = "it steers data only";

/// What the user may fix, and the limits of the exploration.
#[derive(Debug, Clone)]
pub struct ControlOptions {
    /// The reset input and whether it is active high, where it is not to be detected.
    pub reset: Option<(String, bool)>,
    /// Most states; where all candidates would lead beyond, some are given up.
    pub state_limit: usize,
    /// Most transitions out of one state, likewise.
    pub edge_limit: usize,
    /// Names of registers to take for control although they do not look like it.
    pub forced: Vec<String>,
    /// Names of registers not to take for control.
    pub forbidden: Vec<String>,
    /// Names of values for [`State::name`].
    pub names: Vec<ValueName>,
}

impl Default for ControlOptions {
    fn default() -> ControlOptions {
        ControlOptions {
            reset: None,
            state_limit: 4096,
            edge_limit: 1024,
            forced: Vec::new(),
            forbidden: Vec::new(),
            names: Vec::new(),
        }
    }
}

/// A readable name for a value of a register.
#[derive(Debug, Clone)]
pub struct ValueName {
    /// Name of the register.
    pub register: String,
    /// The value.
    pub value: Bits,
    /// Its name, `IDLE` say.
    pub name: String,
}

/// A state of a [`ControlGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub u32);

impl StateId {
    /// Index into [`ControlGraph::states`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The control registers, their reachable valuations and the transitions.
#[derive(Debug, Clone)]
pub struct ControlGraph {
    /// The control registers, in netlist order.
    pub registers: Vec<RegId>,
    /// Reachable states, in the order found from reset.
    pub states: Vec<State>,
    /// Transitions grouped by source state, in the order found.
    pub edges: Vec<Edge>,
    /// For every register of the netlist, in order: is it control, and why or why not.
    pub verdicts: Vec<Verdict>,
    /// The input and level taken as the reset that the exploration starts from.
    pub reset: Option<ResetStart>,
}

impl ControlGraph {
    /// The edges out of a state.
    pub fn edges_from(&self, state: StateId) -> &[Edge] {
        let end = self.edges.partition_point(|edge| edge.from <= state);
        &self.edges[self.first_edge(state)..end]
    }

    /// The place of a state's first edge in [`ControlGraph::edges`].
    pub fn first_edge(&self, state: StateId) -> usize {
        self.edges.partition_point(|edge| edge.from < state)
    }
}

/// A control state.
#[derive(Debug, Clone)]
pub struct State {
    /// Unique readable name: values of the control registers, by the names of
    /// the source's parameters where they are unambiguous (`state=IDLE,round=3`).
    pub name: String,
    /// The value of each control register, in [`ControlGraph::registers`] order:
    /// all bits known, or none where the state stands for every value of the
    /// register (after [`crate::liveness::analyze`]; [`explore`] knows them all).
    pub values: Vec<Bits>,
    /// Whether the design can be here right after a reset.
    pub initial: bool,
}

/// One way from a state to the next: the conjunction of `assumptions` holds.
#[derive(Debug, Clone)]
pub struct Edge {
    /// From.
    pub from: StateId,
    /// To.
    pub to: StateId,
    /// Bits of expressions that were split on, in order, with the value
    /// assumed; the design takes this edge from `from` exactly when all of
    /// them hold. The edges of a state form a decision tree: two of them share
    /// their first assumptions up to one that differs in nothing but the value.
    pub assumptions: Vec<Assumption>,
    /// An asynchronous reset is active.
    pub reset: bool,
}

/// One bit of an expression with an assumed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Assumption {
    /// The expression.
    pub expr: ExprId,
    /// Which bit.
    pub bit: u32,
    /// Its value.
    pub value: bool,
}

/// Whether a register is control, with the reason in words.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The register.
    pub register: RegId,
    /// It is a control register.
    pub control: bool,
    /// One line: why or why not.
    pub reason: String,
}

/// The reset that exploration starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetStart {
    /// Input port.
    pub port: String,
    /// Level at which it resets.
    pub active_high: bool,
    /// It acts asynchronously.
    pub asynchronous: bool,
}
