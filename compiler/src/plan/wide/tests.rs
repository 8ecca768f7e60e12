//! Choices for graphs that the dynamic program cannot hold, against optima on those that it can.

use super::super::frontier;
use super::super::graph::Flow;
use super::super::integer::{self, Outcome};
use super::super::segment_tests::{Case, any_graph, case, control_graph, walks_fit};
use crate::netlist::testing::Rng;

#[test]
fn choices_are_valid_and_bounds_are_below_the_optimum() {
    let (mut compared, mut missed, mut cost, mut optimum, mut bound) = (0, 0, 0.0, 0.0, 0.0);
    for seed in 0..600 {
        let mut rng = Rng::new(seed);
        let count = 3 + rng.below(20);
        let flow = match seed % 3 {
            0 => any_graph(&mut rng, count),
            _ => control_graph(&mut rng, count),
        };
        let mut case = case(&mut rng, flow, seed % 2 == 0);
        case.resources[0].budget += 60;
        let problem = case.problem();
        let exact = frontier::solve(&problem, 10_000);
        if !exact.complete {
            continue;
        }
        let found = super::solve(&problem);
        let (Some(chosen), Some(best)) = (&found.chosen, &exact.chosen) else {
            assert!(found.chosen.is_none(), "seed {seed}: there is no choice");
            missed += usize::from(exact.chosen.is_some());
            continue;
        };
        assert!(walks_fit(&case, chosen), "seed {seed}");
        let states = 0..count;
        assert!(states.clone().all(|at| case.allowed[at] || !chosen[at]));
        assert!(states.clone().all(|at| chosen[at] || !case.required[at]));
        let (own, best) = (problem.total(chosen), problem.total(best));
        assert!(found.lower_bound <= best && best <= own, "seed {seed}");
        cost += own;
        optimum += best;
        bound += found.lower_bound;
        compared += 1;
    }
    println!(
        "{compared} compared, {missed} not found; {:.1} % above the optimum, the bound {:.1} % below",
        (cost / optimum - 1.0) * 100.0,
        (1.0 - bound / optimum) * 100.0
    );
    assert!(
        compared > 350 && missed * 20 < compared,
        "{compared}, {missed}"
    );
    assert!(
        cost < 1.03 * optimum && bound > 0.9 * optimum,
        "{cost}, {optimum}, {bound}"
    );
}

/// A ring with a branch from each state to a random one.
fn jumps(rng: &mut Rng, count: usize) -> Flow {
    let edges: Vec<(u32, u32)> = (0..count as u32)
        .flat_map(|state| {
            let other = rng.below(count) as u32;
            [(state, (state + 1) % count as u32), (state, other)]
        })
        .filter(|(from, to)| from != to)
        .collect();
    Flow::from_edges(count, edges)
}

#[test]
fn random_jumps_take_nearly_linear_time() {
    let mut times = Vec::new();
    for count in [256, 1024] {
        let mut rng = Rng::new(9);
        let flow = jumps(&mut rng, count);
        let mut case: Case = case(&mut rng, flow, false);
        case.resources[0].budget = 400;
        let problem = case.problem();
        let begin = std::time::Instant::now();
        let found = super::solve(&problem);
        let time = begin.elapsed();
        let chosen = found.chosen.expect("a budget of 400 is enough");
        assert!(problem.fits(&chosen) && !found.complete);
        let cost = problem.total(&chosen);
        println!(
            "{count} states: {time:?}, bound {:.2} of the cost",
            found.lower_bound / cost
        );
        assert!(
            found.lower_bound > 0.45 * cost,
            "{}, {cost}",
            found.lower_bound
        );
        times.push(time.as_secs_f64());
    }
    // Four times the states; looking at each checkpoint again takes as long as the graph is large.
    assert!(times[1] < 40.0 * times[0].max(0.01), "{times:?}");
}

#[test]
fn random_jumps_between_128_states_have_an_optimum() {
    for count in [96, 128] {
        let mut rng = Rng::new(9);
        let flow = jumps(&mut rng, count);
        let mut case: Case = case(&mut rng, flow, false);
        case.resources[0].budget = 400;
        let problem = case.problem();
        let found = super::solve(&problem);
        let cost = problem.total(&found.chosen.expect("a budget of 400 is enough"));
        let begin = std::time::Instant::now();
        let Outcome::Optimum(chosen) = integer::solve(&problem) else {
            panic!("{count} states: no optimum");
        };
        let time = begin.elapsed();
        assert!(walks_fit(&case, &chosen));
        let optimum = problem.total(&chosen);
        println!(
            "{count} states: {time:?}, optimum {optimum}, primal-dual {cost}, its bound {:.0}",
            found.lower_bound
        );
        assert!(found.lower_bound <= optimum && optimum <= cost);
    }
}
