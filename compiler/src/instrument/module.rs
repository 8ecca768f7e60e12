//! All edits that one instance asks of its module's text.
//!
//! Two instances of a module that ask for the same edits share one text, see
//! `variants`. Added ports come first in every list, so that neither an
//! empty list nor a trailing comment needs a special case, and a positional
//! connection list stays right.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::{Ast, Module, StmtId, SymbolKind};
use crate::layout::Layout;
use crate::netlist::{InstanceId, Netlist, Register};
use crate::source::{FileId, SourceMap, Span};

use super::edits::{self, Edit};
use super::family;
use super::signals::{self, Renamed};
use super::tree::{Chunk, Node, Tree};
use super::{InstrumentOptions, blocks, connect, copies, forget, header, memory, process};

/// What the edits of one instance are made from.
pub struct Context<'a> {
    /// Syntax.
    pub ast: &'a Ast,
    /// Texts.
    pub sources: &'a SourceMap,
    /// Registers and instances.
    pub netlist: &'a Netlist,
    /// Word width.
    pub layout: &'a Layout,
    /// What each instance adds.
    pub tree: &'a Tree,
    /// Options.
    pub options: &'a InstrumentOptions,
    /// The instance.
    pub instance: InstanceId,
    /// Other instances of its class have chains of other lengths, see `merged`.
    pub uneven: bool,
    /// Collects the places that a macro or an included file provides, where
    /// text would have to be inserted.
    pub elsewhere: &'a Elsewhere,
}

/// Places met on the way.
pub type Elsewhere = RefCell<BTreeSet<Span>>;

impl<'a> Context<'a> {
    /// The instance's module.
    pub fn module(&self) -> &'a Module {
        &self.ast[self.netlist.instances[self.instance.index()].module]
    }

    /// The file of the module.
    pub fn file(&self) -> FileId {
        self.module().span.file
    }

    /// The whole text of that file.
    pub fn text(&self) -> &'a str {
        &self.sources.file(self.file()).text
    }

    /// The register of a chunk.
    pub fn register(&self, chunk: Chunk) -> &'a Register {
        &self.netlist.registers[chunk.register.index()]
    }

    /// What the instance adds.
    pub fn node(&self) -> &'a Node {
        self.tree.node(self.instance)
    }

    /// Checks that text may be inserted at a span.
    pub fn editable(&self, span: Span, what: &str) -> Result<(), Diagnostic> {
        if span.expanded || span.file != self.file() || self.sources.file(span.file).included {
            return Err(self.not_editable(span, what));
        }
        Ok(())
    }

    /// The error for text that does not stand in the module's own file.
    pub fn not_editable(&self, span: Span, what: &str) -> Diagnostic {
        self.elsewhere.borrow_mut().insert(span);
        let source = self.sources.file(span.file);
        if source.included {
            return Diagnostic::error(
                codes::CANNOT_EDIT,
                span,
                format!("{what} must be edited, but stands in an included file"),
            )
            .at(format!("in `{}`", source.path.display()))
            .help("give the file on the command line instead of including it");
        }
        let call = self.sources.text(span);
        let name: String = call
            .chars()
            .take_while(|c| c.is_alphanumeric() || "`_$".contains(*c))
            .collect();
        Diagnostic::error(
            codes::CANNOT_EDIT,
            span,
            format!("{what} must be edited, but comes from a macro"),
        )
        .at(if name.starts_with('`') {
            format!("expanded from {name}")
        } else {
            "partly expanded from a macro".to_string()
        })
        .help("write it out in the module")
    }
}

/// Whether the context's instance asks for edits at all.
pub fn is_edited(cx: &Context) -> bool {
    cx.node().is_touched() || forget::is_needed(cx)
}

/// The edits that the context's instance asks of its module's text, sorted.
/// `suffix` gives what is added to the module name of a child.
pub fn edits(
    cx: &Context,
    suffix: impl Fn(InstanceId) -> String,
    diagnostics: &mut Diagnostics,
) -> Vec<Edit> {
    let node = cx.node();
    let mut out = Vec::new();
    if !is_edited(cx) {
        return out;
    }
    let module = cx.module();
    if let Err(error) = cx.editable(module.span, &format!("module `{}`", module.name.text)) {
        diagnostics.push(error);
        return out;
    }
    let families = family::families(cx);
    for family in &families {
        if let Some(error) = family::unlike(cx, family, &suffix) {
            diagnostics.push(error);
            return out;
        }
    }
    let mut nets = BTreeSet::new();
    let mut renames = Vec::new();
    let mut renamed =
        |result: Result<Renamed, Diagnostic>, diagnostics: &mut Diagnostics| match result {
            Ok(more) => {
                renames.extend(more.edits);
                nets.extend(more.nets);
            }
            Err(error) => diagnostics.push(error),
        };
    let mut named: BTreeMap<Span, String> = BTreeMap::new();
    for child in children(cx) {
        let suffix = suffix(child);
        if let Some(error) = shared_name(cx, child, &suffix, &mut named) {
            diagnostics.push(error);
        }
        let mut boxes = cx.netlist.black_boxes.iter();
        if let Some(opaque) = boxes.find(|opaque| opaque.instance == child) {
            renamed(signals::black_box(cx, opaque, child), diagnostics);
        }
        if !cx.tree.node(child).is_touched() && suffix.is_empty() {
            continue;
        }
        let family = families.iter().find(|f| f.place(child).is_some());
        if family.is_some_and(|family| family.members[0] != child) {
            continue;
        }
        match connect::connect(cx, child, family, &suffix) {
            Ok(more) => out.extend(more),
            Err(error) => diagnostics.push(error),
        }
    }
    let mut processes: BTreeMap<StmtId, (Span, Vec<Chunk>)> = BTreeMap::new();
    for &chunk in &node.own {
        let process = &cx.register(chunk).origin.process;
        let entry = processes.entry(process.stmt);
        let (_, chunks) = entry.or_insert((process.span, Vec::new()));
        chunks.push(chunk);
    }
    for process in memory::processes(cx) {
        let entry = processes.entry(process.stmt);
        entry.or_insert((process.span, Vec::new()));
    }
    let copies = copies::copies(cx);
    for (stmt, (span, chunks)) in processes {
        if let Some(&first) = chunks.first() {
            let register = cx.register(first);
            renamed(signals::process(cx, stmt, register), diagnostics);
        }
        match process::edits(cx, stmt, span, &chunks, &copies) {
            Ok(edits) => out.extend(edits),
            Err(errors) => errors.into_iter().for_each(|e| diagnostics.push(e)),
        }
    }
    out.extend(renames);
    match blocks::edits(cx) {
        Ok(names) => out.extend(names),
        Err(error) => diagnostics.push(error),
    }
    if let Err(error) = header::header(cx, &copies, &families, &nets, &mut out) {
        diagnostics.push(error);
    }
    edits::sort(&mut out);
    // Several instances of one statement share the module name before them.
    out.dedup();
    out
}

/// The instances that stand in the context's instance.
pub fn children<'a>(cx: &Context<'a>) -> impl Iterator<Item = InstanceId> + use<'a> {
    let (instances, parent) = (&cx.netlist.instances, cx.instance);
    (0..instances.len())
        .filter(move |&index| instances[index].parent == Some(parent))
        .map(|index| InstanceId(index as u32))
}

/// The error where the instances of one statement (`m a (…), b (…);`) need
/// different modules.
fn shared_name(
    cx: &Context,
    child: InstanceId,
    suffix: &str,
    named: &mut BTreeMap<Span, String>,
) -> Option<Diagnostic> {
    let instance = &cx.netlist.instances[child.index()];
    let SymbolKind::Instance(syntax) = &cx.ast[instance.symbol?].kind else {
        return None;
    };
    let span = syntax.definition.span;
    let other = named.entry(span).or_insert_with(|| suffix.to_string());
    (other != suffix).then(|| {
        Diagnostic::error(
            codes::CANNOT_EDIT,
            span,
            format!(
                "the instances of this statement need different versions of `{}`",
                syntax.definition.text
            ),
        )
        .help("write one statement per instance")
    })
}
