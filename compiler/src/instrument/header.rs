//! What an instance adds around its processes: ports, declarations behind the
//! header, assignments in front of `endmodule`.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diagnostics::Diagnostic;
use crate::netlist::{InstanceId, Origin, RegId};

use super::connect::{above, chain_input, in_name, list_head, lowest, out_name, port_bits};
use super::copies::{self, Copy};
use super::edits::Edit;
use super::family::{self, Bus, Family};
use super::inside::{self, Inside};
use super::module::Context;
use super::signals::StandIn;
use super::tree::{Node, Piece, Selected, select, whole};
use super::vector::Vector;
use super::{Hold, forget, memory, text};

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

/// Ports, declarations and assignments.
pub fn header(
    cx: &Context,
    copies: &IndexMap<RegId, Copy>,
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
            if own_input(cx, families, *child) {
                lines.push(format!("wire [{top}:0] {};", in_name(at)));
            }
        }
    }
    for (at, child) in node.control_children.iter().enumerate() {
        let width = cx.tree.node(*child).control_bits;
        lines.push(format!("wire [{}:0] idetic_ctl_{at};", width - 1));
    }
    lines.extend(nets.iter().map(StandIn::declaration));
    lines.extend(copies.values().map(Copy::declaration));
    lines.extend(
        families
            .iter()
            .flat_map(|family| family::declarations(cx, family)),
    );
    lines.extend(memory::declarations(cx));
    lines.extend(forget::declarations(cx));
    if !lines.is_empty() {
        insert(anchors.declarations, format!("\n  {}", lines.join("\n  ")));
    }

    let mut inside = Inside::default();
    let mut assigns = assigns(cx, copies, families, &mut inside)?;
    assigns.extend(nets.iter().map(StandIn::assignment));
    assigns.extend(memory::logic(cx)?);
    assigns.extend(forget::logic(cx, &mut inside));
    if !assigns.is_empty() {
        let before = cx.text()[..anchors.endmodule as usize].chars().next_back();
        let start = if before == Some('\n') { "" } else { "\n" };
        insert(
            anchors.endmodule,
            format!("{start}  {}\n", assigns.join("\n  ")),
        );
    }
    out.extend(inside.edits(cx));
    Ok(())
}

/// Whether what a child shifts in has a net of its own.
fn own_input(cx: &Context, families: &[Family], child: InstanceId) -> bool {
    cx.uneven && families.iter().all(|family| family.place(child).is_none())
}

fn assigns(
    cx: &Context,
    copies: &IndexMap<RegId, Copy>,
    families: &[Family],
    inside: &mut Inside,
) -> Result<Vec<String>, Diagnostic> {
    let node = cx.node();
    let mut out = Vec::new();
    for (id, copy) in copies {
        let source = whole(&cx.netlist.registers[id.index()].origin);
        out.extend(copy.logic(&source));
    }
    for (at, piece) in node.pieces.iter().enumerate() {
        if let Piece::Child(child) = *piece
            && own_input(cx, families, child)
        {
            let input = chain_input(cx, child, at);
            out.push(format!("assign {} = {input};", in_name(at)));
        }
    }
    for family in families {
        let (ins, outs) = (Bus::inputs(cx, family), Bus::outputs(cx, family));
        let control = Bus::control(cx, family);
        for &member in &family.members {
            if let Some(at) = node.pieces.iter().position(|p| *p == Piece::Child(member)) {
                let (input, output) = (chain_input(cx, member, at), out_name(at));
                out.push(format!("assign {} = {input};", ins.part(member)));
                out.push(format!("assign {output} = {};", outs.part(member)));
            }
            if let Some(at) = node.control_children.iter().position(|id| *id == member) {
                out.push(format!(
                    "assign idetic_ctl_{at} = {};",
                    control.part(member)
                ));
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
            let place = text::bits("idetic_saved", chunk.at, chunk.len);
            if let Some(copy) = copies.get(&chunk.register) {
                let copy = Vector::new(&copy.name, copy.width).slice(chunk.low, chunk.len);
                out.push(format!("assign {place} = {};", copy.text()));
                continue;
            }
            let name = |origin: &Origin| {
                let (Selected::Text(text) | Selected::OnlyWhole(text)) =
                    select(origin, register.width, chunk.low, chunk.len);
                text
            };
            match inside::block(cx, &register.origin) {
                None => out.push(format!("assign {place} = {};", name(&register.origin))),
                Some((block, plain)) => {
                    inside.add(block, format!("assign {place} = {};", name(&plain)));
                }
            }
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
            .map(|&register| copies::seen(cx, copies, register))
            .collect::<Result<_, _>>()?;
        items.extend((0..node.control_children.len()).map(|at| format!("idetic_ctl_{at}")));
        items.reverse();
        let value = text::long_concat(&items);
        out.push(format!("assign idetic_ctl = {value};"));
    }
    Ok(out)
}
