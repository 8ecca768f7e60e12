//! Three-valued evaluation: which bits follow from what is known.
//!
//! A [`Cone`] is the part of a netlist that a question depends on, with dense
//! numbers (*slots*) for its expressions, operands first. A [`Known`] holds for
//! every bit of the cone whether it is known and its value. Facts enter as
//! values of leaves ([`Known::set`]) before one forward [`Known::sweep`], or
//! as a fact about any bit ([`Known::assume`]), which is carried to its users
//! and back to its operands until nothing new follows.
//!
//! Guarantee: every assignment of the leaves that satisfies the facts agrees
//! with all known bits. A [`Contradiction`] means that there is none. Not
//! everything that follows is found.
//!
//! Cost: a sweep is linear in the limbs of the cone, a [sweep of what is
//! needed](Known::sweep_needed) in those of the region that it visits; an assumption
//! costs the expressions whose knowledge it changes and their neighbours.

mod backward;
mod brief;
mod chains;
mod forward;
pub(crate) mod limbs;
mod needed;

pub(crate) use brief::Brief;
pub use needed::Needed;

use std::collections::VecDeque;

use super::bits::limbs as limb_count;
use super::{Bits, ExprId, Exprs, MemId, Node};

/// The facts exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction;

/// The expressions that some roots depend on, operands before users.
///
/// Registers and memory words end a cone: their next values are not in it
/// unless they are roots.
#[derive(Debug, Clone)]
pub struct Cone {
    nodes: Vec<ExprId>,
    /// Per expression of the netlist its slot, or `u32::MAX`.
    slots: Vec<u32>,
    /// Per slot its first limb; one past the last at the end.
    offsets: Vec<u32>,
    /// Per slot the start of its users in `users`.
    user_starts: Vec<u32>,
    users: Vec<u32>,
    /// Limbs of the widest expression.
    widest: usize,
    chains: chains::Chains,
}

impl Cone {
    /// The cone of some roots.
    pub fn new(exprs: &Exprs, roots: impl IntoIterator<Item = ExprId>) -> Cone {
        let mut wanted = vec![false; exprs.len()];
        for root in roots {
            wanted[root.index()] = true;
        }
        for id in exprs.ids().rev() {
            if wanted[id.index()] {
                exprs.operands(id, |operand| wanted[operand.index()] = true);
            }
        }
        let nodes: Vec<ExprId> = exprs.ids().filter(|id| wanted[id.index()]).collect();
        let mut slots = vec![u32::MAX; exprs.len()];
        let mut offsets = Vec::with_capacity(nodes.len() + 1);
        let mut offset = 0;
        let mut widest = 0;
        let mut user_starts = vec![0u32; nodes.len() + 1];
        let mut last_user = vec![u32::MAX; nodes.len()];
        for (slot, &id) in nodes.iter().enumerate() {
            slots[id.index()] = slot as u32;
            offsets.push(offset);
            let count = limb_count(exprs.width(id));
            widest = widest.max(count);
            offset += count as u32;
            exprs.operands(id, |operand| {
                let operand = slots[operand.index()] as usize;
                // Several uses by one expression count once.
                if std::mem::replace(&mut last_user[operand], slot as u32) != slot as u32 {
                    user_starts[operand + 1] += 1;
                }
            });
        }
        offsets.push(offset);
        for at in 1..user_starts.len() {
            user_starts[at] += user_starts[at - 1];
        }
        let mut fill = user_starts.clone();
        last_user.fill(u32::MAX);
        let mut users = vec![0; *user_starts.last().expect("one more than nodes") as usize];
        for (slot, &id) in nodes.iter().enumerate() {
            exprs.operands(id, |operand| {
                let operand = slots[operand.index()] as usize;
                if std::mem::replace(&mut last_user[operand], slot as u32) != slot as u32 {
                    users[fill[operand] as usize] = slot as u32;
                    fill[operand] += 1;
                }
            });
        }
        let chains = chains::Chains::new(exprs, &nodes, |id| slots[id.index()] as usize);
        Cone {
            chains,
            nodes,
            slots,
            offsets,
            user_starts,
            users,
            widest,
        }
    }

    /// The expressions, operands before users.
    pub fn nodes(&self) -> &[ExprId] {
        &self.nodes
    }

    /// Whether an expression is in the cone.
    pub fn contains(&self, id: ExprId) -> bool {
        self.slots[id.index()] != u32::MAX
    }

    /// The number of an expression; it must be in the cone.
    pub(crate) fn slot(&self, id: ExprId) -> usize {
        self.slots[id.index()] as usize
    }

    /// The limbs of a slot in a plane.
    pub(crate) fn range(&self, slot: usize) -> std::ops::Range<usize> {
        self.offsets[slot] as usize..self.offsets[slot + 1] as usize
    }

    /// Limbs of a plane.
    pub(crate) fn plane_len(&self) -> usize {
        self.offsets[self.nodes.len()] as usize
    }

    fn users(&self, slot: usize) -> &[u32] {
        &self.users[self.user_starts[slot] as usize..self.user_starts[slot + 1] as usize]
    }
}

/// What is known of one expression: `value` is 0 wherever `known` is 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planes<'a> {
    /// Values of the known bits.
    pub(crate) value: &'a [u64],
    /// Which bits are known.
    pub(crate) known: &'a [u64],
}

impl Planes<'_> {
    /// Bit `at`, if known.
    pub(crate) fn bit(self, at: u32) -> Option<bool> {
        limbs::bit(self.known, at).then(|| limbs::bit(self.value, at))
    }

    /// Whether all `width` bits are known.
    pub(crate) fn all_known(self, width: u32) -> bool {
        let (top, rest) = self.known.split_last().expect("a width is not zero");
        rest.iter().all(|&limb| limb == u64::MAX) && *top == limbs::top_mask(width)
    }

    /// The value as a number, if all `width` bits are known; larger ones are `u64::MAX`.
    pub(crate) fn number(self, width: u32) -> Option<u64> {
        self.all_known(width).then(|| {
            let high = self.value[1..].iter().any(|&limb| limb != 0);
            if high { u64::MAX } else { self.value[0] }
        })
    }

    /// Whether the number `at` (of any size) agrees with the known bits.
    pub(crate) fn may_be(self, width: u32, at: u64) -> bool {
        let fits = width >= 64 || at >> width == 0;
        let rest = (self.value.iter().skip(1)).all(|&limb| limb == 0);
        fits && rest && (at ^ self.value[0]) & self.known[0] == 0
    }
}

/// What is known of the bits of a [`Cone`].
///
/// What was learned after a [mark](Known::mark) can be [taken
/// back](Known::undo), which costs no more than learning it did: a search tries
/// its branches on one pair of planes.
#[derive(Debug, Clone, Default)]
pub struct Known {
    value: Vec<u64>,
    known: Vec<u64>,
    /// Limbs before each change since the first mark.
    trail: Vec<Change>,
    marked: bool,
    /// The number of the region that facts are carried in; 0 is all of the cone.
    region: u32,
}

/// What a limb was before it changed.
#[derive(Debug, Clone, Copy)]
struct Change {
    limb: u32,
    value: u64,
    known: u64,
}

/// A moment that a [`Known`] can be taken back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark(usize);

/// Reused memory of evaluations.
#[derive(Debug, Default)]
pub struct Scratch {
    value: Vec<u64>,
    known: Vec<u64>,
    spare: Vec<u64>,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
    /// Per slot the last region that it was in.
    stamps: Vec<u32>,
    /// The number of the last region.
    region: u32,
    tasks: Vec<needed::Task>,
    /// Per slot, the region and the first of the multiplexers that pass it there
    /// past others of their chain; and per multiplexer, the next of these.
    passed: Vec<(u32, u32)>,
    next_passing: Vec<u32>,
    work: u64,
}

impl Known {
    /// Nothing is known.
    pub fn nothing(cone: &Cone) -> Known {
        Known {
            value: vec![0; cone.plane_len()],
            known: vec![0; cone.plane_len()],
            trail: Vec::new(),
            marked: false,
            region: 0,
        }
    }

    /// Remembers this moment.
    pub fn mark(&mut self) -> Mark {
        self.marked = true;
        Mark(self.trail.len())
    }

    /// Forgets what was learned since a moment; contradictions too leave no trace.
    pub fn undo(&mut self, mark: Mark) {
        while self.trail.len() > mark.0 {
            let change = self.trail.pop().expect("longer than the mark");
            self.value[change.limb as usize] = change.value;
            self.known[change.limb as usize] = change.known;
        }
    }

    /// Makes known bits of a limb that were unknown.
    fn add(&mut self, limb: usize, value: u64, known: u64) {
        if self.marked {
            self.trail.push(Change {
                limb: limb as u32,
                value: self.value[limb],
                known: self.known[limb],
            });
        }
        self.value[limb] |= value;
        self.known[limb] |= known;
    }

    /// Adds the known bits of `bits` to what is known of a leaf, without
    /// drawing conclusions: a sweep must follow. Bits known already are kept.
    pub fn set(&mut self, cone: &Cone, expr: ExprId, bits: &Bits) {
        let unknown = bits.unknown_limbs();
        let width = bits.width();
        for (at, limb) in cone.range(cone.slot(expr)).enumerate() {
            let mask = if at + 1 == unknown.len() {
                limbs::top_mask(width)
            } else {
                u64::MAX
            };
            let new = !unknown[at] & mask & !self.known[limb];
            if new != 0 {
                self.add(limb, bits.value_limbs()[at] & new, new);
            }
        }
    }

    /// Bit `bit` of an expression in the cone, if known.
    pub fn bit(&self, cone: &Cone, expr: ExprId, bit: u32) -> Option<bool> {
        self.planes(cone, expr).bit(bit)
    }

    /// What is known of an expression in the cone.
    pub fn bits(&self, cone: &Cone, exprs: &Exprs, expr: ExprId) -> Bits {
        let planes = self.planes(cone, expr);
        let unknown: Vec<u64> = planes.known.iter().map(|limb| !limb).collect();
        Bits::new(exprs.width(expr), planes.value, &unknown)
    }

    pub(crate) fn planes(&self, cone: &Cone, expr: ExprId) -> Planes<'_> {
        let range = cone.range(cone.slot(expr));
        Planes {
            value: &self.value[range.clone()],
            known: &self.known[range],
        }
    }

    /// Evaluates every expression once from its operands and adds the result
    /// to what is known of it.
    pub fn sweep(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        self.sweep_reading(cone, exprs, |_, _| None, scratch)
    }

    /// Like [`Known::sweep`], with the words of memories as `read` knows them.
    pub fn sweep_reading(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        read: impl Fn(MemId, &Bits) -> Option<Bits>,
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        scratch.fit(cone);
        self.region = 0;
        for (slot, &id) in cone.nodes.iter().enumerate() {
            match exprs.node(id) {
                Node::Input(_) | Node::Reg(_) => continue,
                Node::MemRead(memory, address) => {
                    let address = self.bits(cone, exprs, *address);
                    if let Some(word) = read(*memory, &address) {
                        self.set(cone, id, &word);
                    }
                    continue;
                }
                _ => {}
            }
            forward::evaluate(exprs, cone, self, id, scratch);
            self.refine(cone, slot, &scratch.value, &scratch.known)?;
        }
        Ok(())
    }

    /// Adds one fact and all that is found to follow from it. The planes must
    /// be swept. On a contradiction they are left in an unspecified state.
    pub fn assume(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        (expr, bit, value): (ExprId, u32, bool),
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        let limb = bit as usize / 64;
        let count = limb_count(exprs.width(expr));
        let mask = |set: bool| -> Vec<u64> {
            let mut plane = vec![0; count];
            plane[limb] = u64::from(set) << (bit % 64);
            plane
        };
        self.learn(cone, exprs, expr, (&mask(value), &mask(true)), scratch)
    }

    /// Like [`Known::assume`] for all known bits of `bits`.
    pub fn assume_bits(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        expr: ExprId,
        bits: &Bits,
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        let mut known: Vec<u64> = bits.unknown_limbs().iter().map(|limb| !limb).collect();
        limbs::trim(&mut known, bits.width());
        self.learn(cone, exprs, expr, (bits.value_limbs(), &known), scratch)
    }

    fn learn(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        expr: ExprId,
        (value, known): (&[u64], &[u64]),
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        scratch.fit(cone);
        let slot = cone.slot(expr);
        if self.refine(cone, slot, value, known)? {
            scratch.push(slot);
        }
        let result = self.settle(cone, exprs, scratch);
        // Empty unless a contradiction ended the propagation.
        while scratch.pop().is_some() {}
        result
    }

    /// Draws conclusions around every queued slot until nothing changes.
    /// Terminates, since each change makes a bit known.
    fn settle(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        while let Some(slot) = scratch.pop() {
            backward::imply(exprs, cone, self, cone.nodes[slot], scratch)?;
            for &user in cone.users(slot) {
                if !scratch.in_region(self, user) {
                    continue;
                }
                let id = cone.nodes[user as usize];
                if !matches!(exprs.node(id), Node::MemRead(..)) {
                    forward::evaluate(exprs, cone, self, id, scratch);
                    if self.refine(cone, user as usize, &scratch.value, &scratch.known)? {
                        scratch.push(user as usize);
                    }
                }
                backward::imply(exprs, cone, self, id, scratch)?;
            }
            let mut passing = scratch.passing(self, slot);
            while let Some(user) = passing {
                let id = cone.nodes[user as usize];
                forward::evaluate(exprs, cone, self, id, scratch);
                if self.refine(cone, user as usize, &scratch.value, &scratch.known)? {
                    scratch.push(user as usize);
                }
                backward::imply(exprs, cone, self, id, scratch)?;
                passing = scratch.also_passing(user);
            }
        }
        Ok(())
    }

    /// Adds known bits to a slot; tells whether one is new.
    fn refine(
        &mut self,
        cone: &Cone,
        slot: usize,
        value: &[u64],
        known: &[u64],
    ) -> Result<bool, Contradiction> {
        let mut changed = false;
        for (at, limb) in cone.range(slot).enumerate() {
            if (self.value[limb] ^ value[at]) & self.known[limb] & known[at] != 0 {
                return Err(Contradiction);
            }
            if known[at] & !self.known[limb] != 0 {
                changed = true;
                self.add(limb, value[at], known[at]);
            }
        }
        Ok(changed)
    }
}

impl Scratch {
    /// How many limbs and operands have been evaluated, in either direction: a
    /// measure of time that does not depend on the machine.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// Makes the buffers large enough for a cone.
    fn fit(&mut self, cone: &Cone) {
        if self.value.len() < cone.widest {
            self.value.resize(cone.widest, 0);
            self.known.resize(cone.widest, 0);
        }
        if self.queued.len() < cone.nodes.len() {
            self.queued.resize(cone.nodes.len(), false);
            self.stamps.resize(cone.nodes.len(), 0);
            self.passed.resize(cone.nodes.len(), (0, 0));
            self.next_passing.resize(cone.nodes.len(), 0);
        }
    }

    fn push(&mut self, slot: usize) {
        if !std::mem::replace(&mut self.queued[slot], true) {
            self.queue.push_back(slot as u32);
        }
    }

    fn pop(&mut self) -> Option<usize> {
        let slot = self.queue.pop_front()? as usize;
        self.queued[slot] = false;
        Some(slot)
    }
}

#[cfg(test)]
mod tests;
