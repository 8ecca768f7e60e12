//! Power cycles along sums, against a simulation clock by clock that draws its own ways and on-times, and
//! against what the objective of the plan says of failures.

use super::Policy;
use super::aging::Aging;
use super::aging_tests::walk;
use super::graph::Flow;
use super::power_cycles::{Course, Outcome, Stop, Walk};
use super::segment_tests::control_graph;
use crate::energy::OnTimes;
use crate::netlist::testing::Rng;

const CLOCK_HZ: f64 = 1e6;

/// A design whose graph has no end, with a checkpoint on every cycle.
struct Design {
    flow: Flow,
    visits: Vec<f64>,
    arrivals: Vec<Vec<(u32, f64)>>,
    joules: Vec<f64>,
    stops: Vec<Option<Stop>>,
}

impl Design {
    fn new(seed: u64) -> Design {
        let mut rng = Rng::new(seed);
        let count = 6 + rng.below(20);
        let flow = control_graph(&mut rng, count);
        let (visits, arrivals) = walk(&flow);
        let mut chosen: Vec<bool> = (0..count).map(|_| rng.below(8) == 0).collect();
        while flow.order_without(&chosen).is_none() {
            let state = rng.below(count);
            chosen[state] = true;
        }
        let stops = chosen.iter().map(|&own| {
            own.then(|| Stop {
                sure: false,
                save_clocks: 5 + rng.below(20) as u64,
                save_joules: (5 + rng.below(20)) as f64,
                restore_clocks: 5 + rng.below(20) as u64,
                restore_joules: (5 + rng.below(20)) as f64,
                threshold: 20 + rng.below(60) as u8,
            })
        });
        Design {
            stops: stops.collect(),
            joules: (0..count).map(|_| 1.0 + rng.below(5) as f64).collect(),
            flow,
            visits,
            arrivals,
        }
    }

    fn course(&self) -> Course<'_> {
        Course {
            visits: &self.visits,
            arrivals: &self.arrivals,
            cycle_joules: &self.joules,
            rest_joules: 0.5,
            stops: self.stops.clone(),
            interval: 40,
            clock_hz: CLOCK_HZ,
        }
    }

    /// Clock by clock, over this many power cycles.
    fn simulate(&self, on_times: &OnTimes, policy: Policy, count: u64, seed: u64) -> Outcome {
        let mut rng = Rng::new(seed);
        let mut way: Vec<usize> = vec![0];
        let mut outcome = Outcome::default();
        // The first cycle in a checkpoint.
        let mut committed = 0;
        while self.stops[self.cycle(&mut way, &mut rng, committed)].is_none() {
            committed += 1;
        }
        let begin = committed;
        for _ in 0..count {
            let seconds = match on_times {
                OnTimes::Fixed(seconds) => *seconds,
                OnTimes::Exponential(mean) => {
                    let uniform = rng.next() as f64 / (1u64 << 53) as f64;
                    -mean * (1.0 - uniform).ln()
                }
                OnTimes::Trace(all) => all[rng.below(all.len())],
            };
            let clocks = ((seconds * CLOCK_HZ).round() as u64).max(1);
            outcome.clocks += clocks as f64;
            let stop = self.stops[way[committed]].expect("a checkpoint");
            let (mut at, mut since, mut resting) = (committed, 0, false);
            let (mut fresh, mut left) = (true, stop.restore_clocks);
            let mut each = stop.restore_joules / stop.restore_clocks as f64;
            let mut saving = false;
            for now in 0..clocks {
                // What is due in this clock: a restore or save that goes on, or something new.
                if left == 0 && !resting {
                    let state = self.cycle(&mut way, &mut rng, at);
                    if let (Some(stop), false) = (self.stops[state], fresh) {
                        let level = 255.0 * (1.0 - now as f64 / clocks as f64);
                        let above = level >= f64::from(stop.threshold) + 1.0;
                        if match policy {
                            Policy::Static => true,
                            Policy::Timer => since >= 40,
                            Policy::Threshold | Policy::Reactive => !above,
                        } {
                            saving = true;
                            left = stop.save_clocks;
                            each = stop.save_joules / stop.save_clocks as f64;
                        }
                    }
                }
                if resting {
                    outcome.joules += 0.5;
                } else if left > 0 {
                    outcome.joules += each;
                    left -= 1;
                    if left == 0 && saving {
                        saving = false;
                        (committed, since, fresh) = (at, 0, true);
                        outcome.saves += 1;
                        resting = policy == Policy::Reactive;
                    }
                } else {
                    outcome.joules += self.joules[way[at]];
                    outcome.run += 1;
                    (at, since, fresh) = (at + 1, since + 1, false);
                }
            }
            outcome.power_cycles += 1;
        }
        outcome.committed = (committed - begin) as u64;
        outcome.committed_joules = way[begin..committed]
            .iter()
            .map(|&it| self.joules[it])
            .sum();
        outcome
    }

    /// The state of a logical cycle, drawn when it is first met.
    fn cycle(&self, way: &mut Vec<usize>, rng: &mut Rng, at: usize) -> usize {
        while way.len() <= at {
            let list = self.flow.successors(way[way.len() - 1]);
            way.push(list[rng.below(list.len())] as usize);
        }
        way[at]
    }
}

/// Per logical cycle: what ran, saves, joules, clocks.
fn figures(outcome: &Outcome) -> [f64; 4] {
    let committed = outcome.committed as f64;
    [
        outcome.run as f64 / committed,
        outcome.saves as f64 / committed,
        outcome.joules / outcome.committed_joules,
        outcome.clocks / committed,
    ]
}

#[test]
fn sums_along_a_walk_equal_a_simulation_by_clocks() {
    let mut worst = 0.0f64;
    for seed in 0..5 {
        let design = Design::new(seed);
        let walk = Walk::new(design.course()).expect("it has a checkpoint");
        for on_times in [
            OnTimes::Fixed(900e-6),
            OnTimes::Exponential(700e-6),
            OnTimes::Trace(vec![300e-6, 500e-6, 1500e-6]),
        ] {
            for policy in Policy::ALL {
                let own = figures(&walk.run(&on_times, policy));
                let simulated = design.simulate(&on_times, policy, 5000, 77 + seed);
                let simulated = figures(&simulated);
                for (own, simulated) in own.iter().zip(simulated) {
                    let error = (own - simulated).abs() / simulated;
                    assert!(
                        error < 0.05,
                        "{seed} {on_times:?} {policy:?}: {own} {simulated}"
                    );
                    worst = worst.max(error);
                }
            }
        }
    }
    println!("worst difference {:.1} %", worst * 100.0);
}

/// The objective of a plan, as clocks, is what power cycles take with the policy `static`.
#[test]
fn the_objective_is_what_power_cycles_take() {
    for seed in 0..6 {
        let design = Design::new(100 + seed);
        let walk = Walk::new(design.course()).expect("it has a checkpoint");
        let mean = 2000.0;
        let outcome = walk.run(&OnTimes::Exponential(mean / CLOCK_HZ), Policy::Static);
        let measured = outcome.clocks / outcome.committed as f64;
        // A failure at any clock alike.
        let growth = 1.0 / (1.0 - 1.0 / mean);
        let taken = |clocks: u64| (growth.powi(clocks as i32) - 1.0) * mean;
        let of = |figure: &dyn Fn(&Stop) -> f64| -> Vec<f64> {
            let stops = design.stops.iter();
            stops
                .map(|stop| stop.as_ref().map_or(0.0, figure))
                .collect()
        };
        let aging = Aging {
            growth,
            visits: design.visits.clone(),
            arrivals: design.arrivals.clone(),
            work: vec![1.0; design.visits.len()],
            restore: of(&|stop| taken(stop.restore_clocks)),
            saving: of(&|stop| growth.powi(stop.save_clocks as i32) - 1.0),
        };
        let chosen: Vec<bool> = design.stops.iter().map(Option::is_some).collect();
        let own = design.stops.iter().enumerate().filter_map(|(state, stop)| {
            let save = taken(stop.as_ref()?.save_clocks);
            Some(aging.visits[state] * (save + (growth - 1.0) * aging.restore[state]))
        });
        let expected = growth + own.sum::<f64>() + aging.cost(&design.flow, &chosen);
        let error = (measured - expected).abs() / expected;
        println!("{measured:.3} measured, {expected:.3} expected");
        assert!(error < 0.05, "seed {seed}: {measured}, {expected}");
    }
}
