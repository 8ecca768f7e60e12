//! Plan and layout under an energy budget.
//!
//! How many words a save writes follows from the layout, and the layout from the
//! plan. So the plan is first made as if saved bits filled their words (which no
//! layout betters), then laid out; if a way takes more than the budget with the
//! words that it really writes, the states concerned get those words, and the plan
//! is made again. What is accepted fits with the words of the layout itself.
//!
//! What the layout leaves to be given or derived is saved after all where that costs less
//! ([`super::settled`]), and the plan still fits.

mod costs;
mod expected;
mod refused;

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::derived::derive;
use super::settled::settled;
use super::widths::Refused;
use super::{Analysis, InsertOptions, Stopwatch, Times};
use crate::control::StateId;
use crate::diagnostics::{Diagnostic, codes};
use crate::energy::{Attojoules, EnergyOptions, Model, Problem, Weights, activity};
use crate::layout::{self, Layout, LayoutOptions, Shape, WidthTried};
use crate::plan::pareto::Parts;
use crate::plan::{self, Doubt, Plan, PlanError, PlanOptions};
use crate::source::Setting;

use costs::{Known, larger};
pub(super) use costs::{Units, filled};

/// How often a plan is made anew for the words that its layout needs.
const ROUNDS: usize = 16;

/// A plan with its layout.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    pub(super) energy: Option<Model>,
    /// What it is expected to cost: its objective, or under other policies than `static` what they come to.
    pub(super) cost: f64,
    /// How long the parts took.
    pub(super) times: Times,
    /// The widths that were tried, where there was a choice.
    pub(super) widths: Vec<WidthTried>,
}

/// Plans and lays out.
pub(super) fn planned(
    analysis: &Analysis,
    options: &InsertOptions,
    plan_options: &PlanOptions,
) -> Result<Planned, Refused> {
    let mut watch = Stopwatch::start();
    let Some(energy) = &options.energy else {
        let plan = plan::plan(
            &analysis.netlist,
            &analysis.graph,
            &analysis.liveness,
            plan_options,
        );
        let plan = plan.map_err(|error| error.diagnostic(&analysis.graph))?;
        watch.lap("plan");
        let layout = lay_out(analysis, options, &plan);
        let laid_out = derive(analysis, options, plan, layout);
        // Nothing says what a word is worth beside area.
        let (plan, layout) = settled(analysis, laid_out, |_, _, _| 0.0);
        watch.lap("layout");
        return Ok(Planned {
            plan,
            layout,
            energy: None,
            cost: 0.0,
            times: watch.laps,
            widths: Vec::new(),
        });
    };
    let states = energy.state_joules.iter().map(|(name, &joules)| {
        let state = super::state_named(&analysis.graph, name)
            .map_err(|error| error.setting(Setting::new(&["energy", "state_joules", name])))?;
        Ok((state, joules))
    });
    let states: Vec<(StateId, f64)> = states.collect::<Result<_, Diagnostic>>()?;
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    let waveform = energy.waveform.as_ref();
    let activity = waveform.map(|waveform| activity(waveform, netlist, graph));
    let activity = activity.transpose();
    let activity = activity.map_err(|problem| unusable(energy, problem))?;
    let model = Model::new(netlist, graph, energy, &states, activity.as_ref());
    watch.lap("energy");
    let search = Search {
        analysis,
        options,
        plan_options,
        energy,
        weights: energy.weights,
        saves: 1.0,
        units: &Units::of(analysis, &model),
        layouts: &Cell::default(),
    };
    let budget = model.supply.budget();
    match search.fit(&model, budget) {
        Ok(first) => {
            let ((plan, layout), cost) = expected::best(&search, &model, budget, first);
            watch.lap("plan");
            let layouts = search.layouts.get();
            if let Some((_, time)) = watch.laps.last_mut() {
                *time = time.saturating_sub(layouts);
            }
            watch.laps.push(("layout", layouts));
            Ok(Planned {
                plan,
                layout,
                energy: Some(model),
                cost,
                times: watch.laps,
                widths: Vec::new(),
            })
        }
        Err(error) => Err(search.refused(&model, &error)),
    }
}

/// The error for a recording that cannot be used.
fn unusable(options: &EnergyOptions, problem: Problem) -> Diagnostic {
    let waveform = options.waveform.as_ref();
    let scope = waveform.and_then(|waveform| waveform.scope.as_ref());
    let key = match problem.of_scope && scope.is_some() {
        true => "activity_scope",
        false => "activity_waveform",
    };
    let error = Diagnostic::global(codes::CONFIG, problem.message).help(problem.help);
    error.setting(Setting::new(&["energy", key]))
}

/// The words of a plan.
pub(super) fn lay_out(analysis: &Analysis, options: &InsertOptions, plan: &Plan) -> Layout {
    layout::layout(
        &analysis.netlist,
        plan,
        &analysis.liveness.bits,
        &LayoutOptions {
            word_bits: options.word_bits,
            seed: analysis.hash.clone(),
            ..LayoutOptions::default()
        },
    )
}

/// What plans are searched for.
pub(super) struct Search<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) options: &'a InsertOptions,
    pub(super) plan_options: &'a PlanOptions,
    pub(super) energy: &'a EnergyOptions,
    /// Weights of the objective.
    pub(super) weights: Weights,
    /// The part of the visits of checkpoints that saves, as the objective counts them.
    pub(super) saves: f64,
    pub(super) units: &'a Units,
    /// Time spent on layouts.
    pub(super) layouts: &'a Cell<Duration>,
}

impl Search<'_> {
    /// The best plan found for a budget, and its layout.
    pub(super) fn fit(
        &self,
        model: &Model,
        budget: Attojoules,
    ) -> Result<(Plan, Layout), PlanError> {
        let Analysis {
            netlist,
            graph,
            liveness,
            ..
        } = self.analysis;
        // The states whose images a slot may hold.
        let mut images = plan::required(graph, self.plan_options);
        let mut shapes = self.filled_all(&images);
        let mut lower_bound = f64::INFINITY;
        let mut round = 0;
        loop {
            let options = PlanOptions {
                prices: Some(self.prices(model, (&shapes, Known::AtLeast), &images, budget)),
                ..self.plan_options.clone()
            };
            let planned = plan::plan(netlist, graph, liveness, &options);
            let mut plan = planned.map_err(|error| match round {
                0 => error,
                _ => error.with_words_in_doubt(),
            })?;
            // Later rounds know of words that another plan may not need.
            lower_bound = plan.optimality.lower_bound.min(lower_bound);
            let begin = Instant::now();
            let layout = lay_out(self.analysis, self.options, &plan);
            let (derived, layout) = derive(self.analysis, self.options, plan, layout);
            plan = derived;
            let mut chosen = vec![false; graph.states.len()];
            for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
                chosen[checkpoint.state.index()] = true;
                images[checkpoint.state.index()] = true;
                let own = &mut shapes[checkpoint.state.index()];
                *own = larger(own, &layout.shape(at));
            }
            let chain_words = u64::from(layout.words);
            for shape in &mut shapes {
                shape.chain_words = shape.chain_words.max(chain_words);
                shape.memories = shape.memories.max(layout.ranges.len() as u64);
            }
            plan.optimality.lower_bound = lower_bound;
            let with = |worth: bool| {
                let laid_out = (plan.clone(), layout.clone());
                let (mut plan, layout) =
                    settled(self.analysis, laid_out, |at, shape, fewer| match worth {
                        true => {
                            let state = plan.checkpoints[at].state.index();
                            self.spared(model, state, shape, fewer)
                        }
                        false => 0.0,
                    });
                let real = self.real(&shapes, &plan, &layout);
                let prices = self.prices(model, (&real, Known::LaidOut), &chosen, budget);
                plan.reprice(graph, &prices);
                (plan, layout)
            };
            let takes = |plan: &Plan| {
                let worst = plan.worst_segment.as_ref();
                worst.expect("a plan breaks every cycle").takes
            };
            let mut settled = with(true);
            if takes(&settled.0) > budget {
                settled = with(false);
            }
            self.layouts.set(self.layouts.get() + begin.elapsed());
            if takes(&settled.0) <= budget {
                return Ok(settled);
            }
            let worst = settled.0.worst_segment;
            let worst = worst.expect("a plan breaks every cycle");
            round += 1;
            if round == ROUNDS {
                return Err(PlanError::Energy {
                    segment: worst,
                    budget,
                    refusal: Some(Doubt::Words),
                    smallest: Some(Doubt::Words),
                });
            }
        }
    }

    /// The parts of the objective of a plan with its layout.
    pub(super) fn parts(&self, model: &Model, plan: &Plan, layout: &Layout) -> Parts {
        let graph = &self.analysis.graph;
        let required = plan::required(graph, self.plan_options);
        let shapes = self.real(&self.filled_all(&required), plan, layout);
        let part = |energy, stall, area| {
            let alone = Search {
                weights: Weights {
                    energy,
                    stall,
                    area,
                },
                ..*self
            };
            let prices = alone.prices(
                model,
                (&shapes, Known::LaidOut),
                &required,
                model.supply.budget(),
            );
            let states = plan.checkpoints.iter().map(|it| it.state);
            prices.objective(graph, states)
        };
        [
            part(1.0, 0.0, 0.0),
            part(0.0, 1.0, 0.0),
            part(0.0, 0.0, 1.0),
        ]
    }

    /// The part of area of a plan with its layout.
    fn area(&self, model: &Model, plan: &Plan, layout: &Layout) -> f64 {
        let checkpoints = plan.checkpoints.iter().enumerate();
        let areas = checkpoints.map(|(at, checkpoint)| {
            let [_, _, area] = self.parts_of(model, checkpoint.state.index(), &layout.shape(at));
            area
        });
        areas.sum()
    }

    /// The shapes of a layout; states that it does not save keep theirs.
    fn real(&self, shapes: &[Shape], plan: &Plan, layout: &Layout) -> Vec<Shape> {
        let mut real = shapes.to_vec();
        for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
            real[checkpoint.state.index()] = layout.shape(at);
        }
        real
    }
}
