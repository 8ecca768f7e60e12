//! Hierarchical names that reach down into an instance: what they name may be
//! read. An instance that a name reaches into before its place in the text is
//! elaborated there and then.

use super::context::{Elab, Entity, Res, ScopeIdx};
use crate::frontend::ast::{self, Name, SymbolKind};
use crate::netlist::InstanceId;
use crate::source::Span;

/// How far a declared instance is.
#[derive(Debug)]
pub(super) enum Made {
    /// Its turn may come: all nets around it are declared.
    Not,
    /// Being elaborated, or it failed.
    Busy,
    /// The scope of its module.
    Done(ScopeIdx),
}

impl<'a> Elab<'a> {
    /// Elaborates a declared instance, unless a name has done so.
    pub fn instance_once(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let SymbolKind::Instance(instance) = &self.ast[symbol].kind else {
            return Ok(());
        };
        match self.made.get(&(scope, symbol)) {
            Some(Made::Busy | Made::Done(_)) => return Ok(()),
            Some(Made::Not) | None => {}
        }
        self.made.insert((scope, symbol), Made::Busy);
        let around = std::mem::take(&mut self.env);
        let done = self.instance(scope, symbol, instance);
        self.env = around;
        done
    }

    /// What a name behind that of an instance stands for.
    pub fn reach_into(
        &mut self,
        scope: ScopeIdx,
        symbol: ast::SymbolId,
        name: &'a Name,
        span: Span,
    ) -> Res<Option<Entity>> {
        if let Some(Made::Not) = self.made.get(&(scope, symbol)) {
            self.instance_once(scope, symbol)?;
        }
        if let Some(&Made::Done(inner)) = self.made.get(&(scope, symbol)) {
            match self.lookup_here(inner, &name.text)? {
                Some(Entity::Subroutine(..) | Entity::Interface(..)) => {}
                Some(entity) => return Ok(Some(entity)),
                None => return self.unknown_name(inner, &name.text, name.span),
            }
        }
        self.unsupported(
            span,
            "this hierarchical name that reaches into an instance",
            "connect the signal through a port",
        )
    }

    /// Whether assigning a net from a scope would reach into an instance.
    pub fn is_elsewhere(&self, scope: ScopeIdx, of: InstanceId) -> bool {
        let instance = self.instances.get(of.index());
        of != self.scope(scope).instance
            && instance.is_some_and(|instance| !self.ast[instance.module].interface)
    }
}
