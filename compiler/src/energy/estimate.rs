//! The energy of each control state, estimated from the netlist.
//!
//! In a state the control registers have their values and everything else is
//! unknown; what follows is known by three-valued evaluation. A register bit *can
//! change* unless its next value is known to be the present one, or leads back
//! to it through multiplexers whose selects are known. A cell is *evaluated* if
//! its value is not known. The cycle that runs in the state takes
//!
//! ```text
//! every flip-flop × a clock + bits that can change × a flip-flop's transition
//!     + cells evaluated × their transition + leakage × the period
//! ```
//!
//! with the figures of [`super::cells`]: *most* counts one transition of each at
//! the largest figure; *mean* half of them ([`ACTIVITY`]) at the mean figure.
//! Glitches, wires and the clock tree above the flip-flops are not in it: where
//! you have a measured figure, calibrate by it.

use crate::control::ControlGraph;
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{ExprId, Netlist, Node, RegId};

use super::cells::{self, Cell};

/// Part of the transitions that can happen that does: a bit of random data
/// changes in every other cycle.
pub const ACTIVITY: f64 = 0.5;

/// Flip-flops of the controller (state, CRC, address, counters: some 64 with words of 32 bits, see
/// `rtl-runtime/idetic_controller.v`), and as many again for its logic.
const CONTROLLER_FLOPS: f64 = 128.0;

/// The figures of a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Joules of a cycle that runs in each state, most.
    pub most_joules: Vec<f64>,
    /// The same, mean.
    pub mean_joules: Vec<f64>,
    /// Joules of a cycle in which nothing changes, mean: clock and leakage.
    pub idle_joules: f64,
    /// Joules of a clock in which the design is stalled: the controller works,
    /// and every saved bit may move.
    pub stall_joules: f64,
    /// Area of the cells, in units of the library.
    pub area: f64,
}

/// Estimates a design at a clock frequency; `leakage_watts` replaces the estimate of the leakage.
pub fn estimate(
    netlist: &Netlist,
    graph: &ControlGraph,
    clock_hz: f64,
    leakage_watts: Option<f64>,
) -> Estimate {
    let flops = netlist.flop_bits() as f64;
    let cone = Cone::new(&netlist.exprs, netlist.roots());
    let priced = priced(netlist, &cone);
    let area = area_of(netlist, &priced);
    let leakage = leakage_watts.unwrap_or(area * cells::LEAKAGE_WATTS) / clock_hz;
    let mut scratch = Scratch::default();
    let (mut most, mut mean) = (Vec::new(), Vec::new());
    let idle = flops * cells::FLOP_CLOCK_MEAN_JOULES + leakage;
    for state in &graph.states {
        let mut known = Known::nothing(&cone);
        for (&register, value) in graph.registers.iter().zip(&state.values) {
            known.set(&cone, netlist.registers[register.index()].expr, value);
        }
        if known.sweep(&cone, &netlist.exprs, &mut scratch).is_err() {
            unreachable!("nothing but leaves is set");
        }
        let view = View {
            netlist,
            cone: &cone,
            known: &known,
        };
        let moving = view.changing_bits() as f64;
        let (mut cells_most, mut cells_mean) = (0.0, 0.0);
        for &(id, cell, count) in &priced {
            let cells = f64::from(view.unknown_bits(id)) * count;
            cells_most += cells * cell.most_joules;
            cells_mean += cells * cell.mean_joules;
        }
        most.push(
            flops * cells::FLOP_CLOCK_MOST_JOULES
                + moving * cells::FLOP.most_joules
                + cells_most
                + leakage,
        );
        mean.push(idle + ACTIVITY * (moving * cells::FLOP.mean_joules + cells_mean));
    }
    let all = flops + CONTROLLER_FLOPS;
    let transition = cells::FLOP.most_joules + cells::MUX.most_joules;
    Estimate {
        most_joules: most,
        mean_joules: mean,
        idle_joules: idle,
        stall_joules: all * (cells::FLOP_CLOCK_MOST_JOULES + transition) + leakage,
        area,
    }
}

/// A node, the cells that each bit of it becomes, and how many.
pub(super) type Priced = (ExprId, Cell, f64);

/// The cells that each node of a cone becomes.
pub(super) fn priced(netlist: &Netlist, cone: &Cone) -> Vec<Priced> {
    let cells = cone.nodes().iter().filter_map(|&id| {
        let (cell, count) = cells::cells(&netlist.exprs, netlist.exprs.node(id))?;
        Some((id, cell, count))
    });
    cells.collect()
}

/// The estimated area of a design, in units of the library.
pub fn area(netlist: &Netlist) -> f64 {
    let cone = Cone::new(&netlist.exprs, netlist.roots());
    area_of(netlist, &priced(netlist, &cone))
}

/// The area of flip-flops and cells; memories count as flip-flops.
fn area_of(netlist: &Netlist, priced: &[Priced]) -> f64 {
    let registers = netlist.registers.iter().map(|register| {
        let plain = register.async_resets.is_empty();
        let each = if plain {
            cells::FLOP.area
        } else {
            cells::RESET_FLOP_AREA
        };
        f64::from(register.width) * each
    });
    let memories = netlist.written_memories();
    let bits = memories.map(|memory| netlist.memories[memory.index()].bits() as f64);
    let cells = priced.iter().map(|(id, cell, count)| {
        let width = f64::from(netlist.exprs.width(*id));
        width * count * cell.area
    });
    registers.sum::<f64>() + bits.sum::<f64>() * cells::FLOP.area + cells.sum::<f64>()
}

/// A netlist in one state.
struct View<'a> {
    netlist: &'a Netlist,
    cone: &'a Cone,
    known: &'a Known,
}

impl View<'_> {
    fn unknown_bits(&self, expr: ExprId) -> u32 {
        let known = self.known.planes(self.cone, expr).known;
        let ones: u32 = known.iter().map(|limb| limb.count_ones()).sum();
        self.netlist.exprs.width(expr) - ones
    }

    /// How many register bits can change at the edge that ends the cycle.
    fn changing_bits(&self) -> u64 {
        let mut changing = 0;
        for (index, register) in self.netlist.registers.iter().enumerate() {
            let now = self.known.planes(self.cone, register.expr);
            let next = self.known.planes(self.cone, register.next);
            for bit in 0..register.width {
                let same = match (now.bit(bit), next.bit(bit)) {
                    (Some(now), Some(next)) => now == next,
                    _ => self.comes_from(register.next, bit) == Some((RegId(index as u32), bit)),
                };
                changing += u64::from(!same);
            }
        }
        changing
    }

    /// The register bit that a bit of an expression is a copy of, as far as the
    /// known selects tell.
    fn comes_from(&self, mut expr: ExprId, mut bit: u32) -> Option<(RegId, u32)> {
        let exprs = &self.netlist.exprs;
        loop {
            match exprs.node(expr) {
                Node::Reg(register) => return Some((*register, bit)),
                Node::Mux(select, then, other) => {
                    expr = match self.known.planes(self.cone, *select).bit(0)? {
                        true => *then,
                        false => *other,
                    };
                }
                Node::Slice(of, low) => (expr, bit) = (*of, bit + low),
                Node::Concat(items) => {
                    let part = items.iter().find(|&&item| {
                        let width = exprs.width(item);
                        let here = bit < width;
                        if !here {
                            bit -= width;
                        }
                        here
                    });
                    expr = *part?;
                }
                Node::Index(index, items) => {
                    let planes = self.known.planes(self.cone, *index);
                    let at = planes.number(exprs.width(*index))?;
                    expr = *items.get(usize::try_from(at).ok()?)?;
                }
                _ => return None,
            }
        }
    }
}
