//! Smart constructors: the way in which expressions are made.
//!
//! They fold constants, strip extensions that decide nothing and apply cheap
//! identities, so that equal functions often get equal ids. Multiplexers are
//! never turned into logic: their data legs show later stages which values a
//! register is given. Every constructor takes operands of any width that its
//! operator allows and returns an expression of exactly the width documented.

use super::bits::Bits;
use super::expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// How deep a slice moves towards the leaves.
const NARROW_DEPTH: u32 = 40;

impl Exprs {
    /// A constant.
    pub fn constant(&mut self, bits: Bits) -> ExprId {
        let width = bits.width();
        self.intern(Node::Const(bits), width)
    }

    /// A known constant.
    pub fn number(&mut self, width: u32, value: u64) -> ExprId {
        self.constant(Bits::from_u64(width, value))
    }

    /// An unknown value.
    pub fn unknown(&mut self, width: u32) -> ExprId {
        self.constant(Bits::unknown(width))
    }

    /// The constant that an expression is.
    pub fn as_const(&self, id: ExprId) -> Option<&Bits> {
        match self.node(id) {
            Node::Const(bits) => Some(bits),
            _ => None,
        }
    }

    pub(super) fn is_zero(&self, id: ExprId) -> bool {
        self.as_const(id).is_some_and(Bits::is_zero)
    }

    pub(super) fn is_ones(&self, id: ExprId) -> bool {
        self.as_const(id).is_some_and(Bits::is_ones)
    }

    /// How many low bits may be other than 0; the bits above are known to be 0.
    pub fn significant(&self, id: ExprId) -> u32 {
        match self.node(id) {
            Node::Const(bits) => {
                let zero = |&at: &u32| bits.bit(at) == Some(false);
                bits.width() - (0..bits.width()).rev().take_while(zero).count() as u32
            }
            Node::Concat(parts) => {
                let mut width = self.width(id);
                for &part in parts.iter().rev() {
                    let used = match self.node(part) {
                        Node::Const(_) => self.significant(part),
                        _ => self.width(part),
                    };
                    width -= self.width(part) - used;
                    if used > 0 {
                        break;
                    }
                }
                width
            }
            _ => self.width(id),
        }
    }

    /// `width` bits from `low` on, which must lie inside `of`.
    pub fn slice(&mut self, of: ExprId, low: u32, width: u32) -> ExprId {
        debug_assert!(low + width <= self.width(of));
        if width == self.width(of) {
            return of;
        }
        match self.node(of) {
            Node::Const(bits) => {
                let bits = bits.slice(low, width);
                self.constant(bits)
            }
            Node::Slice(inner, at) => {
                let (inner, at) = (*inner, *at);
                self.slice(inner, at + low, width)
            }
            Node::Concat(parts) => {
                let mut picked = Vec::new();
                let mut at = 0;
                for &part in parts {
                    let (start, end) = (at, at + self.width(part));
                    let (from, to) = (start.max(low), end.min(low + width));
                    if from < to {
                        picked.push((part, from - start, to - from));
                    }
                    at = end;
                }
                let picked: Vec<ExprId> = picked
                    .into_iter()
                    .map(|(part, low, width)| self.slice(part, low, width))
                    .collect();
                self.concat(&picked)
            }
            Node::Unary(UnaryOp::SignExtend, inner) if low + width <= self.width(*inner) => {
                let inner = *inner;
                self.slice(inner, low, width)
            }
            Node::Unary(UnaryOp::SignExtend, inner) if low == 0 => {
                let inner = *inner;
                self.sign_extend(inner, width)
            }
            _ => match (low == 0).then(|| self.narrow(of, width, 0)).flatten() {
                Some(narrow) => narrow,
                None => self.intern(Node::Slice(of, low), width),
            },
        }
    }

    /// The low `width` bits computed in `width` bits only, where that costs no
    /// slice of anything but a leaf. The answer is kept: what is shared would be
    /// gone through once for each way that leads to it.
    fn narrow(&mut self, of: ExprId, width: u32, depth: u32) -> Option<ExprId> {
        if self.width(of) <= width {
            return (self.width(of) == width).then_some(of);
        }
        if let Some(&known) = self.narrowed.get(&(of, width)) {
            return known;
        }
        if depth > NARROW_DEPTH {
            return None;
        }
        let operand = |exprs: &mut Exprs, of| exprs.narrow(of, width, depth + 1);
        let narrow = match *self.node(of) {
            Node::Const(_) | Node::Concat(_) | Node::Slice(..) => Some(self.slice(of, 0, width)),
            Node::Unary(UnaryOp::SignExtend, _) => Some(self.slice(of, 0, width)),
            Node::Unary(UnaryOp::Not, a) => operand(self, a).map(|a| self.not(a)),
            Node::Unary(UnaryOp::Neg, a) => operand(self, a).map(|a| self.neg(a)),
            Node::Binary(
                op @ (BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Xor
                | BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul),
                a,
                b,
            ) => operand(self, a).and_then(|a| {
                let b = operand(self, b)?;
                Some(self.binary(op, a, b))
            }),
            Node::Mux(select, a, b) => operand(self, a).and_then(|a| {
                let b = operand(self, b)?;
                Some(self.mux(select, a, b))
            }),
            _ => None,
        };
        self.narrowed.insert((of, width), narrow);
        narrow
    }

    /// Concatenation, least significant part first; at least one part.
    pub fn concat(&mut self, parts: &[ExprId]) -> ExprId {
        let mut flat: Vec<ExprId> = Vec::with_capacity(parts.len());
        for &part in parts {
            match self.node(part) {
                Node::Concat(inner) => {
                    let inner = inner.clone();
                    inner.iter().for_each(|&p| self.append(&mut flat, p));
                }
                _ => self.append(&mut flat, part),
            }
        }
        if flat.len() == 1 {
            return flat[0];
        }
        let width = flat.iter().map(|&part| self.width(part)).sum();
        self.intern(Node::Concat(flat.into_boxed_slice()), width)
    }

    /// Appends above what is there, joining neighbours that belong together.
    fn append(&mut self, flat: &mut Vec<ExprId>, part: ExprId) {
        let joined = flat
            .last()
            .and_then(|&last| match (self.node(last), self.node(part)) {
                (Node::Const(a), Node::Const(b)) => {
                    let bits = Bits::concat(&[a.clone(), b.clone()]);
                    Some(self.constant(bits))
                }
                (&Node::Slice(a, low), &Node::Slice(b, high))
                    if a == b && low + self.width(last) == high =>
                {
                    let width = self.width(last) + self.width(part);
                    Some(self.slice(a, low, width))
                }
                _ => None,
            });
        match (joined, flat.last_mut()) {
            (Some(joined), Some(last)) => *last = joined,
            _ => flat.push(part),
        }
    }

    /// Zero-extends or truncates.
    pub fn zero_extend(&mut self, of: ExprId, width: u32) -> ExprId {
        let have = self.width(of);
        if width <= have {
            return self.slice(of, 0, width);
        }
        let zeros = self.constant(Bits::zero(width - have));
        self.concat(&[of, zeros])
    }

    /// Sign-extends or truncates.
    pub fn sign_extend(&mut self, of: ExprId, width: u32) -> ExprId {
        if width <= self.width(of) {
            return self.slice(of, 0, width);
        }
        match self.node(of) {
            Node::Const(bits) => {
                let bits = bits.sign_extend(width);
                self.constant(bits)
            }
            &Node::Unary(UnaryOp::SignExtend, inner) => self.sign_extend(inner, width),
            _ if self.significant(of) < self.width(of) => self.zero_extend(of, width),
            _ => self.intern(Node::Unary(UnaryOp::SignExtend, of), width),
        }
    }

    /// Extends by the sign or by zeros, or truncates.
    pub fn resize(&mut self, of: ExprId, width: u32, signed: bool) -> ExprId {
        if signed {
            self.sign_extend(of, width)
        } else {
            self.zero_extend(of, width)
        }
    }

    /// Drops high bits that are known to be 0; at least one bit stays.
    pub fn trim(&mut self, of: ExprId) -> ExprId {
        let width = self.significant(of).max(1);
        self.slice(of, 0, width)
    }

    /// Bitwise complement.
    pub fn not(&mut self, of: ExprId) -> ExprId {
        match self.node(of) {
            Node::Const(bits) => {
                let bits = bits.not();
                self.constant(bits)
            }
            &Node::Unary(UnaryOp::Not, inner) => inner,
            _ => {
                let width = self.width(of);
                self.intern(Node::Unary(UnaryOp::Not, of), width)
            }
        }
    }

    /// Two's complement.
    pub fn neg(&mut self, of: ExprId) -> ExprId {
        match self.node(of) {
            Node::Const(bits) => {
                let bits = bits.neg();
                self.constant(bits)
            }
            &Node::Unary(UnaryOp::Neg, inner) => inner,
            _ => {
                let width = self.width(of);
                self.intern(Node::Unary(UnaryOp::Neg, of), width)
            }
        }
    }

    /// One bit: a reduction (`ReduceAnd`, `ReduceOr`, `ReduceXor`).
    pub fn reduce(&mut self, op: UnaryOp, of: ExprId) -> ExprId {
        let fold = |bits: &Bits| match op {
            UnaryOp::ReduceAnd => bits.reduce_and(),
            UnaryOp::ReduceOr => bits.reduce_or(),
            _ => bits.reduce_xor(),
        };
        if let Some(bits) = self.as_const(of) {
            let bits = fold(bits).map_or(Bits::unknown(1), Bits::from_bool);
            return self.constant(bits);
        }
        if let Node::Concat(parts) = self.node(of) {
            let parts = parts.clone();
            let consts = parts.iter().filter_map(|&part| self.as_const(part));
            let deciding = match op {
                UnaryOp::ReduceAnd => consts.clone().any(|b| fold(b) == Some(false)),
                UnaryOp::ReduceOr => consts.clone().any(|b| fold(b) == Some(true)),
                _ => false,
            };
            if deciding {
                return self.number(1, u64::from(op == UnaryOp::ReduceOr));
            }
            let neutral = |bits: &Bits| match op {
                UnaryOp::ReduceAnd => bits.is_ones(),
                _ => bits.is_zero(),
            };
            let kept: Vec<ExprId> = parts
                .iter()
                .copied()
                .filter(|&part| !self.as_const(part).is_some_and(neutral))
                .collect();
            if kept.len() < parts.len() {
                let kept = self.concat(&kept);
                return self.reduce(op, kept);
            }
        }
        if self.width(of) == 1 {
            return of;
        }
        self.intern(Node::Unary(op, of), 1)
    }

    /// One bit: whether a bit of `of` is 1, Verilog's truth value.
    pub fn truth(&mut self, of: ExprId) -> ExprId {
        let bit = self.reduce(UnaryOp::ReduceOr, of);
        match *self.node(bit) {
            Node::Mux(select, a, b) if self.is_ones(a) && self.is_zero(b) => select,
            Node::Mux(select, a, b) if self.is_zero(a) && self.is_ones(b) => self.not(select),
            _ => bit,
        }
    }

    /// `select ? then : other` with a one-bit select and legs of equal width.
    pub fn mux(&mut self, select: ExprId, then: ExprId, other: ExprId) -> ExprId {
        debug_assert_eq!(self.width(then), self.width(other));
        if then == other {
            return then;
        }
        let select = self.truth(select);
        match self.node(select) {
            Node::Const(bits) => match bits.bit(0) {
                Some(true) => return then,
                Some(false) => return other,
                None => {
                    if let (Some(a), Some(b)) = (self.as_const(then), self.as_const(other)) {
                        let merged = a.merge(b);
                        return self.constant(merged);
                    }
                }
            },
            &Node::Unary(UnaryOp::Not, inner) => return self.mux(inner, other, then),
            _ => {}
        }
        let then = match *self.node(then) {
            Node::Mux(inner, a, _) if inner == select => a,
            _ => then,
        };
        let other = match *self.node(other) {
            Node::Mux(inner, _, b) if inner == select => b,
            _ => other,
        };
        if then == other {
            return then;
        }
        if let Some(one) = self.unselected(select, then, other) {
            return one;
        }
        let width = self.width(then);
        self.intern(Node::Mux(select, then, other), width)
    }

    /// Element `index` of a list of equally wide expressions; unknown past the end.
    pub fn index(&mut self, index: ExprId, items: &[ExprId]) -> ExprId {
        let index = self.trim(index);
        let bits = self.width(index);
        let reach = 1usize.checked_shl(bits).unwrap_or(usize::MAX);
        let items = &items[..items.len().min(reach)];
        let width = self.width(items[0]);
        if let Some(at) = self.as_const(index) {
            return match at.to_u64().and_then(|at| items.get(at as usize)) {
                Some(&item) => item,
                None => self.unknown(width),
            };
        }
        if items.len() == reach && items.iter().all(|&item| item == items[0]) {
            return items[0];
        }
        if items.len() == 2 && bits == 1 {
            return self.mux(index, items[1], items[0]);
        }
        self.intern(Node::Index(index, items.into()), width)
    }

    /// One bit: `a == b`.
    pub fn eq(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.binary(BinaryOp::Eq, a, b)
    }

    /// Bitwise and.
    pub fn and(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.binary(BinaryOp::And, a, b)
    }

    /// Bitwise or.
    pub fn or(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.binary(BinaryOp::Or, a, b)
    }

    /// Any binary operator; the result is one bit for comparisons, else as wide as `a`.
    pub fn binary(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> ExprId {
        if let (Some(x), Some(y)) = (self.as_const(a), self.as_const(b)) {
            let bits = fold(op, x, y);
            return self.constant(bits);
        }
        let commutes = matches!(
            op,
            BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Xor
                | BinaryOp::Add
                | BinaryOp::Mul
                | BinaryOp::Eq
        );
        let swap =
            commutes && (self.as_const(a).is_some() || (self.as_const(b).is_none() && b < a));
        let (a, b) = if swap { (b, a) } else { (a, b) };
        if let Some(simple) = self.simplify(op, a, b) {
            return simple;
        }
        let width = match op {
            BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS => 1,
            _ => self.width(a),
        };
        self.intern(Node::Binary(op, a, b), width)
    }
}

/// The value of an operator on constants.
fn fold(op: BinaryOp, a: &Bits, b: &Bits) -> Bits {
    let bit = |value: Option<bool>| value.map_or(Bits::unknown(1), Bits::from_bool);
    match op {
        BinaryOp::And => a.and(b),
        BinaryOp::Or => a.or(b),
        BinaryOp::Xor => a.xor(b),
        BinaryOp::Add => a.add(b),
        BinaryOp::Sub => a.sub(b),
        BinaryOp::Mul => a.mul(b),
        BinaryOp::DivU => a.div_mod(b).0,
        BinaryOp::DivS => a.div_mod_signed(b).0,
        BinaryOp::ModU => a.div_mod(b).1,
        BinaryOp::ModS => a.div_mod_signed(b).1,
        BinaryOp::Eq => bit(a.equals(b)),
        BinaryOp::LtU => bit(a.compare(b).map(|order| order.is_lt())),
        BinaryOp::LtS => bit(a.compare_signed(b).map(|order| order.is_lt())),
        BinaryOp::Shl => a.shl(b),
        BinaryOp::ShrU => a.shr(b, false),
        BinaryOp::ShrS => a.shr(b, true),
    }
}
