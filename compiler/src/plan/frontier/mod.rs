//! The dynamic program over the control graph.
//!
//! States are decided one after the other, in an order that leads forward along
//! most edges. Between the decided states and the rest lies a frontier: *exits*
//! (decided states with an undecided successor) and *entries* (decided states with
//! an undecided predecessor). All that the rest of the graph has to know of a
//! partial choice is, for each resource,
//!
//! - per exit, what has been used since the last commit when it is left (`out`),
//! - per entry, how much may have been used on arrival there (`slack`),
//! - per entry and exit, what the longest way between them takes that meets no
//!   checkpoint (`way`), if there is one.
//!
//! Where failures count ([`super::aging`]), it also has to know
//!
//! - per exit, the age of what leaves it,
//! - per entry, what an age of 1 on arrival there costs within the decided part,
//! - per entry and exit, how much of an age on arrival leaves there.
//!
//! Of two partial choices one *dominates* if it costs no more, and none of these
//! is worse (ages may be, as far as that cannot come to cost the difference, see `worth`); the other cannot lead to anything better. Loops need no special
//! treatment: an edge back to an entry ends in its slack, and closes a cycle
//! without a checkpoint exactly if there is a way from that entry to its own
//! origin.
//!
//! On a chain, or along the unrolled counters of a control graph, the frontier is
//! one state wide and few partial choices survive: the table is the usual one of
//! state and energy since the last commit. Where the frontier is wide the number
//! kept per state is limited; the result says whether that cut anything off, and
//! the least cost among what was cut off, which bounds the optimum from below. If
//! nothing was cut off the result is an optimum, and no result is a proof that
//! there is none.
//!
//! Cost: states × kept² × frontier², at most; with a constant limit and frontier it
//! is linear in the states. How many are kept follows from how many states fit between two checkpoints, not from the size
//! of the graph. Where frontiers are wide the limit is what keeps the figures of all partial choices
//! together within bounds ([`beam()`]); where that leaves too few, the program is not worth running.

mod ages;
mod beam;
mod order;
mod partials;
mod table;
mod worth;

use super::segments::Problem;
use ages::Ages;
use beam::{best, most_used, typical_cost, undominated};
pub(super) use order::beam;
use order::order;
use partials::Partials;
use table::Table;
use worth::Worth;

/// No way.
const NONE: i64 = -1;

/// Partial choices kept per state, at most, with a narrow frontier.
const KEPT_NARROW: usize = 1024;

/// Figures per partial choice up to which the frontier is narrow.
const NARROW: usize = 6;

/// What came of it.
pub(super) struct Found {
    /// A valid choice of least cost among those looked at.
    pub(super) chosen: Option<Vec<bool>>,
    /// No partial choice was cut off.
    pub(super) complete: bool,
    /// No valid choice costs less.
    pub(super) lower_bound: f64,
}

/// The decided states that the others can see, in the order of the figures.
#[derive(Default)]
struct Frontier {
    exits: Vec<u32>,
    entries: Vec<u32>,
}

impl Frontier {
    /// Figures of one resource, and of ages: by exit, by entry, by both.
    fn figures(&self) -> usize {
        self.exits.len() + self.entries.len() + self.exits.len() * self.entries.len()
    }
}

/// A decision and the one before it.
#[derive(Clone, Copy)]
struct Decision {
    before: u32,
    chosen: bool,
}

/// A state that is decided, and the frontier around it.
struct Step {
    state: u32,
    /// With that state as its last exit and its last entry.
    frontier: Frontier,
    /// Exits that lead to it.
    before: Vec<usize>,
    /// Entries that it leads to, itself not among them.
    after: Vec<usize>,
    self_loop: bool,
    /// The exits and entries that stay.
    exits: Vec<usize>,
    entries: Vec<usize>,
}

impl Step {
    /// The frontier behind it.
    fn next(&self) -> Frontier {
        let pick = |list: &[u32], places: &[usize]| places.iter().map(|&at| list[at]).collect();
        Frontier {
            exits: pick(&self.frontier.exits, &self.exits),
            entries: pick(&self.frontier.entries, &self.entries),
        }
    }
}

/// Solves a problem; keeps at most `kept_wide` partial choices where the frontier is wide.
pub(super) fn solve(problem: &Problem, kept_wide: usize) -> Found {
    let count = problem.flow.len();
    let order = order(problem);
    let mut place = vec![usize::MAX; count];
    for (at, &state) in order.iter().enumerate() {
        place[state as usize] = at;
    }
    // The required states after each place cost at least this much.
    let mut rest = vec![0.0; count + 1];
    for at in (0..count).rev() {
        let state = order[at] as usize;
        let own = match problem.required[state] {
            true => problem.costs[state] as f64,
            false => 0.0,
        };
        rest[at] = rest[at + 1] + own;
    }
    let mut decisions: Vec<Decision> = Vec::new();
    let mut frontier = Frontier::default();
    let mut partials = Partials::first();
    let mut cut_off = f64::INFINITY;
    let resources = problem.resources.len();
    let aging = problem.aging.as_ref();
    let worth = aging.map(|aging| Worth::new(problem, aging));
    let (mut table, mut ages) = (Table::default(), Ages::default());
    for (at, &state) in order.iter().enumerate() {
        let step = step(problem, frontier, state, |other| place[other as usize] > at);
        frontier = step.next();
        let width = frontier.figures();
        let mut next = Partials::new(width * resources, aging.map_or(0, |_| width));
        for partial in 0..partials.len() {
            for chosen in [false, true] {
                let may = match chosen {
                    true => problem.allowed[state as usize],
                    false => !problem.required[state as usize],
                };
                let figures = partials.figures(partial);
                if !may || !table.decide(problem, figures, &step, chosen) {
                    continue;
                }
                let mut cost = match chosen {
                    true => problem.costs[state as usize] as f64,
                    false => 0.0,
                };
                if let Some(aging) = aging {
                    cost += ages.decide(aging, partials.ages(partial), &step, chosen);
                }
                let decision = Decision {
                    before: partials.last(partial),
                    chosen,
                };
                next.push(
                    partials.cost(partial) + cost,
                    decision,
                    (&table.kept, &ages.kept),
                );
            }
        }
        let worth = worth.as_ref().map(|worth| worth.of(&frontier));
        let mut kept = undominated(&next, worth.as_deref());
        let limit = match width <= NARROW {
            true => KEPT_NARROW,
            false => kept_wide,
        };
        if kept.len() > limit {
            let outs = |at: usize| most_used(problem, &frontier, next.figures(at));
            let cut;
            (kept, cut) = best(&next, kept, limit, outs, typical_cost(problem));
            cut_off = cut_off.min(cut + rest[at + 1]);
        }
        partials = next.decided(&kept, &mut decisions);
        if partials.len() == 0 {
            break;
        }
    }
    let all = 0..partials.len();
    let best = all.min_by(|&a, &b| partials.cost(a).total_cmp(&partials.cost(b)));
    let chosen = best.map(|best| {
        let mut chosen = vec![false; count];
        let mut at = partials.last(best);
        for &state in order.iter().rev() {
            let decision = &decisions[at as usize];
            chosen[state as usize] = decision.chosen;
            at = decision.before;
        }
        chosen
    });
    let cost = best.map_or(f64::INFINITY, |best| partials.cost(best));
    Found {
        chosen,
        complete: cut_off == f64::INFINITY,
        lower_bound: cut_off.min(cost),
    }
}

/// What there is to be decided; `open` tells of a state whether it is decided later.
fn step(problem: &Problem, mut frontier: Frontier, state: u32, open: impl Fn(u32) -> bool) -> Step {
    let flow = problem.flow;
    let of = state as usize;
    let places = |list: &[u32], among: &[u32]| -> Vec<usize> {
        let hit = |at: &usize| among.binary_search(&list[*at]).is_ok();
        (0..list.len()).filter(hit).collect()
    };
    let before = places(&frontier.exits, flow.predecessors(of));
    let after = places(&frontier.entries, flow.successors(of));
    frontier.exits.push(state);
    frontier.entries.push(state);
    let stay = |list: &[u32], next: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..list.len())
            .filter(|&at| next(list[at] as usize))
            .collect()
    };
    let any_open = |list: &[u32]| list.iter().any(|&other| open(other));
    Step {
        state,
        before,
        after,
        self_loop: flow.has_self_loop(of),
        exits: stay(&frontier.exits, &|of| any_open(flow.successors(of))),
        entries: stay(&frontier.entries, &|of| any_open(flow.predecessors(of))),
        frontier,
    }
}
