//! Registers that chain and wrapper do not read as they are, but through a copy.
//!
//! One kind is a net: of some registers only the whole can be written, and a
//! part is saved. The other kind is a register of its own. A register that its
//! process assigns by `=` changes while other processes run at the same clock
//! edge, so that whoever reads it across processes may see the old value or the
//! new one. Its process therefore leaves the value in a copy by `<=` too, and
//! the chain and the wrapper read that:
//!
//! ```verilog
//! always @(posedge clk) if (idetic_shift) begin     // inserted
//!   q = idetic_shifted[7:0];                        // inserted
//!   idetic_copy_0 <= idetic_shifted[7:0];           // inserted
//! end else begin q = d;                             // `end else begin` inserted
//!   idetic_copy_0 <= q; end                         // inserted
//! ```
//!
//! Each of the two variables is assigned in one way only, which Verilator asks
//! for. They get the same value at every edge, so that synthesis merges them.
//!
//! A register that the clock edge assigns both by `=` and by `<=` is shifted by
//! `<=` alone, so that the chain can read it as it is. Only for the wrapper, which
//! reads control registers while the design advances, a copy follows it in the
//! nonblocking region. (Verilator takes no such text, with or without idetic.)

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, codes};
use crate::netlist::{Assigned, Bits, RegId, Register};

use super::module::Context;
use super::text;
use super::tree::{Selected, select, whole};

/// What stands for a register where the chain or the wrapper reads it.
pub struct Copy {
    /// Its name.
    pub name: String,
    /// Its bits.
    pub width: u32,
    /// How it follows the register.
    pub kind: Kind,
    init: Option<Bits>,
}

/// How a copy follows its register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A net: at once.
    Net,
    /// The register's process assigns both.
    Kept,
    /// A process of its own assigns it when the nonblocking assignments land.
    Following,
}

impl Copy {
    /// Its declaration.
    pub fn declaration(&self) -> String {
        let (top, name) = (self.width - 1, &self.name);
        let text = match (self.kind, &self.init) {
            (Kind::Net, _) => format!("wire [{top}:0] {name};"),
            (_, Some(init)) => format!("reg [{top}:0] {name} = {init};"),
            (_, None) => format!("reg [{top}:0] {name};"),
        };
        text::unlinted(&["UNUSED"], &text)
    }

    /// What makes it follow `source` in front of `endmodule`.
    pub fn logic(&self, source: &str) -> Option<String> {
        let name = &self.name;
        match self.kind {
            Kind::Net => Some(format!("assign {name} = {source};")),
            Kind::Kept => None,
            Kind::Following => {
                let process = format!("always @* {name} <= {source};");
                Some(text::unlinted(&["COMBDLY"], &process))
            }
        }
    }
}

/// The registers of the instance that are not read as they are. What a generate
/// loop makes is read, and copied, there.
pub fn copies(cx: &Context) -> IndexMap<RegId, Copy> {
    let node = cx.node();
    let saved = node.own.iter().map(|chunk| {
        let register = cx.register(*chunk);
        let name = select(&register.origin, register.width, chunk.low, chunk.len);
        (chunk.register, matches!(name, Selected::OnlyWhole(_)))
    });
    let mut out = IndexMap::new();
    for (id, whole) in saved {
        let register = &cx.netlist.registers[id.index()];
        let kind = match register.origin.assigned {
            Assigned::Blocking => Kind::Kept,
            Assigned::Mixed if node.own_control.contains(&id) => Kind::Following,
            _ if whole => Kind::Net,
            _ => continue,
        };
        let number = out.len();
        if register.origin.process.place.loops.is_empty() {
            out.entry(id).or_insert_with(|| Copy {
                name: format!("idetic_copy_{number}"),
                width: register.width,
                kind,
                init: initial(cx, register),
            });
        }
    }
    out
}

/// The value that a copy of a register starts from.
fn initial(cx: &Context, register: &Register) -> Option<Bits> {
    let init = register.init.clone();
    init.filter(|_| !cx.options.forget_initial)
}

/// A control register as the module reads it for the wrapper.
pub fn seen(cx: &Context, copies: &IndexMap<RegId, Copy>, id: RegId) -> Result<String, Diagnostic> {
    let register = &cx.netlist.registers[id.index()];
    if let Some(copy) = copies.get(&id) {
        return Ok(copy.name.clone());
    }
    let place = &register.origin.process.place;
    if place.loops.is_empty() && register.origin.scope_path.is_empty() {
        return Ok(whole(&register.origin));
    }
    let own = cx.node().own.iter();
    let saved = own
        .clone()
        .find(|chunk| chunk.register == id && chunk.len == register.width);
    saved
        .map(|chunk| text::bits("idetic_saved", chunk.at, chunk.len))
        .or_else(|| place.loops.is_empty().then(|| whole(&register.origin)))
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
