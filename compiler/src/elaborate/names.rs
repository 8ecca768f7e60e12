//! Scopes and what names stand for. Declarations are looked at when they are
//! first named, so their order in the text does not matter.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::context::{Constant, Elab, Entity, Net, NetIdx, Res, Scope, ScopeIdx, Slot};
use super::context::{Mem, Storage};
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Member, SymbolId, SymbolKind, Type, TypeKind};
use crate::netlist::{Bits, InstanceId};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// Remembers which declaration holds each enum member.
    pub fn find_enums(&mut self) {
        let ast = self.ast;
        for symbol in &ast.symbols {
            let ty = match &symbol.kind {
                SymbolKind::Port(port) => &port.ty,
                SymbolKind::Parameter { ty, .. }
                | SymbolKind::Net { ty, .. }
                | SymbolKind::Variable { ty, .. }
                | SymbolKind::Typedef(ty) => ty,
                _ => continue,
            };
            self.find_enum(ty);
        }
    }

    fn find_enum(&mut self, ty: &'a Type) {
        match &ty.kind {
            TypeKind::Enum { members, .. } => {
                for &member in members {
                    self.enum_owners.insert(member, ty);
                }
            }
            TypeKind::Struct { fields, .. } => {
                fields.iter().for_each(|(_, ty)| self.find_enum(ty));
            }
            _ => {}
        }
    }

    /// A new scope inside `parent`, its names declared.
    pub fn new_scope(
        &mut self,
        parent: Option<ScopeIdx>,
        ast: ast::ScopeId,
        instance: InstanceId,
        name: Option<String>,
    ) -> ScopeIdx {
        let (mut in_generate_loop, mut local) = (false, false);
        let mut loops = Vec::new();
        if let Some(parent) = parent {
            let parent = self.scope(parent);
            if parent.instance == instance {
                loops.clone_from(&parent.loops);
            }
            in_generate_loop = parent.in_generate_loop;
            local = parent.local;
        }
        self.scopes.push(Scope {
            parent,
            ast,
            instance,
            name,
            outermost: false,
            in_generate_loop,
            loops,
            names: FxHashMap::default(),
            imports: Vec::new(),
            exports: Vec::new(),
            generated: Vec::new(),
            local,
        });
        ScopeIdx(self.scopes.len() as u32 - 1)
    }

    /// Enters the names that a scope declares.
    pub fn declare(&mut self, scope: ScopeIdx) {
        let ast = self.ast;
        for member in &ast[self.scope(scope).ast].members {
            match member {
                Member::Declare(symbol) => self.declare_symbol(scope, *symbol),
                Member::Import { package, item } => {
                    let _ = self.import(scope, package, item.as_ref());
                }
                Member::Export { package, item } => {
                    let _ = self.export(scope, package.as_ref(), item.as_ref());
                }
                _ => {}
            }
        }
    }

    pub fn declare_symbol(&mut self, scope: ScopeIdx, symbol: SymbolId) {
        let ast = self.ast;
        let name: &'a str = &ast[symbol].name.text;
        if name.is_empty() {
            return;
        }
        let block = matches!(ast[symbol].kind, SymbolKind::Block(_));
        match self.scope(scope).names.get(name) {
            Some(Entity::Pending(other)) if *other == symbol || block => return,
            Some(Entity::Pending(other)) if !matches!(ast[*other].kind, SymbolKind::Block(_)) => {
                let other = *other;
                let span = ast[symbol].name.span;
                let message = format!("`{name}` is declared twice");
                let first = ast[other].name.span;
                self.tell(
                    Diagnostic::error(codes::DUPLICATE_NAME, span, message)
                        .label(first, "first declared here")
                        .help("rename one of the two"),
                );
                return;
            }
            _ => {}
        }
        self.scope_mut(scope)
            .names
            .insert(name, Entity::Pending(symbol));
    }

    /// What a name stands for, seen from a scope.
    pub fn lookup(&mut self, scope: ScopeIdx, name: &str) -> Res<Option<Entity>> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(entity) = self.lookup_here(scope, name)? {
                return Ok(Some(entity));
            }
            at = self.scope(scope).parent;
        }
        self.lookup_unit(name)
    }

    /// What a name stands for in one scope and what it imports.
    pub fn lookup_here(&mut self, scope: ScopeIdx, name: &str) -> Res<Option<Entity>> {
        let Some((&key, entity)) = self.scope(scope).names.get_key_value(name) else {
            return self.lookup_imported(scope, name);
        };
        let symbol = match entity {
            Entity::Pending(symbol) => *symbol,
            Entity::Busy(symbol) => {
                let span = self.ast[*symbol].name.span;
                let message = format!("`{name}` is declared in terms of itself");
                return self.fail(
                    Diagnostic::error(codes::RECURSION, span, message)
                        .help("a declaration may use only what does not depend on it"),
                );
            }
            done => return Ok(Some(done.clone())),
        };
        self.scope_mut(scope)
            .names
            .insert(key, Entity::Busy(symbol));
        let entity = self.entity(scope, symbol);
        // An enum's member has entered itself and its siblings.
        let entered = entity.clone().unwrap_or(Entity::Pending(symbol));
        self.scope_mut(scope).names.insert(key, entered);
        entity.map(Some)
    }

    /// Looks at a declaration.
    fn entity(&mut self, scope: ScopeIdx, symbol: SymbolId) -> Res<Entity> {
        let ast = self.ast;
        let declared = &ast[symbol];
        let span = declared.name.span;
        match &declared.kind {
            SymbolKind::Port(port) => {
                let ty = self.type_of(scope, &port.ty, span)?;
                let variable = port.variable || self.scope(scope).local;
                self.new_net(scope, symbol, ty, variable).map(Entity::Net)
            }
            SymbolKind::Net { ty, .. } => {
                let ty = self.type_of(scope, ty, span)?;
                self.new_net(scope, symbol, ty, false).map(Entity::Net)
            }
            SymbolKind::Variable { ty, .. } => {
                let ty = self.type_of(scope, ty, span)?;
                self.new_net(scope, symbol, ty, true).map(Entity::Net)
            }
            SymbolKind::Parameter {
                ty, value, is_type, ..
            } => {
                let Some(value) = *value else {
                    let message = format!("parameter `{}` has no value", declared.name.text);
                    return self.fail(
                        Diagnostic::error(codes::BAD_CONNECTION, span, message)
                            .help("give it a value where the module is instantiated, or by -P"),
                    );
                };
                if *is_type {
                    return match self.type_named_by(scope, value)? {
                        Some(ty) => Ok(Entity::Type(ty)),
                        None => self.unsupported(span, "this type parameter", "name a type"),
                    };
                }
                let value = self.parameter_value(scope, ty, value, span)?;
                Ok(Entity::Constant(Rc::new(value)))
            }
            SymbolKind::Genvar(_) => {
                let message = format!("`{}` has a value only in its loop", declared.name.text);
                self.fail(
                    Diagnostic::error(codes::NOT_CONSTANT, span, message)
                        .help("use the genvar inside the generate loop that it counts"),
                )
            }
            SymbolKind::Typedef(ty) => {
                let ty = self.type_of(scope, ty, span)?;
                Ok(Entity::Type(Rc::new(ty)))
            }
            SymbolKind::EnumMember { .. } => self.enum_member(scope, symbol),
            SymbolKind::Subroutine { .. } => Ok(Entity::Subroutine(symbol, scope)),
            SymbolKind::Instance(_) => Ok(Entity::Instance(symbol, scope)),
            SymbolKind::InterfacePort { .. } => self.unsupported(
                span,
                "an interface port that nothing is connected to",
                "connect an instance of the interface",
            ),
            SymbolKind::Modport(_) => {
                self.unsupported(span, "a modport here", "name it behind its interface")
            }
            SymbolKind::Block(block) => Ok(Entity::Scope(self.block(scope, *block))),
            SymbolKind::Unsupported(what) => {
                let (span, what) = (what.span, what.what.to_string());
                self.unsupported(span, &what, "remove it, or express it by other means")
            }
        }
    }

    /// Evaluates the members of the enum that holds `symbol`, up to it.
    fn enum_member(&mut self, scope: ScopeIdx, symbol: SymbolId) -> Res<Entity> {
        let ast = self.ast;
        let span = ast[symbol].name.span;
        let Some(TypeKind::Enum { base, members }) = self.enum_owners.get(&symbol).map(|t| &t.kind)
        else {
            return self.unsupported(span, "this enum", "declare it by `typedef enum`");
        };
        let ty = self.type_of(scope, base, span)?;
        let upto = members.iter().position(|&member| member == symbol);
        let values = self.member_values(scope, &ty, &members[..=upto.unwrap_or(0)])?;
        match values.last() {
            Some((last, bits)) if *last == symbol => Ok(Entity::Constant(Rc::new(Constant {
                bits: bits.clone(),
                signed: ty.signed,
                z: None,
                text: None,
                real: None,
                ty: Some(Rc::new(ty)),
            }))),
            _ => self.unsupported(span, "this enum", "declare it by `typedef enum`"),
        }
    }

    /// The values of the first members of an enum of a base type.
    pub fn member_values(
        &mut self,
        scope: ScopeIdx,
        ty: &Ty,
        members: &[SymbolId],
    ) -> Res<Vec<(SymbolId, Bits)>> {
        let mut next = Bits::zero(ty.width);
        let mut values = Vec::new();
        for &member in members {
            let SymbolKind::EnumMember { value } = self.ast[member].kind else {
                continue;
            };
            if let Some(value) = value {
                next = self.constant_of_type(scope, value, ty)?;
            }
            values.push((member, next.clone()));
            next = next.add(&Bits::from_u64(ty.width, 1));
        }
        Ok(values)
    }

    /// The scope of a named or unnamed block inside `scope`, made on first use.
    pub fn block(&mut self, scope: ScopeIdx, block: ast::ScopeId) -> ScopeIdx {
        if let Some(&known) = self.blocks.get(&(scope, block)) {
            return known;
        }
        let instance = self.scope(scope).instance;
        let name = self.ast[block].name.as_ref().map(|name| name.to_string());
        let inner = self.new_scope(Some(scope), block, instance, name);
        self.blocks.insert((scope, block), inner);
        self.declare(inner);
        inner
    }

    /// Declares a net or variable.
    pub fn new_net(
        &mut self,
        scope: ScopeIdx,
        symbol: SymbolId,
        ty: Ty,
        variable: bool,
    ) -> Res<NetIdx> {
        let ast = self.ast;
        let name = &ast[symbol].name;
        let bits = u64::from(ty.width) * u64::from(ty.elements());
        let kept = !self.options.kept_memories.is_empty()
            && self
                .options
                .kept(&self.net_path(scope, &name.text))
                .is_some();
        let memory = variable
            && (bits > self.options.memory_expand_limit_bits
                || self.arrays.shared.contains(&name.span)
                || kept)
            && !ty.unpacked.is_empty()
            && !self.arrays.expanded.contains(&name.span)
            && !self.scope(scope).local
            && self.clocked_names(scope).contains(&*name.text);
        self.add_net(scope, &name.text, name.span, ty, variable, memory)
    }

    /// Adds a net with its slots, or as a memory.
    pub fn add_net(
        &mut self,
        scope: ScopeIdx,
        name: &str,
        span: Span,
        ty: Ty,
        variable: bool,
        memory: bool,
    ) -> Res<NetIdx> {
        let index = NetIdx(self.nets.len() as u32);
        let bits = u64::from(ty.width) * u64::from(ty.elements());
        if !memory && bits > super::context::MAX_WIDTH * 4 {
            let message = format!("`{name}` of {bits} bits");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help("arrays that no clocked process writes have at most 16777216 bits"),
            );
        }
        let storage = if memory {
            self.memories.push(Mem {
                net: index,
                width: ty.width,
                depth: ty.elements(),
                writes: Vec::new(),
                init: None,
            });
            Storage::Memory(self.memories.len() as u32 - 1)
        } else {
            let first = self.slots.len() as u32;
            let init = (variable && !self.scope(scope).local).then(|| ty.power_up());
            let init = init.filter(|bits| *bits != Bits::unknown(ty.width));
            for element in 0..ty.elements() {
                self.slots.push(Slot {
                    net: index,
                    element,
                    width: ty.width,
                    drives: Vec::new(),
                    init: init.clone(),
                    shadow_of: None,
                });
            }
            Storage::Slots(first)
        };
        let scope_path = self.emitted_path(scope);
        let (instance, local) = (self.scope(scope).instance, self.scope(scope).local);
        let path = self.net_path(scope, name);
        self.nets.push(Net {
            name: name.into(),
            path,
            instance,
            scope_path,
            ty: Rc::new(ty),
            storage,
            span,
            variable,
            local,
        });
        Ok(index)
    }

    /// The hierarchical name, without the top's, of what a scope declares.
    fn net_path(&self, scope: ScopeIdx, name: &str) -> String {
        let instance = self.scope(scope).instance;
        let mut path = match self.instances.get(instance.index()) {
            Some(instance) if !instance.path.is_empty() => format!("{}.", instance.path),
            _ => String::new(),
        };
        for block in self.scope_path(scope) {
            path.push_str(&block);
            path.push('.');
        }
        path.push_str(name);
        path
    }

    /// The error for a name that is not declared, with the nearest one that is.
    pub fn unknown_name<T>(&mut self, scope: ScopeIdx, name: &str, span: Span) -> Res<T> {
        let mut best: Option<(usize, &str)> = None;
        let mut at = Some(scope);
        while let Some(scope) = at {
            for &candidate in self.scope(scope).names.keys() {
                let key = (edit_distance(name, candidate), candidate);
                if key.0 <= 1 + name.len() / 4 && best.is_none_or(|best| key < best) {
                    best = Some(key);
                }
            }
            at = self.scope(scope).parent;
        }
        let help = match best {
            Some((_, candidate)) => format!("did you mean `{candidate}`?"),
            None => "declare it before its use".to_string(),
        };
        let message = format!("`{name}` is not declared");
        self.fail(Diagnostic::error(codes::UNKNOWN_NAME, span, message).help(help))
    }
}

/// How many insertions, deletions and replacements turn one name into another.
pub(super) fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
