//! Where the design does what cannot be taken back.
//!
//! Between the last commit and a supply failure, inputs may be asked for again and
//! outputs repeated. That is harmless unless the environment counts: a word taken
//! from a queue, a command given. The user declares such handshakes; this
//! pass finds the control states in which one can transfer something, by three-valued
//! evaluation of each edge under its assumptions, and what the plan does about it.
//!
//! Guarantee: a transfer that is possible in a state after a reset is found in that
//! state. One that is found may be impossible. Edges of active asynchronous
//! resets are left out: nothing is transferred while the design is reset.

use crate::control::{ControlGraph, StateId};
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{ExprId, Netlist};
use crate::plan::Plan;

/// A handshake that can transfer something in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// Index into [`Netlist::handshakes`].
    pub handshake: usize,
    /// The state.
    pub state: StateId,
    /// What is done about it.
    pub resolution: Resolution,
}

/// What is done about a hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// There is no plan yet.
    Open,
    /// Every state that can follow is a checkpoint: the transfer is committed before
    /// the design goes on, if the save is not skipped.
    Commit,
    /// None of them, or not all, are: after a failure before the next commit the
    /// transfer happens again.
    Repeat,
}

/// Finds the hazards, by handshake and state.
pub fn hazards(netlist: &Netlist, graph: &ControlGraph, plan: Option<&Plan>) -> Vec<Hazard> {
    if netlist.handshakes.is_empty() {
        return Vec::new();
    }
    let exprs = &netlist.exprs;
    let transfers = netlist
        .handshakes
        .iter()
        .map(|handshake| handshake.transfer);
    let assumed = graph.edges.iter().flat_map(|edge| &edge.assumptions);
    let own = graph
        .registers
        .iter()
        .map(|own| netlist.registers[own.index()].expr);
    let own: Vec<ExprId> = own.collect();
    let roots = transfers
        .chain(assumed.map(|one| one.expr))
        .chain(own.iter().copied());
    let cone = Cone::new(exprs, roots);
    let mut scratch = Scratch::default();
    // Per handshake and state, the states that can follow a transfer.
    let mut found: Vec<Vec<Vec<StateId>>> =
        vec![vec![Vec::new(); graph.states.len()]; netlist.handshakes.len()];
    for (index, state) in graph.states.iter().enumerate() {
        let mut known = Known::nothing(&cone);
        for (&expr, value) in own.iter().zip(&state.values) {
            known.set(&cone, expr, value);
        }
        if known.sweep(&cone, exprs, &mut scratch).is_err() {
            continue;
        }
        for edge in graph.edges_from(StateId(index as u32)) {
            if edge.reset {
                continue;
            }
            let mark = known.mark();
            let possible = edge.assumptions.iter().all(|one| {
                let fact = (one.expr, one.bit, one.value);
                known.assume(&cone, exprs, fact, &mut scratch).is_ok()
            });
            for (at, handshake) in netlist.handshakes.iter().enumerate() {
                let inner = known.mark();
                let fact = (handshake.transfer, 0, true);
                if possible && known.assume(&cone, exprs, fact, &mut scratch).is_ok() {
                    found[at][index].push(edge.to);
                }
                known.undo(inner);
            }
            known.undo(mark);
        }
    }
    let mut hazards = Vec::new();
    for (handshake, states) in found.into_iter().enumerate() {
        for (index, after) in states.into_iter().enumerate() {
            let resolution = match plan {
                _ if after.is_empty() => continue,
                None => Resolution::Open,
                Some(plan) => {
                    let saved = |to: &StateId| {
                        (plan.checkpoints.iter()).any(|checkpoint| checkpoint.state == *to)
                    };
                    match after.iter().all(saved) {
                        true => Resolution::Commit,
                        false => Resolution::Repeat,
                    }
                }
            };
            hazards.push(Hazard {
                handshake,
                state: StateId(index as u32),
                resolution,
            });
        }
    }
    hazards
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{ControlOptions, explore};
    use crate::liveness::{self, tests as machines};
    use crate::netlist::Handshake;
    use crate::netlist::eval;
    use crate::netlist::testing::Rng;

    /// The transfers that valuations of a state show are found.
    #[test]
    fn no_transfer_is_missed() {
        let (mut seen, mut ruled_out) = (0, 0);
        for seed in 0..80 {
            let mut rng = Rng::new(seed);
            let mut netlist = machines::random_machine(&mut rng);
            let exprs = &netlist.exprs;
            let bits: Vec<ExprId> = exprs.ids().filter(|&id| exprs.width(id) == 1).collect();
            let transfer = bits[rng.below(bits.len())];
            netlist.handshakes = vec![Handshake {
                produces: rng.flip(),
                transfer,
                span: netlist.outputs[0].span,
            }];
            let (graph, _) = explore(&netlist, &ControlOptions::default());
            let (graph, _) = liveness::analyze(&netlist, &graph, &[]);
            let found = hazards(&netlist, &graph, None);
            for (index, state) in graph.states.iter().enumerate() {
                let id = StateId(index as u32);
                let happens = (0..1u64 << netlist.flop_bits()).any(|number| {
                    let machine = machines::state_of(&netlist, number);
                    machines::satisfies(&graph, state, &machine)
                        && (0..1u64 << machines::input_bits(&netlist)).any(|input| {
                            let inputs = machines::inputs_of(&netlist, input);
                            let (_, reset) = eval::under_resets(&netlist, &machine, &inputs);
                            let values = eval::values(&netlist, &machine, &inputs);
                            !reset.contains(&true) && values[transfer.index()][0]
                        })
                });
                let told = found.iter().any(|hazard| hazard.state == id);
                assert!(told || !happens, "seed {seed}: {}", state.name);
                seen += usize::from(happens);
                ruled_out += usize::from(!told);
            }
        }
        assert!(seen > 50 && ruled_out > 50, "{seen} and {ruled_out}");
    }
}
