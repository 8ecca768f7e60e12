//! The registers and memories that the outputs depend on, their clock and
//! their resets, resolved.

use super::context::{Elab, Res};
use super::resolve::Resolver;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Edge};
use crate::netlist::{AsyncReset, Clock, ExprId, Node, UnaryOp};
use crate::source::Span;

/// A register with its resolved expressions.
#[derive(Debug)]
pub(super) struct Resolved {
    pub flop: u32,
    pub next: ExprId,
    pub resets: Vec<AsyncReset>,
}

/// A memory's write with its resolved expressions.
#[derive(Debug)]
pub(super) struct ResolvedWrite {
    pub enable: ExprId,
    pub address: ExprId,
    pub data: ExprId,
    pub mask: ExprId,
}

/// What resolution from the outputs finds.
#[derive(Debug, Default)]
pub(super) struct Machine {
    pub outputs: Vec<ExprId>,
    pub registers: Vec<Resolved>,
    pub memories: Vec<(u32, Vec<ResolvedWrite>)>,
    pub clock: Option<Clock>,
}

impl<'a> Elab<'a> {
    /// Resolves outputs, and all state that they depend on.
    pub fn machine(&mut self, top: &[ast::SymbolId], outputs: &[ExprId]) -> Res<Machine> {
        let mut resolver = Resolver::default();
        let mut machine = Machine::default();
        let mut done = Ok(());
        for &output in outputs {
            match self.resolve(&mut resolver, output) {
                Ok(value) => machine.outputs.push(value),
                Err(error) => done = Err(error),
            }
        }
        done?;
        let mut clock: Option<(Clock, Span)> = None;
        let (mut flop, mut memory) = (0, 0);
        loop {
            if let Some(&at) = resolver.flops.get(flop) {
                flop += 1;
                let index = self.flops[at as usize].clock;
                self.same_clock(&mut resolver, top, index, &mut clock)?;
                let resolved = self.resolve_flop(&mut resolver, top, at)?;
                machine.registers.push(resolved);
            } else if let Some(&at) = resolver.memories.get(memory) {
                memory += 1;
                let mut writes = Vec::new();
                for write in self.memories[at as usize].writes.clone() {
                    self.same_clock(&mut resolver, top, write.clock, &mut clock)?;
                    writes.push(ResolvedWrite {
                        enable: self.resolve(&mut resolver, write.enable)?,
                        address: self.resolve(&mut resolver, write.address)?,
                        data: self.resolve(&mut resolver, write.data)?,
                        mask: self.resolve(&mut resolver, write.mask)?,
                    });
                }
                machine.memories.push((at, writes));
            } else {
                let others = self.counterparts(&resolver.flops);
                if others.is_empty() {
                    break;
                }
                others.into_iter().for_each(|flop| resolver.reach(flop));
            }
        }
        machine.clock = clock.map(|(clock, _)| clock);
        if let (Some(wanted), Some(clock)) = (&self.options.clock, &machine.clock)
            && *wanted != clock.port
        {
            let message = format!("the clock is `{}`, not `{wanted}`", clock.port);
            return self.fail(
                Diagnostic::global(codes::CLOCK_NOT_FOUND, message)
                    .help("correct the configured clock"),
            );
        }
        Ok(machine)
    }

    /// The input port, and whether inverted, that an expression is.
    fn as_port(&self, top: &[ast::SymbolId], value: ExprId) -> Option<(String, bool)> {
        match *self.exprs.node(value) {
            Node::Input(input) if self.exprs.width(value) == 1 => {
                let port = *top.get(input.index())?;
                Some((self.ast[port].name.text.to_string(), true))
            }
            Node::Unary(UnaryOp::Not, inner) => {
                let (name, straight) = self.as_port(top, inner)?;
                Some((name, !straight))
            }
            _ => None,
        }
    }

    /// Checks that a clock event is that of all others.
    fn same_clock(
        &mut self,
        resolver: &mut Resolver,
        top: &[ast::SymbolId],
        index: u32,
        clock: &mut Option<(Clock, Span)>,
    ) -> Res<()> {
        let event = self.clocks[index as usize].clone();
        let signal = self.resolve(resolver, event.signal)?;
        let Some((port, straight)) = self.as_port(top, signal) else {
            return self.fail(
                Diagnostic::error(
                    codes::SEVERAL_CLOCKS,
                    event.span,
                    "this clock is not an input port of the top module",
                )
                .note("it is gated, divided or made by logic")
                .help("use the input clock and an enable"),
            );
        };
        let rising = (event.edge == Edge::Pos) == straight;
        let found = Clock { port, rising };
        let edge = |clock: &Clock| if clock.rising { "rising" } else { "falling" };
        match clock {
            None => *clock = Some((found, event.span)),
            Some((first, span)) if *first != found => {
                let message = format!(
                    "a second clock: the {} edge of `{}` next to the {} edge of `{}`",
                    edge(&found),
                    found.port,
                    edge(first),
                    first.port
                );
                let span = *span;
                return self.fail(
                    Diagnostic::error(codes::SEVERAL_CLOCKS, event.span, message)
                        .label(span, "the first clock")
                        .help("only designs with one clock edge are taken so far"),
                );
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn resolve_flop(
        &mut self,
        resolver: &mut Resolver,
        top: &[ast::SymbolId],
        flop: u32,
    ) -> Res<Resolved> {
        let (next, resets, span) = {
            let flop = &self.flops[flop as usize];
            (flop.next, flop.resets.clone(), flop.process.span)
        };
        let next = self.resolve(resolver, next)?;
        let mut list = Vec::new();
        for (condition, value) in resets {
            let active = self.resolve(resolver, condition)?;
            let value = self.resolve(resolver, value)?;
            if self
                .exprs
                .as_const(active)
                .is_some_and(|bits| bits.is_zero())
            {
                continue;
            }
            let Some(port) = self.as_port(top, active) else {
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_RESET,
                        span,
                        "the asynchronous reset of this process is no input port of the top module",
                    )
                    .help("reset asynchronously by an input port alone, or synchronously"),
                );
            };
            if self.exprs.as_const(value).is_none() {
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_RESET,
                        span,
                        "an asynchronous reset to a value that is not constant",
                    )
                    .help("reset to a constant, and load values at the clock edge"),
                );
            }
            list.push(AsyncReset {
                active,
                value,
                port,
            });
        }
        Ok(Resolved {
            flop,
            next,
            resets: list,
        })
    }
}
