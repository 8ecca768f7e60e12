//! What failures cost on the supply that the configuration describes: of the objective of the plan,
//! and for each policy by power cycles along a walk ([`crate::plan::power_cycles`]).

use serde::Serialize;

use super::build::Inputs;
use super::energy::{digits, percent};
use super::model::Report;
use super::table::{Align, table};
use super::text_energy;
use crate::energy::{OnTimes, engineering};
use crate::plan::Policy;
use crate::plan::power_cycles::{Outcome, Walk};

/// Failures, where on-times are known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failures {
    /// How on-times are distributed: `fixed`, `exponential` or `trace`.
    pub on_time_distribution: String,
    /// Their mean.
    pub mean_on_time_seconds: f64,
    /// The part of `optimality.objective` that failures cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<f64>,
    /// What each policy comes to.
    pub policies: Vec<Expected>,
}

/// What power cycles come to by a policy. Percents are of the logical cycles that are committed: absent where
/// none is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expected {
    /// `static`, `threshold`, `timer` or `reactive`.
    pub policy: String,
    /// Power cycles that were run along the walk.
    pub power_cycles: u64,
    /// Logical cycles that are committed, in each.
    pub committed_cycles: f64,
    /// Saves, in each.
    pub saves: f64,
    /// Logical cycles that run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated_cycles_percent: Option<f64>,
    /// Joules of saves, restores, rests and what runs again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_percent: Option<f64>,
    /// Clocks of saves, restores, rests and what runs again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_cycles_percent: Option<f64>,
}

/// The figures of a plan; `None` where nothing is known of on-times.
pub(super) fn failures(inputs: &Inputs) -> Option<Failures> {
    let (plan, layout) = inputs.plan?;
    let model = inputs.energy?;
    let on_times = model.on_times.as_ref()?;
    let walk = Walk::new(layout.course(plan, model));
    let policies = walk.iter().flat_map(|walk| {
        let policies = Policy::ALL.into_iter();
        policies.map(|policy| expected(policy, &walk.run(on_times, policy)))
    });
    Some(Failures {
        on_time_distribution: on_times.name().to_string(),
        mean_on_time_seconds: digits(on_times.mean_seconds()),
        objective: plan.failures.map(digits),
        policies: policies.collect(),
    })
}

fn expected(policy: Policy, outcome: &Outcome) -> Expected {
    let each = |sum: f64| digits(sum / outcome.power_cycles.max(1) as f64);
    let committed = outcome.committed as f64;
    let beyond =
        |all: f64, useful: f64| (outcome.committed > 0).then(|| percent(all - useful, useful));
    Expected {
        policy: policy.name().to_string(),
        power_cycles: outcome.power_cycles,
        committed_cycles: each(committed),
        saves: each(outcome.saves as f64),
        repeated_cycles_percent: beyond(outcome.run as f64, committed),
        energy_percent: beyond(outcome.joules, outcome.committed_joules),
        added_cycles_percent: beyond(outcome.clocks, committed),
    }
}

/// What on-times are, in words.
fn on_times(failures: &Failures) -> String {
    let mean = engineering(failures.mean_on_time_seconds, "s");
    match failures.on_time_distribution.as_str() {
        name if name == OnTimes::Fixed(0.0).name() => format!("on-times of {mean}"),
        name if name == OnTimes::Exponential(0.0).name() => {
            format!("exponential on-times, {mean} on average")
        }
        _ => format!("on-times of the trace, {mean} on average"),
    }
}

/// The line of `report.txt` on what they cost the plan.
pub(super) fn fact(report: &Report) -> Option<(&'static str, String)> {
    let failures = report.failures.as_ref()?;
    let part = match (failures.objective, &report.optimality) {
        (Some(part), Some(all)) => format!(
            "; failures cost {} of the plan's {}",
            text_energy::digits(part),
            text_energy::digits(all.objective)
        ),
        _ => String::new(),
    };
    Some(("failures", format!("{}{part}", on_times(failures))))
}

/// The table of `report.txt`.
pub(super) fn text(failures: &Failures) -> String {
    let titles = [
        "on this supply",
        "cycles",
        "saves",
        "run again",
        "energy",
        "clocks",
    ];
    let mut rows = vec![titles.map(str::to_string).to_vec()];
    let of = |value: Option<f64>| match value {
        Some(value) => format!("{} %", text_energy::digits(value)),
        None => "–".to_string(),
    };
    for policy in &failures.policies {
        rows.push(vec![
            policy.policy.clone(),
            text_energy::digits(policy.committed_cycles),
            text_energy::digits(policy.saves),
            of(policy.repeated_cycles_percent),
            of(policy.energy_percent),
            of(policy.added_cycles_percent),
        ]);
    }
    let mut columns = [Align::Right; 6];
    columns[0] = Align::Left;
    let mut out = table(&columns, &rows);
    out.push_str(
        "  committed cycles and saves in a power cycle; cycles that run again, energy and clocks that saves, restores and they\n  add; power cycles along a walk over the control states\n",
    );
    out
}
