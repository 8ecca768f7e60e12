//! Evaluation from the roots: only what decides them.
//!
//! Where the states of a machine are tried one by one, most of a netlist is
//! about other states: the legs that multiplexers do not choose. A sweep of what
//! [`Needed`] describes starts at the roots and leaves such legs out, so that its
//! cost is that of the logic of one state and not of all.
//!
//! What it has visited is the *region*. Facts assumed afterwards are carried
//! through the region only; outside of it nothing can matter to the roots.

use super::{Cone, Contradiction, Known, Scratch, forward};
use crate::netlist::{BinaryOp, ExprId, Exprs, Node};

/// What sweeps of a cone begin and end with.
#[derive(Debug, Clone)]
pub struct Needed {
    roots: Vec<u32>,
    /// Per slot, a bit: it depends on a leaf that is set anew for each sweep.
    depends: Vec<u64>,
}

impl Needed {
    /// For sweeps after `leaves` have been set, of which `roots` will be asked
    /// for; all in the cone.
    pub fn new(
        cone: &Cone,
        exprs: &Exprs,
        leaves: impl IntoIterator<Item = ExprId>,
        roots: impl IntoIterator<Item = ExprId>,
    ) -> Needed {
        let mut depends = vec![0u64; cone.nodes.len().div_ceil(64)];
        for leaf in leaves {
            let slot = cone.slot(leaf);
            depends[slot / 64] |= 1 << (slot % 64);
        }
        for (slot, &id) in cone.nodes.iter().enumerate() {
            let mut found = false;
            exprs.operands(id, |operand| {
                let operand = cone.slot(operand);
                found |= depends[operand / 64] >> (operand % 64) & 1 == 1;
            });
            // What a memory holds is not known, whatever its address.
            if found && !matches!(exprs.node(id), Node::MemRead(..)) {
                depends[slot / 64] |= 1 << (slot % 64);
            }
        }
        let roots = roots.into_iter().map(|root| cone.slot(root) as u32);
        Needed {
            roots: roots.collect(),
            depends,
        }
    }

    fn depends(&self, slot: u32) -> bool {
        self.depends[slot as usize / 64] >> (slot % 64) & 1 == 1
    }
}

/// What is to be done with a slot of the region.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task {
    /// To be visited, if it has not been.
    Visit(u32),
    /// A multiplexer of a chain, the selector of which has been evaluated.
    LookUp(u32),
    /// What such a multiplexer passes has been evaluated.
    Pass(u32, ExprId),
    /// What chooses among its operands has been evaluated.
    Choose(u32),
    /// All operands that it needs have been.
    Evaluate(u32),
}

impl Known {
    /// For planes that were swept before the leaves of `needed` were
    /// [set](Known::set): evaluates what its roots depend on, given what is
    /// known. The planes keep to this region until the next such sweep.
    pub fn sweep_needed(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        needed: &Needed,
        scratch: &mut Scratch,
    ) -> Result<(), Contradiction> {
        scratch.fit(cone);
        self.region = scratch.begin_region();
        let mut tasks = std::mem::take(&mut scratch.tasks);
        tasks.clear();
        tasks.extend(needed.roots.iter().map(|&root| Task::Visit(root)));
        let mut result = Ok(());
        while let Some(task) = tasks.pop() {
            let visit = |id: ExprId| Task::Visit(cone.slot(id) as u32);
            match task {
                Task::Visit(slot) => {
                    if std::mem::replace(&mut scratch.stamps[slot as usize], self.region)
                        == self.region
                    {
                        continue;
                    }
                    scratch.work += 1;
                    match exprs.node(cone.nodes[slot as usize]) {
                        Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) => {}
                        Node::MemRead(_, address) => tasks.push(visit(*address)),
                        Node::Mux(select, ..) => match cone.chain_selector(slot as usize) {
                            Some(selector) => {
                                tasks.extend([Task::LookUp(slot), visit(selector)]);
                            }
                            None => tasks.extend([Task::Choose(slot), visit(*select)]),
                        },
                        Node::Index(first, _) => {
                            tasks.extend([Task::Choose(slot), visit(*first)]);
                        }
                        Node::Binary(BinaryOp::And | BinaryOp::Or, first, _)
                            if exprs.width(*first) == 1 =>
                        {
                            tasks.extend([Task::Choose(slot), visit(*first)]);
                        }
                        _ => {
                            tasks.push(Task::Evaluate(slot));
                            exprs.operands(cone.nodes[slot as usize], |id| tasks.push(visit(id)));
                        }
                    }
                }
                Task::LookUp(slot) => {
                    let id = cone.nodes[slot as usize];
                    match (cone.passed(exprs, self, id), exprs.node(id)) {
                        (Some(leg), _) => {
                            scratch.pass(self.region, slot, cone.slot(leg));
                            tasks.extend([Task::Pass(slot, leg), visit(leg)]);
                        }
                        (None, Node::Mux(select, ..)) => {
                            tasks.extend([Task::Choose(slot), visit(*select)]);
                        }
                        _ => {}
                    }
                }
                Task::Pass(slot, leg) if needed.depends(slot) => {
                    let from = cone.range(cone.slot(leg));
                    let count = from.len();
                    scratch.value[..count].copy_from_slice(&self.value[from.clone()]);
                    scratch.known[..count].copy_from_slice(&self.known[from]);
                    result = self
                        .refine(cone, slot as usize, &scratch.value, &scratch.known)
                        .map(|_| ());
                    if result.is_err() {
                        break;
                    }
                }
                Task::Pass(..) => {}
                Task::Choose(slot) => {
                    tasks.push(Task::Evaluate(slot));
                    match exprs.node(cone.nodes[slot as usize]) {
                        Node::Mux(select, then, other) => match self.bit(cone, *select, 0) {
                            Some(true) => tasks.push(visit(*then)),
                            Some(false) => tasks.push(visit(*other)),
                            None => tasks.extend([visit(*then), visit(*other)]),
                        },
                        Node::Index(index, items) => {
                            let at = self.planes(cone, *index).number(exprs.width(*index));
                            match at {
                                Some(at) => {
                                    let item =
                                        usize::try_from(at).ok().and_then(|at| items.get(at));
                                    tasks.extend(item.map(|&item| visit(item)));
                                }
                                None => tasks.extend(items.iter().map(|&item| visit(item))),
                            }
                        }
                        Node::Binary(op, first, second) => {
                            let decides = *op == BinaryOp::Or;
                            if self.bit(cone, *first, 0) != Some(decides) {
                                tasks.push(visit(*second));
                            }
                        }
                        _ => {}
                    }
                }
                Task::Evaluate(slot) => {
                    if !needed.depends(slot) {
                        continue;
                    }
                    let id = cone.nodes[slot as usize];
                    forward::evaluate(exprs, cone, self, id, scratch);
                    result = self
                        .refine(cone, slot as usize, &scratch.value, &scratch.known)
                        .map(|_| ());
                    if result.is_err() {
                        break;
                    }
                }
            }
        }
        scratch.tasks = tasks;
        result
    }
}

impl Known {
    /// Lets facts be carried through the whole cone again: for planes in which
    /// nothing has been set since a full sweep.
    pub fn whole_cone(&mut self) {
        self.region = 0;
    }
}

impl Scratch {
    /// A new number for a region, with no slot in it.
    fn begin_region(&mut self) -> u32 {
        self.region = self.region.wrapping_add(1);
        if self.region == 0 {
            self.stamps.fill(0);
            self.passed.fill((0, 0));
            self.region = 1;
        }
        self.region
    }

    /// Notes that a multiplexer passes what is not one of its operands.
    fn pass(&mut self, region: u32, mux: u32, leg: usize) {
        let (at, first) = self.passed[leg];
        // Itself ends the list.
        self.next_passing[mux as usize] = if at == region { first } else { mux };
        self.passed[leg] = (region, mux);
    }

    /// The first multiplexer that passes a slot past others.
    pub(super) fn passing(&self, known: &Known, leg: usize) -> Option<u32> {
        let (at, first) = self.passed[leg];
        (known.region != 0 && at == known.region).then_some(first)
    }

    /// The one after it.
    pub(super) fn also_passing(&self, mux: u32) -> Option<u32> {
        let next = self.next_passing[mux as usize];
        (next != mux).then_some(next)
    }

    /// Whether a slot is in the region of some planes; all are where there is none.
    pub(super) fn in_region(&self, known: &Known, slot: u32) -> bool {
        known.region == 0 || self.stamps[slot as usize] == known.region
    }
}
