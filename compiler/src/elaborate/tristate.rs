//! Nets with several drivers.
//!
//! A driver *releases* a bit where it gives `z`: [`Elab::released`] finds the
//! condition in the form of the driver's value, through hierarchy and
//! processes. Where at most one driver of a bit holds, the net has its value;
//! where several do, they agree or the value is unknown, so the first one's
//! value is right in both cases. Two drivers that never release are an error.
//!
//! `wand` and `wor` combine what holds; `tri0`, `tri1`, `pullup` and `pulldown`
//! say what a bit is that all release.

use super::context::{Drive, Driver, Elab, Res};
use crate::diagnostics::{Diagnostic, codes};
use crate::netlist::{Bits, ExprId, Node};
use crate::source::Span;

/// How a net makes one value of its drivers'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Resolution {
    /// `wire`, `tri`
    #[default]
    Wire,
    /// `wand`, `triand`
    And,
    /// `wor`, `trior`
    Or,
    /// `tri0`, `tri1`: the value of a bit that all release.
    Pulled(bool),
}

/// A pull on bits of a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull {
    pub slot: u32,
    pub low: u32,
    pub width: u32,
    pub up: bool,
}

/// How deep the search for releases goes; what is deeper counts as held.
const MAX_SEARCH: u32 = 400;

impl<'a> Elab<'a> {
    fn resolution_of(&self, slot: u32) -> Resolution {
        let net = self.slots[slot as usize].net;
        self.resolutions.get(&net).copied().unwrap_or_default()
    }

    /// What a bit is that all drivers release, if a pull says it.
    fn pull_at(&self, slot: u32, bit: u32) -> Option<bool> {
        let here =
            |pull: &&Pull| pull.slot == slot && (pull.low..pull.low + pull.width).contains(&bit);
        match self.resolution_of(slot) {
            Resolution::Pulled(up) => Some(up),
            _ => self.pulls.iter().find(here).map(|pull| pull.up),
        }
    }

    fn has_pull(&self, slot: u32) -> bool {
        matches!(self.resolution_of(slot), Resolution::Pulled(_))
            || self.pulls.iter().any(|pull| pull.slot == slot)
    }

    /// The drives of a slot, sorted, one for each bit that is driven.
    pub fn single_drives(&mut self, slot: u32) -> Res<Vec<Drive>> {
        let mut drives = self.slots[slot as usize].drives.clone();
        drives.sort_by_key(|drive| drive.low);
        let overlap = |pair: &[Drive]| pair[0].low + pair[0].width > pair[1].low;
        if !drives.windows(2).any(overlap) && !self.has_pull(slot) {
            return Ok(drives);
        }
        let mut list = Vec::new();
        for (low, high) in self.pieces(slot, &drives) {
            let here = |drive: &&Drive| drive.low <= low && drive.low + drive.width >= high;
            let members: Vec<Drive> = drives.iter().filter(here).cloned().collect();
            if let Some(drive) = self.joined(slot, low, high - low, &members)? {
                list.push(drive);
            }
        }
        Ok(list)
    }

    /// Ranges of bits that have the same drivers and the same pull.
    fn pieces(&self, slot: u32, drives: &[Drive]) -> Vec<(u32, u32)> {
        let width = self.slots[slot as usize].width;
        let pulls = self.pulls.iter().filter(|pull| pull.slot == slot);
        let mut cuts: Vec<u32> = drives
            .iter()
            .flat_map(|drive| [drive.low, drive.low + drive.width])
            .chain(pulls.flat_map(|pull| [pull.low, pull.low + pull.width]))
            .chain([0, width])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// One drive for bits that all of `members` drive.
    fn joined(&mut self, slot: u32, low: u32, width: u32, members: &[Drive]) -> Res<Option<Drive>> {
        let pull = self.pull_at(slot, low);
        let drive = |value, span| Drive {
            low,
            width,
            value: Driver::Value(value),
            span,
        };
        let pulled = pull.map(|up| match up {
            true => self.exprs.constant(Bits::ones(width)),
            false => self.exprs.constant(Bits::zero(width)),
        });
        let [first, ..] = members else {
            let span = self.net(self.slots[slot as usize].net).span;
            return Ok(pulled.map(|value| drive(value, span)));
        };
        if let ([only], None) = (members, pull) {
            let value = match only.value {
                Driver::Value(value) => self.exprs.slice(value, low - only.low, width),
                // Its other bits have further drivers.
                Driver::Flop(_) if only.low == low && only.width == width => {
                    return Ok(Some(only.clone()));
                }
                Driver::Flop(_) => return self.several_drivers(slot, members),
            };
            return Ok(Some(drive(value, only.span)));
        }
        let mut parts = Vec::new();
        for member in members {
            let Driver::Value(value) = member.value else {
                return self.several_drivers(slot, members);
            };
            let released = self.released(value);
            let value = self.exprs.slice_through(value, low - member.low, width);
            let released = released.map(|released| {
                let piece = self.exprs.slice_through(released, low - member.low, width);
                (piece, self.exprs.as_const(piece).cloned())
            });
            match released {
                Some((_, Some(always))) if always.is_ones() => {}
                Some((_, Some(never))) if never.is_zero() => parts.push((value, None)),
                Some((released, _)) => parts.push((value, Some(released))),
                None => parts.push((value, None)),
            }
        }
        let span = first.span;
        let unknown = self.exprs.unknown(width);
        let under = pulled.unwrap_or(unknown);
        let value = match self.resolution_of(slot) {
            Resolution::Wire | Resolution::Pulled(_) => {
                let held = parts.iter().filter(|(_, released)| released.is_none());
                if parts.len() > 1 && held.count() > 0 {
                    return self.several_drivers(slot, members);
                }
                parts.iter().rev().fold(under, |under, &(value, released)| {
                    self.where_released(released, value, under)
                })
            }
            wired => self.wired(wired, &parts, under),
        };
        Ok(Some(drive(value, span)))
    }

    /// `wand`, `wor`: what holds, combined; `under` where nothing does.
    fn wired(
        &mut self,
        kind: Resolution,
        parts: &[(ExprId, Option<ExprId>)],
        under: ExprId,
    ) -> ExprId {
        let width = self.exprs.width(under);
        let and = kind == Resolution::And;
        let neutral = match and {
            true => self.exprs.constant(Bits::ones(width)),
            false => self.exprs.constant(Bits::zero(width)),
        };
        let mut value = neutral;
        let mut all: Option<ExprId> = Some(self.exprs.constant(Bits::ones(width)));
        for &(part, released) in parts {
            let held = self.where_released(released, part, neutral);
            value = match and {
                true => self.exprs.and(value, held),
                false => self.exprs.or(value, held),
            };
            all = match (all, released) {
                (Some(all), Some(released)) => Some(self.exprs.and(all, released)),
                _ => None,
            };
        }
        self.where_released(all, value, under)
    }

    /// `under` where `released` is set, else `value`.
    fn where_released(&mut self, released: Option<ExprId>, value: ExprId, under: ExprId) -> ExprId {
        let Some(released) = released else {
            return value;
        };
        match self.exprs.node(released).clone() {
            Node::Const(bits) if bits.is_zero() => value,
            Node::Const(bits) if bits.is_ones() => under,
            Node::Mux(select, a, b) => {
                let (x, y) = match *self.exprs.node(value) {
                    Node::Mux(other, x, y) if other == select => (x, y),
                    _ => (value, value),
                };
                let then = self.where_released(Some(a), x, under);
                let other = self.where_released(Some(b), y, under);
                self.exprs.mux(select, then, other)
            }
            Node::Concat(parts) => {
                let mut low = 0;
                let mut pieces = Vec::new();
                for part in parts {
                    let width = self.exprs.width(part);
                    let value = self.exprs.slice_through(value, low, width);
                    let under = self.exprs.slice(under, low, width);
                    pieces.push(self.where_released(Some(part), value, under));
                    low += width;
                }
                self.exprs.concat(&pieces)
            }
            _ => {
                let held = self.exprs.not(released);
                let value = self.exprs.and(value, held);
                let under = self.exprs.and(under, released);
                self.exprs.or(value, under)
            }
        }
    }

    fn several_drivers<T>(&mut self, slot: u32, members: &[Drive]) -> Res<T> {
        let name = self.slot_name(slot);
        let net = self.net(self.slots[slot as usize].net);
        let declared = net.span;
        let clocked = members.iter().all(|it| matches!(it.value, Driver::Flop(_)));
        if clocked && !net.ty.unpacked.is_empty() {
            self.shared.insert(declared);
        }
        let spans: Vec<Span> = members.iter().map(|drive| drive.span).collect();
        let last = spans.last().copied().unwrap_or(declared);
        let mut diagnostic = Diagnostic::error(
            codes::SEVERAL_DRIVERS,
            last,
            format!("`{name}` has more than one driver"),
        )
        .label(declared, "declared here")
        .help("drive each bit from one process, assignment or port, or release it by `z`");
        for &span in &spans[..spans.len().saturating_sub(1)] {
            diagnostic = diagnostic.label(span, "another driver");
        }
        self.fail(diagnostic)
    }

    /// The bits of a value that are released, as an expression not yet
    /// resolved; `None` where none can be.
    pub fn released(&mut self, value: ExprId) -> Option<ExprId> {
        if self.high_z.is_empty() && self.joined_ports == 0 {
            return None;
        }
        self.released_at(value, 0)
    }

    fn released_at(&mut self, value: ExprId, depth: u32) -> Option<ExprId> {
        if depth > MAX_SEARCH {
            return None;
        }
        let width = self.exprs.width(value);
        match self.exprs.node(value).clone() {
            Node::Net(slot) => self.released_slot(slot, depth + 1),
            Node::Mux(select, a, b) => {
                let (a, b) = (
                    self.released_at(a, depth + 1),
                    self.released_at(b, depth + 1),
                );
                if a.is_none() && b.is_none() {
                    return None;
                }
                let never = self.exprs.constant(Bits::zero(width));
                Some(
                    self.exprs
                        .mux(select, a.unwrap_or(never), b.unwrap_or(never)),
                )
            }
            Node::Slice(of, low) => {
                let of = self.released_at(of, depth + 1)?;
                Some(self.exprs.slice_through(of, low, width))
            }
            Node::Concat(parts) => {
                let found: Vec<Option<ExprId>> = parts
                    .iter()
                    .map(|&part| self.released_at(part, depth + 1))
                    .collect();
                if found.iter().all(Option::is_none) {
                    return None;
                }
                let pieces: Vec<ExprId> = found
                    .into_iter()
                    .zip(parts)
                    .map(|(found, part)| {
                        let width = self.exprs.width(part);
                        found.unwrap_or_else(|| self.exprs.constant(Bits::zero(width)))
                    })
                    .collect();
                Some(self.exprs.concat(&pieces))
            }
            _ => None,
        }
    }

    /// The bits of a slot that all its drivers release.
    pub fn released_slot(&mut self, slot: u32, depth: u32) -> Option<ExprId> {
        let width = self.slots[slot as usize].width;
        if self.is_high_z(slot) {
            return Some(self.exprs.constant(Bits::ones(width)));
        }
        if let Some(&known) = self.released_memo.get(&slot) {
            return known;
        }
        // A net that depends on itself counts as held.
        self.released_memo.insert(slot, None);
        let of = &self.slots[slot as usize];
        let (drives, shadow) = (of.drives.clone(), of.shadow_of.is_some());
        let variable = self.net(of.net).variable || of.init.is_some() || shadow;
        let mut pieces = Vec::new();
        for (low, high) in self.pieces(slot, &drives) {
            let width = high - low;
            let mut all: Option<ExprId> = match variable || self.pull_at(slot, low).is_some() {
                true => None,
                false => Some(self.exprs.constant(Bits::ones(width))),
            };
            let here = drives
                .iter()
                .filter(|drive| drive.low <= low && drive.low + drive.width >= high);
            let here: Vec<Drive> = here.cloned().collect();
            if variable && !here.is_empty() {
                all = Some(self.exprs.constant(Bits::ones(width)));
            }
            for drive in here {
                let released = match drive.value {
                    Driver::Value(value) => self.released_at(value, depth + 1),
                    Driver::Flop(_) => None,
                };
                all = match (all, released) {
                    (Some(all), Some(released)) => {
                        let piece = self.exprs.slice_through(released, low - drive.low, width);
                        Some(self.exprs.and(all, piece))
                    }
                    _ => None,
                };
            }
            pieces.push((all, width));
        }
        let mut found = None;
        if pieces.iter().any(|(piece, _)| piece.is_some()) {
            let list: Vec<ExprId> = pieces
                .into_iter()
                .map(|(piece, width)| {
                    piece.unwrap_or_else(|| self.exprs.constant(Bits::zero(width)))
                })
                .collect();
            let whole = self.exprs.concat(&list);
            let never = self.exprs.as_const(whole).is_some_and(Bits::is_zero);
            found = (!never).then_some(whole);
        }
        self.released_memo.insert(slot, found);
        found
    }

    /// Takes what drives a slot away from it, into a slot of its own: what one
    /// side of a bidirectional port drives.
    pub fn take_drives(&mut self, slot: u32) -> u32 {
        let own = self.slot_like(slot);
        self.slots[own as usize].drives = std::mem::take(&mut self.slots[slot as usize].drives);
        for pull in &mut self.pulls {
            if pull.slot == slot {
                pull.slot = own;
            }
        }
        self.joined_ports += 1;
        own
    }
}
