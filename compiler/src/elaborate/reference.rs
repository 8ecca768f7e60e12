//! Names and selects of nets: which bits of which elements they stand for.

use super::context::{Elab, Entity, NetIdx, Res, ScopeIdx, Storage};
use super::select::Position;
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Name};
use crate::netlist::{ExprId, Node};
use crate::source::Span;

/// A part of a net.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub net: NetIdx,
    pub element: Element,
    pub bits: Position,
    /// Of what is selected; unpacked dimensions are left for a whole array.
    pub ty: Ty,
    /// Selects that would reach into a neighbour are in range.
    pub guard: Option<ExprId>,
    /// The bits of the element, from a lowest one on, outside of which nothing
    /// is meant: those of the field or vector that is selected from.
    pub window: Option<(u32, u32)>,
    /// A part select may reach into the neighbour of an element that signals
    /// select: what it would write there is not known.
    pub straddles: bool,
    pub span: Span,
}

/// Which element of the unpacked array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Element {
    /// This one, or the first of those that are meant.
    At(u32),
    /// None: a constant index is out of range.
    Outside,
    /// By a value; none where it is past the end.
    Dynamic(ExprId),
}

impl<'a> Elab<'a> {
    /// What a name or hierarchical name stands for; `None` where `expr` is no
    /// such name, or not declared.
    pub fn path(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Option<Entity>> {
        self.nested(self.ast[expr].span, |elab| elab.path_here(scope, expr))
    }

    fn path_here(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Option<Entity>> {
        let ast = self.ast;
        match &ast[expr].kind {
            ExprKind::Name(name) => self.lookup(scope, name),
            ExprKind::Scoped(package, name) => self.scoped(package, name).map(Some),
            ExprKind::Member(base, name) => match self.start(scope, *base)? {
                Some(Entity::Scope(inner)) => self.lookup_here(inner, &name.text),
                Some(Entity::Interface(inner, modport)) => {
                    self.lookup_interface(inner, modport, name)
                }
                Some(Entity::Instance(symbol, at)) => {
                    self.reach_into(at, symbol, name, ast[expr].span)
                }
                _ => Ok(None),
            },
            ExprKind::Index(base, index) => match self.path(scope, *base)? {
                Some(Entity::Scopes(blocks)) => {
                    let at = self.const_i64(scope, *index)?;
                    match blocks.get(&at) {
                        Some(&block) => Ok(Some(Entity::Scope(block))),
                        None => {
                            let message = format!("the generate loop has no block [{at}]");
                            let span = ast[*index].span;
                            self.fail(
                                Diagnostic::error(codes::UNKNOWN_NAME, span, message)
                                    .help("index one of the blocks that the loop makes"),
                            )
                        }
                    }
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// What stands in front of the dot of a hierarchical name. It may be the name of the
    /// module around, where nothing that is declared has it (IEEE 1800-2017, 23.8).
    fn start(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Option<Entity>> {
        let found = self.path(scope, expr)?;
        match &self.ast[expr].kind {
            ExprKind::Name(name) if found.is_none() => {
                Ok(self.body_of(scope, name).map(Entity::Scope))
            }
            _ => Ok(found),
        }
    }

    /// The body of the module around, if it has this name.
    fn body_of(&self, scope: ScopeIdx, module: &str) -> Option<ScopeIdx> {
        let mut body = scope;
        while !self.scope(body).outermost {
            body = self.scope(body).parent?;
        }
        let name = self.ast[self.scope(body).ast].name.as_deref();
        (name == Some(module)).then_some(body)
    }

    /// The part of a net that an expression names.
    pub fn reference(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Reference> {
        let ast = self.ast;
        let span = ast[expr].span;
        match &ast[expr].kind {
            ExprKind::Name(name) => match self.lookup(scope, name)? {
                Some(entity) => self.net_reference(entity, span),
                None => self.unknown_name(scope, name, span),
            },
            ExprKind::Scoped(package, name) => {
                let entity = self.scoped(package, name)?;
                self.net_reference(entity, span)
            }
            ExprKind::Member(base, name) => match self.path(scope, expr)? {
                Some(entity) => self.net_reference(entity, span),
                None => {
                    if let Some(Entity::Scope(inner) | Entity::Interface(inner, _)) =
                        self.start(scope, *base)?
                    {
                        return self.unknown_name(inner, &name.text, name.span);
                    }
                    let base = self.reference(scope, *base)?;
                    self.field(base, name, span)
                }
            },
            ExprKind::Index(base, _) | ExprKind::Range(base, ..) => {
                let mut reference = self.reference(scope, *base)?;
                reference.span = span;
                if reference.ty.unpacked.is_empty() {
                    return self.select_bits(scope, expr, reference);
                }
                match ast[expr].kind {
                    ExprKind::Index(_, index) => self.element(scope, reference, index),
                    ExprKind::Range(_, kind, a, b) => {
                        self.array_slice(scope, reference, kind, a, b)
                    }
                    _ => Ok(reference),
                }
            }
            _ => self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, "this is no net or variable")
                    .help("name a net, a variable or a part of one"),
            ),
        }
    }

    /// A bit, element or part of a vector.
    fn select_bits(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
        mut reference: Reference,
    ) -> Res<Reference> {
        let of = reference.ty.clone();
        let (position, ty, mut guard) = self.select_of(scope, expr, &of)?;
        let inside = position.terms.is_empty()
            && position.constant >= 0
            && position.constant + i64::from(ty.width) <= i64::from(of.width);
        if reference.bits.terms.is_empty() {
            let low = reference.bits.constant;
            if !inside && (0..1 << 31).contains(&low) {
                reference.window = Some((low as u32, of.width));
            }
        } else if !inside {
            match self.ast[expr].kind {
                ExprKind::Index(..) if guard.is_none() => {
                    let (at, _) = self.position(&position);
                    guard = self.below(at, u64::from(of.width));
                }
                ExprKind::Range(..) => reference.straddles = true,
                _ => {}
            }
        }
        reference.bits.add(position);
        reference.ty = ty;
        self.guard(&mut reference, guard);
        Ok(reference)
    }

    fn net_reference(&mut self, entity: Entity, span: Span) -> Res<Reference> {
        let what = match entity {
            Entity::Net(net) => {
                return Ok(self.whole(net, span));
            }
            Entity::Constant(_) => "a constant",
            Entity::Type(_) => "a type",
            Entity::Subroutine(..) => "a function or task",
            Entity::Instance(..) => "an instance",
            Entity::Interface(..) => "an interface",
            _ => "a block",
        };
        let message = format!(
            "`{}` is {what}, no net or variable",
            self.sources.text(span)
        );
        self.fail(
            Diagnostic::error(codes::BAD_TYPE, span, message)
                .help("name a net, a variable or a part of one"),
        )
    }

    /// All of a net.
    pub fn whole(&self, net: NetIdx, span: Span) -> Reference {
        Reference {
            net,
            element: Element::At(0),
            bits: Position::default(),
            ty: (*self.net(net).ty).clone(),
            guard: None,
            window: None,
            straddles: false,
            span,
        }
    }

    /// The elements of an array, the rightmost one first.
    pub fn elements_of(&mut self, array: &Reference) -> Vec<Reference> {
        let mut numbers = vec![0u32];
        let mut stride = array.ty.elements();
        for range in &array.ty.unpacked {
            stride = (u64::from(stride) / range.len()) as u32;
            let step = |number: u32| {
                (0..range.len() as i64)
                    .map(move |offset| number + (range.at(offset) - range.low()) as u32 * stride)
            };
            numbers = numbers.into_iter().flat_map(step).collect();
        }
        let mut list = Vec::with_capacity(numbers.len());
        for number in numbers {
            let mut element = array.clone();
            element.ty.unpacked.clear();
            element.element = match array.element {
                Element::At(first) => Element::At(first + number),
                Element::Outside => Element::Outside,
                Element::Dynamic(first) if number == 0 => Element::Dynamic(first),
                Element::Dynamic(first) => {
                    let mut sum = Position::at(i64::from(number));
                    sum.push(first, false, 1);
                    self.dynamic_element(&sum)
                }
            };
            list.push(element);
        }
        list
    }

    /// Some neighbours in the outermost unpacked dimension.
    fn array_slice(
        &mut self,
        scope: ScopeIdx,
        mut reference: Reference,
        kind: ast::RangeKind,
        a: ast::ExprId,
        b: ast::ExprId,
    ) -> Res<Reference> {
        let span = reference.span;
        let range = reference.ty.unpacked[0];
        let (position, count) = self.part(scope, range, kind, a, b, span)?;
        let first = position.constant;
        if !position.terms.is_empty() {
            return self.unsupported(
                span,
                "a slice of an array at a place that signals select",
                "copy the elements in a loop",
            );
        }
        if first < 0 || first as u64 + count > range.len() {
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, "this slice reaches out of its array")
                    .help("slice within the declared bounds"),
            );
        }
        let part = super::types::Range {
            left: range.at(first + count as i64 - 1),
            right: range.at(first),
        };
        reference.ty.unpacked[0] = part;
        let stride = u64::from(reference.ty.elements()) / count;
        let skip = (part.low() - range.low()) as u32 * stride as u32;
        reference.element = match reference.element {
            Element::At(at) => Element::At(at + skip),
            Element::Outside => Element::Outside,
            Element::Dynamic(at) => {
                let mut sum = Position::at(i64::from(skip));
                sum.push(at, false, 1);
                self.dynamic_element(&sum)
            }
        };
        Ok(reference)
    }

    /// A field of a structure.
    fn field(&mut self, mut base: Reference, name: &Name, span: Span) -> Res<Reference> {
        let fields = base.ty.fields.clone().filter(|_| base.ty.packed.is_empty());
        let field = fields
            .iter()
            .flat_map(|fields| fields.iter())
            .find(|field| field.name == name.text);
        match field {
            Some(field) if base.ty.unpacked.is_empty() => {
                base.bits.add(Position::at(i64::from(field.low)));
                base.ty = field.ty.clone();
                base.span = span;
                Ok(base)
            }
            _ => {
                let message = format!("there is no field `{}` here", name.text);
                self.fail(
                    Diagnostic::error(codes::UNKNOWN_NAME, name.span, message)
                        .help("name a field of the structure"),
                )
            }
        }
    }

    fn guard(&mut self, reference: &mut Reference, guard: Option<ExprId>) {
        reference.guard = match (reference.guard, guard) {
            (Some(a), Some(b)) => Some(self.exprs.and(a, b)),
            (a, b) => a.or(b),
        };
    }

    /// Indexes the outermost unpacked dimension.
    fn element(
        &mut self,
        scope: ScopeIdx,
        mut reference: Reference,
        index: ast::ExprId,
    ) -> Res<Reference> {
        let range = reference.ty.unpacked.remove(0);
        let stride = reference.ty.elements();
        let outermost =
            self.net(reference.net).ty.unpacked.len() == reference.ty.unpacked.len() + 1;
        let (value, signed) = self.self_signed(scope, index)?;
        if let Some(bits) = self.exprs.as_const(value) {
            let at = bits
                .to_i64(signed)
                .and_then(|at| at.checked_sub(range.low()))
                .filter(|&at| at >= 0 && (at as u64) < range.len());
            reference.element = match (reference.element, at) {
                (Element::At(base), Some(at)) => Element::At(base + at as u32 * stride),
                (Element::Dynamic(base), Some(at)) => {
                    let more = i64::from(at as u32 * stride);
                    let mut sum = Position::at(more);
                    sum.push(base, false, 1);
                    self.dynamic_element(&sum)
                }
                _ => Element::Outside,
            };
            return Ok(reference);
        }
        let mut position = Position::at(-range.low());
        position.push(value, signed, 1);
        let (position, _) = self.position(&position);
        if !outermost {
            let guard = self.below(position, range.len());
            self.guard(&mut reference, guard);
        }
        let mut sum = Position::default();
        sum.push(position, false, i64::from(stride));
        reference.element = match reference.element {
            Element::At(base) => {
                sum.constant = i64::from(base);
                self.dynamic_element(&sum)
            }
            Element::Dynamic(base) => {
                sum.push(base, false, 1);
                self.dynamic_element(&sum)
            }
            Element::Outside => Element::Outside,
        };
        Ok(reference)
    }

    fn dynamic_element(&mut self, sum: &Position) -> Element {
        let (position, _) = self.position(sum);
        Element::Dynamic(position)
    }

    /// The present value of a part of a net.
    pub fn read(&mut self, reference: &Reference, span: Span) -> Res<ExprId> {
        if !reference.ty.unpacked.is_empty() {
            let bits = u64::from(reference.ty.width) * u64::from(reference.ty.elements());
            self.check_width(bits, span)?;
            let mut parts = Vec::new();
            for element in self.elements_of(reference) {
                parts.push(self.read(&element, span)?);
            }
            return Ok(self.exprs.concat(&parts));
        }
        let net = self.net(reference.net);
        let (width, count, storage) = (net.ty.width, net.ty.elements(), net.storage);
        let whole = match (storage, reference.element) {
            (_, Element::Outside) => self.exprs.unknown(width),
            (Storage::Slots(first), Element::At(at)) => self.read_slot(first + at),
            (Storage::Slots(first), Element::Dynamic(position)) => {
                let items: Vec<ExprId> = (first..first + count)
                    .map(|slot| self.read_slot(slot))
                    .collect();
                self.exprs.index(position, &items)
            }
            (Storage::Memory(mem), Element::At(at)) => {
                let address = self.exprs.number(32, u64::from(at));
                let read = Node::MemRead(crate::netlist::MemId(mem), address);
                self.exprs.intern(read, width)
            }
            (Storage::Memory(mem), Element::Dynamic(position)) => {
                let address = self.exprs.trim(position);
                let read = Node::MemRead(crate::netlist::MemId(mem), address);
                self.exprs.intern(read, width)
            }
        };
        self.read_bits(whole, &reference.bits, reference.ty.width, span)
    }
}
