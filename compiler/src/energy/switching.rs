//! What can change in a cycle of each control state: register bits and cell outputs.
//!
//! States are evaluated one after the other by a [`Brief`], which leaves out what does not depend on the control
//! registers, and counts long chains of multiplexers without walking them: a machine of thousands of states
//! takes about as long per state as one of ten.

use crate::control::ControlGraph;
use crate::netlist::known::{Brief, Cone, Known, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, Node, RegId};

use super::cells;
use super::estimate::Priced;

/// What can change in a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switching {
    /// Register bits.
    pub(super) moving: f64,
    /// Joules of one transition of each cell, at most.
    pub(super) most: f64,
    /// The same, mean.
    pub(super) mean: f64,
}

/// The states of a design.
pub(super) struct States<'a> {
    netlist: &'a Netlist,
    graph: &'a ControlGraph,
    cone: &'a Cone,
    brief: Brief,
    scratch: Scratch,
    priced: &'a [Priced],
    /// Those that are evaluated for each state.
    changing: Vec<Priced>,
    /// Joules of the cells that are unknown in all of them: most and mean.
    constant: (f64, f64),
}

impl<'a> States<'a> {
    pub(super) fn new(
        netlist: &'a Netlist,
        graph: &'a ControlGraph,
        cone: &'a Cone,
        priced: &'a [Priced],
    ) -> States<'a> {
        let mut scratch = Scratch::default();
        let exprs = &netlist.exprs;
        let control = graph.registers.iter();
        let leaves = control.map(|register| netlist.registers[register.index()].expr);
        let brief = Brief::new(exprs, cone, netlist.roots(), leaves, &mut scratch);
        let mut is_changing = vec![false; exprs.len()];
        for id in brief.changing(cone) {
            is_changing[id.index()] = true;
        }
        let changing = priced.iter().filter(|(id, ..)| is_changing[id.index()]);
        let mut is_constant = vec![false; exprs.len()];
        for id in brief.constant(cone) {
            is_constant[id.index()] = true;
        }
        let view = View {
            netlist,
            cone,
            known: brief.known(),
        };
        let constant = priced.iter().filter(|(id, ..)| is_constant[id.index()]);
        let constant = view.joules(constant);
        let changing = changing.copied().collect();
        States {
            netlist,
            graph,
            cone,
            brief,
            scratch,
            priced,
            changing,
            constant,
        }
    }

    /// What can change where the control registers have these values.
    pub(super) fn switching(&mut self, values: &[Bits]) -> Switching {
        let (netlist, cone) = (self.netlist, self.cone);
        let exprs = &netlist.exprs;
        let control = self.graph.registers.iter();
        let control = control.map(|register| netlist.registers[register.index()].expr);
        let leaves = control.zip(values);
        let told = (self.brief).sweep(exprs, cone, leaves.clone(), &mut self.scratch);
        if told.is_none() {
            let mut known = Known::nothing(cone);
            for (expr, value) in leaves {
                known.set(cone, expr, value);
            }
            if known.sweep(cone, exprs, &mut self.scratch).is_err() {
                unreachable!("nothing but leaves is set");
            }
            let view = View {
                netlist,
                cone,
                known: &known,
            };
            let (most, mean) = view.joules(self.priced.iter());
            return Switching {
                moving: view.changing_bits() as f64,
                most,
                mean,
            };
        }
        let view = View {
            netlist,
            cone,
            known: self.brief.known(),
        };
        let (mut most, mut mean) = view.joules(self.changing.iter());
        most += self.constant.0;
        mean += self.constant.1;
        for (passed, count) in self.brief.hidden(exprs, cone) {
            let bits = f64::from(view.unknown_bits(passed)) * f64::from(count);
            most += bits * cells::MUX.most_joules;
            mean += bits * cells::MUX.mean_joules;
        }
        Switching {
            moving: view.changing_bits() as f64,
            most,
            mean,
        }
    }
}

/// A netlist in one state.
struct View<'a> {
    netlist: &'a Netlist,
    cone: &'a Cone,
    known: &'a Known,
}

impl View<'_> {
    fn unknown_bits(&self, expr: ExprId) -> u32 {
        let known = self.known.planes(self.cone, expr).known;
        let ones: u32 = known.iter().map(|limb| limb.count_ones()).sum();
        self.netlist.exprs.width(expr) - ones
    }

    /// Joules of cells whose outputs are not known: most and mean.
    fn joules<'p>(&self, priced: impl Iterator<Item = &'p Priced>) -> (f64, f64) {
        priced.fold((0.0, 0.0), |(most, mean), &(id, cell, count)| {
            let cells = f64::from(self.unknown_bits(id)) * count;
            (
                most + cells * cell.most_joules,
                mean + cells * cell.mean_joules,
            )
        })
    }

    /// How many register bits can change at the edge that ends the cycle.
    fn changing_bits(&self) -> u64 {
        let registers = self.netlist.registers.iter().enumerate();
        let changing = registers.map(|(index, register)| {
            let own = RegId(index as u32);
            // Of a register that keeps its value no bit need be looked at.
            let next = self.passed(register.next);
            if next.map(|next| self.netlist.exprs.node(next)) == Some(&Node::Reg(own)) {
                return 0;
            }
            let now = self.known.planes(self.cone, register.expr);
            let then = self.known.planes(self.cone, register.next);
            let bits = (0..register.width).filter(|&bit| match (now.bit(bit), then.bit(bit)) {
                (Some(now), Some(then)) => now != then,
                _ => next.and_then(|next| self.comes_from(next, bit)) != Some((own, bit)),
            });
            bits.count() as u64
        });
        changing.sum()
    }

    /// What multiplexers whose selects are known pass; `None` where one is not.
    fn passed(&self, mut expr: ExprId) -> Option<ExprId> {
        let exprs = &self.netlist.exprs;
        while let Node::Mux(select, then, other) = exprs.node(expr) {
            expr = match self.cone.passed(exprs, self.known, expr) {
                Some(leg) => leg,
                None => match self.known.planes(self.cone, *select).bit(0)? {
                    true => *then,
                    false => *other,
                },
            };
        }
        Some(expr)
    }

    /// The register bit that a bit of an expression is a copy of, as far as the
    /// known selects tell.
    fn comes_from(&self, mut expr: ExprId, mut bit: u32) -> Option<(RegId, u32)> {
        let exprs = &self.netlist.exprs;
        loop {
            expr = self.passed(expr)?;
            match exprs.node(expr) {
                Node::Reg(register) => return Some((*register, bit)),
                Node::Slice(of, low) => (expr, bit) = (*of, bit + low),
                Node::Concat(items) => {
                    let part = items.iter().find(|&&item| {
                        let width = exprs.width(item);
                        let here = bit < width;
                        if !here {
                            bit -= width;
                        }
                        here
                    });
                    expr = *part?;
                }
                Node::Index(index, items) => {
                    let planes = self.known.planes(self.cone, *index);
                    let at = planes.number(exprs.width(*index))?;
                    expr = *items.get(usize::try_from(at).ok()?)?;
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{ControlOptions, explore};
    use crate::energy::estimate::priced;
    use crate::liveness::tests::random_machine;
    use crate::netlist::testing::Rng;

    /// Against an evaluation of everything in each state.
    #[test]
    fn leaving_out_what_is_alike_changes_nothing() {
        let (mut compared, mut hidden) = (0, 0);
        for seed in 0..300 {
            let netlist = random_machine(&mut Rng::new(seed));
            let (graph, _) = explore(&netlist, &ControlOptions::default());
            let cone = Cone::new(&netlist.exprs, netlist.roots());
            let priced = priced(&netlist, &cone);
            let mut states = States::new(&netlist, &graph, &cone, &priced);
            for state in &graph.states {
                let own = states.switching(&state.values);
                hidden += states
                    .brief
                    .hidden(&netlist.exprs, &cone)
                    .map(|(_, count)| count)
                    .sum::<u32>();
                let mut known = Known::nothing(&cone);
                for (&register, value) in graph.registers.iter().zip(&state.values) {
                    known.set(&cone, netlist.registers[register.index()].expr, value);
                }
                known
                    .sweep(&cone, &netlist.exprs, &mut Scratch::default())
                    .unwrap();
                let view = View {
                    netlist: &netlist,
                    cone: &cone,
                    known: &known,
                };
                let (most, mean) = view.joules(priced.iter());
                assert_eq!(own.moving, view.changing_bits() as f64, "seed {seed}");
                assert!((own.most - most).abs() <= 1e-9 * most, "seed {seed}");
                assert!((own.mean - mean).abs() <= 1e-9 * mean, "seed {seed}");
                compared += 1;
            }
        }
        println!("{compared} states, {hidden} hidden");
        assert!(compared > 600 && hidden > 100, "{compared}, {hidden}");
    }
}
