//! Verilog written by the crate itself: shells that give any design the same few ports, and the recorder's text.
//!
//! A shell has one input bus, one output bus and the control ports, so that the rest of the crate (the C++ program, the Icarus
//! benches) is the same for every design, whatever its port names and widths.

use std::fmt::Write;

use tera::{Context, Tera};

use crate::design::{ClockEdge, Direction, Instrumented, OriginalDesign};
use crate::error::SimError;
use crate::plane::Bus;

/// Name of the module that [`original`] and [`instrumented`] write.
pub(crate) const SHELL: &str = "idetic_shell";

/// Buses are padded to at least this width, so that Verilator represents all of them as arrays of 32-bit words.
const MIN_BUS_BITS: usize = 96;

/// Width of a padded bus in the shell.
pub(crate) fn padded_bits(bus: &Bus) -> usize {
    bus.width_bits().next_multiple_of(32).max(MIN_BUS_BITS)
}

/// Width of the input and the output bus in 32-bit words.
pub(crate) fn bus_words(bus: &Bus) -> usize {
    padded_bits(bus) / 32
}

/// A name as Verilog text; anything but a simple identifier is escaped, and so is what might
/// be a keyword of some version of the language: all of them are lower-case letters.
pub(crate) fn verilog_name(name: &str) -> String {
    let simple = name.bytes().enumerate().all(|(at, byte)| {
        byte.is_ascii_alphabetic()
            || byte == b'_'
            || (at > 0 && (byte.is_ascii_digit() || byte == b'$'))
    });
    let keyword = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if simple && !keyword {
        name.to_string()
    } else {
        format!("\\{name} ")
    }
}

/// The buses of the input ports without the clock, and of the output ports.
pub(crate) fn buses(design: &OriginalDesign) -> (Bus, Bus) {
    (
        Bus::new(design.data_ports(Direction::Input)),
        Bus::new(design.data_ports(Direction::Output)),
    )
}

/// The Verilog keyword of an active edge.
pub(crate) fn edge_keyword(edge: ClockEdge) -> &'static str {
    match edge {
        ClockEdge::Positive => "posedge",
        ClockEdge::Negative => "negedge",
    }
}

/// The shell around the original design: `idetic_clock`, `idetic_in`, `idetic_out`.
pub(crate) fn original(design: &OriginalDesign) -> String {
    let (inputs, outputs) = buses(design);
    let mut text = header(&inputs, &outputs, "");
    let mut parameters = String::new();
    if !design.parameters.is_empty() {
        let list: Vec<String> = design
            .parameters
            .iter()
            .map(|(name, value)| format!(".{}({value})", verilog_name(name)))
            .collect();
        parameters = format!(" #({})", list.join(", "));
    }
    instance(
        &mut text,
        &format!("{}{parameters}", verilog_name(&design.top)),
        design,
        &inputs,
        &outputs,
        "",
    );
    text
}

/// The shell around the instrumented design, with the control ports under their own names, address and data padded to 32
/// and 64 bits.
pub(crate) fn instrumented(design: &OriginalDesign, wrapper: &Instrumented) -> String {
    instrumented_with(design, wrapper, "")
}

/// The same with functions for C++ that read and write the memories which outlive a supply failure, a word of 32 bits of a
/// row at a time.
pub(crate) fn instrumented_with_access(
    design: &OriginalDesign,
    wrapper: &Instrumented,
) -> Result<String, SimError> {
    if wrapper.internals.kept.is_empty() {
        return Ok(instrumented(design, wrapper));
    }
    let mut context = Context::new();
    context.insert("kept", &kept_models(wrapper));
    context.insert("instance", &design_path("idetic_dut", wrapper));
    let access = render(include_str!("templates/access.sv.tera"), &context)?;
    Ok(instrumented_with(design, wrapper, &access))
}

/// The instance of the original top module, as seen from where the shell's is named `above`.
pub(crate) fn design_path(above: &str, wrapper: &Instrumented) -> String {
    format!("{above}.{}", verilog_name(&wrapper.internals.instance))
}

/// A memory that outlives a supply failure, for templates.
#[derive(serde::Serialize)]
pub(crate) struct KeptModel<'a> {
    path: &'a str,
    first: i64,
    rows: usize,
    width: usize,
    /// Bits of a row in whole words of 32.
    padded: usize,
}

/// Those of a design.
pub(crate) fn kept_models(wrapper: &Instrumented) -> Vec<KeptModel<'_>> {
    let model = |memory: &'_ crate::kept::KeptMemory| {
        (memory.programmed.rows(), memory.programmed.width_bits())
    };
    let memories = wrapper.internals.kept.iter();
    memories
        .map(|memory| {
            let (rows, width) = model(memory);
            KeptModel {
                path: &memory.path,
                first: memory.first_index,
                rows,
                width,
                padded: width.next_multiple_of(32),
            }
        })
        .collect()
}

fn instrumented_with(design: &OriginalDesign, wrapper: &Instrumented, more: &str) -> String {
    let (inputs, outputs) = buses(design);
    let mut ports = String::from(",\n    input wire idetic_por_n, input wire [7:0] idetic_energy");
    for name in [
        "stall",
        "capture",
        "commit",
        "resume",
        "error",
        "nvm_valid",
        "nvm_write",
    ] {
        let _ = write!(ports, ",\n    output wire idetic_{name}");
    }
    ports
        .push_str(",\n    output wire [31:0] idetic_nvm_addr, output wire [63:0] idetic_nvm_wdata");
    ports.push_str(",\n    input wire idetic_nvm_ready, input wire [63:0] idetic_nvm_rdata");
    let mut text = header(&inputs, &outputs, &ports);
    let mut connections = String::new();
    for name in [
        "por_n",
        "energy",
        "stall",
        "capture",
        "commit",
        "resume",
        "error",
        "nvm_valid",
        "nvm_write",
        "nvm_ready",
    ] {
        let _ = write!(connections, ",\n        .idetic_{name}(idetic_{name})");
    }
    let (address, word) = (wrapper.nvm_addr_bits - 1, wrapper.nvm_word_bits - 1);
    let _ = write!(
        connections,
        ",\n        .idetic_nvm_addr(idetic_nvm_addr[{address}:0])"
    );
    let _ = write!(
        connections,
        ",\n        .idetic_nvm_wdata(idetic_nvm_wdata[{word}:0])"
    );
    let _ = write!(
        connections,
        ",\n        .idetic_nvm_rdata(idetic_nvm_rdata[{word}:0])"
    );
    let mut pads = String::new();
    if wrapper.nvm_addr_bits < 32 {
        let _ = writeln!(
            pads,
            "    assign idetic_nvm_addr[31:{}] = 0;",
            wrapper.nvm_addr_bits
        );
    }
    if wrapper.nvm_word_bits < 64 {
        let _ = writeln!(
            pads,
            "    assign idetic_nvm_wdata[63:{}] = 0;",
            wrapper.nvm_word_bits
        );
    }
    text.push_str(&pads);
    text.push_str(more);
    // At half of it, so that the environment can make the design save, or not; a timer that runs out soon.
    let internals = &wrapper.internals;
    let threshold = internals.threshold_parameter.as_ref();
    let interval = internals.interval_parameter.as_ref();
    let list = [(threshold, "8'd127"), (interval, "1")];
    let list: Vec<String> = (list.iter())
        .filter_map(|(name, value)| Some(format!(".{}({value})", verilog_name((*name)?))))
        .collect();
    let parameters = match list.is_empty() {
        true => String::new(),
        false => format!(" #({})", list.join(", ")),
    };
    instance(
        &mut text,
        &format!("{}{parameters}", verilog_name(&wrapper.wrapper)),
        design,
        &inputs,
        &outputs,
        &connections,
    );
    text
}

fn header(inputs: &Bus, outputs: &Bus, more_ports: &str) -> String {
    let mut text = format!(
        "// Written by idetic: the same few ports for every design.\n`timescale 1ns/1ps\nmodule {SHELL} (\n    input wire \
         idetic_clock,\n    input wire [{}:0] idetic_in,\n    output wire [{}:0] idetic_out{more_ports}\n);\n",
        padded_bits(inputs) - 1,
        padded_bits(outputs) - 1,
    );
    let used = outputs
        .fields()
        .iter()
        .map(|field| field.width_bits)
        .sum::<usize>();
    if used < padded_bits(outputs) {
        let _ = writeln!(
            text,
            "    assign idetic_out[{}:{used}] = 0;",
            padded_bits(outputs) - 1
        );
    }
    text
}

fn instance(
    text: &mut String,
    module: &str,
    design: &OriginalDesign,
    inputs: &Bus,
    outputs: &Bus,
    more: &str,
) {
    let _ = write!(
        text,
        "    {module} idetic_dut (\n        .{}(idetic_clock)",
        verilog_name(&design.clock)
    );
    for (bus, name) in [(inputs, "idetic_in"), (outputs, "idetic_out")] {
        for field in bus.fields() {
            let high = field.low + field.width_bits - 1;
            let _ = write!(
                text,
                ",\n        .{}({name}[{high}:{}])",
                verilog_name(&field.name),
                field.low
            );
        }
    }
    let _ = write!(text, "{more}\n    );\nendmodule\n");
}

/// A bus as a Verilog concatenation of the ports' own names, highest first.
pub(crate) fn concatenation(bus: &Bus) -> String {
    if bus.fields().is_empty() {
        return "1'b0".to_string();
    }
    let names: Vec<String> = bus
        .fields()
        .iter()
        .rev()
        .map(|field| verilog_name(&field.name))
        .collect();
    format!("{{{}}}", names.join(", "))
}

/// Renders a template that is part of the program.
pub(crate) fn render(template: &str, context: &Context) -> Result<String, SimError> {
    Tera::one_off(template, context, false).map_err(|error| SimError::Unsupported {
        what: format!("a built-in template does not render ({error}); this is a bug in idetic-sim"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_names_are_escaped() {
        assert_eq!(verilog_name("clk_1$"), "clk_1$");
        assert_eq!(verilog_name("1clk"), "\\1clk ");
        assert_eq!(verilog_name("bus[3]"), "\\bus[3] ");
        assert_eq!(verilog_name("soft"), "\\soft ");
    }
}
