//! `[plan]` of the configuration file.

use serde::Deserialize;

/// `[plan]`: where checkpoints are placed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanConfig {
    /// When a checkpoint saves. Default: `static`.
    pub policy: Option<PolicyConfig>,
    /// Longest run of logical cycles between two saves. Default: no bound.
    pub max_cycles: Option<u64>,
    /// Bits that are small functions of saved ones are computed in a restore, where that saves words. Default: no.
    #[serde(default)]
    pub recompute: bool,
    /// Control states that must be checkpoints, by name.
    #[serde(default)]
    pub forced: Vec<String>,
    /// Control states that must not be checkpoints, by name.
    #[serde(default)]
    pub forbidden: Vec<String>,
    /// Control registers added by name.
    #[serde(default)]
    pub control: Vec<String>,
    /// Registers that are not to be control registers.
    #[serde(default)]
    pub not_control: Vec<String>,
    /// Weight of the energy of saves. Default 1.
    pub energy_weight: Option<f64>,
    /// Weight of the clocks that saves stall the design. Default 1.
    pub stall_weight: Option<f64>,
    /// Weight of the saved bits. Default 1.
    pub area_weight: Option<f64>,
    /// Most control states explored. Default 4096.
    pub state_limit: Option<usize>,
    /// How the design is held while it is saved.
    pub hold: Option<HoldConfig>,
}

/// `[plan] policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyConfig {
    /// Save at every visit.
    Static,
    /// Skip the save while the supply level is above the checkpoint's threshold.
    Threshold,
    /// Skip the save until as many logical cycles have run since the last one as the budget lasts for.
    Timer,
    /// As `threshold`, and rest after a save until the supply level is above it again.
    Reactive,
}

/// `[plan] hold`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoldConfig {
    /// One clock gate.
    Gate,
    /// Enables.
    Enable,
}
