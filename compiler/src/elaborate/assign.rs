//! Assignments: targets, and what they do to slots and memories.

use super::context::{ClockEvent, Elab, Entity, MemWrite, Res, ScopeIdx, Storage};
use super::env::{Key, Mode};
use super::reference::{Element, Reference};
use super::select::Position;
use super::typed::Kind;
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, AssignKind, BinaryOp as Op, ExprKind};
use crate::netlist::{Bits, ExprId, ProcessRef};
use crate::source::Span;

/// What is assigned to.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Part(Reference),
    /// Most significant first.
    Concat(Vec<Target>),
    /// A streaming concatenation; with a size, blocks of it in reverse order.
    Stream(Box<Target>, Option<u32>),
}

impl Target {
    pub fn width(&self) -> u64 {
        match self {
            Target::Part(reference) => {
                u64::from(reference.ty.width) * u64::from(reference.ty.elements())
            }
            Target::Concat(parts) => parts.iter().map(Target::width).sum(),
            Target::Stream(target, _) => target.width(),
        }
    }

    /// The type that a value takes when it is assigned.
    pub fn ty(&self) -> Ty {
        match self {
            Target::Part(reference) => reference.ty.clone(),
            _ => Ty::vector(self.width() as u32, false),
        }
    }
}

impl<'a> Elab<'a> {
    /// The target that an expression names.
    pub fn target(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Target> {
        let ast = self.ast;
        let span = ast[expr].span;
        let (ExprKind::Concat(items) | ExprKind::Stream { items, .. }) = &ast[expr].kind else {
            let reference = self.reference(scope, expr)?;
            let net = self.net(reference.net);
            if !net.local && self.is_elsewhere(scope, net.instance) {
                return self.unsupported(
                    span,
                    "an assignment to a signal of an instance",
                    "assign it in its own module, from a port",
                );
            }
            let target = Target::Part(reference);
            self.check_width(target.width(), span)?;
            return Ok(target);
        };
        let stream = matches!(ast[expr].kind, ExprKind::Stream { .. });
        let mut parts = Vec::new();
        for &item in items {
            let part = self.target(scope, item)?;
            if !stream && part.ty().is_aggregate() {
                let span = ast[item].span;
                let message = format!("`{}` is no vector", self.sources.text(span));
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message)
                        .help("assign arrays and unpacked structures by themselves"),
                );
            }
            parts.push(part);
        }
        let target = Target::Concat(parts);
        self.check_width(target.width(), span)?;
        match ast[expr].kind {
            ExprKind::Stream { left, slice, .. } => {
                let size = self.block_size(scope, left, slice)?;
                Ok(Target::Stream(Box::new(target), size))
            }
            _ => Ok(target),
        }
    }

    /// The value of an expression assigned to a target.
    pub fn assigned_value(
        &mut self,
        scope: ScopeIdx,
        value: ast::ExprId,
        target: &Target,
    ) -> Res<ExprId> {
        let Target::Stream(..) = target else {
            return self.assigned_to(scope, value, &target.ty());
        };
        let span = self.ast[value].span;
        let value = self.stream_value(scope, value)?;
        if u64::from(self.exprs.width(value)) != target.width() {
            let (have, want) = (self.exprs.width(value), target.width());
            let message = format!("a stream of {want} bits takes a value of {have}");
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, message)
                    .help("give a value of as many bits"),
            );
        }
        Ok(value)
    }

    /// An assignment or increment as a statement.
    pub fn exec_assign(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        let span = ast[expr].span;
        match ast[expr].kind {
            ExprKind::Assign {
                kind, op, lhs, rhs, ..
            } => {
                if kind == AssignKind::Continuous {
                    return self.unsupported(
                        span,
                        "a procedural continuous assignment",
                        "use an ordinary assignment",
                    );
                }
                let target = self.target(scope, lhs)?;
                let width = target.width() as u32;
                let value = match op {
                    None => self.assigned_value(scope, rhs, &target)?,
                    Some(op) => self.compound(scope, op, lhs, rhs, span, width)?,
                };
                self.write(&target, value, kind == AssignKind::Nonblocking, span)
            }
            ExprKind::Increment { down, operand } => {
                let target = self.target(scope, operand)?;
                let width = target.width() as u32;
                let old = self.assigned(scope, operand, width)?;
                let one = self.exprs.number(width, 1);
                let op = if down { Op::Sub } else { Op::Add };
                let value = self.arithmetic(op, old, one, false);
                self.write(&target, value, false, span)
            }
            _ => self.unsupported(span, "this statement", "use an assignment or a call"),
        }
    }

    /// `lhs op= rhs`
    fn compound(
        &mut self,
        scope: ScopeIdx,
        op: Op,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        span: Span,
        width: u32,
    ) -> Res<ExprId> {
        let typed = self.typed_binary(scope, op, lhs, rhs, span)?;
        let (context, signed) = (typed.width.max(width), typed.signed);
        let value = match typed.kind {
            Kind::Value(value) => self.exprs.resize(value, context, signed),
            _ => self.lower(typed, context, signed)?,
        };
        Ok(self.exprs.slice(value, 0, width))
    }

    /// Assigns a value as wide as the target.
    pub fn write(
        &mut self,
        target: &Target,
        value: ExprId,
        nonblocking: bool,
        span: Span,
    ) -> Res<()> {
        match target {
            Target::Part(reference) => self.write_part(reference, value, nonblocking, span),
            Target::Concat(parts) => {
                let mut low = 0;
                for part in parts.iter().rev() {
                    let width = part.width() as u32;
                    let slice = self.exprs.slice(value, low, width);
                    self.write(part, slice, nonblocking, span)?;
                    low += width;
                }
                Ok(())
            }
            Target::Stream(target, size) => {
                let value = match *size {
                    Some(size) => self.reversed_blocks(value, size),
                    None => value,
                };
                self.write(target, value, nonblocking, span)
            }
        }
    }

    fn write_part(
        &mut self,
        reference: &Reference,
        value: ExprId,
        nonblocking: bool,
        span: Span,
    ) -> Res<()> {
        if !reference.ty.unpacked.is_empty() {
            let width = reference.ty.width;
            for (at, element) in self.elements_of(reference).iter().enumerate() {
                let part = self.exprs.slice(value, at as u32 * width, width);
                self.write_part(element, part, nonblocking, span)?;
            }
            return Ok(());
        }
        if reference.straddles {
            return self.unsupported(
                reference.span,
                "a part select by a signal in an element that a signal selects, as a target",
                "copy the element to a variable, assign its part, and copy it back",
            );
        }
        let net = self.net(reference.net);
        let (count, storage, local) = (net.ty.elements(), net.storage, net.local);
        if !net.variable {
            let (message, declared) = (
                format!("`{}` is a net, but a process assigns it", net.path),
                net.span,
            );
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, reference.span, message)
                    .label(declared, "declared as a net here")
                    .help("declare it as `reg`"),
            );
        }
        if nonblocking && local {
            return self.unsupported(
                span,
                "a nonblocking assignment to a local variable",
                "use a blocking assignment",
            );
        }
        let key = |slot| match nonblocking {
            true => Key::Nonblocking(slot),
            false => Key::Blocking(slot),
        };
        match (storage, reference.element) {
            (_, Element::Outside) => Ok(()),
            (Storage::Slots(first), Element::At(at)) => {
                self.write_slot(key(first + at), reference, value, None);
                Ok(())
            }
            (Storage::Slots(first), Element::Dynamic(position)) => {
                for at in 0..count {
                    let hit = self.position_is(position, u64::from(at));
                    if self.exprs.as_const(hit).is_some_and(Bits::is_zero) {
                        continue;
                    }
                    self.write_slot(key(first + at), reference, value, Some(hit));
                }
                Ok(())
            }
            (Storage::Memory(mem), _) => {
                self.write_memory(mem, reference, value, nonblocking, span)
            }
        }
    }

    fn write_slot(&mut self, key: Key, reference: &Reference, value: ExprId, hit: Option<ExprId>) {
        let old = self.kept(key);
        let width = self.exprs.width(old);
        let mut new = self.splice_part(old, reference, value);
        for condition in [reference.guard, hit].into_iter().flatten() {
            new = self.exprs.mux(condition, new, old);
        }
        let (mut low, mut end) = match self.bounds(&reference.bits) {
            Some((least, most)) => (least, most.saturating_add(i64::from(reference.ty.width))),
            None => (0, i64::from(width)),
        };
        if let Some((bottom, count)) = reference.window
            && !reference.bits.terms.is_empty()
        {
            low = low.max(i64::from(bottom));
            end = end.min(i64::from(bottom) + i64::from(count));
        }
        let count = (end - low).max(0);
        self.env.note(key, width, low, count, reference.span);
        self.env.set(key, new);
    }

    /// `old` with the bits that a reference names replaced.
    fn splice_part(&mut self, old: ExprId, reference: &Reference, value: ExprId) -> ExprId {
        let have = self.exprs.width(old);
        let Some((low, width)) = reference.window.filter(|&(low, width)| low + width <= have)
        else {
            return self.splice(old, &reference.bits, value);
        };
        let inner = self.exprs.slice(old, low, width);
        let mut position = reference.bits.clone();
        position.constant -= i64::from(low);
        let inner = self.splice(inner, &position, value);
        self.splice(old, &Position::at(i64::from(low)), inner)
    }

    fn write_memory(
        &mut self,
        mem: u32,
        reference: &Reference,
        value: ExprId,
        nonblocking: bool,
        span: Span,
    ) -> Res<()> {
        if self.env.mode == Mode::Initial {
            return self.init_memory(mem, reference, value, span);
        }
        if !nonblocking || self.env.mode != Mode::Clocked {
            let limit = self.options.memory_expand_limit_bits;
            return self.unsupported(
                span,
                &format!("a blocking assignment to a memory of more than {limit} bits"),
                "use a nonblocking assignment in a clocked process",
            );
        }
        let width = self.memories[mem as usize].width;
        let depth = self.memories[mem as usize].depth;
        let address = match reference.element {
            Element::At(at) => self.exprs.number(32, u64::from(at)),
            Element::Dynamic(position) => self.exprs.trim(position),
            Element::Outside => return Ok(()),
        };
        let zeros = self.exprs.constant(Bits::zero(width));
        let ones = self.exprs.constant(Bits::ones(self.exprs.width(value)));
        let data = self.splice_part(zeros, reference, value);
        let mask = self.splice_part(zeros, reference, ones);
        let path = self.env.path;
        let mut enable = path.unwrap_or_else(|| self.exprs.number(1, 1));
        for condition in [reference.guard, self.below(address, u64::from(depth))]
            .into_iter()
            .flatten()
        {
            enable = self.exprs.and(enable, condition);
        }
        // Clock and process are filled in when the process ends.
        let write = MemWrite {
            enable,
            address,
            data,
            mask,
            levels: Vec::new().into(),
            clock: 0,
            process: ProcessRef {
                stmt: ast::StmtId(0),
                span,
                in_generate_loop: false,
                place: Default::default(),
            },
        };
        self.env.memory_writes.push((mem, write));
        Ok(())
    }

    /// An assignment in an `initial` block to a memory.
    fn init_memory(
        &mut self,
        mem: u32,
        reference: &Reference,
        value: ExprId,
        span: Span,
    ) -> Res<()> {
        let (width, depth) = {
            let mem = &self.memories[mem as usize];
            (mem.width, mem.depth)
        };
        let bits = self.require_const(value, span)?;
        let (Element::At(at), true) = (reference.element, bits.width() == width) else {
            return self.unsupported(
                span,
                "this initialisation of a memory",
                "assign whole words at constant addresses",
            );
        };
        let init = self.memories[mem as usize]
            .init
            .get_or_insert_with(|| vec![Bits::unknown(width); depth as usize]);
        if let Some(word) = init.get_mut(at as usize) {
            *word = bits;
        }
        Ok(())
    }

    /// Declares an undeclared name as a net of one bit, where the module allows it.
    pub fn implicit_nets(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        match &ast[expr].kind {
            ExprKind::Name(name) => {
                let instance = self.scope(scope).instance;
                if !self.module_of(instance).implicit_nets || self.lookup(scope, name)?.is_some() {
                    return Ok(());
                }
                let ty = super::types::Ty::vector(1, false);
                let net = self.add_net(scope, name, ast[expr].span, ty, false, false)?;
                self.scope_mut(scope).names.insert(name, Entity::Net(net));
                Ok(())
            }
            ExprKind::Concat(items) => items
                .iter()
                .try_for_each(|&item| self.implicit_nets(scope, item)),
            _ => Ok(()),
        }
    }

    /// The index of a clock event, equal ones shared.
    pub fn clock(&mut self, event: ClockEvent) -> u32 {
        let same = |c: &ClockEvent| c.signal == event.signal && c.edge == event.edge;
        if let Some(at) = self.clocks.iter().position(same) {
            return at as u32;
        }
        self.clocks.push(event);
        self.clocks.len() as u32 - 1
    }
}
