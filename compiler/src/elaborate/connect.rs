//! Instances: parameter overrides and port connections.

use super::assign::Target;
use super::context::{Constant, Driver, Elab, Entity, Res, ScopeIdx, Storage};
use super::env::Env;
use super::reference::Element;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, Direction, Instance, Module, SymbolKind};
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
                None => "add the file that declares it".to_string(),
            };
            let message = format!("module `{}` is not declared", definition.text);
            return self.fail(
                Diagnostic::error(codes::UNKNOWN_MODULE, definition.span, message).help(help),
            );
        };
        let declared = &ast[module];
        let given = self.overrides(scope, instance, declared)?;
        let mut base = self.scope(scope).path.join(".");
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
            inners.push(self.instantiate(module, parent, name, symbol, overrides, repeated)?);
        }
        self.env = Env::default();
        let connections = self.connections(instance, declared, span)?;
        for (&port, connection) in declared.ports.iter().zip(connections) {
            match (connection, instance.dims.is_empty()) {
                (Connection::Expr(expr), false) => {
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
    ) -> Res<Vec<(ast::SymbolId, Constant)>> {
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
            let value = self.constant(scope, value)?;
            list.push((symbol, value));
        }
        let order = |symbol: ast::SymbolId| module.parameters.iter().position(|&p| p == symbol);
        list.sort_by_key(|&(symbol, _)| order(symbol));
        Ok(list)
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
                    Direction::Input if ty.unpacked.is_empty() => {
                        (None, Some(self.assigned(scope, expr, ty.width)?), span)
                    }
                    Direction::Output if ty.unpacked.is_empty() => {
                        (Some(self.target(scope, expr)?), None, span)
                    }
                    Direction::Input | Direction::Output => {
                        let input = declared.direction == Direction::Input;
                        return self.connect_array(scope, net, expr, input);
                    }
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
                let part = super::reference::Reference {
                    net: other,
                    element: Element::At(0),
                    bits: Default::default(),
                    ty: (*self.net(other).ty).clone(),
                    guard: None,
                    span,
                };
                if !part.ty.unpacked.is_empty() || !ty.unpacked.is_empty() {
                    return self.unsupported(span, "an array here", "write `.port(array)`");
                }
                match declared.direction {
                    Direction::Input => {
                        let signed = part.ty.signed;
                        let value = self.read(&part, span)?;
                        let value = self.exprs.resize(value, ty.width, signed);
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
            self.drive(first, 0, ty.width, Driver::Value(value), span);
        }
        if let Some(target) = target {
            let leaf = self.leaf(first);
            let value = self.exprs.resize(leaf, target.width() as u32, ty.signed);
            self.drive_target(&target, value, span)?;
        }
        Ok(())
    }

    /// Connects an unpacked array to one of the same shape, element by element.
    fn connect_array(
        &mut self,
        scope: ScopeIdx,
        net: super::context::NetIdx,
        expr: ast::ExprId,
        input: bool,
    ) -> Res<()> {
        let span = self.ast[expr].span;
        let outer = self.reference(scope, expr)?;
        let ty = self.net(net).ty.clone();
        let (Element::At(at), Storage::Slots(from), Storage::Slots(to)) = (
            outer.element,
            self.net(outer.net).storage,
            self.net(net).storage,
        ) else {
            return self.unsupported(span, "this array connection", "connect elements");
        };
        if outer.ty.width != ty.width || outer.ty.elements() != ty.elements() {
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, span, "arrays of different shape")
                    .help("connect an array of the same shape"),
            );
        }
        for element in 0..ty.elements() {
            let (parent, child) = (from + at + element, to + element);
            let (source, sink) = if input {
                (parent, child)
            } else {
                (child, parent)
            };
            let value = self.leaf(source);
            self.drive(sink, 0, ty.width, Driver::Value(value), span);
        }
        Ok(())
    }
}
