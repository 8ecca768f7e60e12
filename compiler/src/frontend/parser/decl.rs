//! Declarations of nets, variables, parameters, genvars and typedefs.

use super::port::Merged;
use super::*;

impl Parser<'_> {
    /// Whether a declaration of a variable, parameter or type stands here,
    /// as it may in a block, a subroutine or a module.
    pub(super) fn at_data_declaration(&self) -> bool {
        match self.kind() {
            PARAMETER_KW | LOCALPARAM_KW | TYPEDEF_KW | VAR_KW | CONST_KW | STATIC_KW
            | AUTOMATIC_KW => true,
            IDENT | ESCAPED_IDENT => self.at_named_type(),
            TYPE_KW | VIRTUAL_KW => true,
            _ => self.at_type_keyword() && !self.type_is_cast(),
        }
    }

    /// Such a declaration, with its `;`.
    pub(super) fn data_declaration(&mut self, scope: ScopeId) -> Parse<()> {
        match self.kind() {
            PARAMETER_KW | LOCALPARAM_KW => self.parameters(scope),
            TYPEDEF_KW => self.typedef(scope),
            _ => self.variables(scope),
        }
    }

    /// `logic [3:0] a = 1, b [0:7];`
    fn variables(&mut self, scope: ScopeId) -> Parse<()> {
        let mut var = false;
        while matches!(self.kind(), CONST_KW | STATIC_KW | AUTOMATIC_KW | VAR_KW) {
            var |= self.bump().kind == VAR_KW;
        }
        let ty = match var {
            true => self.type_or_implicit(Some(scope))?,
            false => self.data_type(Some(scope))?,
        };
        self.declarators(|p, start, name| {
            let ty = p.with_unpacked(&ty)?;
            let init = p.initializer()?;
            let span = p.span_from(start);
            if !p.merge_port(scope, &name, span, &ty, Merged::Variable, init)? {
                p.declare(scope, name, span, SymbolKind::Variable { ty, init });
            }
            Ok(())
        })
    }

    /// `wire [3:0] a = b, c;`
    pub(super) fn nets(&mut self, scope: ScopeId) -> Parse<()> {
        let keyword = self.bump();
        let net = net_kind(keyword.kind);
        if keyword.kind == INTERCONNECT_KW {
            self.refuse(
                keyword.span,
                "an `interconnect` net",
                "declare a `wire` of the width it has",
            );
            return Err(Stop);
        }
        self.strength()?;
        if matches!(self.kind(), VECTORED_KW | SCALARED_KW) {
            self.bump();
        }
        let ty = self.type_or_implicit(Some(scope))?;
        if self.at(HASH) {
            self.delay()?;
        }
        self.declarators(|p, start, name| {
            let ty = p.with_unpacked(&ty)?;
            let init = p.initializer()?;
            let span = p.span_from(start);
            if !p.merge_port(scope, &name, span, &ty, Merged::Net(net), None)? {
                p.declare(scope, name, span, SymbolKind::Net { net, ty, init });
            } else if let Some(rhs) = init {
                // `wire q = a` of a port that the header names.
                let lhs = p.expr_node(ExprKind::Name(name.text), name.span);
                let assign = ExprKind::Assign {
                    kind: AssignKind::Continuous,
                    op: None,
                    lhs,
                    rhs,
                    delayed: false,
                };
                let assign = p.expr_node(assign, span);
                p.member(scope, Member::Assign(vec![assign]));
            }
            Ok(())
        })
    }

    /// `genvar i, j;`
    pub(super) fn genvars(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(GENVAR_KW)?;
        self.declarators(|p, start, name| {
            let span = p.span_from(start);
            p.declare(scope, name, span, SymbolKind::Genvar(None));
            Ok(())
        })
    }

    /// Names with what `each` reads behind them, up to and with the `;`.
    pub(super) fn declarators(
        &mut self,
        mut each: impl FnMut(&mut Self, usize, Name) -> Parse<()>,
    ) -> Parse<()> {
        loop {
            let start = self.at;
            let name = self.name("a name to declare")?;
            each(self, start, name)?;
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(SEMICOLON) {
            return Err(self.expected("`,` or `;`"));
        }
        Ok(())
    }

    fn initializer(&mut self) -> Parse<Option<ExprId>> {
        match self.eat(EQ) {
            true => Ok(Some(self.expr()?)),
            false => Ok(None),
        }
    }

    /// `parameter W = 8, D = 4;` in a body.
    fn parameters(&mut self, scope: ScopeId) -> Parse<()> {
        let local = self.bump().kind == LOCALPARAM_KW;
        let (is_type, ty) = self.parameter_type(scope)?;
        // With a parameter port list, a body's parameters cannot be overridden.
        let overridable = !local && self.overridable == Some(scope);
        self.declarators(|p, start, name| {
            let id = p.parameter(scope, start, name, !overridable, is_type, &ty)?;
            if overridable {
                p.parameters.push(id);
            }
            Ok(())
        })
    }

    /// The type behind `parameter`, and whether it is `type`.
    fn parameter_type(&mut self, scope: ScopeId) -> Parse<(bool, Type)> {
        if self.at(TYPE_KW) && is_name(self.nth(1)) {
            self.bump();
            return Ok((true, self.implicit_type()?));
        }
        Ok((false, self.type_or_implicit(Some(scope))?))
    }

    fn parameter(
        &mut self,
        scope: ScopeId,
        start: usize,
        name: Name,
        local: bool,
        is_type: bool,
        ty: &Type,
    ) -> Parse<SymbolId> {
        if is_type {
            self.types.insert(name.text.clone());
        }
        let ty = self.with_unpacked(ty)?;
        let value = match self.eat(EQ) {
            true => Some(self.expr_or_type()?),
            // An overridable parameter of a header may be left without one.
            false if !local => None,
            false => return Err(self.expected("`=`")),
        };
        let span = self.span_from(start);
        let kind = SymbolKind::Parameter {
            local,
            is_type,
            ty,
            value,
        };
        Ok(self.declare(scope, name, span, kind))
    }

    /// `#(parameter W = 8, localparam D = W)`, if it stands here.
    pub(super) fn parameter_ports(&mut self, scope: ScopeId) -> Parse<Option<Vec<SymbolId>>> {
        if !self.eat(HASH) {
            return Ok(None);
        }
        self.expect(L_PAREN)?;
        let mut list = Vec::new();
        if self.eat(R_PAREN) {
            return Ok(Some(list));
        }
        let mut local = false;
        let (mut is_type, mut ty) = (false, self.implicit_type()?);
        loop {
            self.attributes()?;
            let fresh = matches!(self.kind(), PARAMETER_KW | LOCALPARAM_KW);
            if fresh {
                local = self.bump().kind == LOCALPARAM_KW;
            }
            if fresh || !self.at_name() || self.at_named_type() {
                (is_type, ty) = self.parameter_type(scope)?;
            }
            let start = self.at;
            let name = self.name("the name of a parameter")?;
            let id = self.parameter(scope, start, name, local, is_type, &ty)?;
            if !local {
                list.push(id);
            }
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(R_PAREN) {
            return Err(self.expected("`,` or `)`"));
        }
        Ok(Some(list))
    }

    /// `typedef logic [3:0] t;`
    fn typedef(&mut self, scope: ScopeId) -> Parse<()> {
        let start = self.at;
        self.expect(TYPEDEF_KW)?;
        let forward = match self.kind() {
            ENUM_KW | STRUCT_KW | UNION_KW | CLASS_KW => {
                is_name(self.nth(1)) && self.nth(2) == SEMICOLON
            }
            INTERFACE_KW => true,
            kind => is_name(kind) && self.nth(1) == SEMICOLON,
        };
        if forward {
            let name = self.token(usize::from(!self.at_name()));
            self.types.insert(name_of(name).text);
            return self.skip_to_semicolon();
        }
        let ty = self.data_type(Some(scope))?;
        let name = self.name("the name of the type")?;
        let ty = self.with_unpacked(&ty)?;
        self.expect(SEMICOLON)?;
        let span = self.span_from(start);
        self.types.insert(name.text.clone());
        self.declare(scope, name, span, SymbolKind::Typedef(ty));
        Ok(())
    }
}

pub(super) fn net_kind(kind: SyntaxKind) -> NetKind {
    match kind {
        WIRE_KW | TRI_KW | UWIRE_KW => NetKind::Wire,
        SUPPLY0_KW => NetKind::Supply0,
        SUPPLY1_KW => NetKind::Supply1,
        WAND_KW | TRIAND_KW => NetKind::And,
        WOR_KW | TRIOR_KW => NetKind::Or,
        TRI0_KW => NetKind::Tri0,
        TRI1_KW => NetKind::Tri1,
        TRIREG_KW => NetKind::Trireg,
        _ => NetKind::Wire,
    }
}
