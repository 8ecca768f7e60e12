//! Expressions made again: on other operands, or bit by bit.

use rustc_hash::FxHashMap;

use super::expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

impl Exprs {
    /// The same operator on other operands; those without a new one are kept.
    pub fn rebuild(&mut self, id: ExprId, new: impl Fn(ExprId) -> Option<ExprId>) -> ExprId {
        let get = |id: ExprId| new(id).unwrap_or(id);
        match self.node(id).clone() {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) => id,
            Node::MemRead(mem, address) => {
                let width = self.width(id);
                let address = self.trim(get(address));
                self.intern(Node::MemRead(mem, address), width)
            }
            Node::Unary(UnaryOp::Not, a) => self.not(get(a)),
            Node::Unary(UnaryOp::Neg, a) => self.neg(get(a)),
            Node::Unary(UnaryOp::SignExtend, a) => {
                let width = self.width(id);
                self.sign_extend(get(a), width)
            }
            Node::Unary(op, a) => self.reduce(op, get(a)),
            Node::Binary(op, a, b) => self.binary(op, get(a), get(b)),
            Node::Mux(select, a, b) => self.mux(get(select), get(a), get(b)),
            Node::Slice(a, low) => {
                let width = self.width(id);
                self.slice(get(a), low, width)
            }
            Node::Concat(items) => {
                let items: Vec<ExprId> = items.iter().map(|&item| get(item)).collect();
                self.concat(&items)
            }
            Node::Index(index, items) => {
                let items: Vec<ExprId> = items.iter().map(|&item| get(item)).collect();
                self.index(get(index), &items)
            }
        }
    }

    /// A slice computed from slices of the operands, down to the leaves
    /// wherever an operator works bit by bit.
    pub fn slice_through(&mut self, of: ExprId, low: u32, width: u32) -> ExprId {
        let mut memo = FxHashMap::default();
        self.slice_memo(of, low, width, &mut memo)
    }

    fn slice_memo(
        &mut self,
        of: ExprId,
        low: u32,
        width: u32,
        memo: &mut FxHashMap<(ExprId, u32, u32), ExprId>,
    ) -> ExprId {
        if let Some(&known) = memo.get(&(of, low, width)) {
            return known;
        }
        let sliced = match self.node(of).clone() {
            Node::Unary(UnaryOp::Not, a) => {
                let a = self.slice_memo(a, low, width, memo);
                self.not(a)
            }
            Node::Unary(UnaryOp::Neg, a) if low + width < self.width(of) => {
                let a = self.slice_memo(a, 0, low + width, memo);
                let value = self.neg(a);
                self.slice(value, low, width)
            }
            Node::Binary(op @ (BinaryOp::And | BinaryOp::Or | BinaryOp::Xor), a, b) => {
                let a = self.slice_memo(a, low, width, memo);
                let b = self.slice_memo(b, low, width, memo);
                self.binary(op, a, b)
            }
            Node::Binary(op @ (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul), a, b)
                if low + width < self.width(of) =>
            {
                let a = self.slice_memo(a, 0, low + width, memo);
                let b = self.slice_memo(b, 0, low + width, memo);
                let value = self.binary(op, a, b);
                self.slice(value, low, width)
            }
            Node::Mux(select, a, b) => {
                let a = self.slice_memo(a, low, width, memo);
                let b = self.slice_memo(b, low, width, memo);
                self.mux(select, a, b)
            }
            Node::Index(index, items) => {
                let items: Vec<ExprId> = items
                    .iter()
                    .map(|&item| self.slice_memo(item, low, width, memo))
                    .collect();
                self.index(index, &items)
            }
            Node::Concat(parts) => {
                let mut picked = Vec::new();
                let mut at = 0;
                for &part in &parts {
                    let (start, end) = (at, at + self.width(part));
                    let (from, to) = (start.max(low), end.min(low + width));
                    if from < to {
                        picked.push(self.slice_memo(part, from - start, to - from, memo));
                    }
                    at = end;
                }
                self.concat(&picked)
            }
            Node::Slice(inner, at) => self.slice_memo(inner, at + low, width, memo),
            _ => self.slice(of, low, width),
        };
        memo.insert((of, low, width), sliced);
        sliced
    }
}
