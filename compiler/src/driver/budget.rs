//! Plan and layout under an energy budget.
//!
//! How many words a save writes follows from the layout, and the layout from the
//! plan. So the plan is first made as if saved bits filled their words (which no
//! layout betters), then laid out; if a way takes more than the budget with the
//! words that it really writes, the states concerned get those words, and the plan
//! is made again. What is accepted fits with the words of the layout itself.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::derived::derive;
use super::failures::Failures;
use super::widths::Refused;
use super::{Analysis, InsertOptions, Stopwatch, Times};
use crate::control::StateId;
use crate::diagnostics::{Diagnostic, Label, codes};
use crate::energy::{
    Attojoules, EnergyOptions, Figures, MOST, Model, Nvm, Problem, Technology, Weights, activity,
    engineering, need, technologies,
};
use crate::layout::{self, Layout, LayoutOptions, Shape, WidthTried};
use crate::liveness::BitSet;
use crate::plan::pareto::Parts;
use crate::plan::{self, Doubt, Plan, PlanError, PlanOptions, Prices};
use crate::source::Setting;

/// How often a plan is made anew for the words that its layout needs.
const ROUNDS: usize = 16;

/// How often a smallest budget is raised for the words of its layout.
const RAISES: usize = 8;

/// A plan with its layout.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    pub(super) energy: Option<Model>,
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
        let (plan, layout) = derive(analysis, options, plan, layout);
        watch.lap("layout");
        return Ok(Planned {
            plan,
            layout,
            energy: None,
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
        layouts: &Cell::default(),
    };
    match search.fit(&model, model.supply.budget()) {
        Ok((plan, layout)) => {
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

/// The parts of the objective for a checkpoint in a state whose saves have this shape, without failures.
fn parts(analysis: &Analysis, model: &Model, state: usize, shape: &Shape) -> Parts {
    let netlist = &analysis.netlist;
    let (save, visits) = (shape.save(), model.visits[state]);
    let all_bits = netlist.flop_bits() + netlist.memory_bits();
    [
        visits * model.joules(&save) / model.mean_cycle_joules(),
        visits * model.clocks(&save) as f64,
        analysis.live_bits(state) as f64 / all_bits.max(1) as f64,
    ]
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
                prices: Some(self.prices(model, &shapes, &images, budget)),
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
            self.layouts.set(self.layouts.get() + begin.elapsed());
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
            let real = self.real(&shapes, &plan, &layout);
            let prices = self.prices(model, &real, &chosen, budget);
            plan.optimality.lower_bound = lower_bound;
            plan.reprice(graph, &prices);
            let worst = plan.worst_segment.as_ref();
            let worst = worst.expect("a plan breaks every cycle");
            if worst.takes <= budget {
                return Ok((plan, layout));
            }
            round += 1;
            if round == ROUNDS {
                return Err(PlanError::Energy {
                    segment: worst.clone(),
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
            let prices = alone.prices(model, &shapes, &required, model.supply.budget());
            let states = plan.checkpoints.iter().map(|it| it.state);
            prices.objective(graph, states)
        };
        [
            part(1.0, 0.0, 0.0),
            part(0.0, 1.0, 0.0),
            part(0.0, 0.0, 1.0),
        ]
    }

    /// The shapes of a layout; states that it does not save keep theirs.
    fn real(&self, shapes: &[Shape], plan: &Plan, layout: &Layout) -> Vec<Shape> {
        let mut real = shapes.to_vec();
        for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
            real[checkpoint.state.index()] = layout.shape(at);
        }
        real
    }

    /// The least that saving each state can be made of; `required` are saved in any case.
    fn filled_all(&self, required: &[bool]) -> Vec<Shape> {
        let live = &self.analysis.liveness.live;
        let mut chain = BitSet::new(self.analysis.netlist.flop_bits() as usize);
        for (live, _) in live.iter().zip(required).filter(|(_, own)| **own) {
            chain.union_with(live);
        }
        let words = (chain.count() as u64).div_ceil(u64::from(self.options.word_bits));
        let mut shapes: Vec<Shape> = (0..live.len())
            .map(|at| filled(self.analysis, self.options, at))
            .collect();
        for shape in &mut shapes {
            shape.chain_words = shape.chain_words.max(words);
        }
        shapes
    }

    /// What the plan is told. A save counts with the commit word that it may have
    /// to clear first, a boot with an image that it reads in vain before: one of
    /// those that slots may hold, or one of the state itself.
    fn prices(
        &self,
        model: &Model,
        shapes: &[Shape],
        images: &[bool],
        budget: Attojoules,
    ) -> Prices {
        let graph = &self.analysis.graph;
        let passed_over = |shape: &Shape| model.need_joules(&shape.passed_over());
        let held = shapes.iter().zip(images).filter(|(_, held)| **held);
        let in_vain = held.map(|(shape, _)| passed_over(shape));
        let in_vain = in_vain.fold(0.0, f64::max);
        let restore = |shape: &Shape| model.need_joules(&shape.restore());
        let restores: Vec<f64> = (shapes.iter())
            .map(|shape| restore(shape) + passed_over(shape).max(in_vain))
            .collect();
        // Constants, which are live where the design starts, are loaded by the walk
        // of a restore. The design is reset in the first cycle, whatever state it is in.
        let first = model.most_net_joules();
        let walks = shapes.iter().zip(&graph.states).zip(images);
        let walks = walks.filter(|((_, state), held)| state.initial || **held);
        let walk = walks.map(|((shape, _), _)| restore(shape));
        let cold = walk.fold(0.0, f64::max) + in_vain + first;
        let weights = &self.weights;
        let failures = model.on_times.as_ref();
        let failures = failures.map(|on_times| Failures::new(on_times, model));
        let aging = failures.map(|failures| failures.aging(model, shapes, weights));
        let cost = |(state, shape): (usize, &Shape)| {
            let [energy, stall, area] = parts(self.analysis, model, state, shape);
            let save = weights.energy * energy + weights.stall * stall;
            // With failures it is begun more than once, and restored.
            let again = failures.map_or(1.0, |it| it.taken(model.clocks(&shape.save())));
            let restored = aging.as_ref().map_or(0.0, |aging| {
                aging.visits[state] * (aging.growth - 1.0) * aging.restore[state]
            });
            save * again + restored + weights.area * area
        };
        let costs = shapes.iter().enumerate().map(cost).collect();
        Prices {
            run: (0..graph.states.len())
                .map(|state| model.run_need(state))
                .collect(),
            restore: restores.iter().map(|&joules| need(joules)).collect(),
            save: (shapes.iter())
                .map(|shape| need(model.need_joules(&shape.longest_save())))
                .collect(),
            cold: need(cold),
            budget,
            costs,
            aging,
        }
    }

    /// The error for the user, with what would do.
    fn refused(&self, model: &Model, error: &PlanError) -> Refused {
        let graph = &self.analysis.graph;
        let mut diagnostic = error.diagnostic(graph);
        let PlanError::Energy {
            segment, smallest, ..
        } = error
        else {
            return diagnostic.into();
        };
        let places = graph.registers.iter().take(3).map(|register| {
            let register = &self.analysis.netlist.registers[register.index()];
            Label {
                span: register.origin.declaration,
                text: format!("the states are values of `{}`", register.name),
            }
        });
        let mut places = places.collect::<Vec<_>>().into_iter();
        diagnostic.primary = places.next();
        diagnostic.labels.extend(places);
        let mut would_do = Vec::new();
        let smallest = self.smallest(model, segment.takes, *smallest);
        match smallest {
            Some((farads, doubt)) => would_do.push(format!(
                "the smallest capacitor{} that will do is {}",
                match doubt {
                    None => "",
                    Some(_) => " found",
                },
                engineering(farads, "F")
            )),
            None => would_do.push("no capacitor that can be planned for will do".to_string()),
        }
        if let Some(row) = self.cheapest(model) {
            would_do.push(format!("with this one, technology `{}` will do", row.name));
        }
        Refused {
            diagnostic: diagnostic.help(would_do.join("; ")),
            farads: Some(smallest.map_or(f64::MAX, |(farads, _)| farads)),
        }
    }

    /// The smallest capacitor found, to three digits, for which there is a plan,
    /// and why it may not be the smallest. With less than `budget` none was found,
    /// which is in `doubt` or proven.
    fn smallest(
        &self,
        model: &Model,
        mut budget: Attojoules,
        mut doubt: Option<Doubt>,
    ) -> Option<(f64, Option<Doubt>)> {
        for _ in 0..RAISES {
            if budget > MOST {
                return None;
            }
            let farads = round_up(model.supply.capacitor_for(budget as f64 * 1e-18));
            let mut supply = model.supply;
            supply.capacitor_farads = farads;
            match self.fit(model, supply.budget()) {
                Ok(_) => return Some((farads, doubt)),
                Err(PlanError::Energy {
                    segment, smallest, ..
                }) => {
                    (budget, doubt) = match segment.takes > budget {
                        true => (segment.takes, smallest),
                        // Rounds may end without a plan where a little more has one.
                        false => (budget + budget / 100, Some(Doubt::Words)),
                    };
                }
                Err(_) => return None,
            }
        }
        None
    }

    /// The technology with a plan whose words cost least to write, of those whose
    /// figures include as much.
    fn cheapest(&self, model: &Model) -> Option<&'static Technology> {
        let level = model.nvm.level;
        let rows = technologies().iter().filter(|row| {
            row.level == level
                && self
                    .energy
                    .technology
                    .is_none_or(|own| own.name != row.name)
        });
        let mut rows: Vec<(&Technology, Nvm)> = rows
            .filter_map(|row| {
                let nvm = Nvm::new(Some(row), &Figures::default(), self.options.word_bits);
                Some((row, nvm.ok()?))
            })
            .collect();
        rows.sort_by(|a, b| a.1.write_joules.total_cmp(&b.1.write_joules));
        let fits = |nvm: &Nvm| {
            let model = Model {
                nvm: nvm.clone(),
                ..model.clone()
            };
            self.fit(&model, model.supply.budget()).is_ok()
        };
        rows.into_iter()
            .find(|(_, nvm)| fits(nvm))
            .map(|(row, _)| row)
    }
}

/// The least that saving a state can be made of: its bits fill their words, and nothing else
/// is saved anywhere.
pub(super) fn filled(analysis: &Analysis, options: &InsertOptions, state: usize) -> Shape {
    let Analysis {
        netlist,
        graph,
        liveness,
        ..
    } = analysis;
    let given = plan::given(netlist, graph, liveness, StateId(state as u32));
    let follow = liveness.relations[state].0.iter();
    let follow = follow.filter(|it| options.recompute || it.is.is_copy());
    let saved = (liveness.live[state].count() - given.count()) as u64;
    let bits = saved.saturating_sub(follow.count() as u64);
    let parts = &liveness.bits.parts;
    // One range of each memory is the least.
    let mut memories = vec![0; netlist.memories.len()];
    let saved = liveness.memories[state].iter();
    for part in saved.filter(|&part| plan::is_saved(netlist, parts, part)) {
        let own = parts.rows(part);
        memories[own.memory.index()] += own.rows.len() as u64;
    }
    let memories = memories.into_iter().zip(&netlist.memories);
    let memories = memories.filter(|(rows, _)| *rows > 0);
    Shape::filled(
        options.word_bits,
        bits,
        memories.map(|(rows, memory)| (rows, memory.width)),
    )
}

/// The larger in each part.
fn larger(a: &Shape, b: &Shape) -> Shape {
    Shape {
        word_bits: a.word_bits,
        chain_words: a.chain_words.max(b.chain_words),
        live_words: a.live_words.max(b.live_words),
        memories: a.memories.max(b.memories),
        memory_rows: a.memory_rows.max(b.memory_rows),
        memory_words: a.memory_words.max(b.memory_words),
    }
}

/// Rounded up to three digits.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return value;
    }
    let unit = 10f64.powi(value.log10().floor() as i32 - 2);
    // A value that has three digits already stays.
    (value / unit * (1.0 - 1e-12)).ceil() * unit
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn capacitors_are_rounded_up_to_three_digits() {
        for (value, expected) in [(1.2301e-6, 1.24e-6), (4.7e-5, 4.7e-5), (9.999e-7, 1e-6)] {
            assert!((round_up(value) / expected - 1.0).abs() < 1e-9, "{value}");
        }
    }
}
