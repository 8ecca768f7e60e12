//! Taking away facts that a state does not need, and merging what is left equal.

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::fixpoint::{postorder, predecessors};
use super::uses::Uses;
use super::{BitIndex, BitSet};
use crate::control::{ControlGraph, Edge, NameTable, StateId, ValueName, state_name};
use crate::netlist::{Bits, Netlist, RegId};

/// Rounds over the control registers, at most.
const ROUNDS: usize = 3;

/// Work for the trials, at most: so many times what the live sets took, and a
/// few seconds'. Facts that have not been tried by then are kept.
const WORK_FACTOR: u64 = 3;
const WORK: u64 = 10_000_000;

/// Makes the value of a control register unknown in every state where nothing
/// is lost by it: without the fact no bit becomes live that was not, and the
/// facts that are left still determine which edges there are and lead into the
/// facts of their targets. Greedy, register by register. Tells whether any
/// fact was removed; `live` stays a valid solution.
///
/// First the registers that are dead without the fact, which must be assumed in
/// many states at once (on a cycle each depends on the next). Then, in one state
/// at a time, registers that stay live, as data: idle states that differ in a
/// counter that an output shows are one state then. All at once would be valid
/// too, but it would roll up the loops that the counter unrolls.
pub(super) fn relax(uses: &mut Uses<'_>, graph: &mut ControlGraph, live: &mut [BitSet]) -> bool {
    let order = postorder(graph);
    let before = predecessors(graph);
    let mut trials = Trials {
        limit: uses.work() * (1 + WORK_FACTOR) + WORK,
        now: 1,
        changed: vec![1; graph.states.len()],
        dead: vec![0; graph.registers.len()],
        used: vec![0; graph.registers.len() * graph.states.len()],
        taken: Vec::new(),
    };
    let registers = graph.registers.len();
    for _ in 0..ROUNDS {
        let start = trials.now;
        for at in 0..registers {
            remove_dead(uses, graph, live, (&order, &before), at, &mut trials);
        }
        for &state in &order {
            for at in 0..registers {
                remove_used(uses, graph, live, state, at, &mut trials);
            }
        }
        if trials.now == start {
            break;
        }
    }
    give_back(uses, graph, live, &before, &trials);
    trials.now > 1
}

/// What has been tried. Whether a trial succeeds depends on the facts and live
/// bits of a state and its successors, so one that failed is not repeated before
/// some of these have changed. Times count the facts taken away.
struct Trials {
    /// The work after which nothing more is tried.
    limit: u64,
    now: u32,
    /// When each state changed.
    changed: Vec<u32>,
    /// When each register was last tried in all states.
    dead: Vec<u32>,
    /// When each register was last tried in each state.
    used: Vec<u32>,
    /// The facts taken away from registers that stayed live.
    taken: Vec<(StateId, usize, Bits)>,
}

impl Trials {
    fn success(&mut self, state: StateId) {
        self.now += 1;
        self.changed[state.index()] = self.now;
    }
}

/// Takes the fact about register `at` of the graph from the largest set of
/// states in which the register is dead without it: from all, and gives it back
/// where a trial fails, until none fails.
fn remove_dead(
    uses: &mut Uses<'_>,
    graph: &mut ControlGraph,
    live: &mut [BitSet],
    (order, before): (&[StateId], &[Vec<StateId>]),
    at: usize,
    trials: &mut Trials,
) {
    if std::mem::replace(&mut trials.dead[at], trials.now) == trials.now {
        return;
    }
    let register = graph.registers[at];
    // The fact and the live bits of each state on trial, to be given back.
    let mut trial: Vec<Option<(Bits, BitSet)>> = vec![None; live.len()];
    for (index, state) in graph.states.iter_mut().enumerate() {
        let value = &mut state.values[at];
        if value.is_known() {
            let unknown = Bits::unknown(value.width());
            let value = std::mem::replace(value, unknown);
            let dead = without(uses.bits(), &live[index], register);
            trial[index] = Some((value, std::mem::replace(&mut live[index], dead)));
        }
    }
    let mut dirty: Vec<bool> = trial.iter().map(Option::is_some).collect();
    while dirty.contains(&true) {
        for &state in order {
            let index = state.index();
            if !std::mem::replace(&mut dirty[index], false) || trial[index].is_none() {
                continue;
            }
            let mut used = uses.bits().empty();
            // What is not tried fails: at the limit all facts are given back.
            if uses.work() < trials.limit
                && (uses.try_facts(graph, state, live, &live[index], &mut used)).is_ok()
            {
                continue;
            }
            if let Some((value, old)) = trial[index].take() {
                graph.states[index].values[at] = value;
                live[index] = old;
            }
            for from in &before[index] {
                dirty[from.index()] = true;
            }
        }
        if uses.work() >= trials.limit {
            dirty = trial.iter().map(Option::is_some).collect();
        }
    }
    for index in (0..trial.len()).filter(|&index| trial[index].is_some()) {
        trials.success(StateId(index as u32));
    }
}

/// Removes the fact about register `at` of the graph from a state if it can be,
/// the register staying live.
fn remove_used(
    uses: &mut Uses<'_>,
    graph: &mut ControlGraph,
    live: &mut [BitSet],
    state: StateId,
    at: usize,
    trials: &mut Trials,
) {
    let value = &graph.states[state.index()].values[at];
    if !value.is_known() || uses.work() >= trials.limit {
        return;
    }
    let after = graph.edges_from(state).iter().map(|edge| edge.to);
    let changed = after
        .chain([state])
        .map(|state| trials.changed[state.index()]);
    let changed = changed.max().expect("the state itself");
    let tried = &mut trials.used[state.index() * graph.registers.len() + at];
    if *tried >= changed {
        return;
    }
    *tried = trials.now;
    let unknown = Bits::unknown(value.width());
    let value = std::mem::replace(&mut graph.states[state.index()].values[at], unknown);
    let mut used = uses.bits().empty();
    let allowed = &live[state.index()];
    if uses
        .try_facts(graph, state, live, allowed, &mut used)
        .is_ok()
    {
        live[state.index()] = used;
        trials.success(state);
        trials.taken.push((state, at, value));
    } else {
        graph.states[state.index()].values[at] = value;
    }
}

/// Gives facts back to states that became equal to no other, where all bits of
/// the register are live anyway and all edges into the state lead into the fact.
fn give_back(
    uses: &mut Uses<'_>,
    graph: &mut ControlGraph,
    live: &[BitSet],
    before: &[Vec<StateId>],
    trials: &Trials,
) {
    let mut equal: FxHashMap<Vec<Bits>, u32> = FxHashMap::default();
    for state in &graph.states {
        *equal.entry(state.values.clone()).or_default() += 1;
    }
    let alone: Vec<bool> = (graph.states.iter())
        .map(|state| equal[&state.values] == 1)
        .collect();
    for (state, at, value) in trials.taken.iter().rev() {
        let index = state.index();
        let register = graph.registers[*at];
        let mut bits = uses.bits().range(register);
        if !alone[index] || !bits.all(|bit| live[index].contains(bit)) {
            continue;
        }
        let unknown = Bits::unknown(value.width());
        graph.states[index].values[*at] = value.clone();
        let concerned = before[index].iter().chain([state]);
        let kept = concerned.copied().all(|state| {
            let mut used = uses.bits().empty();
            let allowed = &live[state.index()];
            uses.work() < trials.limit
                && (uses.try_facts(graph, state, live, allowed, &mut used)).is_ok()
        });
        if !kept {
            graph.states[index].values[*at] = unknown;
        }
    }
}

fn without(bits: &BitIndex, set: &BitSet, register: RegId) -> BitSet {
    let mut set = set.clone();
    for bit in bits.range(register) {
        set.remove(bit);
    }
    set
}

/// Merges states with equal facts. The first of each group stands for all: its
/// edges cover every valuation that satisfies the facts, so those of the others
/// are not needed, nor are states that only they led to.
pub(super) fn merge(netlist: &Netlist, graph: &mut ControlGraph, names: &[ValueName]) {
    let mut groups: IndexMap<&[Bits], Vec<StateId>> = IndexMap::new();
    for (index, state) in graph.states.iter().enumerate() {
        let group = groups.entry(&state.values).or_default();
        group.push(StateId(index as u32));
    }
    let mut first = vec![StateId(0); graph.states.len()];
    for members in groups.values() {
        for member in members {
            first[member.index()] = members[0];
        }
    }
    let mut initial = vec![false; graph.states.len()];
    for (index, state) in graph.states.iter().enumerate() {
        initial[first[index].index()] |= state.initial;
    }
    // Reachable representatives, renumbered in the old order.
    let mut reached = initial.clone();
    let mut open: Vec<StateId> = (0..reached.len())
        .filter(|&index| reached[index])
        .map(|index| StateId(index as u32))
        .collect();
    while let Some(state) = open.pop() {
        for edge in graph.edges_from(state) {
            let to = first[edge.to.index()];
            if !std::mem::replace(&mut reached[to.index()], true) {
                open.push(to);
            }
        }
    }
    let names = NameTable::new(names);
    let mut number = vec![StateId(0); reached.len()];
    let mut states = Vec::new();
    for (index, state) in graph.states.iter().enumerate() {
        if reached[index] {
            number[index] = StateId(states.len() as u32);
            let mut state = state.clone();
            state.initial = initial[index];
            state.name = state_name(netlist, &graph.registers, &state.values, &names);
            states.push(state);
        }
    }
    let kept = graph.edges.iter().filter(|edge| reached[edge.from.index()]);
    let edges = kept.map(|edge| Edge {
        from: number[edge.from.index()],
        to: number[first[edge.to.index()].index()],
        ..edge.clone()
    });
    graph.edges = edges.collect();
    graph.states = states;
}
