//! Instances: parameter overrides and port connections.

use super::assign::Target;
use std::rc::Rc;

use super::context::{Driver, Elab, Entity, Res, ScopeIdx, Storage};
use super::env::Env;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, Direction, ExprKind, Instance, Module, SymbolKind};
use crate::source::Span;

/// What a port is connected to.
#[derive(Clone, Copy)]
enum Connection {
    /// Nothing is said.
    Missing,
    /// Left open on purpose.
    Open,
    Expr(ast::ExprId),
    /// The net of the same name.
    Same(Span),
}

/// What an instance gives a parameter or interface port of its module.
#[derive(Debug, Clone)]
pub(super) enum Override {
    Given(Entity),
    /// A pattern in the instantiating scope; its type is that of the parameter.
    Pattern(ScopeIdx, ast::ExprId),
}

impl<'a> Elab<'a> {
    pub fn instance(
        &mut self,
        scope: ScopeIdx,
        symbol: ast::SymbolId,
        instance: &'a Instance,
    ) -> Res<()> {
        let ast = self.ast;
        let span = ast[symbol].name.span;
        for arg in &instance.connections {
            if let Arg::Positional(Some(expr))
            | Arg::Named {
                value: Some(expr), ..
            } = arg
            {
                self.implicit_nets(scope, *expr)?;
            }
        }
        self.note_instance(scope, &ast[symbol].name.text);
        if instance.gate {
            return self.gate(scope, instance);
        }
        let definition = &instance.definition;
        let Some(&module) = self.modules.get(&*definition.text) else {
            let help = match self.nearest_module(&definition.text) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!(
                    "add the file that declares it; for a macro or other black box a stub is \
                     enough: `module {}(input …, output …); endmodule`",
                    definition.text
                ),
            };
            let message = format!("module `{}` is not declared", definition.text);
            return self.fail(
                Diagnostic::error(codes::UNKNOWN_MODULE, definition.span, message).help(help),
            );
        };
        let declared = &ast[module];
        let mut given = self.overrides(scope, instance, declared)?;
        let connections = self.connections(instance, declared, span)?;
        for (&port, &connection) in declared.ports.iter().zip(&connections) {
            if let SymbolKind::InterfacePort { .. } = ast[port].kind {
                let (value, place) = match connection {
                    Connection::Expr(value) => (Some(value), ast[value].span),
                    Connection::Same(place) => (None, place),
                    Connection::Missing | Connection::Open => {
                        let message = format!("`{}` is not connected", ast[port].name.text);
                        return self.fail(
                            Diagnostic::error(codes::BAD_CONNECTION, span, message)
                                .label(ast[port].name.span, "the port")
                                .help("connect an interface"),
                        );
                    }
                };
                let entity = self.interface_connection(scope, port, value, place)?;
                given.push((port, Override::Given(entity)));
            }
        }
        let mut base = self.scope_path(scope).join(".");
        if !base.is_empty() {
            base.push('.');
        }
        base.push_str(&ast[symbol].name.text);
        let parent = self.scope(scope).instance;
        let mut inners = Vec::new();
        for index in self.array_indices(scope, &instance.dims, ast[symbol].span)? {
            let (name, repeated) = match index {
                None => (base.clone(), self.scope(scope).in_generate_loop),
                Some(index) => (format!("{base}[{index}]"), true),
            };
            let path = match &*self.instances[parent.index()].path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let mut overrides = given.clone();
            self.apply_defparams(&path, declared, &mut overrides)?;
            let symbol = Some(symbol);
            let parent = Some(parent);
            let inner = self.instantiate(module, parent, name, symbol, overrides, repeated)?;
            let id = self.scope(inner).instance;
            self.instances[id.index()].place = self.place(scope);
            inners.push(inner);
            if let Some(cell) = self.clock_gate_cell(declared) {
                self.gate_cell(inner, cell, span)?;
            } else if self.is_black_box(declared) {
                self.opaque(inner, id, declared, span)?;
            }
        }
        if let [inner] = inners[..]
            && instance.dims.is_empty()
        {
            self.made
                .insert((scope, symbol), super::reach::Made::Done(inner));
        }
        self.env = Env::default();
        if declared.interface {
            let [inner] = inners[..] else {
                return self.unsupported(span, "an array of interfaces", "declare them one by one");
            };
            self.enter_interface(scope, symbol, inner);
        }
        for (&port, connection) in declared.ports.iter().zip(connections) {
            match (connection, instance.dims.is_empty()) {
                (Connection::Expr(expr), false)
                    if !matches!(ast[port].kind, SymbolKind::InterfacePort { .. }) =>
                {
                    self.connect_array_port(scope, &inners, port, expr)?;
                }
                _ => {
                    for &inner in &inners {
                        self.connect(scope, inner, port, connection, span)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The values of overridden parameters, in declaration order.
    fn overrides(
        &mut self,
        scope: ScopeIdx,
        instance: &'a Instance,
        module: &'a Module,
    ) -> Res<Vec<(ast::SymbolId, Override)>> {
        let ast = self.ast;
        let mut list = Vec::new();
        for (at, arg) in instance.parameters.iter().enumerate() {
            let (symbol, value, span) = match arg {
                Arg::Positional(None) => continue,
                Arg::Positional(Some(value)) => {
                    (module.parameters.get(at).copied(), *value, ast[*value].span)
                }
                Arg::Named { name, value } => {
                    let Some(value) = value else { continue };
                    let named = |p: &&ast::SymbolId| ast[**p].name.text == name.text;
                    let symbol = module.parameters.iter().find(named).copied();
                    (symbol, *value, name.span)
                }
                Arg::Implicit(name) => {
                    return self.unsupported(name.span, "this override", "write `.name(value)`");
                }
                Arg::Wildcard(span) => {
                    return self.unsupported(*span, "this override", "write `.name(value)`");
                }
            };
            let Some(symbol) = symbol else {
                let names: Vec<&str> = module
                    .parameters
                    .iter()
                    .map(|&p| &*ast[p].name.text)
                    .collect();
                let message = format!("`{}` has no such parameter", module.name.text);
                let help = match names.is_empty() {
                    true => "it has none that can be overridden".to_string(),
                    false => format!("its parameters: {}", names.join(", ")),
                };
                return self
                    .fail(Diagnostic::error(codes::BAD_CONNECTION, span, message).help(help));
            };
            let is_type = matches!(
                ast[symbol].kind,
                SymbolKind::Parameter { is_type: true, .. }
            );
            let value = match is_type
                .then(|| self.type_named_by(scope, value))
                .transpose()?
            {
                Some(Some(ty)) => Override::Given(Entity::Type(ty)),
                _ => self.override_value(scope, symbol, value)?,
            };
            list.push((symbol, value));
        }
        let order = |symbol: ast::SymbolId| module.parameters.iter().position(|&p| p == symbol);
        list.sort_by_key(|&(symbol, _)| order(symbol));
        Ok(list)
    }

    /// What an override gives. A pattern has the type of its parameter, which
    /// only the instance tells where it depends on other parameters.
    fn override_value(
        &mut self,
        scope: ScopeIdx,
        symbol: ast::SymbolId,
        value: ast::ExprId,
    ) -> Res<Override> {
        let ast = self.ast;
        let pattern = matches!(
            ast[value].kind,
            ExprKind::Pattern { ty: None, .. } | ExprKind::Concat(_)
        );
        if let SymbolKind::Parameter { ty, .. } = &ast[symbol].kind
            && pattern
            && (ty.dims.len() > ty.packed || matches!(ty.kind, ast::TypeKind::Named(_)))
        {
            return Ok(Override::Pattern(scope, value));
        }
        let value = self.constant(scope, value)?;
        Ok(Override::Given(Entity::Constant(Rc::new(value))))
    }

    /// What each port is connected to, in port order.
    fn connections(
        &mut self,
        instance: &'a Instance,
        module: &'a Module,
        span: Span,
    ) -> Res<Vec<Connection>> {
        let ast = self.ast;
        let mut list = vec![Connection::Missing; module.ports.len()];
        let find = |name: &str| {
            let named = |&port: &ast::SymbolId| *ast[port].name.text == *name;
            module.ports.iter().position(named)
        };
        for (at, arg) in instance.connections.iter().enumerate() {
            let (port, connection, place) = match arg {
                Arg::Positional(None) => (Some(at), Connection::Open, span),
                Arg::Positional(Some(expr)) => (Some(at), Connection::Expr(*expr), ast[*expr].span),
                Arg::Named { name, value } => {
                    let connection = value.map_or(Connection::Open, Connection::Expr);
                    (find(&name.text), connection, name.span)
                }
                Arg::Implicit(name) => (find(&name.text), Connection::Same(name.span), name.span),
                Arg::Wildcard(span) => {
                    for entry in &mut list {
                        if matches!(entry, Connection::Missing) {
                            *entry = Connection::Same(*span);
                        }
                    }
                    continue;
                }
            };
            match port.and_then(|port| list.get_mut(port)) {
                Some(entry) => *entry = connection,
                None if matches!(connection, Connection::Open) && module.ports.is_empty() => {}
                None => {
                    let (module_name, count) = (&module.name.text, module.ports.len());
                    let message = match arg {
                        Arg::Named { name, .. } | Arg::Implicit(name) => {
                            format!("`{module_name}` has no port `{}`", name.text)
                        }
                        _ => format!("`{module_name}` has no port {}", at + 1),
                    };
                    return self.fail(
                        Diagnostic::error(codes::BAD_CONNECTION, place, message)
                            .label(module.name.span, format!("it has {count} ports"))
                            .help("connect ports that the module declares"),
                    );
                }
            }
        }
        Ok(list)
    }

    /// Connects one port.
    fn connect(
        &mut self,
        scope: ScopeIdx,
        inner: ScopeIdx,
        port: ast::SymbolId,
        connection: Connection,
        instance: Span,
    ) -> Res<()> {
        let ast = self.ast;
        let name = &ast[port].name;
        if let SymbolKind::InterfacePort { .. } = ast[port].kind {
            return Ok(());
        }
        let SymbolKind::Port(declared) = &ast[port].kind else {
            return self.unsupported(name.span, "this port", "use input and output ports");
        };
        let Some(Entity::Net(net)) = self.lookup_here(inner, &name.text)? else {
            return Ok(());
        };
        let ty = self.net(net).ty.clone();
        let Storage::Slots(first) = self.net(net).storage else {
            return self.unsupported(name.span, "a memory as a port", "use smaller ports");
        };
        let (target, value, span) = match connection {
            Connection::Expr(expr) => {
                let span = ast[expr].span;
                match declared.direction {
                    Direction::Input => (None, Some(self.assigned_to(scope, expr, &ty)?), span),
                    Direction::Output => (Some(self.target(scope, expr)?), None, span),
                    Direction::Inout if ty.unpacked.is_empty() => {
                        let outer = self.target(scope, expr)?;
                        return self.join_nets(first, &outer, span);
                    }
                    Direction::Inout | Direction::Ref => {
                        return self.unsupported(
                            name.span,
                            "a port that is a reference or a bidirectional array",
                            "use an input and an output",
                        );
                    }
                }
            }
            Connection::Same(span) => {
                let Some(entity) = self.lookup(scope, &name.text)? else {
                    return self.unknown_name(scope, &name.text, span);
                };
                let Entity::Net(other) = entity else {
                    return self.unsupported(span, "this connection", "write `.port(value)`");
                };
                let part = self.whole(other, span);
                if (part.ty.is_aggregate() || ty.is_aggregate()) && !ty.fits(&part.ty) {
                    return self.shapes_differ(span);
                }
                match declared.direction {
                    Direction::Input => {
                        let signed = part.ty.signed;
                        let value = self.read(&part, span)?;
                        let value = self.exprs.resize(value, ty.flat().width, signed);
                        (None, Some(value), span)
                    }
                    Direction::Output => (Some(Target::Part(part)), None, span),
                    Direction::Inout => {
                        return self.join_nets(first, &Target::Part(part), span);
                    }
                    Direction::Ref => {
                        return self.unsupported(
                            name.span,
                            "a port that is a reference",
                            "use an input and an output",
                        );
                    }
                }
            }
            Connection::Missing | Connection::Open => {
                if declared.direction == Direction::Input {
                    let (message, place) =
                        (format!("input `{}` is not connected", name.text), name.span);
                    self.tell(
                        Diagnostic::warning(codes::BAD_CONNECTION, instance, message)
                            .label(place, "the input")
                            .help("connect it; its value is unknown"),
                    );
                    let value = self.exprs.unknown(ty.width);
                    for slot in first..first + ty.elements() {
                        self.drive(slot, 0, ty.width, Driver::Value(value), instance);
                    }
                }
                return Ok(());
            }
        };
        if let Some(value) = value {
            let port = Target::Part(self.whole(net, span));
            self.drive_target(&port, value, span)?;
        }
        if let Some(target) = target {
            if (ty.is_aggregate() || target.ty().is_aggregate()) && !ty.fits(&target.ty()) {
                return self.shapes_differ(span);
            }
            let value = self.read(&self.whole(net, span), span)?;
            let value = self.exprs.resize(value, target.width() as u32, ty.signed);
            self.drive_target(&target, value, span)?;
        }
        Ok(())
    }

    fn shapes_differ<T>(&mut self, span: Span) -> Res<T> {
        self.fail(
            Diagnostic::error(
                codes::BAD_CONNECTION,
                span,
                "arrays or structures of different shape",
            )
            .help("connect an array or structure of the port's type"),
        )
    }
}
