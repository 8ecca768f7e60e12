//! From a plan to instrumented RTL.
//!
//! [`instrument`] turns the results of the analysis into files: the user's
//! modules with insertions (and nothing but insertions, see [`edits`]), a
//! wrapper with the contract's ports, the runtime modules, and a description of
//! the NVM image. Nothing is written here.
//!
//! The saved bits of the whole design form one chain that moves by a word per
//! shift ([`tree`]); a module gets a word in, a word out, and a shift branch in
//! each process that drives saved bits ([`process`]); a memory gets a port of
//! its own ([`memory`]). What generate loops make is edited once for all iterations ([`looped`],
//! [`family`], [`merged`]). Text that a macro or an
//! included file provides is not edited: [`Attempt::elsewhere`] names it, so that
//! it can be written out first.

pub mod edits;

mod at_rest;
mod blocks;
mod conditionals;
mod connect;
mod constant;
mod copies;
mod decode;
mod family;
mod files;
mod filled;
mod forget;
mod header;
mod image;
mod inside;
mod kept;
mod keywords;
mod looped;
mod memory;
mod merged;
mod module;
mod names;
mod process;
mod sampled;
mod self_named;
mod signals;
mod skips;
mod tables;
mod text;
mod tree;
mod variants;
mod vector;
mod wrapper;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use at_rest::{AT_REST, AtRest};
pub use blocks::{Named, begin, label};
pub use files::{ListOptions, OutputFile, free_name};
pub use image::{Field, GivenRun, Image, ImageCheckpoint, Run, slot_fields};
pub use names::{identifier, scoped};
pub use wrapper::{
    CHAIN_WIRE, DESIGN_INSTANCE, INTERVAL_PARAMETER, SHIFT_WIRE, THRESHOLD_PARAMETER, index_bits,
};

use crate::control::ControlGraph;
use crate::diagnostics::Diagnostics;
use crate::frontend::ast::Ast;
use crate::layout::Layout;
use crate::liveness::Liveness;
use crate::netlist::Netlist;
use crate::plan::Plan;
use crate::source::{SourceMap, Span};

/// How the design is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hold {
    /// One clock gate in front of the design.
    #[default]
    Gate,
    /// The clock runs on; processes with saved bits are enabled.
    Enable,
}

/// Which saves at checkpoints are skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Skips {
    /// None.
    #[default]
    Never,
    /// Those above a supply level, which each checkpoint has.
    Above(Vec<u8>),
    /// The same, and after a save the design rests until the supply is above that level again.
    AboveOrRest(Vec<u8>),
    /// Those before so many logical cycles since the last save or restore.
    Within(u32),
}

/// Options of [`instrument`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentOptions {
    /// How the design is stopped.
    pub hold: Hold,
    /// Keep asynchronous resets from the design while it is stopped. Needed
    /// unless the environment keeps them inactive then.
    pub mask_resets: bool,
    /// Make simulators forget the initial values that they give to registers and
    /// memories at the start of a run, as silicon never had them. For
    /// verification: what is lost by a supply failure must be unknown.
    pub forget_initial: bool,
    /// Parameters given to the top module, as Verilog expressions.
    pub parameters: Vec<(String, String)>,
    /// Hash of the design's text, hexadecimal, for `image.json`.
    pub design_hash: String,
    /// Which saves are skipped.
    pub skips: Skips,
}

impl Default for InstrumentOptions {
    fn default() -> Self {
        InstrumentOptions {
            hold: Hold::Gate,
            mask_resets: true,
            forget_initial: false,
            parameters: Vec::new(),
            design_hash: String::new(),
            skips: Skips::Never,
        }
    }
}

/// What [`instrument`] makes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Name of the new top module, `<top>_idetic`.
    pub top: String,
    /// All Verilog files, in compilation order.
    pub files: Vec<OutputFile>,
    /// What shows a testbench whether it keeps the promise of `[observe]`, if there
    /// is one: no part of the design.
    pub observed: Option<OutputFile>,
    /// Contents of `image.json`.
    pub image: Image,
    /// What shows that the insertions change nothing; not emitted.
    pub at_rest: AtRest,
    original_top: String,
}

impl Output {
    /// Name and text of the file list.
    pub fn file_list(&self, options: &ListOptions) -> (String, String) {
        (
            format!("{}.f", self.top),
            files::file_list(&self.original_top, &self.files, options),
        )
    }
}

/// Instruments a design. Without an output the diagnostics hold an error.
#[allow(clippy::too_many_arguments)]
pub fn instrument(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    plan: &Plan,
    layout: &Layout,
    options: &InstrumentOptions,
) -> (Option<Output>, Diagnostics) {
    let attempt = attempt(
        ast, sources, netlist, graph, liveness, plan, layout, options,
    );
    (attempt.output, attempt.diagnostics)
}

/// What [`attempt`] comes to.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The result, unless there are errors.
    pub output: Option<Output>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
    /// Where text would have to be inserted into what a macro or an included
    /// file provides; there is an error for each. Where all errors are of this
    /// kind, writing these places out lets the design be instrumented.
    pub elsewhere: Vec<Span>,
}

/// Instruments a design, and says what has to be written out first.
#[allow(clippy::too_many_arguments)]
pub fn attempt(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    plan: &Plan,
    layout: &Layout,
    options: &InstrumentOptions,
) -> Attempt {
    let mut diagnostics = Diagnostics::default();
    names::reserved(ast, &netlist.top, &mut diagnostics);
    diagnostics.list.extend(memory::refusals(netlist, layout));

    filled::refuse(netlist, graph, liveness, &mut diagnostics);

    let elsewhere = module::Elsewhere::default();
    let control = decode::observed_control(graph, liveness, plan, layout);
    let tree = tree::build(netlist, layout, &control);
    let texts = variants::all_edits(
        ast,
        sources,
        netlist,
        layout,
        &tree,
        options,
        &elsewhere,
        &mut diagnostics,
    );
    let variants::Texts {
        mut edits,
        top,
        named,
    } = texts;
    let wrapper = wrapper::wrapper(
        &wrapper::Inputs {
            netlist,
            graph,
            liveness,
            plan,
            layout,
            tree: &tree,
            options,
            top: &top,
        },
        &mut diagnostics,
    );
    edits.extend(keywords::edits(ast, sources));
    edits::sort(&mut edits);
    // Instances of one module repeat each other's errors.
    let mut seen = Vec::new();
    diagnostics.list.retain(|diagnostic| {
        let new = !seen.contains(diagnostic);
        seen.push(diagnostic.clone());
        new
    });
    let elsewhere: Vec<Span> = elsewhere.into_inner().into_iter().collect();
    let wrapper = match wrapper {
        Some(wrapper) if !diagnostics.has_errors() => wrapper,
        _ => {
            return Attempt {
                output: None,
                diagnostics,
                elsewhere,
            };
        }
    };
    let gate = options.hold == Hold::Gate;
    let output = Output {
        top: names::wrapper_name(&netlist.top),
        files: files::files(ast, sources, netlist, &edits, wrapper, gate),
        observed: sampled::checker(ast, sources, netlist, options),
        image: image::image(netlist, graph, liveness, plan, layout, &options.design_hash),
        at_rest: at_rest::at_rest(netlist, &tree, &top, named, options),
        original_top: netlist.top.clone(),
    };
    Attempt {
        output: Some(output),
        diagnostics,
        elsewhere,
    }
}
