//! Black boxes: instances that are not looked into.
//!
//! A module is one if it is marked `(* blackbox *)`, configured as one, or has
//! outputs and an empty body. What it drives are inputs of the machine, what it
//! takes are outputs. Its clocks are told from data by the clocks of the design.

use super::ClockGateCell;
use super::clocks::ClockTable;
use super::context::{Driver, Elab, Entity, Res, ScopeIdx, Slot, Storage};
use super::finish::Copy;
use super::registers::Machine;
use super::resolve::Resolver;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Direction, Member, Module, SymbolKind};
use crate::netlist::{
    BlackBox, BlackBoxId, BlackBoxPort, BlackBoxRole, Boundary, ExprId, InputId, InstanceId,
    Netlist, Node, Output, Sampled,
};
use crate::source::Span;

/// Numbers of [`Node::Input`] from here on are outputs of black boxes; those
/// below are ports of the top.
const FIRST_INPUT: u32 = 1 << 24;

/// A black box, before resolution.
#[derive(Debug)]
pub(super) struct Opaque {
    pub instance: InstanceId,
    pub span: Span,
    pub has_body: bool,
    pub ports: Vec<OpaquePort>,
}

/// A port of a black box.
#[derive(Debug)]
pub(super) struct OpaquePort {
    pub name: String,
    pub direction: Direction,
    pub width: u32,
    /// The leaf of an input, the machine's input for an output.
    pub value: ExprId,
    pub span: Span,
}

impl<'a> Elab<'a> {
    /// Whether instances of a module are not looked into.
    pub fn is_black_box(&self, module: &Module) -> bool {
        let name = &*module.name.text;
        if self.clock_gate_cell(module).is_some() {
            return false;
        }
        if module.black_box || self.options.black_boxes.iter().any(|known| known == name) {
            return true;
        }
        let ports = module.ports.iter().map(|&port| &self.ast[port].kind);
        let mut drives = ports.filter(
            |port| matches!(port, SymbolKind::Port(port) if port.direction != Direction::Input),
        );
        !self.has_body(module) && drives.next().is_some()
    }

    /// The configured clock gate that a module is.
    pub fn clock_gate_cell(&self, module: &Module) -> Option<&'a ClockGateCell> {
        let mut cells = self.options.clock_gates.iter();
        cells.find(|cell| *cell.module == *module.name.text)
    }

    /// Drives the output of a clock gate cell as a gate written out would.
    pub fn gate_cell(&mut self, scope: ScopeIdx, cell: &ClockGateCell, span: Span) -> Res<()> {
        let clock = self.cell_port(scope, cell, &cell.clock, span)?;
        let gated = self.cell_port(scope, cell, &cell.gated, span)?;
        let mut enable = self.exprs.number(1, 0);
        for name in &cell.enables {
            let slot = self.cell_port(scope, cell, name, span)?;
            let term = self.leaf(slot);
            enable = self.exprs.or(enable, term);
        }
        // The latch is a slot that keeps its value.
        let of = &self.slots[gated as usize];
        let (net, element) = (of.net, of.element);
        self.slots.push(Slot {
            net,
            element,
            width: 1,
            drives: Vec::new(),
            init: None,
            shadow_of: Some(gated),
        });
        let latch = self.slots.len() as u32 - 1;
        self.latches.insert(latch, vec![true]);
        let (clock, kept) = (self.leaf(clock), self.leaf(latch));
        let held = self.exprs.mux(clock, kept, enable);
        let value = self.exprs.and(clock, held);
        self.drive(gated, 0, 1, Driver::Value(value), span);
        Ok(())
    }

    /// The slot of a port of one bit of a clock gate cell.
    fn cell_port(
        &mut self,
        scope: ScopeIdx,
        cell: &ClockGateCell,
        name: &str,
        span: Span,
    ) -> Res<u32> {
        let module = self.module_of(self.scope(scope).instance);
        let mut ports = module.ports.iter();
        let declared = ports.find(|&&port| *self.ast[port].name.text == *name);
        if let Some(&port) = declared
            && let Some(Entity::Net(net)) = self.lookup_here(scope, &self.ast[port].name.text)?
            && let (Storage::Slots(slot), 1) = (self.net(net).storage, self.net(net).ty.width)
        {
            return Ok(slot);
        }
        let message = format!(
            "the clock gate `{}` has no port `{name}` of one bit",
            cell.module
        );
        self.fail(Diagnostic::error(codes::CONFIG, span, message).help(
            "correct `[design.clock_gate]`: `clock`, `enable` and `gated` are ports of the cell",
        ))
    }

    fn has_body(&self, module: &Module) -> bool {
        let members = &self.ast[module.scope].members;
        members.iter().any(|member| match member {
            Member::Declare(symbol) => !matches!(
                self.ast[*symbol].kind,
                SymbolKind::Port(_) | SymbolKind::Parameter { .. }
            ),
            Member::Ignored(_) | Member::Refused(_) | Member::Import { .. } => false,
            _ => true,
        })
    }

    /// Lists an instance whose scope holds the ports alone.
    pub fn opaque(
        &mut self,
        scope: ScopeIdx,
        instance: InstanceId,
        module: &'a Module,
        span: Span,
    ) -> Res<()> {
        let ast = self.ast;
        let mut ports = Vec::new();
        for &port in &module.ports {
            let name = &ast[port].name;
            let SymbolKind::Port(declared) = &ast[port].kind else {
                continue;
            };
            let Some(Entity::Net(net)) = self.lookup_here(scope, &name.text)? else {
                continue;
            };
            let ty = self.net(net).ty.clone();
            let (Storage::Slots(slot), true) = (self.net(net).storage, ty.unpacked.is_empty())
            else {
                return self.unsupported(
                    name.span,
                    "an array as a port of a black box",
                    "use one wide port",
                );
            };
            let value = match declared.direction {
                Direction::Input => self.leaf(slot),
                Direction::Output => {
                    let number = FIRST_INPUT + self.opaque_inputs.len() as u32;
                    let path = &self.instances[instance.index()].path;
                    self.opaque_inputs.push(format!("{path}.{}", name.text));
                    let value = self.exprs.intern(Node::Input(InputId(number)), ty.width);
                    self.drive(slot, 0, ty.width, Driver::Value(value), span);
                    value
                }
                Direction::Inout | Direction::Ref => {
                    return self.fail(
                        Diagnostic::error(
                            codes::UNSUPPORTED,
                            span,
                            "a black box with a bidirectional port is not taken yet",
                        )
                        .label(name.span, "this port")
                        .help("use an input, an output and an enable"),
                    );
                }
            };
            ports.push(OpaquePort {
                name: name.text.to_string(),
                direction: declared.direction,
                width: ty.width,
                value,
                span: name.span,
            });
        }
        self.opaques.push(Opaque {
            instance,
            span,
            has_body: self.has_body(module),
            ports,
        });
        Ok(())
    }

    /// The name of an input of the machine.
    pub fn input_name(&self, input: InputId) -> &str {
        let port = self.top_ports.get(input.index());
        let opaque = || {
            self.opaque_inputs
                .get((input.0.checked_sub(FIRST_INPUT)?) as usize)
        };
        port.or_else(opaque).map_or("", String::as_str)
    }

    /// Where an input of the machine comes from.
    pub fn boundary_of(&self, input: InputId) -> Boundary {
        let drives = |opaque: &Opaque| {
            let mut ports = opaque.ports.iter();
            ports.any(|port| {
                port.direction == Direction::Output
                    && matches!(self.exprs.node(port.value), Node::Input(of) if *of == input)
            })
        };
        match self.opaques.iter().position(drives) {
            Some(at) => Boundary::BlackBox(BlackBoxId(at as u32)),
            None => Boundary::Port,
        }
    }

    /// Lists the black boxes and the outputs of the machine that they take.
    pub fn black_boxes(&self, machine: &Machine, copy: &Copy, netlist: &mut Netlist) {
        for (opaque, roles) in self.opaques.iter().zip(&machine.black_boxes) {
            let instance = &netlist.instances[opaque.instance.index()];
            let (path, module) = (instance.path.clone(), &self.ast[instance.module]);
            let id = BlackBoxId(netlist.black_boxes.len() as u32);
            let mut ports = Vec::new();
            for (port, &role) in opaque.ports.iter().zip(roles) {
                let mut role = role;
                if let BlackBoxRole::Data(value) = role {
                    let inputs = netlist.inputs.iter();
                    let name = format!("{path}.{}", port.name);
                    role = BlackBoxRole::Data(match port.direction {
                        Direction::Input => {
                            let expr = copy.get(value);
                            netlist.outputs.push(Output {
                                name,
                                boundary: Boundary::BlackBox(id),
                                expr,
                                sampled: Sampled::Always,
                                span: opaque.span,
                            });
                            expr
                        }
                        _ => {
                            inputs
                                .clone()
                                .find(|input| {
                                    input.boundary == Boundary::BlackBox(id) && input.name == name
                                })
                                .expect("every output of a black box is an input")
                                .expr
                        }
                    });
                }
                ports.push(BlackBoxPort {
                    name: port.name.clone(),
                    direction: port.direction,
                    width: port.width,
                    role,
                });
            }
            netlist.black_boxes.push(BlackBox {
                instance: opaque.instance,
                module: module.name.text.to_string(),
                path,
                span: opaque.span,
                has_body: opaque.has_body,
                ports,
            });
        }
    }

    /// What a port of a black box carries, resolved. An input whose value
    /// depends on a clock of the design must be a clock.
    pub fn role(
        &mut self,
        resolver: &mut Resolver,
        table: &mut ClockTable,
        port: &OpaquePort,
        instance: Span,
    ) -> Res<BlackBoxRole> {
        if port.direction != Direction::Input {
            return Ok(BlackBoxRole::Data(port.value));
        }
        let searched = self.resolve(&mut table.resolver, port.value)?;
        let clocks: Vec<String> = table
            .clocks
            .iter()
            .map(|clock| clock.port.clone())
            .collect();
        let uses_clock = self.support(searched).into_iter().any(|leaf| {
            matches!(*self.exprs.node(leaf), Node::Input(input)
                if self.top_ports.get(input.index()).is_some_and(|name| clocks.contains(name)))
        });
        if !uses_clock {
            let value = self.resolve(resolver, port.value)?;
            return Ok(match self.exprs.as_const(value) {
                Some(_) => BlackBoxRole::Idle,
                None => BlackBoxRole::Data(value),
            });
        }
        match self.clock_of_value(resolver, table, port.value)? {
            Some((clock, rests_low)) if port.width == 1 => {
                Ok(BlackBoxRole::Clock { clock, rests_low })
            }
            _ => {
                let message = format!(
                    "the port `{}` of a black box gets a clock that passes logic",
                    port.name
                );
                self.fail(
                    Diagnostic::error(codes::CLOCK_LOGIC, instance, message)
                        .label(port.span, "the port")
                        .note("only a clock and a gated clock are recognised")
                        .help("connect the clock itself, or one behind a gate `clk & enable` with the enable latched while `clk` is low"),
                )
            }
        }
    }
}
