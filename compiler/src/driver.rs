//! The pipeline, as a list of calls.
//!
//! [`analyze`] goes from text to live bits, [`plan`] from there to the
//! checkpoints, [`insert`] to the files of an instrumented design. Neither writes anything; sources are read by the
//! front end. Each returns its value with the diagnostics met on the way; there
//! is a value exactly if none of them is an error.

mod budget;
mod derived;
mod failures;
mod outline;
mod pareto;
mod plan_options;
mod policy;
mod settled;
mod stable;
mod stopwatch;
mod tool_macros;
mod widths;
mod written_out;

use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::control::{self, ControlGraph, ControlOptions, StateId};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::domain::{self, DomainOptions};
use crate::elaborate::{self, ElaborateOptions};
use crate::energy::{EnergyOptions, Model};
use crate::frontend::{self, ReadOptions, ast::Ast};
use crate::instrument::{self, InstrumentOptions, Skips};
use crate::layout::{Layout, WidthTried};
use crate::liveness::{self, Accesses, Liveness};
use crate::netlist::{Netlist, RegId};
use crate::plan::{Alternative, Plan, Policy};
use crate::source::SourceMap;
use crate::stack::with_room;
use budget::Planned;
use plan_options::plan_options;
use stopwatch::Stopwatch;

pub use outline::{Outline, outline};
pub use pareto::pareto;
pub use widths::Width;

/// What is to be analysed.
#[derive(Debug, Clone, Default)]
pub struct AnalyzeOptions {
    /// Files and macros.
    pub read: ReadOptions,
    /// Top and parameters.
    pub elaborate: ElaborateOptions,
    /// Clocks and black boxes.
    pub domain: DomainOptions,
    /// Reset, limits, choice of control registers.
    pub control: ControlOptions,
}

/// A design with its control states and live bits.
#[derive(Debug)]
pub struct Analysis {
    /// Syntax.
    pub ast: Ast,
    /// The machine.
    pub netlist: Netlist,
    /// Its control states.
    pub graph: ControlGraph,
    /// The live bits in each.
    pub liveness: Liveness,
    /// What may be read and written of memories that outlive a supply failure by themselves.
    pub accesses: Accesses,
    /// Whether it can be instrumented with other clocks and black boxes around.
    pub surroundings: Diagnostics,
    /// SHA-256 of the design's files and parameters, hexadecimal.
    pub hash: String,
    /// What was asked for.
    pub options: AnalyzeOptions,
    /// The files that were there before those of the design: reading it anew beside them gives its files the same ids.
    pub beside: SourceMap,
    /// Variables of subroutines whose value, where a call reads it before it assigns it, simulators keep and synthesis does not: as warned.
    pub unassigned: Vec<String>,
    /// How long each stage took.
    pub times: Times,
}

impl Analysis {
    /// Live bits of a state that have to be saved, those of memories included.
    fn live_bits(&self, state: usize) -> u64 {
        let parts = &self.liveness.bits.parts;
        let memories = self.liveness.memories[state].iter();
        let memories = memories.filter(|&part| crate::plan::is_saved(&self.netlist, parts, part));
        self.liveness.live[state].count() as u64 + parts.bits(memories)
    }
}

/// Stages with the time each took.
pub type Times = Vec<(&'static str, Duration)>;

/// From text to live bits.
pub fn analyze(
    options: &AnalyzeOptions,
    sources: &mut SourceMap,
) -> (Option<Analysis>, Diagnostics) {
    let mut watch = Stopwatch::start();
    let beside = sources.clone();
    let (ast, mut diagnostics) = frontend::read(&options.read, sources);
    watch.lap("read");
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (netlist, found) = elaborate::elaborate(&ast, sources, &options.elaborate);
    watch.lap("elaborate");
    diagnostics.list.extend(found.list);
    let Some(design) = netlist.filter(|_| !diagnostics.has_errors()) else {
        return (None, diagnostics);
    };
    (diagnostics.list).extend(tool_macros::warnings(options, sources, &design));
    let clock = match domain::named(&design, &options.domain) {
        Ok(clock) => clock,
        Err(error) => {
            diagnostics.push(error);
            return (None, diagnostics);
        }
    };
    let surroundings = domain::check(&design, clock, &options.domain);
    let (netlist, found) = domain::select(design, clock);
    watch.lap("domain");
    diagnostics.list.extend(found.list);
    let Some(netlist) = netlist else {
        return (None, diagnostics);
    };
    let mut control = options.control.clone();
    let names = with_room(|| control::value_names(&ast, &netlist));
    control.names.extend(names);
    let (graph, found) = control::explore(&netlist, &control);
    watch.lap("control");
    diagnostics.list.extend(found.list);
    (diagnostics.list).extend(stable::refused(&ast, &netlist, &graph));
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (graph, liveness) = liveness::analyze(&netlist, &graph, &control.names);
    let accesses = liveness::accesses(&netlist, &graph, &liveness);
    watch.lap("liveness");
    let hash = hash(sources, options, &netlist.top);
    let warned = diagnostics.list.iter().filter(|it| it.code == codes::LATCH);
    let unassigned = warned.map(|it| it.message.clone()).collect();
    let analysis = Analysis {
        ast,
        netlist,
        graph,
        liveness,
        accesses,
        surroundings,
        hash,
        options: options.clone(),
        beside,
        unassigned,
        times: watch.laps,
    };
    (Some(analysis), diagnostics)
}

/// How a design is instrumented.
#[derive(Debug, Clone, Default)]
pub struct InsertOptions {
    /// Bits of an NVM word.
    pub word_bits: u32,
    /// The widths of which one is to be chosen instead; empty where `word_bits` is the one.
    pub widths: Vec<Width>,
    /// Longest run of logical cycles between two saves.
    pub max_cycles: Option<u64>,
    /// Bits that are functions of saved bits may be computed in a restore, not only copied.
    pub recompute: bool,
    /// Names of control states that must be checkpoints.
    pub forced: Vec<String>,
    /// Names of control states that must not be.
    pub forbidden: Vec<String>,
    /// The most bits that a checkpoint may save, those of memories included.
    pub max_bits: Option<u64>,
    /// The energy model, if the plan is made under one.
    pub energy: Option<EnergyOptions>,
    /// When a checkpoint saves. Another than [`Policy::Static`] needs `energy`.
    pub policy: Policy,
    /// The policies of which one is to be chosen instead; empty where `policy` is the one.
    pub policies: Vec<Policy>,
    /// Edits and wrapper.
    pub instrument: InstrumentOptions,
    /// Another plan than the best one, to measure what that one gains. The energy budget is not checked for it.
    pub alternative: Option<Alternative>,
    /// Live bits left out on purpose (`name[bit]`), to test the verification.
    pub drop_bits: Vec<String>,
}

/// An instrumented design.
#[derive(Debug)]
pub struct Inserted {
    /// The checkpoints.
    pub plan: Plan,
    /// Where their bits live.
    pub layout: Layout,
    /// What running, saving and restoring cost, if that is known.
    pub energy: Option<Model>,
    /// When a checkpoint saves.
    pub policy: Policy,
    /// The widths of NVM words that were tried; empty where there was no choice.
    pub widths: Vec<WidthTried>,
    /// The files.
    pub output: instrument::Output,
    /// The sources that `output` was made from, where macro calls or includes
    /// had to be written out; else those of the analysis.
    pub written_out: Option<SourceMap>,
}

/// What a plan is compared with: all alternatives, in order, laid out.
pub fn alternatives(
    analysis: &Analysis,
    options: &InsertOptions,
    plan: &Plan,
) -> Vec<(Alternative, Plan, Layout)> {
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    let of = |alternative| {
        let plan = plan.alternative(alternative, netlist, graph, &analysis.liveness);
        let layout = budget::lay_out(analysis, options, &plan);
        (alternative, plan, layout)
    };
    Alternative::ALL.into_iter().map(of).collect()
}

/// Chooses the checkpoints.
pub fn plan(analysis: &Analysis, options: &InsertOptions) -> (Option<Plan>, Diagnostics) {
    let (planned, diagnostics) = planned(analysis, options);
    (planned.map(|planned| planned.plan), diagnostics)
}

/// Chooses the checkpoints and lays out their bits.
pub fn lay_out(
    analysis: &Analysis,
    options: &InsertOptions,
) -> (Option<(Plan, Layout)>, Diagnostics) {
    let (planned, diagnostics) = planned(analysis, options);
    (
        planned.map(|planned| (planned.plan, planned.layout)),
        diagnostics,
    )
}

fn planned(analysis: &Analysis, options: &InsertOptions) -> (Option<Planned>, Diagnostics) {
    let (plan_options, mut diagnostics) = plan_options(analysis, options);
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let mut planned = match widths::planned(analysis, options, &plan_options) {
        Ok(planned) => planned,
        Err(mut error) => {
            let sure = plan_options.rewrites.sure.iter();
            let names: Vec<&str> = sure
                .map(|state| analysis.graph.states[state.index()].name.as_str())
                .collect();
            if !names.is_empty() {
                error = error.note(format!(
                    "these states are checkpoints because of memories that outlive a supply failure: {}",
                    names.join(", ")
                ));
            }
            if let Some(most) = options.max_bits {
                let bound = format!("states that save more than {most} bits are no checkpoints");
                error = error.note(format!("{bound} (`max_bits` under `[plan]`)"));
            }
            diagnostics.push(error);
            return (None, diagnostics);
        }
    };
    if !options.drop_bits.is_empty() || options.alternative.is_some() {
        // Those are laid out as they are.
        for checkpoint in &mut planned.plan.checkpoints {
            let derived: Vec<usize> = checkpoint.derived.keys().copied().collect();
            checkpoint.save_derived(derived);
        }
    }
    for bit in &options.drop_bits {
        if let Err(error) = drop_bit(&mut planned.plan, analysis, bit) {
            diagnostics.push(error);
            return (None, diagnostics);
        }
    }
    if let Some(which) = options.alternative {
        let (netlist, graph) = (&analysis.netlist, &analysis.graph);
        let plan = &planned.plan;
        planned.plan = plan.alternative(which, netlist, graph, &analysis.liveness);
    }
    if !options.drop_bits.is_empty() || options.alternative.is_some() {
        let options = options.of_width(planned.layout.word_bits);
        planned.layout = budget::lay_out(analysis, &options, &planned.plan);
    }
    (Some(planned), diagnostics)
}

/// From live bits to the files of an instrumented design.
pub fn insert(
    analysis: &mut Analysis,
    sources: &SourceMap,
    options: &InsertOptions,
) -> (Option<Inserted>, Diagnostics) {
    let mut clock = Stopwatch::start();
    let mut diagnostics = analysis.surroundings.clone();
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (planned, found) = planned(analysis, options);
    diagnostics.list.extend(found.list);
    let Some(Planned {
        plan,
        layout,
        energy,
        times,
        widths,
        ..
    }) = planned
    else {
        return (None, diagnostics);
    };
    clock.skip();
    clock.laps.extend(times);
    let policy = match policy::chosen(options, &plan, &layout, energy.as_ref()) {
        Ok(policy) => policy,
        Err(error) => {
            diagnostics.push(error);
            return (None, diagnostics);
        }
    };
    let skips = match (policy, &energy) {
        (policy @ (Policy::Threshold | Policy::Reactive), Some(model)) => {
            let takes = plan.without_save.iter();
            let levels = takes.map(|&takes| model.supply.level(takes));
            // No level lets a sure save be skipped, and none ends a rest after it.
            let levels = levels.zip(&plan.checkpoints).map(|(level, checkpoint)| {
                match plan.is_sure(checkpoint.state) {
                    true => u8::MAX,
                    false => level,
                }
            });
            let levels = levels.collect();
            match policy {
                Policy::Reactive => Skips::AboveOrRest(levels),
                _ => Skips::Above(levels),
            }
        }
        (Policy::Timer, Some(model)) => {
            Skips::Within(plan.interval(model.supply.budget(), model.most_cycle()))
        }
        _ => Skips::Never,
    };
    let (attempt, written_out) = with_room(|| {
        written_out::attempt(
            &*analysis,
            sources,
            &plan,
            &layout,
            &InstrumentOptions {
                design_hash: analysis.hash.clone(),
                skips,
                ..options.instrument.clone()
            },
        )
    });
    clock.lap("instrument");
    analysis.times.extend(clock.laps);
    diagnostics.list.extend(attempt.diagnostics.list);
    let inserted = attempt
        .output
        .filter(|_| !diagnostics.has_errors())
        .map(|output| Inserted {
            plan,
            layout,
            energy,
            policy,
            widths,
            output,
            written_out,
        });
    (inserted, diagnostics)
}

/// The control state of this name.
///
/// # Errors
/// That there is none, with the nearest name.
pub fn state_named(graph: &ControlGraph, name: &str) -> Result<StateId, Diagnostic> {
    let position = graph.states.iter().position(|state| state.name == name);
    position.map(|index| StateId(index as u32)).ok_or_else(|| {
        let nearest = graph
            .states
            .iter()
            .map(|state| &state.name)
            .min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let error = Diagnostic::global(
            codes::UNKNOWN_STATE,
            format!("there is no control state `{name}`"),
        );
        match nearest {
            Some(nearest) => error.help(format!(
                "the nearest name is `{nearest}`; `idetic analyze` lists all"
            )),
            None => error,
        }
    })
}

/// The bit of a register that `name[bit]` names, bits counted from 0.
pub fn bit_named(netlist: &Netlist, text: &str) -> Option<(RegId, u32)> {
    let (name, bit) = text.strip_suffix(']')?.rsplit_once('[')?;
    let bit: u32 = bit.parse().ok()?;
    let mut registers = netlist.registers.iter();
    let register = registers.position(|register| register.name == name && bit < register.width)?;
    Some((RegId(register as u32), bit))
}

/// Removes a bit from every checkpoint, so that a restore loses it.
fn drop_bit(plan: &mut Plan, analysis: &Analysis, bit: &str) -> Result<(), Diagnostic> {
    let wrong = || {
        Diagnostic::global(
            codes::CONFIG,
            format!("`{bit}` is no bit of a register, written `name[bit]`"),
        )
    };
    let (register, index) = bit_named(&analysis.netlist, bit).ok_or_else(wrong)?;
    let number = analysis.liveness.bits.of(register, index);
    for checkpoint in &mut plan.checkpoints {
        checkpoint.saved.remove(number);
        checkpoint.given.remove(number);
    }
    Ok(())
}

/// SHA-256 over everything that decides what the design is.
fn hash(sources: &SourceMap, options: &AnalyzeOptions, top: &str) -> String {
    let mut hasher = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    let read: Vec<&PathBuf> = options.read.files.iter().collect();
    for (_, file) in sources.files() {
        if file.included || read.contains(&&file.path) {
            field(file.text.as_bytes());
        }
    }
    for (path, text) in sources.data_files() {
        field(path.as_os_str().as_encoded_bytes());
        field(text.as_bytes());
    }
    for (name, value) in &options.elaborate.parameters {
        field(name.as_bytes());
        field(value.as_bytes());
    }
    for (name, value) in &options.read.defines {
        field(name.as_bytes());
        field(value.as_deref().unwrap_or("").as_bytes());
    }
    for (name, _) in &options.elaborate.kept_memories {
        field(b"kept");
        field(name.as_bytes());
    }
    field(top.as_bytes());
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
