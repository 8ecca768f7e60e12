//! The figures of a partial choice, while a state is decided.

use super::super::segments::{Problem, Resource};
use super::{NONE, Step};

/// The figures of one resource, with the decided state as its last exit and its last entry; kept from one decision to the
/// next, so that none has to find room.
#[derive(Default)]
pub(super) struct Table {
    out: Vec<i64>,
    slack: Vec<i64>,
    /// By entry, then by exit.
    way: Vec<i64>,
    /// The row of an entry, while others get it.
    onward: Vec<i64>,
    /// What a decision leaves: the figures of the exits and entries that stay.
    pub(super) kept: Vec<i64>,
}

impl Table {
    /// Decides a state; tells whether that is valid.
    pub(super) fn decide(
        &mut self,
        problem: &Problem,
        figures: &[i64],
        step: &Step,
        chosen: bool,
    ) -> bool {
        self.kept.clear();
        if step.self_loop && !chosen {
            return false;
        }
        let outs = step.frontier.exits.len();
        // The frontier that the figures belong to has no place for the state yet.
        let (exits, entries) = (outs - 1, step.frontier.entries.len() - 1);
        let stride = exits + entries + exits * entries;
        for (index, resource) in problem.resources.iter().enumerate() {
            self.read(&figures[index * stride..][..stride], exits, entries);
            let start = problem.starts[step.state as usize];
            if !self.take_in(resource, step, start, chosen) {
                return false;
            }
            let Table {
                out,
                slack,
                way,
                kept,
                ..
            } = self;
            kept.extend(step.exits.iter().map(|&exit| out[exit]));
            kept.extend(step.entries.iter().map(|&entry| -slack[entry]));
            for &entry in &step.entries {
                let row = &way[entry * outs..][..outs];
                kept.extend(step.exits.iter().map(|&exit| row[exit]));
            }
        }
        true
    }

    /// Takes the figures over, with room for one exit and one entry more.
    fn read(&mut self, old: &[i64], exits: usize, entries: usize) {
        self.out.clear();
        self.out.extend_from_slice(&old[..exits]);
        self.slack.clear();
        let slacks = old[exits..exits + entries].iter();
        self.slack.extend(slacks.map(|slack| -slack));
        self.way.clear();
        for entry in 0..entries {
            let from = exits + entries + entry * exits;
            self.way.extend_from_slice(&old[from..from + exits]);
            self.way.push(NONE);
        }
        self.way.resize((exits + 1) * (entries + 1), NONE);
    }

    /// Takes in the state and its edges to and from decided ones; tells whether that is valid.
    fn take_in(&mut self, resource: &Resource, step: &Step, start: bool, chosen: bool) -> bool {
        let state = step.state as usize;
        let outs = step.frontier.exits.len();
        let (exits, entries) = (outs - 1, step.frontier.entries.len() - 1);
        let cold = if start { resource.cold } else { NONE };
        let most = |row: &[i64], least: i64| -> i64 {
            (step.before.iter().map(|&exit| row[exit])).fold(least, i64::max)
        };
        let arrives = most(&self.out, cold);
        let (run, save, budget) = (resource.run[state], resource.save[state], resource.budget);
        for entry in 0..entries {
            let row = &mut self.way[entry * outs..][..outs];
            let reaches = most(row, NONE);
            if reaches != NONE {
                let end = reaches + if chosen { save } else { run };
                row[exits] = if chosen { NONE } else { end };
                self.slack[entry] = self.slack[entry].min(budget - end);
            }
        }
        if chosen {
            self.slack.push(budget - save);
            let Some(leaves) = resource.restore[state].checked_add(run) else {
                return false;
            };
            self.out.push(leaves);
        } else {
            self.way[entries * outs + exits] = run;
            self.slack.push(budget - run);
            self.out.push(match arrives {
                NONE => NONE,
                arrives => arrives.saturating_add(run),
            });
        }
        let fits = arrives <= self.slack[entries] && self.slack.iter().all(|&slack| slack >= 0);
        if !fits || step.self_loop && self.out[exits] > self.slack[entries] {
            return false;
        }
        step.after.iter().all(|&entry| self.close(entry))
    }

    /// Takes in the edge from the last exit to an entry; tells whether the choice is valid with it.
    fn close(&mut self, entry: usize) -> bool {
        let outs = self.out.len();
        let last = outs - 1;
        let slack = self.slack[entry];
        let row = &self.way[entry * outs..][..outs];
        if row[last] != NONE || self.out[last] > slack {
            return false;
        }
        self.onward.clear();
        self.onward.extend_from_slice(row);
        let onward = &self.onward;
        let add = |to: &mut [i64], before: i64| {
            if before != NONE {
                for (to, &way) in to.iter_mut().zip(onward) {
                    if way != NONE {
                        *to = (*to).max(before + way);
                    }
                }
            }
        };
        let leaves = self.out[last];
        add(&mut self.out, leaves);
        for (way, own) in self.way.chunks_exact_mut(outs).zip(&mut self.slack) {
            let before = way[last];
            if before != NONE {
                *own = (*own).min(slack - before);
                if *own < 0 {
                    return false;
                }
                add(way, before);
            }
        }
        true
    }
}
