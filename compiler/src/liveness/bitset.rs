//! A dense set of bit numbers.

/// A set of numbers below a fixed length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitSet {
    len: usize,
    limbs: Vec<u64>,
}

impl BitSet {
    /// The empty set of numbers below `len`.
    pub fn new(len: usize) -> BitSet {
        BitSet {
            len,
            limbs: vec![0; len.div_ceil(64)],
        }
    }

    /// One past the largest number it can hold.
    pub fn capacity(&self) -> usize {
        self.len
    }

    /// Whether it holds a number.
    pub fn contains(&self, at: usize) -> bool {
        self.limbs[at / 64] >> (at % 64) & 1 == 1
    }

    /// Adds a number; tells whether it is new.
    pub fn insert(&mut self, at: usize) -> bool {
        let new = !self.contains(at);
        self.limbs[at / 64] |= 1 << (at % 64);
        new
    }

    /// Removes a number.
    pub fn remove(&mut self, at: usize) {
        self.limbs[at / 64] &= !(1 << (at % 64));
    }

    /// Adds all of `other`; tells whether anything is new.
    pub fn union_with(&mut self, other: &BitSet) -> bool {
        let mut new = false;
        for (limb, add) in self.limbs.iter_mut().zip(&other.limbs) {
            new |= add & !*limb != 0;
            *limb |= add;
        }
        new
    }

    /// How many numbers it holds.
    pub fn count(&self) -> usize {
        self.limbs
            .iter()
            .map(|limb| limb.count_ones() as usize)
            .sum()
    }

    /// The numbers in increasing order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.limbs.iter().enumerate().flat_map(|(index, &limb)| {
            std::iter::successors((limb != 0).then_some(limb), |rest| {
                let next = rest & (rest - 1);
                (next != 0).then_some(next)
            })
            .map(move |rest| index * 64 + rest.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterates_in_order_and_counts() {
        let mut set = BitSet::new(200);
        for at in [199, 0, 63, 64, 130] {
            assert!(set.insert(at));
        }
        assert!(!set.insert(64));
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 130, 199]);
        set.remove(63);
        assert_eq!(set.count(), 4);
    }
}
