//! What differs between the images that two NVMs restore.

use super::{Decoded, Map, Slot, Value};

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
pub fn diff(map: &Map, one: &Decoded, other: &Decoded) -> Vec<Change> {
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
        let rows = |slot: Option<&Slot>| -> Vec<Value> {
            let rows = slot.and_then(|slot| slot.memories.get(name));
            rows.cloned().unwrap_or_default()
        };
        let (before, after) = (rows(before), rows(after));
        for row in 0..before.len().max(after.len()) {
            let text = |rows: &[Value]| rows.get(row).map(Value::to_string);
            let first = map.memories.iter().find(|it| it.name == *name);
            let index = first.map_or(0, |it| it.first_index) + row as i64;
            see(&format!("{name}[{index}]"), text(&before), text(&after));
        }
    }
    out
}

fn restored(of: &Decoded) -> Option<&Slot> {
    of.slots.get(of.restored?)
}
