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
use crate::netlist::known::Cone;
use crate::netlist::{ExprId, Netlist};

use super::cells::{self, Cell};
use super::switching::{States, Switching};

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
    let idle = flops * cells::FLOP_CLOCK_MEAN_JOULES + leakage;
    let (mut most, mut mean) = (Vec::new(), Vec::new());
    let mut states = States::new(netlist, graph, &cone, &priced);
    for state in &graph.states {
        let Switching {
            moving,
            most: cells_most,
            mean: cells_mean,
        } = states.switching(&state.values);
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
