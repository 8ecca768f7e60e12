//! Generate constructs: which blocks exist, and their genvars.

use std::rc::Rc;

use indexmap::IndexMap;

use super::context::{Constant, Elab, Entity, MAX_ITERATIONS, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, BinaryOp as Op, ExprKind, For, GenerateArm, Member};
use crate::netlist::{Bits, GeneratePlace};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// Makes the scopes of the generate constructs of a scope, and of theirs.
    pub fn expand(&mut self, scope: ScopeIdx) -> Res<()> {
        let ast = self.ast;
        let mut done = Ok(());
        let mut count = 0;
        for (at, member) in ast[self.scope(scope).ast].members.iter().enumerate() {
            let made = match member {
                Member::GenerateIf(arms) => {
                    count += 1;
                    self.expand_if(scope, at, arms, count)
                }
                Member::GenerateCase { selector, arms } => {
                    count += 1;
                    self.expand_case(scope, at, *selector, arms, count)
                }
                Member::GenerateFor { header, body } => {
                    count += 1;
                    self.expand_for(scope, at, header, *body, count)
                }
                Member::Generate(body) => {
                    count += 1;
                    self.expand_block(scope, at, *body, count)
                }
                _ => Ok(()),
            };
            done = done.and(made);
        }
        done
    }

    /// Where in its module's generate constructs a scope is.
    pub fn place(&self, scope: ScopeIdx) -> GeneratePlace {
        let here = self.scope(scope);
        GeneratePlace {
            block: (self.ast[here.ast].kind == ast::ScopeKind::Generate).then_some(here.ast),
            path: self.scope_path(scope),
            loops: here.loops.clone(),
        }
    }

    /// The name of a generate block; unnamed ones are numbered (IEEE 1364-2005, 12.4.3).
    fn block_name(&self, body: ast::ScopeId, count: u32) -> String {
        match &self.ast[body].name {
            Some(name) => name.to_string(),
            None => format!("genblk{count}"),
        }
    }

    fn expand_block(
        &mut self,
        scope: ScopeIdx,
        at: usize,
        body: ast::ScopeId,
        count: u32,
    ) -> Res<()> {
        let ast = self.ast;
        let instance = self.scope(scope).instance;
        let name = self.block_name(body, count);
        let inner = self.new_scope(Some(scope), body, instance, Some(name));
        self.scope_mut(scope).generated.push((at, inner));
        if let Some(name) = &ast[body].name {
            self.scope_mut(scope)
                .names
                .insert(name, Entity::Scope(inner));
        }
        self.declare(inner);
        self.expand(inner)
    }

    fn expand_if(
        &mut self,
        scope: ScopeIdx,
        at: usize,
        arms: &'a [GenerateArm],
        count: u32,
    ) -> Res<()> {
        for arm in arms {
            let taken = match arm.conditions.first() {
                None => true,
                Some(&condition) => {
                    let constant = self.constant(scope, condition)?;
                    constant.bits.reduce_or() == Some(true)
                }
            };
            if taken {
                return self.expand_block(scope, at, arm.body, count);
            }
        }
        Ok(())
    }

    fn expand_case(
        &mut self,
        scope: ScopeIdx,
        at: usize,
        selector: ast::ExprId,
        arms: &'a [GenerateArm],
        count: u32,
    ) -> Res<()> {
        for arm in arms {
            for &label in &arm.conditions {
                let (a, b) = (self.typed(scope, selector)?, self.typed(scope, label)?);
                let equal = self.compare(Op::CaseEq, a, b)?;
                let bits = self.require_const(equal, self.ast[label].span)?;
                if bits.bit(0) == Some(true) {
                    return self.expand_block(scope, at, arm.body, count);
                }
            }
        }
        let default = arms.iter().find(|arm| arm.conditions.is_empty());
        default.map_or(Ok(()), |arm| self.expand_block(scope, at, arm.body, count))
    }

    fn expand_for(
        &mut self,
        scope: ScopeIdx,
        at: usize,
        header: &'a For,
        body: ast::ScopeId,
        count: u32,
    ) -> Res<()> {
        let ast = self.ast;
        let instance = self.scope(scope).instance;
        // A scope of its own, in which the genvar is a constant.
        let control = self.new_scope(Some(scope), header.scope, instance, None);
        let (genvar, start, span) = self.genvar(scope, header)?;
        self.set_genvar(control, genvar, start);
        let name = self.block_name(body, count);
        let mut blocks = IndexMap::new();
        let mut iterations = 0;
        loop {
            if let Some(condition) = header.condition {
                let constant = self.constant(control, condition)?;
                if constant.bits.reduce_or() != Some(true) {
                    break;
                }
            }
            iterations += 1;
            let value = self.genvar_value(control, genvar);
            let wrong = match blocks.contains_key(&value) {
                true => Some((
                    format!("the generate loop over `{genvar}` does not end: {value} comes again"),
                    "let each step change the value towards the bound".to_string(),
                )),
                false if iterations > MAX_ITERATIONS => Some((
                    format!(
                        "the generate loop over `{genvar}` takes more than {MAX_ITERATIONS} iterations"
                    ),
                    format!("at most {MAX_ITERATIONS} are taken"),
                )),
                false => None,
            };
            if let Some((message, help)) = wrong {
                let error = Diagnostic::error(codes::TOO_LARGE, span, message);
                return self.fail(error.help(help));
            }
            let inner = self.new_scope(
                Some(scope),
                body,
                instance,
                Some(format!("{name}[{value}]")),
            );
            self.scope_mut(inner).in_generate_loop = true;
            let iteration = (genvar.to_string(), value);
            self.scope_mut(inner).loops.push(iteration);
            self.scope_mut(scope).generated.push((at, inner));
            self.set_genvar(inner, genvar, value);
            blocks.insert(value, inner);
            for &step in &header.step {
                self.step_genvar(control, genvar, step)?;
            }
        }
        let list: Vec<ScopeIdx> = blocks.values().copied().collect();
        if let Some(name) = &ast[body].name {
            self.scope_mut(scope)
                .names
                .insert(name, Entity::Scopes(Rc::new(blocks)));
        }
        for inner in list {
            self.declare(inner);
            self.expand(inner)?;
        }
        Ok(())
    }

    /// The genvar of a loop and its first value.
    fn genvar(&mut self, scope: ScopeIdx, header: &'a For) -> Res<(&'a str, i64, Span)> {
        let ast = self.ast;
        for member in &ast[header.scope].members {
            if let Member::Declare(symbol) = member {
                let init = match ast[*symbol].kind {
                    ast::SymbolKind::Genvar(init) => init,
                    ast::SymbolKind::Variable { init, .. } => init,
                    _ => None,
                };
                if let Some(init) = init {
                    let start = self.const_i64(scope, init)?;
                    return Ok((&ast[*symbol].name.text, start, ast[*symbol].name.span));
                }
            }
        }
        if let [init] = header.init[..]
            && let ExprKind::Assign { lhs, rhs, .. } = ast[init].kind
            && let ExprKind::Name(name) = &ast[lhs].kind
        {
            let span = ast[lhs].span;
            if !self.is_genvar(scope, name) {
                let message = format!("`{name}` is not declared as a genvar");
                return self.fail(
                    Diagnostic::error(codes::UNKNOWN_NAME, span, message)
                        .help(format!("declare it: `genvar {name};`")),
                );
            }
            let start = self.const_i64(scope, rhs)?;
            return Ok((name, start, span));
        }
        let first = header.init.first().copied().or(header.condition);
        let first = first.or(header.step.first().copied());
        let span = match first {
            Some(expr) => ast[expr].span,
            None => {
                let instance = self.scope(scope).instance;
                self.module_of(instance).name.span
            }
        };
        self.unsupported(
            span,
            "this generate loop",
            "write `for (i = 0; i < n; i = i + 1)` with one genvar",
        )
    }

    /// Whether a name is a genvar that no loop around counts.
    fn is_genvar(&self, scope: ScopeIdx, name: &str) -> bool {
        let mut at = Some(scope);
        while let Some(here) = at {
            match self.scope(here).names.get(name) {
                Some(Entity::Pending(symbol)) => {
                    return matches!(self.ast[*symbol].kind, ast::SymbolKind::Genvar(_));
                }
                Some(_) => return false,
                None => at = self.scope(here).parent,
            }
        }
        false
    }

    pub fn set_genvar(&mut self, scope: ScopeIdx, genvar: &'a str, value: i64) {
        let constant = Constant {
            bits: Bits::from_i64(32, value),
            signed: true,
            z: None,
            text: None,
            real: None,
            ty: None,
        };
        let entity = Entity::Constant(Rc::new(constant));
        self.scope_mut(scope).names.insert(genvar, entity);
    }

    fn genvar_value(&self, scope: ScopeIdx, genvar: &str) -> i64 {
        match self.scope(scope).names.get(genvar) {
            Some(Entity::Constant(constant)) => constant.bits.to_i64(true).unwrap_or(0),
            _ => 0,
        }
    }

    fn step_genvar(&mut self, scope: ScopeIdx, genvar: &'a str, step: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        let span = ast[step].span;
        let value = match ast[step].kind {
            ExprKind::Assign { op, lhs, rhs, .. } => {
                let value = match op {
                    None => self.self_determined(scope, rhs)?,
                    Some(op) => {
                        let typed = self.typed_binary(scope, op, lhs, rhs, span)?;
                        let (width, signed) = (typed.width.max(32), typed.signed);
                        self.lower(typed, width, signed)?
                    }
                };
                let bits = self.require_const(value, span)?;
                bits.sign_extend(bits.width().max(32)).slice(0, 32)
            }
            ExprKind::Increment { down, .. } => {
                let by = if down { -1 } else { 1 };
                let value = self.genvar_value(scope, genvar);
                Bits::from_i64(32, value.wrapping_add(by))
            }
            _ => {
                return self.unsupported(span, "this step of a generate loop", "write `i = i + 1`");
            }
        };
        match value.to_i64(true) {
            Some(value) => {
                self.set_genvar(scope, genvar, value);
                Ok(())
            }
            None => self.unsupported(span, "an unknown genvar", "step it by a known number"),
        }
    }
}
