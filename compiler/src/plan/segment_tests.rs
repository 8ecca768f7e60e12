//! Plans under budgets against brute force, the integer program and, on chains,
//! a table of all pairs.

use super::aging::Aging;
use super::frontier;
use super::graph::Flow;
use super::integer::{self, Outcome};
use super::segments::{Problem, Resource};
use crate::netlist::testing::Rng;

/// A problem that owns its graph.
pub(super) struct Case {
    pub(super) flow: Flow,
    pub(super) starts: Vec<bool>,
    pub(super) resources: Vec<Resource>,
    pub(super) costs: Vec<u64>,
    pub(super) allowed: Vec<bool>,
    pub(super) required: Vec<bool>,
    pub(super) aging: Option<Aging>,
}

impl Case {
    pub(super) fn problem(&self) -> Problem<'_> {
        Problem {
            flow: &self.flow,
            starts: &self.starts,
            resources: self.resources.clone(),
            costs: self.costs.clone(),
            allowed: self.allowed.clone(),
            required: self.required.clone(),
            aging: self.aging.clone(),
        }
    }
}

/// A structured control graph: sequences, branches, loops without a bound, and
/// loops with one, which counters in the states unroll.
pub(super) fn control_graph(rng: &mut Rng, count: usize) -> Flow {
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut at = 0u32;
    let count = count as u32;
    while at + 1 < count {
        let left = count - at - 1;
        match rng.below(6) {
            // A branch that joins again.
            0 if left >= 3 => {
                edges.extend([
                    (at, at + 1),
                    (at, at + 2),
                    (at + 1, at + 3),
                    (at + 2, at + 3),
                ]);
                at += 3;
            }
            // A counted loop, unrolled: each pass may leave early.
            1 if left >= 3 => {
                let passes = 2 + rng.below((left as usize - 1).min(6)) as u32;
                for pass in 0..passes {
                    edges.push((at + pass, at + pass + 1));
                    if rng.flip() {
                        edges.push((at + pass, at + passes));
                    }
                }
                at += passes;
            }
            // A loop of unknown length.
            2 if left >= 2 => {
                let back = at - rng.below(at as usize + 1).min(4) as u32;
                edges.extend([(at, at + 1), (at + 1, back)]);
                at += 1;
            }
            // A wait.
            3 if rng.flip() => {
                edges.extend([(at, at), (at, at + 1)]);
                at += 1;
            }
            // A way out of it all.
            4 if rng.flip() => {
                edges.extend([(at, at + 1), (at, 0)]);
                at += 1;
            }
            _ => {
                edges.push((at, at + 1));
                at += 1;
            }
        }
    }
    edges.push((count - 1, if rng.below(4) == 0 { count - 1 } else { 0 }));
    Flow::from_edges(count as usize, edges)
}

/// Any edges at all, every state reachable.
pub(super) fn any_graph(rng: &mut Rng, count: usize) -> Flow {
    let mut edges: Vec<(u32, u32)> = (1..count)
        .map(|state| (rng.below(state) as u32, state as u32))
        .collect();
    for _ in 0..rng.below(count + 3) {
        let (from, to) = (rng.below(count) as u32, rng.below(count) as u32);
        if from != to || rng.below(4) == 0 {
            edges.push((from, to));
        }
    }
    Flow::from_edges(count, edges)
}

pub(super) fn case(rng: &mut Rng, flow: Flow, limits: bool) -> Case {
    let count = flow.len();
    let mut below = |end: usize| rng.below(end) as i64;
    let run: Vec<i64> = (0..count).map(|_| 1 + below(20)).collect();
    let size: Vec<i64> = (0..count).map(|_| 1 + below(30)).collect();
    let energy = Resource {
        run,
        restore: size.iter().map(|size| 2 + size / 3).collect(),
        save: size.iter().map(|size| 3 + size).collect(),
        cold: below(8),
        budget: 15 + below(140),
    };
    let mut resources = vec![energy];
    if limits && below(3) == 0 {
        resources.push(Resource::cycles(count, 1 + below(6) as u64));
    }
    let costs = size
        .iter()
        .map(|size| 1 + 10 * *size as u64 + below(50) as u64);
    let costs = costs.collect();
    let mut starts = vec![false; count];
    starts[0] = true;
    if below(5) == 0 {
        starts[count / 2] = true;
    }
    let allowed: Vec<bool> = (0..count).map(|_| !limits || below(9) > 0).collect();
    let required = (0..count).map(|state| limits && allowed[state] && below(12) == 0);
    Case {
        required: required.collect(),
        flow,
        starts,
        resources,
        costs,
        allowed,
        aging: None,
    }
}

/// Whether a choice is valid, by walking from every restore until the budget is
/// gone: shares no code with the planner.
pub(super) fn walks_fit(case: &Case, chosen: &[bool]) -> bool {
    let count = case.flow.len();
    case.resources.iter().all(|resource| {
        // Most used on arrival, raised until nothing changes; without an end
        // where a loop goes on for ever.
        let starts = case.starts.iter();
        let mut arrival: Vec<Option<i64>> =
            starts.map(|start| start.then_some(resource.cold)).collect();
        for round in 0.. {
            let mut changed = false;
            for from in 0..count {
                let Some(used) = arrival[from] else { continue };
                let leaves = if chosen[from] {
                    if used + resource.save[from] > resource.budget {
                        return false;
                    }
                    resource.restore[from] + resource.run[from]
                } else {
                    used + resource.run[from]
                };
                let ends = case.flow.successors(from).is_empty() && !chosen[from];
                if ends && leaves > resource.budget {
                    return false;
                }
                for &to in case.flow.successors(from) {
                    let to = to as usize;
                    if arrival[to].is_none_or(|known| known < leaves) {
                        arrival[to] = Some(leaves);
                        changed = true;
                    }
                }
            }
            if !changed {
                return true;
            }
            if round > count + 1 {
                return false;
            }
        }
        unreachable!("the loop has no other end")
    })
}

fn brute_force(case: &Case) -> Option<u64> {
    let count = case.flow.len();
    let mut best: Option<u64> = None;
    'choices: for choice in 0..1u32 << count {
        let chosen: Vec<bool> = (0..count).map(|state| choice >> state & 1 == 1).collect();
        let mut cost = 0;
        for (state, &own) in chosen.iter().enumerate() {
            if own && !case.allowed[state] || !own && case.required[state] {
                continue 'choices;
            }
            cost += if own { case.costs[state] } else { 0 };
        }
        if best.is_none_or(|best| cost < best) && walks_fit(case, &chosen) {
            best = Some(cost);
        }
    }
    best
}

#[test]
fn the_dynamic_program_equals_brute_force() {
    let (mut feasible, mut refused) = (0, 0);
    for seed in 0..1000 {
        let mut rng = Rng::new(seed);
        // Of every size, mostly those that brute force is quick on.
        let count = if seed % 20 == 0 { 12 } else { 3 + rng.below(7) };
        let flow = if seed % 3 == 0 {
            any_graph(&mut rng, count)
        } else {
            control_graph(&mut rng, count)
        };
        let case = case(&mut rng, flow, seed % 2 == 0);
        let problem = case.problem();
        let found = frontier::solve(&problem, 192);
        assert!(found.complete, "seed {seed}");
        let cost = found.chosen.as_ref().map(|chosen| problem.cost(chosen));
        let expected = brute_force(&case);
        assert_eq!(cost, expected, "seed {seed}");
        match &found.chosen {
            Some(chosen) => {
                assert!(
                    walks_fit(&case, chosen) && problem.fits(chosen),
                    "seed {seed}"
                );
                assert_eq!(Some(found.lower_bound as u64), expected);
                feasible += 1;
            }
            None => refused += 1,
        }
    }
    println!("{feasible} feasible, {refused} not");
    assert!(feasible > 500 && refused > 100, "{feasible}, {refused}");
}

/// What it takes to go on without a save, against the longest segment where
/// nothing but the restore of that checkpoint counts beside runs and saves.
#[test]
fn going_on_without_a_save_is_the_rest_of_a_segment() {
    const RESTORE: i64 = 1_000_000;
    let mut looked_at = 0;
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let count = 3 + rng.below(7);
        let flow = control_graph(&mut rng, count);
        let case = case(&mut rng, flow, false);
        let problem = case.problem();
        let Some(chosen) = frontier::solve(&problem, 192).chosen else {
            continue;
        };
        let energy = &problem.resources[0];
        let takes = problem.without_save(&chosen, energy);
        let takes = takes.expect("a valid choice breaks every cycle");
        for state in (0..count).filter(|&state| chosen[state]) {
            let mut alone = energy.clone();
            alone.cold = 0;
            alone.restore.fill(0);
            alone.restore[state] = RESTORE;
            let worst = problem.worst(&chosen, &alone).expect("as before");
            if problem.flow.successors(state).is_empty() {
                assert_eq!(takes[state], energy.run[state]);
            } else {
                assert_eq!(takes[state] + RESTORE, worst.takes, "seed {seed}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 200, "{looked_at}");
}

#[test]
fn the_integer_program_agrees() {
    for seed in 0..150 {
        let mut rng = Rng::new(7000 + seed);
        let count = 4 + rng.below(9);
        let flow = control_graph(&mut rng, count);
        let case = case(&mut rng, flow, seed % 2 == 0);
        let problem = case.problem();
        let dynamic = frontier::solve(&problem, 192).chosen;
        let dynamic = dynamic.map(|chosen| problem.cost(&chosen));
        match integer::solve(&problem) {
            Outcome::Optimum(chosen) => {
                assert_eq!(Some(problem.cost(&chosen)), dynamic, "seed {seed}");
            }
            Outcome::Infeasible => assert_eq!(dynamic, None, "seed {seed}"),
            Outcome::Unfinished(bound) => panic!("seed {seed}: {bound}"),
        }
    }
}

#[test]
fn close_to_the_integer_optimum_and_honest_about_the_gap() {
    let (mut compared, mut within, mut complete, mut worst) = (0, 0, 0, 0.0f64);
    for seed in 0..115 {
        let mut rng = Rng::new(60_000 + seed);
        let count = 20 + rng.below(41);
        let flow = control_graph(&mut rng, count);
        let mut case = case(&mut rng, flow, seed % 4 == 0);
        case.resources[0].budget += 50;
        let problem = case.problem();
        let found = frontier::solve(&problem, 192);
        let cost = found.chosen.map(|chosen| {
            assert!(walks_fit(&case, &chosen), "seed {seed}");
            problem.cost(&chosen)
        });
        complete += usize::from(found.complete);
        match (integer::solve(&problem), cost) {
            (Outcome::Optimum(chosen), Some(cost)) => {
                let optimum = problem.cost(&chosen);
                assert!(
                    found.lower_bound <= optimum as f64 && optimum <= cost,
                    "seed {seed}"
                );
                let gap = (cost - optimum) as f64 / optimum as f64;
                worst = worst.max(gap);
                within += usize::from(gap <= 0.01);
                compared += 1;
            }
            (Outcome::Infeasible, cost) => assert_eq!(cost, None, "seed {seed}"),
            (Outcome::Optimum(_), None) => assert!(!found.complete, "seed {seed}"),
            (Outcome::Unfinished(bound), Some(cost)) => {
                assert!(bound <= cost as f64, "seed {seed}")
            }
            (Outcome::Unfinished(_), None) => {}
        }
    }
    println!("{compared} compared, {within} within 1 %, worst {worst}, {complete} complete");
    assert!(
        compared >= 100 && within == compared,
        "{compared}, {within}"
    );
}

/// The cheapest checkpoints of a chain by a table of all pairs, each pair's
/// segment summed anew: O(n³).
fn chain_by_pairs(case: &Case) -> Option<u64> {
    let energy = &case.resources[0];
    let count = case.flow.len();
    let fits = |used: i64, run: std::ops::Range<usize>, last: i64| {
        used + energy.run[run].iter().sum::<i64>() + last <= energy.budget
    };
    // Cheapest with a checkpoint in the state, what lies before it included.
    let mut best: Vec<Option<u64>> = vec![None; count];
    for state in 0..count {
        let save = energy.save[state];
        if fits(energy.cold, 0..state, save) {
            best[state] = Some(case.costs[state]);
        }
        for before in 0..state {
            let Some(cost) = best[before] else { continue };
            if fits(energy.restore[before], before..state, save) {
                let cost = cost + case.costs[state];
                best[state] = Some(best[state].map_or(cost, |known| known.min(cost)));
            }
        }
    }
    // The chain ends: from the last checkpoint, or from the start.
    let ends = |(state, cost): (usize, &Option<u64>)| {
        cost.filter(|_| fits(energy.restore[state], state..count, 0))
    };
    let without = fits(energy.cold, 0..count, 0).then_some(0);
    best.iter()
        .enumerate()
        .filter_map(ends)
        .chain(without)
        .min()
}

#[test]
fn chains_equal_a_table_of_all_pairs() {
    let mut feasible = 0;
    for seed in 0..200 {
        let mut rng = Rng::new(40_000 + seed);
        let count = 2 + rng.below(120);
        let flow = Flow::from_edges(count, (1..count as u32).map(|state| (state - 1, state)));
        let mut case = case(&mut rng, flow, false);
        case.starts = (0..count).map(|state| state == 0).collect();
        let problem = case.problem();
        let found = frontier::solve(&problem, 192);
        assert!(found.complete, "seed {seed}");
        let cost = found.chosen.map(|chosen| problem.cost(&chosen));
        assert_eq!(cost, chain_by_pairs(&case), "seed {seed}");
        feasible += usize::from(cost.is_some());
    }
    assert!(feasible > 100, "{feasible}");
}

#[test]
fn time_is_nearly_linear_in_the_states() {
    let mut times = Vec::new();
    for count in [512, 1024, 2048, 4096] {
        let mut rng = Rng::new(5);
        let flow = control_graph(&mut rng, count);
        let mut case = case(&mut rng, flow, false);
        case.resources[0].budget = 400;
        let problem = case.problem();
        let begin = std::time::Instant::now();
        let found = frontier::solve(&problem, 192);
        let time = begin.elapsed();
        println!("{count} states: {time:?}, complete: {}", found.complete);
        let chosen = found.chosen.expect("a budget of 400 is enough");
        assert!(problem.fits(&chosen));
        times.push(time.as_secs_f64());
    }
    // Eight times the states; the machine may be busy with other things.
    assert!(times[3] < 40.0 * times[0].max(0.01), "{times:?}");
}
