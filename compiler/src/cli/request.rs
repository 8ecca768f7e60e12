//! What a run is asked to do: the command line over the configuration file.

use std::path::{Path, PathBuf};

use crate::cli::args::{DesignArgs, Hold, PlanArgs};
use crate::cli::config::{
    self, BlackBoxConfig, BoxState, Config, DesignConfig, Level, OtherClockConfig, OtherState,
    ResetConfig, ResetKind, Stalled,
};
use crate::cli::energy_config::{self, Wrong};
use crate::cli::filelist::{self, FileList};
use crate::cli::nvm_config;
use crate::cli::plan_config::HoldConfig;
use crate::control::{self, ControlOptions, LevelEffect};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::domain::{BlackBoxOptions, BlackBoxState, DomainOptions, OtherClock};
use crate::driver::{Analysis, AnalyzeOptions, InsertOptions};
use crate::elaborate::{ClockGateCell, ElaborateOptions, MEMORY_EXPAND_LIMIT_BITS};
use crate::frontend::{ReadOptions, library};
use crate::instrument::{self, InstrumentOptions};
use crate::netlist::Netlist;
use crate::plan::Policy;
use crate::source::{Setting, SourceMap};

/// The configuration file that is read without `-c`, if it is there.
const DEFAULT_CONFIG: &str = "idetic.toml";

/// Bits of an NVM word without `[nvm] word_bits`.
pub const DEFAULT_WORD_BITS: u32 = 32;

/// A merged request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// For the analysis.
    pub analyze: AnalyzeOptions,
    /// For the rest.
    pub insert: InsertOptions,
    /// `[design] reset`, to be checked against the design.
    pub reset: Option<ResetConfig>,
    /// Memories that `[memory]` names, to be checked against the design.
    pub memories: Vec<String>,
    /// The report compares the plan with others.
    pub baseline: bool,
    /// The report has the plans for other weights.
    pub pareto: bool,
}

impl Request {
    /// The macros as tools take them: `NAME` or `NAME=VALUE`.
    pub fn defines(&self) -> Vec<String> {
        let defines = self.analyze.read.defines.iter();
        defines
            .map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => name.clone(),
            })
            .collect()
    }
}

/// What a configuration file alone asks for.
///
/// # Errors
/// As the file's: unreadable, malformed, or without files.
pub fn configured(config: &Path, sources: &mut SourceMap) -> Result<Request, Diagnostic> {
    let design = DesignArgs {
        config: Some(config.to_path_buf()),
        ..DesignArgs::default()
    };
    request(&design, None, sources)
}

/// Merges arguments and configuration; flags win.
pub fn request(
    design: &DesignArgs,
    plan: Option<&PlanArgs>,
    sources: &mut SourceMap,
) -> Result<Request, Diagnostic> {
    let config = match &design.config {
        Some(path) => config::read(path, sources)?,
        None if Path::new(DEFAULT_CONFIG).is_file() => {
            config::read(Path::new(DEFAULT_CONFIG), sources)?
        }
        None => Config::default(),
    };
    let mut list = FileList::default();
    for path in &design.file_list {
        filelist::read(path, sources, &mut list)?;
    }
    let mut files = [design.files.clone(), list.files.clone()].concat();
    if files.is_empty() {
        files = config.design.files.clone();
    }
    if files.is_empty() {
        return Err(
            Diagnostic::global(codes::FILE_UNREADABLE, "no Verilog files are given")
                .help("name them on the command line, in front of options that take several names (`--tb`), or under `[design] files` in idetic.toml"),
        );
    }
    let include_dirs = [
        design.include.clone(),
        list.include.clone(),
        config.design.include.clone(),
    ]
    .concat();
    let defines = [
        config.design.define.clone(),
        list.define.clone(),
        design.define.clone(),
    ]
    .concat();
    let mut parameters: Vec<(String, String)> = config
        .design
        .parameter
        .iter()
        .map(|(name, value)| (name.clone(), value.to_string()))
        .collect();
    for setting in &design.parameter {
        let (name, value) = setting
            .split_once('=')
            .expect("the argument parser has checked the form");
        parameters.retain(|(known, _)| known != name);
        sources.settings.remove(&["design", "parameter", name]);
        parameters.push((name.to_string(), value.to_string()));
    }
    if design.top.is_some() {
        sources.settings.remove(&["design", "top"]);
    }
    let hold = match (plan.and_then(|plan| plan.hold), config.plan.hold) {
        (Some(Hold::Enable), _) | (None, Some(HoldConfig::Enable)) => instrument::Hold::Enable,
        _ => instrument::Hold::Gate,
    };
    let widths = plan
        .and_then(|plan| plan.word_bits.as_ref())
        .or(config.nvm.word_bits.as_ref())
        .map_or(vec![DEFAULT_WORD_BITS], |bits| bits.list().to_vec());
    let word_bits = widths[0];
    nvm_config::check_widths(&config, &widths).map_err(|Wrong(setting, message, help)| {
        let error = Diagnostic::global(codes::CONFIG, message);
        error.setting(setting).help(help)
    })?;
    let max_cycles = plan
        .and_then(|plan| plan.max_cycles)
        .or(config.plan.max_cycles);
    let policies = config.plan.policy.list();
    let skips = policies.iter().find(|policy| **policy != Policy::Static);
    if let (Some(policy), Some(cycles)) = (skips, max_cycles) {
        let message = format!(
            "at most {cycles} logical cycles between two saves are asked for, but `policy = \"{}\"` skips saves",
            policy.name()
        );
        return Err(Diagnostic::global(codes::CONFIG, message)
            .setting(Setting::new(&["plan", "policy"]))
            .help("leave one of them out"));
    }
    let reset = config.design.reset.clone();
    let mut read = ReadOptions {
        texts: Default::default(),
        observe: config.observed.clone(),
        files,
        library_files: 0,
        include_dirs,
        defines: defines.iter().map(|define| split_define(define)).collect(),
    };
    if !list.libraries.is_empty() {
        let found = library::needed(&read, &list.libraries);
        read.library_files = found.len();
        read.files.extend(found);
    }
    Ok(Request {
        analyze: AnalyzeOptions {
            read,
            elaborate: ElaborateOptions {
                top: design.top.clone().or(config.design.top.clone()),
                parameters: parameters.clone(),
                clocks: config.design.clock.list(),
                clock_gates: clock_gates(&config.design),
                black_boxes: config.design.blackbox.keys().cloned().collect(),
                memory_expand_limit_bits: config
                    .memory
                    .expand_limit_bits
                    .unwrap_or(MEMORY_EXPAND_LIMIT_BITS),
                kept_memories: (config.memory.kinds.iter())
                    .filter_map(|(name, kind)| Some((name.clone(), kind.kept()?)))
                    .collect(),
            },
            domain: domain(&config.design),
            control: ControlOptions {
                reset: reset
                    .as_ref()
                    .map(|reset| (reset.name.clone(), reset.active == Level::High)),
                state_limit: config
                    .plan
                    .state_limit
                    .unwrap_or(ControlOptions::default().state_limit),
                forced: config.plan.control.clone(),
                forbidden: config.plan.not_control.clone(),
                ..ControlOptions::default()
            },
        },
        insert: InsertOptions {
            word_bits,
            widths: nvm_config::widths(&config, &widths),
            energy: energy_config::options(&config, word_bits),
            max_cycles,
            recompute: config.plan.recompute,
            forced: config.plan.forced.clone(),
            forbidden: config.plan.forbidden.clone(),
            max_bits: config.plan.max_bits,
            policy: policies[0],
            policies: if policies.len() > 1 {
                policies
            } else {
                Vec::new()
            },
            alternative: None,
            instrument: InstrumentOptions {
                hold,
                parameters,
                ..InstrumentOptions::default()
            },
            drop_bits: plan.map(|plan| plan.drop_bit.clone()).unwrap_or_default(),
        },
        reset,
        memories: config.memory.kinds.keys().cloned().collect(),
        baseline: false,
        pareto: false,
    })
}

fn clock_gates(design: &DesignConfig) -> Vec<ClockGateCell> {
    let cells = design.clock_gate.iter();
    cells
        .map(|(module, cell)| ClockGateCell {
            module: module.clone(),
            clock: cell.clock.clone(),
            enables: cell.enable.list(),
            gated: cell.gated.clone(),
        })
        .collect()
}

/// What the configuration says of clocks and black boxes.
fn domain(design: &DesignConfig) -> DomainOptions {
    let other = |other: &OtherClockConfig| OtherClock {
        powered: other.state == OtherState::Powered,
        stopped: other.stalled == Some(Stalled::Stopped),
    };
    let black_box = |said: &BlackBoxConfig| {
        let (state, clocks) = match said {
            BlackBoxConfig::State(state) => (*state, None),
            BlackBoxConfig::Table(table) => (table.state, table.clock.clone()),
        };
        let state = match state {
            BoxState::Stateless => BlackBoxState::Stateless,
            BoxState::Nonvolatile => BlackBoxState::Nonvolatile,
            BoxState::Hooks => BlackBoxState::Hooks,
        };
        BlackBoxOptions { state, clocks }
    };
    let others = design.other_clocks.iter();
    let boxes = design.blackbox.iter();
    DomainOptions {
        clocks: design.clock.list(),
        others: others
            .map(|(name, said)| (name.clone(), other(said)))
            .collect(),
        black_boxes: boxes
            .map(|(name, said)| (name.clone(), black_box(said)))
            .collect(),
    }
}

fn split_define(define: &str) -> (String, Option<String>) {
    match define.split_once('=') {
        Some((name, value)) => (name.to_string(), Some(value.to_string())),
        None => (define.to_string(), None),
    }
}

/// An absolute form of a path, whether or not it exists.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Whether the configured reset contradicts the design: an input that is not
/// there, one said to be asynchronous that resets no register so, or one that
/// resets at the other level. A warning where it is not seen to reset anything.
pub fn check_reset(request: &Request, analysis: &Analysis) -> Option<Diagnostic> {
    let reset = request.reset.as_ref()?;
    let netlist = &analysis.netlist;
    let wrong = |key: &str, message: String, help: String| {
        let error = Diagnostic::global(codes::CLOCK_NOT_FOUND, message);
        let setting = Setting::new(&["design", "reset", key]);
        Some(error.setting(setting).help(help))
    };
    let name = &reset.name;
    if netlist.input_port(name).is_none() {
        let message = format!(
            "the configured reset `{name}` is no input of `{}`",
            netlist.top
        );
        return wrong("name", message, "name an input of the top module".into());
    }
    let high = reset.active == Level::High;
    let other_level = || {
        let message = format!("`{name}` is active at the other level than configured");
        let level = if high { "low" } else { "high" };
        wrong("active", message, format!("write `active = \"{level}\"`"))
    };
    let mut levels = netlist
        .registers
        .iter()
        .flat_map(|register| &register.async_resets)
        .filter(|found| found.port.0 == reset.name)
        .map(|found| found.port.1);
    match (reset.kind, levels.next()) {
        (ResetKind::Async, None) => wrong(
            "kind",
            format!(
                "`{name}` is configured as an asynchronous reset, but resets no register at once"
            ),
            "write `kind = \"sync\"`, or name the asynchronous reset".into(),
        ),
        (ResetKind::Sync, Some(_)) => wrong(
            "kind",
            format!("`{name}` is configured as a synchronous reset, but resets registers at once"),
            "write `kind = \"async\"`".into(),
        ),
        (ResetKind::Async, Some(found)) if found != high => other_level(),
        (ResetKind::Async, Some(_)) => None,
        (ResetKind::Sync, None) => match control::level_effect(netlist, name, high) {
            LevelEffect::Resets => None,
            LevelEffect::OtherResets => other_level(),
            LevelEffect::None => {
                let message = format!(
                    "`{name}` at the configured level sets no register within a few clocks"
                );
                let help = "name the input that resets the design, or leave `reset` out".into();
                let mut warning = wrong("name", message, help)?;
                warning.severity = Severity::Warning;
                Some(warning.note("registers without a known start are no control registers, so there are fewer states"))
            }
        },
    }
}

/// The error where `[memory]` names what is no memory of the design.
pub fn check_memories(request: &Request, analysis: &Analysis) -> Option<Diagnostic> {
    let netlist = &analysis.netlist;
    // Elements of expanded arrays are registers: `u.ram[3]`.
    let arrays = netlist.registers.iter().filter_map(|register| {
        let end = register.name.rfind('[')?;
        Some(&register.name[..end])
    });
    let memories = netlist.memories.iter().map(|memory| memory.name.as_str());
    let known: Vec<&str> = memories.chain(arrays).collect();
    let unknown = request
        .memories
        .iter()
        .find(|name| !known.contains(&name.as_str()));
    let Some(unknown) = unknown else {
        return check_kept(request, netlist);
    };
    let error = Diagnostic::global(
        codes::CONFIG,
        format!(
            "`[memory]` names `{unknown}`, which is no memory that is written by the clock of `{}` and that an output depends on",
            netlist.top
        ),
    );
    let error = error.setting(Setting::new(&["memory", unknown]));
    let nearest = known
        .iter()
        .min_by_key(|known| strsim::damerau_levenshtein(known, unknown));
    Some(match nearest {
        Some(nearest) => error.help(format!("did you mean `{nearest}`?")),
        None => error.help("an array that nothing writes, that another clock writes or that no output depends on is not saved anyway: remove the key"),
    })
}

/// The error where a memory that `[memory]` declares to outlive a failure is none that the design writes.
fn check_kept(request: &Request, netlist: &Netlist) -> Option<Diagnostic> {
    let kept = &request.analyze.elaborate.kept_memories;
    let is_written = |name: &str| {
        let mut list = netlist.kept_memories();
        list.any(|memory| netlist.memories[memory.index()].name == *name)
    };
    let (name, _) = kept.iter().find(|(name, _)| !is_written(name))?;
    let what = match netlist.memories.iter().find(|memory| memory.name == *name) {
        Some(_) => "nothing in the design writes it",
        None => "it is no array that a clocked process writes and an output depends on",
    };
    let message = format!("`{name}` is declared to outlive a supply failure, but {what}");
    Some(
        Diagnostic::global(codes::CONFIG, message)
            .setting(Setting::new(&["memory", name]))
            .help("leave it out, or declare it `volatile`"),
    )
}
