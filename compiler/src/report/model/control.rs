//! The control states as data.

use indexmap::IndexMap;
use serde::Serialize;

/// The control graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Names of the control registers.
    pub registers: Vec<String>,
    /// The input that the states were explored from, `rst_n=0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<String>,
    /// What of the states was not looked for to the end, because it would have taken too much work: `ranges`, `constants`, and `relations`, bits that
    /// follow from others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_searched: Vec<&'static str>,
    /// The states.
    pub states: Vec<State>,
    /// The transitions; several conditions between the same two states are one.
    pub edges: Vec<Edge>,
}

/// A control state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The design can be here right after a reset.
    pub initial: bool,
    /// Values of the control registers; those that may hold anything are absent.
    pub values: IndexMap<String, Value>,
    /// How many register bits are live.
    pub live_bits: usize,
    /// Which, per register, as ranges of bits counted from 0: `31:8,0`.
    pub live: IndexMap<String, String>,
    /// How many of them have one value in the state, so that a checkpoint there gives
    /// them and does not save them.
    pub constant_bits: usize,
    /// Which, likewise.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub constant: IndexMap<String, String>,
    /// Counters that keep between two numbers in the state, of a run from the start that nothing interrupts.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub ranges: IndexMap<String, ValueRange>,
    /// The live memories, each with the rows that are where it is not all: `ram[3:7]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub live_memories: Vec<String>,
}

/// Between which numbers a register is, both among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueRange {
    /// The smallest.
    pub least: Value,
    /// The largest.
    pub most: Value,
}

/// A value of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// One that every JSON reader holds exactly (below 2^53).
    Number(u64),
    /// A larger one in Verilog notation.
    Text(String),
}

/// A transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// From state.
    pub from: u32,
    /// To state.
    pub to: u32,
    /// It happens through an asynchronous reset.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
}
