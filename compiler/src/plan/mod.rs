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
//!
//! Under an energy model ([`Prices`]) every way from a restore to the next commit,
//! that save included, has to fit the budget, too, and the objective is the one of
//! the prices. That is no hitting set problem (`segments` says why), and is solved
//! by a dynamic program over the graph (`frontier`), on small graphs with the
//! integer program as a second opinion (`integer`, `budgeted`). Where failures have a known rate, what
//! they cost is a part of the objective (`aging`).
//!
//! Which plans there are for other weights of the objective, [`pareto`] finds.

mod aging;
#[cfg(test)]
mod aging_tests;
mod alternative;
mod budgeted;
mod cold;
mod derived;
mod frontier;
mod given;
mod graph;
mod hitting;
mod integer;
pub mod pareto;
#[cfg(test)]
mod pareto_tests;
pub mod power_cycles;
#[cfg(test)]
mod power_cycles_tests;
#[cfg(test)]
mod segment_tests;
mod segments;
mod solver;
#[cfg(test)]
mod tests;
mod wide;

pub use aging::Aging;
pub use alternative::Alternative;
pub use cold::Cold;
pub use derived::{Derived, derivable, is_visible};
pub use given::{given, told};

use crate::control::{ControlGraph, StateId};
use crate::diagnostics::{Diagnostic, codes};
use crate::energy::{Attojoules, MOST, engineering};
use crate::liveness::{BitSet, Constants, Liveness, Parts};
use crate::netlist::Netlist;
use crate::rewrites::Rewrites;
use crate::source::Setting;

/// What the plan must satisfy.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Longest run of logical cycles between two saves.
    pub max_cycles: Option<u64>,
    /// States that must be checkpoints.
    pub forced: Vec<StateId>,
    /// States that must not be.
    pub forbidden: Vec<StateId>,
    /// The forced states whose saves are never skipped, and why.
    pub rewrites: Rewrites,
    /// What a plan may take and costs under an energy model.
    pub prices: Option<Prices>,
    /// What a checkpoint in each state costs, not negative, where there are no prices and it
    /// is not to be what it saves.
    pub costs: Option<Vec<f64>>,
}

/// When a checkpoint that is met saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Always.
    #[default]
    Static,
    /// Unless the supply level is above the checkpoint's threshold, so that what is left takes
    /// the design to the end of the next save in any case.
    Threshold,
    /// Unless fewer logical cycles than the plan's [interval](Plan::interval) have run since the
    /// last save or restore.
    Timer,
    /// As [`Policy::Threshold`], and after a save the design rests until the supply level is above
    /// the checkpoint's threshold again, or the power cycle ends: nothing that it would do then
    /// is sure to be saved.
    Reactive,
}

impl Policy {
    /// All of them.
    pub const ALL: [Policy; 4] = [
        Policy::Static,
        Policy::Threshold,
        Policy::Timer,
        Policy::Reactive,
    ];

    /// As in `idetic.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Static => "static",
            Policy::Threshold => "threshold",
            Policy::Timer => "timer",
            Policy::Reactive => "reactive",
        }
    }
}

/// What running, saving and restoring take from the energy of a power cycle, and
/// what a checkpoint costs, by state.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// A logical cycle that runs in the state.
    pub run: Vec<Attojoules>,
    /// From power-on to the end of a restore in the state.
    pub restore: Vec<Attojoules>,
    /// A save in the state.
    pub save: Vec<Attojoules>,
    /// From power-on until the design is in a state after reset, without an image.
    pub cold: Attojoules,
    /// What a power cycle has.
    pub budget: Attojoules,
    /// The objective's part of a checkpoint in the state; not negative.
    pub costs: Vec<f64>,
    /// What failures cost beyond that, if they are a part of the objective.
    pub aging: Option<Aging>,
}

impl Prices {
    /// What failures cost of the objective of a choice, if they are a part of it: restores, and what is
    /// done again.
    fn failures(&self, flow: &graph::Flow, chosen: &[bool]) -> Option<f64> {
        let aging = self.aging.as_ref()?;
        let states = (0..chosen.len()).filter(|&state| chosen[state]);
        let restores =
            states.map(|state| aging.visits[state] * (aging.growth - 1.0) * aging.restore[state]);
        Some(aging.cost(flow, chosen) + restores.sum::<f64>())
    }

    /// The objective of a plan with checkpoints in these states; infinite if a cycle has none.
    pub fn objective(&self, graph: &ControlGraph, states: impl Iterator<Item = StateId>) -> f64 {
        let mut chosen = vec![false; graph.states.len()];
        for state in states {
            chosen[state.index()] = true;
        }
        budgeted::objective(&graph::Flow::new(graph), self, &chosen)
    }
}

/// A way from a restore to the end of the next save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstSegment {
    /// What it takes.
    pub takes: Attojoules,
    /// It begins with a start without an image instead.
    pub cold: bool,
    /// Its states, from the restored one (or one after reset) to the saved one.
    pub states: Vec<StateId>,
    /// What it takes in order: the restore, each state but the last, the save (or the
    /// last state, where the way ends without one).
    pub parts: Vec<Attojoules>,
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
    /// The way that takes most energy; with prices only.
    pub worst_segment: Option<WorstSegment>,
    /// What failures cost of the objective; where they are a part of it only.
    pub failures: Option<f64>,
    /// What it takes at most to go on without a save in each checkpoint, to the end
    /// of the save in the next one; with prices only.
    pub without_save: Vec<Attojoules>,
    /// What memories that outlive a failure by themselves ask for.
    pub rewrites: Rewrites,
}

/// One checkpoint state.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The state.
    pub state: StateId,
    /// The live bits that tell the state: the wrapper compares them whether they are given or saved.
    pub told: BitSet,
    /// The register bits saved in it: its live bits without those given.
    pub saved: BitSet,
    /// The live bits that are not saved, because the checkpoint tells their values.
    pub given: Constants,
    /// The live bits that are not saved, because saved ones tell their values. None before the
    /// plan is laid out.
    pub derived: Derived,
    /// The parts of memories saved in it: its live ones, but for memories that outlive a failure by themselves.
    pub memories: BitSet,
}

/// How good a plan is.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimality {
    /// Name of the method.
    pub method: &'static str,
    /// Value of the objective: saved bits, summed over the checkpoints, those that a layout derives among them.
    pub objective: f64,
    /// Proven lower bound.
    pub lower_bound: f64,
    /// The part of the visits of checkpoints that the objective counts as saves: all of them, unless another policy is planned.
    pub counted_saves: f64,
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
    /// Whatever is chosen, some way takes more energy than a power cycle has.
    Energy {
        /// That way with the choice that makes it cheapest.
        segment: WorstSegment,
        /// What a power cycle has.
        budget: Attojoules,
        /// Why there may be a plan all the same; `None` where there is none.
        refusal: Option<Doubt>,
        /// Why less than `segment` takes may do; `None` where nothing less does.
        smallest: Option<Doubt>,
    },
}

/// Why a search that found no plan is no proof that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// More partial choices compete than the dynamic program keeps, and the
    /// graph is too large for the integer program.
    CutOff,
    /// The plans found do not fit with the words of their layouts, and others
    /// were not laid out.
    Words,
}

impl Doubt {
    /// In words.
    fn reason(self) -> &'static str {
        match self {
            Doubt::CutOff => {
                "more partial choices compete than are kept, and the graph is too large for \
                 the integer program"
            }
            Doubt::Words => {
                "the plans found do not fit with the words that their layouts need, and not \
                 every other plan was laid out"
            }
        }
    }
}

impl PlanError {
    /// The same where the prices were not the least of all layouts.
    pub fn with_words_in_doubt(mut self) -> PlanError {
        if let PlanError::Energy {
            refusal, smallest, ..
        } = &mut self
        {
            refusal.get_or_insert(Doubt::Words);
            smallest.get_or_insert(Doubt::Words);
        }
        self
    }

    /// The message for the user; `graph` is the one planned for.
    pub fn diagnostic(&self, graph: &ControlGraph) -> Diagnostic {
        let name = |state: &StateId| graph.states[state.index()].name.as_str();
        let path = |states: &[StateId]| path(graph, states);
        match self {
            PlanError::Contradiction(state) => Diagnostic::global(
                codes::INFEASIBLE,
                format!("state `{}` is both forced and forbidden", name(state)),
            )
            .setting(Setting::text(&["plan", "forbidden"], name(state)))
            .help("remove it from one of the two lists"),
            PlanError::Cycle(states) => Diagnostic::global(
                codes::INFEASIBLE,
                "the design can run for ever without reaching an allowed checkpoint",
            )
            // All of them are forbidden.
            .setting(Setting::text(&["plan", "forbidden"], name(&states[0])))
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
            PlanError::Energy {
                segment,
                budget,
                refusal,
                ..
            } => {
                let joules = |energy: Attojoules| engineering(energy as f64 * 1e-18, "J");
                let diagnostic = Diagnostic::global(
                    codes::INFEASIBLE,
                    format!(
                        "from {} to the end of the next save takes {}, {} more than a power cycle has, {}",
                        match segment.cold {
                            true => "a cold start",
                            false => "a restore",
                        },
                        match segment.takes > MOST {
                            true => format!("more than {}", joules(MOST)),
                            false => joules(segment.takes),
                        },
                        joules(segment.takes.min(MOST).saturating_sub(*budget)),
                        joules(*budget)
                    ),
                );
                let diagnostic = match segment.states.is_empty() {
                    true => diagnostic,
                    false => diagnostic.note(format!("along {}", path(&segment.states))),
                };
                match refusal {
                    None => diagnostic,
                    Some(doubt) => diagnostic.note(format!(
                        "this is no proof that there is no plan: {}",
                        doubt.reason()
                    )),
                }
            }
        }
    }
}

/// The names of states on a way, the middle of a long one left out.
pub fn path(graph: &ControlGraph, states: &[StateId]) -> String {
    let name = |state: &StateId| graph.states[state.index()].name.as_str();
    let names: Vec<&str> = states.iter().map(name).collect();
    match names.as_slice() {
        [first @ .., last] if first.len() > 8 => {
            format!("{} -> ... -> {last}", first[..8].join(" -> "))
        }
        all => all.join(" -> "),
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
    let given: Vec<Constants> = (0..graph.states.len())
        .map(|state| given(netlist, graph, liveness, StateId(state as u32)))
        .collect();
    let bits = bits(netlist, liveness, &given);
    let flow = graph::Flow::new(graph);
    let starts: Vec<bool> = graph.states.iter().map(|state| state.initial).collect();
    let (solution, worst) = match &options.prices {
        None => {
            let costs = options.costs.as_deref().map(hitting::whole);
            let costs = costs.as_ref().unwrap_or(&bits);
            (hitting::solve(&flow, costs, options)?, None)
        }
        Some(prices) => {
            let solution = budgeted::solve(&flow, &starts, &bits, options, prices)?;
            let worst = budgeted::worst(&flow, &starts, &solution.chosen, prices);
            (solution, worst)
        }
    };
    let (worst_segment, without_save) = worst.unzip();
    let checkpoints = (0..bits.len()).filter(|&state| solution.chosen[state]);
    let checkpoints = checkpoints.map(|state| {
        Checkpoint::of(
            netlist,
            graph,
            liveness,
            StateId(state as u32),
            given[state].clone(),
        )
    });
    let longest = flow.longest_segment(&solution.chosen);
    Ok(Plan {
        checkpoints: checkpoints.collect(),
        longest_segment_cycles: longest.len().saturating_sub(1) as u64,
        longest_segment: longest.iter().map(|&state| StateId(state)).collect(),
        optimality: solution.optimality,
        cold: cold::cold(netlist, graph, liveness),
        worst_segment,
        failures: options
            .prices
            .as_ref()
            .and_then(|it| it.failures(&flow, &solution.chosen)),
        without_save: without_save.unwrap_or_default(),
        rewrites: options.rewrites.clone(),
    })
}

/// The bits that a checkpoint in each state saves, those of memories included.
pub fn saved_bits(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> Vec<u64> {
    let given: Vec<Constants> = (0..graph.states.len())
        .map(|state| given(netlist, graph, liveness, StateId(state as u32)))
        .collect();
    bits(netlist, liveness, &given)
}

fn bits(netlist: &Netlist, liveness: &Liveness, given: &[Constants]) -> Vec<u64> {
    let parts = &liveness.bits.parts;
    (liveness.live.iter().zip(given).zip(&liveness.memories))
        .map(|((live, given), memories)| {
            let saved = memories.iter();
            let saved = saved.filter(|&part| is_saved(netlist, parts, part));
            (live.count() - given.count()) as u64 + parts.bits(saved)
        })
        .collect()
}

/// Whether a part of a memory has to be saved where it is live.
pub fn is_saved(netlist: &Netlist, parts: &Parts, part: usize) -> bool {
    netlist.memories[parts.memory(part).index()].kept.is_none()
}

/// The states that every plan has as checkpoints, by state.
pub fn required(graph: &ControlGraph, options: &PlanOptions) -> Vec<bool> {
    budgeted::required(&graph::Flow::new(graph), options)
}

impl Plan {
    /// Whether the save at a checkpoint in a state is never skipped.
    pub fn is_sure(&self, state: StateId) -> bool {
        self.rewrites.sure.contains(&state)
    }

    /// Logical cycles that can run after a restore without a save, so that what is left of the
    /// budget still takes the design to the end of the next one: none of them takes more than
    /// `cycle`, and from wherever they lead no way to a save is longer than the worst one.
    pub fn interval(&self, budget: Attojoules, cycle: Attojoules) -> u32 {
        let worst = self.worst_segment.as_ref().map_or(budget, |it| it.takes);
        let cycles = (budget - worst).max(0) / cycle.max(1);
        u32::try_from(cycles).unwrap_or(u32::MAX)
    }

    /// What the plan takes and costs at other prices: where a layout has told
    /// more of its saves. Its proven bound stays.
    pub fn reprice(&mut self, graph: &ControlGraph, prices: &Prices) {
        let flow = graph::Flow::new(graph);
        let starts: Vec<bool> = graph.states.iter().map(|state| state.initial).collect();
        let mut chosen = vec![false; flow.len()];
        for checkpoint in &self.checkpoints {
            chosen[checkpoint.state.index()] = true;
        }
        let objective = budgeted::objective(&flow, prices, &chosen);
        self.optimality.objective = objective;
        self.failures = prices.failures(&flow, &chosen);
        self.optimality.lower_bound = self.optimality.lower_bound.min(objective);
        let worst = budgeted::worst(&flow, &starts, &chosen, prices);
        let (worst_segment, without_save) = worst.unzip();
        self.worst_segment = worst_segment;
        self.without_save = without_save.unwrap_or_default();
    }
}
