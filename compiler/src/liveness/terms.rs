//! Terms over register bits and inputs, hash-consed: equal literals are equal functions.
//!
//! They are what values of one bit are compared by, under the names that a control
//! state gives to its register bits. Arithmetic is taken apart into bits; what is not
//! (products, reads of memories) is a term of its own over its operands. Two values that are equal
//! and not seen to be so are kept apart, which loses something and never errs.
//!
//! A value that the language leaves open (`x`, an element past the end, a quotient) is *open*: it
//! equals nothing, itself included, because each place that it reaches may come out otherwise.

use rustc_hash::FxHashMap;

/// A term or its inverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lit(u32);

impl Lit {
    pub(super) const FALSE: Lit = Lit(0);
    pub(super) const TRUE: Lit = Lit(1);

    pub(super) fn constant(value: bool) -> Lit {
        Lit(u32::from(value))
    }

    /// The number of the term.
    pub(super) fn term(self) -> u32 {
        self.0 >> 1
    }

    /// Whether it is the inverse.
    pub(super) fn is_inverse(self) -> bool {
        self.0 & 1 == 1
    }

    /// The literal, or its inverse.
    pub(super) fn inverted_if(self, inverse: bool) -> Lit {
        Lit(self.0 ^ u32::from(inverse))
    }
}

impl std::ops::Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

/// What a term is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Term {
    /// 0.
    Constant,
    /// A register bit, by its number.
    Register(u32),
    /// A bit of an input.
    Input(u32, u32),
    /// A bit of what an operation that is not taken apart makes of its operands.
    Whole(u32, Box<[Lit]>, u32),
    And(Lit, Lit),
    Xor(Lit, Lit),
    /// What the language leaves open; each its own.
    Open(u32),
}

/// All terms.
pub(super) struct Terms {
    /// The constant, the register bits, then what was made of them.
    list: Vec<Term>,
    open: Vec<bool>,
    known: FxHashMap<Term, u32>,
    /// How many are always there.
    given: usize,
}

impl Terms {
    /// The constant and so many register bits.
    pub(super) fn new(registers: usize) -> Terms {
        let bits = (0..registers as u32).map(Term::Register);
        let list: Vec<Term> = std::iter::once(Term::Constant).chain(bits).collect();
        Terms {
            open: vec![false; list.len()],
            known: FxHashMap::default(),
            given: list.len(),
            list,
        }
    }

    /// Forgets what was made. Its literals mean nothing then.
    pub(super) fn clear(&mut self) {
        self.list.truncate(self.given);
        self.open.truncate(self.given);
        self.known.clear();
    }

    /// How many were made: a measure of time.
    pub(super) fn len(&self) -> usize {
        self.list.len() - self.given
    }

    pub(super) fn term(&self, of: Lit) -> &Term {
        &self.list[of.term() as usize]
    }

    /// Whether the language leaves the value open.
    pub(super) fn is_open(&self, of: Lit) -> bool {
        self.open[of.term() as usize]
    }

    fn intern(&mut self, term: Term, open: bool) -> Lit {
        if let Some(&at) = self.known.get(&term) {
            return Lit(at << 1);
        }
        let at = u32::try_from(self.list.len()).expect("the work is limited");
        self.list.push(term.clone());
        self.open.push(open);
        self.known.insert(term, at);
        Lit(at << 1)
    }

    pub(super) fn register(&self, number: usize) -> Lit {
        Lit((number as u32 + 1) << 1)
    }

    pub(super) fn input(&mut self, input: u32, bit: u32) -> Lit {
        self.intern(Term::Input(input, bit), false)
    }

    /// A bit of what operation `operation` makes of its operands.
    pub(super) fn whole(&mut self, operation: u32, operands: &[Lit], bit: u32) -> Lit {
        let open = operands.iter().any(|&it| self.is_open(it));
        self.intern(Term::Whole(operation, operands.into(), bit), open)
    }

    /// A value that the language leaves open.
    pub(super) fn open(&mut self) -> Lit {
        let at = self.list.len() as u32;
        self.list.push(Term::Open(at));
        self.open.push(true);
        Lit(at << 1)
    }

    pub(super) fn and(&mut self, a: Lit, b: Lit) -> Lit {
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        if a == Lit::FALSE || a == !b {
            return Lit::FALSE;
        }
        if a == Lit::TRUE || a == b {
            return b;
        }
        for (one, other) in [(a, b), (b, a)] {
            let Term::And(x, y) = *self.term(other) else {
                continue;
            };
            match other.is_inverse() {
                false if one == x || one == y => return other,
                false if one == !x || one == !y => return Lit::FALSE,
                true if one == !x || one == !y => return one,
                true if one == x => return self.and(one, !y),
                true if one == y => return self.and(one, !x),
                _ => {}
            }
        }
        let open = self.is_open(a) || self.is_open(b);
        self.intern(Term::And(a, b), open)
    }

    pub(super) fn or(&mut self, a: Lit, b: Lit) -> Lit {
        !self.and(!a, !b)
    }

    pub(super) fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        let inverse = a.is_inverse() != b.is_inverse();
        let (a, b) = (a.inverted_if(a.is_inverse()), b.inverted_if(b.is_inverse()));
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        if a == b {
            return Lit::constant(inverse);
        }
        if a == Lit::FALSE {
            return b.inverted_if(inverse);
        }
        for (one, other) in [(a, b), (b, a)] {
            if let Term::Xor(x, y) = *self.term(other) {
                if one == x {
                    return y.inverted_if(inverse);
                }
                if one == y {
                    return x.inverted_if(inverse);
                }
            }
        }
        let open = self.is_open(a) || self.is_open(b);
        self.intern(Term::Xor(a, b), open).inverted_if(inverse)
    }

    /// `select ? then : other`
    pub(super) fn mux(&mut self, select: Lit, then: Lit, other: Lit) -> Lit {
        if then == other {
            return then;
        }
        if then == !other {
            return self.xor(select, other);
        }
        let chosen = self.and(select, then);
        let rest = self.and(!select, other);
        self.or(chosen, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_by_a_step_is_one_literal() {
        let mut terms = Terms::new(2);
        let (a, b, c) = (terms.register(0), terms.register(1), terms.input(0, 3));
        assert_eq!(terms.mux(c, a, a), a);
        assert_eq!(terms.mux(c, a, !a), !terms.xor(c, a));
        let sum = terms.xor(a, b);
        assert_eq!(terms.xor(!b, a), !sum);
        assert_eq!(terms.xor(sum, b), a);
        let both = terms.and(a, b);
        assert_eq!(terms.and(b, both), both);
        assert_eq!(terms.and(!a, both), Lit::FALSE);
        assert_eq!(terms.whole(1, &[a, b], 0), terms.whole(1, &[a, b], 0));
        assert_ne!(terms.whole(1, &[a, b], 0), terms.whole(1, &[a, b], 1));
    }

    #[test]
    fn what_is_left_open_spreads() {
        let mut terms = Terms::new(1);
        let a = terms.register(0);
        let (x, y) = (terms.open(), terms.open());
        assert_ne!(x, y);
        let both = terms.and(a, x);
        assert!(terms.is_open(both) && terms.is_open(!both));
        let none = terms.and(a, Lit::FALSE);
        assert!(!terms.is_open(none));
    }
}
