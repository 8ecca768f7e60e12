//! A netlist that runs, three-valued: bits are 0, 1 or unknown.
//!
//! It uses the evaluation of the analyses ([`known`](super::known)), so that comparing it
//! with a simulator judges that, too. Unlike simulators it is pessimistic: a condition that is
//! unknown makes unknown whatever the two ways do not agree on. The caller gives the state of every
//! cycle; memories are kept here.

use super::known::{Cone, Known, Scratch};
use super::{Bits, ExprId, MemId, Netlist, Node};

/// A netlist with the contents of its memories.
#[derive(Debug)]
pub struct Machine<'a> {
    netlist: &'a Netlist,
    /// What the asynchronous resets depend on.
    resets: Cone,
    /// Everything.
    all: Cone,
    memories: Vec<Vec<Bits>>,
    scratch: Scratch,
}

/// What every expression is before an edge.
#[derive(Debug)]
pub struct Moment(Known);

/// What a cycle makes of a state and inputs.
#[derive(Debug)]
pub struct Step {
    /// Per output its value before the edge.
    pub outputs: Vec<Bits>,
    /// Per register its value after the edge, asynchronous resets that become
    /// active later left out.
    pub next: Vec<Bits>,
}

impl<'a> Machine<'a> {
    /// With these memory contents.
    pub fn new(netlist: &'a Netlist, memories: Vec<Vec<Bits>>) -> Machine<'a> {
        let leaves = || {
            let inputs = netlist.inputs.iter().map(|input| input.expr);
            inputs.chain(netlist.registers.iter().map(|register| register.expr))
        };
        let resets = (netlist.registers.iter())
            .flat_map(|register| &register.async_resets)
            .flat_map(|reset| [reset.active, reset.value]);
        Machine {
            netlist,
            resets: Cone::new(&netlist.exprs, resets.chain(leaves())),
            all: Cone::new(&netlist.exprs, netlist.roots().chain(leaves())),
            memories,
            scratch: Scratch::default(),
        }
    }

    /// Whether a bit of a memory that can be written is unknown.
    pub fn has_unknown_words(&self) -> bool {
        let memories = self.netlist.memories.iter().zip(&self.memories);
        let mut written = memories.filter(|(memory, _)| !memory.writes.is_empty());
        written.any(|(_, words)| words.iter().any(|word| !word.is_known()))
    }

    /// The number of expressions that a cycle evaluates.
    pub fn cycle_work(&self) -> usize {
        self.all.nodes().len()
    }

    /// The contents of a memory before the first clock: its own, else `fill`.
    pub fn first_words(netlist: &Netlist, mut fill: impl FnMut(u32) -> Bits) -> Vec<Vec<Bits>> {
        let words = netlist.memories.iter().map(|memory| match &memory.init {
            Some(init) => init.clone(),
            None => (0..memory.depth).map(|_| fill(memory.width)).collect(),
        });
        words.collect()
    }

    /// Sets a word of a memory, by its row counted from 0.
    pub fn set_word(&mut self, memory: usize, row: usize, value: &Bits) {
        let words = self.memories.get_mut(memory);
        if let Some(word) = words.and_then(|words| words.get_mut(row)) {
            word.clone_from(value);
        }
    }

    /// The state as a cycle with these inputs reads it: active asynchronous
    /// resets have acted.
    pub fn under_resets(&mut self, state: &[Bits], inputs: &[Bits]) -> Vec<Bits> {
        let netlist = self.netlist;
        if netlist
            .registers
            .iter()
            .all(|it| it.async_resets.is_empty())
        {
            return state.to_vec();
        }
        let known = sweep(
            netlist,
            &self.resets,
            &self.memories,
            (state, inputs),
            &mut self.scratch,
        );
        let of = |expr: ExprId| known.bits(&self.resets, &netlist.exprs, expr);
        let registers = netlist.registers.iter().zip(state);
        let effective = registers.map(|(register, value)| {
            let mut result = value.clone();
            // The first has priority, so it is applied last.
            for reset in register.async_resets.iter().rev() {
                result = match of(reset.active).bit(0) {
                    Some(true) => of(reset.value),
                    Some(false) => result,
                    None => meet(&result, &of(reset.value)),
                };
            }
            result
        });
        effective.collect()
    }

    /// Whether a reset that logic makes may be active. It is part of the
    /// expressions, so a register shows another value than the source does.
    pub fn logic_resets(&mut self, state: &[Bits], inputs: &[Bits]) -> bool {
        let netlist = self.netlist;
        if netlist.logic_resets.is_empty() {
            return false;
        }
        let known = self.evaluate(state, inputs);
        let mut resets = netlist.logic_resets.iter();
        resets.any(|it| known.bits(&self.all, &netlist.exprs, it.active).bit(0) != Some(false))
    }

    fn evaluate(&mut self, state: &[Bits], inputs: &[Bits]) -> Known {
        sweep(
            self.netlist,
            &self.all,
            &self.memories,
            (state, inputs),
            &mut self.scratch,
        )
    }

    /// The state after an edge, from one in which active resets have acted.
    pub fn next(&mut self, state: &[Bits], inputs: &[Bits]) -> Vec<Bits> {
        let known = self.evaluate(state, inputs);
        self.next_of(&known, state)
    }

    fn next_of(&self, known: &Known, state: &[Bits]) -> Vec<Bits> {
        let of = |expr: ExprId| known.bits(&self.all, &self.netlist.exprs, expr);
        let registers = self.netlist.registers.iter().zip(state);
        let next = registers.map(|(register, held)| {
            let mut next = of(register.next);
            for reset in &register.async_resets {
                next = match of(reset.active).bit(0) {
                    Some(true) => held.clone(),
                    Some(false) => next,
                    None => meet(&next, held),
                };
            }
            next
        });
        next.collect()
    }

    /// One cycle from a state in which active resets have acted. Memories are written.
    pub fn step(&mut self, state: &[Bits], inputs: &[Bits]) -> Step {
        let moment = self.moment(state, inputs);
        let outputs = self.netlist.outputs.iter();
        let outputs = outputs.map(|output| self.value(&moment, output.expr));
        Step {
            outputs: outputs.collect(),
            next: self.clock(&moment, state),
        }
    }

    /// All values before the edge of a cycle, from a state in which active resets have acted.
    pub fn moment(&mut self, state: &[Bits], inputs: &[Bits]) -> Moment {
        Moment(self.evaluate(state, inputs))
    }

    /// The value of one of the netlist's roots.
    pub fn value(&self, moment: &Moment, expr: ExprId) -> Bits {
        moment.0.bits(&self.all, &self.netlist.exprs, expr)
    }

    /// Whether a root may depend on something unknown: what simulators make of it then is their
    /// own affair.
    pub fn sees_unknown(&self, moment: &Moment, expr: ExprId) -> bool {
        let exprs = &self.netlist.exprs;
        let cone = Cone::new(exprs, [expr]);
        let mut leaves = cone.nodes().iter().filter(|node| {
            let node = exprs.node(**node);
            matches!(node, Node::Input(_) | Node::Reg(_) | Node::MemRead(..))
        });
        leaves.any(|&leaf| !self.value(moment, leaf).is_known())
    }

    /// How many bits of an expression differ between two moments, and how many more are unknown
    /// in one of them.
    pub fn changes(&self, was: &Moment, is: &Moment, expr: ExprId) -> (u32, u32) {
        let (was, is) = (was.0.planes(&self.all, expr), is.0.planes(&self.all, expr));
        let (mut changed, mut known_bits) = (0, 0);
        for at in 0..was.known.len() {
            let known = was.known[at] & is.known[at];
            changed += ((was.value[at] ^ is.value[at]) & known).count_ones();
            known_bits += known.count_ones();
        }
        (changed, self.netlist.exprs.width(expr) - known_bits)
    }

    /// All expressions that a cycle evaluates.
    pub fn cone(&self) -> &Cone {
        &self.all
    }

    /// The edge: writes the memories and returns the next state.
    pub fn clock(&mut self, moment: &Moment, state: &[Bits]) -> Vec<Bits> {
        let next = self.next_of(&moment.0, state);
        let of = |expr: ExprId| moment.0.bits(&self.all, &self.netlist.exprs, expr);
        for (memory, words) in self.netlist.memories.iter().zip(&mut self.memories) {
            for write in &memory.writes {
                let [enable, address, data, mask] =
                    [write.enable, write.address, write.data, write.mask].map(of);
                store(words, &enable, &address, &data, &mask);
            }
        }
        next
    }
}

fn sweep(
    netlist: &Netlist,
    cone: &Cone,
    memories: &[Vec<Bits>],
    (state, inputs): (&[Bits], &[Bits]),
    scratch: &mut Scratch,
) -> Known {
    let mut known = Known::nothing(cone);
    for (register, value) in netlist.registers.iter().zip(state) {
        known.set(cone, register.expr, value);
    }
    for (input, value) in netlist.inputs.iter().zip(inputs) {
        known.set(cone, input.expr, value);
    }
    let read = |memory: MemId, address: &Bits| {
        let words = &memories[memory.index()];
        let at = usize::try_from(address.to_u64()?).ok()?;
        words.get(at).cloned()
    };
    known
        .sweep_reading(cone, &netlist.exprs, read, scratch)
        .expect("leaves alone cannot contradict each other");
    known
}

/// What two values agree on.
fn meet(a: &Bits, b: &Bits) -> Bits {
    let limbs = a.value_limbs().iter().zip(b.value_limbs());
    let unknown = a.unknown_limbs().iter().zip(b.unknown_limbs());
    let unknown: Vec<u64> = (limbs.zip(unknown))
        .map(|((a, b), (x, y))| (a ^ b) | x | y)
        .collect();
    Bits::new(a.width(), a.value_limbs(), &unknown)
}

/// One write port at the edge.
fn store(words: &mut [Bits], enable: &Bits, address: &Bits, data: &Bits, mask: &Bits) {
    if enable.bit(0) == Some(false) {
        return;
    }
    let surely = enable.bit(0) == Some(true);
    let written = |old: &Bits, here: bool| {
        let limbs = (0..old.value_limbs().len()).map(|at| {
            let (was, is) = (old.value_limbs()[at], data.value_limbs()[at]);
            let (was_unknown, is_unknown) = (old.unknown_limbs()[at], data.unknown_limbs()[at]);
            let may = mask.value_limbs()[at] | mask.unknown_limbs()[at];
            let must = match here {
                true => mask.value_limbs()[at] & !mask.unknown_limbs()[at],
                false => 0,
            };
            let value = (was & !must) | (is & must);
            let kept = was_unknown | (may & ((was ^ is) | is_unknown));
            (value, (kept & !must) | (is_unknown & must))
        });
        let (value, unknown): (Vec<u64>, Vec<u64>) = limbs.unzip();
        Bits::new(old.width(), &value, &unknown)
    };
    match address.to_u64() {
        Some(at) => {
            let word = usize::try_from(at).ok().and_then(|at| words.get_mut(at));
            if let Some(word) = word {
                *word = written(word, surely);
            }
        }
        // It may be any word.
        None => {
            for word in words {
                *word = written(word, false);
            }
        }
    }
}
