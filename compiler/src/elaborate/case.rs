//! `case` statements.

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::context::{Elab, Res, ScopeIdx};
use super::env::Key;
use super::typed::Typed;
use crate::frontend::ast::{self, CaseItem, CaseKind, ExprKind, InsideItem};
use crate::netlist::{Bits, ExprId, Node};

/// Widest selector whose case becomes a table.
const TABLE_BITS: u32 = 10;

/// A case of so many arms is looked at for what few of them assign.
const MANY: usize = 16;
/// Few are fewer than one in so many.
const FEW: usize = 8;

/// A label of a case.
enum Label {
    /// A constant; bits set in `wild` match anything.
    Constant {
        bits: Bits,
        wild: Bits,
    },
    Other(Typed),
    /// The condition itself.
    Hit(ExprId),
}

/// A constant label of an item.
struct Pattern {
    item: usize,
    bits: Bits,
    /// Bits that match anything.
    wild: Bits,
}

/// What the arms of a case assign: those that can match, in order, and what is
/// done where none does.
struct Arms {
    selector: ExprId,
    /// The condition of each arm, and its item.
    arms: Vec<(ExprId, usize)>,
    taken: Vec<IndexMap<Key, ExprId>>,
    /// No arm matches.
    missed: ExprId,
    rest: IndexMap<Key, ExprId>,
    /// The labels with their items, if all are constants without wild bits.
    table: Option<Vec<(usize, Bits)>>,
    /// There are many arms, and at most one of them matches.
    exclusive: bool,
}

impl<'a> Elab<'a> {
    pub fn exec_case(
        &mut self,
        scope: ScopeIdx,
        kind: CaseKind,
        selector: ast::ExprId,
        items: &'a [CaseItem],
        full: bool,
    ) -> Res<()> {
        let span = self.ast[selector].span;
        let mut labels: Vec<Vec<(Label, bool)>> = Vec::new();
        let inside = match kind {
            CaseKind::Inside => Some(self.self_signed(scope, selector)?),
            _ => None,
        };
        let selector = match inside {
            Some((value, signed)) => self.value(value, signed, span),
            None => self.typed(scope, selector)?,
        };
        let (mut width, mut signed) = (selector.width, selector.signed);
        for item in items {
            let mut list = Vec::new();
            for &label in &item.labels {
                if let Some(value) = inside {
                    let (label, label_signed) = self.inside_label(scope, value, label)?;
                    list.push((label, label_signed));
                    continue;
                }
                let (label, label_width, label_signed) = self.label(scope, kind, label)?;
                width = width.max(label_width);
                signed &= label_signed;
                list.push((label, label_signed));
            }
            labels.push(list);
        }
        let selector = self.lower(selector, width, signed)?;

        let open = self.wild_bits(kind, selector);
        let mut patterns = Vec::new();
        let mut constant_only = true;
        let mut matches = Vec::new();
        for list in labels {
            let mut hit = self.exprs.number(1, 0);
            for (label, _) in list {
                let one = match label {
                    Label::Constant { bits, wild } => {
                        let resize = |bits: &Bits| match signed {
                            true => bits.sign_extend(width),
                            false => bits.zero_extend(width),
                        };
                        let (bits, wild) = (resize(&bits), resize(&wild));
                        let wild = wild.or(&open);
                        let label = self.exprs.constant(bits.clone());
                        let hit = self.equal_where(selector, label, &wild);
                        patterns.push(Pattern {
                            item: matches.len(),
                            bits,
                            wild,
                        });
                        hit
                    }
                    Label::Hit(hit) => {
                        constant_only = false;
                        hit
                    }
                    Label::Other(label) => {
                        constant_only = false;
                        let label = self.lower(label, width, signed)?;
                        let wild = self.wild_bits(kind, label).or(&open);
                        self.equal_where(selector, label, &wild)
                    }
                };
                hit = self.exprs.or(hit, one);
            }
            matches.push(hit);
        }

        // Arms in order; whatever follows a surely matching arm is dead.
        let mut arms: Vec<(ExprId, usize)> = Vec::new();
        for (at, &hit) in matches.iter().enumerate() {
            if !items[at].labels.is_empty() {
                arms.push((hit, at));
            }
        }
        let default = items.iter().position(|item| item.labels.is_empty());
        let sure = |elab: &Self, hit| elab.exprs.as_const(hit).and_then(|b: &Bits| b.bit(0));
        arms.retain(|&(hit, _)| sure(self, hit) != Some(false));
        let mut last = default.map(Some);
        if let Some(at) = arms
            .iter()
            .position(|&(hit, _)| sure(self, hit) == Some(true))
        {
            last = Some(Some(arms[at].1));
            arms.truncate(at);
        } else if self.covered(selector, &patterns) {
            // Complete without the default: the last arm needs no test.
            last = arms.pop().map(|(_, at)| Some(at));
        }
        let full = full && last.is_none();
        let rest = last.unwrap_or(None).and_then(|at| items[at].body);

        let table = constant_only && patterns.iter().all(|pattern| pattern.wild.is_zero());
        let exclusive = table && arms.len() >= MANY && all_differ(&patterns);
        let mut left = self.exprs.number(1, 1);
        let mut taken = Vec::new();
        for &(hit, at) in &arms {
            let condition = match exclusive {
                true => hit,
                false => self.exprs.and(left, hit),
            };
            let body = items[at].body;
            taken.push(self.branch(condition, |elab| elab.exec_maybe(scope, body))?);
            let missed = self.exprs.not(hit);
            left = self.exprs.and(left, missed);
        }
        let rest = self.branch(left, |elab| elab.exec_maybe(scope, rest))?;
        let labels = patterns
            .into_iter()
            .map(|pattern| (pattern.item, pattern.bits));
        let arms = Arms {
            selector,
            arms,
            taken,
            missed: left,
            rest,
            table: table.then(|| labels.collect()),
            exclusive,
        };
        self.join(&arms, full);
        Ok(())
    }

    /// A label of `case … inside`: each is compared by itself.
    fn inside_label(
        &mut self,
        scope: ScopeIdx,
        value: (ExprId, bool),
        label: ast::ExprId,
    ) -> Res<(Label, bool)> {
        let item = match self.ast[label].kind {
            ExprKind::ValueRange(low, high) => InsideItem::Range(low, high),
            _ => {
                let constant = self.label_constant(scope, label)?;
                let same = |c: &super::context::Constant| {
                    c.bits.width() == self.exprs.width(value.0) && c.text.is_none()
                };
                if let Some(constant) = constant.filter(same) {
                    let width = constant.bits.width();
                    let wild = Bits::new(width, constant.bits.unknown_limbs(), &[]);
                    let bits = constant.bits;
                    return Ok((Label::Constant { bits, wild }, constant.signed));
                }
                InsideItem::Value(label)
            }
        };
        let hit = self.inside_item(scope, value, &item)?;
        Ok((Label::Hit(hit), value.1))
    }

    fn label(
        &mut self,
        scope: ScopeIdx,
        kind: CaseKind,
        label: ast::ExprId,
    ) -> Res<(Label, u32, bool)> {
        let Some(constant) = self.label_constant(scope, label)? else {
            let typed = self.typed(scope, label)?;
            if let super::typed::Kind::Value(value) = typed.kind
                && let Some(bits) = self.exprs.as_const(value)
            {
                let (bits, signed) = (bits.clone(), typed.signed);
                let wild = Bits::zero(bits.width());
                let width = bits.width();
                return Ok((Label::Constant { bits, wild }, width, signed));
            }
            let (width, signed) = (typed.width, typed.signed);
            return Ok((Label::Other(typed), width, signed));
        };
        let width = constant.bits.width();
        let unknown = Bits::new(width, constant.bits.unknown_limbs(), &[]);
        let wild = match kind {
            CaseKind::X => unknown,
            CaseKind::Z => constant.z.clone().unwrap_or_else(|| Bits::zero(width)),
            _ => Bits::zero(width),
        };
        let bits = constant.bits;
        Ok((Label::Constant { bits, wild }, width, constant.signed))
    }

    /// The bits of a selector or label that match anything, as far as its form
    /// shows: those written `z` or, for `casex`, `x`.
    fn wild_bits(&self, kind: CaseKind, value: ExprId) -> Bits {
        let width = self.exprs.width(value);
        match self.exprs.node(value) {
            Node::Net(slot) if self.is_high_z(*slot) => match kind {
                CaseKind::Z | CaseKind::X => Bits::ones(width),
                _ => Bits::zero(width),
            },
            Node::Const(bits) if kind == CaseKind::X => Bits::new(width, bits.unknown_limbs(), &[]),
            Node::Concat(parts) => {
                let parts: Vec<Bits> = parts.iter().map(|&p| self.wild_bits(kind, p)).collect();
                Bits::concat(&parts)
            }
            _ => Bits::zero(width),
        }
    }

    /// Whether two values are the same in the bits that are not wild.
    fn equal_where(&mut self, a: ExprId, b: ExprId, wild: &Bits) -> ExprId {
        let width = wild.width();
        let mut equal = self.exprs.number(1, 1);
        let mut at = 0;
        while at < width {
            let (start, skip) = (at, wild.bit(at) == Some(true));
            while at < width && (wild.bit(at) == Some(true)) == skip {
                at += 1;
            }
            if !skip {
                let a = self.exprs.slice(a, start, at - start);
                let b = self.exprs.slice(b, start, at - start);
                let same = self.identical(a, b);
                equal = self.exprs.and(equal, same);
            }
        }
        equal
    }

    /// Whether the patterns match every value that the selector can have.
    fn covered(&self, selector: ExprId, patterns: &[Pattern]) -> bool {
        let bits = self.exprs.significant(selector);
        // The bits above are 0: what asks for others there matches nothing.
        let possible = patterns.iter().filter(|pattern| {
            let mut above = bits..pattern.bits.width();
            above
                .all(|at| pattern.wild.bit(at) == Some(true) || pattern.bits.bit(at) == Some(false))
        });
        let list: Vec<(&Bits, &Bits)> = possible.map(|p| (&p.bits, &p.wild)).collect();
        // A complete list of n-bit labels without wildcards has 2^n of them.
        let wild = patterns.iter().any(|pattern| !pattern.wild.is_zero());
        if bits == 0 || (!wild && (bits > 24 || list.len() < 1 << bits)) {
            return false;
        }
        let mut budget = 100_000;
        covers(&list, bits, &mut budget)
    }

    /// Merges the arms of a case. One that is `full` is left by an arm.
    fn join(&mut self, of: &Arms, full: bool) {
        let mut keys: IndexMap<Key, Vec<(usize, ExprId)>> = IndexMap::new();
        for (arm, taken) in of.taken.iter().enumerate() {
            for (&key, &value) in taken {
                keys.entry(key).or_default().push((arm, value));
            }
        }
        for &key in of.rest.keys() {
            keys.entry(key).or_default();
        }
        for (key, own) in keys {
            let kept = self.kept(key);
            let last = match of.rest.get(&key) {
                Some(&value) => value,
                None if full => self.left_by_full_case(key, kept),
                None => kept,
            };
            let few = of.exclusive && own.len() * FEW < of.arms.len();
            let joined = match few && !matches!(key, Key::Jump(_)) {
                true => self.join_few(of, &own, kept, last),
                false => self.join_chain(of, key, &own, kept, last),
            };
            self.env.set(key, joined);
        }
    }

    /// The value after a case whose arms are tried one after the other; `own`
    /// are the values of the arms that assign it, the others keep it.
    fn join_chain(
        &mut self,
        of: &Arms,
        key: Key,
        own: &[(usize, ExprId)],
        kept: ExprId,
        last: ExprId,
    ) -> ExprId {
        let values = all_values(of, own, kept);
        let table = of.table.as_ref().filter(|_| !matches!(key, Key::Jump(_)));
        let indexed = table.and_then(|table| self.tabulate(of, &values, last, table));
        indexed.unwrap_or_else(|| {
            let mut joined = last;
            for (&(hit, _), &value) in of.arms.iter().zip(&values).rev() {
                joined = self.choose(key, hit, value, joined);
            }
            joined
        })
    }

    /// The same where at most one arm matches, without the arms that keep it.
    fn join_few(
        &mut self,
        of: &Arms,
        own: &[(usize, ExprId)],
        kept: ExprId,
        last: ExprId,
    ) -> ExprId {
        let other = self.exprs.mux(of.missed, last, kept);
        own.iter().rev().fold(other, |joined, &(arm, value)| {
            self.exprs.mux(of.arms[arm].0, value, joined)
        })
    }

    /// A dense table of constants.
    fn tabulate(
        &mut self,
        of: &Arms,
        values: &[ExprId],
        last: ExprId,
        table: &[(usize, Bits)],
    ) -> Option<ExprId> {
        let (selector, arms) = (of.selector, &of.arms);
        let bits = self.exprs.significant(selector);
        let entries = 1usize << bits.min(TABLE_BITS);
        let constant = |elab: &Self, id| elab.exprs.as_const(id).is_some();
        if bits == 0
            || bits > TABLE_BITS
            || arms.len() < 8
            || table.len() * 2 < entries
            || !constant(self, last)
            || !values.iter().all(|&value| constant(self, value))
        {
            return None;
        }
        let by_item: FxHashMap<usize, ExprId> = arms
            .iter()
            .zip(values)
            .map(|(&(_, item), &value)| (item, value))
            .collect();
        let mut items = vec![last; entries];
        for (item, label) in table.iter().rev() {
            let at = label.to_u64().and_then(|at| usize::try_from(at).ok());
            if let Some(slot) = at.and_then(|at| items.get_mut(at)) {
                *slot = by_item.get(item).copied().unwrap_or(last);
            }
        }
        let index = self.exprs.slice(selector, 0, bits);
        Some(self.exprs.index(index, &items))
    }
}

/// Whether no two labels of different items are the same.
fn all_differ(patterns: &[Pattern]) -> bool {
    let mut seen: FxHashMap<&Bits, usize> = FxHashMap::default();
    (patterns.iter()).all(|pattern| {
        pattern.bits.is_known()
            && *seen.entry(&pattern.bits).or_insert(pattern.item) == pattern.item
    })
}

/// The values of all arms.
fn all_values(of: &Arms, own: &[(usize, ExprId)], kept: ExprId) -> Vec<ExprId> {
    let mut values = vec![kept; of.arms.len()];
    for &(arm, value) in own {
        values[arm] = value;
    }
    values
}

/// Whether patterns match all values of the low `bits` bits, others being 0.
fn covers(patterns: &[(&Bits, &Bits)], bits: u32, budget: &mut u32) -> bool {
    *budget = budget.saturating_sub(1);
    if patterns.is_empty() || *budget == 0 {
        return false;
    }
    let wild = |p: &(&Bits, &Bits), at: u32| p.1.bit(at) == Some(true);
    let all_wild = |p: &&(&Bits, &Bits)| (0..bits).all(|at| wild(p, at));
    if patterns.iter().any(|p| all_wild(&p)) {
        return true;
    }
    let Some(at) = bits.checked_sub(1) else {
        return true;
    };
    [false, true].into_iter().all(|value| {
        let rest: Vec<(&Bits, &Bits)> = patterns
            .iter()
            .copied()
            .filter(|p| wild(p, at) || p.0.bit(at) == Some(value))
            .collect();
        covers(&rest, at, budget)
    })
}
