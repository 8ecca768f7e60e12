//! What is claimed of a state, looked up, and as formulas over the registers.

use super::Claims;
use super::aig::{Aig, Lit};
use super::circuit::{Circuit, Contents};
use super::words;
use crate::control::StateId;
use crate::liveness::{Algebra, BitIndex, BitSet, Constants, Relation};
use crate::netlist::{Bits, InputId, MemId, Netlist, Node, RegId};
use crate::plan::{Checkpoint, Derived};

/// Clock edges for which the reset is held. The claim about the start is about a reset that is
/// held until its effect is complete.
pub(super) const RESET_CYCLES: usize = 4;

/// The states that edges lead to from a state, each once.
pub(super) fn successors(claims: &Claims<'_>, state: StateId) -> Vec<StateId> {
    let edges = claims.graph.edges_from(state).iter();
    let mut list: Vec<StateId> = edges.map(|edge| edge.to).collect();
    list.sort_unstable();
    list.dedup();
    list
}

fn checkpoint<'a>(claims: &Claims<'a>, state: StateId) -> Option<&'a Checkpoint> {
    let mut checkpoints = claims.plan?.checkpoints.iter();
    checkpoints.find(|checkpoint| checkpoint.state == state)
}

/// The bits that a state keeps over a supply failure, or that both copies must
/// agree on when it is entered.
pub(super) fn kept<'a>(claims: &Claims<'a>, state: StateId) -> &'a BitSet {
    match checkpoint(claims, state) {
        Some(checkpoint) => &checkpoint.saved,
        None => &claims.liveness.live[state.index()],
    }
}

/// What a restore of the state's checkpoint puts into bits that are not saved.
pub(super) fn given<'a>(claims: &Claims<'a>, state: StateId) -> Option<&'a Constants> {
    checkpoint(claims, state).map(|checkpoint| &checkpoint.given)
}

/// What a restore of the state's checkpoint computes from bits that are saved.
pub(super) fn derived<'a>(claims: &Claims<'a>, state: StateId) -> Option<&'a Derived> {
    checkpoint(claims, state).map(|checkpoint| &checkpoint.derived)
}

/// What the live bits of a state are said to be by others; nothing where no checkpoint relies on it.
pub(super) fn relations<'a>(claims: &Claims<'a>, state: StateId) -> &'a [Relation] {
    let mut checkpoints = claims.plan.iter().flat_map(|plan| &plan.checkpoints);
    match checkpoints.any(|checkpoint| !checkpoint.derived.is_empty()) {
        true => &claims.liveness.relations[state.index()].0,
        false => &[],
    }
}

/// Formulas as circuits over registers.
pub(super) struct InCircuit<'a> {
    pub(super) aig: &'a mut Aig,
    pub(super) bits: &'a BitIndex,
    pub(super) registers: &'a [Vec<Lit>],
    pub(super) netlist: &'a Netlist,
    /// The inputs of the cycle. Stable ones have the same values in all others: that is the promise of the environment.
    pub(super) inputs: &'a [Vec<Lit>],
}

impl Algebra for InCircuit<'_> {
    type Value = Lit;

    fn bit(&mut self, number: usize) -> Lit {
        let (register, bit) = self.bits.bit(number);
        self.registers[register.index()][bit as usize]
    }

    fn input(&mut self, input: InputId, bit: u32) -> Lit {
        match self.netlist.inputs[input.index()].stable {
            true => self.inputs[input.index()][bit as usize],
            // Of others nothing is promised: in another cycle it may be anything.
            false => self.aig.input(),
        }
    }

    fn not(&mut self, of: Lit) -> Lit {
        !of
    }

    fn and(&mut self, a: Lit, b: Lit) -> Lit {
        self.aig.and(a, b)
    }

    fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        self.aig.xor(a, b)
    }
}

/// The rows of a memory that a state keeps over a supply failure, likewise. Of one that nothing writes, a table of
/// constants, no failure touches any; one that outlives failures by itself has its own obligations (`rewrites`).
pub(super) fn kept_rows(claims: &Claims<'_>, state: StateId, memory: MemId) -> Contents {
    match checkpoint(claims, state) {
        Some(checkpoint) => rows(claims, &checkpoint.memories, memory),
        None => live_rows(claims, state, memory),
    }
}

/// The rows of a memory that are live in a state.
pub(super) fn live_rows(claims: &Claims<'_>, state: StateId, memory: MemId) -> Contents {
    rows(claims, &claims.liveness.memories[state.index()], memory)
}

fn rows(claims: &Claims<'_>, parts: &BitSet, memory: MemId) -> Contents {
    let of = &claims.netlist.memories[memory.index()];
    if of.writes.is_empty() || of.kept.is_some() {
        return Contents::Kept;
    }
    part_rows(claims, parts, memory)
}

/// The rows of a memory that are in some parts.
pub(super) fn part_rows(claims: &Claims<'_>, parts: &BitSet, memory: MemId) -> Contents {
    let index = &claims.liveness.bits.parts;
    let mut own = index.of(memory);
    if own.all(|part| parts.contains(part)) {
        return Contents::Kept;
    }
    let own = index.of(memory).filter(|&part| parts.contains(part));
    let runs = index.runs(own).into_iter();
    Contents::Rows(runs.map(|run| run.rows).collect())
}

/// The value of each register that the facts of a state give.
pub(super) fn facts<'a>(
    claims: &Claims<'a>,
    state: StateId,
) -> impl Iterator<Item = (RegId, &'a Bits)> {
    let graph = claims.graph;
    let values = graph.states[state.index()].values.iter();
    (graph.registers.iter().copied().zip(values)).filter(|(_, value)| value.is_known())
}

/// The constants of a register in a state: which bits, and those that are 1.
pub(super) fn constant_masks(claims: &Claims<'_>, state: StateId, register: RegId) -> (Bits, Bits) {
    let constants = &claims.liveness.constants[state.index()];
    let bits = claims.liveness.bits.range(register);
    let word = |wanted: &dyn Fn(Option<bool>) -> bool| {
        let mut limbs = vec![0u64; bits.len().div_ceil(64)];
        for (at, number) in bits.clone().enumerate() {
            limbs[at / 64] |= u64::from(wanted(constants.value(number))) << (at % 64);
        }
        Bits::new(bits.len() as u32, &limbs, &[])
    };
    (
        word(&|value| value.is_some()),
        word(&|value| value == Some(true)),
    )
}

/// The states that have constants, relations or ranges.
pub(super) fn with_constants(claims: &Claims<'_>) -> Vec<StateId> {
    let states = claims.liveness.constants.iter().enumerate();
    let states = states.map(|(at, constants)| (StateId(at as u32), constants));
    let any = |(state, constants): &(StateId, &Constants)| {
        constants.count() > 0
            || !relations(claims, *state).is_empty()
            || !claims.liveness.ranges[state.index()].is_empty()
    };
    states.filter(any).map(|(state, _)| state).collect()
}

/// The states with constants whose facts the registers may satisfy as they read in a cycle of `state`:
/// a control register has the value that the facts of `state` give, or one that an asynchronous reset gives.
pub(super) fn shown(claims: &Claims<'_>, state: StateId) -> Vec<StateId> {
    let (netlist, graph) = (claims.netlist, claims.graph);
    let own = &graph.states[state.index()].values;
    let by_reset = |register: RegId, value: &Bits| {
        let mut resets = netlist.registers[register.index()].async_resets.iter();
        resets.any(|reset| match netlist.exprs.node(reset.value) {
            Node::Const(given) if given.is_known() => given == value,
            _ => true,
        })
    };
    let possible = |other: &StateId| {
        let others = &graph.states[other.index()].values;
        let mut values = graph.registers.iter().zip(own.iter().zip(others));
        values.all(|(&register, (own, other))| {
            own == other || !own.is_known() || !other.is_known() || by_reset(register, other)
        })
    };
    let mut states = with_constants(claims);
    states.retain(possible);
    states
}

/// The states that the design may start in.
pub(super) fn initial_states(claims: &Claims<'_>) -> Vec<StateId> {
    let states = claims.graph.states.iter().enumerate();
    let initial = states.filter(|(_, state)| state.initial);
    initial.map(|(at, _)| StateId(at as u32)).collect()
}

/// Per input, the level that it has while the reset is held; `None` where there is no reset. An
/// asynchronous reset is held together with all others, as the control states have it.
pub(super) fn held(claims: &Claims<'_>) -> Option<Vec<Option<bool>>> {
    let reset = claims.graph.reset.as_ref()?;
    let registers = claims.netlist.registers.iter();
    let others = registers.flat_map(|register| &register.async_resets);
    let with_it = |name: &str| {
        let mut others = others.clone().filter(|_| reset.asynchronous);
        let other = others.find(|other| other.port.0 == name);
        other.map(|other| other.port.1)
    };
    let level = |name: &str| {
        let own = (name == reset.port).then_some(reset.active_high);
        own.or_else(|| with_it(name))
    };
    let inputs = claims.netlist.inputs.iter();
    Some(inputs.map(|input| level(&input.name)).collect())
}

/// Whether every control register that facts are about has an initial value.
pub(super) fn starts_initialised(claims: &Claims<'_>) -> bool {
    let graph = claims.graph;
    let init = |register: &RegId| claims.netlist.registers[register.index()].init.as_ref();
    let told = |at: &usize| {
        graph
            .states
            .iter()
            .any(|state| state.values[*at].is_known())
    };
    let mut told = (0..graph.registers.len()).filter(told);
    told.all(|at| init(&graph.registers[at]).is_some_and(Bits::is_known))
}

/// "The registers have the values that the facts of a state give."
pub(super) fn satisfies(
    claims: &Claims<'_>,
    circuit: &mut Circuit,
    registers: &[Vec<Lit>],
    state: StateId,
) -> Lit {
    let mut bits = Vec::new();
    for (register, value) in facts(claims, state) {
        for (bit, &lit) in registers[register.index()].iter().enumerate() {
            bits.push(if value.bit(bit as u32) == Some(true) {
                lit
            } else {
                !lit
            });
        }
    }
    circuit.aig.all(bits)
}

/// "The registers are within the ranges of a state."
pub(super) fn within(
    claims: &Claims<'_>,
    circuit: &mut Circuit,
    registers: &[Vec<Lit>],
    state: StateId,
) -> Lit {
    let aig = &mut circuit.aig;
    let ranges = claims.liveness.ranges[state.index()].iter();
    let within = ranges.flat_map(|&(register, range)| {
        let bits = &registers[register.index()];
        let number = |value: u64| -> Vec<Lit> {
            let bit = |at: usize| Lit::constant(at < 64 && value >> at & 1 == 1);
            (0..bits.len()).map(bit).collect()
        };
        [
            !words::less(aig, bits, &number(range.least)),
            !words::less(aig, &number(range.most), bits),
        ]
    });
    let within: Vec<Lit> = within.collect();
    circuit.aig.all(within)
}

/// "The registers have the constants, relations and ranges of a state."
pub(super) fn constant(
    claims: &Claims<'_>,
    circuit: &mut Circuit,
    registers: &[Vec<Lit>],
    state: StateId,
) -> Lit {
    let constants = &claims.liveness.constants[state.index()];
    let bits = constants.bits().iter().map(|number| {
        let (register, bit) = claims.liveness.bits.bit(number);
        let lit = registers[register.index()][bit as usize];
        match constants.value(number) {
            Some(true) => lit,
            _ => !lit,
        }
    });
    let mut all: Vec<Lit> = bits.collect();
    all.push(within(claims, circuit, registers, state));
    let bits = &claims.liveness.bits;
    for relation in relations(claims, state) {
        let mut algebra = InCircuit {
            aig: &mut circuit.aig,
            bits,
            registers,
            netlist: claims.netlist,
            inputs: &circuit.inputs,
        };
        let own = algebra.bit(relation.bit);
        let is = relation.is.evaluate(&mut algebra);
        all.push(!circuit.aig.xor(own, is));
    }
    circuit.aig.all(all)
}
