//! Bits of a control state parted into classes of equal and inverse ones, and the classes that are small functions of others.
//!
//! The first way into the state makes them ([`Classes::new`]), every other one parts them further ([`Classes::part`]). What two ways
//! both say of a class is kept; nothing is ever joined again, so that it comes to an end.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::formula::{Algebra, Formula};
use super::relations::{Relation, Relations};
use super::terms::{Lit, Term, Terms};
use crate::netlist::{InputId, Netlist};

/// Operations of a formula, at most.
const OPERATIONS: usize = 4;

/// The bits of inputs that never change: they are related like bits of registers, numbered behind those.
#[derive(Debug)]
pub(super) struct Stable {
    /// The number of the first.
    first: usize,
    pub(super) bits: Vec<(InputId, u32)>,
}

impl Stable {
    pub(super) fn new(netlist: &Netlist, first: usize) -> Stable {
        let inputs = netlist.inputs.iter().enumerate();
        let inputs = inputs.filter(|(_, input)| input.stable);
        let bits = inputs
            .flat_map(|(at, input)| (0..input.width).map(move |bit| (InputId(at as u32), bit)));
        Stable {
            first,
            bits: bits.collect(),
        }
    }

    pub(super) fn numbers(&self) -> Range<usize> {
        self.first..self.first + self.bits.len()
    }

    /// The bit of an input that has a number.
    pub(super) fn input(&self, number: usize) -> Option<(InputId, u32)> {
        let at = number.checked_sub(self.first)?;
        Some(self.bits[at])
    }

    /// What has a number, or the inverse.
    pub(super) fn formula(&self, number: usize, inverse: bool) -> Formula {
        match self.input(number) {
            Some((input, bit)) => Formula::Input(input, bit).inverted_if(inverse),
            None => Formula::same(number, inverse),
        }
    }
}

/// What is known of the live bits of a state that have no value there.
#[derive(Debug, Clone)]
pub(super) struct Classes {
    /// Per bit the first of its class, and whether it is the inverse of that; by number.
    bits: FxHashMap<usize, (usize, bool)>,
    /// Those that still are in a class with another, or in a function, in order; inputs first: a bit that equals one is said to be that.
    members: Vec<usize>,
    /// First bits of classes that are functions of others, which are not themselves.
    computed: Vec<Relation>,
}

impl Classes {
    /// Nothing is known to follow from anything.
    pub(super) fn none() -> Classes {
        Classes::apart(Vec::new())
    }

    /// Every bit by itself.
    fn apart(members: Vec<usize>) -> Classes {
        Classes {
            bits: members.iter().map(|&bit| (bit, (bit, false))).collect(),
            members,
            computed: Vec::new(),
        }
    }

    /// As the first edge makes them, of the literals of the members.
    pub(super) fn new(
        members: Vec<usize>,
        lits: &[Lit],
        terms: &mut Terms,
        stable: &Stable,
    ) -> Classes {
        let mut classes = Classes::apart(members);
        let mut first: FxHashMap<u32, (usize, bool)> = FxHashMap::default();
        for (&bit, &lit) in classes.members.iter().zip(lits) {
            if terms.is_open(lit) {
                continue;
            }
            let own = (bit, lit.is_inverse());
            let (of, inverse) = *first.entry(lit.term()).or_insert(own);
            classes.bits.insert(bit, (of, inverse != lit.is_inverse()));
        }
        // A constant is no source.
        first.remove(&Lit::FALSE.term());
        let mut sources: Vec<usize> = Vec::new();
        let mut computed: Vec<usize> = Vec::new();
        for (&bit, &lit) in classes.members.iter().zip(lits) {
            let is_first = first.get(&lit.term()).is_some_and(|it| it.0 == bit);
            if !is_first || terms.is_open(lit) || sources.contains(&bit) {
                continue;
            }
            let source = |of: Lit| {
                let &(other, inverse) = first.get(&of.term())?;
                let usable = other != bit && !computed.contains(&other);
                usable.then(|| stable.formula(other, inverse != of.is_inverse()))
            };
            let mut left = OPERATIONS;
            if let Some(is) = expressed(terms, lit, true, &source, &mut left) {
                sources.extend(is.sources());
                computed.push(bit);
                classes.computed.push(Relation { bit, is });
            }
        }
        classes.forget_single();
        classes
    }

    /// The bits that the next way into the state is asked for. Where there is none, nothing can change any more.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }

    /// A bit that is alone stays alone: no other way in need say what it is.
    fn forget_single(&mut self) {
        let mut sizes: FxHashMap<usize, usize> = FxHashMap::default();
        for bit in &self.members {
            *sizes.entry(self.bits[bit].0).or_default() += 1;
        }
        for relation in &self.computed {
            for bit in relation.is.sources().into_iter().chain([relation.bit]) {
                *sizes.entry(self.bits[&bit].0).or_default() += 2;
            }
        }
        let Classes { bits, members, .. } = self;
        members.retain(|bit| sizes[&bits[bit].0] > 1);
        if members.len() < bits.len() {
            let kept = members.iter().map(|&bit| (bit, bits[&bit])).collect();
            *bits = kept;
        }
    }

    /// Parts what is not equal under another edge; tells whether anything is.
    pub(super) fn part(&mut self, lits: &[Lit], terms: &mut Terms) -> bool {
        let mut first: FxHashMap<(usize, Lit), (usize, bool)> = FxHashMap::default();
        let mut changed = false;
        for (&bit, &lit) in self.members.iter().zip(lits) {
            let (of, inverse) = self.bits[&bit];
            let key = (of, lit.inverted_if(inverse));
            let (now, other) = match terms.is_open(lit) {
                true => (bit, inverse),
                false => *first.entry(key).or_insert((bit, inverse)),
            };
            if now != of {
                changed = true;
                self.bits.insert(bit, (now, inverse != other));
            }
        }
        let places: FxHashMap<usize, Lit> = match self.computed.is_empty() {
            true => FxHashMap::default(),
            false => self
                .members
                .iter()
                .copied()
                .zip(lits.iter().copied())
                .collect(),
        };
        let before = self.computed.len();
        self.computed.retain(|relation| {
            let made = relation.is.evaluate(&mut InTerms { terms, of: &places });
            made == places[&relation.bit] && !terms.is_open(made)
        });
        let changed = changed || self.computed.len() < before;
        if changed {
            self.forget_single();
        }
        changed
    }

    pub(super) fn relations(&self, stable: &Stable) -> Relations {
        let mut list = self.computed.clone();
        list.extend(self.members.iter().filter_map(|&bit| {
            let (of, inverse) = self.bits[&bit];
            (of != bit).then(|| Relation {
                bit,
                is: stable.formula(of, inverse),
            })
        }));
        Relations(list)
    }
}

/// A term as a function of what `source` knows, itself left out at the `top`.
fn expressed(
    terms: &Terms,
    lit: Lit,
    top: bool,
    source: &impl Fn(Lit) -> Option<Formula>,
    left: &mut usize,
) -> Option<Formula> {
    if let Some(bit) = (!top).then(|| source(lit)).flatten() {
        return Some(bit);
    }
    *left = left.checked_sub(1)?;
    let (a, b, and) = match *terms.term(lit) {
        Term::And(a, b) => (a, b, true),
        Term::Xor(a, b) => (a, b, false),
        _ => return None,
    };
    let a = Box::new(expressed(terms, a, false, source, left)?);
    let b = Box::new(expressed(terms, b, false, source, left)?);
    let is = match and {
        true => Formula::And(a, b),
        false => Formula::Xor(a, b),
    };
    Some(is.inverted_if(lit.is_inverse()))
}

/// Formulas as terms, of literals by the numbers of bits.
pub(super) struct InTerms<'a> {
    pub(super) terms: &'a mut Terms,
    pub(super) of: &'a FxHashMap<usize, Lit>,
}

impl Algebra for InTerms<'_> {
    type Value = Lit;

    fn bit(&mut self, number: usize) -> Lit {
        self.of[&number]
    }

    fn input(&mut self, input: InputId, bit: u32) -> Lit {
        self.terms.input(input.0, bit)
    }

    fn not(&mut self, of: Lit) -> Lit {
        !of
    }

    fn and(&mut self, a: Lit, b: Lit) -> Lit {
        self.terms.and(a, b)
    }

    fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        self.terms.xor(a, b)
    }
}
