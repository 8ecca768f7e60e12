//! `idetic insert`: the main job.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::args::{Format, InsertArgs};
use crate::cli::console::Console;
use crate::cli::emitted;
use crate::cli::equivalence::{self, Outcome};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::prove;
use crate::cli::request::{self, Request, absolute};
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::{self, Analysis, Inserted};
use crate::frontend::encoding;
use crate::hazards;
use crate::instrument::ListOptions;
use crate::plan::Policy;
use crate::report::{self, Report};
use crate::source::SourceMap;

/// Runs the subcommand.
pub fn run(arguments: &InsertArgs, console: &Console, sources: &mut SourceMap) -> Result<(), Exit> {
    let mut request = request::request(&arguments.design, Some(&arguments.plan), sources)?;
    request.baseline = arguments.baseline;
    request.pareto = arguments.pareto;
    let built = build(&request, console, sources)?;
    let proof = arguments.prove.then(|| {
        let plan = &built.inserted.plan;
        prove::check(&built.analysis, plan, arguments.limits, console)
    });
    if let Some((proof, _)) = &proof {
        prove::holds(&built.analysis, proof)?;
    }
    let same = match arguments.prove {
        false => None,
        true => {
            let limit = Duration::from_secs(arguments.limits.equivalence_timeout);
            let output = &built.inserted.output;
            Some(equivalence::check(
                &built.analysis,
                output,
                sources,
                &request,
                limit,
                console,
            )?)
        }
    };
    if let Some(same) = &same {
        same.holds()?;
    }
    let dir = arguments
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}_idetic", built.analysis.netlist.top)));
    built.write(&dir, &request)?;
    match console.format {
        Format::Json => console.result(&report::json(&built.report))?,
        Format::Text if console.quiet => {}
        Format::Text => {
            console.result(&report::text(&built.report))?;
            if let Some((proof, time)) = &proof {
                console.result(&format!(
                    "\n{}{}",
                    prove::summary(&built.analysis, proof, *time),
                    same.iter().map(Outcome::summary).collect::<String>()
                ))?;
            }
            console.result(&format!("\nWritten to {}\n", dir.display()))?;
        }
    }
    console.times(&built.analysis.times);
    Ok(())
}

/// An instrumented design with its report, not written yet.
pub struct Built {
    /// The analysis.
    pub analysis: Analysis,
    /// The plan and the files.
    pub inserted: Inserted,
    /// The report.
    pub report: Report,
    /// When a checkpoint saves.
    pub policy: Policy,
}

/// Analyses and instruments.
pub fn build(request: &Request, console: &Console, sources: &mut SourceMap) -> Result<Built, Exit> {
    let mut analysis = super::analyze_design(request, console, sources)?;
    let (inserted, diagnostics) = driver::insert(&mut analysis, sources, &request.insert);
    let Some(mut inserted) = inserted else {
        return Err(Exit::Input(diagnostics));
    };
    emitted::name_apart(&mut inserted.output, sources)?;
    console.diagnostics(&diagnostics, sources);
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    let hazards = hazards::hazards(netlist, graph, Some(&inserted.plan));
    let settled = request.insert.of_width(inserted.layout.word_bits);
    let compared = match request.baseline {
        true => driver::alternatives(&analysis, &settled, &inserted.plan),
        false => Vec::new(),
    };
    let front = (request.pareto).then(|| driver::pareto(&analysis, &settled, &inserted));
    let report = report::report(&report::Inputs {
        sources,
        netlist: &analysis.netlist,
        observe: &analysis.options.read.observe,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        hazards: &hazards,
        plan: Some((&inserted.plan, &inserted.layout)),
        energy: inserted.energy.as_ref(),
        policy: inserted.policy,
        compared: &compared,
        pareto: front.as_ref(),
        design_hash: &analysis.hash,
        word_bits: settled.word_bits,
        widths: &inserted.widths,
    });
    Ok(Built {
        policy: inserted.policy,
        analysis,
        inserted,
        report,
    })
}

impl Built {
    /// Writes all files of the contract into `dir`.
    pub fn write(&self, dir: &Path, request: &Request) -> Result<(), Exit> {
        let read = &request.analyze.read;
        let list = self.inserted.output.file_list(&ListOptions {
            directory: absolute(dir),
            include_dirs: read.include_dirs.iter().map(|dir| absolute(dir)).collect(),
            defines: read.defines.clone(),
            data_files: (self.analysis.netlist.data_files.iter())
                .map(|(name, _)| name.clone())
                .collect(),
        });
        // The simulators' file lists have no quotes.
        let lines = list.1.lines().filter(|line| !line.starts_with("//"));
        let mut wrong = lines.filter_map(|line| Some((line, emitted::not_carried(line)?)));
        if let Some((line, what)) = wrong.next() {
            let what = match what.is_whitespace() {
                true => "white space".to_string(),
                false => format!("`{what}`"),
            };
            let message = format!("the file list cannot name `{line}`, which has {what} in it");
            return Err(Diagnostic::global(codes::OUTPUT_UNWRITABLE, message)
                .help("choose names and directories without it, -o for the output")
                .into());
        }
        let image = serde_json::to_string_pretty(&self.inserted.output.image)
            .expect("the image description is a plain structure");
        let mut files: Vec<(String, Vec<u8>)> = self
            .inserted
            .output
            .files
            .iter()
            .chain(&self.inserted.output.observed)
            .map(|file| (file.name.clone(), encoding::bytes(&file.text)))
            .collect();
        let mut plain =
            |name: &str, text: String| files.push((name.to_string(), text.into_bytes()));
        plain(&list.0, list.1);
        plain("image.json", image + "\n");
        plain("report.json", report::json(&self.report));
        plain("report.txt", report::text(&self.report));
        plain("report.html", report::html(&self.report));
        Ok(output::write(dir, &files)?)
    }
}
