//! Names for blocks that have none.
//!
//! A variable that a block of a process declares may hold state. What shifts and
//! reads it stands outside of the block, and no path goes through a block without a
//! name, so the block gets one:
//!
//! ```verilog
//! always @(posedge clk) if (idetic_shift) begin        // inserted
//!   idetic_block_0.k = idetic_shifted[7:0]; …          // inserted
//! end else begin begin : idetic_block_0                // `: idetic_block_0` inserted
//!   reg [7:0] k;
//! ```
//!
//! The parser has kept a name for each such block, and [`Origin::scope_path`] goes
//! through it. Blocks around variables that nothing inserted names stay as they are.
//!
//! A loop that declares its variable is a block without a name, too, and can have none.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Ast, ModuleId, ScopeId, UNNAMED_PREFIX, Unnamed};
use crate::netlist::{InstanceId, Netlist, Origin};
use crate::source::Span;

use super::edits::Edit;
use super::forget;
use super::module::Context;

/// What gives their names to the blocks that the insertions into the context's instance reach into.
pub fn edits(cx: &Context) -> Result<Vec<Edit>, Diagnostic> {
    let wanted = wanted(cx);
    let mut out = Vec::new();
    if wanted.is_empty() {
        return Ok(out);
    }
    let module = cx.netlist.instances[cx.instance.index()].module;
    for unnamed in in_module(cx.ast, module) {
        if let Some(origin) = wanted.get(&*unnamed.name) {
            out.push(name(cx, unnamed, origin)?);
        }
    }
    Ok(out)
}

/// The blocks of a design that have a name in its emitted text only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The module of each, and the name.
    pub blocks: BTreeSet<(String, String)>,
    /// There is state in others that have none there either.
    pub hidden: bool,
}

/// Finds the blocks with a name that is inserted.
pub fn named<'a>(
    ast: &Ast,
    netlist: &'a Netlist,
    context: impl Fn(InstanceId) -> Context<'a>,
) -> Named {
    let mut out = Named::default();
    let mut known: BTreeMap<InstanceId, BTreeSet<&str>> = BTreeMap::new();
    let registers = netlist.registers.iter().map(|register| &register.origin);
    let memories = netlist.memories.iter().map(|memory| &memory.origin);
    for origin in registers.chain(memories) {
        let instance = origin.instance;
        for name in unnamed(origin) {
            let own = known.entry(instance);
            let own = own.or_insert_with(|| wanted(&context(instance)).into_keys().collect());
            if own.contains(name) {
                let module = &ast[netlist.instances[instance.index()].module].name.text;
                out.blocks.insert((module.to_string(), name.to_string()));
            } else {
                out.hidden = true;
            }
        }
    }
    out
}

/// The blocks that the insertions into the instance reach into, each with a variable in it.
fn wanted<'a>(cx: &Context<'a>) -> BTreeMap<&'a str, &'a Origin> {
    let origins = origins(cx).into_iter();
    let names = origins.flat_map(|origin| unnamed(origin).map(move |name| (name, origin)));
    names.collect()
}

/// The blocks without a name on the way to a variable.
fn unnamed(origin: &Origin) -> impl Iterator<Item = &str> {
    let names = origin.scope_path.iter().map(String::as_str);
    names.filter(|name| name.starts_with(UNNAMED_PREFIX))
}

/// All state that insertions into the instance name.
fn origins<'a>(cx: &Context<'a>) -> Vec<&'a Origin> {
    let node = cx.node();
    let saved = node.own.iter().map(|chunk| chunk.register);
    let registers = saved.chain(node.own_control.iter().copied());
    let memories = node.memory.own.iter();
    let memories = memories.map(|&place| cx.layout.memories[place].memory);
    let (started, loaded) = forget::started(cx);
    let registers = registers.map(|id| &cx.netlist.registers[id.index()].origin);
    let memories = memories.map(|id| &cx.netlist.memories[id.index()].origin);
    let started = started.into_iter().map(|register| &register.origin);
    let loaded = loaded.into_iter().map(|memory| &memory.origin);
    let all = registers.chain(memories).chain(started).chain(loaded);
    all.collect()
}

/// The `begin` of a block of a module for which [`Named`] has a name.
pub fn begin(ast: &Ast, module: &str, name: &str) -> Option<Span> {
    let modules = (0..ast.modules.len() as u32).map(ModuleId);
    let mut modules = modules.filter(|&id| *ast[id].name.text == *module);
    let mut blocks = modules.next().into_iter().flat_map(|id| in_module(ast, id));
    blocks.find(|block| *block.name == *name)?.begin
}

/// The blocks and loops of a module that have no name.
fn in_module(ast: &Ast, module: ModuleId) -> impl Iterator<Item = &Unnamed> {
    let scopes = ast.scopes.iter().enumerate();
    scopes.filter_map(move |(at, scope)| {
        let unnamed = scope.unnamed.as_ref()?;
        let inside = ast.within(ScopeId(at as u32), ast[module].scope);
        inside.then_some(unnamed)
    })
}

/// What stands behind the `begin` of a block that is given a name.
pub fn label(name: &str) -> String {
    format!(" : {name}")
}

/// What gives a block its name, so that a variable in it can be reached.
fn name(cx: &Context, unnamed: &Unnamed, of: &Origin) -> Result<Edit, Diagnostic> {
    let Some(begin) = unnamed.begin else {
        let message = format!(
            "`{}` must be saved, but is declared inside a loop that declares its own variable",
            of.variable
        );
        return Err(
            Diagnostic::error(codes::CANNOT_EDIT, of.declaration, message)
                .at("no hierarchical name reaches into such a loop")
                .label(of.process.span, "this process drives it")
                .help("declare it in front of the loop"),
        );
    };
    cx.editable(begin, "the `begin` of the block that declares state")?;
    Ok(Edit {
        file: cx.file(),
        offset: begin.end,
        text: label(&unnamed.name),
    })
}
