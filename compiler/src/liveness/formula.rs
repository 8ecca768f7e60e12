//! How a register bit follows from others: a small function of bits.

use crate::netlist::InputId;

/// A function of register bits, in the numbering of the liveness, and of bits of inputs that never change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Formula {
    /// A bit.
    Bit(usize),
    /// A bit of an input that the environment never changes.
    Input(InputId, u32),
    /// The inverse.
    Not(Box<Formula>),
    /// Both.
    And(Box<Formula>, Box<Formula>),
    /// Exactly one of them.
    Xor(Box<Formula>, Box<Formula>),
}

/// What a formula is evaluated in: bits, circuits, text.
pub trait Algebra {
    /// What a bit is there.
    type Value;

    /// The bit of a number.
    fn bit(&mut self, number: usize) -> Self::Value;
    /// A bit of an input.
    fn input(&mut self, input: InputId, bit: u32) -> Self::Value;
    /// The inverse.
    fn not(&mut self, of: Self::Value) -> Self::Value;
    /// Both.
    fn and(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
    /// Exactly one of them.
    fn xor(&mut self, a: Self::Value, b: Self::Value) -> Self::Value;
}

impl Formula {
    /// A bit, or its inverse.
    pub fn same(bit: usize, inverse: bool) -> Formula {
        Formula::Bit(bit).inverted_if(inverse)
    }

    /// The formula, or its inverse.
    pub fn inverted_if(self, inverse: bool) -> Formula {
        match (inverse, self) {
            (false, it) => it,
            (true, Formula::Not(it)) => *it,
            (true, it) => Formula::Not(Box::new(it)),
        }
    }

    /// Its value.
    pub fn evaluate<A: Algebra>(&self, algebra: &mut A) -> A::Value {
        match self {
            Formula::Bit(number) => algebra.bit(*number),
            Formula::Input(input, bit) => algebra.input(*input, *bit),
            Formula::Not(a) => {
                let a = a.evaluate(algebra);
                algebra.not(a)
            }
            Formula::And(a, b) => {
                let (a, b) = (a.evaluate(algebra), b.evaluate(algebra));
                algebra.and(a, b)
            }
            Formula::Xor(a, b) => {
                let (a, b) = (a.evaluate(algebra), b.evaluate(algebra));
                algebra.xor(a, b)
            }
        }
    }

    /// The register bits that it is made of, each as often as it occurs.
    pub fn sources(&self) -> Vec<usize> {
        match self {
            Formula::Bit(number) => vec![*number],
            Formula::Input(..) => Vec::new(),
            Formula::Not(a) => a.sources(),
            Formula::And(a, b) | Formula::Xor(a, b) => [a.sources(), b.sources()].concat(),
        }
    }

    /// Whether it is one bit or its inverse: nothing is computed.
    pub fn is_copy(&self) -> bool {
        match self {
            Formula::Bit(_) | Formula::Input(..) => true,
            Formula::Not(a) => a.is_copy(),
            Formula::And(..) | Formula::Xor(..) => false,
        }
    }

    /// Whether bits of inputs are among what it is made of.
    pub fn has_input(&self) -> bool {
        match self {
            Formula::Bit(_) => false,
            Formula::Input(..) => true,
            Formula::Not(a) => a.has_input(),
            Formula::And(a, b) | Formula::Xor(a, b) => a.has_input() || b.has_input(),
        }
    }

    /// The same of other register bits.
    pub fn map(&self, with: &impl Fn(usize) -> Formula) -> Formula {
        let of = |it: &Formula| Box::new(it.map(with));
        match self {
            Formula::Bit(number) => with(*number),
            Formula::Input(..) => self.clone(),
            Formula::Not(a) => a.map(with).inverted_if(true),
            Formula::And(a, b) => Formula::And(of(a), of(b)),
            Formula::Xor(a, b) => Formula::Xor(of(a), of(b)),
        }
    }
}

/// Values of bits, and of bits of inputs.
pub struct Values<F, G>(pub F, pub G);

impl<F: FnMut(usize) -> bool, G: FnMut(InputId, u32) -> bool> Algebra for Values<F, G> {
    type Value = bool;

    fn bit(&mut self, number: usize) -> bool {
        self.0(number)
    }

    fn input(&mut self, input: InputId, bit: u32) -> bool {
        self.1(input, bit)
    }

    fn not(&mut self, of: bool) -> bool {
        !of
    }

    fn and(&mut self, a: bool, b: bool) -> bool {
        a && b
    }

    fn xor(&mut self, a: bool, b: bool) -> bool {
        a != b
    }
}

/// Verilog expressions of one bit: of registers, and of inputs.
pub struct Verilog<F, G>(pub F, pub G);

impl<F: FnMut(usize) -> String, G: FnMut(InputId, u32) -> String> Algebra for Verilog<F, G> {
    type Value = String;

    fn bit(&mut self, number: usize) -> String {
        self.0(number)
    }

    fn input(&mut self, input: InputId, bit: u32) -> String {
        self.1(input, bit)
    }

    fn not(&mut self, of: String) -> String {
        format!("~{of}")
    }

    fn and(&mut self, a: String, b: String) -> String {
        format!("({a} & {b})")
    }

    fn xor(&mut self, a: String, b: String) -> String {
        format!("({a} ^ {b})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_agree() {
        let both = Formula::And(
            Box::new(Formula::same(1, true)),
            Box::new(Formula::Xor(
                Box::new(Formula::Bit(2)),
                Box::new(Formula::Input(InputId(0), 3)),
            )),
        )
        .inverted_if(true);
        let input = |input: InputId, bit| format!("i{}[{bit}]", input.0);
        let text = both.evaluate(&mut Verilog(|number| format!("r[{number}]"), input));
        assert_eq!(text, "~(~r[1] & (r[2] ^ i0[3]))");
        assert!(!both.evaluate(&mut Values(|_| false, |_, bit| bit == 3)));
        assert!(both.evaluate(&mut Values(|number| number == 1, |_, _| false)));
        assert_eq!(both.sources(), [1, 2]);
        assert!(!both.is_copy() && both.has_input());
        assert_eq!(
            Formula::same(4, true).map(&|number| Formula::same(number + 1, true)),
            Formula::Bit(5)
        );
    }
}
