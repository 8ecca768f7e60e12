//! Which text each instance gets.
//!
//! A **variant** of a module is one list of edits of its text; instances that
//! ask for the same edits share it, whatever their parameters. Modules are
//! taken bottom up, since the edits of a parent name the variants of its
//! children. The first variant is edited in place, unless some instance needs
//! the module as it is; every other one is a copy of the module's text behind
//! the original, named `<module>_idetic_<n>`. All of it is still insertion.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::{Ast, Module, ModuleId};
use crate::layout::Layout;
use crate::netlist::{InstanceId, Netlist};
use crate::source::SourceMap;

use super::InstrumentOptions;
use super::edits::{self, Edit};
use super::module::{self, Context, Elsewhere};
use super::tree::Tree;

/// The edits of all files, sorted. Empty lists are left out.
#[allow(clippy::too_many_arguments)]
pub fn all_edits(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    layout: &Layout,
    tree: &Tree,
    options: &InstrumentOptions,
    elsewhere: &Elsewhere,
    diagnostics: &mut Diagnostics,
) -> Vec<Edit> {
    let order = match bottom_up(ast, netlist) {
        Ok(order) => order,
        Err(error) => {
            diagnostics.push(error);
            return Vec::new();
        }
    };
    let mut names: BTreeSet<String> = ast
        .modules
        .iter()
        .map(|module| module.name.text.to_string())
        .collect();
    let mut suffixes = vec![String::new(); netlist.instances.len()];
    let mut out = Vec::new();
    for module_id in order {
        let mut variants: IndexMap<Vec<Edit>, Vec<InstanceId>> = IndexMap::new();
        for (index, instance) in netlist.instances.iter().enumerate() {
            if instance.module != module_id {
                continue;
            }
            let instance = InstanceId(index as u32);
            let cx = Context {
                ast,
                sources,
                netlist,
                layout,
                tree,
                options,
                instance,
                elsewhere,
            };
            let suffix = |child: InstanceId| suffixes[child.index()].clone();
            let edits = module::edits(&cx, suffix, diagnostics);
            variants.entry(edits).or_default().push(instance);
        }
        let module = &ast[module_id];
        let in_place = !variants.contains_key(&Vec::new());
        let mut copies = String::new();
        let changed = variants.into_iter().filter(|(edits, _)| !edits.is_empty());
        for (at, (edits, instances)) in changed.enumerate() {
            if in_place && at == 0 {
                out.extend(edits);
                continue;
            }
            let suffix = free_suffix(&module.name.text, &mut names);
            let text = &sources.file(module.span.file).text;
            copies.push_str("\n\n");
            copies.push_str(&copy(text, module, edits, &suffix));
            for instance in instances {
                suffixes[instance.index()] = suffix.clone();
            }
        }
        if !copies.is_empty() {
            let text = &sources.file(module.span.file).text;
            out.push(Edit {
                file: module.span.file,
                offset: end_of_module(text, module.span.end),
                text: copies,
            });
        }
    }
    edits::sort(&mut out);
    out
}

/// The modules of the instance tree, each after those it instantiates.
fn bottom_up(ast: &Ast, netlist: &Netlist) -> Result<Vec<ModuleId>, Diagnostic> {
    let mut uses: BTreeMap<ModuleId, BTreeSet<ModuleId>> = BTreeMap::new();
    for instance in &netlist.instances {
        uses.entry(instance.module).or_default();
        if let Some(parent) = instance.parent {
            let parent = netlist.instances[parent.index()].module;
            uses.entry(parent).or_default().insert(instance.module);
        }
    }
    let mut order = Vec::new();
    while !uses.is_empty() {
        let ready: Vec<ModuleId> = uses
            .iter()
            .filter(|(_, below)| below.iter().all(|child| !uses.contains_key(child)))
            .map(|(&module, _)| module)
            .collect();
        if ready.is_empty() {
            // A recursion that ends through its parameters.
            let name = uses.keys().next().map(|&module| &ast[module].name);
            let name = name.expect("`uses` is not empty");
            return Err(Diagnostic::error(
                codes::CANNOT_EDIT,
                name.span,
                format!("module `{}` instantiates itself", name.text),
            )
            .help("not taken yet; write the levels as modules of their own"));
        }
        for module in ready {
            uses.remove(&module);
            order.push(module);
        }
    }
    Ok(order)
}

fn free_suffix(module: &str, names: &mut BTreeSet<String>) -> String {
    (1..)
        .map(|number| format!("_idetic_{number}"))
        .find(|suffix| names.insert(format!("{module}{suffix}")))
        .expect("there are more numbers than modules")
}

/// The module's text with edits and a new name.
fn copy(text: &str, module: &Module, mut edits: Vec<Edit>, suffix: &str) -> String {
    edits.push(Edit {
        file: module.span.file,
        offset: module.anchors.after_name,
        text: suffix.to_string(),
    });
    edits::sort(&mut edits);
    edits::apply_within(text, module.span.start, module.span.end, &edits)
}

/// Past `endmodule` and the label that may follow it (`endmodule : name`).
fn end_of_module(text: &str, end: u32) -> u32 {
    let rest = &text[end as usize..];
    let label = rest.trim_start();
    let Some(name) = label.strip_prefix(':') else {
        return end;
    };
    let name = name.trim_start();
    let length = name
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(name.len());
    (text.len() - name.len() + length) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_belongs_to_the_module() {
        assert_eq!(end_of_module("endmodule\nmodule b", 9), 9);
        assert_eq!(end_of_module("endmodule : ab\nmodule", 9), 14);
    }

    #[test]
    fn suffixes_avoid_existing_modules() {
        let mut names = BTreeSet::from(["m_idetic_1".to_string()]);
        assert_eq!(free_suffix("m", &mut names), "_idetic_2");
        assert_eq!(free_suffix("m", &mut names), "_idetic_3");
    }
}
