//! What to try: the end of `report.txt`.

use super::model::{Edge, Report};
use super::text::{live, worst};
use super::text_energy::digits;
use crate::control::STEERS_DATA_ONLY;

/// A line for each thing that could make the plan cheaper; none without a plan.
pub(super) fn advice(report: &Report) -> Vec<String> {
    let mut out = Vec::new();
    let Some(worst) = worst(report) else {
        return out;
    };
    let (least, ..) = live(report);
    let waits = |edge: &Edge| edge.from == worst.state && edge.to == worst.state && !edge.reset;
    if report.control.edges.iter().any(waits) {
        if report.control.states.len() > 1 {
            out.push(format!(
                "`{}` can follow itself, so it has to be a checkpoint; registers that it does not \
                 need again cost nothing there",
                worst.name
            ));
        }
    } else if worst.saved_bits > least {
        let mut states = report.control.states.iter();
        if let Some(state) = states.find(|state| state.live_bits == least) {
            out.push(format!(
                "fewest bits are live in `{}` ({least}); allow longer runs between saves, or \
                 forbid costly states in [plan]",
                state.name
            ));
        }
    }
    if worst.saved_bits as u64 * 10 >= report.baseline.saved_bits * 9 {
        out.push(
            "almost everything is live: if an output is only sampled while a flag is set, say so under \
             [observe], so that its register is dead otherwise; `idetic analyze --why` tells what keeps a bit alive"
                .to_string(),
        );
    }
    out.extend(cheaper_policy(report));
    out.extend(left_out(report));
    if report.control.registers.is_empty() {
        out.push(
            "no control register was found, so every cycle is a checkpoint; `idetic analyze` \
             says why for each register"
                .to_string(),
        );
    }
    out
}

/// Registers that tell states apart in which other bits are live, though no decision needs them.
fn left_out(report: &Report) -> Option<String> {
    let registers = report.design.registers.iter();
    let mut left_out = registers.filter(|it| it.reason.starts_with(STEERS_DATA_ONLY));
    let first = left_out.next()?;
    let more = match left_out.count() {
        0 => String::new(),
        count => format!(" and {count} more registers"),
    };
    Some(format!(
        "`{}`{more} tells no control states apart, since {}; if it is a state machine, name it under [plan] control, \
         and see whether fewer bits are live in its states",
        first.name, first.reason
    ))
}

/// Another policy, if it halves what the saves take; with all that failures cost on the supply, where that is known.
fn cheaper_policy(report: &Report) -> Option<String> {
    let overhead = report.overhead.as_ref()?;
    let (what, policies): (&str, Vec<(&str, f64)>) = match &report.failures {
        Some(failures) => {
            let policies = failures.policies.iter();
            let policies = policies.filter_map(|of| Some((of.policy.as_str(), of.energy_percent?)));
            (
                "on this supply saves, restores and what is done again take",
                policies.collect(),
            )
        }
        None => {
            let policies = overhead.policies.iter();
            let policies = policies.map(|of| (of.policy.as_str(), of.energy_percent));
            ("saves take", policies.collect())
        }
    };
    let own = policies.iter().find(|(name, _)| *name == overhead.policy);
    let own = own?.1;
    let cheaper = policies.iter().filter(|(_, energy)| energy * 2.0 < own);
    let with: Vec<String> = cheaper
        .map(|(name, energy)| {
            let needs = match *name {
                "threshold" | "reactive" => " (if `idetic_energy` tells the supply level)",
                _ => "",
            };
            format!("{} % with `policy = \"{name}\"`{needs}", digits(*energy))
        })
        .collect();
    (!with.is_empty()).then(|| {
        format!(
            "{what} {} % of the design's energy, and under [plan] {}",
            digits(own),
            with.join(" or ")
        )
    })
}
