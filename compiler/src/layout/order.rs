//! In which order the bits of an instance stand in the chain.
//!
//! A save writes every word that holds a bit which its checkpoint saves. Bits
//! that the same checkpoints save form a *class* and stand together; where one
//! class ends in the middle of a word, the next begins there, and the word is
//! written by the checkpoints of both. So the order of the classes decides how
//! many words are written, summed over the checkpoints.
//!
//! Up to [`EXACT`] classes all orders are tried. More are put in order greedily,
//! then single classes are moved for as long as that saves words, or until the
//! work allowed is done. The result is never worse than the order given.

use crate::liveness::BitSet;

/// Classes of which every order is tried.
const EXACT: usize = 7;

/// Classes put in place, at most, while a better order is looked for: some ten milliseconds.
const WORK: u64 = 1_000_000;

/// Bits that the same checkpoints save.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub bits: u32,
    /// The checkpoints.
    pub savers: BitSet,
}

/// The chain so far, and what its words cost.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    word_bits: u32,
    /// Bits in the last word, less than `word_bits`.
    filled: u32,
    /// The checkpoints that write that word.
    savers: BitSet,
    /// Words written, over all checkpoints; the last one is among them.
    words: u64,
}

impl Chain {
    /// An empty one.
    pub fn new(word_bits: u32, checkpoints: usize) -> Chain {
        Chain {
            word_bits,
            filled: 0,
            savers: BitSet::new(checkpoints),
            words: 0,
        }
    }

    /// A set of checkpoints.
    pub fn savers(&self, list: impl Iterator<Item = usize>) -> BitSet {
        let mut savers = BitSet::new(self.savers.capacity());
        list.for_each(|at| {
            savers.insert(at);
        });
        savers
    }

    /// Appends a class.
    pub fn push(&mut self, class: &Class) {
        if class.bits == 0 {
            return;
        }
        let own = class.savers.count() as u64;
        if self.filled > 0 {
            self.words -= self.savers.count() as u64;
            self.savers.union_with(&class.savers);
            self.words += self.savers.count() as u64;
        }
        let end = self.filled + class.bits;
        let begun = if self.filled > 0 { 1 } else { 0 };
        let words = end.div_ceil(self.word_bits);
        self.words += u64::from(words - begun) * own;
        self.filled = end % self.word_bits;
        if self.filled == 0 {
            self.savers = BitSet::new(self.savers.capacity());
        } else if words > 1 || begun == 0 {
            self.savers = class.savers.clone();
        }
    }
}

/// A good order of classes behind a chain.
pub(super) fn order(classes: &[Class], chain: &Chain) -> Vec<usize> {
    let given: Vec<usize> = (0..classes.len()).collect();
    if classes.len() < 2 {
        return given;
    }
    let mut search = Search {
        classes,
        chain,
        best: chain_of(classes, chain, &given).words,
        order: given,
        work: 0,
    };
    if classes.len() <= EXACT {
        search.all(&mut Vec::new(), chain);
    } else {
        search.greedy();
        while search.work < WORK && search.moves() {}
    }
    search.order
}

fn chain_of(classes: &[Class], chain: &Chain, order: &[usize]) -> Chain {
    let mut chain = chain.clone();
    order.iter().for_each(|&at| chain.push(&classes[at]));
    chain
}

struct Search<'a> {
    classes: &'a [Class],
    chain: &'a Chain,
    order: Vec<usize>,
    /// Words of `order`.
    best: u64,
    work: u64,
}

impl Search<'_> {
    fn take(&mut self, order: Vec<usize>) -> bool {
        self.work += order.len() as u64;
        let words = chain_of(self.classes, self.chain, &order).words;
        let better = words < self.best;
        if better {
            self.best = words;
            self.order = order;
        }
        better
    }

    /// Every order that begins with `first`, whose chain is `chain`, unless it is
    /// no better already.
    fn all(&mut self, first: &mut Vec<usize>, chain: &Chain) {
        if chain.words >= self.best {
            return;
        }
        if first.len() == self.classes.len() {
            self.best = chain.words;
            self.order.clone_from(first);
            return;
        }
        for at in 0..self.classes.len() {
            if !first.contains(&at) {
                let mut longer = chain.clone();
                longer.push(&self.classes[at]);
                first.push(at);
                self.all(first, &longer);
                first.pop();
            }
        }
    }

    /// One class after the other, each the one that adds the fewest words beyond
    /// those that it takes in any case; the earliest of several.
    fn greedy(&mut self) {
        let mut left = self.order.clone();
        let mut order = Vec::with_capacity(left.len());
        let mut chain = self.chain.clone();
        while !left.is_empty() && self.work < WORK {
            self.work += left.len() as u64;
            let added = |&at: &usize| {
                let class = &self.classes[at];
                let mut longer = chain.clone();
                longer.push(class);
                let least = u64::from(class.bits / chain.word_bits) * class.savers.count() as u64;
                (longer.words - chain.words).saturating_sub(least)
            };
            let (place, _) = left
                .iter()
                .map(added)
                .enumerate()
                .min_by_key(|&(_, added)| added)
                .expect("one is left");
            let at = left.remove(place);
            chain.push(&self.classes[at]);
            order.push(at);
        }
        order.extend(left);
        self.take(order);
    }

    /// Moves single classes to where that saves words; tells whether one did.
    fn moves(&mut self) -> bool {
        let mut any = false;
        for from in 0..self.order.len() {
            for to in 0..self.order.len() {
                if self.work >= WORK {
                    return false;
                }
                if from != to {
                    let mut order = self.order.clone();
                    let class = order.remove(from);
                    order.insert(to, class);
                    any |= self.take(order);
                }
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlist::testing::Rng;

    fn random(rng: &mut Rng, count: usize, checkpoints: usize) -> Vec<Class> {
        let classes = (0..count).map(|_| {
            let mut savers = BitSet::new(checkpoints);
            for at in 0..checkpoints {
                if rng.below(3) == 0 {
                    savers.insert(at);
                }
            }
            Class {
                bits: 1 + rng.below(11) as u32,
                savers,
            }
        });
        classes.collect()
    }

    /// Bit by bit.
    fn words(classes: &[Class], order: &[usize], before: u32, word_bits: u32) -> u64 {
        let bits = order.iter().flat_map(|&at| {
            let class = &classes[at];
            std::iter::repeat_n(&class.savers, class.bits as usize)
        });
        let mut words: Vec<BitSet> = Vec::new();
        for (at, savers) in bits.enumerate() {
            let word = ((before as usize) + at) / word_bits as usize;
            words.resize(word + 1, BitSet::new(savers.capacity()));
            words[word].union_with(savers);
        }
        words.iter().map(|savers| savers.count() as u64).sum()
    }

    fn begun(before: u32, checkpoints: usize) -> Chain {
        let mut chain = Chain::new(8, checkpoints);
        chain.push(&Class {
            bits: before,
            savers: BitSet::new(checkpoints),
        });
        chain
    }

    #[test]
    fn words_are_counted_as_bit_by_bit() {
        let mut rng = Rng::new(7);
        for round in 0..300 {
            let before = rng.below(8) as u32;
            let classes = random(&mut rng, 1 + round % 6, 5);
            let order: Vec<usize> = (0..classes.len()).collect();
            let chain = chain_of(&classes, &begun(before, 5), &order);
            assert_eq!(
                chain.words,
                words(&classes, &order, before, 8),
                "{classes:?}"
            );
        }
    }

    #[test]
    fn few_classes_are_in_the_best_order() {
        let mut rng = Rng::new(11);
        for _ in 0..60 {
            let before = rng.below(8) as u32;
            let classes = random(&mut rng, 5, 4);
            let found = order(&classes, &begun(before, 4));
            let found = words(&classes, &found, before, 8);
            let mut orders = vec![vec![]];
            for _ in 0..5 {
                let longer = orders.iter().flat_map(|first: &Vec<usize>| {
                    let rest = (0..5).filter(|at| !first.contains(at));
                    rest.map(|at| [&first[..], &[at]].concat())
                });
                orders = longer.collect();
            }
            let least = orders.iter().map(|it| words(&classes, it, before, 8)).min();
            assert_eq!(Some(found), least, "{classes:?}");
        }
    }

    #[test]
    fn many_classes_are_in_no_worse_order_than_given() {
        let mut rng = Rng::new(13);
        let mut better = 0;
        for _ in 0..20 {
            let classes = random(&mut rng, 24, 9);
            let given: Vec<usize> = (0..24).collect();
            let found = order(&classes, &begun(3, 9));
            let mut sorted = found.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, given);
            let [found, given] = [found, given].map(|order| words(&classes, &order, 3, 8));
            assert!(found <= given);
            better += u32::from(found < given);
        }
        assert!(better > 15, "{better}");
    }
}
