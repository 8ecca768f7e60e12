//! Hazards in the report.

use std::ops::Range;

use crate::frontend::ObserveOptions;
use crate::hazards::{Hazard as Found, Resolution};
use crate::netlist::Netlist;
use crate::rewrites::Rewrite;

use super::build::Inputs;
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

/// The rows that are written after they were read, with the declarations of their memories.
pub(super) fn rewrites(inputs: &Inputs) -> Vec<Hazard> {
    let (netlist, graph, sources) = (inputs.netlist, inputs.graph, inputs.sources);
    let Some((plan, _)) = inputs.plan else {
        return Vec::new();
    };
    let of = |found: &Rewrite| {
        let declaration = netlist.memories[found.memory.index()].origin.declaration;
        let rows: Vec<String> = found.rows.iter().map(|rows| rows.name(netlist)).collect();
        let names: Vec<&str> = (found.commits.iter())
            .map(|state| graph.states[state.index()].name.as_str())
            .collect();
        let resolution = match found.commits.as_slice() {
            [own] if *own == found.state => format!(
                "{PLACED} in this state, whose save is never skipped, before the row is written"
            ),
            _ => format!(
                "{PLACED} in {}, whose saves are never skipped, between the reading and the writing",
                names.join(", ")
            ),
        };
        Hazard {
            kind: WRITE_AFTER_READ.to_string(),
            state: found.state.0,
            signal: rows.join(", "),
            file: sources.path(declaration.file).display().to_string(),
            line: sources.line_col(declaration.file, declaration.start).line,
            resolution,
        }
    };
    plan.rewrites.found.iter().map(of).collect()
}

const WRITE_AFTER_READ: &str = "write_after_read";
const PLACED: &str = "commit placed:";

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
    let again = report.hazards.iter();
    let again = again
        .filter(|hazard| hazard.kind == WRITE_AFTER_READ)
        .count() as u64;
    let again = (again > 0).then(|| {
        format!(
            "rows are written after they were read in {}, behind commits that are never skipped; report.json lists them",
            count(again, "state")
        )
    });
    // Without a plan there is no commit yet.
    let kept = report
        .design
        .memories
        .iter()
        .any(|memory| memory.kept.is_some());
    let open = (kept && report.checkpoints.is_empty()).then(|| {
        "memories outlive a supply failure: `idetic insert` places commits before rows are written again, or refuses".to_string()
    });
    let again = again.or(open);
    if report.handshakes_declared == 0 {
        let none = "not looked for: no handshake is declared in idetic.toml".to_string();
        return again.unwrap_or(none);
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
    let handshakes = format!(
        "inputs are taken in {}, outputs given in {}; ",
        states("input_consumed"),
        states("output_produced"),
    );
    handshakes + &again.unwrap_or("report.json lists them".to_string())
}
