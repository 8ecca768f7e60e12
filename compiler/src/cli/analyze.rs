//! `idetic analyze`: control states, live bits, candidate checkpoints.

use crate::cli::args::{AnalyzeArgs, Format};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::request;
use crate::cli::request::DEFAULT_WORD_BITS;
use crate::cli::why;
use crate::control::Verdict;
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::Analysis;
use crate::hazards;
use crate::report;
use crate::source::SourceMap;

/// Runs the subcommand.
pub fn run(
    arguments: &AnalyzeArgs,
    console: &Console,
    sources: &mut SourceMap,
) -> Result<(), Exit> {
    let request = request::request(&arguments.design, None, sources)?;
    let analysis = super::analyze_design(&request, console, sources)?;
    if let Some(name) = &arguments.explain {
        console.result(&explain(&analysis, name)?)?;
        return Ok(());
    }
    if let (Some(what), Some(state)) = (&arguments.why, &arguments.state) {
        return why::run(&analysis, what, state, console, sources);
    }
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    let hazards = hazards::hazards(netlist, graph, None);
    let model = report::report(&report::Inputs {
        sources,
        netlist: &analysis.netlist,
        observe: &analysis.options.read.observe,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        hazards: &hazards,
        plan: None,
        energy: None,
        policy: request.insert.policy,
        compared: &[],
        pareto: None,
        design_hash: &analysis.hash,
        word_bits: DEFAULT_WORD_BITS,
        widths: &[],
    });
    match console.format {
        Format::Json => console.result(&report::json(&model))?,
        Format::Text => {
            console.result(&report::analyze(&model))?;
            if console.verbose {
                console.result(&verdicts(&analysis))?;
            }
        }
    }
    console.times(&analysis.times);
    Ok(())
}

fn explain(analysis: &Analysis, name: &str) -> Result<String, Exit> {
    let registers = &analysis.netlist.registers;
    let found: Vec<&Verdict> = analysis
        .graph
        .verdicts
        .iter()
        .filter(|verdict| {
            let register = &registers[verdict.register.index()];
            register.name == name || register.origin.variable == name
        })
        .collect();
    if found.is_empty() {
        let nearest = registers
            .iter()
            .map(|register| register.name.as_str())
            .min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let mut error = Diagnostic::global(
            codes::UNKNOWN_NAME,
            format!("there is no register `{name}`"),
        );
        if let Some(nearest) = nearest {
            error = error.help(format!("did you mean `{nearest}`?"));
        }
        return Err(error.into());
    }
    Ok(found
        .into_iter()
        .map(|verdict| line(analysis, verdict))
        .collect())
}

fn verdicts(analysis: &Analysis) -> String {
    let lines = analysis.graph.verdicts.iter();
    std::iter::once("\nWhy a register is or is not control:\n".to_string())
        .chain(lines.map(|verdict| line(analysis, verdict)))
        .collect()
}

fn line(analysis: &Analysis, verdict: &Verdict) -> String {
    let register = &analysis.netlist.registers[verdict.register.index()];
    let kind = if verdict.control { "control" } else { "data" };
    format!("{} [{kind}]: {}\n", register.name, verdict.reason)
}
