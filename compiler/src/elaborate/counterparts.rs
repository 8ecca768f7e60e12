//! Registers that one text makes several times.
//!
//! The text of a generate loop is edited once for all its iterations, so where
//! one iteration's register is part of the machine, so is that of the others,
//! even if no output depends on it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Elab;
use crate::frontend::ast::StmtId;
use crate::netlist::{InstanceId, instance_classes};
use crate::source::Span;

/// Registers of one key are made by the same text: class of the instance,
/// process, declaration, and the how manieth of that declaration.
type Key = (u32, StmtId, Span, u32);

impl Elab<'_> {
    /// The registers outside `reached` that are counterparts of one in it, in order.
    pub fn counterparts(&self, reached: &[u32]) -> Vec<u32> {
        if !self.flops.iter().any(|flop| flop.process.in_generate_loop) {
            return Vec::new();
        }
        let classes = instance_classes(&self.instances);
        type Iteration<'e> = (InstanceId, StmtId, Span, &'e [(String, i64)]);
        let mut counts: FxHashMap<Iteration, u32> = FxHashMap::default();
        let mut keys: Vec<Option<Key>> = Vec::with_capacity(self.flops.len());
        for flop in &self.flops {
            if !flop.process.in_generate_loop {
                keys.push(None);
                continue;
            }
            let net = self.net(self.slots[flop.slot as usize].net);
            let (stmt, loops) = (flop.process.stmt, &*flop.process.place.loops);
            let count = counts
                .entry((net.instance, stmt, net.span, loops))
                .or_default();
            let class = classes[net.instance.index()];
            keys.push(Some((class, stmt, net.span, *count)));
            *count += 1;
        }
        let known: FxHashSet<u32> = reached.iter().copied().collect();
        let wanted: FxHashSet<Key> = reached
            .iter()
            .filter_map(|&flop| keys[flop as usize])
            .collect();
        (0..self.flops.len() as u32)
            .filter(|flop| !known.contains(flop))
            .filter(|&flop| keys[flop as usize].is_some_and(|key| wanted.contains(&key)))
            .collect()
    }
}
