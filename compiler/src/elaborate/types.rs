//! Types and their ranges.

use std::rc::Rc;

use super::context::{Elab, MAX_ELEMENTS, MAX_WIDTH, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Dim, ExprKind, Type, TypeKind};
use crate::netlist::Bits;
use crate::source::Span;

/// Bounds as declared, `[left:right]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub left: i64,
    pub right: i64,
}

impl Range {
    pub fn len(self) -> u64 {
        self.left.abs_diff(self.right).saturating_add(1)
    }

    pub fn low(self) -> i64 {
        self.left.min(self.right)
    }

    pub fn descending(self) -> bool {
        self.left >= self.right
    }

    /// The index at a distance from the right end.
    pub fn at(self, offset: i64) -> i64 {
        match self.descending() {
            true => self.right + offset,
            false => self.right - offset,
        }
    }

    /// Distance of an index from the right end; negative or too large outside.
    pub fn offset(self, index: i64) -> i64 {
        if self.descending() {
            index.saturating_sub(self.right)
        } else {
            self.right.saturating_sub(index)
        }
    }
}

/// A type: a packed vector or structure, possibly in unpacked arrays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ty {
    /// Of one element.
    pub width: u32,
    pub signed: bool,
    /// Outermost first.
    pub packed: Vec<Range>,
    /// Outermost first.
    pub unpacked: Vec<Range>,
    /// What the packed dimensions are of, if no plain bits.
    pub fields: Option<Rc<Vec<Field>>>,
    /// An unpacked structure, laid out like a packed one: no vector by itself.
    pub aggregate: bool,
    /// The fields are those of a union.
    pub union: bool,
    /// So many of the outer packed dimensions are unpacked ones by declaration:
    /// of a field of an unpacked structure, or of a value that is an array.
    pub loose: usize,
    /// The type is an enum, its own dimensions being the innermost.
    pub members: Option<Rc<Members>>,
    /// Has no unknown values, and is 0 at first.
    pub two_state: bool,
}

/// The members of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Members {
    /// Values in the order declared.
    pub values: Vec<Bits>,
    /// How many packed dimensions the base type has.
    pub dims: usize,
}

/// A field of a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub name: Box<str>,
    pub low: u32,
    pub ty: Ty,
}

impl Ty {
    /// `[width-1:0]`, or a scalar.
    pub fn vector(width: u32, signed: bool) -> Ty {
        let range = Range {
            left: i64::from(width) - 1,
            right: 0,
        };
        Ty {
            width,
            signed,
            packed: if width == 1 { Vec::new() } else { vec![range] },
            unpacked: Vec::new(),
            fields: None,
            aggregate: false,
            union: false,
            loose: 0,
            members: None,
            two_state: false,
        }
    }

    /// What one element of a variable holds before anything is assigned.
    pub fn power_up(&self) -> Bits {
        if self.two_state {
            return Bits::zero(self.width);
        }
        let element = self.packed.iter().map(|range| range.len()).product::<u64>();
        match &self.fields {
            Some(fields) if !self.union => {
                let parts: Vec<Bits> = fields.iter().rev().map(|f| f.ty.power_up()).collect();
                let one = Bits::concat(&parts);
                Bits::concat(&vec![one; element as usize])
            }
            _ => Bits::unknown(self.width),
        }
    }

    /// Whether it is a structure or union, not an array of such.
    pub fn is_structure(&self) -> bool {
        self.fields.is_some() && self.packed.is_empty() && self.unpacked.is_empty()
    }

    /// The members, where the type is an enum, not an array of such.
    pub fn enumeration(&self) -> Option<&Members> {
        let members = self.members.as_deref()?;
        (self.packed.len() == members.dims && self.unpacked.is_empty()).then_some(members)
    }

    /// Whether its values are no vectors: an array or an unpacked structure.
    pub fn is_aggregate(&self) -> bool {
        !self.unpacked.is_empty() || self.loose > 0 || self.aggregate
    }

    /// The same value as one vector: its leftmost part is highest.
    pub fn flat(&self) -> Ty {
        let mut flat = self.clone();
        flat.width = (u64::from(self.width) * u64::from(self.elements())) as u32;
        flat.loose += self.unpacked.len();
        flat.packed.splice(0..0, flat.unpacked.drain(..));
        flat
    }

    /// Whether a value of the other type can be assigned to it whole.
    pub fn fits(&self, other: &Ty) -> bool {
        let (a, b) = (self.flat(), other.flat());
        let shape = |ty: &Ty| -> Vec<u64> {
            ty.packed[..ty.loose]
                .iter()
                .map(|range| range.len())
                .collect()
        };
        a.width == b.width && shape(&a) == shape(&b) && a.aggregate == b.aggregate
    }

    /// `int`, `integer`.
    pub fn integer(width: u32, signed: bool) -> Ty {
        let range = Range {
            left: i64::from(width) - 1,
            right: 0,
        };
        Ty {
            packed: vec![range],
            ..Ty::vector(width, signed)
        }
    }

    /// Elements of the unpacked dimensions, at least 1.
    pub fn elements(&self) -> u32 {
        self.unpacked
            .iter()
            .map(|range| range.len())
            .product::<u64>() as u32
    }

    /// The selects that name an element: `[3][1]`.
    pub fn element_text(&self, element: u32) -> String {
        let mut rest = u64::from(element);
        let mut indices = Vec::new();
        for range in self.unpacked.iter().rev() {
            indices.push(range.low() + (rest % range.len()) as i64);
            rest /= range.len();
        }
        let text = |index: &i64| format!("[{index}]");
        indices.iter().rev().map(text).collect()
    }

    /// The type of an element of the outermost packed dimension.
    pub fn packed_element(&self) -> Ty {
        let outer = self.packed.first().map_or(1, |range| range.len());
        let packed: Vec<Range> = self.packed.iter().skip(1).copied().collect();
        let own = |members: &Members| packed.len() >= members.dims;
        Ty {
            width: (u64::from(self.width) / outer) as u32,
            signed: self.loose > 0 && self.signed,
            unpacked: Vec::new(),
            fields: self.fields.clone(),
            aggregate: self.aggregate,
            union: self.union,
            loose: self.loose.saturating_sub(1),
            members: self.members.clone().filter(|members| own(members)),
            two_state: self.two_state,
            packed,
        }
    }
}

impl<'a> Elab<'a> {
    /// Evaluates a type as written.
    pub fn type_of(&mut self, scope: ScopeIdx, ty: &'a Type, span: Span) -> Res<Ty> {
        let span = ty.span.unwrap_or(span);
        let base = match &ty.kind {
            TypeKind::Bits {
                signed, two_state, ..
            } => Ty {
                two_state: *two_state,
                ..Ty::vector(1, *signed)
            },
            TypeKind::Integer {
                width,
                signed,
                two_state,
            } => Ty {
                two_state: *two_state,
                ..Ty::integer(*width, *signed)
            },
            TypeKind::Of(of) => self.measured(scope, *of)?,
            TypeKind::Named(name) => self.named_type(scope, *name)?,
            TypeKind::Enum { base, members } => {
                let mut ty = self.type_of(scope, base, span)?;
                let values = self.member_values(scope, &ty, members)?;
                ty.members = Some(Rc::new(Members {
                    values: values.into_iter().map(|(_, bits)| bits).collect(),
                    dims: ty.packed.len(),
                }));
                ty
            }
            TypeKind::Struct {
                union,
                packed,
                signed,
                fields,
            } => {
                if *union && !packed {
                    return self.unsupported(
                        span,
                        "an unpacked union",
                        "declare it `packed`, or use a structure",
                    );
                }
                let mut ty = self.structure(scope, *union, *packed, fields, span)?;
                ty.signed = *signed;
                ty
            }
            TypeKind::Real => {
                return self.unsupported(
                    span,
                    "the type `real` outside of constants",
                    "compute with it in parameters, and use a vector of bits for a signal",
                );
            }
            TypeKind::String => {
                return self.unsupported(span, "the type `string`", "use a vector of bits");
            }
            TypeKind::Unsupported(what) => {
                let (span, what) = (what.span, what.what.to_string());
                return self.unsupported(span, &what, "use a vector of bits");
            }
        };
        self.with_dims(scope, base, ty, span)
    }

    /// A type by name.
    fn named_type(&mut self, scope: ScopeIdx, name: crate::frontend::ast::ExprId) -> Res<Ty> {
        let span = self.ast[name].span;
        match self.type_named_by(scope, name)? {
            Some(ty) => Ok((*ty).clone()),
            None => {
                let message = format!("`{}` is not a type", self.sources.text(span));
                self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message)
                        .help("declare it by `typedef`, or use a vector"),
                )
            }
        }
    }

    fn structure(
        &mut self,
        scope: ScopeIdx,
        union: bool,
        is_packed: bool,
        fields: &'a [(crate::frontend::ast::Name, Type)],
        span: Span,
    ) -> Res<Ty> {
        let mut list = Vec::new();
        let mut at: u64 = 0;
        for (name, ty) in fields.iter().rev() {
            let ty = self.type_of(scope, ty, name.span)?;
            if is_packed && ty.is_aggregate() {
                let message = "an unpacked array or structure in a packed structure";
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, name.span, message)
                        .help("write its dimensions before the name, or declare it `packed`"),
                );
            }
            let whole = u64::from(ty.width).saturating_mul(u64::from(ty.elements()));
            self.check_width(whole, name.span)?;
            let ty = ty.flat();
            if union && list.iter().any(|field: &Field| field.ty.width != ty.width) {
                let message = "the members of a packed union differ in width";
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, name.span, message)
                        .help("give all members the same width"),
                );
            }
            let low = if union { 0 } else { at as u32 };
            at = if union {
                at.max(u64::from(ty.width))
            } else {
                at + u64::from(ty.width)
            };
            self.check_width(at, name.span)?;
            list.push(Field {
                name: name.text.clone(),
                low,
                ty,
            });
        }
        list.reverse();
        let width = self.check_width(at, span)?;
        let two_state = list.iter().all(|field| field.ty.two_state);
        Ok(Ty {
            packed: Vec::new(),
            fields: Some(Rc::new(list)),
            aggregate: !is_packed,
            union,
            two_state,
            ..Ty::vector(width, false)
        })
    }

    /// Adds the dimensions written around a base type.
    fn with_dims(&mut self, scope: ScopeIdx, base: Ty, ty: &'a Type, span: Span) -> Res<Ty> {
        let mut packed = Vec::new();
        let mut unpacked = Vec::new();
        for (at, dim) in ty.dims.iter().enumerate() {
            let (range, place) = match *dim {
                Dim::Range(left, right) => (
                    Range {
                        left: self.const_i64(scope, left)?,
                        right: self.const_i64(scope, right)?,
                    },
                    self.ast[left].span.to(self.ast[right].span),
                ),
                Dim::Size(size) => {
                    let count = self.const_i64(scope, size)?;
                    let place = self.ast[size].span;
                    if count < 1 {
                        let message = format!("a dimension of {count} elements");
                        return self.fail(
                            Diagnostic::error(codes::BAD_TYPE, place, message)
                                .help("a dimension has at least one element"),
                        );
                    }
                    (
                        Range {
                            left: 0,
                            right: count - 1,
                        },
                        place,
                    )
                }
                Dim::Open => {
                    return self.unsupported(
                        span,
                        "a dynamic array, queue or associative array",
                        "give the array a constant size",
                    );
                }
            };
            if range.len() > MAX_WIDTH {
                self.check_width(range.len(), place)?;
            }
            if at < ty.packed {
                packed.push(range);
            } else {
                unpacked.push(range);
            }
        }
        let width = packed
            .iter()
            .fold(u64::from(base.width), |w, r| w.saturating_mul(r.len()));
        let width = self.check_width(width, span)?;
        unpacked.extend(&base.unpacked);
        let elements = unpacked
            .iter()
            .fold(1u64, |n, range| n.saturating_mul(range.len()));
        if elements > MAX_ELEMENTS {
            let message = format!("an array of {elements} elements");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help(format!("arrays have at most {MAX_ELEMENTS} elements")),
            );
        }
        packed.extend(&base.packed);
        Ok(Ty {
            width,
            packed,
            unpacked,
            ..base
        })
    }

    /// A width that is within the limit.
    pub fn check_width(&mut self, width: u64, span: Span) -> Res<u32> {
        if width == 0 || width > MAX_WIDTH {
            let message = format!("a value of {width} bits");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help(format!("values have 1 to {MAX_WIDTH} bits")),
            );
        }
        Ok(width as u32)
    }

    /// The type that an expression names: `t`, `pkg::t`, or a type as written.
    pub fn type_named_by(
        &mut self,
        scope: ScopeIdx,
        expr: crate::frontend::ast::ExprId,
    ) -> Res<Option<Rc<Ty>>> {
        let ast = self.ast;
        let span = ast[expr].span;
        let entity = match &ast[expr].kind {
            ExprKind::Type(ty) => return Ok(Some(Rc::new(self.type_of(scope, ty, span)?))),
            ExprKind::Name(name) => self.lookup(scope, name)?,
            ExprKind::Scoped(package, name) => Some(self.scoped(package, name)?),
            _ => None,
        };
        match entity {
            Some(super::context::Entity::Type(ty)) => Ok(Some(ty)),
            _ => Ok(None),
        }
    }
}
