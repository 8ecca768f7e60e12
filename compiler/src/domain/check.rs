//! Whether the machine of one clock can be stopped and restored with the rest
//! of the design around it. Each refusal is a rule of
//! `docs/src/decisions/clock-domains.md`.

use super::cut::{Share, foreign};
use super::{BlackBoxState, DomainOptions, OtherClock};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::Direction;
use crate::netlist::{BlackBox, BlackBoxRole, Boundary, Clock, ClockId, Netlist, Node};
use crate::source::Setting;

/// Errors where the machine of `clock` cannot be instrumented alone, and
/// warnings of what the user has promised.
pub fn check(netlist: &Netlist, clock: Option<ClockId>, options: &DomainOptions) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for name in options.black_boxes.keys() {
        if !netlist
            .black_boxes
            .iter()
            .any(|known| known.module == *name)
        {
            let message =
                format!("`[design] blackbox` names `{name}`, of which there is no instance");
            let help = "name the module, not the instance; the top cannot be a black box";
            let setting = Setting::new(&["design", "blackbox", name]);
            let error = Diagnostic::global(codes::CONFIG, message).setting(setting);
            diagnostics.push(error.help(help));
        }
    }
    let Some(clock) = clock else {
        return diagnostics;
    };
    let share = Share::new(netlist, clock);
    other_clocks(netlist, clock, &share, options, &mut diagnostics);
    for opaque in &netlist.black_boxes {
        black_box(netlist, clock, &share, opaque, options, &mut diagnostics);
    }
    diagnostics
}

/// What is declared of a clock.
fn declared<'a>(clock: &Clock, options: &'a DomainOptions) -> Option<&'a OtherClock> {
    let mut others = options.others.iter();
    let found = others.find(|(name, _)| clock.is_named(name));
    found.map(|(_, other)| other)
}

/// Whether a clock is declared to stand still while the machine does.
fn stopped(netlist: &Netlist, clock: ClockId, options: &DomainOptions) -> bool {
    let clock = &netlist.clocks[clock.index()];
    declared(clock, options).is_some_and(|other| other.stopped)
}

fn other_clocks(
    netlist: &Netlist,
    own: ClockId,
    share: &Share,
    options: &DomainOptions,
    diagnostics: &mut Diagnostics,
) {
    let named = &netlist.clocks[own.index()];
    for name in options.others.keys() {
        let mut others = netlist.clocks.iter().filter(|clock| *clock != named);
        if !others.any(|clock| clock.is_named(name)) {
            let message =
                format!("`[design] other_clocks` names `{name}`, which is no other clock");
            let help = "`idetic analyze` lists the clocks";
            let setting = Setting::new(&["design", "other_clocks", name]);
            let error = Diagnostic::global(codes::CONFIG, message).setting(setting);
            diagnostics.push(error.help(help));
        }
    }
    for (at, memory) in netlist.memories.iter().enumerate() {
        let mine = memory.writes.iter().any(|write| write.clock == own);
        if mine && !share.memories[at] {
            let name = &memory.name;
            diagnostics.push(
                Diagnostic::error(
                    codes::CLOCK_DOMAIN,
                    memory.origin.declaration,
                    format!("the memory `{name}` is written by {} and by another clock", named.describe()),
                )
                .note("what it holds belongs to no single clock, so it can be neither saved nor left alone")
                .help("write it from one clock"),
            );
        }
    }
    for at in 0..netlist.clocks.len() {
        let id = ClockId(at as u32);
        if id != own {
            other_clock(netlist, own, id, share, options, diagnostics);
        }
    }
}

/// The rules for the state of one other clock.
fn other_clock(
    netlist: &Netlist,
    own: ClockId,
    id: ClockId,
    share: &Share,
    options: &DomainOptions,
    diagnostics: &mut Diagnostics,
) {
    let (named, clock) = (&netlist.clocks[own.index()], &netlist.clocks[id.index()]);
    let bits: u64 = (netlist.registers.iter())
        .filter(|register| register.clocking.clock == id)
        .map(|register| u64::from(register.width))
        .sum();
    let port = &clock.port;
    let key = match (clock.rising, clock.port == named.port) {
        (_, false) => port.clone(),
        (true, true) => format!("posedge {port}"),
        (false, true) => format!("negedge {port}"),
    };
    let Some(other) = declared(clock, options) else {
        diagnostics.push(
            Diagnostic::error(
                codes::CLOCK_DOMAIN,
                clock.span,
                format!("{bits} register bits move at {}, which is not saved", clock.describe()),
            )
            .at("their state is lost with the supply")
            .note(format!("only what {} moves is saved and restored", named.describe()))
            .help(format!(
                "say in idetic.toml what becomes of it: `[design.other_clocks]` with `\"{key}\" = {{ state = \"powered\" }}` if it keeps its supply, or `\"reinitialised\"`"
            )),
        );
        return;
    };
    if other.stopped && clock.port == named.port {
        diagnostics.push(
            Diagnostic::global(
                codes::CONFIG,
                format!(
                    "`{key}` cannot be stopped while `{}` moves the chain: they are one signal",
                    named.port
                ),
            )
            .setting(Setting::new(&["design", "other_clocks", &key]))
            .help("use registers of one edge only"),
        );
        return;
    }
    for reset in netlist
        .logic_resets
        .iter()
        .filter(|reset| reset.clock == id)
    {
        if share.touched[reset.active.index()] {
            diagnostics.push(
                Diagnostic::error(
                    codes::CLOCK_DOMAIN,
                    clock.span,
                    format!(
                        "state of {} resets registers of {} asynchronously",
                        named.describe(),
                        clock.describe()
                    ),
                )
                .note("that state takes any value while it is saved, and the reset acts at once")
                .help("reset by an input port, or at the edges of its own clock"),
            );
            return;
        }
    }
    if other.stopped {
        return;
    }
    let mut taken = foreign(netlist, share).into_iter();
    let first = taken.find(|(_, expr, of)| *of == id && share.touched[expr.index()]);
    if let Some((name, ..)) = first {
        let name = name.rsplit_once('.').map_or(&*name, |(name, _)| name);
        let register = netlist
            .registers
            .iter()
            .find(|register| register.name == name);
        let span = register.map_or(clock.span, |register| register.origin.declaration);
        let mut diagnostic = Diagnostic::error(
            codes::CLOCK_DOMAIN,
            span,
            format!("`{name}`, of {}, takes values from the state of {}", clock.describe(), named.describe()),
        )
        .label(clock.span, "its clock")
        .note("that state takes any value while it is saved and restored, and this clock does not wait");
        diagnostic = match clock.port == named.port {
            true => diagnostic.help("use registers of one edge only"),
            false => diagnostic.help(format!(
                "stop `{port}` outside while `idetic_stall` is 1, and declare it: `[design.other_clocks]` with `\"{key}\" = {{ state = …, stalled = \"stopped\" }}`"
            )),
        };
        diagnostics.push(diagnostic);
    }
}

/// The rules for a black box.
fn black_box(
    netlist: &Netlist,
    own: ClockId,
    share: &Share,
    opaque: &BlackBox,
    options: &DomainOptions,
    diagnostics: &mut Diagnostics,
) {
    let (path, module) = (&opaque.path, &opaque.module);
    let refuse = |message: String| Diagnostic::error(codes::BLACK_BOX, opaque.span, message);
    let Some(said) = options.black_boxes.get(module) else {
        diagnostics.push(
            refuse(format!("nothing is known of the state of the black box `{path}`"))
                .at(format!("of module `{module}`, {}", ports(opaque)))
                .note("its contents are not seen, so they are neither saved nor restored")
                .help(format!("declare it in idetic.toml: `[design.blackbox]` with `{module} = \"stateless\"`, `\"nonvolatile\"` (it survives) or `\"hooks\"` (you save it yourself)")),
        );
        return;
    };
    let clocks: Vec<(&str, ClockId)> = (opaque.ports.iter())
        .filter_map(|port| match port.role {
            BlackBoxRole::Clock { clock, .. } => Some((port.name.as_str(), clock)),
            _ => None,
        })
        .collect();
    for name in said.clocks.iter().flatten() {
        if !clocks.iter().any(|(port, _)| port == name) {
            diagnostics.push(
                refuse(format!(
                    "the port `{name}` of the black box `{path}` gets none of the design's clocks"
                ))
                .note("it is configured as its clock, and could not be stopped with the design")
                .help("connect a clock that also moves registers of the design"),
            );
            return;
        }
    }
    if said.state == BlackBoxState::Stateless {
        if let Some((port, _)) = clocks.first() {
            diagnostics.push(
                refuse(format!(
                    "the black box `{path}` is declared stateless, but has a clock"
                ))
                .at(format!("its port `{port}` gets one"))
                .help("declare what becomes of its state: \"nonvolatile\" or \"hooks\""),
            );
        }
        return;
    }
    if clocks.is_empty() {
        diagnostics.push(
            refuse(format!("the black box `{path}` holds state, but gets none of the design's clocks"))
                .note("its inputs take any value while the design is saved, and nothing keeps them from it")
                .help("give it a clock that also moves registers of the design, or declare it stateless"),
        );
        return;
    }
    if said.clocks.is_none()
        && let Some(port) = perhaps_a_clock(netlist, opaque)
    {
        diagnostics.push(
            refuse(format!(
                "is the port `{port}` of the black box `{path}` a clock?"
            ))
            .note("it is connected to an input that nothing else uses")
            .help(format!(
                "say which ports are: `{module} = {{ state = …, clock = [\"{}\"] }}`",
                clocks[0].0
            )),
        );
        return;
    }
    let takes = opaque.ports.iter().find(|port| {
        port.direction == Direction::Input
            && matches!(port.role, BlackBoxRole::Data(value) if share.touched[value.index()])
    });
    let others = clocks.iter().filter(|(_, clock)| *clock != own);
    if let Some(taking) = takes {
        for &(port, clock) in others {
            if !stopped(netlist, clock, options) {
                let other = netlist.clocks[clock.index()].describe();
                diagnostics.push(
                    refuse(format!("the black box `{path}` takes values from the saved state at a clock that does not stop"))
                        .at(format!("`{}` takes them, `{port}` gets {other}", taking.name))
                        .help("stop that clock outside while `idetic_stall` is 1, and declare it under `[design.other_clocks]` with `stalled = \"stopped\"`"),
                );
                return;
            }
        }
    }
    if said.state == BlackBoxState::Nonvolatile && takes.is_some() {
        diagnostics.push(
            Diagnostic::warning(
                codes::BLACK_BOX,
                opaque.span,
                format!("the black box `{path}` survives an outage, but does not go back with the design"),
            )
            .note("after a restore the design repeats the cycles since the last checkpoint: a word that it has read and then overwritten in them is read anew, and differs")
            .help("see that it does no harm, or save the black box by hooks"),
        );
    }
}

fn ports(opaque: &BlackBox) -> String {
    let list: Vec<String> = opaque.ports.iter().map(|port| port.declaration()).collect();
    format!("ports {}", list.join(", "))
}

/// An input of one bit that is a port of the top which nothing else reads.
fn perhaps_a_clock<'a>(netlist: &Netlist, opaque: &'a BlackBox) -> Option<&'a str> {
    let mut read = vec![false; netlist.exprs.len()];
    let outputs = netlist.outputs.iter();
    let outputs = outputs.filter(|output| !matches!(output.boundary, Boundary::BlackBox(_)));
    let mut stack: Vec<_> = outputs.map(|output| output.expr).collect();
    for register in &netlist.registers {
        stack.push(register.next);
        stack.extend(register.async_resets.iter().map(|reset| reset.active));
    }
    let writes = netlist.memories.iter().flat_map(|memory| &memory.writes);
    stack.extend(writes.flat_map(|w| [w.enable, w.address, w.data, w.mask]));
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut read[id.index()], true) {
            netlist.exprs.operands(id, |operand| stack.push(operand));
        }
    }
    let mut ports = opaque.ports.iter();
    let found = ports.find(|port| match port.role {
        BlackBoxRole::Data(value) if port.direction == Direction::Input && port.width == 1 => {
            matches!(netlist.exprs.node(value), Node::Input(input)
                if netlist.inputs[input.index()].boundary == Boundary::Port)
                && !read[value.index()]
        }
        _ => false,
    });
    found.map(|port| port.name.as_str())
}
