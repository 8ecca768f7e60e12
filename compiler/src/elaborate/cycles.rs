//! What becomes of cycles that resolution meets: split into bits, or an error.

use super::context::{Elab, Res};
use super::resolve::{Resolver, Segment, Source, Task};
use crate::diagnostics::{Diagnostic, codes};
use crate::source::Span;

impl Elab<'_> {
    /// Splits the segments on a cycle into bits; a cycle of bits is an error.
    pub fn break_cycle(&mut self, resolver: &mut Resolver, stack: &[Task]) -> Res<()> {
        let last = stack.last().copied();
        let start = stack.iter().position(|task| Some(*task) == last);
        let mut cycle = Vec::new();
        for &task in &stack[start.unwrap_or(0)..stack.len() - 1] {
            if let Task::Segment(slot, at) = task {
                let segment = &resolver.segments[&slot][at];
                if segment.busy && !cycle.contains(&(slot, at)) {
                    cycle.push((slot, at));
                }
            }
        }
        for &task in stack {
            if let Task::Segment(slot, at) = task
                && let Some(segment) = resolver.segments.get_mut(&slot).and_then(|s| s.get_mut(at))
            {
                segment.busy = false;
            }
        }
        let segment = |&(slot, at): &(u32, usize)| &resolver.segments[&slot][at];
        if let Some(&(slot, at)) =
            (cycle.iter()).find(|at| matches!(segment(at).source, Source::Flop(_)))
        {
            let span = segment(&(slot, at)).span;
            return self.resets_itself(slot, span);
        }
        let wide = |&(slot, at): &(u32, usize)| resolver.segments[&slot][at].width > 1;
        let mut split: Vec<(u32, usize)> = cycle.iter().copied().filter(wide).collect();
        if split.is_empty() {
            return self.combinational_loop(resolver, &cycle);
        }
        // From the back, so that the places in front stay.
        split.sort_unstable_by(|a, b| b.cmp(a));
        for (slot, at) in split {
            let segment = resolver.segments[&slot][at].clone();
            let Source::Expr(expr) = segment.source else {
                continue;
            };
            let bits: Vec<Segment> = (0..segment.width)
                .map(|bit| Segment {
                    low: segment.low + bit,
                    width: 1,
                    source: Source::Expr(self.exprs.slice_through(expr, bit, 1)),
                    ..segment.clone()
                })
                .map(|bit| Segment { busy: false, ..bit })
                .collect();
            if let Some(list) = resolver.segments.get_mut(&slot) {
                list.splice(at..=at, bits);
            }
        }
        Ok(())
    }

    /// The error for a register that is part of what resets it.
    fn resets_itself(&mut self, slot: u32, span: Option<Span>) -> Res<()> {
        let name = self.slot_name(slot);
        let declared = self.net(self.slots[slot as usize].net).span;
        self.fail(
            Diagnostic::error(
                codes::BAD_RESET,
                span.unwrap_or(declared),
                format!("the asynchronous reset of `{name}` depends on `{name}` itself"),
            )
            .label(declared, "declared here")
            .note("such a pulse ends by its own effect; how long it lasts is up to gate delays")
            .help("reset it synchronously, or by a register that it does not reset"),
        )
    }

    fn combinational_loop(&mut self, resolver: &Resolver, cycle: &[(u32, usize)]) -> Res<()> {
        let mut names = Vec::new();
        let mut spans: Vec<Span> = Vec::new();
        for &(slot, at) in cycle {
            let segment = &resolver.segments[&slot][at];
            let ty = &self.net(self.slots[slot as usize].net).ty;
            let mut name = self.slot_name(slot);
            if let [range] = ty.packed[..] {
                let low = i64::from(segment.low);
                let index = match range.descending() {
                    true => range.right + low,
                    false => range.right - low,
                };
                name.push_str(&format!("[{index}]"));
            }
            names.push(format!("`{name}`"));
            spans.extend(segment.span.filter(|span| !spans.contains(span)));
        }
        let message = format!("a combinational loop through {}", names.join(" → "));
        let mut diagnostic = match spans.first() {
            Some(&span) => Diagnostic::error(codes::COMBINATIONAL_LOOP, span, message),
            None => Diagnostic::global(codes::COMBINATIONAL_LOOP, message),
        };
        for &span in spans.iter().skip(1).take(8) {
            diagnostic = diagnostic.label(span, "then through here");
        }
        self.fail(diagnostic.help("break the loop by a register, or by assigning before reading"))
    }
}
