//! The policy, where several will do.
//!
//! For each of them power cycles are run along a walk of the plan ([`crate::plan::power_cycles`]), and the one is kept whose
//! saves, restores and repetitions cost least beside what is committed: their energy with the weight of energy, their
//! clocks with that of stalls. One by which nothing is committed is never kept. Of those that cost the same the first one
//! that is named is.

use super::InsertOptions;
use crate::diagnostics::{Diagnostic, codes};
use crate::energy::Model;
use crate::layout::Layout;
use crate::plan::power_cycles::Walk;
use crate::plan::{Plan, Policy};
use crate::source::Setting;

/// The policy that the options name, or the cheapest of several.
///
/// # Errors
/// There are several, and nothing to choose by.
pub(super) fn chosen(
    options: &InsertOptions,
    plan: &Plan,
    layout: &Layout,
    model: Option<&Model>,
) -> Result<Policy, Diagnostic> {
    if options.policies.is_empty() {
        return Ok(options.policy);
    }
    let wrong = |message: &str, help: &str| {
        let error = Diagnostic::global(codes::CONFIG, message);
        Err(error.setting(Setting::new(&["plan", "policy"])).help(help))
    };
    let known = model.and_then(|model| Some((model, model.on_times.as_ref()?)));
    let (Some((model, on_times)), Some(energy)) = (known, &options.energy) else {
        return wrong(
            "several policies are to be chosen from, and the supply is not known to fail",
            "say how long power cycles last with `on_time_seconds`, `on_time_trace` or `harvest_watts` under [energy], \
             or name one policy",
        );
    };
    let Some(walk) = Walk::new(layout.course(plan, model)) else {
        return wrong(
            "several policies are to be chosen from, and a walk over the control states meets no checkpoint",
            "name one policy",
        );
    };
    let mut best: Option<(f64, Policy)> = None;
    for &policy in &options.policies {
        let [energy_part, clocks] = walk.run(on_times, policy).added();
        let cost = energy.weights.energy * energy_part + energy.weights.stall * clocks;
        // No number where nothing is committed.
        if cost.is_finite() && best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, policy));
        }
    }
    match best {
        Some((_, policy)) => Ok(policy),
        None => wrong(
            "by none of the policies to be chosen from anything is committed",
            "power cycles are shorter than what the capacitor gives: see the figures under [energy]",
        ),
    }
}
