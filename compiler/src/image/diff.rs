//! What differs between the images that two NVMs restore.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decoded, Slot, Value};

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `checkpoint`, the name of a register, or `memory[index]`.
    pub name: String,
    /// On the one side; empty where it has none.
    pub before: String,
    /// On the other.
    pub after: String,
}

/// The differences between what is restored from two NVMs, in the order of the map. Bits that
/// one of the two does not know count as different where the other one knows them.
pub fn diff(one: &Decoded, other: &Decoded) -> Vec<Change> {
    let (before, after) = (restored(one), restored(other));
    let mut out = Vec::new();
    let mut see = |name: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            out.push(Change {
                name: name.to_string(),
                before: before.unwrap_or_default(),
                after: after.unwrap_or_default(),
            });
        }
    };
    let checkpoint = |slot: Option<&Slot>| Some(slot?.checkpoint?.to_string());
    see("checkpoint", checkpoint(before), checkpoint(after));
    let any = before.or(after);
    for name in any.iter().flat_map(|slot| slot.registers.keys()) {
        let value = |slot: Option<&Slot>| Some(slot?.registers.get(name)?.to_string());
        see(name, value(before), value(after));
    }
    let mut memories: Vec<&String> = Vec::new();
    for slot in [before, after].into_iter().flatten() {
        let new = slot.memories.keys().filter(|name| !memories.contains(name));
        let new: Vec<&String> = new.collect();
        memories.extend(new);
    }
    for name in memories {
        let rows = |slot: Option<&Slot>| -> BTreeMap<i64, Value> {
            let rows = slot.and_then(|slot| slot.memories.get(name));
            rows.cloned().unwrap_or_default()
        };
        let (before, after) = (rows(before), rows(after));
        let indices: BTreeSet<&i64> = before.keys().chain(after.keys()).collect();
        for index in indices {
            let text = |rows: &BTreeMap<i64, Value>| rows.get(index).map(Value::to_string);
            see(&format!("{name}[{index}]"), text(&before), text(&after));
        }
    }
    out
}

fn restored(of: &Decoded) -> Option<&Slot> {
    of.slots.get(of.restored?)
}
