//! When the environment looks at outputs: promises of the user.

use super::{ExprId, Netlist};

/// In which logical cycles an output counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampled {
    /// In all.
    Always,
    /// In none.
    Never,
    /// In those in which a condition of one bit holds, which itself counts in all.
    When(ExprId),
}

impl Netlist {
    /// The conditions under which outputs count.
    pub fn conditions(&self) -> impl Iterator<Item = ExprId> + '_ {
        self.outputs
            .iter()
            .filter_map(|output| match output.sampled {
                Sampled::When(condition) => Some(condition),
                Sampled::Always | Sampled::Never => None,
            })
    }
}
