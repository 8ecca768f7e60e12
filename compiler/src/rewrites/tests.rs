//! Power failures of small machines in the evaluator, and the prover as a second opinion.
//!
//! A machine runs with random inputs; its supply fails at random, the row that is being written holds anything then, registers
//! go back to the last commit, with anything in dead bits, and what ran since runs again. Commits are made in the states
//! that the analysis asks for, and in others by chance.

use std::time::Duration;

use super::*;
use crate::control::{ControlOptions, explore};
use crate::liveness::memory_tests::{fill_and_drain, random_machine};
use crate::liveness::tests::{input_bits, inputs_of};
use crate::liveness::{accesses, analyze, machines};
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::Rng;
use crate::netlist::{Bits, Kept};
use crate::plan::{Plan, PlanOptions, plan};
use crate::prove::{Claims, ProveOptions, Subject, Verdict, prove};

struct Analysed {
    netlist: Netlist,
    graph: ControlGraph,
    liveness: Liveness,
    accesses: Accesses,
}

/// With all memories declared to outlive a failure.
fn analysed(mut netlist: Netlist) -> Analysed {
    for memory in &mut netlist.memories {
        memory.kept = Some(Kept::Nonvolatile);
    }
    let (graph, _) = explore(&netlist, &ControlOptions::default());
    let (graph, liveness) = analyze(&netlist, &graph, &[]);
    let accesses = accesses(&netlist, &graph, &liveness);
    Analysed {
        netlist,
        graph,
        liveness,
        accesses,
    }
}

impl Analysed {
    fn resolved(&self, forbidden: &[StateId]) -> Result<Rewrites, Vec<Diagnostic>> {
        let bits = vec![1; self.graph.states.len()];
        resolve(
            &self.netlist,
            &self.graph,
            &self.liveness,
            &self.accesses,
            &bits,
            forbidden,
        )
    }

    /// The state behind the edge that is taken.
    fn step(&self, state: StateId, machine: &MachineState, inputs: &[Vec<bool>]) -> StateId {
        let values = eval::values(&self.netlist, machine, inputs);
        let mut edges = self.graph.edges_from(state).iter();
        let taken = edges.find(|edge| {
            let mut all = edge.assumptions.iter();
            all.all(|it| values[it.expr.index()][it.bit as usize] == it.value)
        });
        taken.expect("one of the edges is taken").to
    }

    /// Rows of the first memory that are written in a cycle.
    fn written(&self, machine: &MachineState, inputs: &[Vec<bool>]) -> Vec<usize> {
        let values = eval::values(&self.netlist, machine, inputs);
        let number = |bits: &[bool]| {
            let set = bits.iter().enumerate().filter(|(_, set)| **set);
            set.map(|(at, _)| 1usize << at).sum::<usize>()
        };
        let memory = &self.netlist.memories[0];
        let writes = memory.writes.iter();
        let writes = writes.filter(|write| values[write.enable.index()][0]);
        let rows = writes.map(|write| number(&values[write.address.index()]));
        rows.filter(|&row| row < memory.depth as usize).collect()
    }

    /// Whether an output differs in some run with failures.
    fn diverges(&self, sure: &[StateId], rng: &mut Rng) -> bool {
        (0..20).any(|_| self.run_diverges(sure, rng))
    }

    fn run_diverges(&self, sure: &[StateId], rng: &mut Rng) -> bool {
        const CYCLES: usize = 40;
        let mut start = MachineState::zero(&self.netlist);
        // Without resets.
        let drawn = |rng: &mut Rng| loop {
            let number = rng.next() % (1 << input_bits(&self.netlist));
            let inputs = inputs_of(&self.netlist, number);
            let (_, resets) = eval::under_resets(&self.netlist, &start, &inputs);
            if !resets.contains(&true) {
                break inputs;
            }
        };
        let inputs: Vec<Vec<Vec<bool>>> = (0..CYCLES).map(|_| drawn(rng)).collect();
        for bit in start.memories.iter_mut().flatten().flatten() {
            *bit = rng.flip();
        }
        let initial = self.graph.states.iter().position(|state| state.initial);
        let initial = StateId(initial.expect("the machine starts somewhere") as u32);
        let (mut golden, mut states) = (vec![start.clone()], vec![initial]);
        for at in 0..CYCLES {
            states.push(self.step(states[at], &golden[at], &inputs[at]));
            golden.push(eval::cycle(&self.netlist, &golden[at], &inputs[at]).next);
        }
        let (mut at, mut machine) = (0, start);
        let mut committed = (0, machine.registers.clone());
        let mut failures = 4;
        while at < CYCLES {
            let state = states[at];
            if at > committed.0 && (sure.contains(&state) || rng.below(6) == 0) {
                committed = (at, machine.registers.clone());
            }
            let shown = eval::sampled(&self.netlist, &machine, &inputs[at]);
            if shown != eval::sampled(&self.netlist, &golden[at], &inputs[at]) {
                return true;
            }
            if failures > 0 && rng.below(8) == 0 {
                failures -= 1;
                for row in self.written(&machine, &inputs[at]) {
                    for bit in &mut machine.memories[0][row] {
                        *bit = rng.flip();
                    }
                }
                (at, machine.registers) = committed.clone();
                let live = &self.liveness.live[states[at].index()];
                for (register, bits) in machine.registers.iter_mut().enumerate() {
                    let range = (self.liveness.bits).range(crate::netlist::RegId(register as u32));
                    for (bit, number) in bits.iter_mut().zip(range) {
                        *bit = if live.contains(number) {
                            *bit
                        } else {
                            rng.flip()
                        };
                    }
                }
                continue;
            }
            machine = eval::cycle(&self.netlist, &machine, &inputs[at]).next;
            at += 1;
        }
        false
    }

    fn plan(&self, rewrites: &Rewrites) -> Plan {
        let options = PlanOptions {
            forced: rewrites.sure.clone(),
            rewrites: rewrites.clone(),
            ..PlanOptions::default()
        };
        plan(&self.netlist, &self.graph, &self.liveness, &options).expect("nothing is forbidden")
    }

    /// The verdicts of what is read and written again.
    fn proved(&self, plan: &Plan) -> Vec<Verdict> {
        let claims = Claims {
            netlist: &self.netlist,
            graph: &self.graph,
            liveness: &self.liveness,
            plan: Some(plan),
        };
        let options = ProveOptions {
            state_time: Duration::from_secs(60),
            total_time: Duration::from_secs(60),
        };
        let proof = prove(&claims, &options, |_, _| {});
        let all = proof.obligations.into_iter();
        let mut verdicts = Vec::new();
        for obligation in all {
            match obligation.subject {
                Subject::Rewrites(_) => verdicts.push(obligation.verdict),
                _ => assert_eq!(obligation.verdict, Verdict::Proved),
            }
        }
        assert_eq!(verdicts.len(), self.graph.states.len());
        verdicts
    }
}

#[test]
fn what_runs_again_does_what_it_did() {
    let (mut taken, mut refused, mut placed, mut needed, mut moved) = (0, 0, 0, 0, 0);
    for seed in 0..300 {
        let of = analysed(random_machine(&mut Rng::new(seed)));
        let Ok(found) = of.resolved(&[]) else {
            refused += 1;
            continue;
        };
        taken += 1;
        let text = || crate::netlist::print::print(&of.netlist);
        let rng = &mut Rng::new(seed + 1000);
        assert!(!of.diverges(&found.sure, rng), "seed {seed}\n{}", text());
        let plan = of.plan(&found);
        let proved = of.proved(&plan);
        let refuted = |verdict: &&Verdict| matches!(verdict, Verdict::Refuted(_));
        let wrong: Vec<_> = proved
            .iter()
            .enumerate()
            .filter(|(_, it)| refuted(it))
            .collect();
        assert!(wrong.is_empty(), "seed {seed}\n{}\n{wrong:?}", text());
        if found.sure.is_empty() {
            continue;
        }
        placed += 1;
        needed += usize::from(of.diverges(&[], rng));
        // Elsewhere, where those must not be checkpoints.
        if let Ok(other) = of.resolved(&found.sure) {
            moved += 1;
            assert!(!of.diverges(&other.sure, rng), "seed {seed}\n{}", text());
            let mut proved = of.proved(&of.plan(&other)).into_iter();
            assert!(proved.all(|it| !refuted(&&it)), "seed {seed}\n{}", text());
        }
        // Without the commits, whatever is claimed of what has been read is refuted.
        let mut less = plan.clone();
        less.rewrites.sure.clear();
        assert!(
            of.proved(&less).iter().any(|it| refuted(&it)),
            "seed {seed}"
        );
        less.rewrites.exposed = place::exposed(&of.graph, &of.accesses, &[]);
        assert!(
            of.proved(&less).iter().any(|it| refuted(&it)),
            "seed {seed}"
        );
    }
    assert!(
        taken > 30 && refused > 30 && placed > 10 && needed * 2 > placed && moved > 3,
        "{taken} taken, {refused} refused, {placed} with commits, {needed} of which are needed, {moved} can be elsewhere"
    );
}

/// Four rows are written, then shown, again and again: one commit in front of the first write does.
#[test]
fn one_commit_in_front_of_several_writes() {
    let mut netlist = fill_and_drain();
    // A reset would be one more way to write a row.
    for register in &mut netlist.registers {
        register.async_resets.clear();
        register.init = Some(Bits::zero(register.width));
    }
    let of = analysed(netlist);
    let found = of.resolved(&[]).expect("nothing is refused");
    let name = |state: &StateId| of.graph.states[state.index()].name.clone();
    let names: Vec<String> = found.sure.iter().map(name).collect();
    assert_eq!(names, ["drain=0,count=0"]);
    let rows: Vec<String> = (found.found.iter())
        .map(|it| format!("{} {}", name(&it.state), it.rows[0].name(&of.netlist)))
        .collect();
    assert_eq!(
        rows,
        [
            "drain=0,count=0 ram[0]",
            "drain=0,count=1 ram[1]",
            "drain=0,count=2 ram[2]",
            "drain=0,count=3 ram[3]"
        ]
    );
    assert!(found.found.iter().all(|it| it.commits == found.sure));
    // Elsewhere it takes two: the last row is read on the way to the first write.
    let other = of.resolved(&found.sure).expect("there are others");
    let names: Vec<String> = other.sure.iter().map(name).collect();
    assert_eq!(names, ["drain=0,count=3", "drain=1,count=3"]);
    // Where all states that write are forbidden nothing does.
    let writes: Vec<StateId> = found.found.iter().map(|it| it.state).collect();
    let errors = of.resolved(&writes).expect_err("no state is left");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.contains("must not be a checkpoint"));
}

/// A write to one of two rows, at an address that nothing is known of, and a read that comes later.
#[test]
fn unknown_addresses_are_any_row() {
    let of = analysed(machines::buffer());
    let found = of.resolved(&[]).expect("nothing is refused");
    assert_eq!(found.sure.len(), 1);
    let first = &found.found[0];
    assert_eq!(first.rows[0].name(&of.netlist), "buffer");
    assert_eq!(first.commits, found.sure);
    let mut partly = machines::buffer();
    let mask = partly.memories[0].writes[2].enable;
    partly.memories[0].writes[2].mask = {
        let bits = vec![mask; 4];
        partly
            .exprs
            .intern(crate::netlist::Node::Concat(bits.into()), 4)
    };
    let of = analysed(partly);
    assert!(of.resolved(&[]).is_ok(), "all bits, or none");
}
