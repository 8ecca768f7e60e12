//! Plans against brute force on random graphs, and the refusals.

use super::graph::Flow;
use super::*;
use crate::control::State;
use crate::netlist::testing::Rng;

fn random_flow(rng: &mut Rng, count: usize) -> Flow {
    let mut edges: Vec<(u32, u32)> = (1..count)
        .map(|state| (rng.below(state) as u32, state as u32))
        .collect();
    for _ in 0..count + rng.below(count + 3) {
        let from = rng.below(count) as u32;
        let to = rng.below(count) as u32;
        if from != to || rng.below(4) == 0 {
            edges.push((from, to));
        }
    }
    // The design never stops: the last state leads somewhere.
    let leaves: Vec<u32> = (0..count as u32)
        .filter(|&state| edges.iter().all(|edge| edge.0 != state))
        .collect();
    edges.extend(leaves.into_iter().map(|state| (state, 0)));
    Flow::from_edges(count, edges)
}

/// Whether a walk can avoid the chosen states for more than `bound` edges:
/// by trying every walk, independently of the planner.
fn longest_walk(flow: &Flow, edges: &[(u32, u32)], chosen: &[bool], limit: u64) -> u64 {
    let mut here: Vec<u32> = (0..flow.len() as u32)
        .filter(|&state| chosen[state as usize] || state == 0)
        .collect();
    let mut steps = 0;
    while !here.is_empty() && steps <= limit {
        let mut next: Vec<u32> = (edges.iter())
            .filter(|(from, _)| here.contains(from))
            .map(|&(_, to)| to)
            .collect();
        next.sort_unstable();
        next.dedup();
        steps += 1;
        here = next.into_iter().filter(|&s| !chosen[s as usize]).collect();
    }
    steps
}

#[test]
fn plans_are_valid_and_as_cheap_as_brute_force_says() {
    let (mut exact, mut refused) = (0, 0);
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let count = 3 + rng.below(7);
        let flow = random_flow(&mut rng, count);
        let edges = flow.edges();
        let bits: Vec<u64> = (0..count).map(|_| rng.next() % 40).collect();
        let pick = |rng: &mut Rng, odds: usize| -> Vec<StateId> {
            let all = (0..count as u32).map(StateId);
            all.filter(|_| rng.below(odds) == 0).collect()
        };
        let options = PlanOptions {
            rewrites: Default::default(),
            max_cycles: (seed % 3 == 0).then(|| 1 + rng.next() % 5),
            forced: pick(&mut rng, 12),
            forbidden: pick(&mut rng, 8),
            prices: None,
            costs: None,
        };
        // No walk avoids the checkpoints for longer than there are states, or for ever.
        let limit = options.max_cycles.unwrap_or(count as u64 + 1);
        let valid = |chosen: &[bool]| longest_walk(&flow, &edges, chosen, limit) <= limit;
        let mut cheapest = None;
        for choice in 0..1u32 << count {
            let chosen: Vec<bool> = (0..count).map(|state| choice >> state & 1 == 1).collect();
            let forced = options.forced.iter().all(|s| chosen[s.index()]);
            let free = options.forbidden.iter().all(|s| !chosen[s.index()]);
            if forced && free && valid(&chosen) {
                let own = chosen.iter().zip(&bits).filter(|(own, _)| **own);
                let cost: u64 = own.map(|(_, bits)| bits).sum();
                cheapest = Some(cheapest.map_or(cost, |best: u64| best.min(cost)));
            }
        }
        match (hitting::solve(&flow, &bits, &options), cheapest) {
            (Ok(solution), Some(cheapest)) => {
                assert!(valid(&solution.chosen), "seed {seed}");
                let found = solution.optimality;
                assert!(found.lower_bound <= cheapest as f64, "seed {seed}");
                assert!(found.objective >= cheapest as f64, "seed {seed}");
                assert_eq!(found.objective, cheapest as f64, "seed {seed}: {found:?}");
                exact += usize::from(found.lower_bound == found.objective);
            }
            (Err(_), None) => refused += 1,
            (Ok(_), None) => panic!("seed {seed}: a plan where there is none"),
            (Err(error), Some(_)) => panic!("seed {seed}: {error:?}"),
        }
    }
    assert!(exact > 150, "{exact} proven optimal");
    assert!(refused > 20, "{refused} infeasible");
}

#[test]
fn the_segment_runs_from_checkpoint_to_checkpoint() {
    // 0 -> 1 -> 2 -> 3 -> 0 with a self loop on 0.
    let flow = Flow::from_edges(4, [(0, 0), (0, 1), (1, 2), (2, 3), (3, 0)]);
    let found = hitting::solve(&flow, &[9, 1, 1, 1], &PlanOptions::default());
    let chosen = found.expect("feasible").chosen;
    assert_eq!(chosen, [true, false, false, false]);
    assert_eq!(flow.longest_segment(&chosen), [0, 1, 2, 3, 0]);
}

#[test]
fn refusals_name_the_path_and_the_smallest_bound() {
    let flow = Flow::from_edges(4, [(0, 0), (0, 1), (1, 2), (2, 3), (3, 0)]);
    let solve = |max_cycles, forbidden: &[u32]| {
        let options = PlanOptions {
            max_cycles,
            forbidden: forbidden.iter().map(|&state| StateId(state)).collect(),
            ..PlanOptions::default()
        };
        hitting::solve(&flow, &[9, 1, 1, 1], &options).map(|solution| solution.chosen)
    };
    assert_eq!(solve(None, &[0]), Err(PlanError::Cycle(vec![StateId(0)])));
    assert_eq!(
        solve(Some(2), &[1, 2]),
        Err(PlanError::Path {
            states: [0, 1, 2, 3].map(StateId).to_vec(),
            cycles: 3,
            bound: 2,
            smallest: 3,
        })
    );
    assert_eq!(solve(Some(3), &[1, 2]), Ok(vec![true, false, false, true]));
}

#[test]
fn refusals_without_a_proof_say_so() {
    let error = |refusal| PlanError::Energy {
        segment: WorstSegment {
            takes: 3_000_000_000,
            cold: true,
            states: vec![StateId(0)],
            parts: vec![2_000_000_000, 1_000_000_000],
        },
        budget: 2_000_000_000,
        refusal,
        smallest: None,
    };
    let graph = ControlGraph {
        registers: Vec::new(),
        states: vec![State {
            name: "only".to_string(),
            values: Vec::new(),
            initial: true,
        }],
        edges: Vec::new(),
        verdicts: Vec::new(),
        reset: None,
    };
    let notes = |error: PlanError| error.diagnostic(&graph).notes.join("\n");
    assert!(!notes(error(None)).contains("no proof"));
    let cut_off = error(Some(Doubt::CutOff));
    for error in [cut_off.clone(), cut_off.with_words_in_doubt()] {
        let notes = notes(error);
        assert!(
            notes.contains("no proof that there is no plan: more partial choices"),
            "{notes}"
        );
    }
    let notes = notes(error(None).with_words_in_doubt());
    assert!(
        notes.contains("no proof that there is no plan: the plans found"),
        "{notes}"
    );
}
