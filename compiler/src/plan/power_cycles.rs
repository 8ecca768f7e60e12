//! What a plan comes to on a supply that fails, by each policy.
//!
//! One long walk over the control states is taken, with the visits and ways of the energy model, and power cycles are
//! run along it one after the other. Their lengths are spread evenly over the distribution of on-times. A
//! failure goes back to the last commit, and the same way is run again, as it is with inputs by logical
//! cycle. What runs between two saves is never stepped through: sums along the walk say where a power cycle
//! ends. The walk and the lengths are the same for all policies and in every run of idetic.
//!
//! Within a power cycle the supply level falls evenly, from all of the usable energy at power-on to none at
//! the failure: harvest that is steady. On-times are taken as they are given, whatever a policy makes of
//! the energy.

use super::Policy;
use crate::energy::OnTimes;

/// Logical cycles of the walk; then it begins anew.
const WALK: usize = 1 << 18;

/// Power cycles, and saves that are looked at one by one, at most.
const POWER_CYCLES: u64 = 4000;
const SAVES: u64 = 20_000_000;

/// What is run along.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    /// Part of the cycles that run in each state.
    pub visits: &'a [f64],
    /// Where each state is entered from, and the part of its entries that is.
    pub arrivals: &'a [Vec<(u32, f64)>],
    /// Joules of a logical cycle in each state.
    pub cycle_joules: &'a [f64],
    /// Joules of a clock in which the design rests.
    pub rest_joules: f64,
    /// By state, what a checkpoint there takes; `None` where there is none.
    pub stops: Vec<Option<Stop>>,
    /// Logical cycles between two saves of the policy `timer`.
    pub interval: u64,
    /// Clock frequency in hertz.
    pub clock_hz: f64,
}

/// A checkpoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Clocks of a save.
    pub save_clocks: u64,
    /// Joules of a save.
    pub save_joules: f64,
    /// Clocks from power-on to the end of a restore.
    pub restore_clocks: u64,
    /// Joules of that.
    pub restore_joules: f64,
    /// Supply level of 255 above which a save is skipped.
    pub threshold: u8,
    /// The save is never skipped, by a timer neither.
    pub sure: bool,
}

/// What power cycles came to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outcome {
    /// How many there were.
    pub power_cycles: u64,
    /// Their clocks.
    pub clocks: f64,
    /// Logical cycles that were committed.
    pub committed: u64,
    /// Logical cycles that ran, those that were lost too.
    pub run: u64,
    /// Saves that came to their end.
    pub saves: u64,
    /// Joules of the logical cycles that were committed.
    pub committed_joules: f64,
    /// All joules.
    pub joules: f64,
}

impl Outcome {
    /// Energy and clocks beyond what is committed, of it; no numbers where nothing is.
    pub fn added(&self) -> [f64; 2] {
        let committed = self.committed as f64;
        [
            self.joules / self.committed_joules - 1.0,
            self.clocks / committed - 1.0,
        ]
    }
}

/// A course with a walk over it.
pub struct Walk<'a> {
    course: Course<'a>,
    states: Vec<u32>,
    /// Up to and without each cycle of the walk: its joules, and the clocks and joules of the saves if
    /// every visit saves.
    sums: Vec<Sums>,
    /// From each cycle on, the next one that begins in a checkpoint.
    next: Vec<u32>,
    /// Up to each cycle, the last such.
    last: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    joules: f64,
    saves: u64,
    save_clocks: u64,
    save_joules: f64,
}

/// Numbers between 0 and 1 that look random and are the same each time: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl<'a> Walk<'a> {
    /// Takes a walk; `None` if it meets no checkpoint.
    pub fn new(course: Course<'a>) -> Option<Walk<'a>> {
        let states = states(&course)?;
        // So that it begins and ends at a checkpoint.
        let is_stop = |state: &u32| course.stops[*state as usize].is_some();
        let first = states.iter().position(is_stop)?;
        let length = states[first..]
            .iter()
            .rposition(|state| *state == states[first])?;
        let states = match length {
            0 => &states[first..],
            _ => &states[first..first + length],
        };
        let mut sums = Vec::with_capacity(states.len() + 1);
        let mut sum = Sums::default();
        for &state in states {
            sums.push(sum);
            sum.joules += course.cycle_joules[state as usize];
            if let Some(stop) = &course.stops[state as usize] {
                sum.saves += 1;
                sum.save_clocks += stop.save_clocks;
                sum.save_joules += stop.save_joules;
            }
        }
        sums.push(sum);
        let (mut next, mut last) = (vec![states.len() as u32; states.len()], Vec::new());
        for (at, state) in states.iter().enumerate() {
            last.push(match is_stop(state) {
                true => at as u32,
                false => last.last().copied().unwrap_or(0),
            });
        }
        let mut after = states.len() as u32;
        for (at, state) in states.iter().enumerate().rev() {
            if is_stop(state) {
                after = at as u32;
            }
            next[at] = after;
        }
        let states = states.to_vec();
        Some(Walk {
            course,
            states,
            sums,
            next,
            last,
        })
    }

    /// Sums up to and without a cycle.
    fn sums(&self, at: u64) -> Sums {
        let length = self.states.len() as u64;
        let (turns, rest) = (at / length, self.sums[(at % length) as usize]);
        let turn = self.sums[length as usize];
        Sums {
            joules: turns as f64 * turn.joules + rest.joules,
            saves: turns * turn.saves + rest.saves,
            save_clocks: turns * turn.save_clocks + rest.save_clocks,
            save_joules: turns as f64 * turn.save_joules + rest.save_joules,
        }
    }

    /// The first cycle from this one on that begins in a checkpoint.
    fn stop_from(&self, at: u64) -> u64 {
        let length = self.states.len() as u64;
        at / length * length + u64::from(self.next[(at % length) as usize])
    }

    fn stop(&self, at: u64) -> &Stop {
        let state = self.states[(at % self.states.len() as u64) as usize];
        let stop = self.course.stops[state as usize].as_ref();
        stop.expect("only cycles that begin in a checkpoint are asked for")
    }

    /// Runs power cycles.
    pub fn run(&self, on_times: &OnTimes, policy: Policy) -> Outcome {
        let mut outcome = Outcome::default();
        let (mut at, mut looked_at) = (0, 0);
        // Places that are spread evenly, however many there are.
        let mut place = 0.5;
        while outcome.power_cycles < POWER_CYCLES && looked_at < SAVES {
            place = (place + 0.618_033_988_749_894_9) % 1.0;
            let clocks = on_times.at(place) * self.course.clock_hz;
            let mut cycle = PowerCycle {
                walk: self,
                clocks: clocks.max(1.0).round() as u64,
                now: 0,
                at,
                base: at,
                committed: at,
                outcome: &mut outcome,
                looked_at: 0,
            };
            cycle.run(policy);
            let (committed, own) = (cycle.committed, cycle.looked_at);
            looked_at += own;
            outcome.power_cycles += 1;
            outcome.clocks += clocks.max(1.0).round();
            outcome.committed += committed - at;
            outcome.committed_joules += self.sums(committed).joules - self.sums(at).joules;
            at = committed;
        }
        outcome
    }
}

/// The states of a walk: each leads on as the entries of the others say.
fn states(course: &Course) -> Option<Vec<u32>> {
    let count = course.visits.len();
    let mut onward: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
    for (to, list) in course.arrivals.iter().enumerate() {
        for &(from, part) in list {
            onward[from as usize].push((to as u32, part * course.visits[to]));
        }
    }
    let most = (0..count).max_by(|&a, &b| course.visits[a].total_cmp(&course.visits[b]))?;
    let (mut random, mut state) = (Random(1), most);
    let mut states = Vec::with_capacity(WALK);
    for _ in 0..WALK {
        states.push(state as u32);
        let list = &onward[state];
        let all: f64 = list.iter().map(|(_, flow)| flow).sum();
        let mut left = random.next() * all;
        // Where nothing follows the walk begins anew.
        let next = list.iter().find(|(_, flow)| {
            left -= flow;
            left < 0.0
        });
        state = next.or(list.last()).map_or(most, |&(to, _)| to as usize);
    }
    Some(states)
}

/// A power cycle on its way.
struct PowerCycle<'a, 'b> {
    walk: &'a Walk<'b>,
    /// Of it.
    clocks: u64,
    /// Clocks that have gone by.
    now: u64,
    /// The logical cycle that is due; where it begins in a checkpoint, that has been met.
    at: u64,
    /// The logical cycle that followed the last save or restore.
    base: u64,
    /// The logical cycle that a restore would continue with.
    committed: u64,
    outcome: &'a mut Outcome,
    looked_at: u64,
}

impl PowerCycle<'_, '_> {
    fn run(&mut self, policy: Policy) {
        let stop = *self.walk.stop(self.at);
        if !self.spend(stop.restore_clocks, stop.restore_joules) {
            return;
        }
        let stops = self.walk.course.stops.iter().flatten();
        let (least, most) = stops.fold((255, 0), |(least, most): (u8, u8), stop| {
            (least.min(stop.threshold), most.max(stop.threshold))
        });
        match policy {
            Policy::Static => self.save_always(),
            Policy::Timer => loop {
                let due = self.base + self.walk.course.interval.max(1);
                let mut next = self.walk.stop_from(due);
                if self
                    .walk
                    .course
                    .stops
                    .iter()
                    .flatten()
                    .any(|stop| stop.sure)
                {
                    let own = self.at + u64::from(self.at == self.base);
                    next = self.walk.stop_from(own);
                    while next < due && !self.walk.stop(next).sure {
                        next = self.walk.stop_from(next + 1);
                    }
                }
                if !self.go_to(next) || !self.save() {
                    return;
                }
            },
            Policy::Threshold | Policy::Reactive => {
                // Nothing saves before, and everything after.
                let begin = self.below(most);
                if !self.go_to(self.at + begin.saturating_sub(self.now)) {
                    return;
                }
                loop {
                    let next = self
                        .walk
                        .stop_from(self.at + u64::from(self.at == self.base));
                    if !self.go_to(next) {
                        return;
                    }
                    let own = self.walk.stop(self.at).threshold;
                    if policy == Policy::Threshold && self.now >= self.below(least) {
                        if !self.save() {
                            return;
                        }
                        return self.save_always();
                    }
                    if self.now >= self.below(own) {
                        if !self.save() {
                            return;
                        }
                        if policy == Policy::Reactive && own < 255 {
                            let left = self.clocks - self.now;
                            let joules = left as f64 * self.walk.course.rest_joules;
                            self.spend(left, joules);
                            return;
                        }
                    } else if !self.go_to(self.at + 1) {
                        return;
                    }
                }
            }
        }
    }

    /// The clock from which on the supply level is not above a threshold.
    fn below(&self, threshold: u8) -> u64 {
        let part = 1.0 - (f64::from(threshold) + 1.0) / 255.0;
        (self.clocks as f64 * part.max(0.0)).ceil() as u64
    }

    /// Lets clocks go by that take joules; false if the supply fails meanwhile.
    fn spend(&mut self, clocks: u64, joules: f64) -> bool {
        let left = self.clocks - self.now;
        let ends = clocks <= left;
        self.outcome.joules += match ends {
            true => joules,
            false => joules * left as f64 / clocks as f64,
        };
        self.now += clocks.min(left);
        ends
    }

    /// Runs on to a logical cycle without a save; false if the supply fails before.
    fn go_to(&mut self, to: u64) -> bool {
        let left = self.clocks - self.now;
        let end = to.min(self.at + left);
        self.outcome.run += end - self.at;
        self.outcome.joules += self.walk.sums(end).joules - self.walk.sums(self.at).joules;
        self.now += end - self.at;
        self.at = end;
        end == to
    }

    /// Saves where a checkpoint has been met; false if the supply fails before that ends.
    fn save(&mut self) -> bool {
        self.looked_at += 1;
        let stop = *self.walk.stop(self.at);
        if !self.spend(stop.save_clocks, stop.save_joules) {
            return false;
        }
        self.outcome.saves += 1;
        self.committed = self.at;
        self.base = self.at;
        true
    }

    /// Runs on to the failure, with a save at every checkpoint.
    fn save_always(&mut self) {
        let from = self.at;
        // The cycle that is due runs first: its checkpoint has been saved or restored.
        let sums = self.walk.sums(from + 1);
        let left = self.clocks - self.now;
        let takes = |at: u64| at - from + self.walk.sums(at + 1).save_clocks - sums.save_clocks;
        // The last cycle that is reached with all saves before it.
        let (mut low, mut high) = (from, from + left + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match takes(middle) <= left {
                true => low = middle,
                false => high = middle,
            }
        }
        let end = self.walk.sums(low + 1);
        self.outcome.saves += end.saves - sums.saves;
        self.outcome.joules += end.save_joules - sums.save_joules;
        self.outcome.joules += self.walk.sums(low).joules - self.walk.sums(from).joules;
        self.outcome.run += low - from;
        self.now += takes(low);
        let length = self.walk.states.len() as u64;
        let last = low / length * length + u64::from(self.walk.last[(low % length) as usize]);
        self.committed = self.committed.max(last);
        self.at = low;
        // What is left is less than that cycle and the save behind it.
        if self.go_to(low + 1) && self.walk.stop_from(self.at) == self.at {
            let stop = *self.walk.stop(self.at);
            self.spend(stop.save_clocks, stop.save_joules);
        }
    }
}
