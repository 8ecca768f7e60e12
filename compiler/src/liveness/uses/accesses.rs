//! What each edge may read and write of the memories that outlive a supply failure.
//!
//! A row counts as read where something may depend on it that anybody sees: an output, a way that is
//! taken, a live bit, what is written. It counts as written where a port may write it. Both are
//! the more the less is known of the addresses, never less than what happens.
//!
//! A write and what depends on the old contents of its row in the same cycle are a [`Conflict`]: no commit
//! comes between them. So is a write of some of a row's bits, since the supply may fail while it is
//! written, and then the others are lost, too. What decides whether a port writes is
//! asked without knowing that it does, everything else under the assumption that it does.

use super::ask::Asking;
use super::{Shown, Uses, View, Wanted, edges_of, enter, start_of};
use crate::control::{ControlGraph, StateId};
use crate::liveness::bounds::Bounds;
use crate::liveness::demand::Demand;
use crate::liveness::walk::{Place, walk};
use crate::liveness::{BitIndex, BitSet, Rows};
use crate::netlist::known::{Known, Scratch};
use crate::netlist::{Bits, ExprId, MemId, Netlist, RegId};

/// What the edges of a graph may read and write, and what is both in one cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accesses {
    /// Per edge, the parts that may be read in its cycle.
    pub reads: Vec<BitSet>,
    /// Per edge, the parts that may be written in its cycle.
    pub writes: Vec<BitSet>,
    /// Rows that are read and written in one cycle; one for each state and memory.
    pub conflicts: Vec<Conflict>,
}

/// Rows that may be lost in the cycle that writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The state.
    pub state: StateId,
    /// Some of the rows.
    pub rows: Rows,
    /// Why.
    pub why: Lost,
}

/// Why what is written cannot be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The same cycle depends on what the row held.
    Read,
    /// Some bits of the row are not written.
    Partly,
}

/// The accesses of all edges. `graph` and `live` are those of [`crate::liveness::analyze`].
pub(in crate::liveness) fn accesses(
    netlist: &Netlist,
    graph: &ControlGraph,
    bits: &BitIndex,
    live: &[BitSet],
) -> Accesses {
    let none = || vec![BitSet::new(bits.parts.len()); graph.edges.len()];
    let mut all = Accesses {
        reads: none(),
        writes: none(),
        conflicts: Vec::new(),
    };
    if netlist.kept_memories().next().is_none() {
        return Accesses::default();
    }
    let mut uses = Uses::new(netlist, graph, bits, Bounds::default());
    for state in 0..graph.states.len() {
        uses.access(graph, StateId(state as u32), live, &mut all);
    }
    all
}

impl Uses<'_> {
    fn access(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        live: &[BitSet],
        all: &mut Accesses,
    ) {
        let (netlist, exprs) = (self.netlist, &self.netlist.exprs);
        let first = graph.first_edge(state);
        let Uses {
            whole,
            scratch,
            demand,
            owners,
            bits,
            ..
        } = self;
        let View {
            cone,
            needed,
            cases,
        } = whole;
        let kept: Vec<MemId> = netlist.kept_memories().collect();
        let mut own = BitSet::new(bits.parts.len());
        for part in kept.iter().flat_map(|&memory| bits.parts.of(memory)) {
            own.insert(part);
        }
        for case in cases.iter_mut() {
            let start = first + start_of(graph, state, case);
            let edges = edges_of(graph, state, case);
            let Some((mut known, mark)) =
                enter((netlist, cone, needed), graph, state, case, scratch)
            else {
                continue;
            };
            let asking = Asking {
                cone,
                exprs,
                netlist,
                bits,
                owners,
                case,
            };
            let mut decided = BitSet::new(bits.parts.len());
            let visit = |place: Place<'_>, known: &mut Known, scratch: &mut Scratch| {
                let (number, edge) = match place {
                    Place::Decision(assumption) => {
                        demand.bit(cone, assumption.expr, assumption.bit);
                        decided.union_with(&met(&asking, known, scratch, demand, None));
                        return Ok(());
                    }
                    Place::Edge(number, edge) => (start + number, edge),
                };
                let wanted = Wanted {
                    live: live[edge.to.index()].limbs().collect(),
                    shown: Shown::All,
                };
                let mut reads = met(&asking, known, scratch, demand, Some(&wanted));
                reads.union_with(&decided);
                reads.keep(&own);
                all.reads[number].union_with(&reads);
                for &id in &kept {
                    for write in &netlist.memories[id.index()].writes {
                        if known.bit(cone, write.enable, 0) == Some(false) {
                            continue;
                        }
                        demand.bit(cone, write.enable, 0);
                        let mut needs = met(&asking, known, scratch, demand, None);
                        needs.union_with(&decided);
                        let mark = known.mark();
                        let enabled = (write.enable, 0, true);
                        if known.assume(cone, exprs, enabled, scratch).is_ok() {
                            needs.union_with(&met(&asking, known, scratch, demand, Some(&wanted)));
                            let width = exprs.width(write.address);
                            let address = (known.planes(cone, write.address), width);
                            let touched = bits.parts.touched(id, address, None);
                            touched.add_to(&mut all.writes[number]);
                            let width = netlist.memories[id.index()].width;
                            let whole = known.bits(cone, exprs, write.mask) == Bits::ones(width);
                            let lost = bits.parts.of(id).filter(|&part| {
                                touched.has(part) && (!whole || needs.contains(part))
                            });
                            if let Some(rows) = bits.parts.runs(lost).into_iter().next() {
                                let why = if whole { Lost::Read } else { Lost::Partly };
                                all.add(state, rows, why);
                            }
                        }
                        known.undo(mark);
                    }
                }
                Ok(())
            };
            let depth = case.assumptions.len();
            let walked = edges.iter().enumerate();
            // Nothing is refused.
            let _ = walk(
                (cone, exprs),
                &mut known,
                scratch,
                walked,
                depth,
                false,
                visit,
            );
            known.undo(mark);
            case.known = known;
        }
    }
}

/// The parts of memories that a sweep meets, from what is demanded and what is wanted of an edge.
fn met(
    asking: &Asking<'_>,
    known: &mut Known,
    scratch: &mut Scratch,
    demand: &mut Demand,
    wanted: Option<&Wanted>,
) -> BitSet {
    let mut open: Vec<(ExprId, ExprId)> = Vec::new();
    if let Some(wanted) = wanted {
        let mut old = BitSet::new(asking.bits.parts.len());
        asking.edge(known, demand, wanted, &mut open, &mut old);
    }
    let mut read = |of: RegId, _: usize, _: u64| asking.case.held[of.index()];
    asking.sweep((known, scratch), demand, &mut open, &mut read);
    let none = BitSet::new(asking.bits.parts.len());
    std::mem::replace(&mut demand.memories, none)
}

impl Accesses {
    fn add(&mut self, state: StateId, rows: Rows, why: Lost) {
        let known = self.conflicts.iter();
        let mut known = known.filter(|it| it.state == state && it.rows.memory == rows.memory);
        if known.next().is_none() {
            self.conflicts.push(Conflict { state, rows, why });
        }
    }
}
