//! Checkpoints so that every way from one commit to the next fits its budgets.
//!
//! A *segment* begins with a restore at a checkpoint `c` (or a cold start), runs
//! the states from there on, and ends with the save at the next checkpoint. A
//! choice of checkpoints is valid if
//!
//! 1. every cycle of the graph has a checkpoint, and
//! 2. for each [`Resource`], what the restore, the states run and the save take
//!    is within the budget on every segment.
//!
//! A checkpoint more is not always better: its save has to fit at the end of the
//! segments that lead to it. So this is no hitting set problem, and whether there
//! is a valid choice at all is a search (see [`super::frontier`]).

use super::aging::Aging;
use super::graph::Flow;

/// What segments use up: energy, or logical cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// What a cycle in each state takes; not negative, as all others.
    pub(super) run: Vec<i64>,
    /// What restoring each state takes.
    pub(super) restore: Vec<i64>,
    /// What saving each state takes.
    pub(super) save: Vec<i64>,
    /// What a start without an image takes.
    pub(super) cold: i64,
    /// What there is.
    pub(super) budget: i64,
}

impl Resource {
    /// Logical cycles, at most `bound` from one checkpoint to the next.
    pub(super) fn cycles(states: usize, bound: u64) -> Resource {
        Resource {
            run: vec![1; states],
            restore: vec![0; states],
            save: vec![0; states],
            cold: 0,
            budget: i64::try_from(bound).unwrap_or(i64::MAX),
        }
    }
}

/// A graph to be cut into segments. Every state is reachable from a start.
pub(super) struct Problem<'a> {
    pub(super) flow: &'a Flow,
    /// States after a reset.
    pub(super) starts: &'a [bool],
    pub(super) resources: Vec<Resource>,
    /// What choosing a state costs, at least 1.
    pub(super) costs: Vec<u64>,
    /// States that may be checkpoints.
    pub(super) allowed: Vec<bool>,
    /// States that must be; all of them are allowed.
    pub(super) required: Vec<bool>,
    /// What failures cost beyond that, if they count.
    pub(super) aging: Option<Aging>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// What it takes.
    pub(super) takes: i64,
    /// It begins without an image.
    pub(super) cold: bool,
    /// Its states: the checkpoint or start that it begins at, and on to the one
    /// whose save ends it, or where the graph ends.
    pub(super) states: Vec<u32>,
}

/// A cycle without a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unbroken(pub(super) Vec<u32>);

impl Problem<'_> {
    /// What the checkpoints of a choice cost.
    pub(super) fn cost(&self, chosen: &[bool]) -> u64 {
        let own = chosen.iter().zip(&self.costs).filter(|(own, _)| **own);
        own.map(|(_, cost)| cost).sum()
    }

    /// What a valid choice costs with what failures cost.
    pub(super) fn total(&self, chosen: &[bool]) -> f64 {
        let aging = self.aging.as_ref();
        let failures = aging.map_or(0.0, |aging| aging.cost(self.flow, chosen));
        self.cost(chosen) as f64 + failures
    }

    /// Whether a choice is valid.
    pub(super) fn fits(&self, chosen: &[bool]) -> bool {
        let fits = |resource: &Resource| {
            self.worst(chosen, resource)
                .is_ok_and(|worst| worst.takes <= resource.budget)
        };
        self.resources.iter().all(fits)
    }

    /// The segment that takes most of a resource.
    pub(super) fn worst(&self, chosen: &[bool], resource: &Resource) -> Result<Segment, Unbroken> {
        let ends = self.ends(chosen, resource)?;
        let worst = (0..self.flow.len()).rev().max_by_key(|&at| ends.takes(at));
        let Some(worst) = worst else {
            return Ok(Segment {
                takes: 0,
                cold: true,
                states: Vec::new(),
            });
        };
        Ok(ends.segment(worst, chosen))
    }

    /// What each state takes at most, from where it is entered to the end of the
    /// next save; its own save, if it is chosen.
    fn onward(&self, chosen: &[bool], resource: &Resource) -> Option<Vec<i64>> {
        let order = self.flow.order_without(chosen)?;
        let mut onward: Vec<i64> = resource.save.clone();
        // Chosen states have what they need, so the others follow in reverse.
        for &state in order.iter().rev().filter(|&&state| !chosen[state as usize]) {
            onward[state as usize] = self.after(state as usize, &onward, resource);
        }
        Some(onward)
    }

    /// What it takes at most to run a state and go on to the end of the next save.
    fn after(&self, state: usize, onward: &[i64], resource: &Resource) -> i64 {
        let next = self.flow.successors(state).iter();
        let most = next.map(|&to| onward[to as usize]).max();
        resource.run[state].saturating_add(most.unwrap_or(0))
    }

    /// What it takes at most to go on without a save in each chosen state, to the
    /// end of the save in the next one; 0 in others. `None` if a cycle has no checkpoint.
    pub(super) fn without_save(&self, chosen: &[bool], resource: &Resource) -> Option<Vec<i64>> {
        let onward = self.onward(chosen, resource)?;
        let takes = (0..self.flow.len()).map(|state| match chosen[state] {
            true => self.after(state, &onward, resource),
            false => 0,
        });
        Some(takes.collect())
    }

    /// The longest segment that ends in each state.
    pub(super) fn ends(&self, chosen: &[bool], resource: &Resource) -> Result<Ends, Unbroken> {
        let order = match self.flow.order_without(chosen) {
            Some(order) => order,
            None => {
                let cycles = self.flow.cycles(chosen);
                let first = cycles.into_iter().next();
                return Err(Unbroken(first.expect("without an order there is a cycle")));
            }
        };
        let count = self.flow.len();
        let mut ends = Ends {
            arrival: vec![-1; count],
            before: vec![u32::MAX; count],
            end: vec![0; count],
        };
        for state in 0..count {
            if self.starts[state] {
                ends.arrival[state] = resource.cold;
            }
        }
        for state in (0..count).filter(|&state| chosen[state]) {
            let leaves = resource.restore[state].saturating_add(resource.run[state]);
            ends.pass(self.flow, state, leaves);
        }
        // Chosen states pass on nothing that arrives, so the others are in order.
        for &state in &order {
            let state = state as usize;
            let arrival = ends.arrival[state];
            if arrival >= 0 {
                ends.pass(
                    self.flow,
                    state,
                    arrival.saturating_add(resource.run[state]),
                );
            }
        }
        for (state, end) in ends.end.iter_mut().enumerate() {
            *end = if chosen[state] {
                resource.save[state]
            } else if self.flow.successors(state).is_empty() {
                resource.run[state]
            } else {
                0
            };
        }
        Ok(ends)
    }
}

/// The longest ways to all states.
pub(super) struct Ends {
    /// What it takes to arrive, -1 where nothing does.
    arrival: Vec<i64>,
    /// The state before, `u32::MAX` at a start.
    before: Vec<u32>,
    /// What is added where the segment ends there.
    end: Vec<i64>,
}

impl Ends {
    /// Takes what leaves a state to its successors.
    fn pass(&mut self, flow: &Flow, from: usize, leaves: i64) {
        for &to in flow.successors(from) {
            if leaves > self.arrival[to as usize] {
                self.arrival[to as usize] = leaves;
                self.before[to as usize] = from as u32;
            }
        }
    }

    /// What the longest segment that ends in a state takes; less than 0 if there is none.
    pub(super) fn takes(&self, state: usize) -> i64 {
        match self.arrival[state] {
            -1 => -1,
            arrival => arrival.saturating_add(self.end[state]),
        }
    }

    /// That segment.
    pub(super) fn segment(&self, last: usize, chosen: &[bool]) -> Segment {
        let mut states = vec![last as u32];
        let mut cold = false;
        loop {
            let from = self.before[*states.last().expect("not empty") as usize];
            if from == u32::MAX {
                cold = true;
                break;
            }
            states.push(from);
            if chosen[from as usize] {
                break;
            }
        }
        states.reverse();
        Segment {
            takes: self.takes(last),
            cold,
            states,
        }
    }
}
