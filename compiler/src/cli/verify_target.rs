//! What the simulation crate must be told about a design.

use std::path::Path;

use idetic_sim::{
    AsyncReset, ClockEdge, Direction, Instrumented, Internals, Language, OriginalDesign, Port,
    StateVariable,
};

use crate::cli::exit::Exit;
use crate::cli::insert::Built;
use crate::cli::kept;
use crate::cli::request::{Request, absolute};
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::BlackBoxState;
use crate::driver::Analysis;
use crate::frontend::ast;
use crate::frontend::keywords::is_added;
use crate::instrument::{
    CHAIN_WIRE, DESIGN_INSTANCE, INTERVAL_PARAMETER, SHIFT_WIRE, THRESHOLD_PARAMETER, identifier,
    scoped,
};
use crate::netlist::{Bits, InstanceId, Netlist, Origin, ResetSource};
use crate::plan::Policy;
use crate::source::SourceMap;

/// Why a design cannot be replayed: there is more state in it than the saved
/// one, and the replay would lose it.
pub fn not_replayable(built: &Built, request: &Request) -> Option<Diagnostic> {
    let netlist = &built.analysis.netlist;
    let mut others = netlist.domains.iter().filter(|clock| !clock.selected);
    if let Some(other) = others.next() {
        return Some(
            Diagnostic::global(
                codes::RECORDING,
                format!("`{}` moves registers of the design that are not saved", other.port),
            )
            .note("a replay presents inputs once per logical cycle of one clock; the edges of another clock in between are not recorded")
            .help("verify a top module without the other clock: what crosses becomes its ports"),
        );
    }
    if let Some(error) = kept::too_large(netlist) {
        return Some(error);
    }
    let mut inner = netlist.instances.iter().skip(1);
    if let Some(inner) = inner.find(|instance| instance.module == netlist.instances[0].module) {
        let span = built.analysis.ast[inner.module].name.span;
        return Some(
            Diagnostic::error(
                codes::RECORDING,
                span,
                format!("`{}` instantiates itself (`{}`)", netlist.top, inner.path),
            )
            .note("what records the inputs stands in the text of the top module, and would record every level")
            .help("verify a module around it: name that one as the top"),
        );
    }
    netlist.black_boxes.iter().find_map(|opaque| {
        let refuse = |note: &str, help: &str| {
            let message = format!("the black box `{}` cannot be replayed", opaque.path);
            let error = Diagnostic::error(codes::RECORDING, opaque.span, message);
            Some(error.note(note).help(help))
        };
        let said = request.analyze.domain.black_boxes.get(&opaque.module);
        if !opaque.has_body {
            return refuse(
                "its module has no body, and its outputs are unknown in simulation",
                "give the file of a model in place of the stub, and name the module under `[design.blackbox]`",
            );
        }
        match said.map(|said| said.state) {
            Some(BlackBoxState::Stateless) => None,
            _ => refuse(
                "every power cycle of the replay is a new simulation, in which its state is lost",
                "verify a top module without it: its ports become ports of the top",
            ),
        }
    })
}

/// The parameters of the top module that can be overridden, with their values in binary.
fn values(analysis: &Analysis, top: &ast::Module) -> Vec<(String, String)> {
    let symbols = &analysis.ast;
    let overridable = |name: &str| {
        symbols[top.scope].members.iter().any(|member| {
            let ast::Member::Declare(symbol) = member else {
                return false;
            };
            let symbol = &symbols[*symbol];
            let kind = &symbol.kind;
            &*symbol.name.text == name
                // An array has no number to print; a recording under another one is not reproduced.
                && matches!(kind, ast::SymbolKind::Parameter { local: false, ty, .. }
                    if ty.dims.len() <= ty.packed)
        })
    };
    let constants = analysis.netlist.constants.iter();
    constants
        .filter(|constant| constant.instance == Some(InstanceId(0)) && overridable(&constant.name))
        .map(|constant| (constant.name.clone(), binary(&constant.value)))
        .collect()
}

fn binary(value: &Bits) -> String {
    let digit = |at| match value.bit(at) {
        Some(true) => '1',
        Some(false) => '0',
        None => 'x',
    };
    (0..value.width()).rev().map(digit).collect()
}

/// The design as the user wrote it.
pub fn original(
    built: &Built,
    request: &Request,
    sources: &SourceMap,
) -> Result<OriginalDesign, Exit> {
    let netlist = &built.analysis.netlist;
    let top = netlist
        .instances
        .first()
        .map(|instance| &built.analysis.ast[instance.module])
        .expect("a netlist has its top instance");
    let clock = netlist
        .clock()
        .expect("instrumentation refuses designs without a clock");
    if top.span.expanded || sources.file(top.span.file).included {
        return Err(Diagnostic::error(
            codes::CANNOT_EDIT,
            top.name.span,
            format!(
                "`{}` comes from a macro or an included file, so its ports cannot be recorded",
                top.name.text
            ),
        )
        .help("write the header of the top module in a file of the command line; `prove` needs no testbench")
        .into());
    }
    let two_way = |port: &&crate::netlist::Port| port.direction == ast::Direction::Inout;
    if let Some(port) = netlist.ports.iter().find(two_way) {
        return Err(Diagnostic::error(
            codes::RECORDING,
            port.span,
            format!("`{}` is bidirectional, so its side cannot be recorded", port.name),
        )
        .note("a recording of the port does not tell what the environment drives from what the design drives")
        .help("verify a module without it: separate its input, its output and its enable, and join them around it")
        .into());
    }
    let read = &request.analyze.read;
    let mut async_resets: Vec<AsyncReset> = netlist
        .registers
        .iter()
        .flat_map(|register| &register.clocking.resets)
        .filter_map(|reset| match reset {
            ResetSource::Port(port, active_high) => Some(AsyncReset {
                port: port.clone(),
                active_high: *active_high,
            }),
            _ => None,
        })
        .collect();
    async_resets.sort();
    async_resets.dedup();
    Ok(OriginalDesign {
        top: netlist.top.clone(),
        files: read.files.iter().map(|file| absolute(file)).collect(),
        include_dirs: read.include_dirs.iter().map(|dir| absolute(dir)).collect(),
        defines: request.defines(),
        parameters: request.analyze.elaborate.parameters.clone(),
        values: values(&built.analysis, top),
        clock: clock.port.clone(),
        clock_edge: if clock.rising {
            ClockEdge::Positive
        } else {
            ClockEdge::Negative
        },
        ports: netlist
            .ports
            .iter()
            .map(|port| Port {
                name: port.name.clone(),
                direction: match port.direction {
                    ast::Direction::Input => Direction::Input,
                    _ => Direction::Output,
                },
                width_bits: port.width as usize,
            })
            .collect(),
        async_resets,
        stable_inputs: (read.observe.stable_inputs().map(str::to_owned)).collect(),
        top_module_file: absolute(sources.path(top.span.file)),
        endmodule_offset: top.anchors.endmodule as usize,
        language: language(&built.analysis.ast),
        directory: absolute(Path::new(".")),
    })
}

/// The design as instrumented, its files in `dir`.
pub fn instrumented(built: &Built, dir: &Path) -> Instrumented {
    let output = &built.inserted.output;
    Instrumented {
        file_list: absolute(dir).join(format!("{}.f", output.top)),
        directory: absolute(Path::new(".")),
        wrapper: output.top.clone(),
        nvm_word_bits: output.image.word_bits as usize,
        nvm_addr_bits: output.image.address_bits as usize,
        nvm_words: output.image.nvm_words as usize,
        commit_word_addresses: output.image.commit_word_addresses.clone(),
        // Names that are keywords there are fenced in the emitted files.
        language: Language::SystemVerilog2012,
        internals: Internals {
            interval_parameter: (built.policy == Policy::Timer)
                .then(|| INTERVAL_PARAMETER.to_string()),
            ..internals(&built.analysis.netlist)
        },
    }
}

/// The state behind the ports of the wrapper, under the names that it has in the emitted text: those of the user. State that no
/// output depends on belongs to it, since a simulator may show an unknown value for all that it is written next to.
pub fn internals(netlist: &Netlist) -> Internals {
    let used = netlist.registers.iter().map(|it| (it.width, &it.origin));
    let unused = netlist.unused.iter().map(|it| (it.width, &it.origin));
    let registers = used.chain(unused).map(|(width, origin)| StateVariable {
        path: path(netlist, origin),
        width_bits: width as usize,
        words: None,
        enumerated: origin.enumerated,
    });
    let memories = netlist.memories.iter().map(|memory| StateVariable {
        path: path(netlist, &memory.origin),
        width_bits: memory.width as usize,
        words: Some(memory.depth),
        enumerated: false,
    });
    Internals {
        instance: DESIGN_INSTANCE.to_string(),
        state: registers.chain(memories).collect(),
        kept: kept::memories(netlist),
        saved_word: Some((SHIFT_WIRE.to_string(), CHAIN_WIRE.to_string())),
        threshold_parameter: Some(THRESHOLD_PARAMETER.to_string()),
        interval_parameter: None,
    }
}

/// The hierarchical name of a variable or of the part of it that is a register, seen from inside the top instance.
pub(super) fn path(netlist: &Netlist, origin: &Origin) -> String {
    let mut names = Vec::new();
    let mut at: Option<InstanceId> = Some(origin.instance);
    while let Some(id) = at {
        let instance = &netlist.instances[id.index()];
        at = instance.parent;
        if at.is_some() {
            names.push(scoped(&instance.name));
        }
    }
    names.reverse();
    names.extend(origin.scope_path.iter().map(|name| scoped(name)));
    let select = origin.target.strip_prefix(origin.variable.as_str());
    names.push(match select {
        Some(select) => format!("{}{select}", identifier(&origin.variable)),
        None => origin.target.clone(),
    });
    names.join(".")
}

/// Verilog-2005 where the design uses a later keyword as a name, else
/// SystemVerilog, which testbenches are often written in.
fn language(ast: &ast::Ast) -> Language {
    let names = ast
        .symbols
        .iter()
        .map(|symbol| &symbol.name.text)
        .chain(ast.modules.iter().map(|module| &module.name.text));
    for name in names {
        if is_added(name) {
            return Language::Verilog2005;
        }
    }
    Language::SystemVerilog2012
}
