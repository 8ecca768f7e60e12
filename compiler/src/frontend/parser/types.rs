//! Data types and dimensions.

use super::*;

impl Parser<'_> {
    /// Whether a type's keyword stands here.
    pub(super) fn at_type_keyword(&self) -> bool {
        is_type_keyword(self.kind())
    }

    /// Whether the type keyword here begins a cast, `int'(x)`.
    pub(super) fn type_is_cast(&self) -> bool {
        self.nth(1) == APOSTROPHE
    }

    /// Whether a type by name begins a declaration here (`t x`, `p::t [3:0] x`).
    pub(super) fn at_named_type(&self) -> bool {
        if !self.at_name() {
            return false;
        }
        let mut ahead = 1;
        if self.nth(1) == COLON_COLON && is_name(self.nth(2)) {
            ahead = 3;
        } else if !self.types.contains(&name_of(self.token(0)).text) {
            return false;
        }
        while self.nth(ahead) == L_BRACK {
            let mut depth = 0;
            loop {
                match self.nth(ahead) {
                    L_BRACK => depth += 1,
                    R_BRACK => depth -= 1,
                    EOF | SEMICOLON => return false,
                    _ => {}
                }
                ahead += 1;
                if depth == 0 {
                    break;
                }
            }
        }
        is_name(self.nth(ahead))
    }

    /// A type that is written. An enum declares its members in `scope`.
    pub(super) fn data_type(&mut self, scope: Option<ScopeId>) -> Parse<Type> {
        let start = self.at;
        let token = self.token(0);
        let kind = match token.kind {
            BIT_KW | LOGIC_KW | REG_KW => {
                self.bump();
                let signed = self.signing().unwrap_or(false);
                TypeKind::Bits {
                    signed,
                    written: true,
                    two_state: token.kind == BIT_KW,
                }
            }
            BYTE_KW | SHORTINT_KW | INT_KW | LONGINT_KW | INTEGER_KW | TIME_KW => {
                self.bump();
                let (width, signed) = match token.kind {
                    BYTE_KW => (8, true),
                    SHORTINT_KW => (16, true),
                    LONGINT_KW => (64, true),
                    TIME_KW => (64, false),
                    _ => (32, true),
                };
                let signed = self.signing().unwrap_or(signed);
                TypeKind::Integer {
                    width,
                    signed,
                    two_state: !matches!(token.kind, INTEGER_KW | TIME_KW),
                }
            }
            STRING_KW => {
                self.bump();
                TypeKind::String
            }
            REAL_KW | SHORTREAL_KW | REALTIME_KW => {
                self.bump();
                TypeKind::Real
            }
            EVENT_KW | CHANDLE_KW => {
                self.bump();
                self.unsupported_type(&format!("the type `{}`", token.text), token.span)
            }
            ENUM_KW => self.enum_type(scope)?,
            STRUCT_KW | UNION_KW => self.nested(|p| p.struct_type(scope))?,
            TYPE_KW => {
                self.bump();
                self.expect(L_PAREN)?;
                let of = self.expr_or_type()?;
                self.expect(R_PAREN)?;
                TypeKind::Of(of)
            }
            VIRTUAL_KW => {
                self.bump();
                self.eat(INTERFACE_KW);
                self.name("the name of an interface")?;
                let span = self.span_from(start);
                self.unsupported_type("a virtual interface", span)
            }
            IDENT | ESCAPED_IDENT => {
                let name = self.name("a type")?;
                let path = if self.eat(COLON_COLON) {
                    let item = self.name("the name of a type")?;
                    let span = self.span_from(start);
                    self.expr_node(ExprKind::Scoped(name, item), span)
                } else {
                    self.expr_node(ExprKind::Name(name.text), name.span)
                };
                if matches!(self.kind(), HASH | COLON_COLON | DOT) {
                    let span = self.here();
                    self.refuse(span, "a class type", "use a packed structure");
                    return Err(Stop);
                }
                TypeKind::Named(path)
            }
            _ => return Err(self.expected("a type")),
        };
        let dims = self.dims()?;
        Ok(Type {
            kind,
            packed: dims.len(),
            dims,
            span: Some(self.span_from(start)),
        })
    }

    /// `[signed] [3:0]`, or nothing at all.
    pub(super) fn implicit_type(&mut self) -> Parse<Type> {
        let start = self.at;
        let signing = self.signing();
        let dims = self.dims()?;
        let written = self.at > start;
        Ok(Type {
            kind: TypeKind::Bits {
                signed: signing.unwrap_or(false),
                written,
                two_state: false,
            },
            packed: dims.len(),
            dims,
            span: written.then(|| self.span_from(start)),
        })
    }

    /// A type that may be left out.
    pub(super) fn type_or_implicit(&mut self, scope: Option<ScopeId>) -> Parse<Type> {
        if self.at_explicit_type() {
            return self.data_type(scope);
        }
        self.implicit_type()
    }

    /// Whether more than signing and ranges is written: `reg`, `integer`, a name.
    /// Behind an `import` a name that no `typedef` of these files gives a meaning is
    /// one too where another follows: it is looked for, and missed, by its name.
    pub(super) fn at_explicit_type(&self) -> bool {
        let keyword = self.at_type_keyword() || matches!(self.kind(), TYPE_KW | VIRTUAL_KW);
        let unknown = self.imports && self.at_name() && is_name(self.nth(1));
        keyword || unknown || self.at_named_type()
    }

    fn signing(&mut self) -> Option<bool> {
        if self.eat(SIGNED_KW) {
            return Some(true);
        }
        self.eat(UNSIGNED_KW).then_some(false)
    }

    fn unsupported_type(&mut self, what: &str, span: Span) -> TypeKind {
        TypeKind::Unsupported(Unsupported {
            what: what.into(),
            span,
        })
    }

    /// Any number of dimensions.
    pub(super) fn dims(&mut self) -> Parse<Vec<Dim>> {
        let mut dims = Vec::new();
        while self.at(L_BRACK) {
            self.bump();
            let open = match self.kind() {
                R_BRACK => true,
                STAR if self.nth(1) == R_BRACK => {
                    self.bump();
                    true
                }
                DOLLAR => {
                    self.bump();
                    if self.eat(COLON) {
                        self.expr()?;
                    }
                    true
                }
                _ => false,
            };
            if open {
                self.expect(R_BRACK)?;
                dims.push(Dim::Open);
                continue;
            }
            if self.at_type_keyword() && !self.type_is_cast() {
                let span = self.here();
                self.refuse(span, "an associative array", "use an array with bounds");
                return Err(Stop);
            }
            let left = self.expr()?;
            let dim = match self.eat(COLON) {
                true => Dim::Range(left, self.expr()?),
                false => Dim::Size(left),
            };
            if !self.eat(R_BRACK) {
                return Err(self.expected("`:` or `]`"));
            }
            dims.push(dim);
        }
        Ok(dims)
    }

    /// `ty` with the unpacked dimensions that stand here.
    pub(super) fn with_unpacked(&mut self, ty: &Type) -> Parse<Type> {
        let mut ty = ty.clone();
        ty.dims.extend(self.dims()?);
        Ok(ty)
    }

    fn enum_type(&mut self, scope: Option<ScopeId>) -> Parse<TypeKind> {
        let open = self.bump();
        let Some(scope) = scope else {
            self.refuse(
                open.span,
                "an enum declared here",
                "declare it before, by `typedef enum`",
            );
            return Err(Stop);
        };
        let base = match self.at(L_BRACE) {
            true => Type {
                kind: TypeKind::Integer {
                    width: 32,
                    signed: true,
                    two_state: true,
                },
                dims: Vec::new(),
                packed: 0,
                span: None,
            },
            false => match self.at_type_keyword() || self.at_name() {
                true => self.data_type(None)?,
                false => self.implicit_type()?,
            },
        };
        self.expect(L_BRACE)?;
        let mut members = Vec::new();
        loop {
            let start = self.at;
            let name = self.name("the name of an enum member")?;
            let range = self.member_range()?;
            let value = match self.eat(EQ) {
                true => Some(self.expr()?),
                false => None,
            };
            let span = self.span_from(start);
            match range {
                None => {
                    members.push(self.declare(scope, name, span, SymbolKind::EnumMember { value }));
                }
                // `A[2]` declares `A0` and `A1`; a value is that of the first.
                Some(numbers) => {
                    let mut value = value;
                    for number in numbers {
                        let name = Name {
                            text: format!("{}{number}", name.text).into(),
                            span: name.span,
                        };
                        let value = value.take();
                        let kind = SymbolKind::EnumMember { value };
                        members.push(self.declare(scope, name, span, kind));
                    }
                }
            }
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_BRACE)?;
        Ok(TypeKind::Enum {
            base: Box::new(base),
            members,
        })
    }

    /// `[n]` or `[a:b]` behind the name of an enum member: the numbers meant.
    fn member_range(&mut self) -> Parse<Option<Vec<u32>>> {
        let open = self.here();
        if !self.eat(L_BRACK) {
            return Ok(None);
        }
        let first = self.literal_index()?;
        let numbers: Vec<u32> = match self.eat(COLON) {
            false => (0..first).collect(),
            true => {
                let last = self.literal_index()?;
                match first <= last {
                    true => (first..=last).collect(),
                    false => (last..=first).rev().collect(),
                }
            }
        };
        self.expect(R_BRACK)?;
        if numbers.is_empty() {
            return Err(self.error(open, "a range of no enum members"));
        }
        Ok(Some(numbers))
    }

    /// A plain decimal number below 65536.
    fn literal_index(&mut self) -> Parse<u32> {
        let token = self.token(0);
        let digits = token.text.replace('_', "");
        match digits.parse::<u32>() {
            Ok(number) if token.kind == INT_LITERAL && number < 1 << 16 => {
                self.bump();
                Ok(number)
            }
            _ => Err(self.expected("a number below 65536")),
        }
    }

    fn struct_type(&mut self, scope: Option<ScopeId>) -> Parse<TypeKind> {
        let union = self.bump().kind == UNION_KW;
        if matches!(self.kind(), TAGGED_KW | SOFT_KW) {
            let span = self.here();
            self.refuse(
                span,
                "a tagged or soft union",
                "use a packed union, or a structure",
            );
            return Err(Stop);
        }
        let packed = self.eat(PACKED_KW);
        let signed = self.signing().unwrap_or(false);
        self.expect(L_BRACE)?;
        let mut fields = Vec::new();
        loop {
            self.attributes()?;
            if matches!(self.kind(), RAND_KW | RANDC_KW) {
                self.bump();
            }
            let ty = self.data_type(scope)?;
            loop {
                let name = self.name("the name of a field")?;
                fields.push((name, self.with_unpacked(&ty)?));
                if !self.eat(COMMA) {
                    break;
                }
            }
            self.expect(SEMICOLON)?;
            if self.eat(R_BRACE) {
                break;
            }
        }
        Ok(TypeKind::Struct {
            union,
            packed,
            signed,
            fields,
        })
    }
}

fn is_type_keyword(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        BIT_KW
            | LOGIC_KW
            | REG_KW
            | BYTE_KW
            | SHORTINT_KW
            | INT_KW
            | LONGINT_KW
            | INTEGER_KW
            | TIME_KW
            | REAL_KW
            | SHORTREAL_KW
            | REALTIME_KW
            | STRING_KW
            | EVENT_KW
            | CHANDLE_KW
            | STRUCT_KW
            | UNION_KW
            | ENUM_KW
    )
}
