//! What a control state uses, edge by edge, and the least fixpoint of it.

use super::demand::Demand;
use super::{BitIndex, BitSet};
use crate::control::cases::{ResetCase, reset_cases};
use crate::control::{Assumption, ControlGraph, Edge, StateId};
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{Bits, ExprId, MemId, Netlist, RegId};

/// A trial of fewer facts fails: they do not determine the edges or do not lead
/// into those of their targets, or a bit is used that must not be.
pub(super) struct Refused;

/// Computes uses; holds what does not change from state to state.
pub(super) struct Uses<'a> {
    netlist: &'a Netlist,
    bits: &'a BitIndex,
    cone: Cone,
    cases: Vec<ResetCase>,
    demand: Demand,
    scratch: Scratch,
    /// Outputs: used in every cycle.
    observed: Vec<ExprId>,
    /// Spare planes.
    pool: Vec<Known>,
}

/// What the walk down a state's decision tree needs.
struct Walk<'w> {
    graph: &'w ControlGraph,
    live: &'w [BitSet],
    case: &'w ResetCase,
    /// On trial: demand that both branches of a split exist or are impossible,
    /// that every edge surely leads into the facts of its target, and that no
    /// other bits are used than these.
    trial: Option<&'w BitSet>,
}

impl<'a> Uses<'a> {
    pub(super) fn new(netlist: &'a Netlist, bits: &'a BitIndex) -> Uses<'a> {
        let cone = Cone::new(&netlist.exprs, netlist.roots());
        let mut scratch = Scratch::default();
        let outputs = netlist.outputs.iter().map(|output| output.expr);
        Uses {
            netlist,
            bits,
            cases: reset_cases(netlist, &cone, &mut scratch),
            demand: Demand::new(&cone),
            observed: outputs.collect(),
            cone,
            scratch,
            pool: Vec::new(),
        }
    }

    pub(super) fn bits(&self) -> &'a BitIndex {
        self.bits
    }

    /// Adds to `used` the bits that a state uses, its facts included, given
    /// the live bits of its successors. Given `trial`, which holds all bits that
    /// may be used, it also checks that the facts determine the edges; then
    /// `used` is complete only without an error. Without, there is no error.
    pub(super) fn add(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        live: &[BitSet],
        trial: Option<&BitSet>,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let cases = std::mem::take(&mut self.cases);
        let result = cases.iter().try_for_each(|case| {
            let walk = Walk {
                graph,
                live,
                case,
                trial,
            };
            self.case(&walk, state, used)
        });
        self.cases = cases;
        for (register, value) in graph
            .registers
            .iter()
            .zip(&graph.states[state.index()].values)
        {
            if value.is_known() {
                for bit in self.bits.range(*register) {
                    used.insert(bit);
                }
            }
        }
        result
    }

    fn case(&mut self, walk: &Walk<'_>, state: StateId, used: &mut BitSet) -> Result<(), Refused> {
        let prefix = &walk.case.assumptions;
        let edges = walk.graph.edges_from(state);
        let start = edges.iter().position(|e| e.assumptions.starts_with(prefix));
        let start = start.unwrap_or(edges.len());
        let count = (edges[start..].iter())
            .take_while(|edge| edge.assumptions.starts_with(prefix))
            .count();
        let edges = &edges[start..start + count];
        let mut known = self.planes(&walk.case.known);
        let values = &walk.graph.states[state.index()].values;
        let mut changed = Vec::with_capacity(values.len());
        for (register, value) in walk.graph.registers.iter().zip(values) {
            let expr = self.netlist.registers[register.index()].expr;
            if walk.case.held[register.index()].is_none() && value.is_known() {
                known.set(&self.cone, expr, value);
                changed.push(expr);
            }
        }
        let exprs = &self.netlist.exprs;
        let swept = known.sweep_from(&self.cone, exprs, changed, &mut self.scratch);
        let result = match (swept, edges) {
            (Err(_), _) => Ok(()),
            (Ok(()), []) => {
                if walk.trial.is_some() {
                    Err(Refused)
                } else {
                    Ok(())
                }
            }
            (Ok(()), edges) => self.tree(walk, edges, prefix.len(), &known, used),
        };
        self.pool.push(known);
        result
    }

    /// A node of the decision tree: `edges` share their first `depth` assumptions.
    fn tree(
        &mut self,
        walk: &Walk<'_>,
        edges: &[Edge],
        depth: usize,
        known: &Known,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let Some(&Assumption { expr, bit, .. }) = edges[0].assumptions.get(depth) else {
            return self.leaf(walk, &edges[0], known, used);
        };
        self.demand.bit(&self.cone, expr, bit);
        self.collect(walk, known, used)?;
        let first = edges[0].assumptions[depth].value;
        let same = edges.partition_point(|edge| edge.assumptions[depth].value == first);
        let (own, other) = edges.split_at(same);
        for (value, edges) in [(first, own), (!first, other)] {
            if edges.is_empty() && walk.trial.is_none() {
                continue;
            }
            let mut branch = self.planes(known);
            let fact = (expr, bit, value);
            let exprs = &self.netlist.exprs;
            let possible = branch.assume(&self.cone, exprs, fact, &mut self.scratch);
            let result = match (possible, edges) {
                (Err(_), _) => Ok(()),
                (Ok(()), []) => Err(Refused),
                (Ok(()), edges) => self.tree(walk, edges, depth + 1, &branch, used),
            };
            self.pool.push(branch);
            result?;
        }
        Ok(())
    }

    /// A transition: all outputs are used, and what the next state needs.
    fn leaf(
        &mut self,
        walk: &Walk<'_>,
        edge: &Edge,
        known: &Known,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let (netlist, exprs) = (self.netlist, &self.netlist.exprs);
        if walk.trial.is_some() {
            let target = &walk.graph.states[edge.to.index()].values;
            for (register, value) in walk.graph.registers.iter().zip(target) {
                let next = walk.case.next(netlist, *register);
                if value.is_known() && known.bits(&self.cone, exprs, next) != *value {
                    return Err(Refused);
                }
            }
        }
        for &expr in &self.observed {
            self.demand.all(&self.cone, exprs, expr);
        }
        let live = &walk.live[edge.to.index()];
        for memory in netlist.written_memories() {
            if live.contains(self.bits.memory(memory)) {
                self.memory(walk, memory, known, used)?;
            }
        }
        for index in 0..netlist.registers.len() {
            let register = RegId(index as u32);
            let range = self.bits.range(register);
            let next = walk.case.next(netlist, register);
            for (limb, at) in range.clone().step_by(64).enumerate() {
                let below = range.end - at;
                let mask = if below < 64 {
                    (1 << below) - 1
                } else {
                    u64::MAX
                };
                let need = live.word(at) & mask;
                if need != 0 {
                    self.demand.limb(&self.cone, next, limb, need);
                }
            }
        }
        self.collect(walk, known, used)
    }

    /// A memory that is live behind a transition: its old contents are used
    /// unless every word is overwritten, and so is what may be written.
    fn memory(
        &mut self,
        walk: &Walk<'_>,
        memory: MemId,
        known: &Known,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let (netlist, exprs) = (self.netlist, &self.netlist.exprs);
        let of = &netlist.memories[memory.index()];
        let mut kept = vec![true; of.depth as usize];
        for write in &of.writes {
            let enable = known.bit(&self.cone, write.enable, 0);
            if enable == Some(false) {
                continue;
            }
            for expr in [write.enable, write.address, write.data, write.mask] {
                self.demand.all(&self.cone, exprs, expr);
            }
            let whole = known.bits(&self.cone, exprs, write.mask) == Bits::ones(of.width);
            let address = known.bits(&self.cone, exprs, write.address).to_u64();
            if let (Some(true), true, Some(at)) = (enable, whole, address)
                && let Some(kept) = kept.get_mut(at as usize)
            {
                *kept = false;
            }
        }
        if kept.contains(&true) {
            return self.use_memory(walk, memory, used);
        }
        Ok(())
    }

    fn use_memory(
        &self,
        walk: &Walk<'_>,
        memory: MemId,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let number = self.bits.memory(memory);
        used.insert(number);
        match walk.trial {
            Some(allowed) if !allowed.contains(number) => Err(Refused),
            _ => Ok(()),
        }
    }

    /// Carries the demand down to the registers and memories.
    fn collect(
        &mut self,
        walk: &Walk<'_>,
        known: &Known,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let bits = self.bits;
        let mut refused = false;
        let read = |register: RegId, limb: usize, need: u64| {
            if let Some(value) = walk.case.held[register.index()] {
                return Some(value);
            }
            let at = bits.of(register, limb as u32 * 64);
            used.insert_word(at, need);
            refused |= walk
                .trial
                .is_some_and(|allowed| need & !allowed.word(at) != 0);
            None
        };
        let exprs = &self.netlist.exprs;
        self.demand.sweep(&self.cone, exprs, known, read);
        let memories = std::mem::take(&mut self.demand.memories);
        for &memory in &memories {
            if !self.netlist.memories[memory.index()].writes.is_empty() {
                refused |= self.use_memory(walk, memory, used).is_err();
            }
        }
        self.demand.memories = memories;
        self.demand.memories.clear();
        if refused { Err(Refused) } else { Ok(()) }
    }

    /// A copy of some planes, in recycled memory.
    fn planes(&mut self, from: &Known) -> Known {
        match self.pool.pop() {
            Some(mut planes) => {
                planes.copy_from(from);
                planes
            }
            None => from.clone(),
        }
    }
}

/// The states, successors before predecessors where there is no cycle.
pub(super) fn postorder(graph: &ControlGraph) -> Vec<StateId> {
    let mut order = Vec::with_capacity(graph.states.len());
    let mut seen = vec![false; graph.states.len()];
    for root in 0..graph.states.len() {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut stack = vec![(StateId(root as u32), 0)];
        while let Some((state, at)) = stack.last_mut() {
            match graph.edges_from(*state).get(*at) {
                Some(edge) => {
                    *at += 1;
                    let to = edge.to;
                    if !std::mem::replace(&mut seen[to.index()], true) {
                        stack.push((to, 0));
                    }
                }
                None => {
                    order.push(*state);
                    stack.pop();
                }
            }
        }
    }
    order
}

/// Per state, the states with an edge to it.
pub(super) fn predecessors(graph: &ControlGraph) -> Vec<Vec<StateId>> {
    let mut found: Vec<Vec<StateId>> = vec![Vec::new(); graph.states.len()];
    for edge in &graph.edges {
        let list = &mut found[edge.to.index()];
        if list.last() != Some(&edge.from) {
            list.push(edge.from);
        }
    }
    found
}

/// The least live sets: passes over the states, successors first, until
/// no set grows.
pub(super) fn fixpoint(uses: &mut Uses<'_>, graph: &ControlGraph) -> Vec<BitSet> {
    let order = postorder(graph);
    let before = predecessors(graph);
    let mut live = vec![uses.bits().empty(); graph.states.len()];
    let mut dirty = vec![true; graph.states.len()];
    while dirty.contains(&true) {
        for &state in &order {
            if !std::mem::replace(&mut dirty[state.index()], false) {
                continue;
            }
            let mut used = live[state.index()].clone();
            // Without the check there is no error.
            let _ = uses.add(graph, state, &live, None, &mut used);
            if used != live[state.index()] {
                live[state.index()] = used;
                for from in &before[state.index()] {
                    dirty[from.index()] = true;
                }
            }
        }
    }
    live
}
