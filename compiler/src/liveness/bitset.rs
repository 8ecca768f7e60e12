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

    /// The set of all numbers below `len`.
    pub fn full(len: usize) -> BitSet {
        let mut set = BitSet::new(len);
        for at in 0..len {
            set.insert(at);
        }
        set
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

    /// Removes all numbers.
    pub fn clear(&mut self) {
        self.limbs.fill(0);
    }

    /// The numbers `at .. at + 64` as a mask; those past the end are 0.
    pub fn word(&self, at: usize) -> u64 {
        let (limb, shift) = (at / 64, at % 64);
        let of = |limb: usize| self.limbs.get(limb).copied().unwrap_or(0);
        let high = if shift == 0 {
            0
        } else {
            of(limb + 1) << (64 - shift)
        };
        of(limb) >> shift | high
    }

    /// Adds the numbers `at .. at + 64` that are set in a mask; none past the end is.
    pub fn insert_word(&mut self, at: usize, mask: u64) {
        let (limb, shift) = (at / 64, at % 64);
        self.limbs[limb] |= mask << shift;
        if shift != 0 && mask >> (64 - shift) != 0 {
            self.limbs[limb + 1] |= mask >> (64 - shift);
        }
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

    /// Removes the numbers that are not in `other`.
    pub fn keep(&mut self, other: &BitSet) {
        for (limb, keep) in self.limbs.iter_mut().zip(&other.limbs) {
            *limb &= keep;
        }
    }

    /// Removes the numbers in `other`.
    pub fn remove_all(&mut self, other: &BitSet) {
        for (limb, drop) in self.limbs.iter_mut().zip(&other.limbs) {
            *limb &= !drop;
        }
    }

    /// The numbers that are in one of the two sets only.
    pub fn differing(&self, other: &BitSet) -> BitSet {
        let limbs = self.limbs.iter().zip(&other.limbs);
        BitSet {
            len: self.len,
            limbs: limbs.map(|(a, b)| a ^ b).collect(),
        }
    }

    /// The numbers that are not in `other`.
    pub fn without(&self, other: &BitSet) -> BitSet {
        let mut rest = self.clone();
        rest.remove_all(other);
        rest
    }

    /// The limbs that are not 0, with their numbers.
    pub fn limbs(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let limbs = self.limbs.iter().enumerate();
        limbs
            .filter(|&(_, &limb)| limb != 0)
            .map(|(at, &limb)| (at as u32, limb))
    }

    /// Likewise, of the numbers that are not in `other`.
    pub fn limbs_not_in<'b>(&'b self, other: &'b BitSet) -> impl Iterator<Item = (u32, u64)> + 'b {
        let limbs = self.limbs.iter().zip(&other.limbs).enumerate();
        limbs
            .map(|(at, (own, other))| (at as u32, own & !other))
            .filter(|&(_, limb)| limb != 0)
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

    #[test]
    fn words_may_lie_across_limbs() {
        let mut set = BitSet::new(130);
        set.insert_word(60, 0b1_0001_1001);
        assert_eq!(set.iter().collect::<Vec<_>>(), [60, 63, 64, 68]);
        set.insert_word(64, 1 << 63);
        set.insert_word(129, 1);
        assert_eq!(set.word(60), 0b1_0001_1001);
        assert_eq!(set.word(127), 0b101);
        assert_eq!(set.word(128), 0b10);
        assert_eq!(set.word(200), 0);
    }
}
