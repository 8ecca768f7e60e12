//! What stands at the edges of the machine: clocks, resets, black boxes.

use super::{BlackBoxId, ClockId, ExprId, InstanceId};
use crate::frontend::ast::Direction;
use crate::source::Span;

/// A clock: an edge of an input port of the top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The top-level input port.
    pub port: String,
    /// Active edge is rising.
    pub rising: bool,
    /// An event control that waits for it.
    pub span: Span,
}

impl Clock {
    /// "the rising edge of `clk`"
    pub fn describe(&self) -> String {
        let edge = if self.rising { "rising" } else { "falling" };
        format!("the {edge} edge of `{}`", self.port)
    }

    /// Whether the configured text names it: `clk`, `posedge clk`, `negedge clk`.
    pub fn is_named(&self, text: &str) -> bool {
        let mut words = text.split_whitespace();
        let (first, second) = (words.next(), words.next());
        match (first, second) {
            (Some("posedge"), Some(port)) => self.rising && port == self.port,
            (Some("negedge"), Some(port)) => !self.rising && port == self.port,
            (Some(port), None) => port == self.port,
            _ => false,
        }
    }
}

/// How a clocked process gets its clock and its asynchronous resets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocking {
    /// The clock at whose edges the register changes.
    pub clock: ClockId,
    /// The gate of the design that the clock passes, if any. The enable is part
    /// of the next value.
    pub gate: Option<GateKind>,
    /// The `if (reset)` levels of its process, outermost first.
    pub resets: Vec<ResetSource>,
    /// One of them, whatever makes it, sets this register.
    pub set_by_reset: bool,
}

/// The form of a clock gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GateKind {
    /// A closed gate rests at the level in front of the active edge: `clk & en`.
    And,
    /// A closed gate rests at the level behind the active edge: `clk | off`.
    Or,
}

/// What makes an asynchronous reset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ResetSource {
    /// A constant that is never active.
    Never,
    /// A top-level input port, and whether it is active high.
    Port(String, bool),
    /// Logic or a register of the design.
    Logic,
}

/// An asynchronous reset that logic makes; it is part of the expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogicReset {
    /// The clock of registers that it resets.
    pub clock: ClockId,
    /// One bit, 1 = active.
    pub active: ExprId,
}

/// Where a value of the machine comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// A port of the top module.
    Port,
    /// Tells which bits of the port are released, 1 = high impedance.
    Released,
    /// A register or memory of another clock.
    Crossing,
    /// A port of a black box.
    BlackBox(BlackBoxId),
}

/// An instance whose module has no body, or one that is not looked at.
#[derive(Debug, Clone)]
pub struct BlackBox {
    /// The instance; its module has the name.
    pub instance: InstanceId,
    /// Name of the module.
    pub module: String,
    /// Hierarchical path.
    pub path: String,
    /// Where it is instantiated.
    pub span: Span,
    /// Its module holds something that was not looked at.
    pub has_body: bool,
    /// Its ports in order.
    pub ports: Vec<BlackBoxPort>,
}

/// A port of a [`BlackBox`].
#[derive(Debug, Clone)]
pub struct BlackBoxPort {
    /// Name.
    pub name: String,
    /// Direction.
    pub direction: Direction,
    /// Width in bits.
    pub width: u32,
    /// What it carries.
    pub role: BlackBoxRole,
}

impl BlackBoxPort {
    /// As it is declared: `input [7:0] addr`.
    pub fn declaration(&self) -> String {
        let direction = match self.direction {
            Direction::Input => "input",
            _ => "output",
        };
        match self.width {
            1 => format!("{direction} {}", self.name),
            width => format!("{direction} [{}:0] {}", width - 1, self.name),
        }
    }
}

/// What a port of a black box carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlackBoxRole {
    /// A value of the machine: an input of it for an output of the box, and the reverse.
    Data(ExprId),
    /// A clock.
    Clock {
        /// Which.
        clock: ClockId,
        /// The port rests at 0: the active edge is its rising one.
        rests_low: bool,
    },
    /// An input that nothing is connected to, or a constant.
    Idle,
}
