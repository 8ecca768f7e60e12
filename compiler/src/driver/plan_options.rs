//! What a plan must satisfy, from the options and from memories that outlive a supply failure by themselves.

use super::{Analysis, InsertOptions, state_named};
use crate::control::StateId;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::plan::PlanOptions;
use crate::rewrites::{self, Rewrites};
use crate::source::Setting;

/// What the options say of the plan, but for the energy model.
pub(super) fn plan_options(
    analysis: &Analysis,
    options: &InsertOptions,
) -> (PlanOptions, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut states = |key: &str, names: &[String]| -> Vec<StateId> {
        let found = names.iter().map(|name| {
            let found = state_named(&analysis.graph, name);
            found.map_err(|error| error.setting(Setting::text(&["plan", key], name)))
        });
        let (found, errors): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
        diagnostics
            .list
            .extend(errors.into_iter().filter_map(Result::err));
        found.into_iter().flatten().collect()
    };
    let mut forced = states("forced", &options.forced);
    let mut forbidden = states("forbidden", &options.forbidden);
    let (netlist, graph, liveness) = (&analysis.netlist, &analysis.graph, &analysis.liveness);
    let saved = match options.max_bits.is_some() || netlist.kept_memories().next().is_some() {
        true => crate::plan::saved_bits(netlist, graph, liveness),
        false => Vec::new(),
    };
    if let Some(most) = options.max_bits {
        for (at, &bits) in saved.iter().enumerate().filter(|(_, bits)| **bits > most) {
            let state = StateId(at as u32);
            if forced.contains(&state) {
                let name = &analysis.graph.states[at].name;
                let message =
                    format!("the forced checkpoint `{name}` saves {bits} bits, more than {most}");
                diagnostics.push(
                    Diagnostic::global(codes::INFEASIBLE, message)
                        .setting(Setting::text(&["plan", "forced"], name))
                        .help("raise `max_bits`, or do not force it"),
                );
            }
            forbidden.push(state);
        }
    }
    (diagnostics.list).extend(rewrites::untaken(netlist));
    let accesses = &analysis.accesses;
    let rewrites = match rewrites::resolve(netlist, graph, liveness, accesses, &saved, &forbidden) {
        Ok(rewrites) => rewrites,
        Err(errors) => {
            diagnostics.list.extend(errors);
            Rewrites::default()
        }
    };
    let more = rewrites.sure.iter().filter(|state| !forced.contains(state));
    let more: Vec<StateId> = more.copied().collect();
    forced.extend(more);
    let plan_options = PlanOptions {
        rewrites,
        max_cycles: options.max_cycles,
        forced,
        forbidden,
        prices: None,
        costs: None,
    };
    (plan_options, diagnostics)
}
