//! What a process has assigned so far: values per slot, blocking and
//! nonblocking apart, with an undo log for branches.

use rustc_hash::FxHashMap;

use super::context::{Elab, MemWrite};
use crate::frontend::ast;
use crate::netlist::{Bits, ExprId, Node};
use crate::source::Span;

/// A variable of a process: a slot's blocking or nonblocking value, or a jump
/// that has been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Blocking(u32),
    Nonblocking(u32),
    Jump(u32),
}

/// What a slot holds that the process has not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// Its own value, which must never be needed: a latch.
    #[default]
    Combinational,
    /// The register's value.
    Clocked,
    /// Its initial value so far.
    Initial,
}

/// A statement that can be left early.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit {
    pub kind: ExitKind,
    pub key: u32,
}

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitKind {
    Break,
    Continue,
    Return,
    Block(ast::ScopeId),
}

/// The state of a symbolic execution.
#[derive(Debug, Default)]
pub(super) struct Env {
    pub mode: Mode,
    values: FxHashMap<Key, ExprId>,
    log: Vec<(Key, Option<ExprId>)>,
    /// Bits that any path may write, in the order first written.
    pub written: indexmap::IndexMap<Key, Written>,
    pub shadows: FxHashMap<u32, u32>,
    /// Slots for what lies beneath the nonblocking values of those that are
    /// assigned by `=` too.
    pub beneath: FxHashMap<u32, u32>,
    /// The condition under which the present statement runs; none is always.
    pub path: Option<ExprId>,
    pub memory_writes: Vec<(u32, MemWrite)>,
    /// Statements around that can be left, innermost last.
    pub exits: Vec<Exit>,
    pub next_exit: u32,
    /// Slots that the whole body assigned both by `=` and by `<=`.
    pub mixed: Vec<u32>,
    /// Some jump has been taken on some path.
    pub jumped: bool,
}

/// Which bits a process may write.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub bits: Vec<bool>,
    pub span: Span,
}

impl Env {
    /// An empty one.
    pub fn new(mode: Mode) -> Env {
        Env {
            mode,
            ..Env::default()
        }
    }

    pub fn get(&self, key: Key) -> Option<ExprId> {
        self.values.get(&key).copied()
    }

    pub fn set(&mut self, key: Key, value: ExprId) {
        let old = self.values.insert(key, value);
        self.log.push((key, old));
    }

    /// A place in the log.
    pub fn mark(&self) -> usize {
        self.log.len()
    }

    /// The keys set since a mark, with the values before.
    pub fn since(&self, mark: usize) -> indexmap::IndexMap<Key, Option<ExprId>> {
        let mut keys = indexmap::IndexMap::new();
        for &(key, old) in &self.log[mark..] {
            keys.entry(key).or_insert(old);
        }
        keys
    }

    /// Takes what was set since a mark, and undoes it.
    pub fn take(&mut self, mark: usize) -> indexmap::IndexMap<Key, ExprId> {
        let mut taken = indexmap::IndexMap::new();
        for &(key, _) in &self.log[mark..] {
            if let Some(&value) = self.values.get(&key) {
                taken.insert(key, value);
            }
        }
        for (key, old) in self.log.drain(mark..).rev() {
            match old {
                Some(old) => self.values.insert(key, old),
                None => self.values.remove(&key),
            };
        }
        taken
    }

    /// Notes that bits may be written.
    pub fn note(&mut self, key: Key, width: u32, low: i64, count: i64, span: Span) {
        let written = self.written.entry(key).or_insert_with(|| Written {
            bits: vec![false; width as usize],
            span,
        });
        let have = i64::from(width);
        let (from, to) = (low.clamp(0, have), (low + count).clamp(0, have));
        if let Some(bits) = written.bits.get_mut(from as usize..to.max(from) as usize) {
            bits.fill(true);
        }
    }
}

impl<'a> Elab<'a> {
    /// What a slot holds where the process has not written it and keeps it.
    pub fn held(&mut self, key: Key) -> ExprId {
        let (Key::Blocking(slot) | Key::Nonblocking(slot)) = key else {
            return self.exprs.number(1, 0);
        };
        if let Some(beneath) = self.beneath(key) {
            return beneath;
        }
        let of = &self.slots[slot as usize];
        let (width, init) = (of.width, of.init.clone());
        match (self.net(of.net).local, self.env.mode) {
            (true, _) | (_, Mode::Combinational) => self.shadow(slot),
            (false, Mode::Clocked) => self.leaf(slot),
            (false, Mode::Initial) => {
                let bits = init.unwrap_or_else(|| Bits::unknown(width));
                self.exprs.constant(bits)
            }
        }
    }

    /// The value of a key that an assignment replaces a part of.
    pub fn kept(&mut self, key: Key) -> ExprId {
        match self.env.get(key) {
            Some(value) => value,
            None => self.held(key),
        }
    }

    /// The value of a slot as an expression sees it.
    pub fn read_slot(&mut self, slot: u32) -> ExprId {
        if let Some(value) = self.env.get(Key::Blocking(slot)) {
            return value;
        }
        let local = self.net(self.slots[slot as usize].net).local;
        if local || self.env.mode == Mode::Initial {
            return self.held(Key::Blocking(slot));
        }
        self.leaf(slot)
    }

    /// Runs `body` under a condition, and merges what it assigns.
    pub fn under(
        &mut self,
        condition: ExprId,
        body: impl FnOnce(&mut Self) -> super::context::Res<()>,
    ) -> super::context::Res<()> {
        let taken = self.branch(condition, body)?;
        self.merge(condition, taken, indexmap::IndexMap::new());
        Ok(())
    }

    /// Runs `body` under a condition; takes what it assigns.
    pub fn branch(
        &mut self,
        condition: ExprId,
        body: impl FnOnce(&mut Self) -> super::context::Res<()>,
    ) -> super::context::Res<indexmap::IndexMap<Key, ExprId>> {
        let path = self.env.path;
        self.env.path = Some(match path {
            Some(path) => self.exprs.and(path, condition),
            None => condition,
        });
        let mark = self.env.mark();
        body(self)?;
        self.env.path = path;
        Ok(self.env.take(mark))
    }

    /// Assigns `condition ? then : other`, key by key.
    pub fn merge(
        &mut self,
        condition: ExprId,
        then: indexmap::IndexMap<Key, ExprId>,
        other: indexmap::IndexMap<Key, ExprId>,
    ) {
        let mut keys: Vec<Key> = then.keys().copied().collect();
        keys.extend(other.keys().filter(|key| !then.contains_key(*key)));
        for key in keys {
            let a = then.get(&key).copied();
            let a = a.unwrap_or_else(|| self.kept(key));
            let b = other.get(&key).copied();
            let b = b.unwrap_or_else(|| self.kept(key));
            let value = self.choose(key, condition, a, b);
            self.env.set(key, value);
        }
    }

    /// `condition ? a : b` for a key. That a jump is taken on every path must
    /// come out as a constant, so jumps are joined by `or` and `and`.
    pub fn choose(&mut self, key: Key, condition: ExprId, a: ExprId, b: ExprId) -> ExprId {
        if a == b {
            return a;
        }
        if let Key::Blocking(slot) | Key::Nonblocking(slot) = key {
            return self.choose_by_parts(slot, condition, a, b);
        }
        let inverse = self.exprs.not(condition);
        let one = self.exprs.number(1, 1);
        if a == one {
            return self.exprs.or(condition, b);
        }
        if b == one {
            return self.exprs.or(inverse, a);
        }
        let (a, b) = (self.exprs.and(condition, a), self.exprs.and(inverse, b));
        self.exprs.or(a, b)
    }

    /// `condition ? a : b` of a slot, with the bits that a value holds only because
    /// the process has not assigned them apart from the others. Where all paths
    /// assign them later, nothing of them is left: they are no latch.
    fn choose_by_parts(&mut self, slot: u32, condition: ExprId, a: ExprId, b: ExprId) -> ExprId {
        let Some(&shadow) = self.env.shadows.get(&slot) else {
            return self.exprs.mux(condition, a, b);
        };
        let shadow = self.leaf(shadow);
        let width = self.exprs.width(a);
        let mut cuts = vec![0, width];
        self.cut_around(shadow, a, &mut cuts);
        self.cut_around(shadow, b, &mut cuts);
        cuts.sort_unstable();
        cuts.dedup();
        let mut parts = Vec::new();
        for ends in cuts.windows(2) {
            let (low, count) = (ends[0], ends[1] - ends[0]);
            let a = self.exprs.slice(a, low, count);
            let b = self.exprs.slice(b, low, count);
            parts.push(self.exprs.mux(condition, a, b));
        }
        self.exprs.concat(&parts)
    }

    /// Where the parts of a value begin and end that are a leaf or bits of it.
    fn cut_around(&self, leaf: ExprId, value: ExprId, cuts: &mut Vec<u32>) {
        let of_leaf = |part: ExprId| match *self.exprs.node(part) {
            Node::Slice(of, _) => of == leaf,
            _ => part == leaf,
        };
        let Node::Concat(parts) = self.exprs.node(value) else {
            return;
        };
        let mut low = 0;
        for &part in parts {
            let high = low + self.exprs.width(part);
            if of_leaf(part) {
                cuts.extend([low, high]);
            }
            low = high;
        }
    }
}
