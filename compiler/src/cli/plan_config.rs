//! `[plan]` of the configuration file.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::config::MAX_STATE_LIMIT;
use super::energy_config::MOST_WEIGHT;
use crate::plan::Policy;

/// `[plan]`: where checkpoints are placed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanConfig {
    /// When a checkpoint saves, or a list of which the plan chooses. Default: `static`.
    #[serde(default)]
    pub policy: Policies,
    /// Longest run of logical cycles between two saves. Default: no bound.
    #[schemars(range(min = 1))]
    pub max_cycles: Option<u64>,
    /// Most bits that a checkpoint may save. Default: no bound.
    pub max_bits: Option<u64>,
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
    #[schemars(range(min = 0.0, max = MOST_WEIGHT))]
    pub energy_weight: Option<f64>,
    /// Weight of the clocks that saves stall the design. Default 1.
    #[schemars(range(min = 0.0, max = MOST_WEIGHT))]
    pub stall_weight: Option<f64>,
    /// Weight of the saved bits. Default 1.
    #[schemars(range(min = 0.0, max = MOST_WEIGHT))]
    pub area_weight: Option<f64>,
    /// Most control states explored. Default 4096.
    #[schemars(range(min = 1, max = MAX_STATE_LIMIT))]
    pub state_limit: Option<usize>,
    /// How the design is held while it is saved.
    pub hold: Option<HoldConfig>,
}

/// `[plan] policy`: one, or several to choose from; `static` where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies(Vec<PolicyConfig>);

impl Default for Policies {
    fn default() -> Policies {
        Policies(vec![PolicyConfig::Static])
    }
}

impl<'de> Deserialize<'de> for Policies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Policies, D::Error> {
        deserializer.deserialize_any(PoliciesVisitor)
    }
}

impl JsonSchema for Policies {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Policies".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<PolicyConfig>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// Not an untagged enum, so that an unknown policy is told with the known ones.
struct PoliciesVisitor;

impl<'de> Visitor<'de> for PoliciesVisitor {
    type Value = Policies;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy, or a list of policies")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Policies, E> {
        let policy = PolicyConfig::deserialize(text.into_deserializer())?;
        Ok(Policies(vec![policy]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Policies, A::Error> {
        let mut policies = Vec::new();
        while let Some(policy) = list.next_element()? {
            policies.push(policy);
        }
        Ok(Policies(policies))
    }
}

impl Policies {
    /// In their order.
    pub(super) fn list(&self) -> Vec<Policy> {
        self.0.iter().map(|policy| policy.policy()).collect()
    }
}

impl PolicyConfig {
    fn policy(self) -> Policy {
        match self {
            PolicyConfig::Static => Policy::Static,
            PolicyConfig::Threshold => Policy::Threshold,
            PolicyConfig::Timer => Policy::Timer,
            PolicyConfig::Reactive => Policy::Reactive,
        }
    }
}

/// One policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HoldConfig {
    /// One clock gate.
    Gate,
    /// Enables.
    Enable,
}
