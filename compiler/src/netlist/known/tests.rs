use super::*;
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::{Builder, Rng, random_expr};
use crate::netlist::{BinaryOp, Netlist, UnaryOp};

/// A random combinational netlist over inputs of several widths.
fn random_netlist(rng: &mut Rng, widest: u32) -> Netlist {
    let mut b = Builder::new();
    let mut pool: Vec<ExprId> = Vec::new();
    for at in 0..4 {
        let width = 1 + rng.below(widest as usize) as u32;
        pool.push(b.input(&format!("i{at}"), width));
    }
    for _ in 0..2 {
        let width = 1 + rng.below(widest.min(60) as usize) as u32;
        let value = rng.next();
        pool.push(b.constant(width, value));
    }
    for _ in 0..12 {
        let expr = random_expr(&mut b, rng, &pool);
        if b.width(expr) <= 3 * widest {
            pool.push(expr);
        }
    }
    let last = *pool.last().expect("not empty");
    b.output("y", last);
    b.finish()
}

fn to_bits(value: &[bool], known: &[bool]) -> Bits {
    let mut planes = [
        vec![0u64; value.len().div_ceil(64)],
        vec![0u64; value.len().div_ceil(64)],
    ];
    for at in 0..value.len() {
        planes[0][at / 64] |= u64::from(value[at]) << (at % 64);
        planes[1][at / 64] |= u64::from(!known[at]) << (at % 64);
    }
    Bits::new(value.len() as u32, &planes[0], &planes[1])
}

/// Random values for the inputs; those bits marked in `fixed` as in `base`.
fn completion(rng: &mut Rng, base: &[Vec<bool>], fixed: &[Vec<bool>]) -> Vec<Vec<bool>> {
    (base.iter().zip(fixed))
        .map(|(base, fixed)| {
            (base.iter().zip(fixed))
                .map(|(&bit, &keep)| if keep { bit } else { rng.flip() })
                .collect()
        })
        .collect()
}

fn assert_agrees(netlist: &Netlist, cone: &Cone, known: &Known, inputs: &[Vec<bool>], seed: u64) {
    let values = eval::values(netlist, &MachineState::zero(netlist), inputs);
    for &id in cone.nodes() {
        let bits = known.bits(cone, &netlist.exprs, id);
        for (at, &actual) in values[id.index()].iter().enumerate() {
            let claimed = bits.bit(at as u32);
            assert!(
                claimed.is_none_or(|claimed| claimed == actual),
                "seed {seed}: {:?} claims {bits} at bit {at}, is {actual}",
                netlist.exprs.node(id)
            );
        }
    }
}

#[test]
fn a_sweep_knows_only_what_every_completion_shares() {
    for seed in 0..1500 {
        let mut rng = Rng::new(seed);
        let widest = if seed % 5 == 0 { 90 } else { 6 };
        let netlist = random_netlist(&mut rng, widest);
        let cone = Cone::new(&netlist.exprs, netlist.roots());
        let mut scratch = Scratch::default();
        let widths = netlist.inputs.iter().map(|input| input.width);
        let base: Vec<Vec<bool>> = widths.map(|width| rng.bits(width)).collect();
        let fixed: Vec<Vec<bool>> = (base.iter())
            .map(|bits| bits.iter().map(|_| rng.below(4) > 0).collect())
            .collect();
        let mut known = Known::nothing(&cone);
        for (at, input) in netlist.inputs.iter().enumerate() {
            if cone.contains(input.expr) {
                known.set(&cone, input.expr, &to_bits(&base[at], &fixed[at]));
            }
        }
        known
            .sweep(&cone, &netlist.exprs, &mut scratch)
            .expect("leaves alone cannot contradict");
        // In two steps, only what the roots need evaluated again: the same there.
        let mut stepwise = Known::nothing(&cone);
        stepwise
            .sweep(&cone, &netlist.exprs, &mut scratch)
            .expect("nothing is set");
        let used = netlist.inputs.iter().enumerate();
        let used: Vec<_> = used.filter(|(_, i)| cone.contains(i.expr)).collect();
        for &(at, input) in &used {
            stepwise.set(&cone, input.expr, &to_bits(&base[at], &fixed[at]));
        }
        let leaves = used.iter().map(|(_, input)| input.expr);
        let needed = Needed::new(&cone, &netlist.exprs, leaves, netlist.roots());
        stepwise
            .sweep_needed(&cone, &netlist.exprs, &needed, &mut scratch)
            .expect("leaves alone cannot contradict");
        for root in netlist.roots() {
            let (own, all) = (stepwise.planes(&cone, root), known.planes(&cone, root));
            assert_eq!(
                (own.value, own.known),
                (all.value, all.known),
                "seed {seed}"
            );
        }
        for _ in 0..8 {
            let inputs = completion(&mut rng, &base, &fixed);
            assert_agrees(&netlist, &cone, &known, &inputs, seed);
        }
    }
}

#[test]
fn an_assumption_keeps_every_completion_that_satisfies_it() {
    let mut satisfied = 0;
    for seed in 0..1500 {
        let mut rng = Rng::new(seed + 50_000);
        let netlist = random_netlist(&mut rng, 5);
        let cone = Cone::new(&netlist.exprs, netlist.roots());
        let mut scratch = Scratch::default();
        let mut known = Known::nothing(&cone);
        known
            .sweep(&cone, &netlist.exprs, &mut scratch)
            .expect("nothing is assumed");
        let mut facts = Vec::new();
        let mut consistent = true;
        for _ in 0..3 {
            let id = cone.nodes()[rng.below(cone.nodes().len())];
            let bit = rng.below(netlist.exprs.width(id) as usize) as u32;
            let fact = (id, bit, rng.flip());
            facts.push(fact);
            let result = known.assume(&cone, &netlist.exprs, fact, &mut scratch);
            if result.is_err() {
                consistent = false;
                break;
            }
        }
        for _ in 0..40 {
            let widths = netlist.inputs.iter().map(|input| input.width);
            let inputs: Vec<Vec<bool>> = widths.map(|width| rng.bits(width)).collect();
            let values = eval::values(&netlist, &MachineState::zero(&netlist), &inputs);
            let holds =
                |&(id, bit, value): &(ExprId, u32, bool)| values[id.index()][bit as usize] == value;
            if facts.iter().all(holds) {
                satisfied += 1;
                assert!(
                    consistent,
                    "seed {seed}: no contradiction, {inputs:?} satisfies"
                );
                assert_agrees(&netlist, &cone, &known, &inputs, seed);
            }
        }
    }
    assert!(satisfied > 1000, "the test is not vacuous: {satisfied}");
}

/// What follows for named expressions from one fact.
fn follows(build: impl Fn(&mut Builder) -> (ExprId, bool, Vec<(ExprId, Option<u64>)>)) {
    let mut b = Builder::new();
    let (fact, value, expected) = build(&mut b);
    b.output("y", fact);
    let netlist = b.finish();
    let roots = netlist
        .roots()
        .chain(expected.iter().map(|&(expr, _)| expr));
    let cone = Cone::new(&netlist.exprs, roots.collect::<Vec<_>>());
    let (mut known, mut scratch) = (Known::nothing(&cone), Scratch::default());
    let exprs = &netlist.exprs;
    known.sweep(&cone, exprs, &mut scratch).expect("consistent");
    known
        .assume(&cone, exprs, (fact, 0, value), &mut scratch)
        .expect("consistent");
    for (expr, number) in expected {
        assert_eq!(known.bits(&cone, exprs, expr).to_u64(), number);
    }
}

#[test]
fn conjunctions_and_equalities_are_taken_apart() {
    follows(|b| {
        let (x, y) = (b.input("x", 4), b.input("y", 1));
        let is = b.is(x, 9);
        let both = b.binary(BinaryOp::And, is, y);
        let sum = b.binary(BinaryOp::Add, x, x);
        (both, true, vec![(x, Some(9)), (y, Some(1)), (sum, Some(2))])
    });
    follows(|b| {
        let x = b.input("x", 3);
        let any = b.unary(UnaryOp::ReduceOr, x);
        (any, false, vec![(x, Some(0))])
    });
    follows(|b| {
        let (x, y) = (b.input("x", 1), b.input("y", 1));
        let not = b.unary(UnaryOp::Not, x);
        let either = b.binary(BinaryOp::Or, not, y);
        (either, false, vec![(x, Some(1)), (y, Some(0))])
    });
    follows(|b| {
        let x = b.input("x", 70);
        let one = b.constant(70, 1);
        let sum = b.binary(BinaryOp::Add, x, one);
        let is = b.is(sum, 0);
        let top = b.slice(x, 69, 1);
        (is, true, vec![(top, Some(1)), (sum, Some(0))])
    });
}
