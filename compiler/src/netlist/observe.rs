//! What the environment does at the ports: promises of the user.

use super::{ExprId, Netlist};
use crate::source::Span;

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

/// A handshake with the environment that cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// The design gives something away; else it takes something.
    pub produces: bool,
    /// One bit: something is transferred in this logical cycle.
    pub transfer: ExprId,
    /// Where it is declared.
    pub span: Span,
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
