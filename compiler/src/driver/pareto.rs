//! The front of plans around the one that was made.
//!
//! Each point is planned, laid out and checked as the chosen plan was: it keeps the
//! user's bounds, forced and forbidden states and, under an energy model, its budget with the
//! words of its own layout. The parts are those of the objective ([`budget::parts`]); without
//! an energy model they are the saved bits over all checkpoints, which are the measure of area
//! too, and the stalled clocks per logical cycle with a memory that never waits.

use std::cell::Cell;

use super::budget::{self, Search, Units, lay_out};
use super::{Analysis, InsertOptions, Inserted};
use crate::control::StateId;
use crate::energy::{Model, Weights, visits};
use crate::layout::{LaidOut, Layout};
use crate::plan::pareto::{Answer, Front, Limits, Question, explore};
use crate::plan::{self, Plan, PlanOptions};

/// The plans for other weights of the objective, `inserted` with its own among them.
pub fn pareto(analysis: &Analysis, options: &InsertOptions, inserted: &Inserted) -> Front<LaidOut> {
    let (plan_options, _) = super::plan_options(analysis, options);
    let space = Space {
        analysis,
        options,
        plan_options,
        saved_bits: plan::saved_bits(&analysis.netlist, &analysis.graph, &analysis.liveness),
        visits: match &inserted.energy {
            Some(model) => model.visits.clone(),
            None => visits(&analysis.netlist, &analysis.graph),
        },
        model: inserted.energy.as_ref(),
        saves: inserted.plan.optimality.counted_saves,
        units: (inserted.energy.as_ref()).map(|model| Units::of(analysis, model)),
    };
    let weights = match &options.energy {
        Some(energy) => [
            energy.weights.energy,
            energy.weights.stall,
            energy.weights.area,
        ],
        None => [1.0, 0.0, 0.0],
    };
    let chosen = space.answer(inserted.plan.clone(), inserted.layout.clone());
    explore(weights, chosen, Limits::default(), |question| {
        space.solve(question)
    })
}

/// What the plans of a front have in common.
struct Space<'a> {
    analysis: &'a Analysis,
    options: &'a InsertOptions,
    plan_options: PlanOptions,
    /// By state.
    saved_bits: Vec<u64>,
    /// By state.
    visits: Vec<f64>,
    model: Option<&'a Model>,
    /// The part of the visits that the objective of the plan counts as saves.
    saves: f64,
    units: Option<Units>,
}

impl Space<'_> {
    /// The best plan found for a question.
    fn solve(&self, question: &Question) -> Option<Answer<LaidOut>> {
        let mut options = self.plan_options.clone();
        if let Some(most) = question.most_bits {
            let above = self.saved_bits.iter().enumerate();
            let above = above.filter(|(_, bits)| **bits > most);
            let above = above.map(|(state, _)| StateId(state as u32));
            options.forbidden.extend(above);
        }
        if let Some(most) = question.max_cycles {
            options.max_cycles = Some(options.max_cycles.map_or(most, |own| own.min(most)));
        }
        let [energy, stall, area] = question.weights;
        let (plan, layout) = match (&self.options.energy, self.model, &self.units) {
            (Some(energy_options), Some(model), Some(units)) => {
                let search = Search {
                    analysis: self.analysis,
                    options: self.options,
                    plan_options: &options,
                    layouts: &Cell::default(),
                    energy: energy_options,
                    weights: Weights {
                        energy,
                        stall,
                        area,
                    },
                    saves: self.saves,
                    units,
                };
                search.fit(model, model.supply.budget()).ok()?
            }
            _ => {
                let cost = |state: usize| {
                    let clocks = budget::filled(self.analysis, self.options, state)
                        .save()
                        .clocks;
                    energy * self.saved_bits[state] as f64
                        + stall * self.visits[state] * clocks as f64
                };
                options.costs = Some((0..self.saved_bits.len()).map(cost).collect());
                let Analysis {
                    netlist,
                    graph,
                    liveness,
                    ..
                } = self.analysis;
                let plan = plan::plan(netlist, graph, liveness, &options).ok()?;
                let layout = lay_out(self.analysis, self.options, &plan);
                (plan, layout)
            }
        };
        Some(self.answer(plan, layout))
    }

    fn answer(&self, plan: Plan, layout: Layout) -> Answer<LaidOut> {
        let states = plan.checkpoints.iter().map(|it| it.state.index());
        let saved = states.clone().map(|state| self.saved_bits[state]);
        let saved_bits = saved.clone().sum();
        let live = states.clone().map(|state| self.analysis.live_bits(state));
        let parts = match (&self.options.energy, self.model, &self.units) {
            (Some(energy), Some(model), Some(units)) => {
                let search = Search {
                    analysis: self.analysis,
                    options: self.options,
                    plan_options: &self.plan_options,
                    layouts: &Cell::default(),
                    energy,
                    weights: energy.weights,
                    saves: self.saves,
                    units,
                };
                search.parts(model, &plan, &layout)
            }
            _ => {
                let clocks = states
                    .enumerate()
                    .map(|(at, state)| self.visits[state] * layout.shape(at).save().clocks as f64);
                let bits: u64 = saved.clone().sum();
                [bits as f64, clocks.sum(), 0.0]
            }
        };
        Answer {
            parts,
            most_bits: saved.max().unwrap_or(0),
            longest_cycles: plan.longest_segment_cycles,
            plan: LaidOut {
                live_bits: live.sum(),
                saved_bits,
                plan,
                layout,
            },
        }
    }
}
