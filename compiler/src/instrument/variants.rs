//! Which text each instance gets.
//!
//! A **variant** of a module is one list of edits of its text; instances that
//! ask for the same edits share it, whatever their parameters. Instances are
//! taken bottom up, since the edits of a parent name the variants of its
//! children. The instances of one statement share one text (`merged`). The
//! first variant is edited in place, unless some statement needs the module as
//! it is (`kept`); every other one is a copy of the module's text behind
//! the original, named `<module>_idetic_<n>` there and wherever its text names
//! it (`self_named`). All of it is still insertion.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::diagnostics::Diagnostics;
use crate::frontend::ast::{Ast, Module, ModuleId};
use crate::layout::Layout;
use crate::netlist::{InstanceId, Netlist, instance_classes};
use crate::source::SourceMap;

use super::InstrumentOptions;
use super::blocks::{self, Named};
use super::conditionals;
use super::edits::{self, Edit};
use super::kept;
use super::merged::{self, Wanted};
use super::module::{self, Context, Elsewhere};
use super::names::end_of_name;
use super::self_named;
use super::text;
use super::tree::{Node, Tree};

/// What becomes of the texts.
pub struct Texts {
    /// The edits of all files, sorted.
    pub edits: Vec<Edit>,
    /// The name of the top module's text.
    pub top: String,
    /// Blocks that are given a name.
    pub named: Named,
}

/// All edits of the design.
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
) -> Texts {
    let mut names: BTreeSet<String> = ast
        .modules
        .iter()
        .map(|module| module.name.text.to_string())
        .collect();
    let mut suffixes = vec![String::new(); netlist.instances.len()];
    let classes = instance_classes(&netlist.instances);
    let uneven = uneven(&classes, tree);
    let context = |instance: InstanceId| Context {
        ast,
        sources,
        netlist,
        layout,
        tree,
        options,
        instance,
        uneven: uneven.contains(&classes[instance.index()]),
        elsewhere,
    };
    let instances = (0..netlist.instances.len()).map(|index| InstanceId(index as u32));
    let unedited = instances.filter(|&instance| !module::is_edited(&context(instance)));
    let unedited = unedited.map(|instance| netlist.instances[instance.index()].module);
    let kept = kept::kept(ast, netlist, unedited.collect());
    let mut modules: BTreeMap<ModuleId, Variants> = BTreeMap::new();
    for layer in bottom_up(netlist) {
        let mut asked: Vec<(InstanceId, Vec<Edit>)> = Vec::new();
        for instance in layer {
            let suffix = |child: InstanceId| suffixes[child.index()].clone();
            let edits = module::edits(&context(instance), suffix, diagnostics);
            asked.push((instance, edits));
        }
        one_text_for_each_class(&classes, &mut asked, context);
        for (instance, edits) in asked {
            if edits.is_empty() {
                continue;
            }
            let module = netlist.instances[instance.index()].module;
            let variants = modules.entry(module).or_default();
            let in_place = !kept.contains(&module) && variants.suffixes.is_empty();
            let suffix = variants
                .suffixes
                .entry(edits)
                .or_insert_with(|| match in_place {
                    true => String::new(),
                    false => {
                        let elsewhere = self_named::refuse_elsewhere(&context(instance));
                        diagnostics.list.extend(elsewhere);
                        free_suffix(&ast[module].name.text, &mut names)
                    }
                });
            suffixes[instance.index()].clone_from(suffix);
        }
    }
    let around = self_named::refuse_around(ast, sources, netlist, &suffixes);
    diagnostics.list.extend(around);
    let mut out = Vec::new();
    for (module, variants) in modules {
        out.extend(variants.all_edits(ast, &ast[module], sources));
    }
    edits::sort(&mut out);
    Texts {
        edits: out,
        top: format!("{}{}", netlist.top, suffixes[0]),
        named: blocks::named(ast, netlist, context),
    }
}

/// What Verilator's lint may say of a module's text; of a copy it has said it before. A copy
/// never is what its file is named by.
const COPIED: [&str; 27] = [
    "ALWCOMBORDER",
    "BLKSEQ",
    "CASEINCOMPLETE",
    "CASEOVERLAP",
    "CASEWITHX",
    "CASEX",
    "CMPCONST",
    "COLONPLUS",
    "COMBDLY",
    "DECLFILENAME",
    "DEFPARAM",
    "IMPLICIT",
    "INITIALDLY",
    "LATCH",
    "LITENDIAN",
    "PINCONNECTEMPTY",
    "PINMISSING",
    "PINNOCONNECT",
    "REALCVT",
    "SELRANGE",
    "SYNCASYNCNET",
    "UNDRIVEN",
    "UNOPTFLAT",
    "UNSIGNED",
    "UNUSED",
    "VARHIDDEN",
    "WIDTH",
];

/// The texts that a module gets.
#[derive(Default)]
struct Variants {
    /// What the copy for each list of edits is named by; nothing for the one in place.
    suffixes: IndexMap<Vec<Edit>, String>,
}

impl Variants {
    /// The edits in place, and the copies behind the module.
    fn all_edits(self, ast: &Ast, module: &Module, sources: &SourceMap) -> Vec<Edit> {
        let source = &sources.file(module.span.file).text;
        let (mut out, mut copies) = (Vec::new(), String::new());
        for (mut edits, suffix) in self.suffixes {
            if suffix.is_empty() {
                out = edits;
                continue;
            }
            copies.push_str("\n\n");
            edits.extend(self_named::edits(ast, source, module, &suffix));
            let copy = copy(source, module, edits, &suffix);
            copies.push_str(&text::unlinted(&COPIED, &copy));
        }
        if !copies.is_empty() {
            out.push(Edit {
                file: module.span.file,
                offset: end_of_module(source, module.span.end),
                text: copies,
            });
        }
        out
    }
}

/// The classes of instances with chains of different lengths.
fn uneven(classes: &[u32], tree: &Tree) -> BTreeSet<u32> {
    let mut bits: BTreeMap<u32, u32> = BTreeMap::new();
    let nodes = classes.iter().zip(&tree.nodes);
    let other = |&(class, node): &(&u32, &Node)| {
        *bits.entry(*class).or_insert(node.chain_bits) != node.chain_bits
    };
    nodes.filter(other).map(|(class, _)| *class).collect()
}

/// Merges what the instances of one class ask for, where that differs and can be merged.
fn one_text_for_each_class<'a>(
    classes: &[u32],
    asked: &mut [(InstanceId, Vec<Edit>)],
    context: impl Fn(InstanceId) -> Context<'a>,
) {
    let mut members: IndexMap<u32, Vec<usize>> = IndexMap::new();
    for (at, (instance, _)) in asked.iter().enumerate() {
        let class = classes[instance.index()];
        members.entry(class).or_default().push(at);
    }
    for members in members.into_values() {
        let mut versions: IndexMap<&[Edit], InstanceId> = IndexMap::new();
        for &at in &members {
            let (instance, edits) = &asked[at];
            versions.entry(edits).or_insert(*instance);
        }
        if versions.len() == 1 {
            continue;
        }
        let cx = context(asked[members[0]].0);
        let versions: Vec<Wanted> = (members.iter())
            .map(|&at| Wanted {
                instance: asked[at].0,
                edits: &asked[at].1,
            })
            .collect();
        if let Some(edits) = merged::merged(&cx, &versions) {
            for at in members {
                asked[at].1 = edits.clone();
            }
        }
    }
}

/// The instances in layers, each after those that it needs the names of: module by
/// module, and where modules instantiate themselves from the innermost level out.
fn bottom_up(netlist: &Netlist) -> Vec<Vec<InstanceId>> {
    let mut uses: DiGraphMap<ModuleId, ()> = DiGraphMap::new();
    let mut depths: Vec<usize> = Vec::with_capacity(netlist.instances.len());
    let mut of_module: BTreeMap<ModuleId, Vec<InstanceId>> = BTreeMap::new();
    for (index, instance) in netlist.instances.iter().enumerate() {
        uses.add_node(instance.module);
        // Parents come before their children.
        depths.push(
            instance
                .parent
                .map_or(0, |parent| depths[parent.index()] + 1),
        );
        let list = of_module.entry(instance.module).or_default();
        list.push(InstanceId(index as u32));
        if let Some(parent) = instance.parent {
            let parent = netlist.instances[parent.index()].module;
            uses.add_edge(parent, instance.module, ());
        }
    }
    let mut layers = Vec::new();
    for group in tarjan_scc(&uses) {
        let recursive = group
            .iter()
            .any(|&module| uses.contains_edge(module, module));
        if let [module] = *group
            && !recursive
        {
            layers.extend(of_module.remove(&module));
            continue;
        }
        let mut levels: BTreeMap<usize, Vec<InstanceId>> = BTreeMap::new();
        let instances = group.iter().flat_map(|module| &of_module[module]);
        for &instance in instances {
            let level = levels.entry(depths[instance.index()]).or_default();
            level.push(instance);
        }
        layers.extend(levels.into_values().rev());
    }
    layers
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
        offset: end_of_name(text, module.anchors.after_name),
        text: suffix.to_string(),
    });
    edits::sort(&mut edits);
    let (start, end) = (module.span.start, module.span.end);
    let text = conditionals::closed(text, start as usize, end as usize);
    edits::apply_within(&text, start, end, &edits)
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
