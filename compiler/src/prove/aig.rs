//! And-inverter graphs: hash-consed, with constants folded.
//!
//! A [`Lit`] is a node or its complement. Equal literals are equal functions;
//! the converse does not hold, that is what the solver is for.

use std::ops::Not;

use rustc_hash::FxHashMap;

/// A node of an [`Aig`], or its complement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lit(u32);

impl Lit {
    pub(super) const FALSE: Lit = Lit(0);
    pub(super) const TRUE: Lit = Lit(1);

    /// Index of the node.
    pub(super) fn node(self) -> usize {
        self.0 as usize >> 1
    }

    /// Whether it is the complement of its node.
    pub(super) fn is_complement(self) -> bool {
        self.0 & 1 == 1
    }

    /// The literal that is a node.
    pub(super) fn of_node(node: u32) -> Lit {
        Lit(node << 1)
    }

    /// Its value, given those of the nodes.
    pub(super) fn of<const N: usize>(self, values: &[[u64; N]]) -> [u64; N] {
        let value = values[self.node()];
        match self.is_complement() {
            false => value,
            true => value.map(|word| !word),
        }
    }

    /// The literal of a constant.
    pub(super) fn constant(value: bool) -> Lit {
        if value { Lit::TRUE } else { Lit::FALSE }
    }
}

impl Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

/// A node: the constant (index 0), a free variable, or a conjunction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    False,
    Input,
    And(Lit, Lit),
}

/// A graph. Operands stand before their users.
#[derive(Debug)]
pub(super) struct Aig {
    nodes: Vec<Node>,
    known: FxHashMap<(Lit, Lit), Lit>,
}

impl Aig {
    pub(super) fn new() -> Aig {
        Aig {
            nodes: vec![Node::False],
            known: FxHashMap::default(),
        }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, index: usize) -> Node {
        self.nodes[index]
    }

    fn push(&mut self, node: Node) -> Lit {
        let index = u32::try_from(self.nodes.len()).expect("fewer than 2^31 nodes");
        self.nodes.push(node);
        Lit(index << 1)
    }

    /// Forgets the nodes from number `length` on. Literals of theirs mean nothing then.
    pub(super) fn truncate(&mut self, length: usize) {
        for node in self.nodes.drain(length..) {
            if let Node::And(a, b) = node {
                self.known.remove(&(a, b));
            }
        }
    }

    /// The values of all nodes under an assignment of words to variables (by their nodes), bit by
    /// bit. `values` has those of the first nodes and gets the rest.
    pub(super) fn simulate<const N: usize>(
        &self,
        values: &mut Vec<[u64; N]>,
        mut variable: impl FnMut(usize) -> [u64; N],
    ) {
        for node in &self.nodes[values.len()..] {
            let value = match *node {
                Node::False => [0; N],
                Node::Input => variable(values.len()),
                Node::And(a, b) => {
                    let (a, b) = (a.of(values), b.of(values));
                    std::array::from_fn(|at| a[at] & b[at])
                }
            };
            values.push(value);
        }
    }

    /// A new free variable.
    pub(super) fn input(&mut self) -> Lit {
        self.push(Node::Input)
    }

    pub(super) fn and(&mut self, a: Lit, b: Lit) -> Lit {
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        if a == Lit::FALSE || a == !b {
            return Lit::FALSE;
        }
        if a == Lit::TRUE || a == b {
            return b;
        }
        // One level of absorption: a & (a & c), a & !(a & c), a & (!a & c).
        for (one, other) in [(a, b), (b, a)] {
            let Node::And(x, y) = self.nodes[other.node()] else {
                continue;
            };
            match other.is_complement() {
                false if one == x || one == y => return other,
                false if one == !x || one == !y => return Lit::FALSE,
                true if one == !x || one == !y => return one,
                true if one == x => return self.and(one, !y),
                true if one == y => return self.and(one, !x),
                _ => {}
            }
        }
        if let Some(&lit) = self.known.get(&(a, b)) {
            return lit;
        }
        let lit = self.push(Node::And(a, b));
        self.known.insert((a, b), lit);
        lit
    }

    pub(super) fn or(&mut self, a: Lit, b: Lit) -> Lit {
        !self.and(!a, !b)
    }

    pub(super) fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        if a == b {
            return Lit::FALSE;
        }
        if a == !b {
            return Lit::TRUE;
        }
        let both = self.and(a, b);
        let none = self.and(!a, !b);
        self.and(!both, !none)
    }

    /// `select ? then : other`
    pub(super) fn mux(&mut self, select: Lit, then: Lit, other: Lit) -> Lit {
        if then == other {
            return then;
        }
        let chosen = self.and(select, then);
        let rest = self.and(!select, other);
        self.or(chosen, rest)
    }

    /// The conjunction of all, as a balanced tree.
    pub(super) fn all(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        let mut level: Vec<Lit> = lits.into_iter().filter(|&lit| lit != Lit::TRUE).collect();
        level.sort_unstable();
        level.dedup();
        while level.len() > 1 {
            let pairs: Vec<[Lit; 2]> = level
                .chunks(2)
                .map(|pair| [pair[0], *pair.last().expect("a chunk is not empty")])
                .collect();
            level = pairs.into_iter().map(|[a, b]| self.and(a, b)).collect();
        }
        level.pop().unwrap_or(Lit::TRUE)
    }

    /// The disjunction of all.
    pub(super) fn any(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        let inverse = self.all(lits.into_iter().map(|lit| !lit));
        !inverse
    }

    /// Whether two vectors of equal length are equal.
    pub(super) fn equal(&mut self, a: &[Lit], b: &[Lit]) -> Lit {
        let bits: Vec<Lit> = a.iter().zip(b).map(|(&a, &b)| !self.xor(a, b)).collect();
        self.all(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_one_level_shows() {
        let mut aig = Aig::new();
        let (a, b) = (aig.input(), aig.input());
        let both = aig.and(a, b);
        assert_eq!(aig.and(b, a), both);
        assert_eq!(aig.and(a, !a), Lit::FALSE);
        assert_eq!(aig.and(a, both), both);
        assert_eq!(aig.and(!a, both), Lit::FALSE);
        assert_eq!(aig.and(!a, !both), !a);
        let only = aig.and(a, !b);
        assert_eq!(aig.and(a, !both), only);
        assert_eq!(aig.xor(a, !a), Lit::TRUE);
        assert_eq!(aig.mux(a, b, b), b);
        assert_eq!(aig.all([Lit::TRUE, a, b]), both);
        assert_eq!(aig.any([]), Lit::FALSE);
    }
}
