//! What one edge is asked for, as demand.

use super::super::demand::Demand;
use super::super::parts::limbs;
use super::super::{BitIndex, BitSet, Parts};
use super::{Shown, Wanted, parts};
use crate::control::cases::ResetCase;
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{Bits, ExprId, Exprs, MemId, Memory, Netlist, RegId, Sampled};

/// Where the edge is: a case of the asynchronous resets in a part of the netlist.
pub(super) struct Asking<'u> {
    pub(super) cone: &'u Cone,
    pub(super) exprs: &'u Exprs,
    pub(super) netlist: &'u Netlist,
    pub(super) bits: &'u BitIndex,
    pub(super) owners: &'u [RegId],
    pub(super) case: &'u ResetCase,
}

impl Asking<'_> {
    /// Demands what is wanted of an edge. Outputs of which it is open whether they count go to `open`; `old` gets
    /// the parts of memories of which old contents are wanted behind the edge.
    pub(super) fn edge(
        &self,
        known: &Known,
        demand: &mut Demand,
        wanted: &Wanted,
        open: &mut Vec<(ExprId, ExprId)>,
        old: &mut BitSet,
    ) {
        let place = (self.cone, self.exprs);
        show(place, self.netlist, known, wanted.shown, demand, open);
        for &limb in &wanted.live {
            for (register, offset, mask) in parts(self.bits, self.owners, limb) {
                for reset in self.case.open(register) {
                    demand.bit(self.cone, reset.active, 0);
                    demand.word(self.cone, reset.value, offset, mask);
                }
                let next = self.case.next(self.netlist, register);
                demand.word(self.cone, next, offset, mask);
            }
        }
        let asked = self.bits.parts_of(&wanted.live);
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            let at = (&self.bits.parts, MemId(at as u32), &asked);
            written(demand, place, known, memory, at, old);
        }
    }

    /// Carries the demand down to the leaves, then that of the outputs in `open` where they count.
    pub(super) fn sweep(
        &self,
        (known, scratch): (&mut Known, &mut Scratch),
        demand: &mut Demand,
        open: &mut [(ExprId, ExprId)],
        read: &mut impl FnMut(RegId, usize, u64) -> Option<ExprId>,
    ) {
        let (cone, exprs, case) = (self.cone, self.exprs, self.case);
        demand.sweep(cone, exprs, known, |of| case.open(of), &mut *read);
        open.sort_unstable();
        for outputs in open.chunk_by(|a, b| a.0 == b.0) {
            let mark = known.mark();
            let fact = (outputs[0].0, 0, true);
            if known.assume(cone, exprs, fact, scratch).is_ok() {
                for &(_, expr) in outputs {
                    demand.all(cone, exprs, expr);
                }
                demand.sweep(cone, exprs, known, |of| case.open(of), &mut *read);
            }
            known.undo(mark);
        }
    }
}

/// Demands what is shown. An output of which it is open whether it counts goes to
/// `open` with its condition, which is demanded.
fn show(
    (cone, exprs): (&Cone, &Exprs),
    netlist: &Netlist,
    known: &Known,
    shown: Shown,
    demand: &mut Demand,
    open: &mut Vec<(ExprId, ExprId)>,
) {
    let range = match shown {
        Shown::Nothing => return,
        Shown::All => 0..netlist.outputs.len(),
        Shown::Output(at) | Shown::Condition(at) => at..at + 1,
    };
    for output in &netlist.outputs[range] {
        let counts = match output.sampled {
            Sampled::Always => Some(true),
            Sampled::Never => Some(false),
            Sampled::When(condition) => known.bit(cone, condition, 0),
        };
        let value = !matches!(shown, Shown::Condition(_));
        match (counts, output.sampled) {
            (Some(true), _) if value => demand.all(cone, exprs, output.expr),
            (None, Sampled::When(condition)) => {
                demand.bit(cone, condition, 0);
                if value {
                    open.push((condition, output.expr));
                }
            }
            _ => {}
        }
    }
}

/// Demands what may be written to parts of a memory that are live behind a transition; adds
/// to `used` those of which old contents are used too: in which not every row is overwritten.
fn written(
    demand: &mut Demand,
    (cone, exprs): (&Cone, &Exprs),
    known: &Known,
    memory: &Memory,
    (index, id, asked): (&Parts, MemId, &BitSet),
    used: &mut BitSet,
) {
    let own = limbs(&index.of(id));
    if own.clone().all(|limb| asked.word(limb * 64) == 0) {
        return;
    }
    let mut over: Vec<u64> = Vec::new();
    for write in &memory.writes {
        let enable = known.bit(cone, write.enable, 0);
        if enable == Some(false) {
            continue;
        }
        let address = known.planes(cone, write.address);
        let width = exprs.width(write.address);
        if !index.touched(id, (address, width), None).any(asked) {
            continue;
        }
        for expr in [write.enable, write.address, write.data, write.mask] {
            demand.all(cone, exprs, expr);
        }
        let whole = known.bits(cone, exprs, write.mask) == Bits::ones(memory.width);
        if enable == Some(true) && whole {
            over.extend(address.number(width));
        }
    }
    for limb in own {
        used.insert_word(limb * 64, asked.word(limb * 64));
    }
    for &row in &over {
        let Some(part) = index.at(id, row) else {
            continue;
        };
        let mut rows = index.rows(part).rows;
        if rows.all(|row| over.contains(&u64::from(row))) {
            used.remove(part);
        }
    }
}
