//! The port through which a memory is saved and restored.
//!
//! The module that declares a memory gets a register that reads an addressed
//! row at the clock edge, and a write in the memory's own process; so it keeps
//! one write port of its own and gains one synchronous read port, which RAM
//! blocks have. Both act only at shift edges, where the rest of the module
//! holds still or rotates:
//!
//! ```verilog
//! reg [31:0] idetic_mem_data_0;
//! always @(posedge clk) if (idetic_mem_read && idetic_mem_select[0])
//!   idetic_mem_data_0 <= ram[idetic_mem_index_0];
//!
//! always @(posedge clk)
//!   if (idetic_shift) begin
//!     if (idetic_mem_write_0) ram[idetic_mem_index_0] <= idetic_mem_in;
//!   end else …
//! ```
//!
//! A row wider than an NVM word passes in parts: the data register is selected
//! from, and all parts of a new row but the last wait in a register of their
//! own. The ports go down the hierarchy like the chain's: one select bit per
//! memory of the subtree, an address, a word in, a word out. Outputs of
//! memories that are not selected are 0, so they join by OR.

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::Edge;
use crate::layout::{Layout, MemoryPlace};
use crate::netlist::{InstanceId, Memory, Netlist};

use super::module::Context;
use super::tree::{MemoryPorts, whole};
use super::{text, wrapper::index_bits};

/// Refuses memories that need a port and cannot get one.
pub fn refusals(netlist: &Netlist, layout: &Layout) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for place in &layout.memories {
        let memory = &netlist.memories[place.memory.index()];
        if let Some((why, help)) = memory.unportable(&netlist.instances) {
            out.push(
                Diagnostic::error(
                    codes::CANNOT_EDIT,
                    memory.origin.declaration,
                    format!("`{}` must be saved, but {why}", memory.name),
                )
                .at(format!("a memory of {} bits", memory.bits()))
                .help(help),
            );
        }
    }
    let words = layout.ranges.iter().map(|range| u64::from(range.words));
    if let Some(place) = layout.memories.first()
        && words.sum::<u64>() > MOST_WORDS
    {
        let memory = &netlist.memories[place.memory.index()];
        out.push(
            Diagnostic::error(
                codes::TOO_LARGE,
                memory.origin.declaration,
                format!("the memories need more than {MOST_WORDS} words of the NVM"),
            )
            .at("one of them")
            .help("make them smaller, or keep them outside of the design"),
        );
    }
    let init: u64 = (layout.cold.iter())
        .flat_map(|cold| layout.ranges.iter().zip(&cold.loaded))
        .filter(|(_, loaded)| **loaded)
        .map(|(range, _)| {
            let memory = layout.memories[range.place].memory;
            let width = netlist.memories[memory.index()].width;
            range.rows.len() as u64 * u64::from(width)
        })
        .sum();
    if init > MOST_INITIAL_BITS {
        let mut places = layout.memories.iter();
        let first = places.find(|place| netlist.memories[place.memory.index()].init.is_some());
        let place = first.expect("a memory that is loaded has initial contents");
        let memory = &netlist.memories[place.memory.index()];
        out.push(
            Diagnostic::error(
                codes::INITIAL_VALUE,
                memory.origin.declaration,
                format!(
                    "`{}` starts from initial contents and is written; with all like it they are {init} bits",
                    memory.name
                ),
            )
            .note(format!("a cold start loads them from a table, which holds {MOST_INITIAL_BITS} bits at most"))
            .help("write the contents in the first clock cycles, or keep constants in an array that is not written"),
        );
    }
    out
}

/// NVM words of one slot's memories, at most.
const MOST_WORDS: u64 = 1 << 24;

/// Initial contents of memories in the wrapper's table, at most.
const MOST_INITIAL_BITS: u64 = 65536;

/// The ports of a subtree with memories: is it an input, width, name.
pub fn ports(ports: &MemoryPorts) -> Vec<(bool, Option<u32>, &'static str)> {
    let mut list = vec![
        (true, Some(ports.select), "idetic_mem_select"),
        (true, Some(ports.row), "idetic_mem_row"),
    ];
    if ports.part > 0 {
        list.push((true, Some(ports.part), "idetic_mem_part"));
    }
    list.extend([
        (true, None, "idetic_mem_read"),
        (true, None, "idetic_mem_take"),
        (true, Some(ports.data), "idetic_mem_in"),
        (false, Some(ports.data), "idetic_mem_out"),
    ]);
    list
}

/// What an instance connects to the memory ports of a child.
pub fn connections(cx: &Context, at: usize, child: InstanceId) -> Vec<(&'static str, String)> {
    let own = &cx.tree.node(cx.instance).memory;
    let of = &cx.tree.node(child).memory;
    let mut low = own.own.len() as u32;
    for &other in &own.children[..at] {
        low += cx.tree.node(other).memory.select;
    }
    let select = text::part("idetic_mem_select", own.select, low, of.select);
    let row = text::part("idetic_mem_row", own.row, 0, of.row);
    let mut list = vec![("idetic_mem_select", select), ("idetic_mem_row", row)];
    if of.part > 0 {
        let value = text::part("idetic_mem_part", own.part, 0, of.part);
        list.push(("idetic_mem_part", value));
    }
    let word = text::part("idetic_mem_in", own.data, 0, of.data);
    list.extend([
        ("idetic_mem_read", "idetic_mem_read".to_string()),
        ("idetic_mem_take", "idetic_mem_take".to_string()),
        ("idetic_mem_in", word),
        ("idetic_mem_out", out_name(at)),
    ]);
    list
}

/// The net that the child at `at` of the memory children drives.
fn out_name(at: usize) -> String {
    format!("idetic_mem_out_{at}")
}

/// A memory of the instance with what its texts are made from.
struct Own<'a> {
    at: usize,
    place: &'a MemoryPlace,
    memory: &'a Memory,
    first: i64,
}

impl Own<'_> {
    /// Width of the index net.
    fn index_width(&self) -> u32 {
        let last = self.first + i64::from(self.place.rows) - 1;
        u32::try_from(last + 1).map_or(32, |count| index_bits(u64::from(count)))
    }

    /// Bits of the last word of a row.
    fn last_bits(&self, word_bits: u32) -> u32 {
        self.memory.width - (self.place.row_words - 1) * word_bits
    }

    fn row(&self) -> String {
        format!(
            "{}[idetic_mem_index_{}]",
            whole(&self.memory.origin),
            self.at
        )
    }
}

fn own<'a>(cx: &Context<'a>) -> Vec<Own<'a>> {
    let (layout, netlist): (&'a Layout, &'a Netlist) = (cx.layout, cx.netlist);
    let places = cx.tree.node(cx.instance).memory.own.iter();
    places
        .enumerate()
        .filter_map(|(at, &place)| {
            let place = &layout.memories[place];
            let memory = &netlist.memories[place.memory.index()];
            Some(Own {
                at,
                place,
                memory,
                // Without one it is refused, see `refusals`.
                first: memory.first_index?,
            })
        })
        .collect()
}

/// Declarations behind the header.
pub fn declarations(cx: &Context) -> Vec<String> {
    let ports = &cx.tree.node(cx.instance).memory;
    let mut lines = Vec::new();
    for (at, &child) in ports.children.iter().enumerate() {
        let width = cx.tree.node(child).memory.data;
        lines.push(format!("wire [{}:0] {};", width - 1, out_name(at)));
    }
    for own in own(cx) {
        let at = own.at;
        if own.first < 0 {
            lines.push(format!("wire signed [31:0] idetic_mem_index_{at};"));
        } else {
            lines.push(format!(
                "wire [{}:0] idetic_mem_index_{at};",
                own.index_width() - 1
            ));
        }
        lines.push(format!("wire idetic_mem_write_{at};"));
        lines.push(format!(
            "reg [{}:0] idetic_mem_data_{at};  /* the row read last */",
            own.memory.width - 1
        ));
        if own.place.row_words > 1 {
            lines.push(format!(
                "reg [{}:0] idetic_mem_wait_{at};  /* the lower words of a row */",
                (own.place.row_words - 1) * cx.layout.word_bits - 1
            ));
        }
    }
    lines
}

/// Logic before `endmodule`.
pub fn logic(cx: &Context) -> Result<Vec<String>, Diagnostic> {
    let word_bits = cx.layout.word_bits;
    let ports = &cx.tree.node(cx.instance).memory;
    let mut lines = Vec::new();
    let mut outputs: Vec<String> = Vec::new();
    for own in own(cx) {
        let at = own.at;
        let selected = format!("idetic_mem_select[{at}]");
        let row_bits = index_bits(u64::from(own.place.rows));
        let row = text::part("idetic_mem_row", ports.row, 0, row_bits);
        let index = match own.first {
            0 => row,
            first if first < 0 => format!(
                "$signed({{{}, {row}}}) - 32'sd{}",
                text::zeros(32 - row_bits),
                -first
            ),
            first => {
                let width = own.index_width();
                let gap = width - row_bits;
                let row = if gap > 0 {
                    format!("{{{}, {row}}}", text::zeros(gap))
                } else {
                    row
                };
                format!("{row} + {width}'d{first}")
            }
        };
        lines.push(format!("assign idetic_mem_index_{at} = {index};"));
        let parts = own.place.row_words;
        let part_is = |part: u32| format!("idetic_mem_part == {}'d{part}", ports.part);
        let last = if ports.part > 0 {
            format!(" && {}", part_is(parts - 1))
        } else {
            String::new()
        };
        lines.push(format!(
            "assign idetic_mem_write_{at} = idetic_mem_take && {selected}{last};"
        ));
        let clock = clock(cx, own.memory)?;
        lines.push(format!(
            "always @({clock}) if (idetic_mem_read && {selected}) idetic_mem_data_{at} <= {};",
            own.row()
        ));
        let data = format!("idetic_mem_data_{at}");
        let mut words = Vec::new();
        for part in 0..parts {
            let low = part * word_bits;
            let bits = word_bits.min(own.memory.width - low);
            let word = text::part(&data, own.memory.width, low, bits);
            words.push(text::padded(&word, bits, ports.data));
            if part + 1 < parts {
                let target = text::part(
                    &format!("idetic_mem_wait_{at}"),
                    (parts - 1) * word_bits,
                    low,
                    word_bits,
                );
                lines.push(format!(
                    "always @({clock}) if (idetic_mem_take && {selected} && {}) {target} <= idetic_mem_in;",
                    part_is(part)
                ));
            }
        }
        // The last word needs no test: the parts end there.
        let mut value = words.pop().expect("a row has a word");
        for (part, word) in words.iter().enumerate().rev() {
            value = format!("{} ? {word} : {value}", part_is(part as u32));
        }
        outputs.push(format!(
            "({selected} ? {value} : {})",
            text::zeros(ports.data)
        ));
    }
    for (at, &child) in ports.children.iter().enumerate() {
        let width = cx.tree.node(child).memory.data;
        outputs.push(text::padded(&out_name(at), width, ports.data));
    }
    if !outputs.is_empty() {
        lines.push(format!(
            "assign idetic_mem_out = {};",
            outputs.join("\n      | ")
        ));
    }
    Ok(lines)
}

/// The writes that the branch of a process restores memories by.
pub fn restores(cx: &Context, stmt: crate::frontend::ast::StmtId) -> Vec<String> {
    let mut out = Vec::new();
    for own in own(cx) {
        // One of several processes is enough.
        if own.memory.origin.process.stmt != stmt {
            continue;
        }
        let ports = &cx.tree.node(cx.instance).memory;
        let bits = own.last_bits(cx.layout.word_bits);
        let last = text::part("idetic_mem_in", ports.data, 0, bits);
        let value = if own.place.row_words > 1 {
            format!("{{{last}, idetic_mem_wait_{}}}", own.at)
        } else {
            last
        };
        out.push(format!(
            "if (idetic_mem_write_{}) {} <= {value};",
            own.at,
            own.row()
        ));
    }
    out
}

/// The processes that write the instance's memories: those that are saved, and those that outlive a supply failure by
/// themselves, which must not be written at a shift either.
pub fn processes(cx: &Context) -> Vec<crate::netlist::ProcessRef> {
    let saved = own(cx).into_iter().map(|own| own.memory);
    let kept = cx.netlist.kept_memories();
    let kept = kept.map(|memory| &cx.netlist.memories[memory.index()]);
    let kept = kept.filter(|memory| memory.origin.instance == cx.instance);
    let all = saved.chain(kept).flat_map(|memory| &memory.processes);
    all.cloned().collect()
}

/// The clock event of the memory's process, as it is written there.
fn clock(cx: &Context, memory: &Memory) -> Result<String, Diagnostic> {
    let (span, edge) = memory.clock.expect("a memory that is written has a clock");
    cx.editable(span, "the clock of this memory")?;
    let edge = match edge {
        Edge::Neg => "negedge",
        _ => "posedge",
    };
    Ok(format!("{edge} {}", cx.sources.text(span)))
}
