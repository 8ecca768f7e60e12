//! Bits that a plan derives: what is wrong about them is refuted.

use super::*;
use crate::control::ControlOptions;
use crate::liveness::{self, Range, tests as machines};

fn analyzed(netlist: &Netlist) -> (ControlGraph, Liveness) {
    let (graph, _) = crate::control::explore(netlist, &ControlOptions::default());
    liveness::analyze(netlist, &graph, &[])
}

/// What is claimed without a plan.
fn claims<'a>(netlist: &'a Netlist, graph: &'a ControlGraph, liveness: &'a Liveness) -> Claims<'a> {
    Claims {
        netlist,
        graph,
        liveness,
        plan: None,
    }
}

/// A plan for [`machines::copies`] whose checkpoint in the waiting state derives all that follows.
fn deriving(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> (Plan, usize) {
    let mut plan =
        crate::plan::plan(netlist, graph, liveness, &Default::default()).expect("feasible");
    for checkpoint in &mut plan.checkpoints {
        let bits = crate::plan::derivable(netlist, liveness, checkpoint, |bit| bit, true);
        checkpoint.derive(bits);
    }
    let mut checkpoints = plan.checkpoints.iter();
    let at = checkpoints.position(|checkpoint| checkpoint.derived.len() == 5);
    let at = at.expect("two copies, two inverses and a function");
    (plan, at)
}

fn refuted(claims: &Claims<'_>) -> Vec<Counterexample> {
    let proof = prove(claims, &ProveOptions::default(), |_, _| {});
    let verdicts = proof.obligations.into_iter().map(|it| it.verdict);
    verdicts
        .filter_map(|verdict| match verdict {
            Verdict::Proved => None,
            Verdict::Refuted(found) => Some(*found),
            Verdict::Unknown => panic!("there is time"),
        })
        .collect()
}

#[test]
fn a_derived_bit_that_is_something_else_is_refuted_by_name() {
    let netlist = machines::copies();
    let (graph, liveness) = analyzed(&netlist);
    let (plan, at) = deriving(&netlist, &graph, &liveness);
    let plain = claims(&netlist, &graph, &liveness);
    let check = |plan: &Plan| {
        let plan = Some(plan);
        refuted(&Claims { plan, ..plain })
    };
    assert_eq!(check(&plan), []);
    for (&bit, is) in &plan.checkpoints[at].derived {
        let mut wrong = plan.clone();
        let other = is.clone().inverted_if(true);
        wrong.checkpoints[at].derived.insert(bit, other);
        let found = check(&wrong);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bits, [liveness.bits.bit(bit)]);
    }
    // A source that is lost takes along what is derived from it.
    let mut wrong = plan.clone();
    let lost = liveness.bits.of(RegId(1), 0);
    wrong.checkpoints[at].saved.remove(lost);
    assert_eq!(check(&wrong).len(), 1);
}

#[test]
fn a_wrong_relation_is_refuted_where_a_plan_relies_on_some() {
    let netlist = machines::copies();
    let (graph, liveness) = analyzed(&netlist);
    let (plan, at) = deriving(&netlist, &graph, &liveness);
    let state = plan.checkpoints[at].state;
    for relation in 0..liveness.relations[state.index()].0.len() {
        let mut wrong = liveness.clone();
        let own = &mut wrong.relations[state.index()].0[relation];
        own.is = own.is.clone().inverted_if(true);
        let bit = liveness.bits.bit(own.bit);
        let plain = claims(&netlist, &graph, &wrong);
        let found = refuted(&Claims {
            plan: Some(&plan),
            ..plain
        });
        // In the step that leads there.
        let told = found.iter().any(|it| match &it.effect {
            Effect::Constant { state: to, bits } => *to == state && bits.contains(&bit),
            _ => false,
        });
        assert!(told, "{found:?}");
        assert!(refuted(&plain).is_empty(), "no plan relies on it");
    }
}

#[test]
fn what_follows_from_an_input_holds_because_that_never_changes() {
    let netlist = machines::straps();
    let (graph, liveness) = analyzed(&netlist);
    let mut plan =
        crate::plan::plan(&netlist, &graph, &liveness, &Default::default()).expect("feasible");
    let mut any = false;
    for checkpoint in &mut plan.checkpoints {
        let bits = crate::plan::derivable(&netlist, &liveness, checkpoint, |bit| bit, true);
        any |= bits.values().any(|is| is.has_input());
        checkpoint.derive(bits);
    }
    if !any {
        // The plan saves where nothing is held: in the first waiting state instead.
        let waiting = graph.states.iter().position(|it| it.name == "state=1");
        let state = StateId(waiting.expect("a state") as u32);
        let checkpoint = &mut plan.checkpoints[0];
        checkpoint.state = state;
        checkpoint.saved = liveness.live[state.index()].clone();
        checkpoint.given = crate::liveness::Constants::none(liveness.bits.len());
        checkpoint.derived.clear();
        let bits = crate::plan::derivable(&netlist, &liveness, checkpoint, |bit| bit, true);
        assert_eq!(bits.values().filter(|is| is.has_input()).count(), 4);
        checkpoint.derive(bits);
    }
    let claims = Claims {
        netlist: &netlist,
        graph: &graph,
        liveness: &liveness,
        plan: Some(&plan),
    };
    assert_eq!(refuted(&claims), []);
    // The same, and nothing is promised.
    let mut open = netlist.clone();
    open.inputs[3].stable = false;
    let netlist = &open;
    assert!(!refuted(&Claims { netlist, ..claims }).is_empty());
    // Another bit of the input.
    for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
        for (&bit, is) in checkpoint.derived.iter().filter(|(_, is)| is.has_input()) {
            let mut wrong = plan.clone();
            let other = is.clone().inverted_if(true);
            wrong.checkpoints[at].derived.insert(bit, other);
            let plan = Some(&wrong);
            let found = refuted(&Claims { plan, ..claims });
            assert!(found.iter().any(|it| it.bits == [liveness.bits.bit(bit)]));
        }
    }
}

#[test]
fn what_a_bound_excludes_is_proved_dead_where_the_counter_is_kept() {
    let netlist = machines::bounded();
    let options = ControlOptions {
        forbidden: vec!["n".to_string()],
        ..ControlOptions::default()
    };
    let (graph, _) = crate::control::explore(&netlist, &options);
    let (graph, liveness) = liveness::analyze(&netlist, &graph, &[]);
    let plain = claims(&netlist, &graph, &liveness);
    assert_eq!(refuted(&plain), []);
    // Without the bound, and with another one.
    let three = Range { least: 0, most: 3 };
    for ranges in [vec![], vec![(RegId(0), three)]] {
        let mut wrong = liveness.clone();
        wrong.ranges.fill(ranges);
        assert!(!refuted(&claims(&netlist, &graph, &wrong)).is_empty());
    }
    // A bit of the counter that comes back as anything takes it over the bound.
    for bit in liveness.bits.range(RegId(0)) {
        let mut wrong = liveness.clone();
        wrong.live[0].remove(bit);
        assert!(!refuted(&claims(&netlist, &graph, &wrong)).is_empty());
    }
}
