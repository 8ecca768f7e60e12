//! Calls of functions and tasks, executed in place.

use super::assign::Target;
use super::context::{Elab, Entity, MAX_DEPTH, NetIdx, Res, ScopeIdx};
use super::env::{ExitKind, Key};
use super::typed::{Kind, Typed};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, Direction, ExprKind, SymbolKind};
use crate::netlist::ExprId;
use crate::source::Span;

/// A subroutine's parts.
struct Callee<'a> {
    symbol: ast::SymbolId,
    declared_in: ScopeIdx,
    scope: ast::ScopeId,
    ports: &'a [ast::SymbolId],
    returns: Option<&'a ast::Type>,
    body: &'a [ast::StmtId],
}

impl<'a> Elab<'a> {
    /// Sizes a call.
    pub fn typed_call(
        &mut self,
        scope: ScopeIdx,
        call: ast::ExprId,
        callee: ast::ExprId,
        args: &'a [Arg],
    ) -> Res<Typed> {
        let ast = self.ast;
        let span = ast[call].span;
        if let ExprKind::System(name) = &ast[callee].kind {
            return self.system_function(scope, name, args, span);
        }
        if let Some(method) = self.enum_method(scope, callee, args, span)? {
            return Ok(method);
        }
        let callee = self.callee(scope, callee)?;
        let Some(returns) = callee.returns else {
            let message = format!("`{}` has no value", ast[callee.symbol].name.text);
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, message)
                    .help("call a task or void function as a statement"),
            );
        };
        let ty = self.type_of(callee.declared_in, returns, span)?;
        if ty.is_aggregate() {
            let value = self.call_function(scope, call)?;
            return Ok(self.of_type(value, &ty, span));
        }
        Ok(Typed {
            width: ty.width,
            signed: ty.signed,
            span,
            kind: Kind::Call(scope, call),
        })
    }

    /// The value of a call whose type is known.
    pub fn call_function(&mut self, scope: ScopeIdx, call: ast::ExprId) -> Res<ExprId> {
        let ast = self.ast;
        let (callee, args): (_, &'a [Arg]) = match &ast[call].kind {
            ExprKind::Call(callee, args) => (*callee, args),
            _ => (call, &[]),
        };
        match self.call(scope, call, callee, args)? {
            Some(value) => Ok(value),
            None => self.unsupported(ast[call].span, "a call without a value", "use a function"),
        }
    }

    fn callee(&mut self, scope: ScopeIdx, callee: ast::ExprId) -> Res<Callee<'a>> {
        let ast = self.ast;
        let span = ast[callee].span;
        let mut entity = self.path(scope, callee)?;
        if let (Some(Entity::Net(_)), ExprKind::Name(name)) = (&entity, &ast[callee].kind) {
            // Inside a function its name is its result, but it can be called.
            let mut at = Some(scope);
            while let Some(here) = at {
                if let Some(found @ Entity::Subroutine(..)) = self.lookup_here(here, name)? {
                    entity = Some(found);
                    break;
                }
                at = self.scope(here).parent;
            }
        }
        match entity {
            Some(Entity::Subroutine(symbol, declared_in)) => {
                let SymbolKind::Subroutine {
                    scope,
                    ports,
                    returns,
                    body,
                    ..
                } = &ast[symbol].kind
                else {
                    return self.unsupported(span, "this call", "call a function or task");
                };
                Ok(Callee {
                    symbol,
                    declared_in,
                    scope: *scope,
                    ports,
                    returns: returns.as_ref(),
                    body,
                })
            }
            Some(_) => {
                let message = format!("`{}` is no function or task", self.sources.text(span));
                self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message)
                        .help("call a function or task"),
                )
            }
            None => {
                let name = match &ast[callee].kind {
                    ExprKind::Name(name) => name.to_string(),
                    _ => self.sources.text(span).to_string(),
                };
                self.unknown_name(scope, &name, span)
            }
        }
    }

    /// Executes a call; its value if it has one.
    pub fn call(
        &mut self,
        scope: ScopeIdx,
        call: ast::ExprId,
        callee: ast::ExprId,
        args: &'a [Arg],
    ) -> Res<Option<ExprId>> {
        let ast = self.ast;
        let span = ast[call].span;
        let callee = self.callee(scope, callee)?;
        let name = &ast[callee.symbol].name;
        if self.depth >= MAX_DEPTH {
            let message = format!("calls of `{}` nest deeper than {MAX_DEPTH}", name.text);
            return self.fail(
                Diagnostic::error(codes::RECURSION, span, message)
                    .help("end the recursion by a constant condition"),
            );
        }
        let instance = self.scope(callee.declared_in).instance;
        let inner = self.new_scope(
            Some(callee.declared_in),
            callee.scope,
            instance,
            Some(name.text.to_string()),
        );
        self.scope_mut(inner).local = true;
        for &port in callee.ports {
            self.declare_symbol(inner, port);
        }
        self.declare(inner);
        let result = match callee.returns {
            None => None,
            Some(ty) => {
                let ty = self.type_of(callee.declared_in, ty, span)?;
                let net = self.add_net(inner, &name.text, name.span, ty, true, false)?;
                // What `return` gives, apart from what is assigned to the name.
                let ty = self.net(net).ty.clone();
                let (width, low) = (ty.width, self.slots.len() as u32);
                let returned =
                    self.add_net(inner, "return", name.span, (*ty).clone(), true, false)?;
                let unknown = self.exprs.unknown(width);
                for slot in low..self.slots.len() as u32 {
                    self.env.set(Key::Blocking(slot), unknown);
                }
                let names = &mut self.scope_mut(inner).names;
                names.insert(&name.text, Entity::Net(net));
                names.insert("return", Entity::Net(returned));
                Some((net, returned))
            }
        };

        let bound = self.bind(scope, &callee, args, span)?;
        let mut outputs = Vec::new();
        for (port, arg, scope) in bound {
            let Some(Entity::Net(net)) = self.lookup_here(inner, &ast[port].name.text)? else {
                continue;
            };
            let SymbolKind::Port(declared) = &ast[port].kind else {
                continue;
            };
            let place = ast[arg].span;
            match declared.direction {
                Direction::Input => self.assign_net_from(scope, net, arg, place)?,
                Direction::Output => outputs.push((net, self.target(scope, arg)?, place)),
                Direction::Inout | Direction::Ref => {
                    self.assign_net_from(scope, net, arg, place)?;
                    outputs.push((net, self.target(scope, arg)?, place));
                }
            }
        }

        self.depth += 1;
        // Jumps do not cross the call.
        let exits = std::mem::take(&mut self.env.exits);
        let exit = self.enter(ExitKind::Return);
        let block = self.enter(ExitKind::Block(callee.scope));
        for member in &ast[callee.scope].members {
            if let ast::Member::Declare(symbol) = member {
                self.init_variable(inner, *symbol)?;
            }
        }
        let done = self.exec_list(inner, callee.body);
        let returned = self.env.get(Key::Jump(exit.key));
        self.leave(block);
        self.leave(exit);
        self.env.exits = exits;
        self.depth -= 1;
        done?;

        for (net, target, place) in outputs {
            let ty = self.net(net).ty.clone();
            if (ty.is_aggregate() || target.ty().is_aggregate()) && !ty.fits(&target.ty()) {
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_TYPE,
                        place,
                        "arrays or structures of different shape",
                    )
                    .help("pass a variable of the argument's type"),
                );
            }
            let value = self.read(&self.whole(net, place), place)?;
            let value = self.exprs.resize(value, target.width() as u32, ty.signed);
            self.write(&target, value, false, place)?;
        }
        let Some((assigned, given)) = result else {
            return Ok(None);
        };
        let assigned = self.read(&self.whole(assigned, span), span)?;
        let given = self.read(&self.whole(given, span), span)?;
        let returned = returned.unwrap_or_else(|| self.exprs.number(1, 0));
        Ok(Some(self.exprs.mux(returned, given, assigned)))
    }

    /// A subroutine's variable with an initial value takes it at each call.
    fn init_variable(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let ast = self.ast;
        let SymbolKind::Variable {
            init: Some(init), ..
        } = ast[symbol].kind
        else {
            return Ok(());
        };
        match self.lookup_here(scope, &ast[symbol].name.text)? {
            Some(Entity::Net(net)) => self.assign_net(scope, net, init, ast[symbol].name.span),
            _ => Ok(()),
        }
    }

    /// Pairs the arguments with the ports.
    fn bind(
        &mut self,
        scope: ScopeIdx,
        callee: &Callee<'a>,
        args: &'a [Arg],
        span: Span,
    ) -> Res<Vec<(ast::SymbolId, ast::ExprId, ScopeIdx)>> {
        let ast = self.ast;
        let name = &ast[callee.symbol].name.text;
        let mut bound: Vec<Option<ast::ExprId>> = vec![None; callee.ports.len()];
        for (at, arg) in args.iter().enumerate() {
            let (at, value) = match arg {
                Arg::Positional(value) => (Some(at), *value),
                Arg::Named { name, value } => {
                    let is = |port: &&ast::SymbolId| ast[**port].name.text == name.text;
                    let at = callee.ports.iter().find(is);
                    let at = at.and_then(|p| callee.ports.iter().position(|q| q == p));
                    (at, *value)
                }
                Arg::Implicit(name) => {
                    return self.unsupported(name.span, "this argument", "write it in order");
                }
                Arg::Wildcard(span) => {
                    return self.unsupported(*span, "this argument", "write it in order");
                }
            };
            match at.and_then(|at| bound.get_mut(at)) {
                Some(slot) => *slot = value,
                None if value.is_none() => {}
                None => {
                    let message = format!("`{name}` takes {} arguments", callee.ports.len());
                    return self.fail(
                        Diagnostic::error(codes::BAD_CONNECTION, span, message)
                            .help("give one argument for each"),
                    );
                }
            }
        }
        let mut list = Vec::new();
        for (&port, arg) in callee.ports.iter().zip(bound) {
            let default = match &ast[port].kind {
                SymbolKind::Port(port) => port.default,
                _ => None,
            };
            // A default is an expression of the subroutine's surroundings.
            let default = default.map(|value| (value, callee.declared_in));
            let Some((arg, scope)) = arg.map(|arg| (arg, scope)).or(default) else {
                let port = &ast[port].name.text;
                let message = format!("`{name}` is called without its argument `{port}`");
                return self.fail(
                    Diagnostic::error(codes::BAD_CONNECTION, span, message)
                        .help("give one argument for each"),
                );
            };
            list.push((port, arg, scope));
        }
        Ok(list)
    }

    /// Assigns an expression of the net's own scope to a local variable.
    pub fn assign_net(
        &mut self,
        scope: ScopeIdx,
        net: NetIdx,
        value: ast::ExprId,
        span: Span,
    ) -> Res<()> {
        self.assign_net_from(scope, net, value, span)
    }

    fn assign_net_from(
        &mut self,
        scope: ScopeIdx,
        net: NetIdx,
        value: ast::ExprId,
        span: Span,
    ) -> Res<()> {
        let target = self.whole(net, span);
        let value = self.assigned_to(scope, value, &target.ty)?;
        self.write(&Target::Part(target), value, false, span)
    }

    /// `return value`
    pub fn assign_result(&mut self, scope: ScopeIdx, value: ast::ExprId, span: Span) -> Res<()> {
        let mut at = Some(scope);
        while let Some(here) = at {
            let parent = self.scope(here).parent;
            let outermost = parent.is_some_and(|parent| !self.scope(parent).local);
            if self.scope(here).local
                && outermost
                && let Some(Entity::Net(net)) = self.lookup_here(here, "return")?
            {
                return self.assign_net(scope, net, value, span);
            }
            at = parent;
        }
        self.unsupported(span, "`return` with a value here", "return from a function")
    }
}
