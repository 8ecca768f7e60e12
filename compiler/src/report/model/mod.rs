//! The report as data: `report.json` is this structure.
//!
//! Names are snake case with their unit last. A figure that has no meaning yet,
//! an energy without a supply model, say, is absent rather than zero.

use indexmap::IndexMap;
use serde::Serialize;

mod control;

use super::expected::Failures;
use super::pareto::{ParetoPoint, ParetoSearch};
pub use control::*;

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of this structure.
    pub schema_version: u32,
    /// Version of idetic.
    pub idetic_version: String,
    /// The design.
    pub design: Design,
    /// Outputs that do not count in every cycle: promises of the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observe: Vec<Observe>,
    /// Inputs that never change: promises of the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stable_inputs: Vec<StableInput>,
    /// Control states.
    pub control: Control,
    /// How many handshakes with the environment are declared; without any, hazards
    /// cannot be found.
    pub handshakes_declared: usize,
    /// States in which the design does what cannot be taken back.
    pub hazards: Vec<Hazard>,
    /// The chosen checkpoints; empty where nothing was planned.
    pub checkpoints: Vec<Checkpoint>,
    /// Every flip-flop saved, same NVM.
    pub baseline: Baseline,
    /// The longest way between two saves; absent without a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// What the saves add; absent without a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overhead: Option<Overhead>,
    /// The plan beside others; with `--baseline` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparison: Vec<Compared>,
    /// Plans between which the weights of the objective choose; with `--pareto` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pareto: Vec<ParetoPoint>,
    /// How they were found; with `--pareto` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pareto_search: Option<ParetoSearch>,
    /// What failures cost; absent where nothing is known of on-times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures: Option<Failures>,
    /// What the joules are computed from; absent without an energy model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<Energy>,
    /// How good the plan is; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimality: Option<Optimality>,
    /// The NVM that the plan needs; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvm: Option<Nvm>,
}

/// The design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Design {
    /// Top module.
    pub top: String,
    /// Source files, as given.
    pub files: Vec<String>,
    /// Hash of the design's text, hexadecimal.
    pub hash: String,
    /// Flip-flop bits that reach an output.
    pub flops_bits: u64,
    /// Bits of memories that are not flip-flops.
    pub memory_bits: u64,
    /// The clocks, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<Clock>,
    /// The instances that were not looked into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub black_boxes: Vec<BlackBox>,
    /// The registers.
    pub registers: Vec<Register>,
    /// The memories that stay memories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<Memory>,
    /// Data files that the design reads when a simulation begins, from the
    /// directory that the simulator runs in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_files: Vec<String>,
    /// Testbench code: it stays in the text and has no part in the analysis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
}

/// An input that never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StableInput {
    /// Name of the port.
    pub input: String,
    /// The configuration file that says so.
    pub file: String,
    /// Its line there.
    pub line: u32,
}

/// An output that does not count in every cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observe {
    /// Name of the port.
    pub output: String,
    /// The condition under which it counts; absent where it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The configuration file that says so.
    pub file: String,
    /// Its line there.
    pub line: u32,
}

/// A state in which something happens that must not happen twice: a declared handshake can transfer something, or a row of a
/// memory that outlives a supply failure is written after it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hazard {
    /// `input_consumed`, `output_produced` or `write_after_read`.
    pub kind: String,
    /// The state.
    pub state: u32,
    /// The conditions of the handshake, `valid && ready`; or the rows of the memory.
    pub signal: String,
    /// The configuration file that declares the handshake; the file that declares the memory.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// What is done about it.
    pub resolution: String,
}

/// A memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Hierarchical name without the top's.
    pub name: String,
    /// Bits of a word.
    pub width_bits: u32,
    /// Words.
    pub depth: u32,
    /// File of its declaration.
    pub file: String,
    /// Line of its declaration.
    pub line: u32,
    /// It is state: a clocked process writes it.
    pub written: bool,
    /// `nonvolatile` or `external`: it outlives a supply failure by itself, and is not saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<&'static str>,
}

/// Testbench code in a design file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedOver {
    /// What, as "`$display`".
    pub what: String,
    /// File.
    pub file: String,
    /// Line.
    pub line: u32,
}

/// A clock of the design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// Input port.
    pub port: String,
    /// `rising` or `falling`.
    pub edge: String,
    /// Bits of its registers.
    pub register_bits: u64,
    /// Bits of the memories that it writes.
    pub memory_bits: u64,
    /// Whether it is the clock whose registers are saved.
    pub saved: bool,
}

/// An instance that was not looked into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlackBox {
    /// Hierarchical name.
    pub name: String,
    /// Module.
    pub module: String,
    /// Its ports, as `input [7:0] addr`.
    pub ports: Vec<String>,
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Hierarchical name without the top's.
    pub name: String,
    /// Width.
    pub width_bits: u32,
    /// File of its declaration.
    pub file: String,
    /// Line of its declaration.
    pub line: u32,
    /// It is a control register.
    pub control: bool,
    /// Why it is or is not.
    pub reason: String,
}

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checkpoint {
    /// Its state.
    pub state: u32,
    /// Name of the state.
    pub name: String,
    /// Live bits that are saved, those of memories included.
    pub saved_bits: usize,
    /// Live bits that are not, because the checkpoint tells their values.
    pub given_bits: usize,
    /// Live bits that are not, because saved ones tell their values.
    #[serde(skip_serializing_if = "is_zero")]
    pub derived_bits: usize,
    /// The same by register, as ranges, highest first.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub derived: IndexMap<String, String>,
    /// Payload words that hold them.
    pub saved_words: usize,
    /// Memories among them, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved_memories: Vec<String>,
    /// Words written for one save, with everything around the payload.
    pub written_words: u32,
    /// Clocks that a save stops the design; those of waiting for the NVM are in it
    /// where an energy model says how long that is.
    pub save_cycles: u64,
    /// Joules of a save, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub save_joules: Option<f64>,
    /// Clocks from the release of `idetic_por_n` until the design runs on.
    pub restore_cycles: u64,
    /// Joules from there until the design runs on, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_joules: Option<f64>,
    /// Supply level (255: all of `usable_joules` is left) above which a save may be
    /// skipped: what is left then takes the design to the end of the next save.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u8>,
}

/// What a tool that saves every flip-flop and memory would save.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// Bits.
    pub saved_bits: u64,
    /// Payload words.
    pub saved_words: u64,
    /// Joules of a save, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub save_joules: Option<f64>,
}

/// What lies between two saves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// Longest run of logical cycles between two saves. With an energy model, the
    /// logical cycles of the worst way; a cold start has one more, its reset.
    pub worst_segment_cycles: u64,
    /// The capacitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacitor_farads: Option<f64>,
    /// What a power cycle has from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usable_joules: Option<f64>,
    /// What the worst way from a restore to the next commit takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst_segment_joules: Option<f64>,
    /// The states of that way, with an energy model; else those of the longest run.
    pub worst_segment: Vec<u32>,
    /// With an energy model, what that way has taken: after the restore (or the cold
    /// start), after each state but the last, after the save.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worst_segment_sums_joules: Vec<f64>,
    /// It begins with a cold start.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub worst_segment_cold: bool,
}

/// What the saves add to a run without supply failures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overhead {
    /// When a checkpoint saves: `static`, `threshold`, `timer` or `reactive`.
    pub policy: String,
    /// Joules of saves in percent of those of the design's cycles; absent without an
    /// energy model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_percent: Option<f64>,
    /// Cell area that is added, in percent of the design's.
    pub area_percent: f64,
    /// Where that is from.
    pub area_source: String,
    /// Stalled clocks in percent of the logical cycles; without an energy model, with a
    /// memory that never waits.
    pub stall_cycles_percent: f64,
    /// The same for every policy, on this supply; empty without an energy model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyOverhead>,
}

/// A plan in a comparison, if every visit of a checkpoint saves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// What is saved, and where.
    pub what: String,
    /// Checkpoints.
    pub checkpoints: usize,
    /// Most bits that one saves, those of memories included.
    pub saved_bits: u64,
    /// Most payload words that one saves.
    pub saved_words: u64,
    /// Joules of saves in percent of those of the design's cycles; absent without an
    /// energy model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_percent: Option<f64>,
    /// Stalled clocks in percent of the logical cycles.
    pub stall_cycles_percent: f64,
    /// Estimated cell area that is added, in percent of the design's.
    pub area_percent: f64,
}

/// What the saves add if they are made by a policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyOverhead {
    /// `static`, `threshold`, `timer` or `reactive`.
    pub policy: String,
    /// Logical cycles between two saves, with `timer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_cycles: Option<u32>,
    /// Saves at visits of checkpoints, in percent of the visits.
    pub saves_percent: f64,
    /// Joules of saves in percent of those of the design's cycles.
    pub energy_percent: f64,
    /// Stalled clocks in percent of the logical cycles.
    pub stall_cycles_percent: f64,
}

/// What the joules are computed from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Energy {
    /// Clock frequency.
    pub clock_hertz: f64,
    /// Mean of a logical cycle.
    pub cycle_joules: f64,
    /// Most of a logical cycle in any state.
    pub most_cycle_joules: f64,
    /// Most of a stalled clock.
    pub stall_cycle_joules: f64,
    /// Where these are from.
    pub source: String,
    /// The non-volatile memory.
    pub nvm_technology: String,
    /// What its figures include: `system` or `array`.
    pub nvm_level: String,
    /// To write a word.
    pub write_word_joules: f64,
    /// To read a word.
    pub read_word_joules: f64,
    /// To write a word.
    pub write_word_seconds: f64,
    /// To read a word.
    pub read_word_seconds: f64,
    /// Where the figures of the memory are from.
    pub nvm_source: String,
}

/// How good the plan is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Optimality {
    /// Name of the method.
    pub method: String,
    /// Value of the objective: saved bits over all checkpoints; with an energy
    /// model the weighted sum that the configuration describes.
    pub objective: f64,
    /// Proven lower bound.
    pub lower_bound: f64,
    /// Distance of the two in percent of the objective.
    pub gap_percent: f64,
    /// The part of the visits of checkpoints that the objective counts as saves, where it does not count all: what is expected
    /// of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_saves_percent: Option<f64>,
}

/// A width of NVM words that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NvmWidth {
    /// Bits per word.
    pub word_bits: u32,
    /// The objective of its plan, and the controller's area beside the design's with the weight of area; absent
    /// where the budget is too small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
}

/// The NVM.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nvm {
    /// Bits per word.
    pub word_bits: u32,
    /// The widths of which that one costs least; absent where there was no choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<NvmWidth>,
    /// Words of the chain.
    pub chain_words: u32,
    /// Bits in the chain: those saved at any checkpoint.
    pub chain_bits: usize,
    /// Words of the memories.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory_words: u32,
    /// A start without a committed checkpoint loads initial values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cold_start_loads: bool,
    /// Slots.
    pub slots: u32,
    /// Words per slot.
    pub slot_words: u32,
}

fn is_zero<T: Default + PartialEq>(words: &T) -> bool {
    *words == T::default()
}
