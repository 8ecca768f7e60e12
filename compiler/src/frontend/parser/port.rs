//! Ports: ANSI lists, non-ANSI lists, and the declarations that complete them.

use std::collections::HashMap;

use super::decl::net_kind;
use super::*;

/// The ports of a module or subroutine whose body may still declare them.
pub(super) struct PortTable {
    pub scope: ScopeId,
    /// A subroutine's: its body declares ports that no list names.
    pub subroutine: bool,
    pub order: Vec<SymbolId>,
    named: HashMap<Box<str>, PortState>,
}

#[derive(Clone, Copy)]
struct PortState {
    id: SymbolId,
    /// A direction is declared.
    directed: bool,
    /// `reg`, `wire` or another type is declared.
    typed: bool,
}

impl PortTable {
    pub fn new(scope: ScopeId, subroutine: bool) -> PortTable {
        PortTable {
            scope,
            subroutine,
            order: Vec::new(),
            named: HashMap::new(),
        }
    }
}

/// What a body declares a port of the header as.
#[derive(Clone, Copy)]
pub(super) enum Merged {
    Net(NetKind),
    Variable,
}

/// How to do without an expression in a port list.
const EXPRESSION_PORT: &str = "Verilator and Yosys do not take it either: name the port as the signal, or add an `assign` between the two";

/// What an entry of an ANSI list takes over from the one before.
struct Style {
    direction: Direction,
    variable: bool,
    net: NetKind,
    ty: Type,
}

impl Parser<'_> {
    /// The list in `( … )` of a module; at its `(`. Whether it is ANSI.
    pub(super) fn module_ports(&mut self, scope: ScopeId, table: &mut PortTable) -> Parse<bool> {
        self.expect(L_PAREN)?;
        if self.eat(R_PAREN) {
            return Ok(true);
        }
        self.attributes()?;
        let ansi = match self.kind() {
            DOT | L_BRACE => {
                let span = self.here();
                self.refuse(span, "an expression in a port list", EXPRESSION_PORT);
                return Err(Stop);
            }
            kind if is_name(kind) => !matches!(self.nth(1), COMMA | R_PAREN),
            _ => true,
        };
        if ansi {
            self.ansi_ports(scope, table, None)?;
        } else {
            self.port_names(scope, table)?;
        }
        Ok(ansi)
    }

    /// `a, b, c)`: the body declares the rest.
    fn port_names(&mut self, scope: ScopeId, table: &mut PortTable) -> Parse<()> {
        loop {
            let name = self.name("the name of a port")?;
            let span = name.span;
            let port = Port {
                direction: Direction::Input,
                variable: false,
                net: NetKind::Wire,
                ty: implicit(),
                default: None,
                declared: span,
            };
            let text = name.text.clone();
            let id = self.declare(scope, name, span, SymbolKind::Port(port));
            let state = PortState {
                id,
                directed: false,
                typed: false,
            };
            table.order.push(id);
            if table.named.insert(text, state).is_some() {
                self.problem(codes::DUPLICATE_NAME, span, "this port is listed twice");
                return Err(Stop);
            }
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(R_PAREN) {
            return Err(self.expected("`,` or `)`"));
        }
        Ok(())
    }

    /// Directions, types and names up to and with the `)`. `default` is the
    /// direction of what has none (a subroutine's arguments).
    pub(super) fn ansi_ports(
        &mut self,
        scope: ScopeId,
        table: &mut PortTable,
        default: Option<Direction>,
    ) -> Parse<()> {
        let mut style = default.map(|direction| Style {
            direction,
            variable: true,
            net: NetKind::Wire,
            ty: implicit(),
        });
        loop {
            self.attributes()?;
            let start = self.at;
            if default.is_none() && self.at_interface_port() {
                let id = self.interface_port(scope)?;
                table.order.push(id);
                style = None;
                if !self.eat(COMMA) {
                    break;
                }
                continue;
            }
            let current = self.ansi_style(scope, style.take(), default.is_some())?;
            let name = self.name("the name of a port")?;
            let ty = self.with_unpacked(&current.ty)?;
            let value = match self.eat(EQ) {
                true => Some(self.expr()?),
                false => None,
            };
            let span = self.span_from(start);
            let port = Port {
                direction: current.direction,
                variable: current.variable,
                net: current.net,
                ty,
                default: value,
                declared: span,
            };
            style = Some(current);
            table
                .order
                .push(self.declare(scope, name, span, SymbolKind::Port(port)));
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(R_PAREN) {
            return Err(self.expected("`,` or `)`"));
        }
        Ok(())
    }

    /// Whether `bus_if bus` or `bus_if.master bus` stands here.
    fn at_interface_port(&self) -> bool {
        let name = |ahead: usize| is_name(self.nth(ahead));
        match self.nth(1) {
            DOT => name(0) && name(2) && name(3),
            kind => name(0) && is_name(kind) && !self.at_named_type(),
        }
    }

    fn interface_port(&mut self, scope: ScopeId) -> Parse<SymbolId> {
        let start = self.at;
        let interface = self.name("the name of an interface")?;
        let modport = match self.eat(DOT) {
            true => Some(self.name("the name of a modport")?),
            false => None,
        };
        let name = self.name("the name of a port")?;
        if self.at(L_BRACK) {
            let span = self.here();
            self.refuse(
                span,
                "an array of interfaces",
                "name each interface by a port of its own",
            );
            return Err(Stop);
        }
        let span = self.span_from(start);
        let kind = SymbolKind::InterfacePort { interface, modport };
        Ok(self.declare(scope, name, span, kind))
    }

    /// `modport master (input a, b, output c), slave (…);`
    pub(super) fn modports(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(MODPORT_KW)?;
        self.declarators(|p, start, name| {
            p.expect(L_PAREN)?;
            let mut list = Vec::new();
            let mut direction = Direction::Input;
            loop {
                p.attributes()?;
                match p.kind() {
                    // Functions and tasks: they are found in the interface.
                    IMPORT_KW | EXPORT_KW => {
                        p.bump();
                        direction = Direction::Ref;
                    }
                    CLOCKING_KW | DOT => {
                        let span = p.here();
                        p.refuse(
                            span,
                            "a clocking block or expression in a modport",
                            "list signals of the interface",
                        );
                        return Err(Stop);
                    }
                    _ => direction = p.direction().unwrap_or(direction),
                }
                list.push((direction, p.name("a name of the interface")?));
                if !p.eat(COMMA) {
                    break;
                }
            }
            p.expect(R_PAREN)?;
            let span = p.span_from(start);
            p.declare(scope, name, span, SymbolKind::Modport(list));
            Ok(())
        })
    }

    fn ansi_style(
        &mut self,
        scope: ScopeId,
        before: Option<Style>,
        subroutine: bool,
    ) -> Parse<Style> {
        let interface = self.at(INTERFACE_KW) || self.at_name() && self.nth(1) == DOT;
        if interface || self.at(DOT) {
            let span = self.here();
            let (what, help) = match interface {
                true => (
                    "a port of any interface (`interface`)",
                    "name the interface that is connected",
                ),
                false => ("an expression in a port list", EXPRESSION_PORT),
            };
            self.refuse(span, what, help);
            return Err(Stop);
        }
        let start = self.at;
        self.eat(CONST_KW);
        if self.at_name() && is_name(self.nth(1)) && !self.at_named_type() {
            let token = self.token(0);
            let text = format!("`{}` is not a type that is declared before", token.text);
            return Err(self.error(token.span, text));
        }
        let direction = self.direction();
        let net = self.kind().is_net_type();
        let kind = net_kind(self.kind());
        let var = self.at(VAR_KW);
        if net || var {
            self.bump();
        }
        let plain = self.at == start && self.at_name() && !self.at_named_type();
        let Some(direction) = direction.or(before.as_ref().map(|it| it.direction)) else {
            return Err(self.expected("`input`, `output` or `inout`"));
        };
        if let (true, Some(before)) = (plain, before) {
            return Ok(before);
        }
        let explicit = !net && (var || self.at_explicit_type());
        let ty = self.type_or_implicit(Some(scope))?;
        Ok(Style {
            direction,
            variable: subroutine || explicit && direction == Direction::Output,
            net: kind,
            ty,
        })
    }

    pub(super) fn direction(&mut self) -> Option<Direction> {
        let direction = match self.kind() {
            INPUT_KW => Direction::Input,
            OUTPUT_KW => Direction::Output,
            INOUT_KW => Direction::Inout,
            REF_KW => Direction::Ref,
            _ => return None,
        };
        self.bump();
        Some(direction)
    }

    pub(super) fn at_direction(&self) -> bool {
        matches!(self.kind(), INPUT_KW | OUTPUT_KW | INOUT_KW | REF_KW)
    }

    /// `output reg [3:0] a, b;` in a body.
    pub(super) fn port_declaration(&mut self, scope: ScopeId) -> Parse<()> {
        let here = self.here();
        if self.ports.last().is_none_or(|table| table.scope != scope) {
            return Err(self.error(here, "a port declaration does not belong here"));
        }
        let Some(direction) = self.direction() else {
            return Err(self.expected("`input`, `output` or `inout`"));
        };
        let net = self.kind().is_net_type();
        let kind = net_kind(self.kind());
        let var = self.at(VAR_KW);
        if net || var {
            self.bump();
        }
        let variable = !net && (var || self.at_explicit_type());
        let ty = self.type_or_implicit(Some(scope))?;
        self.declarators(|p, start, name| {
            let ty = p.with_unpacked(&ty)?;
            let default = match p.eat(EQ) {
                true => Some(p.expr()?),
                false => None,
            };
            let declared = p.span_from(start);
            let port = Port {
                direction,
                variable,
                net: kind,
                ty,
                default,
                declared,
            };
            p.complete_port(scope, name, port, net || variable)
        })
    }

    fn complete_port(
        &mut self,
        scope: ScopeId,
        name: Name,
        mut port: Port,
        typed: bool,
    ) -> Parse<()> {
        let table = self.ports.last_mut().expect("the caller found a table");
        let text = name.text.clone();
        let Some(state) = table.named.get_mut(&text) else {
            if !table.subroutine {
                return Err(self.error(name.span, format!("`{text}` is not in the port list")));
            }
            port.variable = true;
            let id = self.declare(scope, name, port.declared, SymbolKind::Port(port));
            let state = PortState {
                id,
                directed: true,
                typed,
            };
            let table = self.ports.last_mut().expect("the caller found a table");
            table.order.push(id);
            table.named.insert(text, state);
            return Ok(());
        };
        if state.directed || typed && state.typed {
            let span = name.span;
            self.problem(
                codes::DUPLICATE_NAME,
                span,
                format!("the port `{text}` is declared twice"),
            );
            return Err(Stop);
        }
        state.directed = true;
        state.typed |= typed;
        let id = state.id;
        if let SymbolKind::Port(known) = &mut self.ast.symbols[id.index()].kind {
            known.direction = port.direction;
            known.variable |= port.variable;
            if port.net != NetKind::Wire {
                known.net = port.net;
            }
            known.ty = merged(known.ty.clone(), port.ty);
            known.default = port.default.or(known.default);
            known.declared = port.declared;
        }
        Ok(())
    }

    /// Adds `reg [3:0] q;` to the port `q` of a non-ANSI list; whether there is one.
    pub(super) fn merge_port(
        &mut self,
        scope: ScopeId,
        name: &Name,
        span: Span,
        ty: &Type,
        declared: Merged,
        init: Option<ExprId>,
    ) -> Parse<bool> {
        let table = self.ports.last_mut().filter(|table| table.scope == scope);
        let Some(state) = table.and_then(|table| table.named.get_mut(&name.text)) else {
            return Ok(false);
        };
        if state.typed {
            let text = format!("the port `{}` is declared twice", name.text);
            self.problem(codes::DUPLICATE_NAME, span, text);
            return Err(Stop);
        }
        state.typed = true;
        let id = state.id;
        if let SymbolKind::Port(port) = &mut self.ast.symbols[id.index()].kind {
            match declared {
                Merged::Variable => port.variable = true,
                Merged::Net(net) => port.net = net,
            }
            port.ty = merged(port.ty.clone(), ty.clone());
            port.default = init.or(port.default);
        }
        Ok(true)
    }

    /// Reports ports of the list that the body does not declare.
    pub(super) fn check_ports(&mut self, table: &PortTable) {
        for id in &table.order {
            let name = self.ast[*id].name.clone();
            if table
                .named
                .get(&name.text)
                .is_some_and(|state| !state.directed)
            {
                let text = format!("the port `{}` has no direction", name.text);
                self.error(name.span, text);
                if let Some(problem) = self.diagnostics.last_mut() {
                    let help = format!("declare it in the module: `input {};`", name.text);
                    problem.help = Some(help);
                }
            }
        }
    }
}

/// Nothing written.
fn implicit() -> Type {
    Type {
        kind: TypeKind::Bits {
            signed: false,
            written: false,
            two_state: false,
        },
        dims: Vec::new(),
        packed: 0,
        span: None,
    }
}

/// The type that two declarations of one port make together.
fn merged(known: Type, more: Type) -> Type {
    let signed = |ty: &Type| matches!(ty.kind, TypeKind::Bits { signed: true, .. });
    let either = signed(&known) || signed(&more);
    let bits = |ty: &Type| matches!(ty.kind, TypeKind::Bits { .. });
    if !bits(&more) {
        return more;
    }
    if !bits(&known) {
        return known;
    }
    let mut ty = if known.dims.is_empty() { more } else { known };
    if let TypeKind::Bits { signed, .. } = &mut ty.kind {
        *signed = either;
    }
    ty
}
