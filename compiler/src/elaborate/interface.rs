//! Interfaces: their instances, ports that are such, and modports.
//!
//! An instance of an interface is one like that of a module. A module that
//! gets it through a port names its signals in the interface's own scope, so
//! they are nets like any others; a register among them belongs to the instance
//! whose process drives it.

use super::context::{Elab, Entity, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Name, SymbolKind};
use crate::netlist::InstanceId;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// Whether a symbol is an instance of an interface.
    pub fn is_interface_instance(&self, symbol: ast::SymbolId) -> bool {
        match &self.ast[symbol].kind {
            SymbolKind::Instance(instance) => self
                .modules
                .get(&*instance.definition.text)
                .is_some_and(|&module| self.ast[module].interface),
            _ => false,
        }
    }

    /// Enters an instance of an interface into the scope around it.
    pub fn enter_interface(&mut self, scope: ScopeIdx, symbol: ast::SymbolId, inner: ScopeIdx) {
        let name: &'a str = &self.ast[symbol].name.text;
        self.scope_mut(scope)
            .names
            .insert(name, Entity::Interface(inner, None));
        let (outer, of) = (self.scope(scope).instance, self.scope(inner).instance);
        let name = self.instances[of.index()].name.clone();
        self.interface_names.insert((outer, of), name);
    }

    /// What a name stands for in an interface, as far as its modport shows it.
    pub fn lookup_interface(
        &mut self,
        interface: ScopeIdx,
        modport: Option<ast::SymbolId>,
        name: &'a Name,
    ) -> Res<Option<Entity>> {
        let ast = self.ast;
        if let Some(symbol) = self.modport(interface, &name.text) {
            return Ok(Some(Entity::Interface(interface, Some(symbol))));
        }
        let Some(entity) = self.lookup_here(interface, &name.text)? else {
            return Ok(None);
        };
        if let (Some(modport), Entity::Net(_)) = (modport, &entity)
            && let SymbolKind::Modport(list) = &ast[modport].kind
            && !list.iter().any(|(_, listed)| listed.text == name.text)
        {
            let modport = &ast[modport].name;
            let message = format!(
                "the modport `{}` does not list `{}`",
                modport.text, name.text
            );
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, name.span, message)
                    .label(modport.span, "the modport")
                    .help("add the signal to the modport"),
            );
        }
        Ok(Some(entity))
    }

    /// The modport of a name that an interface declares.
    fn modport(&self, interface: ScopeIdx, name: &str) -> Option<ast::SymbolId> {
        match self.scope(interface).names.get(name) {
            Some(&Entity::Pending(symbol)) => {
                matches!(self.ast[symbol].kind, SymbolKind::Modport(_)).then_some(symbol)
            }
            _ => None,
        }
    }

    /// What is connected to a port that is an interface.
    pub fn interface_connection(
        &mut self,
        scope: ScopeIdx,
        port: ast::SymbolId,
        value: Option<ast::ExprId>,
        span: Span,
    ) -> Res<Entity> {
        let ast = self.ast;
        let name = &ast[port].name;
        let SymbolKind::InterfacePort { interface, modport } = &ast[port].kind else {
            return self.unsupported(span, "this connection", "connect a signal");
        };
        let entity = match value {
            Some(value) => match ast[value].kind {
                ExprKind::Name(_) | ExprKind::Member(..) => self.path(scope, value)?,
                _ => None,
            },
            None => self.lookup(scope, &name.text)?,
        };
        let Some(Entity::Interface(inner, given)) = entity else {
            let message = format!("`{}` takes an instance of `{}`", name.text, interface.text);
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, span, message)
                    .label(name.span, "the port")
                    .help("connect an interface"),
            );
        };
        let found = &self.module_of(self.scope(inner).instance).name;
        if found.text != interface.text {
            let message = format!(
                "`{}` takes an instance of `{}`, not of `{}`",
                name.text, interface.text, found.text
            );
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, span, message)
                    .label(name.span, "the port")
                    .help("connect an interface of that type"),
            );
        }
        let Some(wanted) = modport else {
            return Ok(Entity::Interface(inner, given));
        };
        match self.modport(inner, &wanted.text) {
            Some(modport) => Ok(Entity::Interface(inner, Some(modport))),
            None => self.unknown_name(inner, &wanted.text, wanted.span),
        }
    }

    /// Binds a port of an instance that is being made to an interface.
    pub fn bind_interface(&mut self, scope: ScopeIdx, port: ast::SymbolId, entity: Entity) {
        let Entity::Interface(inner, _) = entity else {
            return;
        };
        let name: &'a str = &self.ast[port].name.text;
        let (outer, of): (InstanceId, InstanceId) =
            (self.scope(scope).instance, self.scope(inner).instance);
        self.interface_names.insert((outer, of), name.to_string());
        self.scope_mut(scope).names.insert(name, entity);
    }
}
