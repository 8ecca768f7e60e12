//! A netlist that runs, three-valued: bits are 0, 1 or unknown.
//!
//! It uses the evaluation of the analyses ([`known`]), so that comparing it
//! with a simulator judges that, too. The caller gives the state of every
//! cycle; memories are kept here.

use idetic::netlist::known::{Cone, Known, Scratch};
use idetic::netlist::{Bits, ExprId, MemId, Netlist};

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

    /// The contents of a memory before the first clock: its own, else `fill`.
    pub fn first_words(netlist: &Netlist, mut fill: impl FnMut(u32) -> Bits) -> Vec<Vec<Bits>> {
        let words = netlist.memories.iter().map(|memory| match &memory.init {
            Some(init) => init.clone(),
            None => (0..memory.depth).map(|_| fill(memory.width)).collect(),
        });
        words.collect()
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
        let netlist = self.netlist;
        let known = self.evaluate(state, inputs);
        let of = |expr: ExprId| known.bits(&self.all, &netlist.exprs, expr);
        let next = self.next_of(&known, state);
        let outputs = netlist.outputs.iter().map(|output| of(output.expr));
        let outputs = outputs.collect();
        for (memory, words) in netlist.memories.iter().zip(&mut self.memories) {
            for write in &memory.writes {
                let [enable, address, data, mask] =
                    [write.enable, write.address, write.data, write.mask].map(of);
                store(words, &enable, &address, &data, &mask);
            }
        }
        Step { outputs, next }
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
