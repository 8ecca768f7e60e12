//! What a plan is told of its checkpoints: what their saves and restores need, and what they cost.

use super::Search;
use crate::control::StateId;
use crate::driver::failures::Failures;
use crate::driver::{Analysis, InsertOptions};
use crate::energy::{Attojoules, Model, cells, need};
use crate::layout::Shape;
use crate::liveness::BitSet;
use crate::plan::pareto::Parts;
use crate::plan::{self, Prices};

impl Search<'_> {
    /// The parts of the objective for a checkpoint in a state whose saves have this shape, without failures. Of its visits
    /// the part `saves` saves. A live bit takes a multiplexer in the chain; the gates that compare others count beside it.
    pub(super) fn parts_of(&self, model: &Model, state: usize, shape: &Shape) -> Parts {
        let (save, visits) = (shape.save(), self.saves * model.visits[state]);
        let compared = shape.compared_gates() as f64 * cells::GATE.area / cells::MUX.area;
        [
            visits * model.joules(&save) / self.units.cycle_joules,
            visits * model.clocks(&save) as f64,
            (self.units.live_bits[state] as f64 + compared) / self.units.all_bits as f64,
        ]
    }

    /// The weighted sum of the parts, of saves begun until they come to their end.
    fn cost_of(&self, model: &Model, state: usize, shape: &Shape) -> f64 {
        let weights = &self.weights;
        let [energy, stall, area] = self.parts_of(model, state, shape);
        let failures = model.on_times.as_ref();
        let again = failures.map_or(1.0, |on_times| {
            Failures::new(on_times, model).taken(model.clocks(&shape.save()))
        });
        (weights.energy * energy + weights.stall * stall) * again + weights.area * area
    }

    /// The least that a checkpoint costs if words may be saved whose bits could be compared. What a word more takes is the
    /// same for each, and they spare the dearest comparisons first; so it is the cost with none of these words, or with those that
    /// spare all comparisons of a kind.
    fn least_cost_of(&self, model: &Model, state: usize, shape: &Shape) -> f64 {
        let bits = u64::from(shape.word_bits.max(1));
        let words = [shape.derived_bits, shape.derived_bits + shape.given_bits];
        let words = words
            .into_iter()
            .flat_map(|all| [all / bits, all.div_ceil(bits)]);
        let costs = [0].into_iter().chain(words).map(|words| {
            let with = Shape {
                live_words: shape.live_words + words,
                chain_words: shape.chain_words.max(shape.live_words + words),
                ..shape.saving_more(words * bits)
            };
            self.cost_of(model, state, &with)
        });
        costs.fold(f64::INFINITY, f64::min)
    }

    /// By how much a checkpoint costs less if one word more is saved, and so many bits that it gives and derives are not
    /// compared.
    pub(super) fn spared(
        &self,
        model: &Model,
        state: usize,
        shape: &Shape,
        fewer: (u64, u64),
    ) -> f64 {
        let with = Shape {
            live_words: shape.live_words + 1,
            given_bits: shape.given_bits - fewer.0,
            derived_bits: shape.derived_bits - fewer.1,
            ..*shape
        };
        self.cost_of(model, state, shape) - self.cost_of(model, state, &with)
    }

    /// The least that saving each state can be made of; `required` are saved in any case.
    pub(super) fn filled_all(&self, required: &[bool]) -> Vec<Shape> {
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
    /// those that slots may hold, or one of the state itself. Costs are those of the shapes, or the least that
    /// they can come to with other words saved.
    pub(super) fn prices(
        &self,
        model: &Model,
        (shapes, known): (&[Shape], Known),
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
            let own = match known {
                Known::LaidOut => self.cost_of(model, state, shape),
                Known::AtLeast => self.least_cost_of(model, state, shape),
            };
            // With failures it is restored, too.
            let restored = aging.as_ref().map_or(0.0, |aging| {
                aging.visits[state] * (aging.growth - 1.0) * aging.restore[state]
            });
            own + restored
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
}

/// What the parts of the objective are measured by. It takes a walk over all states to find, and each cost needs it.
pub(in crate::driver) struct Units {
    /// Mean joules of a logical cycle.
    cycle_joules: f64,
    /// Bits of the design, those of memories included; at least one.
    all_bits: u64,
    /// Those of them that have to be saved, per state.
    live_bits: Vec<u64>,
}

impl Units {
    pub(in crate::driver) fn of(analysis: &Analysis, model: &Model) -> Units {
        let netlist = &analysis.netlist;
        let states = 0..analysis.graph.states.len();
        Units {
            cycle_joules: model.mean_cycle_joules(),
            all_bits: (netlist.flop_bits() + netlist.memory_bits()).max(1),
            live_bits: states.map(|state| analysis.live_bits(state)).collect(),
        }
    }
}

/// What is known of the words of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    /// They are laid out.
    LaidOut,
    /// There will be at least as many.
    AtLeast,
}

/// The least that saving a state can be made of: its bits fill their words, and nothing else
/// is saved anywhere.
pub(in crate::driver) fn filled(
    analysis: &Analysis,
    options: &InsertOptions,
    state: usize,
) -> Shape {
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
    let follow = (follow.count() as u64).min(saved);
    let bits = saved - follow;
    let told = plan::told(graph, liveness, StateId(state as u32));
    let given = given.bits().iter().filter(|&bit| !told.contains(bit));
    let parts = &liveness.bits.parts;
    // One range of each memory is the least.
    let mut memories = vec![0; netlist.memories.len()];
    let live = liveness.memories[state].iter();
    for part in live.filter(|&part| plan::is_saved(netlist, parts, part)) {
        let own = parts.rows(part);
        memories[own.memory.index()] += own.rows.len() as u64;
    }
    let memories = memories.into_iter().zip(&netlist.memories);
    let memories = memories.filter(|(rows, _)| *rows > 0);
    let filled = Shape::filled(
        options.word_bits,
        bits,
        memories.map(|(rows, memory)| (rows, memory.width)),
    );
    let compared = Shape {
        given_bits: given.count() as u64,
        derived_bits: follow,
        ..filled
    };
    // What finds room in the last word is saved with it.
    compared.saving_more(filled.live_words * u64::from(options.word_bits) - bits)
}

/// The larger in each part; bits are compared as in the second.
pub(super) fn larger(a: &Shape, b: &Shape) -> Shape {
    Shape {
        given_bits: b.given_bits,
        derived_bits: b.derived_bits,
        word_bits: a.word_bits,
        chain_words: a.chain_words.max(b.chain_words),
        live_words: a.live_words.max(b.live_words),
        memories: a.memories.max(b.memories),
        memory_rows: a.memory_rows.max(b.memory_rows),
        memory_words: a.memory_words.max(b.memory_words),
    }
}
