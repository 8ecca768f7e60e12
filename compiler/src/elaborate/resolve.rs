//! Leaves to drives: every `Node::Net` of an expression is replaced by what
//! drives it.
//!
//! A slot is a list of segments, one per drive, in between bits that nothing
//! drives. Segments are resolved depth first, each once, on an explicit stack.
//! A segment that turns out to need itself may still be free of a loop bit by
//! bit (`a[7:1] = a[6:0]`): all segments on the cycle are then split into bits
//! and resolution starts again; a cycle of single bits is a combinational loop.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{Driver, Elab, Reported, Res};
use crate::diagnostics::{Diagnostic, codes};
use crate::netlist::{ExprId, Node};
use crate::source::Span;

/// A range of bits of a slot with one source.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub low: u32,
    pub width: u32,
    pub source: Source,
    pub span: Option<Span>,
    pub value: Option<ExprId>,
    pub busy: bool,
}

/// Where a segment's bits come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// An expression still to be resolved.
    Expr(ExprId),
    Flop(u32),
    /// Nothing: unknown.
    Undriven,
    /// A value that a combinational process keeps.
    Latch(u32),
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Expr(ExprId),
    Segment(u32, usize),
}

/// The state of resolution.
#[derive(Debug, Default)]
pub(super) struct Resolver {
    memo: FxHashMap<ExprId, ExprId>,
    pub segments: FxHashMap<u32, Vec<Segment>>,
    /// Registers and memories met, in the order met.
    pub flops: Vec<u32>,
    seen_flops: FxHashSet<u32>,
    pub memories: Vec<u32>,
    seen_memories: FxHashSet<u32>,
    /// Latches stay leaves, for the search for clock gates.
    keep_latches: bool,
}

impl Resolver {
    /// One for which latches are leaves.
    pub fn keeping_latches() -> Resolver {
        Resolver {
            keep_latches: true,
            ..Resolver::default()
        }
    }

    /// Notes a register.
    pub fn add_flop(&mut self, flop: u32) {
        if self.seen_flops.insert(flop) {
            self.flops.push(flop);
        }
    }

    /// Notes a memory.
    pub fn add_memory(&mut self, memory: u32) {
        if self.seen_memories.insert(memory) {
            self.memories.push(memory);
        }
    }

    /// A value that has been resolved.
    pub fn resolved(&self, expr: ExprId) -> Option<ExprId> {
        self.memo.get(&expr).copied()
    }
}

impl<'a> Elab<'a> {
    /// An expression without `Node::Net`.
    pub fn resolve(&mut self, resolver: &mut Resolver, root: ExprId) -> Res<ExprId> {
        let mut stack = vec![Task::Expr(root)];
        let mut needs = Vec::new();
        while let Some(&task) = stack.last() {
            needs.clear();
            let cycle = match task {
                Task::Expr(expr) => {
                    self.step_expr(resolver, expr, &mut needs)?;
                    false
                }
                Task::Segment(slot, at) => self.step_segment(resolver, slot, at, &mut needs)?,
            };
            if cycle {
                self.break_cycle(resolver, &stack)?;
                stack.clear();
                stack.push(Task::Expr(root));
            } else if needs.is_empty() {
                stack.pop();
            } else {
                stack.append(&mut needs);
            }
        }
        match resolver.memo.get(&root) {
            Some(&value) => Ok(value),
            None => Err(Reported),
        }
    }

    /// Resolves an expression, or says what it needs first.
    fn step_expr(
        &mut self,
        resolver: &mut Resolver,
        expr: ExprId,
        needs: &mut Vec<Task>,
    ) -> Res<()> {
        if resolver.memo.contains_key(&expr) {
            return Ok(());
        }
        let value = match self.exprs.node(expr) {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) => expr,
            &Node::Net(slot) => {
                let width = self.exprs.width(expr);
                match self.bits_of(resolver, slot, 0, width, needs)? {
                    Some(value) => value,
                    None => return Ok(()),
                }
            }
            &Node::Slice(of, low) if matches!(self.exprs.node(of), Node::Net(_)) => {
                let &Node::Net(slot) = self.exprs.node(of) else {
                    return Ok(());
                };
                let width = self.exprs.width(expr);
                match self.bits_of(resolver, slot, low, width, needs)? {
                    Some(value) => value,
                    None => return Ok(()),
                }
            }
            &Node::Mux(select, a, b) => {
                let Some(&select) = resolver.memo.get(&select) else {
                    needs.push(Task::Expr(select));
                    return Ok(());
                };
                // A leg that is never taken need not have a value.
                let known = self.exprs.as_const(select).and_then(|bits| bits.bit(0));
                let legs = match known {
                    Some(true) => (a, a),
                    Some(false) => (b, b),
                    None => (a, b),
                };
                let get = |leg| resolver.memo.get(&leg).copied();
                match (get(legs.0), get(legs.1)) {
                    (Some(a), Some(b)) => self.exprs.mux(select, a, b),
                    _ => {
                        needs.extend([Task::Expr(legs.0), Task::Expr(legs.1)]);
                        return Ok(());
                    }
                }
            }
            _ => {
                self.exprs.operands(expr, |operand| {
                    if !resolver.memo.contains_key(&operand) {
                        needs.push(Task::Expr(operand));
                    }
                });
                if !needs.is_empty() {
                    return Ok(());
                }
                if let &Node::MemRead(mem, _) = self.exprs.node(expr) {
                    resolver.add_memory(mem.0);
                }
                self.exprs
                    .rebuild(expr, |operand| resolver.memo.get(&operand).copied())
            }
        };
        resolver.memo.insert(expr, value);
        Ok(())
    }

    /// Bits of a slot from its segments, or what they need.
    fn bits_of(
        &mut self,
        resolver: &mut Resolver,
        slot: u32,
        low: u32,
        width: u32,
        needs: &mut Vec<Task>,
    ) -> Res<Option<ExprId>> {
        if let std::collections::hash_map::Entry::Vacant(e) = resolver.segments.entry(slot) {
            let list = self.segments_of(slot)?;
            e.insert(list);
        }
        let mut parts = Vec::new();
        let segments = &resolver.segments[&slot];
        let first = segments.partition_point(|s| s.low + s.width <= low);
        for (at, segment) in segments.iter().enumerate().skip(first) {
            if segment.low >= low + width {
                break;
            }
            let from = segment.low.max(low);
            let to = (segment.low + segment.width).min(low + width);
            match segment.value {
                Some(value) => parts.push((value, from - segment.low, to - from)),
                None => needs.push(Task::Segment(slot, at)),
            }
        }
        if !needs.is_empty() {
            return Ok(None);
        }
        let parts: Vec<ExprId> = parts
            .into_iter()
            .map(|(value, low, width)| self.exprs.slice(value, low, width))
            .collect();
        Ok(Some(self.exprs.concat(&parts)))
    }

    /// Resolves a segment, or says what it needs first; true on a cycle.
    fn step_segment(
        &mut self,
        resolver: &mut Resolver,
        slot: u32,
        at: usize,
        needs: &mut Vec<Task>,
    ) -> Res<bool> {
        let Some(segment) = resolver.segments.get_mut(&slot).and_then(|s| s.get_mut(at)) else {
            return Ok(false);
        };
        if segment.value.is_some() {
            return Ok(false);
        }
        match segment.source {
            Source::Flop(flop) => {
                let busy = std::mem::replace(&mut segment.busy, true);
                let read = self.read_of(resolver, flop, needs)?;
                let segment = resolver.segments.get_mut(&slot).and_then(|s| s.get_mut(at));
                match (read, segment) {
                    (Some(value), Some(segment)) => {
                        segment.value = Some(value);
                        segment.busy = false;
                        resolver.add_flop(flop);
                    }
                    _ => return Ok(busy),
                }
            }
            Source::Undriven => {
                let width = segment.width;
                segment.value = Some(self.exprs.unknown(width));
                self.undriven(slot);
            }
            Source::Latch(_) if resolver.keep_latches => {
                let (low, width) = (segment.low, segment.width);
                let whole = self.leaf(slot);
                let value = self.exprs.slice(whole, low, width);
                let segment = resolver.segments.get_mut(&slot).and_then(|s| s.get_mut(at));
                if let Some(segment) = segment {
                    segment.value = Some(value);
                }
            }
            Source::Latch(of) if self.is_local(of) => {
                let width = segment.width;
                segment.value = Some(self.exprs.unknown(width));
                self.unassigned(of);
            }
            Source::Latch(of) => {
                let span = segment.span;
                return self.latch(of, span);
            }
            Source::Expr(expr) => match resolver.memo.get(&expr) {
                Some(&value) => {
                    segment.value = Some(value);
                    segment.busy = false;
                }
                None if segment.busy => return Ok(true),
                None => {
                    segment.busy = true;
                    needs.push(Task::Expr(expr));
                }
            },
        }
        Ok(false)
    }

    /// Warns of bits that are read and have no driver.
    fn undriven(&mut self, slot: u32) {
        let name = self.slot_name(slot);
        let net = self.slots[slot as usize].net;
        let span = self.net(net).span;
        // Once for the words of an array.
        if !self.told_undriven.insert(net) {
            return;
        }
        self.tell(
            Diagnostic::warning(
                codes::UNDRIVEN,
                span,
                format!("`{name}` is read, but nothing drives it"),
            )
            .note("its value is unknown, and so may be what depends on it")
            .help("drive it, or remove it"),
        );
    }

    fn latch(&mut self, slot: u32, span: Option<Span>) -> Res<bool> {
        let net = self.net(self.slots[slot as usize].net);
        let declared = net.span;
        let name = self.slot_name(slot);
        self.fail(
            Diagnostic::error(
                codes::LATCH,
                span.unwrap_or(declared),
                format!("`{name}` is a latch: some path through the process does not assign it"),
            )
            .label(declared, "declared here")
            .help("assign it a default value at the beginning of the process"),
        )
    }

    /// Whether a slot belongs to a call of a subroutine.
    fn is_local(&self, slot: u32) -> bool {
        self.net(self.slots[slot as usize].net).local
    }

    /// Warns of a subroutine's variable that a call may read before it assigns it.
    fn unassigned(&mut self, slot: u32) {
        let name = self.slot_name(slot);
        let declared = self.net(self.slots[slot as usize].net).span;
        self.tell(
            Diagnostic::warning(
                codes::LATCH,
                declared,
                format!("`{name}` is read before this call assigns it"),
            )
            .note("its value is taken as unknown, as in synthesis; in simulation it may be that of an earlier call")
            .help("assign it on every path"),
        );
    }

    /// The segments of a slot, all bits covered.
    fn segments_of(&mut self, slot: u32) -> Res<Vec<Segment>> {
        let of = &self.slots[slot as usize];
        let width = of.width;
        if let Some(real) = of.shadow_of {
            return Ok(self.shadow_segments(slot, real, width));
        }
        if self.is_high_z(slot) {
            let source = Source::Expr(self.exprs.unknown(width));
            return Ok(vec![Segment {
                low: 0,
                width,
                source,
                span: None,
                value: None,
                busy: false,
            }]);
        }
        let init = of.init.clone();
        let drives = self.single_drives(slot)?;
        let mut list = Vec::new();
        let mut at = 0;
        let undriven = |elab: &mut Self, low: u32, width: u32| {
            // A variable that nothing drives keeps its initial value.
            let source = match &init {
                Some(init) => Source::Expr(elab.exprs.constant(init.slice(low, width))),
                None => Source::Undriven,
            };
            Segment {
                low,
                width,
                source,
                span: None,
                value: None,
                busy: false,
            }
        };
        for drive in drives {
            if drive.low > at {
                list.push(undriven(self, at, drive.low - at));
            }
            at = drive.low + drive.width;
            list.push(Segment {
                low: drive.low,
                width: drive.width,
                source: match drive.value {
                    Driver::Value(value) => Source::Expr(value),
                    Driver::Flop(flop) => Source::Flop(flop),
                },
                span: Some(drive.span),
                value: None,
                busy: false,
            });
        }
        if at < width {
            list.push(undriven(self, at, width - at));
        }
        Ok(list)
    }

    /// A shadow: bits that its process writes are latches, others are as outside.
    fn shadow_segments(&mut self, shadow: u32, real: u32, width: u32) -> Vec<Segment> {
        let own = self.latches.get(&shadow).cloned();
        let own = own.unwrap_or_else(|| vec![true; width as usize]);
        let leaf = self.leaf(real);
        let net = self.slots[real as usize].net;
        let span = self.slots[real as usize]
            .drives
            .first()
            .map_or(self.net(net).span, |drive| drive.span);
        let mut list = Vec::new();
        let mut at = 0;
        while at < width {
            let (low, latch) = (at, own[at as usize]);
            while at < width && own[at as usize] == latch {
                at += 1;
            }
            let source = match latch {
                true => Source::Latch(real),
                false => Source::Expr(self.exprs.slice(leaf, low, at - low)),
            };
            list.push(Segment {
                low,
                width: at - low,
                source,
                span: Some(span),
                value: None,
                busy: false,
            });
        }
        list
    }
}
