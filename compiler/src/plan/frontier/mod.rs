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
//! is linear in the states. Where frontiers are wide the limit is what keeps the figures of all partial choices
//! together within bounds ([`beam()`]); where that leaves too few, the program is not worth running.

mod ages;
mod beam;
mod order;
mod worth;

use super::segments::Problem;
use ages::Ages;
use beam::{best, most_used, typical_cost, undominated};
pub(super) use order::beam;
use order::order;
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
pub(super) struct Frontier {
    pub(super) exits: Vec<u32>,
    pub(super) entries: Vec<u32>,
}

impl Frontier {
    /// Figures of one resource: outs, slacks, ways by entry.
    fn figures(&self) -> usize {
        self.exits.len() + self.entries.len() + self.exits.len() * self.entries.len()
    }
}

/// A partial choice.
#[derive(Clone)]
struct Partial {
    cost: f64,
    /// The last decision, in the list of all.
    last: u32,
    /// Per resource and in the order of the frontier; slacks are negated, so that
    /// less is better throughout.
    figures: Vec<i64>,
    /// Of ages, likewise: leaving, cost, passed on; empty where failures do not count.
    ages: Vec<f64>,
}

/// A decision and the one before it.
struct Decision {
    before: u32,
    chosen: bool,
}

/// The figures of one resource while a state is decided: the frontier with that
/// state as its last exit and its last entry.
struct Table {
    out: Vec<i64>,
    slack: Vec<i64>,
    /// By entry.
    way: Vec<Vec<i64>>,
}

/// Where the decided neighbours of a state stand in the frontier.
pub(super) struct Neighbours {
    /// Exits that lead to it.
    pub(super) before: Vec<usize>,
    /// Entries that it leads to.
    pub(super) after: Vec<usize>,
    pub(super) self_loop: bool,
}

/// Solves a problem; keeps at most `kept_wide` partial choices where the frontier is wide.
pub(super) fn solve(problem: &Problem, kept_wide: usize) -> Found {
    let flow = problem.flow;
    let count = flow.len();
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
    let mut partials = vec![Partial {
        cost: 0.0,
        last: u32::MAX,
        figures: Vec::new(),
        ages: Vec::new(),
    }];
    let mut cut_off = f64::INFINITY;
    let aging = problem.aging.as_ref();
    let worth = aging.map(|aging| Worth::new(problem, aging));
    for (at, &state) in order.iter().enumerate() {
        let near = neighbours(problem, &frontier, state);
        let open = |list: &[u32]| list.iter().any(|&other| place[other as usize] > at);
        frontier.exits.push(state);
        frontier.entries.push(state);
        let keep = |list: &[u32], of: &dyn Fn(u32) -> bool| -> Vec<usize> {
            (0..list.len()).filter(|&index| of(list[index])).collect()
        };
        let exits = keep(&frontier.exits, &|s| open(flow.successors(s as usize)));
        let entries = keep(&frontier.entries, &|s| open(flow.predecessors(s as usize)));
        let mut next = Vec::with_capacity(partials.len() * 2);
        for partial in &partials {
            for chosen in [false, true] {
                let may = if chosen {
                    problem.allowed[state as usize]
                } else {
                    !problem.required[state as usize]
                };
                if !may {
                    continue;
                }
                let Some(figures) = decide(
                    problem,
                    partial,
                    &frontier,
                    (state, chosen),
                    &near,
                    (&exits, &entries),
                ) else {
                    continue;
                };
                let mut cost = match chosen {
                    true => problem.costs[state as usize] as f64,
                    false => 0.0,
                };
                let ages = match &problem.aging {
                    None => Vec::new(),
                    Some(aging) => {
                        let mut ages = Ages::before(&partial.ages, &frontier);
                        cost += ages.decide(aging, &frontier, (state, chosen), &near);
                        ages.kept(&exits, &entries)
                    }
                };
                decisions.push(Decision {
                    before: partial.last,
                    chosen,
                });
                next.push(Partial {
                    cost: partial.cost + cost,
                    last: decisions.len() as u32 - 1,
                    figures,
                    ages,
                });
            }
        }
        let pick = |list: &[u32], places: &[usize]| places.iter().map(|&at| list[at]).collect();
        frontier = Frontier {
            exits: pick(&frontier.exits, &exits),
            entries: pick(&frontier.entries, &entries),
        };
        let width = frontier.figures();
        let mut kept = undominated(next, &frontier, worth.as_ref());
        let limit = match width <= NARROW {
            true => KEPT_NARROW,
            false => kept_wide,
        };
        if kept.len() > limit {
            let outs = |partial: &Partial| most_used(problem, &frontier, &partial.figures);
            let (best, cut) = best(kept, limit, outs, typical_cost(problem));
            cut_off = cut_off.min(cut + rest[at + 1]);
            kept = best;
        }
        partials = kept;
        if partials.is_empty() {
            break;
        }
    }
    let best = (partials.iter()).min_by(|a, b| a.cost.total_cmp(&b.cost));
    let chosen = best.map(|best| {
        let mut chosen = vec![false; count];
        let mut at = best.last;
        for &state in order.iter().rev() {
            let decision = &decisions[at as usize];
            chosen[state as usize] = decision.chosen;
            at = decision.before;
        }
        chosen
    });
    let cost = best.map_or(f64::INFINITY, |best| best.cost);
    Found {
        chosen,
        complete: cut_off == f64::INFINITY,
        lower_bound: cut_off.min(cost),
    }
}

fn neighbours(problem: &Problem, frontier: &Frontier, state: u32) -> Neighbours {
    let flow = problem.flow;
    let (before, after) = (
        flow.predecessors(state as usize),
        flow.successors(state as usize),
    );
    let places = |list: &[u32], among: &[u32]| -> Vec<usize> {
        let hit = |at: &usize| among.binary_search(&list[*at]).is_ok();
        (0..list.len()).filter(hit).collect()
    };
    Neighbours {
        before: places(&frontier.exits, before),
        after: places(&frontier.entries, after),
        self_loop: flow.has_self_loop(state as usize),
    }
}

/// The figures after a decision, of the exits and entries that stay; `None` if it is invalid.
fn decide(
    problem: &Problem,
    partial: &Partial,
    frontier: &Frontier,
    (state, chosen): (u32, bool),
    near: &Neighbours,
    (exits, entries): (&[usize], &[usize]),
) -> Option<Vec<i64>> {
    if near.self_loop && !chosen {
        return None;
    }
    let state = state as usize;
    // The frontier that the figures belong to has no place for the state yet.
    let (outs, ins) = (frontier.exits.len() - 1, frontier.entries.len() - 1);
    let stride = outs + ins + outs * ins;
    let kept = exits.len() + entries.len() + exits.len() * entries.len();
    let mut figures = Vec::with_capacity(kept * problem.resources.len());
    for (index, resource) in problem.resources.iter().enumerate() {
        let old = &partial.figures[index * stride..(index + 1) * stride];
        let mut table = Table {
            out: old[..outs].to_vec(),
            slack: old[outs..outs + ins].iter().map(|slack| -slack).collect(),
            way: (0..ins)
                .map(|entry| {
                    let from = outs + ins + entry * outs;
                    old[from..from + outs].to_vec()
                })
                .collect(),
        };
        let cold = if problem.starts[state] {
            resource.cold
        } else {
            NONE
        };
        let arrives = (near.before.iter().map(|&exit| table.out[exit])).fold(cold, i64::max);
        let (run, budget) = (resource.run[state], resource.budget);
        for entry in 0..ins {
            let way = &mut table.way[entry];
            let reaches = (near.before.iter().map(|&exit| way[exit])).fold(NONE, i64::max);
            let (end, leaves) = match (reaches, chosen) {
                (NONE, _) => (0, NONE),
                (_, true) => (reaches + resource.save[state], NONE),
                (_, false) => (reaches + run, reaches + run),
            };
            way.push(leaves);
            if reaches != NONE {
                table.slack[entry] = table.slack[entry].min(budget - end);
            }
        }
        let mut own = vec![NONE; outs + 1];
        if chosen {
            table.slack.push(budget - resource.save[state]);
            table.out.push(resource.restore[state].checked_add(run)?);
        } else {
            own[outs] = run;
            table.slack.push(budget - run);
            table.out.push(if arrives == NONE {
                NONE
            } else {
                arrives.saturating_add(run)
            });
        }
        table.way.push(own);
        let fits = arrives <= table.slack[ins] && table.slack.iter().all(|&slack| slack >= 0);
        if !fits || near.self_loop && table.out[outs] > table.slack[ins] {
            return None;
        }
        for &entry in &near.after {
            table.close(entry)?;
        }
        figures.extend(exits.iter().map(|&exit| table.out[exit]));
        figures.extend(entries.iter().map(|&entry| -table.slack[entry]));
        for &entry in entries {
            figures.extend(exits.iter().map(|&exit| table.way[entry][exit]));
        }
    }
    Some(figures)
}

impl Table {
    /// Takes in the edge from the last exit to an entry; `None` if it makes the choice invalid.
    fn close(&mut self, entry: usize) -> Option<()> {
        let last = self.out.len() - 1;
        let slack = self.slack[entry];
        if self.way[entry][last] != NONE || self.out[last] > slack {
            return None;
        }
        let onward = self.way[entry].clone();
        let add = |to: &mut [i64], before: i64| {
            if before != NONE {
                for (to, &way) in to.iter_mut().zip(&onward) {
                    if way != NONE {
                        *to = (*to).max(before + way);
                    }
                }
            }
        };
        let leaves = self.out[last];
        add(&mut self.out, leaves);
        for (way, own) in self.way.iter_mut().zip(&mut self.slack) {
            let before = way[last];
            if before != NONE {
                *own = (*own).min(slack - before);
                if *own < 0 {
                    return None;
                }
                add(way, before);
            }
        }
        Some(())
    }
}
