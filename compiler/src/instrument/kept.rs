//! The modules that have to stay as they are, beside any copy with edits.
//!
//! An edit changes a module's ports. That must not happen to a module that some
//! statement instantiates as it is: because the instance has nothing to be saved, or
//! because the statement is not elaborated (in a generate branch that is not taken, in
//! a module that the design does not use) and so gets no edits. Tools check the
//! connections of such statements all the same.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::frontend::ast::{Ast, Member, ModuleId, ScopeId, SymbolId, SymbolKind};
use crate::netlist::{InstanceId, Netlist};
use crate::source::FileId;

/// The modules that stay: `unedited`, those that unelaborated statements of the emitted
/// files name, and whatever the text of any of these names.
pub fn kept(ast: &Ast, netlist: &Netlist, unedited: BTreeSet<ModuleId>) -> BTreeSet<ModuleId> {
    let mut instances: BTreeMap<ModuleId, Vec<InstanceId>> = BTreeMap::new();
    let mut elaborated: FxHashSet<(InstanceId, SymbolId)> = FxHashSet::default();
    for (index, instance) in netlist.instances.iter().enumerate() {
        let of_module = instances.entry(instance.module).or_default();
        of_module.push(InstanceId(index as u32));
        elaborated.extend(instance.parent.zip(instance.symbol));
    }
    let emitted: BTreeSet<_> = (instances.keys())
        .map(|&module| ast[module].span.file)
        .collect();
    let by_name: BTreeMap<&str, ModuleId> = (ast.modules.iter().enumerate().rev())
        .map(|(index, module)| (&*module.name.text, ModuleId(index as u32)))
        .collect();
    let mut kept = unedited;
    let mut names: BTreeMap<ModuleId, Vec<ModuleId>> = BTreeMap::new();
    for (module, symbol) in statements(ast) {
        let SymbolKind::Instance(syntax) = &ast[symbol].kind else {
            continue;
        };
        let Some(&named) = by_name.get(&*syntax.definition.text) else {
            continue;
        };
        let everywhere = match instances.get(&module) {
            Some(list) => list.iter().all(|&of| elaborated.contains(&(of, symbol))),
            None => !emitted.contains(&ast[module].span.file),
        };
        names.entry(module).or_default().push(named);
        if !everywhere {
            kept.insert(named);
        }
    }
    let mut open: Vec<ModuleId> = kept.iter().copied().collect();
    while let Some(module) = open.pop() {
        let named = names.get(&module).into_iter().flatten();
        open.extend(named.filter(|named| kept.insert(**named)));
    }
    kept
}

/// The files of modules that some text of `files` names, and what their text names:
/// Yosys looks for the modules of branches that are not taken, too.
pub fn with_named_files(ast: &Ast, files: BTreeSet<FileId>) -> BTreeSet<FileId> {
    let file_of: BTreeMap<&str, FileId> = (ast.modules.iter().rev())
        .map(|module| (&*module.name.text, module.span.file))
        .collect();
    let mut names: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
    for (module, symbol) in statements(ast) {
        if let SymbolKind::Instance(syntax) = &ast[symbol].kind
            && let Some(&named) = file_of.get(&*syntax.definition.text)
        {
            names.entry(ast[module].span.file).or_default().push(named);
        }
    }
    let mut open: Vec<FileId> = files.iter().copied().collect();
    let mut all = files;
    while let Some(file) = open.pop() {
        let named = names.get(&file).into_iter().flatten();
        open.extend(named.filter(|named| all.insert(**named)));
    }
    all
}

/// The statements that instantiate modules, with the module in whose text each stands.
fn statements(ast: &Ast) -> Vec<(ModuleId, SymbolId)> {
    let of_body: BTreeMap<ScopeId, ModuleId> = (ast.modules.iter().enumerate())
        .map(|(index, module)| (module.scope, ModuleId(index as u32)))
        .collect();
    let mut out = Vec::new();
    // Per scope the module that it stands in; a scope comes after the one around it.
    let mut modules: Vec<Option<ModuleId>> = Vec::with_capacity(ast.scopes.len());
    for (index, scope) in ast.scopes.iter().enumerate() {
        let own = of_body.get(&ScopeId(index as u32)).copied();
        let module = own.or_else(|| modules[scope.parent?.index()]);
        modules.push(module);
        let declared = scope.members.iter().filter_map(|member| match member {
            Member::Declare(symbol) => Some(*symbol),
            _ => None,
        });
        let instances = declared.filter(
            |symbol| matches!(&ast[*symbol].kind, SymbolKind::Instance(syntax) if !syntax.gate),
        );
        out.extend(
            module
                .into_iter()
                .flat_map(|module| instances.clone().map(move |symbol| (module, symbol))),
        );
    }
    out
}
