//! A graph with the variables that copies of a machine share: inputs, unknown values, contents of memories.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::aig::{Aig, Lit};
use super::contents::same_number;
use super::words;
use crate::netlist::{ExprId, MemId, Netlist};

/// A word of free variables.
pub(super) fn word(aig: &mut Aig, width: u32) -> Vec<Lit> {
    (0..width).map(|_| aig.input()).collect()
}

/// Contents of a memory: those of the copy that lost nothing in the rows that are kept, anything in others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Contents {
    /// All are kept, and what is read past the end.
    Kept,
    /// These are; none past the end.
    Rows(Vec<Range<u32>>),
    /// Those of the former that are not written in this cycle.
    Unwritten(Box<Contents>, Writes),
}

/// What the copy that lost nothing writes in a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writes {
    /// Per port, whether it writes, and where.
    pub(super) ports: Vec<(Lit, Vec<Lit>)>,
    /// Rows of the memory. A write past the last may go to any.
    pub(super) depth: u32,
}

impl Writes {
    /// "A row may be written."
    fn touch(&self, aig: &mut Aig, row: &[Lit]) -> Lit {
        let inside = Contents::below(self.depth);
        let ports = self.ports.iter().map(|(enable, address)| {
            let there = same_number(aig, address, row);
            let past = !inside.keep(aig, address);
            let touched = aig.or(there, past);
            aig.and(*enable, touched)
        });
        let ports: Vec<Lit> = ports.collect();
        aig.any(ports)
    }
}

impl Contents {
    /// The rows below a number.
    pub(super) fn below(end: u32) -> Contents {
        Contents::Rows(std::iter::once(0..end).collect())
    }

    /// "A row is kept."
    pub(super) fn keep(&self, aig: &mut Aig, row: &[Lit]) -> Lit {
        match self {
            Contents::Kept => Lit::TRUE,
            Contents::Rows(rows) => {
                let within: Vec<Lit> = rows.iter().map(|rows| within(aig, row, rows)).collect();
                aig.any(within)
            }
            Contents::Unwritten(of, writes) => {
                let kept = of.keep(aig, row);
                let touched = writes.touch(aig, row);
                aig.and(kept, !touched)
            }
        }
    }
}

/// "A number is in a range."
fn within(aig: &mut Aig, number: &[Lit], range: &Range<u32>) -> Lit {
    let below = |aig: &mut Aig, bound: u32| {
        let wide = number.len() >= 32;
        if !wide && u64::from(bound) >> number.len() != 0 {
            return Lit::TRUE;
        }
        let bits = (0..number.len()).map(|bit| Lit::constant(bit < 32 && bound >> bit & 1 == 1));
        words::less(aig, number, &bits.collect::<Vec<_>>())
    };
    let (low, high) = (below(aig, range.start), below(aig, range.end));
    aig.and(!low, high)
}

/// One read of a memory.
struct Read {
    address: Vec<Lit>,
    data: Vec<Lit>,
}

/// A read of a memory, as others may see it.
pub(super) struct ReadOf {
    /// The memory.
    pub(super) of: MemId,
    pub(super) address: Vec<Lit>,
    pub(super) data: Vec<Lit>,
}

/// A graph with the variables that both copies share.
pub(super) struct Circuit {
    pub(super) aig: Aig,
    /// Per input, its bits.
    pub(super) inputs: Vec<Vec<Lit>>,
    /// Unknown bits: the same function in both copies, whatever it is.
    unknown: FxHashMap<(ExprId, u32), Lit>,
    /// The reads of each memory, from contents kept and lost.
    reads: Vec<[Vec<Read>; 2]>,
}

impl Circuit {
    pub(super) fn new(netlist: &Netlist) -> Circuit {
        let mut aig = Aig::new();
        let inputs = netlist.inputs.iter();
        Circuit {
            inputs: inputs.map(|input| word(&mut aig, input.width)).collect(),
            aig,
            unknown: FxHashMap::default(),
            reads: netlist
                .memories
                .iter()
                .map(|_| Default::default())
                .collect(),
        }
    }

    /// A bit whose value is unknown.
    pub(super) fn unknown(&mut self, id: ExprId, bit: u32) -> Lit {
        let aig = &mut self.aig;
        *self.unknown.entry((id, bit)).or_insert_with(|| aig.input())
    }

    /// What a read of a memory gives.
    pub(super) fn read(
        &mut self,
        (memory, contents): (MemId, &Contents),
        address: &[Lit],
        width: u32,
    ) -> Vec<Lit> {
        let keep = contents.keep(&mut self.aig, address);
        if keep == Lit::TRUE {
            return self.read_from((memory, false), address, width);
        }
        let lost = self.read_from((memory, true), address, width);
        if keep == Lit::FALSE {
            return lost;
        }
        let kept = self.read_from((memory, false), address, width);
        words::mux(&mut self.aig, keep, &kept, &lost)
    }

    fn read_from(
        &mut self,
        (memory, lost): (MemId, bool),
        address: &[Lit],
        width: u32,
    ) -> Vec<Lit> {
        let reads = &mut self.reads[memory.index()][usize::from(lost)];
        if let Some(read) = reads.iter().find(|read| read.address == address) {
            return read.data.clone();
        }
        let data = word(&mut self.aig, width);
        reads.push(Read {
            address: address.to_vec(),
            data: data.clone(),
        });
        data
    }

    /// The reads from contents that no failure has touched.
    pub(super) fn reads_kept(&self) -> Vec<ReadOf> {
        let mut list = Vec::new();
        for (at, [kept, _]) in self.reads.iter().enumerate() {
            list.extend(kept.iter().map(|read| ReadOf {
                of: MemId(at as u32),
                address: read.address.clone(),
                data: read.data.clone(),
            }));
        }
        list
    }

    /// All reads, those of the same contents side by side, in the order in which they were made.
    pub(super) fn all_reads(&self) -> Vec<Vec<ReadOf>> {
        let memories = self.reads.iter().enumerate();
        let contents =
            memories.flat_map(|(at, both)| both.iter().map(move |reads| (MemId(at as u32), reads)));
        let list = contents.map(|(of, reads)| {
            let read = |read: &Read| ReadOf {
                of,
                address: read.address.clone(),
                data: read.data.clone(),
            };
            reads.iter().map(read).collect()
        });
        list.collect()
    }

    /// What holds of the variables: reads of one memory at equal addresses give
    /// equal data (Ackermann's reduction).
    pub(super) fn constraints(&mut self) -> Vec<Lit> {
        let mut list = Vec::new();
        let aig = &mut self.aig;
        for reads in self.reads.iter().flatten() {
            for (at, one) in reads.iter().enumerate() {
                for other in &reads[..at] {
                    let same = aig.equal(&one.address, &other.address);
                    let agree = aig.equal(&one.data, &other.data);
                    list.push(aig.or(!same, agree));
                }
            }
        }
        list
    }
}

impl Circuit {
    /// Begins another cycle: what is read and what is unknown may be other than it was.
    pub(super) fn forget(&mut self) {
        self.unknown.clear();
        for contents in self.reads.iter_mut().flatten() {
            contents.clear();
        }
    }
}

/// A moment that a [`Circuit`] can be taken back to.
pub(super) struct Mark {
    nodes: usize,
    reads: Vec<[usize; 2]>,
}

impl Circuit {
    /// Remembers this moment.
    pub(super) fn mark(&self) -> Mark {
        let reads = self.reads.iter();
        Mark {
            nodes: self.aig.len(),
            reads: reads.map(|[a, b]| [a.len(), b.len()]).collect(),
        }
    }

    /// Forgets what was added since.
    pub(super) fn undo(&mut self, mark: &Mark) {
        self.aig.truncate(mark.nodes);
        self.unknown.retain(|_, lit| lit.node() < mark.nodes);
        for ([a, b], [kept, lost]) in self.reads.iter_mut().zip(&mark.reads) {
            a.truncate(*kept);
            b.truncate(*lost);
        }
    }
}
