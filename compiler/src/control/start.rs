//! Where the exploration starts: the values after a reset, or the initial ones.

use super::cases::{ResetCase, reset_cases, reset_roots};
use super::{ControlOptions, ResetStart};
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{Bits, Boundary, ExprId, Netlist, RegId};

/// Cycles for which the reset is held, at most, until its effect is complete.
pub(crate) const RESET_CYCLES: usize = 4;

/// The known starts of the candidates.
pub(super) struct Starts {
    /// The reset found or given.
    pub(super) reset: Option<ResetStart>,
    /// Each with the value of every candidate, in order, as far as known.
    pub(super) values: Vec<Vec<Bits>>,
}

/// Finds the reset and what it, and initialisation, make of the candidates.
///
/// A synchronous reset is the one-bit input and level that makes most
/// candidates known whatever the state was; one that is named like a reset
/// wins a tie. One that was `found` before, for more candidates, is kept.
pub(super) fn starts(
    netlist: &Netlist,
    candidates: &[RegId],
    options: &ControlOptions,
    found: Option<Option<ResetStart>>,
    scratch: &mut Scratch,
) -> Starts {
    let mut finder = Finder::new(netlist, candidates, scratch);
    let reset = match (found, &options.reset) {
        (Some(found), _) => found,
        (None, Some((port, active_high))) => Some(ResetStart {
            port: port.clone(),
            active_high: *active_high,
            asynchronous: finder.is_asynchronous(port),
        }),
        (None, None) => finder.asynchronous().or_else(|| finder.synchronous()),
    };
    let mut values = Vec::new();
    values.extend(reset.as_ref().and_then(|reset| finder.settle(reset)));
    if let Some(initial) = initial(netlist, candidates)
        && !values.contains(&initial)
    {
        values.push(initial);
    }
    Starts { reset, values }
}

/// What a reset makes of registers, whatever the state was: known bits are set
/// by it, unknown ones are not.
pub fn after_reset(netlist: &Netlist, reset: &ResetStart, registers: &[RegId]) -> Vec<Bits> {
    let mut scratch = Scratch::default();
    let settled = Finder::new(netlist, registers, &mut scratch).settle(reset);
    settled.unwrap_or_else(|| {
        let width = |register: &RegId| netlist.registers[register.index()].width;
        (registers.iter())
            .map(|register| Bits::unknown(width(register)))
            .collect()
    })
}

/// Which register bits an input sets that is held at a level for a few cycles,
/// whatever the state was, in netlist order.
fn set_bits(netlist: &Netlist, reset: &ResetStart) -> Vec<bool> {
    let registers: Vec<RegId> = (0..netlist.registers.len() as u32).map(RegId).collect();
    let values = after_reset(netlist, reset, &registers);
    let bits = values
        .iter()
        .flat_map(|value| (0..value.width()).map(|bit| value.bit(bit).is_some()));
    bits.collect()
}

/// What the level of a synchronous reset does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelEffect {
    /// It sets register bits that the other level does not.
    Resets,
    /// All that it sets the other level sets, too, and more.
    OtherResets,
    /// It sets nothing that the other level would not, nor the other way round. A
    /// register that follows the input counts as set by both.
    None,
}

/// Compares the two levels of an input. What it finds of a few cycles is certain; a
/// reset that acts later or only together with other inputs is not seen.
pub fn level_effect(netlist: &Netlist, port: &str, active_high: bool) -> LevelEffect {
    let level = |active_high| ResetStart {
        port: port.to_string(),
        active_high,
        asynchronous: false,
    };
    let own = set_bits(netlist, &level(active_high));
    let other = set_bits(netlist, &level(!active_high));
    let more = |a: &[bool], b: &[bool]| a.iter().zip(b).any(|(a, b)| *a && !*b);
    match (more(&own, &other), more(&other, &own)) {
        (true, _) => LevelEffect::Resets,
        (false, true) => LevelEffect::OtherResets,
        (false, false) => LevelEffect::None,
    }
}

/// The initial values, if every candidate has one.
fn initial(netlist: &Netlist, candidates: &[RegId]) -> Option<Vec<Bits>> {
    let init = |register: &RegId| {
        let init = netlist.registers[register.index()].init.as_ref();
        init.filter(|bits| bits.is_known()).cloned()
    };
    candidates.iter().map(init).collect()
}

struct Finder<'a> {
    netlist: &'a Netlist,
    candidates: &'a [RegId],
    cone: Cone,
    cases: Vec<ResetCase>,
    scratch: &'a mut Scratch,
}

impl<'a> Finder<'a> {
    fn new(netlist: &'a Netlist, candidates: &'a [RegId], scratch: &'a mut Scratch) -> Finder<'a> {
        let next = |register: &RegId| {
            let register = &netlist.registers[register.index()];
            [register.expr, register.next]
        };
        let inputs = netlist.inputs.iter().map(|input| input.expr);
        let roots = reset_roots(netlist).chain(candidates.iter().flat_map(next));
        let cone = Cone::new(&netlist.exprs, roots.chain(inputs));
        Finder {
            netlist,
            candidates,
            cases: reset_cases(netlist, &cone, scratch),
            cone,
            scratch,
        }
    }

    fn is_asynchronous(&self, port: &str) -> bool {
        let mut resets = self.netlist.registers.iter().flat_map(|r| &r.async_resets);
        resets.any(|reset| reset.port.0 == port)
    }

    /// The asynchronous reset that holds most registers.
    fn asynchronous(&self) -> Option<ResetStart> {
        let mut counts: Vec<((String, bool), usize)> = Vec::new();
        for reset in self.netlist.registers.iter().flat_map(|r| &r.async_resets) {
            match counts.iter_mut().find(|(port, _)| *port == reset.port) {
                Some((_, count)) => *count += 1,
                None => counts.push((reset.port.clone(), 1)),
            }
        }
        // The first of several equal ones.
        let ((port, active_high), _) =
            (counts.into_iter().rev()).max_by_key(|(_, count)| *count)?;
        Some(ResetStart {
            port,
            active_high,
            asynchronous: true,
        })
    }

    fn synchronous(&mut self) -> Option<ResetStart> {
        let before = self.count_known(None);
        let mut best: Option<((usize, bool), ResetStart)> = None;
        let ports = self.netlist.inputs.iter();
        for input in ports.filter(|input| input.width == 1 && input.boundary == Boundary::Port) {
            let name = input.name.to_ascii_lowercase();
            let named = name.contains("rst") || name.contains("reset");
            for active_high in [true, false] {
                let reset = ResetStart {
                    port: input.name.clone(),
                    active_high,
                    asynchronous: false,
                };
                let score = (self.count_known(Some(&reset)), named);
                let better = best.as_ref().is_none_or(|(other, _)| score > *other);
                if score.0 > before && better {
                    best = Some((score, reset));
                }
            }
        }
        best.map(|(_, reset)| reset)
    }

    /// How many candidates are known after one cycle of a reset from any state.
    fn count_known(&mut self, reset: Option<&ResetStart>) -> usize {
        let unknown: Vec<Bits> = (self.candidates.iter())
            .map(|register| Bits::unknown(self.netlist.registers[register.index()].width))
            .collect();
        let after = self.step(reset, &unknown).unwrap_or(unknown);
        after.iter().filter(|bits| bits.is_known()).count()
    }

    /// The candidates after enough cycles of a reset from any state.
    fn settle(&mut self, reset: &ResetStart) -> Option<Vec<Bits>> {
        let mut values: Vec<Bits> = (self.candidates.iter())
            .map(|register| Bits::unknown(self.netlist.registers[register.index()].width))
            .collect();
        for _ in 0..RESET_CYCLES {
            let after = self.step(Some(reset), &values)?;
            if after == values {
                break;
            }
            values = after;
        }
        Some(values)
    }

    /// One cycle of the candidates; `None` if the reset cannot be active.
    fn step(&mut self, reset: Option<&ResetStart>, values: &[Bits]) -> Option<Vec<Bits>> {
        let exprs = &self.netlist.exprs;
        let input = reset.map(|reset| {
            let input = self.netlist.input_port(&reset.port);
            input.map(|input| (input.expr, 0, reset.active_high))
        });
        let fact = match input {
            Some(found) => Some(found?),
            None => None,
        };
        // Of the cases that agree with the reset, the one that holds most;
        // without a reset, the first, in which none is active.
        let held = |case: &ResetCase| case.held.iter().flatten().count();
        let mut best: Option<(usize, &ResetCase, Known)> = None;
        for case in &self.cases {
            let mut known = case.known.clone();
            if let Some(fact) = fact
                && known.assume(&self.cone, exprs, fact, self.scratch).is_err()
            {
                continue;
            }
            let wanted = reset.is_some_and(|reset| reset.asynchronous);
            let better = best
                .as_ref()
                .is_none_or(|(count, ..)| wanted && held(case) > *count);
            if better {
                best = Some((held(case), case, known));
            }
        }
        let (_, case, mut known) = best?;
        for (register, value) in self.candidates.iter().zip(values) {
            // Under an open reset it may read as something else.
            if case.held[register.index()].is_none() && case.open(*register).is_empty() {
                let expr = self.netlist.registers[register.index()].expr;
                known.set(&self.cone, expr, value);
            }
        }
        known.sweep(&self.cone, exprs, self.scratch).ok()?;
        let bits = |expr: ExprId| known.bits(&self.cone, exprs, expr);
        let next = |register: &RegId| {
            let value = bits(case.next(self.netlist, *register));
            for reset in case.open(*register) {
                match known.bit(&self.cone, reset.active, 0) {
                    Some(false) => {}
                    Some(true) => return bits(reset.value),
                    None => return Bits::unknown(value.width()),
                }
            }
            value
        };
        Some(self.candidates.iter().map(next).collect())
    }
}
