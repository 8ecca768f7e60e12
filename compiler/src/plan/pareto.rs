//! The plans between which the weights of the objective choose.
//!
//! A plan costs in three [`Parts`], each a sum over its checkpoints. The plans of
//! least weighted sum, for all weights there are, are the corners of the convex hull
//! of what can be had, seen from the origin. [`explore`] finds them from outside in:
//!
//! 1. Of the plans known so far it takes the facets of that hull. A facet is spanned by
//!    three of them, or by fewer and the directions in which parts only get worse, so
//!    that the first facets are those of a single part.
//! 2. It asks for the plan of least sum at the weights that a facet stands
//!    perpendicular to. Either a plan lies below the facet, which gives new
//!    facets, or nothing does, which closes it.
//! 3. When all facets are closed, nothing lies outside of the hull: for any
//!    weights one of the plans known has the least sum.
//!
//! Two more [criteria](Answer::criteria) are no part of the objective: the most bits of a save, which decide
//! the memory and the dearest save, and the longest run, which is the work that a failure
//! costs. For less of them than the plan at the user's weights has, plans are asked for at
//! those weights under ever tighter bounds.
//!
//! A weight is never 0 but [`LEAST`], so that of plans with the same part one is
//! asked for that nothing dominates. That, and the rounding of weights, is the
//! precision of the front. Where the solver gives no optimum, the front has what
//! it gives, and the gap of each point says how far that may be from one.

use std::time::{Duration, Instant};

/// What a plan costs, by part of the objective; not negative.
pub type Parts = [f64; 3];

/// The parts, the most bits of a save, the longest run.
pub type Criteria = [f64; 5];

/// A weight in place of 0, beside a largest one of 1 and parts of equal size.
const LEAST: f64 = 1e-4;

/// Parts that differ by less, of their size, are the same.
const SAME: f64 = 1e-9;

/// How much is solved for a front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Plans for weights.
    pub weighted: usize,
    /// Plans for each kind of bound.
    pub bounded: usize,
    /// No plan is begun after that.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            weighted: 40,
            bounded: 8,
            time: Duration::from_secs(60),
        }
    }
}

/// What a plan is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// Weights of the parts, not negative.
    pub weights: Parts,
    /// Most bits that a checkpoint saves, if fewer are wanted than the user's bounds leave.
    pub most_bits: Option<u64>,
    /// Longest run of logical cycles between two saves, likewise.
    pub max_cycles: Option<u64>,
}

/// A plan that keeps to all bounds.
#[derive(Debug, Clone)]
pub struct Answer<P> {
    /// What it costs.
    pub parts: Parts,
    /// Most bits that one of its checkpoints saves.
    pub most_bits: u64,
    /// Its longest run of logical cycles between two saves.
    pub longest_cycles: u64,
    /// The plan.
    pub plan: P,
}

impl<P> Answer<P> {
    /// All that a plan may be better in than another: the parts, the most bits, the longest run.
    pub fn criteria(&self) -> Criteria {
        let [first, second, third] = self.parts;
        let (bits, cycles) = (self.most_bits as f64, self.longest_cycles as f64);
        [first, second, third, bits, cycles]
    }
}

/// A plan of the front, with what was asked when it was found.
#[derive(Debug, Clone)]
pub struct Point<P> {
    /// The question.
    pub question: Question,
    /// The plan.
    pub answer: Answer<P>,
    /// It is the plan at the user's weights.
    pub chosen: bool,
    /// Another one is no worse in any criterion and better in one; true of the chosen plan
    /// only, where the solver gave no optimum for it.
    pub dominated: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Front<P> {
    /// By the first part, then the others.
    pub points: Vec<Point<P>>,
    /// How many plans were solved.
    pub solved: usize,
    /// All facets are closed, and the limit of time was not met.
    pub complete: bool,
}

/// Finds the front around the plan for the user's weights. `solve` gives a plan of
/// least weighted sum, or one close to it; `None` if there is none. The result depends
/// on nothing else, unless the limit of time is met.
pub fn explore<P>(
    weights: Parts,
    chosen: Answer<P>,
    limits: Limits,
    mut solve: impl FnMut(&Question) -> Option<Answer<P>>,
) -> Front<P> {
    let end = Instant::now() + limits.time;
    let units = chosen.parts.map(|part| if part > 0.0 { part } else { 1.0 });
    let own = Question {
        weights,
        most_bits: None,
        max_cycles: None,
    };
    let mut known = vec![(own, chosen)];
    let mut hull = Hull {
        points: vec![scaled(&known[0].1.parts, &units)],
        closed: Vec::new(),
    };
    let (mut solved, mut complete) = (0, false);
    while solved < limits.weighted && Instant::now() < end {
        let Some(normal) = hull.open_facet() else {
            complete = true;
            break;
        };
        let question = Question {
            weights: weights_for(&normal, &units),
            ..own
        };
        hull.closed.push(normal);
        solved += 1;
        if let Some(answer) = solve(&question) {
            hull.points.push(scaled(&answer.parts, &units));
            known.push((question, answer));
        }
    }
    let most_bits = |bound| Question {
        most_bits: Some(bound),
        ..own
    };
    let max_cycles = |bound| Question {
        max_cycles: Some(bound),
        ..own
    };
    let bits = |answer: &Answer<P>| answer.most_bits;
    let cycles = |answer: &Answer<P>| answer.longest_cycles;
    let bounds: [Bound<P>; 2] = [(&most_bits, &bits), (&max_cycles, &cycles)];
    for (question, figure) in bounds {
        let mut asked = 0;
        let mut last = figure(&known[0].1);
        // By a quarter each time, so that a few steps go far; where that is too much, by one.
        let mut step = last / 4;
        while asked < limits.bounded && last > 1 {
            if Instant::now() >= end {
                complete = false;
                break;
            }
            let question = question(last - step.max(1));
            (asked, solved) = (asked + 1, solved + 1);
            match solve(&question) {
                Some(answer) => {
                    last = figure(&answer);
                    step = step.min(last / 4);
                    known.push((question, answer));
                }
                None if step > 1 => step = 1,
                None => break,
            }
        }
    }
    Front {
        points: best(known),
        solved,
        complete,
    }
}

/// A question with a bound, and the figure of an answer that it bounds.
type Bound<'a, P> = (&'a dyn Fn(u64) -> Question, &'a dyn Fn(&Answer<P>) -> u64);

/// The plans that none dominates, and the first one.
fn best<P>(known: Vec<(Question, Answer<P>)>) -> Vec<Point<P>> {
    let all: Vec<Criteria> = (known.iter())
        .map(|(_, answer)| answer.criteria())
        .collect();
    let mut points: Vec<Point<P>> = Vec::new();
    for (at, (question, answer)) in known.into_iter().enumerate() {
        let repeated = all[..at].iter().any(|other| same(other, &all[at]));
        let dominated = all.iter().any(|other| dominates(other, &all[at]));
        if at == 0 || !repeated && !dominated {
            points.push(Point {
                question,
                answer,
                chosen: at == 0,
                dominated,
            });
        }
    }
    let order = |a: &Criteria, b: &Criteria| {
        let pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
        pairs.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    };
    points.sort_by(|a, b| order(&a.answer.criteria(), &b.answer.criteria()));
    points
}

/// Whether two figures are too close to be told apart.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs())
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(&a, &b)| close(a, b))
}

/// Whether a plan is no worse than another in anything, and better in something.
pub(super) fn dominates(a: &[f64], b: &[f64]) -> bool {
    let no_worse = a.iter().zip(b).all(|(&a, &b)| a <= b || close(a, b));
    no_worse && !same(a, b)
}

fn scaled(parts: &Parts, units: &Parts) -> Parts {
    [0, 1, 2].map(|at| parts[at] / units[at])
}

/// The weights of the parts as they are, for a normal in units; the largest is 1, and
/// all have six digits, so that a report that shows them shows all there is.
fn weights_for(normal: &Parts, units: &Parts) -> Parts {
    let raw = [0, 1, 2].map(|at| normal[at].max(LEAST) / units[at]);
    let most = raw.iter().copied().fold(0.0, f64::max);
    raw.map(|weight| {
        let digits = format!("{:.5e}", weight / most);
        digits.parse().unwrap_or(weight / most)
    })
}

/// The plans known, in units of the chosen one, and the facets that were asked for.
struct Hull {
    points: Vec<Parts>,
    closed: Vec<Parts>,
}

/// What spans a facet: a point, or a direction in which one part gets worse.
#[derive(Clone, Copy)]
enum Corner {
    Axis(usize),
    Point(usize),
}

impl Hull {
    /// The normal of a facet that was not asked for: with as few points as possible,
    /// which are those at the rim, and then as large as possible.
    fn open_facet(&self) -> Option<Parts> {
        let points = (0..self.points.len()).map(Corner::Point);
        let corners: Vec<Corner> = (0..3).map(Corner::Axis).chain(points).collect();
        let mut best: Option<(usize, f64, Parts)> = None;
        for (third, &last) in corners.iter().enumerate().skip(3) {
            let Corner::Point(base) = last else { continue };
            for second in 1..third {
                for first in 0..second {
                    let sides = [corners[first], corners[second]];
                    let count = sides.iter().filter(|it| matches!(it, Corner::Point(_)));
                    let count = count.count();
                    let normal = self.normal(base, sides);
                    let size = normal.iter().map(|part| part * part).sum::<f64>();
                    if best.is_some_and(|(fewest, largest, _)| {
                        count > fewest || count == fewest && size <= largest
                    }) {
                        continue;
                    }
                    if let Some(normal) = self.facet(base, normal) {
                        best = Some((count, size, normal));
                    }
                }
            }
        }
        best.map(|(_, _, normal)| normal)
    }

    /// Perpendicular to two sides from a point.
    fn normal(&self, base: usize, sides: [Corner; 2]) -> Parts {
        let [a, b] = sides.map(|side| match side {
            Corner::Axis(axis) => [0, 1, 2].map(|at| if at == axis { 1.0 } else { 0.0 }),
            Corner::Point(point) => {
                [0, 1, 2].map(|at| self.points[point][at] - self.points[base][at])
            }
        });
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    }

    /// The normal as weights, the largest 1, if the plane through a point is an open facet.
    fn facet(&self, base: usize, normal: Parts) -> Option<Parts> {
        let most = normal.iter().copied().fold(0.0, f64::max);
        let least = normal.iter().copied().fold(0.0, f64::min);
        let size = most.max(-least);
        // Points that fall together, or lie on a line, span nothing.
        if size <= SAME || most > SAME * size && least < -SAME * size {
            return None;
        }
        let weights = normal.map(|part| (part / size).abs());
        let sum = |point: &Parts| -> f64 { point.iter().zip(&weights).map(|(p, w)| p * w).sum() };
        let level = sum(&self.points[base]);
        let below = |point: &Parts| sum(point) < level - 1e-7 * level.max(1e-300);
        let again = |other: &Parts| {
            let pairs = other.iter().zip(&weights);
            pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6)
        };
        let open = !self.closed.iter().any(again) && !self.points.iter().any(below);
        open.then_some(weights)
    }
}
