//! Values that are none: high impedance, and what a process may leave out.
//!
//! A bit written `z` is a leaf of a slot of its own, so that [`super::tristate`]
//! can see where a driver lets go of its net. Wherever the value matters it is
//! unknown (IEEE 1364-2005, 5.1.10): resolution makes it so.

use rustc_hash::FxHashMap;

use super::context::{Elab, Net, NetIdx, Slot, Storage};
use super::env::{Key, Mode};
use super::types::Ty;
use crate::netlist::{Bits, ExprId, InstanceId, Node};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// `width` bits of high impedance.
    pub fn high_z(&mut self, span: Span, width: u32) -> ExprId {
        if let Some(&slot) = self.high_z.get(&width) {
            return self.leaf(slot);
        }
        let net = NetIdx(self.nets.len() as u32);
        let slot = self.slots.len() as u32;
        self.nets.push(Net {
            name: "z".into(),
            path: "z".into(),
            instance: InstanceId(0),
            scope_path: Vec::new(),
            ty: std::rc::Rc::new(Ty::vector(width, false)),
            storage: Storage::Slots(slot),
            span,
            variable: false,
            local: false,
        });
        self.slots.push(Slot {
            net,
            element: 0,
            width,
            drives: Vec::new(),
            init: None,
            shadow_of: None,
        });
        self.high_z.insert(width, slot);
        self.leaf(slot)
    }

    /// Whether a slot is high impedance.
    pub fn is_high_z(&self, slot: u32) -> bool {
        let width = self.slots[slot as usize].width;
        self.high_z.get(&width) == Some(&slot)
    }

    /// A constant some of whose bits are `z`.
    pub fn constant_with_z(&mut self, bits: &Bits, z: Option<&Bits>, span: Span) -> ExprId {
        let Some(z) = z.filter(|z| !z.is_zero()) else {
            return self.exprs.constant(bits.clone());
        };
        let mut parts = Vec::new();
        let mut at = 0;
        while at < bits.width() {
            let (low, high_z) = (at, z.bit(at) == Some(true));
            while at < bits.width() && (z.bit(at) == Some(true)) == high_z {
                at += 1;
            }
            parts.push(match high_z {
                true => self.high_z(span, at - low),
                false => self.exprs.constant(bits.slice(low, at - low)),
            });
        }
        self.exprs.concat(&parts)
    }

    /// A value in which high impedance is unknown.
    pub fn settle(&mut self, value: ExprId) -> ExprId {
        if self.high_z.is_empty() || self.exprs.as_const(value).is_some() {
            return value;
        }
        let leaves: FxHashMap<u32, ()> = self.high_z.values().map(|&slot| (slot, ())).collect();
        self.substitute(value, |elab, slot| {
            let width = elab.slots[slot as usize].width;
            leaves
                .contains_key(&slot)
                .then(|| elab.exprs.unknown(width))
        })
    }

    /// What a variable holds behind a case that its author calls complete where
    /// no arm is taken: what it held before, and anything where that were a latch.
    pub fn left_by_full_case(&mut self, key: Key, kept: ExprId) -> ExprId {
        let (Key::Blocking(slot) | Key::Nonblocking(slot)) = key else {
            return kept;
        };
        let local = self.net(self.slots[slot as usize].net).local;
        if !local && self.env.mode != Mode::Combinational {
            return kept;
        }
        let Some(&shadow) = self.env.shadows.get(&slot) else {
            return kept;
        };
        self.substitute(kept, |elab, leaf| {
            let width = elab.slots[leaf as usize].width;
            (leaf == shadow).then(|| elab.exprs.unknown(width))
        })
    }

    /// An expression with other values for some of its leaves.
    pub fn substitute(
        &mut self,
        root: ExprId,
        new: impl Fn(&mut Self, u32) -> Option<ExprId>,
    ) -> ExprId {
        let mut memo: FxHashMap<ExprId, ExprId> = FxHashMap::default();
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            if memo.contains_key(&id) {
                stack.pop();
                continue;
            }
            let before = stack.len();
            self.exprs.operands(id, |operand| {
                if !memo.contains_key(&operand) {
                    stack.push(operand);
                }
            });
            if stack.len() > before {
                continue;
            }
            stack.pop();
            let value = match *self.exprs.node(id) {
                Node::Net(slot) => new(self, slot).unwrap_or(id),
                _ => self
                    .exprs
                    .rebuild(id, |operand| memo.get(&operand).copied()),
            };
            memo.insert(id, value);
        }
        memo[&root]
    }
}
