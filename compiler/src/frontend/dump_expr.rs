//! Expressions as text, for [`super::dump`].

use super::ast::*;
use super::dump::Dump;

impl Dump<'_> {
    pub(super) fn exprs(&self, list: &[ExprId]) -> String {
        let list: Vec<String> = list.iter().map(|&expr| self.expr(expr)).collect();
        list.join(", ")
    }

    pub(super) fn args(&self, args: &[Arg]) -> String {
        let args: Vec<String> = args
            .iter()
            .map(|arg| match arg {
                Arg::Positional(value) => value.map(|it| self.expr(it)).unwrap_or_default(),
                Arg::Named { name, value } => {
                    let value = value.map(|it| self.expr(it)).unwrap_or_default();
                    format!(".{}({value})", name.text)
                }
                Arg::Implicit(name) => format!(".{}", name.text),
                Arg::Wildcard(_) => ".*".to_string(),
            })
            .collect();
        args.join(", ")
    }

    pub(super) fn expr(&self, id: ExprId) -> String {
        match &self.ast[id].kind {
            ExprKind::Name(name) => name.to_string(),
            ExprKind::Number(number) => self::number(number),
            ExprKind::Real(text) => text.to_string(),
            ExprKind::String(text) => format!("{text:?}"),
            ExprKind::Unary(op, a) => format!("({op:?} {})", self.expr(*a)),
            ExprKind::Binary(op, a, b) => format!("({op:?} {} {})", self.expr(*a), self.expr(*b)),
            ExprKind::Conditional(c, a, b) => {
                format!("(? {} {} {})", self.expr(*c), self.expr(*a), self.expr(*b))
            }
            ExprKind::Index(a, i) => format!("{}[{}]", self.expr(*a), self.expr(*i)),
            ExprKind::Range(a, kind, x, y) => {
                let sign = match kind {
                    RangeKind::Constant => ":",
                    RangeKind::Up => "+:",
                    RangeKind::Down => "-:",
                };
                format!(
                    "{}[{}{sign}{}]",
                    self.expr(*a),
                    self.expr(*x),
                    self.expr(*y)
                )
            }
            ExprKind::Member(a, name) => format!("{}.{}", self.expr(*a), name.text),
            ExprKind::Scoped(package, name) => format!("{}::{}", package.text, name.text),
            ExprKind::Call(callee, args) => format!("{}({})", self.expr(*callee), self.args(args)),
            ExprKind::System(name) => name.to_string(),
            ExprKind::Concat(items) => format!("{{{}}}", self.exprs(items)),
            ExprKind::Replicate(n, items) => {
                format!("{{{}{{{}}}}}", self.expr(*n), self.exprs(items))
            }
            ExprKind::Stream { left, slice, items } => {
                let arrow = if *left { "<<" } else { ">>" };
                let slice = slice.map(|it| self.expr(it)).unwrap_or_default();
                format!("{{{arrow}{slice}{{{}}}}}", self.exprs(items))
            }
            ExprKind::Pattern { ty, repeat, items } => {
                let ty = ty.map(|it| self.expr(it)).unwrap_or_default();
                let items: Vec<String> = items
                    .iter()
                    .map(|(key, value)| {
                        let key = key.map_or(String::new(), |key| format!("{}: ", self.expr(key)));
                        format!("{key}{}", self.expr(*value))
                    })
                    .collect();
                let repeat = repeat.map_or(String::new(), |n| format!("{} * ", self.expr(n)));
                format!("{ty}'{{{repeat}{}}}", items.join(", "))
            }
            ExprKind::Cast { ty, operand } => {
                format!("{}'({})", self.expr(*ty), self.expr(*operand))
            }
            ExprKind::Inside(value, items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| match item {
                        InsideItem::Value(it) => self.expr(*it),
                        InsideItem::Range(a, b) => format!("[{}:{}]", self.expr(*a), self.expr(*b)),
                    })
                    .collect();
                format!("({} inside {})", self.expr(*value), items.join(", "))
            }
            ExprKind::ValueRange(a, b) => format!("[{}:{}]", self.expr(*a), self.expr(*b)),
            ExprKind::Assign {
                kind,
                op,
                lhs,
                rhs,
                delayed,
            } => {
                let sign = if *kind == AssignKind::Nonblocking {
                    "<="
                } else {
                    "="
                };
                let op = op.map_or(String::new(), |op| format!("{op:?}"));
                let delay = if *delayed { "# " } else { "" };
                format!("{} {op}{sign} {delay}{}", self.expr(*lhs), self.expr(*rhs))
            }
            ExprKind::Increment { down, operand } => {
                format!("{}{}", self.expr(*operand), if *down { "--" } else { "++" })
            }
            ExprKind::Type(ty) => format!("type<{}>", self.typed(ty, "")),
            ExprKind::Keyword(word) => word.to_string(),
            ExprKind::Unsupported(it) => format!("unsupported<{}>", it.what),
        }
    }
}

/// Bits of a number, topmost first, with its flags.
fn number(number: &Number) -> String {
    let bits: String = (0..number.bits.width())
        .rev()
        .map(|bit| {
            let z = number.z.get(bit as usize / 64).copied().unwrap_or(0);
            match number.bits.bit(bit) {
                _ if z >> (bit % 64) & 1 == 1 => 'z',
                Some(true) => '1',
                Some(false) => '0',
                None => 'x',
            }
        })
        .collect();
    let plain = number
        .bits
        .to_u64()
        .filter(|_| !number.sized && !number.fill);
    match plain {
        Some(value) if number.signed => value.to_string(),
        _ => {
            let fill = if number.fill { "fill " } else { "" };
            let size = if number.sized {
                number.bits.width().to_string()
            } else {
                String::new()
            };
            let sign = if number.signed { "s" } else { "" };
            format!("{fill}{size}'{sign}b{bits}")
        }
    }
}
