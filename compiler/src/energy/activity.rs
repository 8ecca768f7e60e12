//! What a recorded run of the design did: how often it was in each control state, and how many
//! register bits and cell outputs changed there.
//!
//! Nets are not taken from the waveform, where an optimising simulator has lost most of them:
//! the netlist is evaluated at every clock edge from the recorded registers and inputs. So each
//! net changes at most once in a cycle; glitches are not in it. What is unknown changes in every
//! other cycle ([`ACTIVITY`]).

use rustc_hash::FxHashMap;

use crate::control::{ControlGraph, State};
use crate::netlist::machine::{Machine, Moment};
use crate::netlist::{Bits, Netlist};

use super::cells;
use super::estimate::{ACTIVITY, Priced, priced};
use super::waveform::{self, Problem, Waveform, at_clock_edges};

/// Evaluations of expressions, about, at most; of longer recordings the first cycles give the
/// activity of the nets, and all of them the rest.
const WORK: u64 = 400_000_000;

/// What a recording shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// The scope of the design.
    pub scope: String,
    /// Registers, and memories with a word, that are not in the recording. A memory is followed by what is written to it.
    pub left_out: Vec<String>,
    /// Logical cycles.
    pub cycles: u64,
    /// Cycles in none of the control states (before the reset, say).
    pub elsewhere: u64,
    /// Cycles that run in each state.
    pub visits: Vec<u64>,
    /// Joules of the changes of registers and cells in a cycle, mean, in the states that were visited.
    pub switching_joules: Vec<Option<f64>>,
}

impl Activity {
    /// Part of the cycles that each state runs in. One more cycle is counted as `guessed`, so that
    /// a save in a state that this run did not visit still costs something.
    pub fn visits_among(&self, guessed: &[f64]) -> Vec<f64> {
        let counted: u64 = self.visits.iter().sum();
        let states = self.visits.iter().zip(guessed);
        states
            .map(|(&own, guess)| (own as f64 + guess) / (counted as f64 + 1.0))
            .collect()
    }
}

/// Sums over the cycles in one state.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    cycles: u64,
    register_cycles: u64,
    register_bits: f64,
    net_cycles: u64,
    net_joules: f64,
}

/// The cycle before.
struct Before {
    state: Option<usize>,
    registers: Vec<Bits>,
    moment: Option<Moment>,
}

/// Reads a recording.
///
/// # Errors
/// It cannot be read, has no such design, or no clock edge.
pub fn activity(
    waveform: &Waveform,
    netlist: &Netlist,
    graph: &ControlGraph,
) -> Result<Activity, Problem> {
    let mut run = Run::new(netlist, graph);
    let place = at_clock_edges(waveform, netlist, graph, |edge| run.cycle(&edge))?;
    if run.cycles == 0 {
        return Err(Problem {
            message: format!(
                "no edge of the clock is in `{}` of the waveform",
                place.scope
            ),
            help: "record a run of the testbench, from its start to its end".to_string(),
            of_scope: false,
        });
    }
    Ok(run.activity(place))
}

/// A recording on its way through the design.
struct Run<'a> {
    graph: &'a ControlGraph,
    machine: Machine<'a>,
    priced: Vec<Priced>,
    /// The states that control registers were found to tell.
    known: FxHashMap<Vec<Bits>, Option<usize>>,
    sums: Vec<Sums>,
    cycles: u64,
    elsewhere: u64,
    work: u64,
    before: Option<Before>,
}

impl<'a> Run<'a> {
    fn new(netlist: &'a Netlist, graph: &'a ControlGraph) -> Run<'a> {
        let words = Machine::first_words(netlist, Bits::unknown);
        let machine = Machine::new(netlist, words);
        let priced = priced(netlist, machine.cone());
        Run {
            graph,
            machine,
            priced,
            known: FxHashMap::default(),
            sums: vec![Sums::default(); graph.states.len()],
            cycles: 0,
            elsewhere: 0,
            work: 0,
            before: None,
        }
    }

    /// The state that the control registers are in, if one is it for sure.
    fn state(&mut self, registers: &[Bits]) -> Option<usize> {
        let control = self.graph.registers.iter();
        let values: Vec<Bits> = control.map(|it| registers[it.index()].clone()).collect();
        if let Some(state) = self.known.get(&values) {
            return *state;
        }
        let states = self.graph.states.iter();
        let state = states.clone().position(|state| holds(state, &values));
        self.known.insert(values, state);
        state
    }

    fn cycle(&mut self, edge: &waveform::Moment<'_>) {
        let (registers, inputs) = (edge.registers, edge.inputs);
        for (memory, row, value) in edge.words {
            self.machine.set_word(*memory, *row, value);
        }
        self.cycles += 1;
        let state = self.state(registers);
        match state {
            None => self.elsewhere += 1,
            Some(state) => self.sums[state].cycles += 1,
        }
        let evaluate = self.work < WORK;
        let moment = evaluate.then(|| self.machine.moment(registers, inputs));
        if let Some(before) = &self.before {
            if let Some(before_state) = before.state {
                let sums = &mut self.sums[before_state];
                sums.register_cycles += 1;
                let pairs = before.registers.iter().zip(registers);
                sums.register_bits += pairs.map(|(was, is)| changes(was, is)).sum::<f64>();
            }
            if let (Some(was), Some(is), Some(state)) = (&before.moment, &moment, state) {
                let cells = self.priced.iter().map(|&(expr, cell, count)| {
                    let (changed, unknown) = self.machine.changes(was, is, expr);
                    let bits = f64::from(changed) + ACTIVITY * f64::from(unknown);
                    bits * count * cell.mean_joules
                });
                let joules: f64 = cells.sum();
                let sums = &mut self.sums[state];
                sums.net_cycles += 1;
                sums.net_joules += joules;
            }
        }
        if let Some(moment) = &moment {
            self.work += self.machine.cycle_work() as u64;
            // The recording has the registers; words of memories that are not in it are followed here.
            self.machine.clock(moment, registers);
        }
        self.before = Some(Before {
            state,
            registers: registers.to_vec(),
            moment,
        });
    }

    fn activity(self, place: waveform::Place) -> Activity {
        let mean = |sum: f64, count: u64| (count > 0).then(|| sum / count as f64);
        let switching = self.sums.iter().map(|sums| {
            let bits = mean(sums.register_bits, sums.register_cycles)?;
            let nets = mean(sums.net_joules, sums.net_cycles)?;
            Some(bits * cells::FLOP.mean_joules + nets)
        });
        Activity {
            scope: place.scope,
            left_out: place.left_out,
            cycles: self.cycles,
            elsewhere: self.elsewhere,
            visits: self.sums.iter().map(|sums| sums.cycles).collect(),
            switching_joules: switching.collect(),
        }
    }
}

/// Whether values of the control registers are those of a state.
fn holds(state: &State, values: &[Bits]) -> bool {
    let pairs = state.values.iter().zip(values);
    pairs.clone().all(|(of_state, value)| {
        (0..of_state.width()).all(|bit| match of_state.bit(bit) {
            None => true,
            known => value.bit(bit) == known,
        })
    })
}

/// Bits that differ between two values; those that are unknown in one of them in part.
fn changes(was: &Bits, is: &Bits) -> f64 {
    let limbs = was.value_limbs().iter().zip(is.value_limbs());
    let unknown = was.unknown_limbs().iter().zip(is.unknown_limbs());
    let sums = limbs.zip(unknown).map(|((a, b), (x, y))| {
        let unknown = x | y;
        let changed = (a ^ b) & !unknown;
        f64::from(changed.count_ones()) + ACTIVITY * f64::from(unknown.count_ones())
    });
    sums.sum()
}
