//! The instance tree with what each instance adds to the chain and to the
//! control outputs.
//!
//! The chain of an instance is that of its whole subtree: a list of [`Piece`]s
//! from the least significant end up, each the instance's own saved bits or the
//! chain of a child. On a shift a piece takes the word above it: the lowest bits
//! of the pieces above, and of the instance's chain input where they do not fill
//! a word. The chain output is the lowest word, or all bits where they are fewer;
//! the chain input has as many, those that will get into the chain.

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use crate::layout::Layout;
use crate::netlist::{BitNaming, InstanceId, Netlist, Origin, RegId, register_groups};

use super::names;
use super::signals::Needs;
use super::wrapper::index_bits;

/// Consecutive bits of one register at consecutive places of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// The register.
    pub register: RegId,
    /// Its lowest bit in the chunk.
    pub low: u32,
    /// Bits.
    pub len: u32,
    /// Place of the lowest bit, counted from the start of the list cut up.
    pub at: u32,
}

/// A part of an instance's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The saved bits of the instance's own registers.
    Own,
    /// The chain of a child.
    Child(InstanceId),
}

/// What one instance adds.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Its own saved bits, in chain order.
    pub own: Vec<Chunk>,
    /// How many they are.
    pub own_bits: u32,
    /// The pieces of its chain, least significant first.
    pub pieces: Vec<Piece>,
    /// Bits of its whole chain; the chain ports exist where this is not 0.
    pub chain_bits: u32,
    /// Its own control registers that the wrapper needs to see.
    pub own_control: Vec<RegId>,
    /// Children with control outputs, in order.
    pub control_children: Vec<InstanceId>,
    /// Bits of its control output, own registers lowest, then the children's.
    pub control_bits: u32,
    /// Nets of the wrapper that it needs, for itself or below.
    pub needs: Needs,
    /// Its memory ports.
    pub memory: MemoryPorts,
    /// It or one below has a memory that outlives a supply failure by itself: its processes stand still at shifts.
    pub guards: bool,
}

/// The memory ports of an instance, for its whole subtree.
#[derive(Debug, Clone, Default)]
pub struct MemoryPorts {
    /// Its own memories, by their places in the layout; the lowest select bits.
    pub own: Vec<usize>,
    /// Children with memories, in order; the select bits above.
    pub children: Vec<InstanceId>,
    /// Select bits: memories of the subtree. The ports exist where this is not 0.
    pub select: u32,
    /// Bits of a row number.
    pub row: u32,
    /// Bits of the number of a word in a row, 0 where every row is one word.
    pub part: u32,
    /// Bits of a word, as far as any memory uses them.
    pub data: u32,
}

impl MemoryPorts {
    fn widen(&mut self, other: (u32, u32, u32)) {
        self.row = self.row.max(other.0);
        self.part = self.part.max(other.1);
        self.data = self.data.max(other.2);
    }
}

impl Node {
    /// Whether the instance needs to know of shifts.
    pub fn is_clocked(&self) -> bool {
        self.chain_bits > 0 || self.memory.select > 0 || self.guards
    }

    /// Whether the instance gets any port.
    pub fn is_touched(&self) -> bool {
        self.is_clocked() || self.control_bits > 0 || self.needs != Needs::default()
    }
}

/// The tree: a node per instance of the netlist.
#[derive(Debug, Clone)]
pub struct Tree {
    /// In netlist order, the top first.
    pub nodes: Vec<Node>,
    /// The control registers in the order of the top's control output, least
    /// significant first, each with its lowest bit there.
    pub control: IndexMap<RegId, u32>,
}

impl Tree {
    /// The node of an instance.
    pub fn node(&self, instance: InstanceId) -> &Node {
        &self.nodes[instance.index()]
    }
}

/// Cuts a list of bits into chunks.
pub fn chunks(bits: &[(RegId, u32)]) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for (at, &(register, bit)) in bits.iter().enumerate() {
        match out.last_mut() {
            Some(last) if last.register == register && last.low + last.len == bit => last.len += 1,
            _ => out.push(Chunk {
                register,
                low: bit,
                len: 1,
                at: at as u32,
            }),
        }
    }
    out
}

/// Builds the tree. `control` lists the control registers that the wrapper
/// decodes. The layout's promise that every subtree is contiguous is relied on.
pub fn build(netlist: &Netlist, layout: &Layout, control: &[RegId]) -> Tree {
    let mut nodes = vec![Node::default(); netlist.instances.len()];
    let mut starts = vec![u32::MAX; netlist.instances.len()];
    let mut own_starts = vec![u32::MAX; netlist.instances.len()];
    for segment in &layout.segments {
        let at = segment.instance.index();
        let range = segment.start as usize..(segment.start + segment.len) as usize;
        nodes[at].own = chunks(&layout.chain[range]);
        nodes[at].own_bits = segment.len;
        own_starts[at] = segment.start;
    }
    for register in with_their_like(netlist, control) {
        let instance = netlist.registers[register.index()].origin.instance;
        nodes[instance.index()].own_control.push(register);
    }

    for node in &mut nodes {
        let registers = node.own.iter().map(|chunk| chunk.register.index());
        let needs = registers.map(|at| Needs::of_register(&netlist.registers[at]));
        node.needs = needs.fold(Needs::default(), Needs::and);
    }
    for memory in netlist.kept_memories() {
        let instance = netlist.memories[memory.index()].origin.instance;
        nodes[instance.index()].guards = true;
    }
    for opaque in &netlist.black_boxes {
        if let Some(parent) = netlist.instances[opaque.instance.index()].parent {
            let node = &mut nodes[parent.index()];
            node.needs = node.needs.and(Needs::of_black_box(opaque));
        }
    }

    let mut children: Vec<Vec<InstanceId>> = vec![Vec::new(); nodes.len()];
    for (index, instance) in netlist.instances.iter().enumerate() {
        if let Some(parent) = instance.parent {
            children[parent.index()].push(InstanceId(index as u32));
        }
    }

    // Children come after their parents, so that the reverse order is bottom up.
    for index in (0..nodes.len()).rev() {
        let mut pieces = Vec::new();
        if nodes[index].own_bits > 0 {
            pieces.push((own_starts[index], nodes[index].own_bits, Piece::Own));
        }
        let mut control_bits: u32 = nodes[index]
            .own_control
            .iter()
            .map(|register| netlist.registers[register.index()].width)
            .sum();
        let mut control_children = Vec::new();
        let mut needs = nodes[index].needs;
        let guards = nodes[index].guards
            || (children[index].iter()).any(|child| nodes[child.index()].guards);
        for &child in &children[index] {
            let node = &nodes[child.index()];
            needs = needs.and(node.needs);
            if node.chain_bits > 0 {
                let piece = Piece::Child(child);
                pieces.push((starts[child.index()], node.chain_bits, piece));
            }
            if node.control_bits > 0 {
                control_children.push(child);
                control_bits += node.control_bits;
            }
        }
        pieces.sort_by_key(|&(start, ..)| start);
        debug_assert!(
            pieces
                .windows(2)
                .all(|pair| pair[0].0 + pair[0].1 == pair[1].0),
            "the layout keeps every subtree contiguous"
        );
        let mut memory = std::mem::take(&mut nodes[index].memory);
        for (at, place) in layout.memories.iter().enumerate() {
            if place.instance.index() != index {
                continue;
            }
            memory.own.push(at);
            memory.select += 1;
            let width = netlist.memories[place.memory.index()].width;
            let part = if place.row_words > 1 {
                index_bits(u64::from(place.row_words))
            } else {
                0
            };
            memory.widen((
                index_bits(u64::from(place.rows)),
                part,
                width.min(layout.word_bits),
            ));
        }
        for &child in &children[index] {
            let below = &nodes[child.index()].memory;
            if below.select > 0 {
                memory.children.push(child);
                memory.select += below.select;
                memory.widen((below.row, below.part, below.data));
            }
        }
        starts[index] = pieces.first().map_or(u32::MAX, |&(start, ..)| start);
        let node = &mut nodes[index];
        node.chain_bits = pieces.iter().map(|&(_, bits, _)| bits).sum();
        node.pieces = pieces.into_iter().map(|(.., piece)| piece).collect();
        node.control_bits = control_bits;
        node.memory = memory;
        node.control_children = control_children;
        node.needs = needs;
        node.guards = guards;
    }

    let mut tree = Tree {
        nodes,
        control: IndexMap::new(),
    };
    if !tree.nodes.is_empty() {
        let mut next = 0;
        let mut order = IndexMap::new();
        control_order(&tree, netlist, InstanceId(0), &mut next, &mut order);
        tree.control = order;
    }
    tree
}

/// The registers, and those that the same text makes in other iterations of a generate loop, in netlist order: one statement
/// connects all instances alike, whichever of them the wrapper looks into.
fn with_their_like(netlist: &Netlist, control: &[RegId]) -> Vec<RegId> {
    let wanted: FxHashSet<RegId> = control.iter().copied().collect();
    let groups = register_groups(netlist).into_iter();
    let groups = groups.filter(|group| group.iter().any(|register| wanted.contains(register)));
    let mut all: Vec<RegId> = groups.flatten().collect();
    all.sort_unstable();
    all
}

fn control_order(
    tree: &Tree,
    netlist: &Netlist,
    instance: InstanceId,
    next: &mut u32,
    order: &mut IndexMap<RegId, u32>,
) {
    let node = tree.node(instance);
    for &register in &node.own_control {
        order.insert(register, *next);
        *next += netlist.registers[register.index()].width;
    }
    for &child in &node.control_children {
        control_order(tree, netlist, child, next, order);
    }
}

/// How the source text names some bits of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selected {
    /// As an operand and as an assignment target.
    Text(String),
    /// No part of it can be written, only the whole, given here.
    OnlyWhole(String),
}

/// Names bits `low..low + len` of a register of `width` bits, as seen from the
/// module that declares it.
pub fn select(origin: &Origin, width: u32, low: u32, len: u32) -> Selected {
    let whole = whole(origin);
    if low == 0 && len == width {
        return Selected::Text(whole);
    }
    let BitNaming::Vector { lsb, descending } = origin.bits else {
        return Selected::OnlyWhole(whole);
    };
    let index = |bit: u32| {
        if descending {
            lsb + i64::from(bit)
        } else {
            lsb - i64::from(bit)
        }
    };
    // A register that is part of a variable has a part select of its own.
    let base = match whole.rfind('[') {
        Some(open) if whole[open..].contains(':') => &whole[..open],
        _ => &whole,
    };
    let (high, low) = (index(low + len - 1), index(low));
    Selected::Text(if len == 1 {
        format!("{base}[{low}]")
    } else {
        format!("{base}[{high}:{low}]")
    })
}

/// A whole register as a target of plain bits. An enum takes no bits without a
/// cast, and a cast needs a name for its type; a concatenation takes them in
/// every tool.
pub fn target(origin: &Origin) -> String {
    match origin.enumerated {
        true => format!("{{{}}}", whole(origin)),
        false => whole(origin),
    }
}

/// A whole register as seen from the module that declares it.
pub fn whole(origin: &Origin) -> String {
    let mut text = String::new();
    for scope in &origin.scope_path {
        text.push_str(&names::scoped(scope));
        text.push('.');
    }
    text.push_str(&names::identifier(&origin.variable));
    text.push_str(
        origin
            .target
            .strip_prefix(origin.variable.as_str())
            .unwrap_or(""),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_join_only_rising_bits_of_one_register() {
        let (a, b) = (RegId(0), RegId(1));
        let cut = chunks(&[(a, 0), (a, 1), (b, 3), (b, 2), (a, 2)]);
        let shape: Vec<_> = cut
            .iter()
            .map(|c| (c.register, c.low, c.len, c.at))
            .collect();
        assert_eq!(
            shape,
            [(a, 0, 2, 0), (b, 3, 1, 2), (b, 2, 1, 3), (a, 2, 1, 4)]
        );
    }
}
