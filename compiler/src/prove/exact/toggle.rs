//! What a flip of one variable reaches in a graph, on many valuations at once.
//!
//! The flipped machine is the same circuit with one variable the other way round. So no second copy is made: the change
//! is carried from node to user, operands first, and ends where it makes no difference. That costs the nodes that do change.
//!
//! Where it reaches the address of a memory read, the data become others at will; valuations in which the new address is that of
//! another read, whose data it would have to be, do not count.

use crate::prove::aig::{Aig, Lit, Node};
use crate::prove::circuit::ReadOf;

/// Words of 64 valuations that a flip is tried on.
pub(super) const WORDS: usize = 4;

/// One bit for each valuation.
pub(super) type Lanes = [u64; WORDS];

/// No valuation, and all.
pub(super) const NONE: Lanes = [0; WORDS];
pub(super) const ALL: Lanes = [u64::MAX; WORDS];

pub(super) fn both(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|at| a[at] & b[at])
}

pub(super) fn either(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|at| a[at] | b[at])
}

pub(super) fn not(a: Lanes) -> Lanes {
    a.map(|word| !word)
}

pub(super) fn any(a: Lanes) -> bool {
    a != NONE
}

/// A graph with its values under some valuations, and what differs from them.
pub(super) struct Toggle {
    nodes: Vec<Node>,
    /// Users of node n: `users[start[n]..start[n + 1]]`.
    start: Vec<u32>,
    users: Vec<u32>,
    reads: Vec<ReadOf>,
    /// Per node, the read that it is a bit of the data of.
    read: Vec<Option<u32>>,
    values: Vec<Lanes>,
    change: Vec<Lanes>,
    /// The nodes that have a change, in order.
    changed: Vec<u32>,
    /// A bit for each node that is to be looked at.
    pending: Vec<u64>,
}

impl Toggle {
    pub(super) fn new(aig: &Aig, reads: Vec<ReadOf>) -> Toggle {
        let nodes: Vec<Node> = (0..aig.len()).map(|at| aig.node(at)).collect();
        let mut read = vec![None; nodes.len()];
        for (at, one) in reads.iter().enumerate() {
            for lit in &one.data {
                read[lit.node()] = Some(at as u32);
            }
        }
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            if let Node::And(a, b) = node {
                edges.extend([a, b].map(|lit| (lit.node() as u32, at as u32)));
            }
        }
        for one in &reads {
            let to = one.data.iter().map(|lit| lit.node() as u32);
            let from = one.address.iter().map(|lit| lit.node() as u32);
            edges.extend(from.flat_map(|from| to.clone().map(move |to| (from, to))));
        }
        let mut start = vec![0u32; nodes.len() + 1];
        for &(from, _) in &edges {
            start[from as usize + 1] += 1;
        }
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        let mut place = start.clone();
        let mut users = vec![0; edges.len()];
        for (from, to) in edges {
            users[place[from as usize] as usize] = to;
            place[from as usize] += 1;
        }
        Toggle {
            start,
            users,
            read,
            reads,
            values: Vec::new(),
            change: vec![NONE; nodes.len()],
            changed: Vec::new(),
            pending: vec![0; nodes.len().div_ceil(64)],
            nodes,
        }
    }

    /// Takes other valuations: `variable` gives those of each variable by its node.
    pub(super) fn valuate(&mut self, aig: &Aig, mut variable: impl FnMut(usize) -> Lanes) {
        self.values.clear();
        aig.simulate(&mut self.values, &mut variable);
    }

    /// The values of a literal before the flip.
    pub(super) fn value(&self, lit: Lit) -> Lanes {
        lit.of(&self.values)
    }

    /// Where a literal's value differs after the flip.
    pub(super) fn differs(&self, lit: Lit) -> Lanes {
        self.change[lit.node()]
    }

    /// The values of a literal after the flip, in the valuations in which it is `done`.
    fn after(&self, lit: Lit, done: Lanes) -> Lanes {
        let (value, change) = (self.value(lit), both(self.differs(lit), done));
        std::array::from_fn(|at| value[at] ^ change[at])
    }

    /// The nodes that a flip has changed.
    pub(super) fn changed(&self) -> &[u32] {
        &self.changed
    }

    fn push_users(&mut self, node: usize) {
        for at in self.start[node]..self.start[node + 1] {
            let user = self.users[at as usize] as usize;
            self.pending[user / 64] |= 1 << (user % 64);
        }
    }

    /// Flips a variable in all valuations. `fresh` gives what data at another address are. What holds of the
    /// flip are the valuations returned.
    pub(super) fn flip(&mut self, variable: Lit, mut fresh: impl FnMut() -> u64) -> Lanes {
        for node in self.changed.drain(..) {
            self.change[node as usize] = NONE;
        }
        let root = variable.node();
        self.change[root] = ALL;
        self.changed.push(root as u32);
        self.push_users(root);
        let mut reads = Vec::new();
        let mut word = root / 64;
        while word < self.pending.len() {
            let Some(bit) = (self.pending[word] != 0).then(|| self.pending[word].trailing_zeros())
            else {
                word += 1;
                continue;
            };
            self.pending[word] &= self.pending[word] - 1;
            let node = word * 64 + bit as usize;
            let change = match (self.nodes[node], self.read[node]) {
                (Node::And(a, b), _) => {
                    let after = both(self.after(a, ALL), self.after(b, ALL));
                    let before = self.values[node];
                    std::array::from_fn(|at| before[at] ^ after[at])
                }
                (_, Some(read)) => {
                    if reads.last() != Some(&read) {
                        reads.push(read);
                    }
                    let moved = self.moved(read);
                    moved.map(|moved| moved & fresh())
                }
                _ => NONE,
            };
            if any(change) {
                self.change[node] = change;
                self.changed.push(node as u32);
                self.push_users(node);
            }
        }
        reads.sort_unstable();
        reads.dedup();
        not(self.collides(&reads))
    }

    /// Where the address of a read is another than before.
    fn moved(&self, read: u32) -> Lanes {
        let address = self.reads[read as usize].address.iter();
        address.fold(NONE, |all, &lit| either(all, self.differs(lit)))
    }

    /// Where the new address of one of these reads is that of another read.
    fn collides(&self, reads: &[u32]) -> Lanes {
        let mut wrong = NONE;
        for &at in reads {
            let one = &self.reads[at as usize];
            let others = self.reads.iter().enumerate();
            for (_, other) in others.filter(|(other, it)| *other != at as usize && it.of == one.of)
            {
                for new in [NONE, ALL] {
                    let pairs = one.address.iter().zip(&other.address);
                    let equal = pairs.fold(self.moved(at), |all, (&a, &b)| {
                        let (a, b) = (self.after(a, ALL), self.after(b, new));
                        std::array::from_fn(|at| all[at] & !(a[at] ^ b[at]))
                    });
                    wrong = either(wrong, equal);
                }
            }
        }
        wrong
    }
}
