//! Hazards in the report.

use std::ops::Range;

use crate::frontend::ObserveOptions;
use crate::hazards::{Hazard as Found, Resolution};
use crate::netlist::Netlist;

use super::model::{Hazard, Report};
use super::table::count;

/// The hazards with the places of their declarations.
pub(super) fn list(netlist: &Netlist, options: &ObserveOptions, found: &[Found]) -> Vec<Hazard> {
    let text = |range: &Range<usize>| &options.text[range.clone()];
    found
        .iter()
        .map(|hazard| {
            let produces = netlist.handshakes[hazard.handshake].produces;
            let declared = &options.handshakes[hazard.handshake];
            let kind = if produces {
                "output_produced"
            } else {
                "input_consumed"
            };
            Hazard {
                kind: kind.to_string(),
                state: hazard.state.0,
                signal: format!("{} && {}", text(&declared.valid), text(&declared.ready)),
                file: options.path.display().to_string(),
                line: line(&options.text, declared.valid.start),
                resolution: resolution(hazard.resolution, produces).to_string(),
            }
        })
        .collect()
}

fn resolution(resolution: Resolution, produces: bool) -> &'static str {
    match (resolution, produces) {
        (Resolution::Open, _) => "none yet: there is no plan",
        (Resolution::Commit, _) => {
            "commit: every state that can follow is a checkpoint; with idetic_energy at 0 its save is never skipped"
        }
        (Resolution::Repeat, false) => {
            "repeat: after a failure before the next commit the environment must give the same again"
        }
        (Resolution::Repeat, true) => {
            "repeat: after a failure before the next commit the environment must expect the same again"
        }
    }
}

/// The line of a byte, counted from 1.
pub(super) fn line(text: &str, at: usize) -> u32 {
    1 + text[..at].matches('\n').count() as u32
}

/// What cannot be taken back, in a line.
pub(super) fn summary(report: &Report) -> String {
    if report.handshakes_declared == 0 {
        return "not looked for: no handshake is declared in idetic.toml".to_string();
    }
    let states = |kind: &str| {
        let all = || report.hazards.iter().filter(|hazard| hazard.kind == kind);
        let again = all().filter(|hazard| hazard.resolution.starts_with("repeat"));
        let again = match again.count() {
            0 => String::new(),
            again => format!(" ({again} without a commit behind)"),
        };
        format!("{}{again}", count(all().count() as u64, "state"))
    };
    format!(
        "inputs are taken in {}, outputs given in {}; report.json lists them",
        states("input_consumed"),
        states("output_produced"),
    )
}
