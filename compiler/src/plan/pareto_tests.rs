//! Fronts against all valid choices of checkpoints on small graphs.

use std::time::Duration;

use super::graph::Flow;
use super::pareto::{Answer, Front, Limits, Parts, Question, dominates, explore};
use super::segment_tests::{Case, any_graph, case, control_graph, walks_fit};
use super::{PlanOptions, frontier, hitting};
use crate::control::StateId;
use crate::netlist::testing::Rng;

/// Enough for every graph here.
const LIMITS: Limits = Limits {
    weighted: 400,
    bounded: 4,
    time: Duration::from_secs(600),
};

/// A random graph with random parts of each state's cost.
fn random(seed: u64) -> (Case, Vec<Parts>) {
    let mut rng = Rng::new(seed);
    let count = 4 + rng.below(7);
    let flow = match seed % 3 {
        0 => any_graph(&mut rng, count),
        _ => control_graph(&mut rng, count),
    };
    let mut case = case(&mut rng, flow, seed.is_multiple_of(4));
    // Room to choose, in most cases.
    case.resources[0].budget += rng.below(80) as i64;
    let mut part = |size: f64| rng.below(21) as f64 * size;
    let parts = (0..count).map(|_| [part(1e-3), part(2.0), part(1.0)]);
    let parts = parts.collect();
    (case, parts)
}

fn sum(parts: &[Parts], chosen: &[bool]) -> Parts {
    let own = parts.iter().zip(chosen).filter(|(_, own)| **own);
    own.fold([0.0; 3], |sum, (own, _)| {
        [0, 1, 2].map(|at| sum[at] + own[at])
    })
}

fn weighted(weights: &Parts, parts: &Parts) -> f64 {
    weights.iter().zip(parts).map(|(a, b)| a * b).sum()
}

/// The parts of all valid choices.
fn all_valid(case: &Case, parts: &[Parts]) -> Vec<Parts> {
    let count = case.flow.len();
    let choices = 0..1u32 << count;
    let choices = choices
        .map(|choice| -> Vec<bool> { (0..count).map(|state| choice >> state & 1 == 1).collect() });
    choices
        .filter(|chosen| {
            let states = chosen.iter().enumerate();
            let mut kept = states.map(|(state, &own)| match own {
                true => case.allowed[state],
                false => !case.required[state],
            });
            kept.all(|kept| kept) && walks_fit(case, chosen)
        })
        .map(|chosen| sum(parts, &chosen))
        .collect()
}

/// What the dynamic program gives for a question.
fn solved(case: &Case, parts: &[Parts], question: &Question) -> Option<Answer<Vec<bool>>> {
    let costs: Vec<f64> = (parts.iter())
        .map(|own| weighted(&question.weights, own))
        .collect();
    let all: f64 = costs.iter().sum();
    let mut problem = case.problem();
    let whole = |cost: &f64| (cost / all.max(1e-300) * 1e12).round() as u64 + 1;
    problem.costs = costs.iter().map(whole).collect();
    let bits = |own: &Parts| own[2] as u64;
    for (state, own) in parts.iter().enumerate() {
        let most = question.most_bits.unwrap_or(u64::MAX);
        problem.allowed[state] &= bits(own) <= most;
        if problem.required[state] && !problem.allowed[state] {
            return None;
        }
    }
    let chosen = frontier::solve(&problem, 192).chosen?;
    let run = case.flow.longest_segment(&chosen).len() as u64 - 1;
    if question.max_cycles.is_some_and(|most| run > most) {
        return None;
    }
    let saved = parts.iter().zip(&chosen).filter(|(_, own)| **own);
    Some(Answer {
        parts: sum(parts, &chosen),
        most_bits: saved.map(|(own, _)| bits(own)).max().unwrap_or(0),
        longest_cycles: run,
        plan: chosen,
    })
}

const OWN: Parts = [1000.0, 1.0, 1.0];

fn front(case: &Case, parts: &[Parts]) -> Option<Front<Vec<bool>>> {
    let own = Question {
        weights: OWN,
        most_bits: None,
        max_cycles: None,
    };
    let chosen = solved(case, parts, &own)?;
    let front = explore(OWN, chosen, LIMITS, |question| {
        solved(case, parts, question)
    });
    Some(front)
}

#[test]
fn no_weights_have_a_better_plan_and_none_dominates() {
    let (mut fronts, mut points, mut inside, mut most) = (0, 0, 0, 0);
    for seed in 0..400 {
        let (case, parts) = random(seed);
        let valid = all_valid(&case, &parts);
        let Some(front) = front(&case, &parts) else {
            assert!(valid.is_empty(), "seed {seed}");
            continue;
        };
        assert!(front.complete, "seed {seed}");
        for point in &front.points {
            let own = point.answer.parts;
            assert!(walks_fit(&case, &point.answer.plan), "seed {seed}");
            assert_eq!(own, sum(&parts, &point.answer.plan), "seed {seed}");
            let weights = point.question.weights;
            let bounded = point.question.most_bits.is_some() || point.question.max_cycles.is_some();
            let better = valid.iter().find(|other| dominates(&other[..], &own));
            assert!(
                bounded || better.is_none(),
                "seed {seed}: {own:?}, {better:?}, {weights:?}"
            );
            let all = point.answer.criteria();
            let others = front.points.iter().map(|other| other.answer.criteria());
            assert_eq!(others.filter(|other| dominates(other, &all)).count(), 0);
            assert!(!point.dominated, "seed {seed}");
            inside += usize::from(bounded);
        }
        let chosen = front.points.iter().filter(|point| point.chosen);
        assert_eq!(chosen.count(), 1, "seed {seed}");
        // Every optimum of a grid of weights, those of a single part included.
        let steps = 12;
        for first in 0..=steps {
            for second in 0..=steps - first {
                let part = |step: usize| step as f64 / steps as f64;
                let weights = [
                    part(first) * 1000.0,
                    part(second),
                    part(steps - first - second),
                ];
                let least = |list: &mut dyn Iterator<Item = &Parts>| {
                    list.map(|parts| weighted(&weights, parts))
                        .fold(f64::INFINITY, f64::min)
                };
                let found = least(&mut front.points.iter().map(|point| &point.answer.parts));
                let best = least(&mut valid.iter());
                assert!(
                    found <= best * 1.001 + 1e-9,
                    "seed {seed}: {weights:?}: {found} for {best}"
                );
            }
        }
        fronts += 1;
        points += front.points.len();
        most = most.max(front.points.len());
    }
    println!("{fronts} fronts, {points} points, {inside} of bounds, at most {most}");
    assert!(fronts > 250 && points > 500 && most > 5);
    assert!(inside > 0, "bounds find plans that weights do not");
}

/// Each corner of the hull, by exact arithmetic on whole numbers: a plan is one if some
/// weights have it alone.
#[test]
fn the_plans_of_two_parts_are_the_corners_of_their_hull() {
    let mut corners = 0;
    for seed in 1000..1300 {
        let (case, mut parts) = random(seed);
        for own in &mut parts {
            *own = [own[0] * 1000.0, own[1] / 2.0, 0.0].map(f64::round);
        }
        let Some(front) = front(&case, &parts) else {
            continue;
        };
        let whole = |parts: &Parts| (parts[0] as i64, parts[1] as i64);
        let mut valid: Vec<(i64, i64)> = all_valid(&case, &parts).iter().map(whole).collect();
        valid.sort_unstable();
        let mut hull: Vec<(i64, i64)> = Vec::new();
        for point in valid {
            if hull.last().is_some_and(|last| last.1 <= point.1) {
                continue;
            }
            while let [.., a, b] = hull[..]
                && (b.0 - a.0) * (point.1 - a.1) <= (b.1 - a.1) * (point.0 - a.0)
            {
                hull.pop();
            }
            hull.push(point);
        }
        for corner in hull {
            let mut found = front.points.iter();
            let found = found.any(|point| whole(&point.answer.parts) == corner);
            assert!(found, "seed {seed}: {corner:?}");
            corners += 1;
        }
    }
    assert!(corners > 250, "{corners}");
}

#[test]
fn the_limit_of_plans_is_kept_and_said() {
    let mut limited = 0;
    for seed in 0..60 {
        let (case, parts) = random(seed);
        let own = Question {
            weights: OWN,
            most_bits: None,
            max_cycles: None,
        };
        let Some(chosen) = solved(&case, &parts, &own) else {
            continue;
        };
        let limits = Limits {
            weighted: 2,
            bounded: 1,
            ..LIMITS
        };
        let mut asked = 0;
        let front = explore(OWN, chosen, limits, |question| {
            asked += 1;
            solved(&case, &parts, question)
        });
        assert_eq!(asked, front.solved);
        assert!(asked <= 4);
        limited += usize::from(!front.complete);
    }
    assert!(limited > 10, "{limited}");
}

#[test]
fn costs_choose_in_place_of_saved_bits() {
    // 0 -> 1 -> 2 -> 0: one of them has to be a checkpoint.
    let flow = Flow::from_edges(3, [(0, 1), (1, 2), (2, 0)]);
    let options = PlanOptions::default();
    for cheap in 0..3 {
        let costs: Vec<f64> = (0..3)
            .map(|state| if state == cheap { 1e-9 } else { 2e-9 })
            .collect();
        let found = hitting::solve(&flow, &hitting::whole(&costs), &options);
        let chosen = found.expect("a loop can be cut").chosen;
        assert_eq!(chosen.iter().position(|own| *own), Some(cheap));
    }
    let forbidden = PlanOptions {
        forbidden: vec![StateId(0)],
        ..options
    };
    let found = hitting::solve(&flow, &hitting::whole(&[0.0, 1.0, 2.0]), &forbidden);
    assert!(found.expect("a loop can be cut").chosen[1]);
}
