//! Area and energy of the cells that an expression becomes.
//!
//! Figures are of the OSU 0.18 µm library (`osu018_stdcells.lib` of the Debian
//! package `qflow-tech-osu018`: typical process, 1.8 V, 25 °C). Its power tables
//! are in pJ per transition, over slews and loads; *mean* is the average of rise
//! and fall over a table, *most* its largest entry.

use crate::netlist::{BinaryOp, Exprs, Node, UnaryOp};

/// Supply voltage of the library.
pub const VOLTS: f64 = 1.8;

/// A cell: its area in the library's units, joules per output transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Area.
    pub area: f64,
    /// Joules of a transition, mean.
    pub mean_joules: f64,
    /// Joules of a transition, most.
    pub most_joules: f64,
}

/// NAND2X1, for a gate of two inputs.
pub const GATE: Cell = cell(24.0, 0.041e-12, 0.120e-12);
/// MUX2X1.
pub const MUX: Cell = cell(48.0, 0.071e-12, 0.189e-12);
/// XOR2X1.
pub const XOR: Cell = cell(56.0, 0.118e-12, 0.258e-12);
/// FAX1.
pub const ADDER: Cell = cell(120.0, 0.090e-12, 0.189e-12);
/// DFFPOSX1; its transitions are those of the output.
pub const FLOP: Cell = cell(96.0, 0.139e-12, 0.296e-12);

/// DFFSR: a flip-flop with asynchronous set and reset.
pub const RESET_FLOP_AREA: f64 = 176.0;

/// The controller with words of so many bits, without memories: Yosys 0.23 maps
/// `rtl-runtime/idetic_controller.v` with words of 8, 16, 32 and 64 bits to 24064, 28717,
/// 33262 and 47153 (`cargo xtask overhead` maps whole designs).
pub fn controller_area(word_bits: u32) -> f64 {
    20_800.0 + 410.0 * f64::from(word_bits)
}

/// A clock of a flip-flop whose output stays: the table for CLK of DFFPOSX1,
/// rise and fall, and C·V² of its pin (0.0279 pF).
pub const FLOP_CLOCK_MEAN_JOULES: f64 = 0.165e-12 + 0.0279e-12 * VOLTS * VOLTS;
/// The same with the largest entries.
pub const FLOP_CLOCK_MOST_JOULES: f64 = 0.322e-12 + 0.0279e-12 * VOLTS * VOLTS;

/// Watts of leakage per unit of area: 0.160725 nW of the 96 of DFFPOSX1, the
/// leakiest of the cells above.
pub const LEAKAGE_WATTS: f64 = 0.160_725e-9 / 96.0;

const fn cell(area: f64, mean_joules: f64, most_joules: f64) -> Cell {
    Cell {
        area,
        mean_joules,
        most_joules,
    }
}

/// The cells of a node: which, and how many per bit of its value.
pub(super) fn cells(exprs: &Exprs, node: &Node) -> Option<(Cell, f64)> {
    let width = |expr| f64::from(exprs.width(expr));
    // Stages of a barrel shifter or of an address decoder.
    let stages = |choices: f64| choices.max(2.0).log2().ceil();
    Some(match node {
        Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) => return None,
        Node::Slice(..) | Node::Concat(_) => return None,
        Node::Unary(UnaryOp::SignExtend, _) => return None,
        Node::MemRead(..) => (MUX, 1.0),
        Node::Unary(UnaryOp::Not, _) => (GATE, 1.0),
        Node::Unary(UnaryOp::Neg, _) => (ADDER, 1.0),
        Node::Unary(UnaryOp::ReduceXor, a) => (XOR, width(*a) - 1.0),
        Node::Unary(UnaryOp::ReduceAnd | UnaryOp::ReduceOr, a) => (GATE, width(*a) - 1.0),
        Node::Mux(..) => (MUX, 1.0),
        Node::Index(_, items) => (MUX, items.len() as f64 - 1.0),
        Node::Binary(op, a, b) => match op {
            BinaryOp::And | BinaryOp::Or => (GATE, 1.0),
            BinaryOp::Xor => (XOR, 1.0),
            BinaryOp::Add | BinaryOp::Sub => (ADDER, 1.0),
            BinaryOp::Eq => (XOR, width(*a)),
            BinaryOp::LtU | BinaryOp::LtS => (ADDER, width(*a)),
            BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => {
                (MUX, stages(width(*a)).min(width(*b)))
            }
            BinaryOp::Mul | BinaryOp::DivU | BinaryOp::DivS | BinaryOp::ModU | BinaryOp::ModS => {
                (ADDER, width(*a))
            }
        },
    })
}
