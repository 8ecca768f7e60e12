//! Why a bit is live: a shortest way to a use of it.
//!
//! The bits that a state uses at once (its facts, what chooses its edges, what
//! it shows) have distance 0; a bit that an edge carries into one of distance n,
//! and into none that is nearer, has n + 1. The bits of one distance are found
//! together, by the demand that the fixpoint is made of: so every live bit has a
//! distance, and no other does. Going back from a bit, one bit of the next lower
//! distance is enough at each step; it is found by halving, because the demand
//! of a set is the union of the demands of its members.

use super::bounds::Bounds;
use super::uses::{Decided, Limb, Shown, Uses, Wanted};
use super::{BitSet, Liveness};
use crate::control::{Assumption, ControlGraph, StateId};
use crate::netlist::{Netlist, RegId, Sampled};

/// What can be live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A bit of a register.
    Bit(RegId, u32),
    /// A part of a memory, by its number in [`super::BitIndex::parts`].
    Part(usize),
}

/// A reason why something is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Where it is carried to, one clock edge after the other. The first is what
    /// was asked about, in the state that was asked about.
    pub way: Vec<Stop>,
    /// What the last of them is used for in its state.
    pub end: Use,
}

/// Something live in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The state.
    pub state: StateId,
    /// What is live.
    pub item: Item,
    /// The edge that led here, an index into [`ControlGraph::edges`]; `None` for the first.
    pub edge: Option<usize>,
}

/// A use within a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Its register tells the state from others.
    Fact,
    /// It outlives a supply failure by itself, and what is written to it counts as shown.
    Kept,
    /// It has a say in which way is taken out of the state.
    Decision(Assumption),
    /// An output shows it: index into [`Netlist::outputs`].
    Output(usize),
    /// It has a say in whether this output counts.
    Condition(usize),
}

/// A shortest reason why something is live in a state; `None` if it is dead.
///
/// `graph` and `liveness` are those of [`super::analyze`].
pub fn why(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    state: StateId,
    item: Item,
) -> Option<Reason> {
    let bits = &liveness.bits;
    let mut search = Search {
        netlist,
        graph,
        uses: Uses::new(netlist, graph, bits, Bounds::new(netlist, &liveness.ranges)),
        distances: Vec::new(),
    };
    let start = (state, search.number(item));
    let distance = search.distance(start)?;
    let mut way = vec![(start, None)];
    for left in (0..distance).rev() {
        let (from, _) = *way.last().expect("it begins with the start");
        let (edge, number) = search.next(from, left);
        way.push(((graph.edges[edge].to, number), Some(edge)));
    }
    let (last, _) = *way.last().expect("it begins with the start");
    let end = search.end(last);
    let stop = |&((state, number), edge): &(Place, Option<usize>)| Stop {
        state,
        item: search.item(number),
        edge,
    };
    Some(Reason {
        way: way.iter().map(stop).collect(),
        end,
    })
}

/// Something in a state, by its number in the sets of the analysis.
type Place = (StateId, usize);

struct Search<'a> {
    netlist: &'a Netlist,
    graph: &'a ControlGraph,
    uses: Uses<'a>,
    /// Per distance and state, what has that distance.
    distances: Vec<Vec<BitSet>>,
}

impl Search<'_> {
    fn number(&self, item: Item) -> usize {
        match item {
            Item::Bit(register, bit) => self.uses.bits().of(register, bit),
            Item::Part(part) => self.uses.bits().part(part),
        }
    }

    fn item(&self, number: usize) -> Item {
        let bits = self.uses.bits();
        match number.checked_sub(bits.part(0)) {
            None => {
                let (register, bit) = bits.bit(number);
                Item::Bit(register, bit)
            }
            Some(part) => Item::Part(part),
        }
    }

    /// The distance of a place from its nearest use, all shorter ones having been
    /// found; `None` if it has none.
    fn distance(&mut self, (state, number): Place) -> Option<usize> {
        let count = self.graph.states.len();
        let mut known = vec![self.uses.bits().empty(); count];
        loop {
            let mut found = vec![self.uses.bits().empty(); count];
            for (index, found) in found.iter_mut().enumerate() {
                let from = StateId(index as u32);
                let mut used = self.uses.bits().empty();
                match self.distances.last() {
                    None => self.at_once(from, &mut used),
                    Some(last) => {
                        let wanted = |edge: usize| {
                            let live: Vec<Limb> =
                                last[self.graph.edges[edge].to.index()].limbs().collect();
                            (!live.is_empty()).then_some(Wanted {
                                live,
                                shown: Shown::Nothing,
                            })
                        };
                        let none = |_: &Assumption| false;
                        self.uses.add(self.graph, from, none, wanted, &mut used);
                    }
                }
                for bit in used.iter().filter(|&bit| !known[index].contains(bit)) {
                    found.insert(bit);
                }
            }
            for (known, found) in known.iter_mut().zip(&found) {
                known.union_with(found);
            }
            let (here, any) = (
                found[state.index()].contains(number),
                found.iter().any(|found| found.count() > 0),
            );
            self.distances.push(found);
            match (here, any) {
                (true, _) => return Some(self.distances.len() - 1),
                (false, false) => return None,
                (false, true) => {}
            }
        }
    }

    /// What a state uses at once.
    fn at_once(&mut self, state: StateId, used: &mut BitSet) {
        self.uses.add_facts(self.graph, state, used);
        let wanted = |_: usize| {
            Some(Wanted {
                live: Vec::new(),
                shown: Shown::All,
            })
        };
        self.uses.add(self.graph, state, |_| true, wanted, used);
    }

    /// Whether a place is used when a state's edges are asked for something.
    fn uses_it(
        &mut self,
        (state, number): Place,
        decided: impl Decided,
        wanted: impl FnMut(usize) -> Option<Wanted>,
    ) -> bool {
        let mut used = self.uses.bits().empty();
        self.uses.add(self.graph, state, decided, wanted, &mut used);
        used.contains(number)
    }

    /// An edge and a place behind it, at a distance, that a place is carried to.
    fn next(&mut self, from: Place, distance: usize) -> (usize, usize) {
        let graph = self.graph;
        let first = graph.first_edge(from.0);
        let after = first..first + graph.edges_from(from.0).len();
        for edge in after {
            let behind = &self.distances[distance][graph.edges[edge].to.index()];
            let mut all: Vec<usize> = behind.iter().collect();
            if !self.carries(from, edge, &all) {
                continue;
            }
            while all.len() > 1 {
                let rest = all.split_off(all.len() / 2);
                if !self.carries(from, edge, &all) {
                    all = rest;
                }
            }
            return (edge, all[0]);
        }
        unreachable!("an edge carried it when the distance was found")
    }

    /// Whether an edge carries a place into one of some numbers.
    fn carries(&mut self, from: Place, edge: usize, to: &[usize]) -> bool {
        let mut behind = self.uses.bits().empty();
        for &number in to {
            behind.insert(number);
        }
        let live: Vec<Limb> = behind.limbs().collect();
        let wanted = |at: usize| {
            (at == edge && !live.is_empty()).then(|| Wanted {
                live: live.clone(),
                shown: Shown::Nothing,
            })
        };
        self.uses_it(from, |_: &Assumption| false, wanted)
    }

    /// What a place of distance 0 is used for.
    fn end(&mut self, place: Place) -> Use {
        let (state, number) = place;
        let mut facts = self.uses.bits().empty();
        self.uses.add_facts(self.graph, state, &mut facts);
        if facts.contains(number) {
            return match self.item(number) {
                Item::Bit(..) => Use::Fact,
                Item::Part(_) => Use::Kept,
            };
        }
        let nothing = |shown: Shown| {
            move |_: usize| {
                Some(Wanted {
                    live: Vec::new(),
                    shown,
                })
            }
        };
        let none = |_: &Assumption| false;
        for (at, output) in self.netlist.outputs.iter().enumerate() {
            if let Sampled::When(_) = output.sampled
                && self.uses_it(place, none, nothing(Shown::Condition(at)))
            {
                return Use::Condition(at);
            }
            if self.uses_it(place, none, nothing(Shown::Output(at))) {
                return Use::Output(at);
            }
        }
        for edge in self.graph.edges_from(state) {
            for assumption in &edge.assumptions {
                let this = |other: &Assumption| {
                    (other.expr, other.bit) == (assumption.expr, assumption.bit)
                };
                if self.uses_it(place, this, nothing(Shown::Nothing)) {
                    return Use::Decision(*assumption);
                }
            }
        }
        unreachable!("a place of distance 0 is a fact, or decides, or is shown")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{ControlOptions, explore};
    use crate::liveness::{analyze, machines};
    use crate::netlist::testing::{Rng, narrow};

    fn analyzed(netlist: &Netlist) -> (ControlGraph, Liveness) {
        let (graph, _) = explore(netlist, &ControlOptions::default());
        analyze(netlist, &graph, &[])
    }

    #[test]
    fn every_live_bit_has_a_reason_and_no_other() {
        let mut longest = 0;
        for seed in 0..40 {
            let mut rng = Rng::new(seed);
            let mut netlist = machines::random_machine(&mut rng);
            if seed % 2 == 1 {
                narrow(&mut netlist, &mut rng);
            }
            let (graph, liveness) = analyzed(&netlist);
            for (index, live) in liveness.live.iter().enumerate() {
                for number in 0..liveness.bits.len() {
                    let (register, bit) = liveness.bits.bit(number);
                    let state = StateId(index as u32);
                    let item = Item::Bit(register, bit);
                    let reason = why(&netlist, &graph, &liveness, state, item);
                    assert_eq!(reason.is_some(), live.contains(number), "seed {seed}");
                    let Some(reason) = reason else { continue };
                    assert_eq!((reason.way[0].state, reason.way[0].item), (state, item));
                    for stops in reason.way.windows(2) {
                        let edge = &graph.edges[stops[1].edge.expect("a step")];
                        assert_eq!((edge.from, edge.to), (stops[0].state, stops[1].state));
                        let Item::Bit(register, bit) = stops[1].item else {
                            panic!("there are no memories");
                        };
                        let number = liveness.bits.of(register, bit);
                        assert!(liveness.live[edge.to.index()].contains(number));
                    }
                    longest = longest.max(reason.way.len());
                }
            }
        }
        assert!(longest > 2, "{longest}");
    }

    #[test]
    fn the_way_of_a_word_through_its_rounds() {
        let netlist = machines::rounds();
        let (graph, liveness) = analyzed(&netlist);
        let named = |name: &str| {
            let found = graph.states.iter().position(|state| state.name == name);
            StateId(found.expect("a state of the machine") as u32)
        };
        let reason = |state: &str, register: u32| {
            why(
                &netlist,
                &graph,
                &liveness,
                named(state),
                Item::Bit(RegId(register), 5),
            )
        };
        // Two more rounds, the update of the result, and the result is shown.
        let found = reason("state=1,round=6", 2).expect("the work register is live");
        let states: Vec<&str> = (found.way.iter())
            .map(|stop| graph.states[stop.state.index()].name.as_str())
            .collect();
        assert_eq!(
            states,
            ["state=1,round=6", "state=1,round=7", "state=2", "state=0"]
        );
        assert_eq!(found.end, Use::Output(0));
        assert_eq!(found.way[3].item, Item::Bit(RegId(3), 5));
        assert_eq!(reason("state=0", 2), None);
        let shown = reason("state=0", 3).expect("the result is live");
        assert_eq!((shown.way.len(), shown.end), (1, Use::Output(0)));
        let fact = why(
            &netlist,
            &graph,
            &liveness,
            named("state=0"),
            Item::Bit(RegId(0), 0),
        );
        assert_eq!(fact.expect("the state is a fact").end, Use::Fact);
    }

    #[test]
    fn a_memory_is_live_because_it_is_read() {
        let netlist = machines::buffer();
        let (graph, liveness) = analyzed(&netlist);
        let memory = Item::Part(0);
        let state = |value: u64| {
            let found = (graph.states.iter()).position(|s| s.values[0].to_u64() == Some(value));
            StateId(found.expect("a state of the machine") as u32)
        };
        let reason = why(&netlist, &graph, &liveness, state(1), memory).expect("it is live");
        assert_eq!(reason.way.len(), 2);
        assert_eq!(reason.end, Use::Output(0));
        assert_eq!(why(&netlist, &graph, &liveness, state(0), memory), None);
    }
}
