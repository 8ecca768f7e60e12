//! Plans in which failures count, against brute force, the integer program, and on chains the
//! expected time of Toueg and Babaoğlu.

use super::aging::Aging;
use super::frontier;
use super::graph::Flow;
use super::integer::{self, Outcome};
use super::segment_tests::{Case, any_graph, case, control_graph, walks_fit};
use crate::netlist::testing::Rng;

fn fraction(rng: &mut Rng) -> f64 {
    (1 + rng.below(1000)) as f64 / 1000.0
}

/// A stationary walk over a graph whose states all have a successor: visits, and the part of the entries
/// of each state that each state before it has.
pub(super) fn walk(flow: &Flow) -> (Vec<f64>, Vec<Vec<(u32, f64)>>) {
    let count = flow.len();
    let mut visits = vec![1.0 / count as f64; count];
    for _ in 0..10_000 {
        let mut next = vec![0.0; count];
        for (state, visits) in visits.iter().enumerate() {
            let list = flow.successors(state);
            for &to in list {
                next[to as usize] += visits / list.len() as f64;
            }
        }
        // Half of it stays, so that walks with a period settle too.
        for (own, next) in visits.iter_mut().zip(next) {
            *own = (*own + next) / 2.0;
        }
    }
    let arrivals = (0..count).map(|state| {
        let before = flow.predecessors(state).iter();
        let flows: Vec<(u32, f64)> = before
            .map(|&from| {
                let ways = flow.successors(from as usize).len() as f64;
                (from, visits[from as usize] / ways)
            })
            .collect();
        let all: f64 = flows.iter().map(|(_, flow)| flow).sum();
        let part = |flow: f64| if all > 0.0 { flow / all } else { 0.0 };
        let parts = flows.into_iter().map(|(from, flow)| (from, part(flow)));
        parts.collect()
    });
    let arrivals = arrivals.collect();
    (visits, arrivals)
}

/// A case in which failures count: those of a walk where each state has a successor, else of
/// whatever figures.
fn aged(rng: &mut Rng, flow: Flow, limits: bool) -> Case {
    let mut case = case(rng, flow, limits);
    let count = case.flow.len();
    let growth = 1.0 / (1.0 - 0.2 * fraction(rng));
    let ends = (0..count).any(|state| case.flow.successors(state).is_empty());
    let (visits, arrivals) = match ends {
        false => walk(&case.flow),
        true => {
            let visits = (0..count).map(|_| fraction(rng)).collect();
            let before = (0..count).map(|state| case.flow.predecessors(state).to_vec());
            let parts = before.collect::<Vec<_>>().into_iter().map(|list| {
                let each = list.into_iter().map(|from| (from, fraction(rng) / 2.0));
                each.collect()
            });
            (visits, parts.collect())
        }
    };
    let mut figures =
        |size: f64| -> Vec<f64> { (0..count).map(|_| size * fraction(rng)).collect() };
    let (work, restore) = (figures(300.0), figures(500.0));
    let clocks = figures(12.0);
    case.aging = Some(Aging {
        saving: (clocks.iter())
            .map(|clocks| growth.powi(clocks.ceil() as i32) - 1.0)
            .collect(),
        growth,
        visits,
        arrivals,
        work,
        restore,
    });
    case
}

/// All choices that are allowed, and valid.
fn valid(case: &Case) -> impl Iterator<Item = Vec<bool>> + '_ {
    let count = case.flow.len();
    let choices = 0..1u32 << count;
    let choices = choices
        .map(move |choice| -> Vec<bool> { (0..count).map(|at| choice >> at & 1 == 1).collect() });
    choices.filter(|chosen| {
        let states = chosen.iter().enumerate();
        let mut kept = states.map(|(state, &own)| match own {
            true => case.allowed[state],
            false => !case.required[state],
        });
        kept.all(|kept| kept) && walks_fit(case, chosen)
    })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn the_dynamic_program_equals_brute_force() {
    let (mut feasible, mut mattered) = (0, 0);
    for seed in 0..400 {
        let mut rng = Rng::new(seed);
        let count = 3 + rng.below(7);
        let flow = match seed % 3 {
            0 => any_graph(&mut rng, count),
            _ => control_graph(&mut rng, count),
        };
        let case = aged(&mut rng, flow, seed % 2 == 0);
        let problem = case.problem();
        let found = frontier::solve(&problem, 192);
        assert!(found.complete, "seed {seed}");
        let best = valid(&case)
            .map(|chosen| (problem.total(&chosen), chosen))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(chosen), Some((total, _))) = (&found.chosen, &best) else {
            assert!(found.chosen.is_none() && best.is_none(), "seed {seed}");
            continue;
        };
        assert!(walks_fit(&case, chosen), "seed {seed}");
        assert!(close(problem.total(chosen), *total), "seed {seed}");
        assert!(close(found.lower_bound, *total), "seed {seed}");
        feasible += 1;
        // Without failures another choice is best.
        let mut without = case.problem();
        without.aging = None;
        let other = frontier::solve(&without, 192)
            .chosen
            .expect("as valid as before");
        mattered += usize::from(problem.total(&other) > total * 1.01);
    }
    println!("{feasible} feasible, failures matter in {mattered}");
    assert!(feasible > 250 && mattered > 50, "{feasible}, {mattered}");
}

#[test]
fn the_integer_program_agrees() {
    let mut compared = 0;
    for seed in 0..100 {
        let mut rng = Rng::new(7000 + seed);
        let count = 4 + rng.below(7);
        let flow = control_graph(&mut rng, count);
        let case = aged(&mut rng, flow, seed % 2 == 0);
        let problem = case.problem();
        let dynamic = frontier::solve(&problem, 192).chosen;
        let dynamic = dynamic.map(|chosen| problem.total(&chosen));
        match (integer::solve(&problem), dynamic) {
            (Outcome::Optimum(chosen), Some(dynamic)) => {
                let own = problem.total(&chosen);
                assert!(
                    (own - dynamic).abs() <= 1e-4 * own,
                    "seed {seed}: {own}, {dynamic}"
                );
                compared += 1;
            }
            (Outcome::Infeasible, None) => {}
            (Outcome::Unfinished(bound), Some(dynamic)) => {
                assert!(bound <= dynamic, "seed {seed}: {bound}, {dynamic}");
            }
            (_, dynamic) => panic!("seed {seed}: {dynamic:?}"),
        }
    }
    println!("{compared} compared");
    assert!(compared > 60, "{compared}");
}

/// Seen backward: how often each cycle is begun until its segment is committed, and
/// how often each checkpoint is restored. Shares nothing with the ages.
fn begun_again(case: &Case, chosen: &[bool]) -> f64 {
    let aging = case.aging.as_ref().expect("failures count");
    let count = case.flow.len();
    // Attempts to leave each state, per time that it has to.
    let mut attempts = vec![1.0; count];
    for _ in 0..count + 1 {
        let last = attempts.clone();
        for (state, own) in attempts.iter_mut().enumerate() {
            let next = case.flow.successors(state).iter();
            let next: Vec<f64> = next
                .map(|&to| match chosen[to as usize] {
                    true => 1.0 + aging.saving[to as usize],
                    false => last[to as usize],
                })
                .collect();
            *own = aging.growth * next.iter().sum::<f64>() / next.len() as f64;
        }
    }
    let states = (0..count).map(|state| {
        let more = aging.visits[state] * (attempts[state] - 1.0);
        match chosen[state] {
            true => more * (aging.work[state] + aging.restore[state]),
            false => more * aging.work[state],
        }
    });
    states.sum()
}

#[test]
fn ages_are_what_is_begun_again() {
    let mut compared = 0;
    for seed in 0..300 {
        let mut rng = Rng::new(3000 + seed);
        let count = 3 + rng.below(8);
        let flow = control_graph(&mut rng, count);
        let case = aged(&mut rng, flow, false);
        let problem = case.problem();
        let Some(chosen) = frontier::solve(&problem, 192).chosen else {
            continue;
        };
        let aging = case.aging.as_ref().expect("failures count");
        // What does not depend on the choice, or on the checkpoint alone.
        let fixed = (0..count).map(|state| {
            let restored = if chosen[state] {
                aging.restore[state]
            } else {
                0.0
            };
            aging.visits[state] * (aging.growth - 1.0) * (aging.work[state] + restored)
        });
        let forward = aging.cost(&case.flow, &chosen) + fixed.sum::<f64>();
        let backward = begun_again(&case, &chosen);
        assert!(
            close(forward, backward),
            "seed {seed}: {forward}, {backward}"
        );
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
}

/// The expected clocks of a chain by a table of all pairs, each pair's segment by the formula of Toueg and
/// Babaoğlu in clocks: *w* clocks after a restore of *r* clocks take (gʷ − 1) · gʳ / q. O(n³).
fn chain_by_pairs(case: &Case, failing: f64, clocks: &[i32], restore: &[i32]) -> Option<f64> {
    let energy = &case.resources[0];
    let count = case.flow.len();
    let growth = 1.0 / (1.0 - failing);
    let takes = |run: usize, save: i32, restore: i32| {
        (growth.powi(run as i32 + save) - 1.0) * growth.powi(restore) / failing
    };
    let fits = |used: i64, run: std::ops::Range<usize>, last: i64| {
        used + energy.run[run].iter().sum::<i64>() + last <= energy.budget
    };
    let mut best: Vec<Option<f64>> = vec![None; count];
    let mut end: Option<f64> = fits(energy.cold, 0..count, 0).then(|| takes(count, 0, 0));
    for state in 0..count {
        let mut least: Option<f64> = None;
        let mut offer = |cost: f64| least = Some(least.map_or(cost, |known| known.min(cost)));
        if fits(energy.cold, 0..state, energy.save[state]) {
            offer(takes(state, clocks[state], 0));
        }
        for before in 0..state {
            let used = energy.restore[before];
            if let Some(cost) = best[before]
                && fits(used, before..state, energy.save[state])
            {
                offer(cost + takes(state - before, clocks[state], restore[before]));
            }
        }
        best[state] = least;
        if let Some(cost) = least
            && fits(energy.restore[state], state..count, 0)
        {
            let cost = cost + takes(count - state, 0, restore[state]);
            end = Some(end.map_or(cost, |known| known.min(cost)));
        }
    }
    end
}

#[test]
fn chains_are_those_of_toueg_and_babaoglu() {
    let (mut feasible, mut saves) = (0, 0);
    for seed in 0..200 {
        let mut rng = Rng::new(40_000 + seed);
        let count = 2 + rng.below(120);
        let flow = Flow::from_edges(count, (1..count as u32).map(|state| (state - 1, state)));
        let mut case = case(&mut rng, flow, false);
        case.resources[0].budget += 400;
        case.starts = (0..count).map(|state| state == 0).collect();
        let failing = 0.05 * fraction(&mut rng);
        let growth = 1.0 / (1.0 - failing);
        let mut clocks = || -> Vec<i32> { (0..count).map(|_| 1 + rng.below(20) as i32).collect() };
        let (save, restore) = (clocks(), clocks());
        // Clocks that are taken, each begun again until those behind it have come to their end.
        let taken = |clocks: i32| (growth.powi(clocks) - 1.0) / failing;
        let restores: Vec<f64> = restore.iter().map(|&clocks| taken(clocks)).collect();
        // Thousandths of clocks, since costs of checkpoints are whole numbers.
        const UNIT: f64 = 1e6;
        case.costs = (0..count)
            .map(|state| {
                let own = taken(save[state]) + (growth - 1.0) * restores[state];
                (own * UNIT).round() as u64
            })
            .collect();
        case.aging = Some(
            Aging {
                growth,
                visits: vec![1.0; count],
                arrivals: (0..count as u32)
                    .map(|state| {
                        if state == 0 {
                            vec![]
                        } else {
                            vec![(state - 1, 1.0)]
                        }
                    })
                    .collect(),
                work: vec![1.0; count],
                restore: restores,
                saving: save
                    .iter()
                    .map(|&clocks| growth.powi(clocks) - 1.0)
                    .collect(),
            }
            .scaled(UNIT),
        );
        let problem = case.problem();
        let found = frontier::solve(&problem, 192);
        assert!(found.complete, "seed {seed}");
        // The cycles themselves, and what failures cost of them whatever is chosen.
        let fixed = count as f64 * growth;
        let own = found.chosen.map(|chosen| {
            saves += chosen.iter().filter(|own| **own).count();
            problem.total(&chosen) / UNIT + fixed
        });
        let expected = chain_by_pairs(&case, failing, &save, &restore);
        match (own, expected) {
            (Some(own), Some(expected)) => {
                let error = (own - expected).abs() / expected;
                assert!(error < 1e-4, "seed {seed}: {own}, {expected}");
                feasible += 1;
            }
            (own, expected) => assert!(own.is_none() && expected.is_none(), "seed {seed}"),
        }
    }
    println!("{feasible} chains, {saves} checkpoints");
    assert!(feasible > 150 && saves > 300, "{feasible}, {saves}");
}

/// As long as a budget lasts some hundred states, so many partial choices compete at each of them, however many there are.
#[test]
fn plans_with_failures_take_nearly_linear_time() {
    let mut times = Vec::new();
    for count in [1000, 4000] {
        let mut rng = Rng::new(3);
        let ring = (0..count as u32).map(|at| (at, (at + 1) % count as u32));
        let flow = Flow::from_edges(count, ring.chain([(0, 0)]));
        let mut case = case(&mut rng, flow, false);
        case.required[0] = true;
        case.resources[0].budget = 2000;
        let visits = vec![1.0 / count as f64; count];
        let arrivals = (0..count).map(|at| vec![(((at + count - 1) % count) as u32, 1.0)]);
        case.aging = Some(Aging {
            growth: 1.0001,
            visits,
            arrivals: arrivals.collect(),
            work: vec![2e4; count],
            restore: vec![2e5; count],
            saving: vec![2e-3; count],
        });
        let problem = case.problem();
        let begin = std::time::Instant::now();
        let found = frontier::solve(&problem, 192);
        times.push(begin.elapsed().as_secs_f64());
        let chosen = found.chosen.expect("some states fit");
        let checkpoints = chosen.iter().filter(|own| **own).count();
        assert!(found.complete && problem.fits(&chosen));
        println!(
            "{count}: {checkpoints} checkpoints, {} s",
            times[times.len() - 1]
        );
    }
    assert!(times[1] < 12.0 * times[0].max(0.01), "{times:?}");
}
