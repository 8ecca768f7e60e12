//! `idetic.toml`.
//!
//! Unknown keys are errors that name the nearest known one. Sections of the
//! contract that this version does not act on yet are refused, never ignored:
//! a promise that is read and dropped would be worse than none.

use std::ops::Range;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::energy_config::{self, Wrong};
pub use super::energy_config::{EnergyConfig, NvmConfig};
use super::plan_config::PlanConfig;
use super::word_bits::WordBits;
use super::{places, wording};
use crate::cli::observe::{self, Input, Observe};
use crate::diagnostics::{Diagnostic, codes};
use crate::elaborate::MEMORY_MUST_LIMIT_BITS;
use crate::frontend::ObserveOptions;
use crate::netlist::Kept;
use crate::plan::Policy;
use crate::source::{Setting, SourceMap, Span};

/// Largest `[plan] state_limit`.
pub(super) const MAX_STATE_LIMIT: usize = 1 << 20;

/// The whole file. Every key may be left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[design]`
    #[serde(default)]
    pub design: DesignConfig,
    /// `[nvm]`
    #[serde(default)]
    pub nvm: NvmConfig,
    /// `[plan]`
    #[serde(default)]
    pub plan: PlanConfig,
    /// `[observe]`
    #[serde(default)]
    #[schemars(with = "observe::Shape")]
    observe: Observe,
    /// `[observe]` and `[input]` with their places.
    #[serde(skip)]
    pub observed: ObserveOptions,
    /// `[input]`
    #[serde(default)]
    input: Input,
    /// `[memory]`
    #[serde(default)]
    pub memory: MemoryConfig,
    /// `[energy]`
    pub energy: Option<EnergyConfig>,
}

/// `[design]`: what is read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignConfig {
    /// Top module.
    pub top: Option<String>,
    /// Verilog files, relative to the configuration file.
    #[serde(default)]
    pub files: Vec<PathBuf>,
    /// Directories searched for include files, relative to the configuration file.
    #[serde(default)]
    pub include: Vec<PathBuf>,
    /// Macros, as `NAME` or `NAME=VALUE`.
    #[serde(default)]
    pub define: Vec<String>,
    /// Parameters of the top module.
    #[serde(default)]
    pub parameter: IndexMap<String, ParameterValue>,
    /// Clock input, or several; found when left out.
    #[serde(default)]
    pub clock: Names,
    /// What becomes of the state of other clocks.
    #[serde(default)]
    pub other_clocks: IndexMap<String, OtherClockConfig>,
    /// Cells that gate a clock.
    #[serde(default)]
    pub clock_gate: IndexMap<String, ClockGateConfig>,
    /// Modules that are not looked into, with their state.
    #[serde(default)]
    pub blackbox: IndexMap<String, BlackBoxConfig>,
    /// Reset input; found when left out.
    pub reset: Option<ResetConfig>,
}

/// One name or a list of them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a name, or a list of names")]
pub enum Names {
    /// None given.
    #[default]
    None,
    /// `"clk"`
    One(String),
    /// `["clk", "clk_slow"]`
    Several(Vec<String>),
}

impl Names {
    /// As a list.
    pub fn list(&self) -> Vec<String> {
        match self {
            Names::None => Vec::new(),
            Names::One(name) => vec![name.clone()],
            Names::Several(names) => names.clone(),
        }
    }
}

/// `[design] clock_gate`: one module.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockGateConfig {
    /// Its clock input.
    pub clock: String,
    /// Its enable input, or several of which one opens it.
    pub enable: Names,
    /// Its output.
    pub gated: String,
}

/// `[design] other_clocks`: one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherClockConfig {
    /// What becomes of its state in an outage.
    pub state: OtherState,
    /// What it does while the design is stopped. Default: it runs.
    pub stalled: Option<Stalled>,
}

/// What becomes of state that is not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OtherState {
    /// It keeps its supply.
    Powered,
    /// Something gives it first values after an outage.
    Reinitialised,
}

/// What a clock does while `idetic_stall` is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stalled {
    /// It runs on.
    Runs,
    /// It has no edges.
    Stopped,
}

/// `[design] blackbox`: one module.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a black box is \"stateless\", \"nonvolatile\", \"hooks\", or a table with `state` and `clock`"
)]
pub enum BlackBoxConfig {
    /// `"nonvolatile"`
    State(BoxState),
    /// `{ state = "nonvolatile", clock = ["clk"] }`
    Table(BlackBoxTable),
}

/// A black box in full.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlackBoxTable {
    /// Its state.
    pub state: BoxState,
    /// Its clock ports; found when left out.
    pub clock: Option<Vec<String>>,
}

/// The state of a black box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BoxState {
    /// It has none.
    Stateless,
    /// It survives an outage.
    Nonvolatile,
    /// The user saves and restores it.
    Hooks,
}

/// A parameter's value: a number, or text in Verilog notation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a parameter is a whole number, or text in Verilog notation"
)]
pub enum ParameterValue {
    /// `8`
    Number(i64),
    /// `"8'hff"`
    Text(String),
}

impl std::fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ParameterValue::Number(number) => write!(f, "{number}"),
            ParameterValue::Text(text) => f.write_str(text),
        }
    }
}

/// `[design] reset`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetConfig {
    /// Input port.
    pub name: String,
    /// Level at which it resets.
    pub active: Level,
    /// When it acts.
    pub kind: ResetKind,
}

/// A level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 1
    High,
    /// 0
    Low,
}

/// When a reset acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResetKind {
    /// At once.
    Async,
    /// At the clock edge.
    Sync,
}

/// `[memory]`: what becomes of the design's memories.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct MemoryConfig {
    /// An array of at most so many bits becomes registers, saved through the
    /// chain as far as they are live. Default 1024.
    #[schemars(range(min = 0, max = MEMORY_MUST_LIMIT_BITS))]
    pub expand_limit_bits: Option<u64>,
    /// By hierarchical name, how a memory outlives a supply failure.
    #[serde(flatten)]
    pub kinds: IndexMap<String, MemoryKind>,
}

/// How a memory outlives a supply failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemoryKind {
    /// It does not: it is saved with the rest. The default.
    Volatile,
    /// It keeps its contents by itself: they are those of the failure, but for a row that was being written then.
    Nonvolatile,
    /// It is outside of the part that loses its supply: the same.
    External,
}

impl MemoryKind {
    /// Why it outlives a failure, if it does.
    pub fn kept(self) -> Option<Kept> {
        match self {
            MemoryKind::Volatile => None,
            MemoryKind::Nonvolatile => Some(Kept::Nonvolatile),
            MemoryKind::External => Some(Kept::External),
        }
    }
}

/// Reads the configuration file at `path`. It is added to `sources` only to show
/// an error in it: what is there belongs to the design and its file list.
pub fn read(path: &Path, sources: &mut SourceMap) -> Result<Config, Diagnostic> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::InvalidData => "save it as UTF-8 text",
            _ => "name an existing file with -c, or leave -c out",
        };
        Diagnostic::global(
            codes::CONFIG,
            format!("cannot read the configuration {}: {error}", path.display()),
        )
        .help(help)
    })?;
    let file = sources.add_aside(path, text.clone());
    let place =
        |range: Range<usize>| Span::new(file, range.start as u32, range.end.min(text.len()) as u32);
    places::add(&text, file, &mut sources.settings);
    let mut config: Config = toml::from_str(&text).map_err(|error| {
        let span = place(error.span().unwrap_or(0..0));
        let message = wording::worded(error.message());
        let help = wording::mended(&message);
        Diagnostic::error(codes::CONFIG, span, message).help(help)
    })?;
    config.observed = observe::resolve(path, &text, &config.observe, &config.input).map_err(
        |(range, what)| {
            Diagnostic::error(codes::CONFIG, place(range), format!("{what} is not taken"))
                .help("write it between quotes on one line, as Verilog")
        },
    )?;
    let base = path.parent().unwrap_or(Path::new(""));
    if let Some(energy) = &mut config.energy
        && let Some(trace) = &mut energy.on_time_trace
    {
        *trace = base.join(&*trace);
        energy.on_times = energy_config::on_times(trace)?;
    }
    check(&config)?;
    let energy = config.energy.as_mut();
    let waveform = energy.and_then(|energy| energy.activity_waveform.as_mut());
    let design = &mut config.design;
    for path in (design.files.iter_mut())
        .chain(&mut design.include)
        .chain(waveform)
    {
        *path = base.join(&*path);
    }
    Ok(config)
}

/// Refuses what can be read and means nothing.
fn check(config: &Config) -> Result<(), Diagnostic> {
    let wrong = |setting: Setting, message: String, help: &str| {
        let error = Diagnostic::global(codes::CONFIG, message);
        Err(error.setting(setting).help(help))
    };
    if let Some(bits) = config.memory.expand_limit_bits
        && bits > MEMORY_MUST_LIMIT_BITS
    {
        let message =
            format!("`expand_limit_bits = {bits}` is not from 0 to {MEMORY_MUST_LIMIT_BITS}");
        let setting = Setting::new(&["memory", "expand_limit_bits"]);
        return wrong(setting, message, "leave it out for 1024");
    }
    if let Some(message) = config.nvm.word_bits.as_ref().and_then(WordBits::wrong) {
        let setting = Setting::new(&["nvm", "word_bits"]);
        return wrong(setting, message, "16, 32 and 64 are usual widths");
    }
    let plan = &config.plan;
    let policies = plan.policy.list();
    if policies.is_empty() {
        let setting = Setting::new(&["plan", "policy"]);
        let message = "`policy = []` leaves no policy".to_string();
        return wrong(
            setting,
            message,
            "leave it out: then every checkpoint saves",
        );
    }
    let skips = policies.iter().find(|policy| **policy != Policy::Static);
    if let (Some(policy), None) = (skips, &config.energy) {
        let message = format!("`policy = \"{}\"` needs `[energy]`", policy.name());
        return wrong(
            Setting::new(&["plan", "policy"]),
            message,
            "describe the supply under `[energy]`, or leave `policy` out: then every checkpoint saves",
        );
    }
    if plan.max_cycles == Some(0) {
        let message = "`max_cycles = 0` is less than 1".to_string();
        let setting = Setting::new(&["plan", "max_cycles"]);
        return wrong(setting, message, "leave it out for no bound");
    }
    if let Some(limit) = plan.state_limit
        && !(1..=MAX_STATE_LIMIT).contains(&limit)
    {
        let message = format!("`state_limit = {limit}` is not from 1 to {MAX_STATE_LIMIT}");
        let setting = Setting::new(&["plan", "state_limit"]);
        return wrong(setting, message, "leave it out for 4096");
    }
    if let Some(name) = plan
        .control
        .iter()
        .find(|name| plan.not_control.contains(name))
    {
        let message = format!("register `{name}` is both in `control` and in `not_control`");
        let setting = Setting::text(&["plan", "not_control"], name);
        return wrong(setting, message, "remove it from one of the two lists");
    }
    energy_config::check(config)
        .or_else(|Wrong(setting, message, help)| wrong(setting, message, &help))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error, with the first byte of its place.
    fn placed(text: &str) -> (Diagnostic, u32) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("idetic.toml");
        std::fs::write(&path, text).unwrap();
        let mut sources = SourceMap::new();
        let error = read(&path, &mut sources).unwrap_err();
        let own = error.primary.as_ref().map(|label| label.span);
        let setting = error.setting.as_ref();
        let span = own.or_else(|| sources.settings.place(setting?));
        (error, span.expect("a place").start)
    }

    fn error(text: &str) -> Diagnostic {
        placed(text).0
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let (diagnostic, start) = placed("[design]\nclok = \"clk\"\n");
        assert_eq!(diagnostic.help.as_deref(), Some("did you mean `clock`?"));
        assert_eq!(start, 9);
    }

    #[test]
    fn kinds_of_memories_are_checked() {
        assert!(
            error("[memory]\nram = \"volatil\"\n")
                .help
                .is_some_and(|help| help.contains("volatile"))
        );
        assert!(
            error("[memory]\nexpand_limit_bits = 8193\n")
                .message
                .contains("from 0 to 8192")
        );
    }

    #[test]
    fn one_thing_says_how_long_power_cycles_last() {
        let of = |more: &str| {
            let supply =
                "capacitor_farads = 1e-6\non_volts = 3.0\noff_volts = 1.8\nclock_hz = 1e6\n";
            error(&format!(
                "[nvm]\ntechnology = \"fram\"\n[energy]\n{supply}{more}"
            ))
            .message
        };
        for (more, message) in [
            (
                "harvest_watts = 1e-3\non_time_seconds = 1.0\n",
                "both `on_time_seconds` and `harvest_watts`",
            ),
            ("on_time_distribution = \"fixed\"\n", "without a mean"),
            ("on_time_distribution = \"normal\"\n", "normal"),
            (
                "harvest_watts = 1e-3\nleast_harvest_watts = 2e-3\n",
                "more than the mean",
            ),
            ("on_time_seconds = 1e-6\n", "is not from 1e-5"),
            (
                "on_time_trace = \"no such file\"\n",
                "cannot read the on-times",
            ),
            ("on_time_tracee = \"x\"\n", "unknown key `on_time_tracee`"),
        ] {
            assert!(of(more).contains(message), "{more}: {}", of(more));
        }
    }

    #[test]
    fn promises_that_would_not_be_kept_are_refused() {
        assert!(
            error("[input]\nstabel = [\"x\"]\n")
                .message
                .contains("unknown key `stabel`")
        );
        assert!(
            error("[nvm]\nword_bits = 7\n")
                .message
                .contains("even number")
        );
    }
}
