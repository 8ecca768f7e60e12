//! Checks the live bits with a solver, from the netlist alone.
//!
//! What liveness and plan claim of a control state S is inductive in one step.
//! Let a copy of the machine satisfy the facts of S and have its constants, and a second one agree with it on
//! what S keeps (its live bits and memories; in a checkpoint, those that are saved),
//! have the constants that a restore of the checkpoint puts into given bits, and what it derives others to be, and differ
//! from it at will in everything else. Then, for any inputs,
//!
//! 1. all outputs are equal where they count, and whether they do, and
//! 2. there is an edge S → T after which both satisfy the facts of T, have its
//!    constants, and agree on the live bits and memories of T.
//!
//! and whatever state's facts the registers satisfy as they read in the cycle, with its
//! asynchronous resets, they have its constants: it may be saved there. Of registers that are said never to exceed
//! a value, the first copy is assumed not to, and must not after the step.
//!
//! With a start (holding the reset leads into an initial state, whatever the
//! registers held) it follows that a machine whose dead bits were lost behaves
//! as one that lost nothing. Each obligation is one question to a SAT solver:
//! can the contrary happen? It is asked about circuits made from the netlist's
//! next values and outputs (`machine`); nothing is taken over from the code that
//! computed states and live bits but its claims.
//!
//! Unknown values (`x`, a word read past an array's end) are taken as some
//! function that is the same in both copies, as they are in silicon: where the
//! original is unknown any value will do.
//!
//! A memory that outlives a supply failure by itself ([`crate::netlist::Kept`]) is equal in both copies there; that it holds what the
//! re-execution needs is an obligation of its own for each state (`rewrites`).
//!
//! A question that is not answered in time is [`Verdict::Unknown`], never proved.

mod aig;
mod choices;
mod circuit;
#[cfg(test)]
mod claim_tests;
mod claims;
mod contents;
#[cfg(test)]
mod derived_tests;
mod drops;
mod exact;
mod export;
mod machine;
mod obligation;
mod rewrites;
mod solver;
mod start;
#[cfg(test)]
mod tests;
mod words;

pub use drops::{Dropped, drops};
pub use exact::{Exact, exact};
pub use export::{ExportFile, export};

use std::time::{Duration, Instant};

use crate::control::{ControlGraph, StateId};
use crate::liveness::Liveness;
use crate::netlist::{Bits, InputId, MemId, Netlist, RegId};
use crate::plan::Plan;

/// What is claimed of a netlist.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// The machine.
    pub netlist: &'a Netlist,
    /// Facts and edges.
    pub graph: &'a ControlGraph,
    /// Live bits.
    pub liveness: &'a Liveness,
    /// What the checkpoints save, if it is to be checked too.
    pub plan: Option<&'a Plan>,
}

/// How long may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProveOptions {
    /// For one state.
    pub state_time: Duration,
    /// For all.
    pub total_time: Duration,
}

impl Default for ProveOptions {
    fn default() -> ProveOptions {
        ProveOptions {
            state_time: Duration::from_secs(60),
            total_time: Duration::from_secs(3600),
        }
    }
}

/// All obligations with their verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// In the order of the states, the start first.
    pub obligations: Vec<Obligation>,
}

impl Proof {
    /// Whether every obligation is proved.
    pub fn holds(&self) -> bool {
        (self.obligations.iter()).all(|obligation| obligation.verdict == Verdict::Proved)
    }
}

/// One obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// What it is about.
    pub subject: Subject,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Conjunctions in its circuit.
    pub gates: usize,
    /// How long it took.
    pub time: Duration,
}

/// What an obligation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Reset or initial values lead into an initial state.
    Start,
    /// One step from a state.
    State(StateId),
    /// Memories that outlive a supply failure by themselves, in one step from a state.
    Rewrites(StateId),
}

/// The answer to an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Proved,
    /// It does not.
    Refuted(Box<Counterexample>),
    /// The time was up.
    Unknown,
}

/// Two valuations that should behave alike and do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// The bits in which they differ, as few as were found.
    pub bits: Vec<(RegId, u32)>,
    /// The memories whose contents may differ.
    pub memories: Vec<MemId>,
    /// What comes of it.
    pub effect: Effect,
    /// The inputs.
    pub inputs: Vec<(InputId, Bits)>,
    /// The registers of the copy that lost nothing.
    pub registers: Vec<(RegId, Bits)>,
}

/// What comes of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// An output differs: index into [`Netlist::outputs`].
    Output(usize),
    /// The condition under which this output counts differs.
    Condition(usize),
    /// The step ends in a state, and what is live in it differs.
    Live {
        /// The state.
        state: StateId,
        /// The live bits that differ.
        bits: Vec<(RegId, u32)>,
        /// The live memories that do.
        memories: Vec<MemId>,
    },
    /// The step ends in a state, and live bits do not have the values that they
    /// are said to have there, or that others are said to tell.
    Constant {
        /// The state.
        state: StateId,
        /// These bits.
        bits: Vec<(RegId, u32)>,
    },
    /// The registers read as the facts of a state, and live bits do not have the
    /// values that they are said to have there.
    Shown(StateId),
    /// The step ends in this state, and these registers are not within their ranges there.
    Range {
        /// The state.
        state: StateId,
        /// The registers.
        registers: Vec<RegId>,
    },
    /// A row of this memory, which outlives a failure by itself, is written after it was read, or in part.
    Rewritten(MemId),
    /// What was read is not among what is said to have been read where the step leads to this state.
    Forgotten(StateId),
    /// The step ends in no state that an edge leads to.
    NoState,
}

/// The instant that much later, or a century later where the clock cannot count so far.
fn after(time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + CENTURY)
}

/// Checks all obligations. `progress` is told how many of how many are done.
/// Deterministic, but for what the time limits cut off.
pub fn prove(
    claims: &Claims<'_>,
    options: &ProveOptions,
    mut progress: impl FnMut(usize, usize),
) -> Proof {
    let end = after(options.total_time);
    let machine = machine::Machine::new(claims.netlist);
    let states = (0..claims.graph.states.len()).map(|state| Subject::State(StateId(state as u32)));
    let mut subjects: Vec<Subject> = std::iter::once(Subject::Start).chain(states).collect();
    if rewrites::are_claimed(claims) {
        let states = (0..claims.graph.states.len()).map(|state| StateId(state as u32));
        subjects.extend(states.map(Subject::Rewrites));
    }
    let mut obligations = Vec::with_capacity(subjects.len());
    for (at, &subject) in subjects.iter().enumerate() {
        progress(at, subjects.len());
        let begin = Instant::now();
        let deadline = end.min(after(options.state_time));
        let (verdict, gates) = match subject {
            Subject::Start => start::start(claims, &machine, deadline),
            Subject::State(state) => obligation::step(claims, &machine, state, deadline),
            Subject::Rewrites(state) => rewrites::step(claims, &machine, state, deadline),
        };
        obligations.push(Obligation {
            subject,
            verdict,
            gates,
            time: begin.elapsed(),
        });
    }
    progress(subjects.len(), subjects.len());
    Proof { obligations }
}
