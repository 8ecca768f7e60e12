//! The control graph without parallel edges: cycles and longest paths that
//! avoid given states.

use std::collections::VecDeque;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashSet;

use crate::control::ControlGraph;

/// States as numbers with their neighbours, sorted and without duplicates.
pub(super) struct Flow {
    successors: Vec<Vec<u32>>,
    predecessors: Vec<Vec<u32>>,
}

impl Flow {
    pub(super) fn new(graph: &ControlGraph) -> Flow {
        let edges = graph.edges.iter().map(|edge| (edge.from.0, edge.to.0));
        Flow::from_edges(graph.states.len(), edges)
    }

    /// A graph of `count` states; those without a predecessor are initial.
    pub(super) fn from_edges(count: usize, edges: impl IntoIterator<Item = (u32, u32)>) -> Flow {
        let mut successors = vec![Vec::new(); count];
        let mut predecessors = vec![Vec::new(); count];
        for (from, to) in edges {
            successors[from as usize].push(to);
            predecessors[to as usize].push(from);
        }
        for list in successors.iter_mut().chain(&mut predecessors) {
            list.sort_unstable();
            list.dedup();
        }
        Flow {
            successors,
            predecessors,
        }
    }

    /// How many states there are.
    pub(super) fn len(&self) -> usize {
        self.successors.len()
    }

    /// The states that may follow a state.
    pub(super) fn successors(&self, state: usize) -> &[u32] {
        &self.successors[state]
    }

    /// The states that may come before a state.
    pub(super) fn predecessors(&self, state: usize) -> &[u32] {
        &self.predecessors[state]
    }

    /// The states that are not blocked, each after those of its predecessors;
    /// `None` if there is a cycle among them.
    pub(super) fn order_without(&self, blocked: &[bool]) -> Option<Vec<u32>> {
        let mut open: Vec<usize> = (self.predecessors.iter())
            .map(|before| {
                before
                    .iter()
                    .filter(|&&from| !blocked[from as usize])
                    .count()
            })
            .collect();
        let free = (0..self.len()).filter(|&state| !blocked[state]);
        let count = free.clone().count();
        let mut order: Vec<u32> = free
            .filter(|&state| open[state] == 0)
            .map(|state| state as u32)
            .collect();
        let mut at = 0;
        while let Some(&state) = order.get(at) {
            at += 1;
            for &to in &self.successors[state as usize] {
                open[to as usize] -= 1;
                if open[to as usize] == 0 && !blocked[to as usize] {
                    order.push(to);
                }
            }
        }
        (order.len() == count).then_some(order)
    }

    /// All states in reverse post-order of a search from `starts`, so that edges
    /// lead forward except where they close a loop.
    pub(super) fn depth_first(&self, starts: &[bool]) -> Vec<u32> {
        let mut seen = vec![false; self.len()];
        let mut post = Vec::with_capacity(self.len());
        let roots = (0..self.len()).filter(|&state| starts[state]);
        for root in roots.chain(0..self.len()) {
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            let mut path = vec![(root as u32, 0)];
            while let Some((state, at)) = path.last_mut() {
                match self.successors[*state as usize].get(*at) {
                    Some(&to) => {
                        *at += 1;
                        if !std::mem::replace(&mut seen[to as usize], true) {
                            path.push((to, 0));
                        }
                    }
                    None => {
                        post.push(*state);
                        path.pop();
                    }
                }
            }
        }
        post.reverse();
        post
    }

    /// All states by their distance from `starts`.
    pub(super) fn breadth_first(&self, starts: &[bool]) -> Vec<u32> {
        let mut seen = starts.to_vec();
        let mut order: Vec<u32> = (0..self.len() as u32)
            .filter(|&state| starts[state as usize])
            .collect();
        let mut at = 0;
        for root in 0..self.len() {
            while let Some(&state) = order.get(at) {
                at += 1;
                for &to in &self.successors[state as usize] {
                    if !std::mem::replace(&mut seen[to as usize], true) {
                        order.push(to);
                    }
                }
            }
            if !std::mem::replace(&mut seen[root], true) {
                order.push(root as u32);
            }
        }
        order
    }

    /// Whether a state can be left and entered in one step.
    pub(super) fn has_self_loop(&self, state: usize) -> bool {
        self.successors[state]
            .binary_search(&(state as u32))
            .is_ok()
    }

    /// Cycles that avoid the `blocked` states: from each strongly connected
    /// component that is left, a shortest one through its first state. Empty
    /// exactly if there is no cycle.
    pub(super) fn cycles(&self, blocked: &[bool]) -> Vec<Vec<u32>> {
        let mut rest = DiGraph::<(), (), u32>::with_capacity(self.len(), 0);
        for _ in 0..self.len() {
            rest.add_node(());
        }
        for (from, list) in self.successors.iter().enumerate() {
            for &to in list {
                if !blocked[from] && !blocked[to as usize] {
                    rest.add_edge(NodeIndex::new(from), NodeIndex::new(to as usize), ());
                }
            }
        }
        let mut found = Vec::new();
        for component in tarjan_scc(&rest) {
            let first = component.iter().map(|node| node.index()).min();
            let first = first.expect("a component is not empty");
            if component.len() > 1 || (!blocked[first] && self.has_self_loop(first)) {
                found.extend(self.shortest_cycle(first, blocked));
            }
        }
        found.sort_unstable();
        found
    }

    /// Whether a state is on a cycle that avoids the blocked ones.
    pub(super) fn is_on_cycle(&self, state: usize, blocked: &[bool]) -> bool {
        let mut seen = FxHashSet::default();
        let mut open = vec![state as u32];
        while let Some(at) = open.pop() {
            for &to in &self.successors[at as usize] {
                if to as usize == state {
                    return true;
                }
                if !blocked[to as usize] && seen.insert(to) {
                    open.push(to);
                }
            }
        }
        false
    }

    /// A shortest cycle through a state that avoids the blocked ones.
    pub(super) fn shortest_cycle(&self, through: usize, blocked: &[bool]) -> Option<Vec<u32>> {
        let mut before = vec![u32::MAX; self.len()];
        let mut queue = VecDeque::from([through as u32]);
        while let Some(state) = queue.pop_front() {
            for &to in &self.successors[state as usize] {
                if to as usize == through {
                    let mut cycle = vec![state];
                    while *cycle.last().expect("not empty") as usize != through {
                        cycle.push(before[cycle[cycle.len() - 1] as usize]);
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if !blocked[to as usize] && before[to as usize] == u32::MAX {
                    before[to as usize] = state;
                    queue.push_back(to);
                }
            }
        }
        None
    }

    /// Per state the most edges of a path to it that begins in a blocked state,
    /// or anywhere, and has no blocked state inside; with the state before it
    /// on that path (`u32::MAX` where it begins). Blocked states cut every cycle.
    fn distances(&self, blocked: &[bool]) -> (Vec<u64>, Vec<u32>) {
        let mut open: Vec<usize> = (0..self.len())
            .map(|state| {
                let before = self.predecessors[state].iter();
                before.filter(|&&from| !blocked[from as usize]).count()
            })
            .collect();
        let mut distance = vec![0; self.len()];
        let mut before = vec![u32::MAX; self.len()];
        for state in 0..self.len() {
            let entered = self.predecessors[state]
                .iter()
                .find(|&&from| blocked[from as usize]);
            if let Some(&from) = entered {
                (distance[state], before[state]) = (1, from);
            }
        }
        let mut ready: Vec<u32> = (0..self.len() as u32)
            .filter(|&state| open[state as usize] == 0 && !blocked[state as usize])
            .collect();
        while let Some(state) = ready.pop() {
            let next = distance[state as usize] + 1;
            for &to in &self.successors[state as usize] {
                let at = to as usize;
                if next > distance[at] {
                    (distance[at], before[at]) = (next, state);
                }
                if blocked[at] {
                    continue;
                }
                open[at] -= 1;
                if open[at] == 0 {
                    ready.push(to);
                }
            }
        }
        (distance, before)
    }

    /// The longest path from a chosen or initial state to a chosen one, or to
    /// where the graph ends. The chosen states cut every cycle.
    pub(super) fn longest_segment(&self, chosen: &[bool]) -> Vec<u32> {
        let (distance, before) = self.distances(chosen);
        let worst = (0..self.len()).rev().max_by_key(|&state| distance[state]);
        let Some(worst) = worst else {
            return Vec::new();
        };
        let mut path = vec![worst as u32];
        loop {
            let from = before[*path.last().expect("not empty") as usize];
            if from == u32::MAX {
                break;
            }
            path.push(from);
            if chosen[from as usize] {
                break;
            }
        }
        path.reverse();
        path
    }

    /// All edges.
    #[cfg(test)]
    pub(super) fn edges(&self) -> Vec<(u32, u32)> {
        let lists = self.successors.iter().enumerate();
        lists
            .flat_map(|(from, list)| list.iter().map(move |&to| (from as u32, to)))
            .collect()
    }
}
