//! What one text makes several times.

use indexmap::IndexMap;

use super::{Instance, Netlist, RegId};
use crate::frontend::ast::{StmtId, SymbolId};
use crate::source::Span;

/// The class of each instance: two are of one class exactly if the same
/// statement in instances of one class makes both, as in a generate loop.
pub fn instance_classes(instances: &[Instance]) -> Vec<u32> {
    let mut known: IndexMap<(Option<u32>, Option<SymbolId>), u32> = IndexMap::new();
    let mut classes: Vec<u32> = Vec::with_capacity(instances.len());
    for instance in instances {
        let parent = instance.parent.map(|parent| classes[parent.index()]);
        let next = known.len() as u32;
        let class = known.entry((parent, instance.symbol)).or_insert(next);
        classes.push(*class);
    }
    classes
}

/// The registers that one text makes: one process in instances of one class,
/// one declaration, and the same place among its registers. Every register is
/// in one group; those in no generate loop are mostly alone.
pub fn register_groups(netlist: &Netlist) -> Vec<Vec<RegId>> {
    let classes = instance_classes(&netlist.instances);
    type Iteration<'n> = (u32, StmtId, Span, &'n [(String, i64)]);
    let mut counts: IndexMap<Iteration, u32> = IndexMap::new();
    let mut groups: IndexMap<(u32, StmtId, Span, u32), Vec<RegId>> = IndexMap::new();
    for (index, register) in netlist.registers.iter().enumerate() {
        let origin = &register.origin;
        let (stmt, loops) = (origin.process.stmt, &*origin.process.place.loops);
        let instance = origin.instance;
        let count = counts
            .entry((instance.0, stmt, origin.declaration, loops))
            .or_default();
        let key = (classes[instance.index()], stmt, origin.declaration, *count);
        *count += 1;
        groups.entry(key).or_default().push(RegId(index as u32));
    }
    groups.into_values().collect()
}
