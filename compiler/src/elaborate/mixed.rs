//! Variables that one process assigns both by `=` and by `<=`.
//!
//! The nonblocking value lands when the process has ended, on top of what the
//! blocking assignments left; reads see the blocking one. While such a process
//! is executed, what the nonblocking assignments do not replace is a leaf of a
//! slot *beneath*; behind its end the last blocking value takes that place.

use super::clocked::Place;
use super::context::{Elab, Res, Slot};
use super::env::{Env, Key, Mode};
use super::process::runs;
use crate::netlist::ExprId;

impl<'a> Elab<'a> {
    /// Executes the body of a process. Afterwards a variable assigned in both
    /// ways stands in the environment under its blocking key alone.
    pub fn run_body(&mut self, mode: Mode, body: &[Place], enable: Option<ExprId>) -> Res<()> {
        self.env = Env::new(mode);
        self.exec_enabled(body, enable)?;
        let mut mixed = self.assigned_twice();
        while !mixed.is_empty() {
            self.env = Env::new(mode);
            for &slot in &mixed {
                let beneath = self.slot_like(slot);
                self.env.beneath.insert(slot, beneath);
            }
            self.exec_enabled(body, enable)?;
            let found = self.assigned_twice();
            let more = found.iter().any(|slot| !mixed.contains(slot));
            mixed = found;
            if !more {
                break;
            }
        }
        for &slot in &mixed {
            self.lay_on_top(slot);
        }
        self.env.mixed = mixed;
        Ok(())
    }

    /// A body that runs only under a condition, if there is one (`iff`).
    fn exec_enabled(&mut self, body: &[Place], enable: Option<ExprId>) -> Res<()> {
        let run = |elab: &mut Self| {
            let mut places = body.iter();
            places.try_for_each(|&(scope, stmt)| elab.exec_maybe(scope, stmt))
        };
        match enable {
            Some(enable) => self.under(enable, run),
            None => run(self),
        }
    }

    /// The slots written in both ways.
    fn assigned_twice(&self) -> Vec<u32> {
        let written = &self.env.written;
        let both = |key: &Key| match *key {
            Key::Blocking(slot) if written.contains_key(&Key::Nonblocking(slot)) => Some(slot),
            _ => None,
        };
        written.keys().filter_map(both).collect()
    }

    /// A further slot of the same element, without drives.
    pub fn slot_like(&mut self, slot: u32) -> u32 {
        let of = &self.slots[slot as usize];
        let (net, element, width) = (of.net, of.element, of.width);
        self.slots.push(Slot {
            net,
            element,
            width,
            drives: Vec::new(),
            init: None,
            shadow_of: None,
        });
        self.slots.len() as u32 - 1
    }

    /// Makes one value of a variable's two.
    fn lay_on_top(&mut self, slot: u32) {
        let (low, top) = (Key::Blocking(slot), Key::Nonblocking(slot));
        let blocking = self.kept(low);
        let value = self.kept(top);
        let beneath = self.env.beneath.get(&slot).copied();
        let value = self.substitute(value, |_, leaf| (Some(leaf) == beneath).then_some(blocking));
        let width = self.slots[slot as usize].width;
        if let Some(written) = self.env.written.shift_remove(&top) {
            for (from, count) in runs(&written.bits) {
                let (from, count) = (i64::from(from), i64::from(count));
                self.env.note(low, width, from, count, written.span);
            }
        }
        self.env.set(low, value);
    }

    /// The leaf for what lies beneath a nonblocking value, where that matters.
    pub fn beneath(&mut self, key: Key) -> Option<ExprId> {
        let Key::Nonblocking(slot) = key else {
            return None;
        };
        let beneath = *self.env.beneath.get(&slot)?;
        Some(self.leaf(beneath))
    }
}
