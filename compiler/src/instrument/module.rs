//! All edits that one instance asks of its module's text.
//!
//! Two instances of a module that ask for the same edits share one text, see
//! `variants`. Added ports come first in every list, so that neither an
//! empty list nor a trailing comment needs a special case, and a positional
//! connection list stays right.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::{Arg, Ast, Instance as AstInstance, Module, StmtId, SymbolKind};
use crate::layout::Layout;
use crate::netlist::{InstanceId, Netlist, RegId, Register};
use crate::source::{FileId, SourceMap, Span};

use super::edits::{self, Edit};
use super::looped::{self, Family};
use super::signals::{self, Renamed, StandIn};
use super::tree::{Chunk, Node, Piece, Selected, Tree, select, whole};
use super::vector::Vector;
use super::{Hold, InstrumentOptions, forget, memory, process, text};

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

    fn node(&self) -> &'a Node {
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

/// A port that a module gets.
struct Port {
    input: bool,
    width: Option<u32>,
    name: &'static str,
}

fn ports(node: &Node, word_bits: u32, hold: Hold) -> Vec<Port> {
    let port = |input, width, name| Port { input, width, name };
    let mut list = Vec::new();
    if node.is_clocked() {
        list.push(port(true, None, "idetic_shift"));
        if hold == Hold::Enable {
            list.push(port(true, None, "idetic_hold"));
        }
    }
    if node.memory.select > 0 {
        let ports = memory::ports(&node.memory).into_iter();
        list.extend(ports.map(|(input, width, name)| port(input, width, name)));
    }
    if node.chain_bits > 0 {
        let width = Some(node.chain_bits.min(word_bits));
        list.push(port(true, width, "idetic_in"));
        list.push(port(false, width, "idetic_out"));
    }
    list.extend(node.needs.ports().map(|name| port(true, None, name)));
    if node.control_bits > 0 {
        list.push(port(false, Some(node.control_bits), "idetic_ctl"));
    }
    list
}

impl Port {
    fn declaration(&self) -> String {
        let direction = if self.input { "input" } else { "output" };
        match self.width {
            None => format!("{direction} wire {}", self.name),
            Some(width) => format!("{direction} wire [{}:0] {}", width - 1, self.name),
        }
    }
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
    if !node.is_touched() && !forget::is_needed(cx) {
        return out;
    }
    let module = cx.module();
    if let Err(error) = cx.editable(module.span, &format!("module `{}`", module.name.text)) {
        diagnostics.push(error);
        return out;
    }
    let families = looped::families(cx);
    for family in &families {
        if let Some(error) = looped::unlike(cx, family, &suffix) {
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
        match connect(cx, child, family, &suffix) {
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
    for (stmt, (span, chunks)) in processes {
        if let Some(&first) = chunks.first() {
            let register = cx.register(first);
            renamed(signals::process(cx, stmt, register), diagnostics);
        }
        match process::edits(cx, stmt, span, &chunks) {
            Ok(edits) => out.extend(edits),
            Err(errors) => errors.into_iter().for_each(|e| diagnostics.push(e)),
        }
    }
    out.extend(renames);
    if let Err(error) = header(cx, &families, &nets, &mut out) {
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

/// Ports, declarations and assignments.
fn header(
    cx: &Context,
    families: &[Family],
    nets: &BTreeSet<StandIn>,
    out: &mut Vec<Edit>,
) -> Result<(), Diagnostic> {
    let node = cx.node();
    let module = cx.module();
    let anchors = &module.anchors;
    let file = cx.file();
    let mut insert = |offset: u32, text: String| out.push(Edit { file, offset, text });
    let ports = ports(node, cx.layout.word_bits, cx.options.hold);

    let entries: Vec<String> = ports
        .iter()
        .map(|port| {
            if anchors.ansi || anchors.ports_open.is_none() {
                port.declaration()
            } else {
                port.name.to_string()
            }
        })
        .collect();
    match anchors.ports_open {
        _ if entries.is_empty() => {}
        None => insert(anchors.header_end - 1, format!(" ({})", entries.join(", "))),
        Some(open) if anchors.ports_empty => insert(open, entries.join(", ")),
        Some(open) => insert(open, list_head(cx.text(), open, &entries)),
    }

    let mut lines = Vec::new();
    if anchors.ports_open.is_some() && !anchors.ansi && !anchors.ports_empty {
        lines.extend(ports.iter().map(|port| port.declaration() + ";"));
    }
    if node.own_bits > 0 {
        let top = node.own_bits - 1;
        // No line comments: the user's text may go on in the same line.
        lines.push(format!("wire [{top}:0] idetic_saved;  /* saved bits */"));
        lines.push(format!(
            "wire [{top}:0] idetic_shifted;  /* the same after a shift */"
        ));
    }
    for (at, piece) in node.pieces.iter().enumerate() {
        if let Piece::Child(child) = piece {
            let top = port_bits(cx, *child) - 1;
            lines.push(format!("wire [{top}:0] {};", out_name(at)));
        }
    }
    for (at, child) in node.control_children.iter().enumerate() {
        let width = cx.tree.node(*child).control_bits;
        lines.push(format!("wire [{}:0] idetic_ctl_{at};", width - 1));
    }
    lines.extend(nets.iter().map(StandIn::declaration));
    let copies = copies(cx);
    for copy in copies.values() {
        let kind = if copy.delayed { "reg" } else { "wire" };
        let declaration = format!("{kind} [{}:0] {};", copy.width - 1, copy.name);
        lines.push(text::unlinted(&["UNUSED"], &declaration));
    }
    lines.extend(
        families
            .iter()
            .flat_map(|family| looped::declarations(cx, family)),
    );
    lines.extend(memory::declarations(cx));
    lines.extend(forget::declarations(cx));
    if !lines.is_empty() {
        insert(anchors.header_end, format!("\n  {}", lines.join("\n  ")));
    }

    let mut assigns = assigns(cx, &copies, families)?;
    assigns.extend(nets.iter().map(StandIn::assignment));
    assigns.extend(memory::logic(cx)?);
    assigns.extend(forget::logic(cx));
    if !assigns.is_empty() {
        let before = cx.text()[..anchors.endmodule as usize].chars().next_back();
        let start = if before == Some('\n') { "" } else { "\n" };
        insert(
            anchors.endmodule,
            format!("{start}  {}\n", assigns.join("\n  ")),
        );
    }
    Ok(())
}

/// Entries in front of a list that is not empty.
fn list_head(text: &str, open: u32, entries: &[String]) -> String {
    let rest = &text[open as usize..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    match rest[blank..].strip_prefix('\n') {
        // The list starts on a line of its own: one entry per line, indented like it.
        Some(line) => {
            let first = line.trim_start_matches(['\n', '\r']);
            let width = first.len() - first.trim_start_matches([' ', '\t']).len();
            let indent = &first[..width];
            entries
                .iter()
                .map(|entry| format!("\n{indent}{entry},"))
                .collect()
        }
        None => entries.iter().map(|entry| format!("{entry}, ")).collect(),
    }
}

/// A vector that stands for a register where the chain or the wrapper reads it.
struct Copy {
    name: String,
    width: u32,
    /// Assigned by `=` at the clock edge: the copy keeps the old value until
    /// all processes have read it.
    delayed: bool,
}

/// The registers that are not read as they are: those that only the whole can be
/// written of, but a part is saved, and those that their process assigns by `=`.
/// What a generate loop makes is read there.
fn copies(cx: &Context) -> IndexMap<RegId, Copy> {
    let node = cx.node();
    let saved = node.own.iter().map(|chunk| {
        let register = cx.register(*chunk);
        let name = select(&register.origin, register.width, chunk.low, chunk.len);
        (chunk.register, matches!(name, Selected::OnlyWhole(_)))
    });
    let control = node.own_control.iter().map(|&register| (register, false));
    let mut out = IndexMap::new();
    for (id, whole) in saved.chain(control) {
        let register = &cx.netlist.registers[id.index()];
        let delayed = register.origin.blocking;
        let number = out.len();
        if register.origin.process.place.loops.is_empty() && (whole || delayed) {
            out.entry(id).or_insert_with(|| Copy {
                name: format!("idetic_copy_{number}"),
                width: register.width,
                delayed,
            });
        }
    }
    out
}

/// A control register as the module reads it for the wrapper.
fn seen(cx: &Context, copies: &IndexMap<RegId, Copy>, id: RegId) -> Result<String, Diagnostic> {
    let register = &cx.netlist.registers[id.index()];
    if let Some(copy) = copies.get(&id) {
        return Ok(copy.name.clone());
    }
    if register.origin.process.place.loops.is_empty() {
        return Ok(whole(&register.origin));
    }
    let own = cx.node().own.iter();
    let saved = own
        .clone()
        .find(|chunk| chunk.register == id && chunk.len == register.width);
    saved
        .map(|chunk| text::bits("idetic_saved", chunk.at, chunk.len))
        .ok_or_else(|| {
            let message = format!(
                "`{}` tells control states apart, but a process in a generate loop drives it",
                register.name
            );
            Diagnostic::error(codes::CANNOT_EDIT, register.origin.process.span, message)
                .label(register.origin.declaration, "declared here")
                .help("drive it outside of the loop")
        })
}

fn assigns(
    cx: &Context,
    copies: &IndexMap<RegId, Copy>,
    families: &[Family],
) -> Result<Vec<String>, Diagnostic> {
    let node = cx.node();
    let mut out = Vec::new();
    for (id, copy) in copies {
        let source = whole(&cx.netlist.registers[id.index()].origin);
        out.push(match copy.delayed {
            true => {
                let top = (copy.width - 1).to_string();
                text::delayed(&copy.name, &top, &source, node.chain_bits > 0)
            }
            false => format!("assign {} = {source};", copy.name),
        });
    }
    for family in families {
        for &member in &family.members {
            if let Some(at) = node.pieces.iter().position(|p| *p == Piece::Child(member)) {
                let bits = port_bits(cx, member);
                let (input, output) = (chain_input(cx, member, at), out_name(at));
                let part = |vector| looped::part(vector, family, member, bits);
                out.push(format!("assign {} = {input};", part("idetic_ins")));
                out.push(format!("assign {output} = {};", part("idetic_outs")));
            }
            if let Some(at) = node.control_children.iter().position(|id| *id == member) {
                let bits = cx.tree.node(member).control_bits;
                let part = looped::part("idetic_ctls", family, member, bits);
                out.push(format!("assign idetic_ctl_{at} = {part};"));
            }
        }
    }
    if let Some(at) = node.pieces.iter().position(|piece| *piece == Piece::Own) {
        // Part by part: Verilator takes time quadratic in the length of a
        // concatenation.
        for &chunk in &node.own {
            let register = cx.register(chunk);
            if !register.origin.process.place.loops.is_empty() {
                continue;
            }
            let name = select(&register.origin, register.width, chunk.low, chunk.len);
            let source = match (copies.get(&chunk.register), name) {
                (Some(copy), _) => Vector::new(&copy.name, copy.width)
                    .slice(chunk.low, chunk.len)
                    .text(),
                (None, Selected::Text(text) | Selected::OnlyWhole(text)) => text,
            };
            let place = text::bits("idetic_saved", chunk.at, chunk.len);
            out.push(format!("assign {place} = {source};"));
        }
        let full = Vector::new("idetic_saved", node.own_bits).then(above(cx, at));
        let next = full.slice(cx.layout.word_bits, node.own_bits).text();
        out.push(format!("assign idetic_shifted = {next};"));
    }
    if node.chain_bits > 0 {
        let low = lowest(cx, 0).slice(0, cx.layout.word_bits).text();
        out.push(format!("assign idetic_out = {low};"));
    }
    if node.control_bits > 0 {
        let own = node.own_control.iter();
        let mut items: Vec<String> = own
            .map(|&register| seen(cx, copies, register))
            .collect::<Result<_, _>>()?;
        items.extend((0..node.control_children.len()).map(|at| format!("idetic_ctl_{at}")));
        items.reverse();
        let value = text::long_concat(&items);
        out.push(format!("assign idetic_ctl = {value};"));
    }
    Ok(out)
}

/// What the child at piece `at` shifts in.
fn chain_input(cx: &Context, child: InstanceId, at: usize) -> String {
    let (word, bits) = (cx.layout.word_bits, port_bits(cx, child));
    above(cx, at).slice(word - bits, bits).text()
}

/// Width of a child's chain ports: a word, or all its bits where they are fewer.
pub fn port_bits(cx: &Context, child: InstanceId) -> u32 {
    let bits = cx.tree.node(child).chain_bits;
    bits.min(cx.layout.word_bits)
}

/// The net that the child at piece `at` drives.
fn out_name(at: usize) -> String {
    format!("idetic_out_{at}")
}

/// The lowest bits of the pieces from `from` up, as many as are needed for a
/// word. Bits of registers only: chain outputs never depend on chain inputs, so
/// that no vector takes part in a combinational loop, not even by name.
fn lowest(cx: &Context, from: usize) -> Vector {
    let mut out = Vector::default();
    for (at, piece) in cx.node().pieces.iter().enumerate().skip(from) {
        if out.len() >= cx.layout.word_bits {
            break;
        }
        out = out.then(match piece {
            Piece::Own => Vector::new("idetic_saved", cx.node().own_bits),
            Piece::Child(child) => Vector::new(&out_name(at), port_bits(cx, *child)),
        });
    }
    out
}

/// The word above the piece `at`. A chain of less than a word has no input for
/// the bits that would pass through it; they stand for `idetic_passed`, and no
/// piece takes them.
fn above(cx: &Context, at: usize) -> Vector {
    let word = cx.layout.word_bits;
    let bits = cx.node().chain_bits;
    lowest(cx, at + 1)
        .then(Vector::new("idetic_passed", word.saturating_sub(bits)))
        .then(Vector::new("idetic_in", bits.min(word)))
        .slice(0, word)
}

/// The connections of a child's added ports, and its module's new name.
fn connect(
    cx: &Context,
    child: InstanceId,
    family: Option<&Family>,
    suffix: &str,
) -> Result<Vec<Edit>, Diagnostic> {
    let node = cx.node();
    let instance = &cx.netlist.instances[child.index()];
    let symbol = instance
        .symbol
        .expect("only the top has no symbol, and it is no child");
    let symbol = &cx.ast[symbol];
    let SymbolKind::Instance(syntax) = &symbol.kind else {
        return Err(cx.not_editable(symbol.span, "this instance"));
    };
    cx.editable(symbol.span, &format!("instance `{}`", instance.path))?;

    let mut values = Vec::new();
    let piece = Piece::Child(child);
    if cx.tree.node(child).is_clocked() {
        values.push(("idetic_shift", "idetic_shift".to_string()));
        if cx.options.hold == Hold::Enable {
            values.push(("idetic_hold", "idetic_hold".to_string()));
        }
    }
    if let Some(at) = node.memory.children.iter().position(|id| *id == child) {
        values.extend(memory::connections(cx, at, child));
    }
    if let Some(at) = node.pieces.iter().position(|other| *other == piece) {
        let (input, output) = match family {
            None => (chain_input(cx, child, at), out_name(at)),
            Some(family) => {
                let bits = port_bits(cx, child);
                let part = |vector| looped::own_part(cx, vector, family, bits);
                (part("idetic_ins"), part("idetic_outs"))
            }
        };
        values.push(("idetic_in", input));
        values.push(("idetic_out", output));
    }
    let needs = cx.tree.node(child).needs;
    values.extend(needs.ports().map(|name| (name, name.to_string())));
    if let Some(at) = node.control_children.iter().position(|id| *id == child) {
        let output = match family {
            None => format!("idetic_ctl_{at}"),
            Some(family) => {
                let bits = cx.tree.node(child).control_bits;
                looped::own_part(cx, "idetic_ctls", family, bits)
            }
        };
        values.push(("idetic_ctl", output));
    }
    let mut out = Vec::new();
    if !values.is_empty() {
        out.push(Edit {
            file: cx.file(),
            offset: syntax.connections_open,
            text: connections(cx.text(), syntax, &values),
        });
    }
    if !suffix.is_empty() {
        cx.editable(syntax.definition.span, "this module name")?;
        out.push(Edit {
            file: cx.file(),
            offset: syntax.definition.span.end,
            text: suffix.to_string(),
        });
    }
    Ok(out)
}

fn connections(text: &str, syntax: &AstInstance, values: &[(&str, String)]) -> String {
    let written = &text[syntax.connections_open as usize..syntax.connections_close as usize];
    let nothing = |arg: &Arg| matches!(arg, Arg::Positional(None));
    let empty = match syntax.connections.as_slice() {
        [] => true,
        [one] => nothing(one) && !written.contains(','),
        _ => false,
    };
    let positional = !empty
        && syntax
            .connections
            .iter()
            .any(|arg| matches!(arg, Arg::Positional(_)));
    let entries: Vec<String> = values
        .iter()
        .map(|(name, value)| {
            if positional {
                value.clone()
            } else {
                format!(".{name}({value})")
            }
        })
        .collect();
    if empty {
        entries.join(", ")
    } else {
        list_head(text, syntax.connections_open, &entries)
    }
}
