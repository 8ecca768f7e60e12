//! Control states: the reachable valuations of a chosen set of registers.
//!
//! The [`ControlGraph`] over-approximates the design's behaviour: whenever the
//! design, after a reset, is in a valuation of the control registers, that
//! valuation is a state of the graph, and the next one is joined to it by an
//! edge. A design without control registers has one state with a self loop.

use crate::netlist::{Bits, ExprId, RegId};

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

/// A control state.
#[derive(Debug, Clone)]
pub struct State {
    /// Unique readable name: values of the control registers, by the names of
    /// the source's parameters where they are unambiguous (`state=IDLE,round=3`).
    pub name: String,
    /// The value of each control register, in [`ControlGraph::registers`] order, fully known.
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
    /// Bits of expressions that were split on, with the value assumed; the
    /// design takes this edge from `from` exactly when all of them hold.
    pub assumptions: Vec<Assumption>,
    /// Taken through an asynchronous reset.
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
