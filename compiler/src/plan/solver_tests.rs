//! Integer programs against all choices, and the solvers against each other.

use std::time::Instant;

use good_lp::{Expression, ProblemVariables, Variable, constraint, variable};

use super::*;
use crate::netlist::testing::Rng;

/// Constraints as those of `integer`: one of the first is chosen, or one of the second is not.
struct Program {
    costs: Vec<u64>,
    cuts: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Program {
    /// Costs are between the first two, so that of similar ones many choices are nearly as good as the best.
    fn random(rng: &mut Rng, count: usize, costs: (u64, u64), cuts: usize) -> Program {
        let (least, most) = costs;
        let cut = |rng: &mut Rng| {
            let pick = |rng: &mut Rng, most: usize| -> Vec<usize> {
                let mut list: Vec<usize> = (0..most).map(|_| rng.below(count)).collect();
                list.sort_unstable();
                list.dedup();
                list
            };
            let chosen = pick(rng, 3);
            let mut not_chosen = match rng.below(4) {
                0 => pick(rng, 2),
                _ => Vec::new(),
            };
            not_chosen.retain(|state| !chosen.contains(state));
            (chosen, not_chosen)
        };
        Program {
            costs: (0..count)
                .map(|_| least + rng.next() % (most - least))
                .collect(),
            cuts: (0..cuts).map(|_| cut(rng)).collect(),
        }
    }

    fn cost(&self, chosen: impl Fn(usize) -> bool) -> u64 {
        let own = self.costs.iter().enumerate();
        own.filter(|&(state, _)| chosen(state))
            .map(|(_, cost)| cost)
            .sum()
    }

    fn holds(&self, chosen: impl Fn(usize) -> bool) -> bool {
        self.cuts.iter().all(|(some, others)| {
            some.iter().any(|&state| chosen(state)) || others.iter().any(|&state| !chosen(state))
        })
    }

    /// The cost of an optimum, by trying all choices.
    fn cheapest(&self) -> Option<u64> {
        let all = 0..1u32 << self.costs.len();
        let chosen = |choice: u32| move |state: usize| choice >> state & 1 == 1;
        all.filter(|&choice| self.holds(chosen(choice)))
            .map(|choice| self.cost(chosen(choice)))
            .min()
    }

    fn model<M: SolverModel>(
        &self,
        start: impl FnOnce(UnsolvedProblem) -> M,
    ) -> (M, Vec<Variable>) {
        let mut variables = ProblemVariables::new();
        let own: Vec<Variable> = (self.costs.iter())
            .map(|_| variables.add(variable().binary()))
            .collect();
        let cost: Expression = (own.iter().zip(&self.costs))
            .map(|(&own, &cost)| cost as f64 * own)
            .sum();
        let mut model = start(variables.minimise(cost));
        for (some, others) in &self.cuts {
            let sum = |list: &[usize]| -> Expression { list.iter().map(|&at| own[at]).sum() };
            let least = 1.0 - others.len() as f64;
            model = model.with(constraint!(sum(some) - sum(others) >= least));
        }
        (model, own)
    }

    /// The cost of what a solver calls an optimum.
    fn solved<M>(&self, start: impl FnOnce(UnsolvedProblem) -> M) -> Option<u64>
    where
        M: SolverModel<Error = ResolutionError>,
    {
        let (model, own) = self.model(start);
        match optimum(model) {
            Ok(solution) => {
                let chosen = |state: usize| solution.value(own[state]) > 0.5;
                assert!(self.holds(chosen));
                Some(self.cost(chosen))
            }
            Err(ResolutionError::Infeasible) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn optima_are_those_of_all_choices() {
    let (mut feasible, mut refused) = (0, 0);
    for seed in 0..100 {
        let mut rng = Rng::new(seed);
        let count = 4 + rng.below(8);
        let mut program = Program::random(&mut rng, count, (1, 50), 2 * count);
        for _ in 0..rng.below(3) {
            program.cuts.push((Vec::new(), vec![rng.below(count)]));
        }
        let cheapest = program.cheapest();
        let clock = Clock::start(10);
        let own = program.solved(|problem| clock.model(problem));
        assert_eq!(own, cheapest, "seed {seed}");
        assert_eq!(program.solved(with_microlp), cheapest, "seed {seed}");
        feasible += usize::from(cheapest.is_some());
        refused += usize::from(cheapest.is_none());
    }
    assert!(feasible > 50 && refused > 5, "{feasible}, {refused}");
}

#[test]
fn without_time_there_is_no_optimum() {
    let program = Program::random(&mut Rng::new(1), 300, (1_000_000, 1_000_100), 900);
    let clock = Clock {
        end: Instant::now(),
    };
    let (model, _) = program.model(|problem| clock.model(problem));
    assert!(matches!(optimum(model), Err(ResolutionError::Other(_))));
}

/// Choices that differ by less than the gap that HiGHS leaves by default.
#[cfg(feature = "highs")]
#[test]
fn both_solvers_give_optima_of_the_same_cost() {
    for seed in 0..100 {
        let mut rng = Rng::new(seed);
        let count = 20 + rng.below(11);
        let program = Program::random(&mut rng, count, (1_000_000, 1_000_100), 2 * count);
        let theirs = program.solved(with_microlp);
        assert_eq!(program.solved(with_highs), theirs, "seed {seed}");
    }
}
