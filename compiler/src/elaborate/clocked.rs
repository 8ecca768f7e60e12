//! Clocked processes: clock, asynchronous resets, next values.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{ClockEvent, Driver, Elab, Flop, Res, ScopeIdx};
use super::env::{Key, Mode, Written};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Edge, Event, Process, StmtKind};
use crate::netlist::{Assigned, ExprId, InstanceId, LoopedProcess, ProcessRef};
use crate::source::Span;

/// What one branch of a clocked process leaves.
struct Branch {
    written: indexmap::IndexMap<Key, Written>,
    values: FxHashMap<Key, ExprId>,
    /// How it assigns each slot.
    assigned: FxHashMap<u32, Assigned>,
}

/// A statement with the scope that it stands in.
pub(super) type Place = (ScopeIdx, Option<ast::StmtId>);

/// What a clocked process does at each of its edges.
struct Peeled {
    /// The asynchronous resets, the strongest first, each with what runs while it is active.
    resets: Vec<(ExprId, Vec<Place>)>,
    clock: ClockEvent,
    /// What runs at the clock edge.
    main: Vec<Place>,
}

impl<'a> Elab<'a> {
    pub fn clocked(
        &mut self,
        scope: ScopeIdx,
        process: &'a Process,
        events: &'a [Event],
        body: Option<ast::StmtId>,
    ) -> Res<()> {
        self.env.mode = Mode::Clocked;
        let mut edges = Vec::new();
        // The main branch runs only under the condition of its clock event.
        let mut qualifiers = Vec::new();
        for event in events {
            let span = self.ast[event.expr].span;
            if event.edge == Edge::Any {
                return self.unsupported(
                    span,
                    "a level next to an edge in one event control",
                    "name edges only, or use `always @*`",
                );
            }
            let signal = self.self_determined(scope, event.expr)?;
            let signal = self.exprs.slice(signal, 0, 1);
            let edge = event.edge;
            if let Some(iff) = event.iff {
                let condition = self.condition(scope, iff)?;
                qualifiers.push((signal, edge, condition, self.ast[iff].span));
            }
            edges.push(ClockEvent { signal, edge, span });
        }
        let Peeled {
            resets,
            clock,
            main,
        } = self.find_resets(scope, edges, body, process.span)?;
        let mut enable = None;
        for (signal, edge, condition, span) in qualifiers {
            if (signal, edge) != (clock.signal, clock.edge) {
                return self.unsupported(
                    span,
                    "`iff` behind the edge of a reset",
                    "test the condition in the process",
                );
            }
            enable = Some(condition);
        }

        let process_ref = ProcessRef {
            stmt: process.body,
            span: process.span,
            in_generate_loop: self.scope(scope).in_generate_loop,
            place: self.place(scope),
        };
        if !process_ref.place.loops.is_empty() {
            self.looped.push(LoopedProcess {
                instance: self.scope(scope).instance,
                stmt: process.body,
                loops: process_ref.place.loops.clone(),
            });
        }
        let clock = self.clock(clock);
        let mut branches = Vec::new();
        for (condition, places) in resets {
            branches.push((condition, self.run_branch(&places, None)?));
        }
        let mut main = self.run_branch(&main, enable)?;
        one_kind(
            branches
                .iter_mut()
                .map(|(_, branch)| branch)
                .chain([&mut main]),
        );
        for (mem, mut write) in std::mem::take(&mut self.env.memory_writes) {
            write.clock = clock;
            write.levels = branches.iter().map(|(condition, _)| *condition).collect();
            write.process = process_ref.clone();
            for (condition, _) in &branches {
                let inactive = self.exprs.not(*condition);
                write.enable = self.exprs.and(write.enable, inactive);
            }
            self.memories[mem as usize].writes.push(write);
        }
        let instance = self.scope(scope).instance;
        self.flops_of(&main, &branches, clock, &process_ref, instance)
    }

    /// Peels `if (reset) … else …` off the body until one event is left, the clock. What
    /// stands in front of a test runs in both of its branches.
    fn find_resets(
        &mut self,
        scope: ScopeIdx,
        mut edges: Vec<ClockEvent>,
        body: Option<ast::StmtId>,
        whole: Span,
    ) -> Res<Peeled> {
        let ast = self.ast;
        let mut place: Place = (scope, body);
        let mut before: Vec<Place> = Vec::new();
        let mut resets = Vec::new();
        while edges.len() > 1 {
            let Some(stmt) = place.1 else { break };
            match &ast[stmt].kind {
                StmtKind::Block {
                    scope: block,
                    stmts,
                } => {
                    let Some((test, others)) = ast.reset_test(stmts) else {
                        break;
                    };
                    let inner = self.block(place.0, *block);
                    before.extend(others.map(|stmt| (inner, Some(stmt))));
                    place = (inner, Some(test));
                }
                StmtKind::If {
                    condition,
                    then_branch,
                    else_branch,
                    ..
                } => {
                    let test = self.condition(place.0, *condition)?;
                    let inverse = self.exprs.not(test);
                    let tested = |e: &ClockEvent| e.signal == test || e.signal == inverse;
                    let Some(at) = edges.iter().position(tested) else {
                        break;
                    };
                    let event = edges.remove(at);
                    let active_high = event.signal == test;
                    if active_high != (event.edge == Edge::Pos) {
                        let place = ast[*condition].span;
                        return self.fail(
                            Diagnostic::error(
                                codes::BAD_RESET,
                                place,
                                "this reset is tested for the level that its edge does not lead to",
                            )
                            .label(event.span, "the edge")
                            .help("test an active-low reset behind `negedge`, and the reverse"),
                        );
                    }
                    let then = before.iter().copied().chain([(place.0, *then_branch)]);
                    resets.push((test, then.collect()));
                    place.1 = *else_branch;
                }
                _ => break,
            }
        }
        match (edges.pop(), edges.is_empty()) {
            (Some(clock), true) => {
                let place = self.behind_clock_tests(place, &clock)?;
                before.push(place);
                Ok(Peeled {
                    resets,
                    clock,
                    main: before,
                })
            }
            (last, _) => {
                let span = place.1.map_or(whole, |stmt| ast[stmt].span);
                let mut diagnostic = Diagnostic::error(
                    codes::BAD_RESET,
                    span,
                    "a process of several edges must begin by testing its resets",
                )
                .help("write `if (reset) … else …` with nothing behind it");
                for event in edges.iter().chain(&last) {
                    diagnostic = diagnostic.label(event.span, "an edge");
                }
                self.fail(diagnostic)
            }
        }
    }

    /// Past tests of the clock for the level that its edge has led to: `else if (clk)`.
    fn behind_clock_tests(&mut self, mut place: Place, clock: &ClockEvent) -> Res<Place> {
        let ast = self.ast;
        let high = clock.edge == Edge::Pos;
        while let (scope, Some(stmt)) = place {
            match &ast[stmt].kind {
                StmtKind::Block {
                    scope: block,
                    stmts,
                } if stmts.len() == 1 => {
                    place = (self.block(scope, *block), Some(stmts[0]));
                }
                StmtKind::If {
                    condition,
                    then_branch,
                    ..
                } => {
                    let test = self.condition(scope, *condition)?;
                    let level = match high {
                        true => clock.signal,
                        false => self.exprs.not(clock.signal),
                    };
                    if test != level {
                        break;
                    }
                    place = (scope, *then_branch);
                }
                _ => break,
            }
        }
        Ok(place)
    }

    /// Executes one branch from the registers' present values.
    fn run_branch(&mut self, places: &[Place], enable: Option<ExprId>) -> Res<Branch> {
        let writes = std::mem::take(&mut self.env.memory_writes);
        self.run_body(Mode::Clocked, places, enable)?;
        let written = std::mem::take(&mut self.env.written);
        let values = written
            .keys()
            .filter_map(|&key| Some((key, self.env.get(key)?)))
            .collect();
        let mixed = std::mem::take(&mut self.env.mixed);
        let assigned = written.keys().filter_map(|key| match *key {
            Key::Blocking(slot) if mixed.contains(&slot) => Some((slot, Assigned::Mixed)),
            Key::Blocking(slot) => Some((slot, Assigned::Blocking)),
            Key::Nonblocking(slot) => Some((slot, Assigned::Nonblocking)),
            Key::Jump(_) => None,
        });
        let assigned = assigned.collect();
        if !writes.is_empty() {
            let (mem, span) = (writes[0].0, writes[0].1.process.span);
            let name = self.net(self.memories[mem as usize].net).path.clone();
            return self.fail(
                Diagnostic::error(
                    codes::BAD_RESET,
                    span,
                    format!("an asynchronous reset writes the memory `{name}`"),
                )
                .help("memories cannot be reset; clear it by a loop over clock cycles"),
            );
        }
        Ok(Branch {
            written,
            values,
            assigned,
        })
    }

    /// Makes the registers of a process.
    fn flops_of(
        &mut self,
        main: &Branch,
        resets: &[(ExprId, Branch)],
        clock: u32,
        process: &ProcessRef,
        instance: InstanceId,
    ) -> Res<()> {
        let levels: Rc<[ExprId]> = resets.iter().map(|(condition, _)| *condition).collect();
        let mut keys: indexmap::IndexMap<Key, Span> = indexmap::IndexMap::new();
        for branch in resets.iter().map(|(_, branch)| branch).chain([main]) {
            for (&key, written) in &branch.written {
                keys.entry(key).or_insert(written.span);
            }
        }
        for (&key, &span) in &keys {
            let (Key::Blocking(slot) | Key::Nonblocking(slot)) = key else {
                continue;
            };
            let assigned = assigned(main, resets, slot);
            let net = self.net(self.slots[slot as usize].net);
            if net.local {
                continue;
            }
            let width = self.slots[slot as usize].width;
            // Every field of a structure is a register by itself.
            let cuts = self.net(self.slots[slot as usize].net).ty.cuts();
            let covers = |branch: &Branch, at: u32| {
                let written = branch.written.get(&key);
                written.is_some_and(|written| written.bits[at as usize])
            };
            // Bits that the same branches write belong together.
            let signature = |at: u32| -> Vec<bool> {
                let branches = resets.iter().map(|(_, branch)| branch);
                branches.chain([main]).map(|b| covers(b, at)).collect()
            };
            let mut at = 0;
            while at < width {
                let (low, bits) = (at, signature(at));
                while at < width && signature(at) == bits && (at == low || !cuts.contains(&at)) {
                    at += 1;
                }
                if !bits.contains(&true) {
                    continue;
                }
                let hold = self.leaf(slot);
                let part = |elab: &mut Self, branch: &Branch| {
                    let value = branch.values.get(&key).copied().unwrap_or(hold);
                    match cuts.is_empty() {
                        true => elab.exprs.slice(value, low, at - low),
                        false => elab.exprs.slice_through(value, low, at - low),
                    }
                };
                let mut next = part(self, main);
                let mut list = Vec::new();
                for (which, (condition, branch)) in resets.iter().enumerate().rev() {
                    if bits[which] {
                        list.push((*condition, part(self, branch)));
                    } else {
                        // The register keeps its value while this reset is active.
                        let held = self.exprs.slice(hold, low, at - low);
                        next = self.exprs.mux(*condition, held, next);
                        for reset in &mut list {
                            let inactive = self.exprs.not(*condition);
                            reset.0 = self.exprs.and(reset.0, inactive);
                        }
                    }
                }
                list.reverse();
                self.flops.push(Flop {
                    slot,
                    low,
                    width: at - low,
                    next,
                    resets: list,
                    levels: levels.clone(),
                    clock,
                    process: process.clone(),
                    assigned,
                    instance,
                });
                let flop = self.flops.len() as u32 - 1;
                self.drive(slot, low, at - low, Driver::Flop(flop), span);
            }
        }
        Ok(())
    }
}

/// How a process assigns a slot, all branches together.
fn assigned(main: &Branch, resets: &[(ExprId, Branch)], slot: u32) -> Assigned {
    let mut resets = resets.iter().map(|(_, branch)| branch);
    match main.assigned.get(&slot) {
        Some(Assigned::Blocking) | None => {
            let blocking = |branch: &Branch| {
                let how = branch.assigned.get(&slot);
                how.is_none_or(|how| *how == Assigned::Blocking)
            };
            match resets.all(blocking) {
                true => Assigned::Blocking,
                false if main.assigned.contains_key(&slot) => Assigned::Mixed,
                false => Assigned::Nonblocking,
            }
        }
        Some(how) => *how,
    }
}

/// Where some branches assign a variable by `=` and others by `<=`, the key is
/// the blocking one in all: what a branch leaves is the same.
fn one_kind<'b>(branches: impl Iterator<Item = &'b mut Branch>) {
    let branches: Vec<&mut Branch> = branches.collect();
    let keys = branches.iter().flat_map(|branch| branch.written.keys());
    let blocking: FxHashSet<Key> = keys
        .copied()
        .filter(|key| matches!(key, Key::Blocking(_)))
        .collect();
    for branch in branches {
        for &key in &blocking {
            let Key::Blocking(slot) = key else { continue };
            let other = Key::Nonblocking(slot);
            if let Some(written) = branch.written.shift_remove(&other) {
                branch.written.insert(key, written);
            }
            if let Some(value) = branch.values.remove(&other) {
                branch.values.insert(key, value);
            }
        }
    }
}
