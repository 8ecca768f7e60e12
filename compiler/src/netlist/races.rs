//! Registers whose new value another process may see at the edge at which they
//! change: assigned by `=` in one clocked process, read in another of the same
//! clock. Which of the two runs first is the simulator's choice (IEEE
//! 1364-2005, 11.4.2); the netlist, as synthesis, takes the value from before
//! the edge.

use super::{Assigned, ClockId, ExprId, InstanceId, MemId, Netlist, Node, ProcessRef, RegId};

/// What reads a register at the edge at which `=` changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The next value of a register.
    Register(RegId),
    /// A write port of a memory.
    Memory(MemId),
}

/// A register and a reader of it that race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Race {
    /// Assigned by `=`.
    pub register: RegId,
    /// Changes at the same edge, by another process.
    pub reader: Reader,
}

/// Registers that one sweep follows: a bit of a mask each.
const AT_ONCE: usize = u64::BITS as usize;

/// All races of a netlist, by register, then by reader.
pub fn races(netlist: &Netlist) -> Vec<Race> {
    let ids = (0..netlist.registers.len()).map(|index| RegId(index as u32));
    let suspects: Vec<RegId> = ids
        .filter(|id| netlist.registers[id.index()].origin.assigned != Assigned::Nonblocking)
        .collect();
    let mut found = Vec::new();
    for suspects in suspects.chunks(AT_ONCE) {
        let masks = reach(netlist, suspects);
        for (at, &register) in suspects.iter().enumerate() {
            let readers = readers(netlist, register, |id| masks[id.index()] >> at & 1 == 1);
            found.extend(readers.map(|reader| Race { register, reader }));
        }
    }
    found
}

/// Per expression which of the registers it reads, directly or through logic.
fn reach(netlist: &Netlist, suspects: &[RegId]) -> Vec<u64> {
    let exprs = &netlist.exprs;
    let mut masks = vec![0u64; exprs.len()];
    for id in exprs.ids() {
        let mut mask = match exprs.node(id) {
            Node::Reg(register) => match suspects.binary_search(register) {
                Ok(at) => 1 << at,
                Err(_) => 0,
            },
            _ => 0,
        };
        exprs.operands(id, |operand| mask |= masks[operand.index()]);
        masks[id.index()] = mask;
    }
    masks
}

fn readers(
    netlist: &Netlist,
    register: RegId,
    reads: impl Fn(ExprId) -> bool,
) -> impl Iterator<Item = Reader> {
    let of = &netlist.registers[register.index()];
    let clock: ClockId = of.clocking.clock;
    let process: (InstanceId, &ProcessRef) = (of.origin.instance, &of.origin.process);
    let mut found = Vec::new();
    for (index, other) in netlist.registers.iter().enumerate() {
        let elsewhere = (other.origin.instance, &other.origin.process) != process;
        if elsewhere && other.clocking.clock == clock && reads(other.next) {
            found.push(Reader::Register(RegId(index as u32)));
        }
    }
    for (index, memory) in netlist.memories.iter().enumerate() {
        // Which of its processes has which port is not known: all are others, or none counts.
        let elsewhere =
            memory.origin.instance != process.0 || !memory.processes.contains(process.1);
        let ports = memory.writes.iter().filter(|write| write.clock == clock);
        let mut values = ports.flat_map(|it| [it.enable, it.address, it.data, it.mask]);
        if elsewhere && values.any(&reads) {
            found.push(Reader::Memory(MemId(index as u32)));
        }
    }
    found.into_iter()
}
