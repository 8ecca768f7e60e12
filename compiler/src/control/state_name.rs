//! What a control state is called.

use rustc_hash::FxHashMap;

use super::ValueName;
use crate::netlist::{Bits, Netlist, RegId};

/// Names by register and value; of several the first.
pub(crate) struct NameTable<'a>(FxHashMap<(&'a str, &'a Bits), &'a str>);

impl<'a> NameTable<'a> {
    /// For some names.
    pub(crate) fn new(names: &'a [ValueName]) -> NameTable<'a> {
        let mut table = FxHashMap::default();
        for name in names {
            let key = (name.register.as_str(), &name.value);
            table.entry(key).or_insert(name.name.as_str());
        }
        NameTable(table)
    }
}

/// `state=IDLE,round=3`; `all` where nothing is known.
pub(crate) fn state_name(
    netlist: &Netlist,
    registers: &[RegId],
    values: &[Bits],
    names: &NameTable<'_>,
) -> String {
    let known = registers
        .iter()
        .zip(values)
        .filter(|(_, bits)| bits.is_known());
    let parts: Vec<String> = known
        .map(|(register, bits)| {
            let register = &netlist.registers[register.index()].name;
            let value = match (names.0.get(&(register.as_str(), bits)), bits.to_u64()) {
                (Some(&name), _) => name.to_owned(),
                (None, Some(number)) => number.to_string(),
                (None, None) => bits.to_string(),
            };
            format!("{register}={value}")
        })
        .collect();
    if parts.is_empty() {
        "all".to_owned()
    } else {
        parts.join(",")
    }
}
