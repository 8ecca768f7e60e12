//! `defparam`: parameters of instances set from outside of them.
//!
//! The statements of a module's instance are gathered before what stands in it
//! is elaborated, so that their order in the text does not matter. They win
//! over the overrides of the instance itself (IEEE 1364-2005, 12.2.1).

use std::rc::Rc;

use super::connect::Override;
use super::context::{Constant, Elab, Entity, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Member, Name};
use crate::source::Span;

/// A value for a parameter of an instance that is still to come.
#[derive(Debug)]
pub(super) struct Defparam<'a> {
    /// Hierarchical name of the instance.
    pub instance: String,
    pub parameter: &'a Name,
    pub value: Constant,
    pub span: Span,
    pub used: bool,
}

impl<'a> Elab<'a> {
    /// Gathers the statements of a scope and of the generated ones in it.
    pub fn gather_defparams(&mut self, scope: ScopeIdx) {
        let ast = self.ast;
        for member in &ast[self.scope(scope).ast].members {
            if let Member::Defparam(list) = member {
                for &(target, value) in list {
                    let _ = self.defparam(scope, target, value);
                }
            }
        }
        for (_, inner) in self.scope(scope).generated.clone() {
            self.gather_defparams(inner);
        }
    }

    fn defparam(&mut self, scope: ScopeIdx, target: ast::ExprId, value: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        let span = ast[target].span;
        let ExprKind::Member(instance, parameter) = &ast[target].kind else {
            return self.fail(
                Diagnostic::error(
                    codes::BAD_CONNECTION,
                    span,
                    "a `defparam` without an instance",
                )
                .help("write `defparam instance.parameter = value;`"),
            );
        };
        let value = self.constant(scope, value)?;
        let (first, path) = self.instance_path(scope, *instance)?;
        // The scope around that knows the first name.
        let mut at = Some(scope);
        while let Some(here) = at {
            let known = matches!(
                self.lookup_here(here, &first)?,
                Some(Entity::Instance(..) | Entity::Scope(_) | Entity::Scopes(_))
            );
            if known {
                break;
            }
            at = self.scope(here).parent;
        }
        let Some(here) = at else {
            return self.unknown_name(scope, &first, span);
        };
        let within = self.scope(here);
        let mut parts: Vec<String> = Vec::new();
        if let Some(around) = self.instances.get(within.instance.index())
            && !around.path.is_empty()
        {
            parts.push(around.path.clone());
        }
        parts.extend(self.scope_path(here));
        parts.push(path);
        self.defparams.push(Defparam {
            instance: parts.join("."),
            parameter,
            value,
            span,
            used: false,
        });
        Ok(())
    }

    /// The first name of a path to an instance, and the path's text.
    fn instance_path(&mut self, scope: ScopeIdx, path: ast::ExprId) -> Res<(String, String)> {
        let ast = self.ast;
        match &ast[path].kind {
            ExprKind::Name(name) => Ok((name.to_string(), name.to_string())),
            ExprKind::Member(base, name) => {
                let (first, text) = self.instance_path(scope, *base)?;
                Ok((first, format!("{text}.{}", name.text)))
            }
            ExprKind::Index(base, index) => {
                let (first, text) = self.instance_path(scope, *base)?;
                let index = self.const_i64(scope, *index)?;
                Ok((first, format!("{text}[{index}]")))
            }
            _ => {
                let span = ast[path].span;
                self.fail(
                    Diagnostic::error(codes::BAD_CONNECTION, span, "this names no instance")
                        .help("write `defparam instance.parameter = value;`"),
                )
            }
        }
    }

    /// Notes that an instance, or an array of them, is there.
    pub fn note_instance(&mut self, scope: ScopeIdx, name: &str) {
        if self.defparams.is_empty() {
            return;
        }
        let within = self.scope(scope);
        let mut parts: Vec<&str> = Vec::new();
        if let Some(around) = self.instances.get(within.instance.index())
            && !around.path.is_empty()
        {
            parts.push(&around.path);
        }
        let blocks = self.scope_path(scope);
        parts.extend(blocks.iter().map(String::as_str));
        parts.push(name);
        let path = parts.join(".");
        for given in &mut self.defparams {
            let rest = given.instance.strip_prefix(&path);
            given.used |= rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        }
    }

    /// Adds what `defparam`s say of an instance to its overrides.
    pub fn apply_defparams(
        &mut self,
        instance: &str,
        module: &'a ast::Module,
        overrides: &mut Vec<(ast::SymbolId, Override)>,
    ) -> Res<()> {
        let ast = self.ast;
        let mut unknown = None;
        for given in &mut self.defparams {
            if given.instance != instance {
                continue;
            }
            given.used = true;
            let named = |p: &&ast::SymbolId| ast[**p].name.text == given.parameter.text;
            match module.parameters.iter().find(named) {
                Some(&symbol) => {
                    overrides.retain(|(other, _)| *other != symbol);
                    let value = Entity::Constant(Rc::new(given.value.clone()));
                    overrides.push((symbol, Override::Given(value)));
                }
                None => unknown = Some(given.parameter),
            }
        }
        let order = |symbol: ast::SymbolId| module.parameters.iter().position(|&p| p == symbol);
        overrides.sort_by_key(|&(symbol, _)| order(symbol));
        match unknown {
            None => Ok(()),
            Some(name) => {
                let message = format!("`{}` has no parameter `{}`", module.name.text, name.text);
                self.fail(
                    Diagnostic::error(codes::BAD_CONNECTION, name.span, message)
                        .help("name a parameter that can be overridden"),
                )
            }
        }
    }

    /// Reports statements about instances that there are not.
    pub fn check_defparams(&mut self) {
        for at in 0..self.defparams.len() {
            let given = &self.defparams[at];
            if given.used {
                continue;
            }
            let (span, message) = (
                given.span,
                format!(
                    "there is no instance `{}` below this module",
                    given.instance
                ),
            );
            self.tell(
                Diagnostic::error(codes::UNKNOWN_NAME, span, message)
                    .help("a `defparam` reaches instances of its own module and below"),
            );
        }
    }
}
