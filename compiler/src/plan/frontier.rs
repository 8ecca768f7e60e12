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
//! is worse; the other cannot lead to anything better. Loops need no special
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
//! is linear in the states.

use super::frontier_ages::Ages;
use super::segments::Problem;

/// No way.
const NONE: i64 = -1;

/// Partial choices kept per state, at most, with a narrow and with a wide frontier.
const KEPT_NARROW: usize = 1024;
const KEPT_WIDE: usize = 192;

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

/// Solves a problem.
pub(super) fn solve(problem: &Problem) -> Found {
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
        let mut kept = undominated(next, width <= NARROW);
        let limit = if width <= NARROW {
            KEPT_NARROW
        } else {
            KEPT_WIDE
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

/// Leaves out what another dominates. Of equals the first stays.
fn undominated(mut partials: Vec<Partial>, narrow: bool) -> Vec<Partial> {
    partials.sort_by(|a, b| {
        let costs = a.cost.total_cmp(&b.cost);
        costs.then_with(|| (&a.figures, a.last).cmp(&(&b.figures, b.last)))
    });
    if narrow
        && (partials.first()).is_some_and(|first| first.figures.len() == 1 && first.ages.is_empty())
    {
        let mut least = i64::MAX;
        partials.retain(|partial| {
            let better = partial.figures[0] < least;
            least = least.min(partial.figures[0]);
            better
        });
        return partials;
    }
    let mut kept: Vec<Partial> = Vec::new();
    for partial in partials {
        let dominates = |other: &Partial| {
            let mut pairs = other.figures.iter().zip(&partial.figures);
            let mut ages = other.ages.iter().zip(&partial.ages);
            pairs.all(|(other, own)| other <= own) && ages.all(|(other, own)| other <= own)
        };
        // The last ones kept cost most and have the least figures.
        if !kept.iter().rev().any(dominates) {
            kept.push(partial);
        }
    }
    kept
}

/// The largest part of a budget that an exit has used or an entry lacks.
fn most_used(problem: &Problem, frontier: &Frontier, figures: &[i64]) -> f64 {
    let (outs, ins) = (frontier.exits.len(), frontier.entries.len());
    let stride = frontier.figures();
    let mut most = 0.0f64;
    for (index, resource) in problem.resources.iter().enumerate() {
        let budget = resource.budget.max(1) as f64;
        let own = &figures[index * stride..];
        for &out in &own[..outs] {
            most = most.max(out as f64 / budget);
        }
        for &slack in &own[outs..outs + ins] {
            most = most.max(1.0 + slack as f64 / budget);
        }
    }
    most
}

fn typical_cost(problem: &Problem) -> f64 {
    let allowed = problem.costs.iter().zip(&problem.allowed);
    let mut costs: Vec<u64> = allowed
        .filter(|(_, own)| **own)
        .map(|(&cost, _)| cost)
        .collect();
    costs.sort_unstable();
    costs.get(costs.len() / 4).map_or(1.0, |&cost| cost as f64)
}

/// The `limit` most promising, and the least cost of the others. Half of them
/// have the least cost when the used part of the budget is charged, a quarter the
/// least cost as it is, a quarter the most budget left.
fn best(
    partials: Vec<Partial>,
    limit: usize,
    used: impl Fn(&Partial) -> f64,
    typical_cost: f64,
) -> (Vec<Partial>, f64) {
    let used: Vec<f64> = partials.iter().map(used).collect();
    let cost = |at: usize| partials[at].cost;
    let mut keep = vec![false; partials.len()];
    let mut take = |count: usize, key: &dyn Fn(usize) -> f64| {
        let mut order: Vec<usize> = (0..partials.len()).filter(|&at| !keep[at]).collect();
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        for &at in order.iter().take(count) {
            keep[at] = true;
        }
    };
    take(limit / 2, &|at| cost(at) + used[at] * typical_cost);
    take(limit / 4, &cost);
    take(limit / 4, &|at| used[at]);
    let cut = (partials.iter().zip(&keep)).filter(|(_, keep)| !**keep);
    let cut = cut.map(|(partial, _)| partial.cost);
    let cut = cut.fold(f64::INFINITY, f64::min);
    let kept = partials.into_iter().zip(keep).filter(|(_, keep)| *keep);
    (kept.map(|(partial, _)| partial).collect(), cut)
}

/// The order in which states are decided: depth or breadth first from the starts,
/// whichever has the narrower frontiers.
fn order(problem: &Problem) -> Vec<u32> {
    let deep = problem.flow.depth_first(problem.starts);
    let wide = problem.flow.breadth_first(problem.starts);
    if work(problem, &wide) < work(problem, &deep) {
        wide
    } else {
        deep
    }
}

/// Figures of all frontiers of an order.
fn work(problem: &Problem, order: &[u32]) -> u64 {
    let flow = problem.flow;
    let mut place = vec![0usize; order.len()];
    for (at, &state) in order.iter().enumerate() {
        place[state as usize] = at;
    }
    // Where each state stops being an exit and an entry.
    let mut ends = vec![(0i64, 0i64); order.len() + 1];
    for (at, &state) in order.iter().enumerate() {
        let last = |list: &[u32]| list.iter().map(|&other| place[other as usize]).max();
        let exit = last(flow.successors(state as usize)).filter(|&end| end > at);
        let entry = last(flow.predecessors(state as usize)).filter(|&end| end > at);
        if let Some(end) = exit {
            ends[at].0 += 1;
            ends[end].0 -= 1;
        }
        if let Some(end) = entry {
            ends[at].1 += 1;
            ends[end].1 -= 1;
        }
    }
    let (mut exits, mut entries, mut sum) = (0i64, 0i64, 0u64);
    for (exit, entry) in ends {
        exits += exit;
        entries += entry;
        sum += ((exits + 1) * (entries + 1)).pow(2) as u64;
    }
    sum
}
