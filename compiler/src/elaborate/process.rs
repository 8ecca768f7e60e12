//! Processes: which kind one is, and what a combinational one drives.

use rustc_hash::FxHashSet;

use super::context::{Drive, Driver, Elab, Res, ScopeIdx};
use super::env::{Env, Key, Mode};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Edge, Event, Process, ProcessKind, StmtKind, Timing};
use crate::netlist::{ExprId, Node};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// Executes a process of a module body or generate block.
    pub fn process(&mut self, scope: ScopeIdx, process: &'a Process) -> Res<()> {
        let ast = self.ast;
        self.env = Env::default();
        let done = match (process.kind, &ast[process.body].kind) {
            (ProcessKind::Final, _) => {
                self.pass_over("a `final` block", process.span);
                Ok(())
            }
            (ProcessKind::Initial, _) => Ok(()),
            (ProcessKind::AlwaysLatch, _) => self.unsupported(
                process.span,
                "`always_latch`",
                "use registers; latches cannot be saved at a clock edge",
            ),
            (ProcessKind::AlwaysComb, _) => self.combinational(scope, Some(process.body), None),
            (_, StmtKind::Timed { timing, body }) => match timing {
                Timing::Star if process.kind == ProcessKind::AlwaysFf => self.unsupported(
                    process.span,
                    "`always_ff` without an edge",
                    "name the clock edge",
                ),
                Timing::Star => self.combinational(scope, *body, None),
                Timing::Events(events) if events.iter().all(|e| e.edge == Edge::Any) => {
                    self.combinational(scope, *body, Some((events, process.span)))
                }
                Timing::Events(events) => self.clocked(scope, process, events, *body),
                Timing::Delay | Timing::ZeroDelay => self.unsupported(
                    process.span,
                    "a process that waits for a delay",
                    "keep testbench code out of the design's modules",
                ),
            },
            _ => self.unsupported(
                process.span,
                "an `always` without an event control",
                "write `always @*` or name the clock edge",
            ),
        };
        self.env = Env::default();
        done
    }

    fn combinational(
        &mut self,
        scope: ScopeIdx,
        body: Option<ast::StmtId>,
        sensitivity: Option<(&'a [Event], Span)>,
    ) -> Res<()> {
        self.env.mode = Mode::Combinational;
        let mut listened = FxHashSet::default();
        if let Some((events, _)) = sensitivity {
            for event in events {
                if let Some(iff) = event.iff {
                    let span = self.ast[iff].span;
                    return self.unsupported(span, "`iff`", "test the condition in the process");
                }
                let value = self.sensitive_to(scope, event.expr)?;
                self.leaves(value.iter().copied(), &mut listened);
            }
        }
        self.run_body(Mode::Combinational, &[(scope, body)], None)?;
        let written = std::mem::take(&mut self.env.written);
        let mut values = Vec::new();
        for (key, bits) in written {
            let slot = match key {
                Key::Blocking(slot) | Key::Nonblocking(slot) => slot,
                Key::Jump(_) => continue,
            };
            if self.net(self.slots[slot as usize].net).local {
                continue;
            }
            let value = self.kept(key);
            values.push(value);
            if let Some(&shadow) = self.env.shadows.get(&slot) {
                self.latches.insert(shadow, bits.bits.clone());
            }
            for (low, width) in runs(&bits.bits) {
                let value = self.exprs.slice(value, low, width);
                self.drive(slot, low, width, Driver::Value(value), bits.span);
            }
        }
        if let Some((_, span)) = sensitivity {
            self.check_sensitivity(&values, &listened, span);
        }
        Ok(())
    }

    /// The values that an event of a sensitivity list watches.
    fn sensitive_to(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Vec<ExprId>> {
        let whole = match self.path(scope, expr)? {
            Some(super::context::Entity::Net(net)) => Some(self.net(net)),
            _ => None,
        };
        if let Some(super::context::Storage::Slots(first)) = whole.map(|net| net.storage) {
            let count = whole.map_or(1, |net| net.ty.elements());
            return Ok((first..first + count).map(|slot| self.leaf(slot)).collect());
        }
        Ok(vec![self.self_determined(scope, expr)?])
    }

    /// Warns of signals that the process reads and does not wait for.
    fn check_sensitivity(&mut self, values: &[ExprId], listened: &FxHashSet<u32>, span: Span) {
        let mut read = FxHashSet::default();
        self.leaves(values.iter().copied(), &mut read);
        let mut missing: Vec<u32> = read.difference(listened).copied().collect();
        missing.retain(|&slot| {
            let own = |key| self.env.get(key).is_some();
            self.slots[slot as usize].shadow_of.is_none()
                && !self.is_high_z(slot)
                && !own(Key::Blocking(slot))
                && !own(Key::Nonblocking(slot))
        });
        missing.sort_unstable();
        if let Some(&slot) = missing.first() {
            let name = self.slot_name(slot);
            self.tell(
                Diagnostic::warning(
                    codes::LATCH,
                    span,
                    format!("the sensitivity list lacks `{name}`, which the process reads"),
                )
                .note("the process is taken as if it waited for all that it reads")
                .help("write `always @*`"),
            );
        }
    }

    /// The slots whose leaves occur in expressions.
    fn leaves(&self, roots: impl Iterator<Item = ExprId>, slots: &mut FxHashSet<u32>) {
        let mut seen = FxHashSet::default();
        let mut stack: Vec<ExprId> = roots.collect();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            if let Node::Net(slot) = *self.exprs.node(id) {
                slots.insert(slot);
            }
            self.exprs.operands(id, |operand| stack.push(operand));
        }
    }

    /// Records what drives a range of bits, field by field: a field must not
    /// seem to depend on what drives its neighbours.
    pub fn drive(&mut self, slot: u32, low: u32, width: u32, value: Driver, span: Span) {
        if let Driver::Value(whole) = value {
            let ty = self.net(self.slots[slot as usize].net).ty.clone();
            let mut at = low;
            for cut in ty.cuts().into_iter().chain([low + width]) {
                if cut <= at || cut > low + width || (at, cut) == (low, low + width) {
                    continue;
                }
                let part = self.exprs.slice_through(whole, at - low, cut - at);
                self.slots[slot as usize].drives.push(Drive {
                    low: at,
                    width: cut - at,
                    value: Driver::Value(part),
                    span,
                });
                at = cut;
            }
            if at > low {
                return;
            }
        }
        self.slots[slot as usize].drives.push(Drive {
            low,
            width,
            value,
            span,
        });
    }
}

/// Maximal runs of set bits: low end and length.
pub(super) fn runs(bits: &[bool]) -> Vec<(u32, u32)> {
    let mut list = Vec::new();
    let mut at = 0;
    while at < bits.len() {
        let start = at;
        while at < bits.len() && bits[at] == bits[start] {
            at += 1;
        }
        if bits[start] {
            list.push((start as u32, (at - start) as u32));
        }
    }
    list
}
