//! Whether the live rows of a memory hold the same in both copies after a step.
//!
//! "All live rows agree" is asked as "some row, whichever it is, agrees if it is live": the row is
//! a word of free variables, which a counterexample gives a value. Targets with the same live rows share it.
//! A row agrees where every port that writes it in one copy writes it alike in the other, and where it was kept or is overwritten
//! as a whole. A write past the last row may go to any.

use super::aig::{Aig, Lit};
use super::circuit::{Circuit, Contents, word};
use super::machine::{Copy, Machine};
use crate::netlist::{ExprId, MemId, MemoryWrite};

/// What was asked before.
#[derive(Default)]
pub(super) struct Agreement(Vec<(MemId, Contents, Lit)>);

impl Agreement {
    /// "The rows of a memory that are live after the step agree then", in two copies that agree on the rows kept before it.
    pub(super) fn after(
        &mut self,
        circuit: &mut Circuit,
        of: (&Machine<'_>, [&Copy; 2]),
        memory: MemId,
        [kept, live]: [&Contents; 2],
    ) -> Lit {
        if let Contents::Rows(rows) = live
            && rows.is_empty()
        {
            return Lit::TRUE;
        }
        let asked = self.0.iter();
        let mut asked = asked.filter(|(other, rows, _)| (*other, rows) == (memory, live));
        if let Some((.., agrees)) = asked.next() {
            return *agrees;
        }
        let agrees = agrees(circuit, of, memory, [kept, live]);
        self.0.push((memory, live.clone(), agrees));
        agrees
    }
}

/// A write port in both copies.
struct Port {
    enable: [Lit; 2],
    address: [Vec<Lit>; 2],
    /// "Data and mask are equal."
    same: Lit,
    /// "The first copy writes all bits."
    whole: Lit,
}

fn agrees(
    circuit: &mut Circuit,
    (machine, copies): (&Machine<'_>, [&Copy; 2]),
    memory: MemId,
    [kept, live]: [&Contents; 2],
) -> Lit {
    let of = &machine.netlist.memories[memory.index()];
    let aig = &mut circuit.aig;
    let value = |at: usize, expr: ExprId| machine.value(copies[at], expr);
    let port = |aig: &mut Aig, write: &MemoryWrite| {
        let equal = |aig: &mut Aig, expr| aig.equal(value(0, expr), value(1, expr));
        let same = [equal(aig, write.data), equal(aig, write.mask)];
        Port {
            enable: [0, 1].map(|at| value(at, write.enable)[0]),
            address: [0, 1].map(|at| value(at, write.address).to_vec()),
            same: aig.all(same),
            whole: aig.all(value(0, write.mask).iter().copied()),
        }
    };
    let ports: Vec<Port> = of.writes.iter().map(|write| port(aig, write)).collect();
    if (kept, live) == (&Contents::Kept, &Contents::Kept) {
        // Everything agreed before: it is enough, and cheaper, that all is written alike.
        let alike = ports.iter().map(|port| {
            let differ = aig.xor(port.enable[0], port.enable[1]);
            let there = aig.equal(&port.address[0], &port.address[1]);
            let same = aig.and(there, port.same);
            let written = aig.or(!port.enable[0], same);
            aig.and(!differ, written)
        });
        let alike: Vec<Lit> = alike.collect();
        return aig.all(alike);
    }
    let bits = 32 - (of.depth - 1).leading_zeros();
    let row = word(aig, bits.max(1));
    let inside = Contents::below(of.depth);
    let mut all = Vec::new();
    let mut over = vec![kept.keep(aig, &row)];
    for port in &ports {
        let [here, other] = [0, 1].map(|at| {
            let address = &port.address[at];
            let exactly = same_number(aig, address, &row);
            let past = !inside.keep(aig, address);
            let touched = aig.or(exactly, past);
            (exactly, aig.and(port.enable[at], touched))
        });
        let there = aig.equal(&port.address[0], &port.address[1]);
        let alike = aig.and(there, port.same);
        all.push(!aig.xor(here.1, other.1));
        all.push(aig.or(!here.1, alike));
        over.push(aig.all([port.enable[0], here.0, port.whole]));
    }
    all.push(aig.any(over));
    let agrees = aig.all(all);
    let exists = inside.keep(aig, &row);
    let live = live.keep(aig, &row);
    let counts = aig.and(exists, live);
    aig.or(!counts, agrees)
}

/// "Two numbers, of any widths, are equal."
pub(super) fn same_number(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> Lit {
    let width = a.len().max(b.len());
    let wide = |bits: &[Lit]| {
        let mut bits = bits.to_vec();
        bits.resize(width, Lit::FALSE);
        bits
    };
    aig.equal(&wide(a), &wide(b))
}
