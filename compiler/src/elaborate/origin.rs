//! The way from registers back to the source.

use super::context::{Elab, Flop};
use super::registers::Machine;
use crate::netlist::{Origin, Unused};

impl Elab<'_> {
    /// The hierarchical name of a register, and where it comes from.
    pub fn origin(&self, flop: &Flop) -> (String, Origin) {
        let slot = &self.slots[flop.slot as usize];
        let net = self.net(slot.net);
        let part = net.ty.part_text(flop.low, flop.width);
        let select = format!("{}{}", net.ty.element_text(slot.element), part.select);
        // Signals of an interface are named through it.
        let mut scope_path = net.scope_path.clone();
        if flop.instance != net.instance {
            let through = self.interface_names.get(&(flop.instance, net.instance));
            scope_path.splice(
                0..0,
                through
                    .iter()
                    .flat_map(|name| name.split('.').map(String::from)),
            );
        }
        let origin = Origin {
            instance: flop.instance,
            target: format!("{}{select}", net.name),
            variable: net.name.to_string(),
            bits: part.bits,
            enumerated: part.enumerated,
            declaration: net.span,
            process: flop.process.clone(),
            assigned: flop.assigned,
            scope_path,
        };
        (format!("{}{select}", net.path), origin)
    }

    /// The registers that the machine does without.
    pub fn unused(&self, machine: &Machine) -> Vec<Unused> {
        let mut used = vec![false; self.flops.len()];
        for register in &machine.registers {
            used[register.flop as usize] = true;
        }
        let unused = self.flops.iter().zip(used).filter(|(_, used)| !used);
        unused
            .map(|(flop, _)| Unused {
                width: flop.width,
                origin: self.origin(flop).1,
            })
            .collect()
    }
}
