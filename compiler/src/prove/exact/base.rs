//! One control state: its circuit, and what a flip of a register bit changes of what can be seen of it.

use std::time::Instant;

use super::Random;
use super::toggle::{ALL, Lanes, NONE, Toggle, any, both, not};
use crate::control::StateId;
use crate::liveness::BitSet;
use crate::netlist::{ExprId, MemId, Sampled};
use crate::prove::Claims;
use crate::prove::aig::Lit;
use crate::prove::circuit::{Circuit, Contents, word};
use crate::prove::claims::{facts, live_rows, satisfies, successors};
use crate::prove::contents::Agreement;
use crate::prove::machine::{Cones, Copy, Machine};
use crate::prove::solver::{Answer, Question};

/// A state's circuit with its unflipped copy.
pub(super) struct Base {
    pub(super) state: StateId,
    pub(super) circuit: Circuit,
    copy: Copy,
    next: Vec<Vec<Lit>>,
    /// The targets, each with "the step ends there".
    targets: Vec<(StateId, Lit)>,
    /// What holds of the variables.
    fits: Vec<Lit>,
    /// What a change is looked for in, by node.
    roots: Vec<(u32, Root)>,
}

/// A node of which a change counts where `when` is 1.
#[derive(Clone, Copy)]
struct Root {
    what: What,
    when: Lit,
}

#[derive(Clone, Copy)]
enum What {
    /// An output, or the condition of one.
    Shown,
    /// A register bit after the step, by its number.
    Next(u32),
    /// What is written to live rows of a memory, if the step ends in the target of this number in [`Base::targets`].
    Memory(u32),
}

/// What a flip was seen to change.
pub(super) struct Reached {
    /// An output, or a memory that is live.
    pub(super) at_once: bool,
    /// Bits of the target, by its number.
    pub(super) after: Vec<(StateId, u32)>,
}

/// Under the present valuations, where they count and where the step can only end in each target.
pub(super) struct Ends {
    fit: Lanes,
    only: Vec<Lanes>,
}

/// What the solver says of a flip.
pub(super) struct Flip {
    pub(super) answer: Answer,
    /// The register bits after the step that the flip may change, by number.
    pub(super) reaches: Vec<u32>,
    /// If it can be told: values of the variables, by node.
    pub(super) model: Vec<bool>,
}

/// What a flip may change, as literals.
struct Changes {
    /// Outputs where they count, conditions.
    shown: Vec<Lit>,
    /// Next bits by their numbers.
    next: Vec<(usize, Lit)>,
    /// Per target, whether memories differ in rows that are live there.
    memories: Vec<Lit>,
}

impl Base {
    pub(super) fn new(claims: &Claims<'_>, machine: &Machine<'_>, state: StateId) -> Base {
        let netlist = claims.netlist;
        let mut circuit = Circuit::new(netlist);
        let mut stored: Vec<Vec<Lit>> = Vec::with_capacity(netlist.registers.len());
        for register in &netlist.registers {
            stored.push(word(&mut circuit.aig, register.width));
        }
        for (register, value) in facts(claims, state) {
            for (bit, lit) in stored[register.index()].iter_mut().enumerate() {
                *lit = Lit::constant(value.bit(bit as u32) == Some(true));
            }
        }
        let kept = machine.all_kept();
        let copy = machine.copy(&mut circuit, stored, kept, None);
        let next = machine.next(&mut circuit, &copy);
        let targets = successors(claims, state).into_iter();
        let targets = targets
            .map(|target| (target, satisfies(claims, &mut circuit, &next, target)))
            .filter(|&(_, there)| there != Lit::FALSE)
            .collect();
        let mut base = Base {
            state,
            fits: circuit.constraints(),
            circuit,
            copy,
            next,
            targets,
            roots: Vec::new(),
        };
        base.find_roots(claims, machine);
        base
    }

    fn find_roots(&mut self, claims: &Claims<'_>, machine: &Machine<'_>) {
        let netlist = claims.netlist;
        let value = |expr: ExprId| machine.value(&self.copy, expr);
        let mut roots: Vec<(u32, Root)> = Vec::new();
        let mut add = |bits: &[Lit], what, when| {
            roots.extend(
                bits.iter()
                    .map(|lit| (lit.node() as u32, Root { what, when })),
            );
        };
        for output in &netlist.outputs {
            match output.sampled {
                Sampled::Always => add(value(output.expr), What::Shown, Lit::TRUE),
                Sampled::Never => {}
                Sampled::When(condition) => {
                    add(value(condition), What::Shown, Lit::TRUE);
                    add(value(output.expr), What::Shown, value(condition)[0]);
                }
            }
        }
        for (number, &lit) in self.next.iter().flatten().enumerate() {
            add(&[lit], What::Next(number as u32), Lit::TRUE);
        }
        for (at, memory) in netlist.memories.iter().enumerate() {
            for (number, &(target, _)) in self.targets.iter().enumerate() {
                let what = What::Memory(number as u32);
                let live = live_rows(claims, target, MemId(at as u32));
                for write in &memory.writes {
                    let enable = value(write.enable)[0];
                    // Of a flip that makes it write, or write elsewhere, the solver finds whether rows are live.
                    let here = live.keep(&mut self.circuit.aig, value(write.address));
                    let when = self.circuit.aig.and(enable, here);
                    let all = live == Contents::Kept;
                    add(
                        value(write.enable),
                        what,
                        if all { Lit::TRUE } else { when },
                    );
                    for expr in [write.address, write.data, write.mask] {
                        add(value(expr), what, when);
                    }
                }
            }
        }
        // No flip changes the constant.
        roots.retain(|&(node, _)| node != Lit::FALSE.node() as u32);
        roots.sort_unstable_by_key(|&(node, _)| node);
        self.roots = roots;
    }

    /// The circuit made ready for flips.
    pub(super) fn toggle(&self) -> Toggle {
        Toggle::new(&self.circuit.aig, self.circuit.reads_kept())
    }

    /// Where the present valuations end.
    pub(super) fn ends(&self, toggle: &Toggle) -> Ends {
        let fits = self.fits.iter();
        let fit = fits.fold(ALL, |all, &lit| both(all, toggle.value(lit)));
        let there: Vec<Lanes> = (self.targets.iter())
            .map(|&(_, there)| toggle.value(there))
            .collect();
        // Where the step may end in several states, one that lets both agree will do.
        let (mut once, mut twice) = (NONE, NONE);
        for lanes in &there {
            for at in 0..lanes.len() {
                twice[at] |= once[at] & lanes[at];
                once[at] |= lanes[at];
            }
        }
        Ends {
            fit,
            only: there.iter().map(|&lanes| both(lanes, not(twice))).collect(),
        }
    }

    /// What the present valuations show of a flip.
    pub(super) fn reached(
        &self,
        claims: &Claims<'_>,
        toggle: &mut Toggle,
        ends: &Ends,
        bit: usize,
        random: &mut Random,
    ) -> Reached {
        let mut reached = Reached {
            at_once: false,
            after: Vec::new(),
        };
        let (register, at) = claims.liveness.bits.bit(bit);
        let variable = self.copy.stored[register.index()][at as usize];
        let fit = both(ends.fit, toggle.flip(variable, || random.next()));
        if !any(fit) {
            return reached;
        }
        for &node in toggle.changed() {
            let from = self.roots.partition_point(|&(other, _)| other < node);
            let roots = self.roots[from..].iter();
            for &(_, root) in roots.take_while(|&&(other, _)| other == node) {
                let lit = Lit::of_node(node);
                let seen = both(both(fit, toggle.differs(lit)), toggle.value(root.when));
                if !any(seen) {
                    continue;
                }
                let to = |only: &Lanes| any(both(seen, *only));
                let targets = self.targets.iter().zip(&ends.only);
                let targets = targets
                    .filter(|(_, only)| to(only))
                    .map(|(&(target, _), _)| target);
                match root.what {
                    What::Shown => reached.at_once = true,
                    What::Next(bit) => {
                        let kept = |target: &StateId| {
                            claims.liveness.live[target.index()].contains(bit as usize)
                        };
                        reached
                            .after
                            .extend(targets.filter(kept).map(|target| (target, bit)));
                    }
                    What::Memory(target) => {
                        reached.at_once |= to(&ends.only[target as usize]);
                    }
                }
                if reached.at_once {
                    return reached;
                }
            }
        }
        reached
    }

    /// The literals that tell a flipped copy from the other; those that cannot are
    /// left out.
    fn changes(
        &mut self,
        claims: &Claims<'_>,
        machine: &Machine<'_>,
        cones: &Cones,
        bit: usize,
    ) -> Changes {
        let netlist = claims.netlist;
        let index = &claims.liveness.bits;
        let (register, at) = index.bit(bit);
        let circuit = &mut self.circuit;
        let flipped = machine.flipped(circuit, &self.copy, (register, at), cones);
        let mut shown = Vec::new();
        for output in &netlist.outputs {
            let value = |copy: usize, expr| machine.value([&self.copy, &flipped][copy], expr);
            let aig = &mut circuit.aig;
            let counts = match output.sampled {
                Sampled::Always => Lit::TRUE,
                Sampled::Never => continue,
                Sampled::When(condition) => {
                    let [a, b] = [0, 1].map(|copy| value(copy, condition)[0]);
                    shown.push(aig.xor(a, b));
                    a
                }
            };
            let same = aig.equal(value(0, output.expr), value(1, output.expr));
            shown.push(aig.and(counts, !same));
        }
        shown.retain(|&lit| lit != Lit::FALSE);
        let mut next = Vec::new();
        for &register in cones.carried(register) {
            let after = machine.next_of(circuit, &flipped, register);
            let start = index.of(register, 0);
            let pairs = self.next[register.index()].iter().zip(after).enumerate();
            for (bit, (&a, b)) in pairs {
                let differ = circuit.aig.xor(a, b);
                if differ != Lit::FALSE {
                    next.push((start + bit, differ));
                }
            }
        }
        let mut agreement = Agreement::default();
        let memories = self.targets.iter().map(|&(target, _)| {
            let agree: Vec<Lit> = (0..netlist.memories.len() as u32)
                .map(|at| {
                    let live = live_rows(claims, target, MemId(at));
                    let of = (machine, [&self.copy, &flipped]);
                    agreement.after(circuit, of, MemId(at), [&Contents::Kept, &live])
                })
                .collect();
            !circuit.aig.all(agree)
        });
        let memories = memories.collect();
        Changes {
            shown,
            next,
            memories,
        }
    }

    /// Whether a flip can be told by what is known to be live.
    pub(super) fn flip(
        &mut self,
        claims: &Claims<'_>,
        machine: &Machine<'_>,
        cones: &Cones,
        live: &[BitSet],
        bit: usize,
        deadline: Instant,
    ) -> Flip {
        let mark = self.circuit.mark();
        let nodes = self.circuit.aig.len();
        let changes = self.changes(claims, machine, cones, bit);
        let mut ends = Vec::new();
        for (&(target, there), &memories) in self.targets.iter().zip(&changes.memories) {
            let live = &live[target.index()];
            let bits = changes.next.iter().filter(|(bit, _)| live.contains(*bit));
            let agree = bits.map(|&(_, differ)| !differ);
            let lits: Vec<Lit> = agree.chain([there, !memories]).collect();
            ends.push(self.circuit.aig.all(lits));
        }
        let aig = &mut self.circuit.aig;
        let arrives = aig.any(ends);
        let wrong = aig.any(changes.shown.into_iter().chain([!arrives]));
        let mut flip = Flip {
            answer: Answer::Never,
            reaches: changes.next.iter().map(|&(bit, _)| bit as u32).collect(),
            model: Vec::new(),
        };
        if wrong != Lit::FALSE {
            let mut wanted = self.circuit.constraints();
            wanted.push(wrong);
            let mut question = Question::new(&self.circuit.aig, &wanted, deadline);
            flip.answer = question.ask(&[]);
            if flip.answer == Answer::Sometimes {
                let lits = (0..nodes as u32).map(Lit::of_node);
                flip.model = lits.map(|lit| question.value(lit)).collect();
            }
        }
        self.circuit.undo(&mark);
        flip
    }
}
