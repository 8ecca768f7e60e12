//! The instances that one statement makes: in a generate loop, or as an array.
//!
//! Their chains and control outputs run through vectors of the module, with a
//! part for each of them. Where parameters give them chains of different
//! lengths, place and length of the parts are constants that the genvars decide.

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{SymbolId, SymbolKind};
use crate::netlist::InstanceId;

use super::connect::port_bits;
use super::constant::{Given, table};
use super::module::{self, Context};
use super::text;

/// The instances of one statement in a generate loop, or of an array.
pub struct Family {
    /// Number of its vectors.
    pub number: usize,
    /// In order of iterations.
    pub members: Vec<InstanceId>,
}

impl Family {
    /// The place of a member.
    pub fn place(&self, member: InstanceId) -> Option<u32> {
        let place = self.members.iter().position(|other| *other == member);
        place.map(|at| at as u32)
    }
}

/// The children that stand in loops or arrays, by their statement.
pub fn families(cx: &Context) -> Vec<Family> {
    let mut found: IndexMap<SymbolId, Vec<InstanceId>> = IndexMap::new();
    for child in module::children(cx) {
        let instance = &cx.netlist.instances[child.index()];
        let Some(symbol) = instance.symbol else {
            continue;
        };
        let array = match &cx.ast[symbol].kind {
            SymbolKind::Instance(syntax) => !syntax.dims.is_empty(),
            _ => false,
        };
        if (array || !instance.place.loops.is_empty()) && cx.tree.node(child).is_touched() {
            found.entry(symbol).or_default().push(child);
        }
    }
    let members = found.into_values().enumerate();
    members
        .map(|(number, members)| Family { number, members })
        .collect()
}

/// The error where the members of a family need different modules.
pub fn unlike(
    cx: &Context,
    family: &Family,
    suffix: impl Fn(InstanceId) -> String,
) -> Option<Diagnostic> {
    let first = family.members[0];
    let symbol = cx.netlist.instances[first.index()].symbol;
    let shape = |of: InstanceId| {
        let node = cx.tree.node(of);
        (suffix(of), node.chain_bits > 0, node.control_bits > 0)
    };
    let same = |other: &InstanceId| shape(*other) == shape(first);
    let siblings = module::children(cx)
        .filter(|child| cx.netlist.instances[child.index()].symbol == symbol)
        .count();
    if siblings == family.members.len() && family.members.iter().all(same) {
        return None;
    }
    let span = cx.ast[symbol?].span;
    let path = &cx.netlist.instances[first.index()].path;
    Some(
        Diagnostic::error(
            codes::CANNOT_EDIT,
            span,
            format!(
                "one statement makes `{path}` and its like, which need different versions of their module"
            ),
        )
        .at("one text for several instances")
        .note("by their parameters they have different registers, and no constant expression over the parameters says which")
        .help("declare the parameters in the module's header as whole numbers, or write the instances out"),
    )
}

/// One of the vectors that a family's ports are connected to.
pub struct Bus<'a> {
    cx: &'a Context<'a>,
    name: String,
    family: &'a Family,
    /// Lowest bit and width of each member's part.
    parts: Vec<(u32, u32)>,
}

impl<'a> Bus<'a> {
    /// What goes into the chains.
    pub fn inputs(cx: &'a Context, family: &'a Family) -> Bus<'a> {
        Bus::new(cx, "idetic_ins", family, port_bits)
    }

    /// What comes out of the chains.
    pub fn outputs(cx: &'a Context, family: &'a Family) -> Bus<'a> {
        Bus::new(cx, "idetic_outs", family, port_bits)
    }

    /// The control outputs.
    pub fn control(cx: &'a Context, family: &'a Family) -> Bus<'a> {
        Bus::new(cx, "idetic_ctls", family, |cx, of| {
            cx.tree.node(of).control_bits
        })
    }

    fn new(
        cx: &'a Context,
        name: &str,
        family: &'a Family,
        width: fn(&Context, InstanceId) -> u32,
    ) -> Bus<'a> {
        let mut next = 0;
        let mut part = |member: &InstanceId| {
            let (at, width) = (next, width(cx, *member));
            next += width;
            (at, width)
        };
        let parts = family.members.iter().map(&mut part).collect();
        let name = format!("{name}_{}", family.number);
        Bus {
            cx,
            name,
            family,
            parts,
        }
    }

    /// Bits of all parts.
    fn bits(&self) -> u32 {
        self.parts.last().map_or(0, |&(at, width)| at + width)
    }

    /// Its declaration, if it has bits.
    pub fn declaration(&self) -> Option<String> {
        let bits = self.bits();
        (bits > 0).then(|| format!("wire [{}:0] {};", bits - 1, self.name))
    }

    /// The part of a member, seen from the module.
    pub fn part(&self, member: InstanceId) -> String {
        let at = self.family.place(member).expect("a member of the family");
        let (low, width) = self.parts[at as usize];
        text::bits(&self.name, low, width)
    }

    /// The same as the instances' own text sees it, for all members. An array of
    /// instances takes the parts of all its elements, the rightmost lowest.
    pub fn own_part(&self) -> String {
        let mut at: Vec<(&Given, i64)> = Vec::new();
        let mut width: Vec<(&Given, i64)> = Vec::new();
        for (member, &(place, own)) in self.family.members.iter().zip(&self.parts) {
            let loops = &*self.cx.netlist.instances[member.index()].place.loops;
            let own = i64::from(own);
            match width.last_mut() {
                Some((last, width)) if *last == loops => *width += own,
                _ => {
                    at.push((loops, i64::from(place)));
                    width.push((loops, own));
                }
            }
        }
        if at.len() == 1 && i64::from(self.bits()) == width[0].1 {
            return self.name.clone();
        }
        let (index, width) = (table(&at), table(&width));
        match &*width {
            "1" => format!("{}[{index}]", self.name),
            width => format!("{}[{index} +: {width}]", self.name),
        }
    }
}

/// The vectors of a family: declarations.
pub fn declarations(cx: &Context, family: &Family) -> Vec<String> {
    let all = [
        Bus::inputs(cx, family),
        Bus::outputs(cx, family),
        Bus::control(cx, family),
    ];
    all.iter().filter_map(Bus::declaration).collect()
}
