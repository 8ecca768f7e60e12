//! Random expressions over the values in scope.

use std::collections::BTreeSet;

use super::rng::Rng;
use super::signal::{Array, Function, Signal};

/// Everything that an expression may name.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Nets, variables and constants with a range.
    pub signals: Vec<Signal>,
    /// Known inputs, which conditions prefer: the state alone decides too little.
    pub inputs: Vec<Signal>,
    /// Known signals that are sure to change.
    pub anchors: Vec<Signal>,
    /// Register arrays.
    pub arrays: Vec<Array>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Names of constants, usable as operands but without selects.
    pub constants: Vec<String>,
    /// Names that were used in an expression so far.
    pub used: BTreeSet<String>,
    /// An array was read: a sensitivity list cannot be written out.
    pub array_read: bool,
}

/// Text of an expression and what the context needs to know of it.
#[derive(Debug, Clone)]
pub struct Expr {
    /// The text.
    pub text: String,
    /// Binding strength of the outermost operator; [`PRIMARY`] needs no parentheses anywhere.
    binding: u8,
    /// At least its self-determined width.
    width: u32,
    /// Has a definite width, so that it may stand in a concatenation.
    sized: bool,
}

/// Binding strength of names, numbers and parentheses.
const PRIMARY: u8 = 20;
/// Binding strength of unary operators.
const UNARY: u8 = 12;
/// Operands of concatenations are kept below this width.
const WIDEST: u32 = 150;

impl Expr {
    fn primary(text: String, width: u32) -> Expr {
        Expr {
            text,
            binding: PRIMARY,
            width,
            sized: true,
        }
    }

    /// The text for an operator that binds as strongly as `binding`.
    fn operand(&self, rng: &mut Rng, binding: u8) -> String {
        if self.binding < binding || (self.binding != PRIMARY && rng.chance(60)) {
            format!("({})", self.text)
        } else {
            self.text.clone()
        }
    }
}

/// Binary operators with their binding strength and weight; those with a
/// result as wide as the operands come first.
const BINARY: &[(&str, u8, u32)] = &[
    ("+", 9, 14),
    ("-", 9, 12),
    ("*", 10, 3),
    ("&", 5, 6),
    ("|", 3, 6),
    ("^", 4, 14),
    ("~^", 4, 2),
    ("<<", 8, 4),
    (">>", 8, 4),
    ("<<<", 8, 2),
    (">>>", 8, 5),
    ("<", 7, 6),
    ("<=", 7, 5),
    (">", 7, 5),
    (">=", 7, 5),
    ("==", 6, 7),
    ("!=", 6, 7),
    ("===", 6, 1),
    ("&&", 2, 5),
    ("||", 1, 5),
];
/// Sum of the weights of the former.
const WORD_WEIGHT: u32 = 72;

impl Scope {
    /// An expression for a target of about `want` bits; a `clean` one is never
    /// unknown after the reset.
    pub fn expr(&mut self, rng: &mut Rng, depth: u32, clean: bool, want: u32) -> Expr {
        if depth == 0 || rng.chance(15) {
            return self.leaf(rng, clean, want);
        }
        match rng.below(100) {
            0..45 => self.binary(rng, depth, clean, want),
            45..60 => self.unary(rng, depth, clean, want),
            60..70 => {
                let condition = self.expr(rng, depth - 1, clean, 1);
                let (then, other) = (
                    self.expr(rng, depth - 1, clean, want),
                    self.expr(rng, depth - 1, clean, want),
                );
                Expr {
                    text: format!(
                        "{} ? {} : {}",
                        condition.operand(rng, 1),
                        then.operand(rng, 1),
                        other.operand(rng, 0)
                    ),
                    binding: 0,
                    width: then.width.max(other.width),
                    sized: then.sized && other.sized,
                }
            }
            70..80 => self.concatenation(rng, depth, clean, want),
            80..84 => {
                let inner = self.expr(rng, depth - 1, clean, want);
                let cast = *rng.pick(&["$signed", "$unsigned"]);
                Expr {
                    text: format!("{cast}({})", inner.text),
                    ..Expr::primary(String::new(), inner.width)
                }
            }
            84..88 => self.division(rng, clean),
            88..94 if !self.functions.is_empty() => {
                let function = rng.pick(&self.functions).clone();
                let arguments: Vec<String> = (0..function.arguments)
                    .map(|_| self.expr(rng, depth - 1, clean || function.decides, 8).text)
                    .collect();
                let text = format!("{}({})", function.name, arguments.join(", "));
                Expr::primary(text, function.width)
            }
            _ => self.leaf(rng, clean, want),
        }
    }

    fn binary(&mut self, rng: &mut Rng, depth: u32, clean: bool, want: u32) -> Expr {
        let total = match want > 1 && rng.chance(85) {
            true => WORD_WEIGHT,
            false => BINARY.iter().map(|&(_, _, weight)| weight).sum(),
        };
        let mut ticket = rng.below(total);
        let &(operator, binding, _) = BINARY
            .iter()
            .find(|&&(_, _, weight)| match ticket.checked_sub(weight) {
                Some(rest) => {
                    ticket = rest;
                    false
                }
                None => true,
            })
            .expect("the ticket is below the sum of weights");
        // Unlike `==`, `===` has a sure result for unknown operands.
        let clean = clean || operator == "===";
        let left = self.expr(rng, depth - 1, clean, want);
        let right = match operator {
            "<<" | ">>" | "<<<" | ">>>" if rng.chance(80) => self.narrow(rng, clean),
            "<<" | ">>" | "<<<" | ">>>" | "*" => self.leaf(rng, clean, 0),
            _ => self.expr(rng, depth - 1, clean, left.width.max(want)),
        };
        // Icarus widens a left shift of a number without a width past 32 bits.
        let operator = match operator {
            "<<" | "<<<" if !left.sized => ">>",
            other => other,
        };
        let (left_text, right_text) = (left.operand(rng, binding), right.operand(rng, binding + 1));
        let (width, sized) = match operator {
            "<<" | ">>" | "<<<" | ">>>" => (left.width, left.sized),
            "+" | "-" | "*" | "&" | "|" | "^" | "~^" => {
                (left.width.max(right.width), left.sized && right.sized)
            }
            _ => (1, true),
        };
        Expr {
            text: format!("{left_text} {operator} {right_text}"),
            binding,
            width,
            sized,
        }
    }

    fn unary(&mut self, rng: &mut Rng, depth: u32, clean: bool, want: u32) -> Expr {
        let inner = self.expr(rng, depth - 1, clean, want);
        let operator = match want > 1 && rng.chance(80) {
            true => *rng.pick(&["~", "~", "-", "+"]),
            false => *rng.pick(&["~", "!", "&", "|", "^", "^", "~&", "~|", "~^"]),
        };
        let word = matches!(operator, "~" | "-" | "+");
        Expr {
            text: format!("{operator}{}", inner.operand(rng, PRIMARY)),
            binding: UNARY,
            width: if word { inner.width } else { 1 },
            sized: inner.sized || !word,
        }
    }

    fn concatenation(&mut self, rng: &mut Rng, depth: u32, clean: bool, want: u32) -> Expr {
        let mut parts = Vec::new();
        let mut width = 0;
        for _ in 0..rng.range(1, 3) {
            let part = self.expr(rng, depth - 1, clean, want / 2);
            if part.sized && width + part.width <= WIDEST {
                width += part.width;
                parts.push(part.text);
            }
        }
        if parts.is_empty() {
            return self.leaf(rng, clean, want);
        }
        let text = format!("{{{}}}", parts.join(", "));
        let times = rng.range(2, 4);
        if rng.chance(25) && width * times <= WIDEST {
            return Expr::primary(format!("{{{times}{text}}}"), width * times);
        }
        Expr::primary(text, width)
    }

    /// Quotient or remainder of narrow values, the divisor never zero.
    fn division(&mut self, rng: &mut Rng, clean: bool) -> Expr {
        let (dividend, divisor) = (self.narrow(rng, clean), self.leaf(rng, clean, 0));
        let operator = *rng.pick(&["/", "%"]);
        let (low, high) = (dividend.operand(rng, 10), divisor.operand(rng, 4));
        let one = *rng.pick(&["1", "8'd1", "1'b1", "8'sd1"]);
        Expr {
            text: format!("{low} {operator} ({high} | {one})"),
            binding: 10,
            width: dividend.width.max(divisor.width).max(8),
            sized: one != "1" && dividend.sized && divisor.sized,
        }
    }

    /// At most six bits of one signal.
    fn narrow(&mut self, rng: &mut Rng, clean: bool) -> Expr {
        match self.signal(rng, clean) {
            Some(signal) if signal.width_max <= 6 => Expr::primary(signal.name, signal.width_max),
            Some(signal) => {
                let count = rng.range(1, signal.width.min(6));
                let low = rng.below(signal.width - count + 1);
                Expr::primary(signal.part(low, count), count)
            }
            None => constant(rng, 4),
        }
    }

    /// A value without operators.
    fn leaf(&mut self, rng: &mut Rng, clean: bool, want: u32) -> Expr {
        let ticket = rng.below(100);
        if ticket < 8 {
            let width = rng.range(1, 20).max(want.min(20));
            return constant(rng, width);
        }
        if ticket < 10 && !self.constants.is_empty() {
            return Expr {
                sized: false,
                ..Expr::primary(rng.pick(&self.constants).clone(), 32)
            };
        }
        if ticket < 20
            && let Some(read) = self.array_element(rng, clean)
        {
            return read;
        }
        let Some(mut signal) = self.signal(rng, clean) else {
            return constant(rng, 5);
        };
        for _ in 0..3 {
            // Better a value that fills the target.
            if signal.width < want
                && let Some(other) = self.signal(rng, clean)
                && other.width > signal.width
            {
                signal = other;
            }
        }
        if !signal.is_vector() || ticket < 70 {
            return Expr::primary(signal.name.clone(), signal.width_max);
        }
        match ticket {
            70..80 => Expr::primary(signal.bit(rng.below(signal.width)), 1),
            80..90 => {
                let count = rng.range(1, signal.width);
                Expr::primary(
                    signal.part(rng.below(signal.width - count + 1), count),
                    count,
                )
            }
            _ => {
                let limit = signal.width;
                if rng.chance(50) {
                    match self.index(rng, limit, signal.low_index(), clean) {
                        Some(index) => Expr::primary(format!("{}[{index}]", signal.name), 1),
                        None => Expr::primary(signal.bit(0), 1),
                    }
                } else {
                    let count = rng.range(1, limit);
                    let (mark, offset) = match rng.chance(50) {
                        true => ("+:", 0),
                        false => ("-:", count - 1),
                    };
                    let from = signal.low_index() + offset;
                    match self.index(rng, limit + 1 - count, from, clean) {
                        Some(at) => {
                            Expr::primary(format!("{}[{at} {mark} {count}]", signal.name), count)
                        }
                        None => Expr::primary(signal.bit(0), 1),
                    }
                }
            }
        }
    }

    /// An index expression below `limit`, plus `offset`. One that is not
    /// `clean` may, rarely, reach past the limit.
    pub fn index(&mut self, rng: &mut Rng, limit: u32, offset: u32, clean: bool) -> Option<String> {
        let beyond = u32::from(!clean && rng.chance(15));
        let count = limit.checked_ilog2()? + beyond;
        if count == 0 {
            return Some(offset.to_string());
        }
        let candidates: Vec<Signal> = self
            .signals
            .iter()
            .filter(|signal| signal.width >= count && (signal.clean || !clean))
            .cloned()
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let signal = rng.pick(&candidates).clone();
        self.used.insert(signal.name.clone());
        let low = rng.below(signal.width - count + 1);
        let text = match signal.width_max == count && !signal.signed {
            true => signal.name,
            // Icarus 11 takes a part of a signed vector for signed if it is the index of a target.
            false if signal.signed => format!("{{{}}}", signal.part(low, count)),
            false => signal.part(low, count),
        };
        Some(match offset {
            0 => text,
            _ if rng.chance(50) => format!("{offset} + {text}"),
            _ => format!("{text} + {offset}"),
        })
    }

    fn array_element(&mut self, rng: &mut Rng, clean: bool) -> Option<Expr> {
        let candidates: Vec<Array> = self
            .arrays
            .iter()
            .filter(|array| array.element.clean || !clean)
            .cloned()
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let array = rng.pick(&candidates).clone();
        let index = self.index(rng, array.depth, 0, clean)?;
        self.used.insert(array.element.name.clone());
        self.array_read = true;
        let width = array.element.width;
        let text = format!("{}[{index}]", array.element.name);
        if width > 1 && rng.chance(15) {
            let bit = rng.below(width);
            return Some(Expr::primary(format!("{text}[{bit}]"), 1));
        }
        Some(Expr::primary(text, width))
    }

    /// A signal, one that nothing has used yet with preference.
    pub fn signal(&mut self, rng: &mut Rng, clean: bool) -> Option<Signal> {
        let fits = |signal: &&Signal| signal.clean || !clean;
        let mut candidates: Vec<&Signal> = self.signals.iter().filter(fits).collect();
        if rng.chance(30) {
            let fresh: Vec<&Signal> = candidates
                .iter()
                .copied()
                .filter(|signal| !self.used.contains(&signal.name))
                .collect();
            if !fresh.is_empty() {
                candidates = fresh;
            }
        }
        if candidates.is_empty() {
            return None;
        }
        let signal = (*rng.pick(&candidates)).clone();
        self.used.insert(signal.name.clone());
        Some(signal)
    }

    /// A condition that is neither always nor never true, most of the time.
    pub fn condition(&mut self, rng: &mut Rng) -> String {
        let input = match !self.inputs.is_empty() && rng.chance(65) {
            true => Some(rng.pick(&self.inputs).clone()),
            false => self.signal(rng, true),
        };
        let Some(signal) = input else {
            return "1'b1".to_owned();
        };
        self.used.insert(signal.name.clone());
        let bit = signal.bit(rng.below(signal.width));
        match rng.below(100) {
            0..35 => bit,
            35..50 => format!("!{bit}"),
            50..62 => {
                let count = rng.range(1, signal.width.min(3));
                let value = rng.below(1 << count);
                let operator = *rng.pick(&["==", "!=", "<", ">=", ">"]);
                let value = match operator {
                    "<" => value.max(1),
                    ">=" => value.max(1),
                    ">" => value.saturating_sub(1),
                    _ => value,
                };
                let low = rng.below(signal.width - count + 1);
                format!("{} {operator} {count}'d{value}", signal.part(low, count))
            }
            62..70 => {
                let other = self.condition(rng);
                let operator = *rng.pick(&["&&", "||", "&", "^"]);
                format!("{bit} {operator} ({other})")
            }
            70..76 => format!("~{bit}"),
            76..94 => format!("{bit} == 1'b{}", rng.below(2)),
            _ => self.expr(rng, 2, true, 1).text,
        }
    }
}

/// A number of `width` bits in one of Verilog's notations.
pub fn constant(rng: &mut Rng, width: u32) -> Expr {
    let mask = (1u64 << width.min(20)) - 1;
    let value = rng.next() & mask;
    let text = match rng.below(10) {
        0 | 1 => format!("{width}'d{value}"),
        2 | 3 => format!("{width}'h{value:x}"),
        4 => format!("{width}'b{value:b}"),
        5 => format!("{width}'o{value:o}"),
        6 => format!("{width}'sh{value:X}"),
        7 => format!("{width} 'sd {}", value >> 1),
        8 if value > 9 => format!("{width}'d{}_{}", value / 10, value % 10),
        _ => {
            return Expr {
                text: (value & 0xfff).to_string(),
                binding: PRIMARY,
                width: 32,
                sized: false,
            };
        }
    };
    Expr::primary(text, width)
}
