//! Hand-built machines in the styles that people write; random ones are checked
//! against brute force in the tests of [`crate::liveness`].

use super::*;
use crate::netlist::testing::Builder;
use crate::netlist::{BinaryOp, ExprId, Netlist, UnaryOp};

fn run(netlist: &Netlist, options: &ControlOptions) -> ControlGraph {
    let (graph, diagnostics) = explore(netlist, options);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    graph
}

fn names(graph: &ControlGraph) -> Vec<&str> {
    graph
        .states
        .iter()
        .map(|state| state.name.as_str())
        .collect()
}

fn successors(graph: &ControlGraph, name: &str) -> Vec<String> {
    let from = graph.states.iter().position(|state| state.name == name);
    let from = StateId(from.expect("a state of this name") as u32);
    let edges = graph.edges_from(from).iter();
    let mut found: Vec<String> = edges
        .map(|edge| graph.states[edge.to.index()].name.clone())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn verdict<'g>(netlist: &Netlist, graph: &'g ControlGraph, name: &str) -> &'g Verdict {
    let found = netlist.registers.iter().position(|reg| reg.name == name);
    &graph.verdicts[found.expect("a register of this name")]
}

/// `reset ? value : next`.
fn sync_reset(b: &mut Builder, register: ExprId, value: u64, next: ExprId) {
    let value = b.constant(b.width(register), value);
    let reset = b.reset();
    let next = b.mux(reset, value, next);
    b.next(register, next);
}

#[test]
fn a_synchronous_reset_is_found_by_what_it_does() {
    let mut b = Builder::new();
    let go = b.input("go", 1);
    let state = b.register("state", 2, None);
    let idle = b.is(state, 0);
    let one = b.constant(2, 1);
    let more = b.binary(BinaryOp::Add, state, one);
    let start = b.mux(go, one, state);
    let next = b.mux(idle, start, more);
    sync_reset(&mut b, state, 0, next);
    b.output("busy", idle);
    let netlist = b.finish();
    let graph = run(&netlist, &ControlOptions::default());
    let reset = graph.reset.clone().expect("found");
    assert_eq!((reset.port.as_str(), reset.active_high), ("rst", true));
    assert!(!reset.asynchronous);
    assert_eq!(names(&graph), ["state=0", "state=1", "state=2", "state=3"]);
    // A synchronous reset is a transition like any other.
    assert_eq!(successors(&graph, "state=0"), ["state=0", "state=1"]);
    assert_eq!(successors(&graph, "state=2"), ["state=0", "state=3"]);
}

#[test]
fn one_hot_bits_make_no_impossible_states() {
    let mut b = Builder::new();
    let go = b.input("go", 1);
    let [s0, s1, s2] =
        [("s0", 1), ("s1", 0), ("s2", 0)].map(|(name, value)| b.register(name, 1, Some(value)));
    let stay = b.unary(UnaryOp::Not, go);
    let wait = b.binary(BinaryOp::And, s0, stay);
    let first = b.binary(BinaryOp::Or, wait, s2);
    let start = b.binary(BinaryOp::And, s0, go);
    b.next(s0, first);
    b.next(s1, start);
    b.next(s2, s1);
    let data = b.register("data", 8, None);
    let input = b.input("d", 8);
    let loaded = b.mux(s1, input, data);
    b.next(data, loaded);
    let shown = b.mux(s2, data, input);
    b.output("y", shown);
    let netlist = b.finish();
    let graph = run(&netlist, &ControlOptions::default());
    assert_eq!(
        names(&graph),
        ["s0=1,s1=0,s2=0", "s0=0,s1=1,s2=0", "s0=0,s1=0,s2=1"]
    );
    let reason = &verdict(&netlist, &graph, "data").reason;
    assert_eq!(reason, "its next value can be data: input d");
}

/// A counter of `width` bits that counts while `go`, with a table of outputs.
fn counter(width: u32) -> Netlist {
    let mut b = Builder::new();
    let go = b.input("go", 1);
    let count = b.register("count", width, Some(0));
    let one = b.constant(width, 1);
    let more = b.binary(BinaryOp::Add, count, one);
    let next = b.mux(go, more, count);
    b.next(count, next);
    let last = b.is(count, 3);
    b.output("last", last);
    b.finish()
}

#[test]
fn what_exceeds_the_limits_is_given_up_and_says_so() {
    let netlist = counter(6);
    let graph = run(&netlist, &ControlOptions::default());
    assert!(!verdict(&netlist, &graph, "count").control);
    let reason = &verdict(&netlist, &graph, "count").reason;
    assert!(reason.contains("steers data only"), "{reason}");

    let forced = ControlOptions {
        forced: vec!["count".to_owned()],
        ..ControlOptions::default()
    };
    assert_eq!(run(&netlist, &forced).states.len(), 64);
    let limited = ControlOptions {
        state_limit: 20,
        ..forced
    };
    let graph = run(&netlist, &limited);
    assert_eq!(names(&graph), ["all"]);
    let reason = &verdict(&netlist, &graph, "count").reason;
    assert_eq!(
        reason,
        "given up: with it there would be more than 20 control states"
    );
}

/// The pointers of a queue move together, so none of them alone multiplies the
/// states; that must not cost the state register its place.
#[test]
fn a_state_register_stays_where_the_pointers_of_a_queue_are_too_many() {
    let mut b = Builder::new();
    let (push, pop) = (b.input("push", 1), b.input("pop", 1));
    let state = b.register("state", 2, Some(0));
    let one = b.constant(2, 1);
    let after = b.binary(BinaryOp::Xor, state, one);
    let next = b.mux(push, after, state);
    b.next(state, next);
    let steps = [("rd", pop), ("wr", push)].map(|(name, step)| {
        let pointer = b.register(name, 5, Some(0));
        let one = b.constant(5, 1);
        let more = b.binary(BinaryOp::Add, pointer, one);
        let next = b.mux(step, more, pointer);
        b.next(pointer, next);
        pointer
    });
    let level = b.register("level", 5, Some(0));
    let difference = b.binary(BinaryOp::Sub, steps[1], steps[0]);
    b.next(level, difference);
    let data = b.register("data", 8, Some(0));
    let input = b.input("d", 8);
    let (busy, full) = (b.is(state, 1), b.is(level, 31));
    let take = b.binary(BinaryOp::And, busy, full);
    let loaded = b.mux(take, input, data);
    b.next(data, loaded);
    b.output("y", data);
    let netlist = b.finish();
    let limited = ControlOptions {
        state_limit: 64,
        ..ControlOptions::default()
    };
    let graph = run(&netlist, &limited);
    assert!(verdict(&netlist, &graph, "state").control);
    for pointer in ["rd", "wr", "level"] {
        let verdict = verdict(&netlist, &graph, pointer);
        assert!(!verdict.control && !verdict.reason.is_empty(), "{pointer}");
    }
    assert_eq!(graph.states.len(), 2);
}

#[test]
fn a_timer_that_never_rests_stays_control() {
    let mut b = Builder::new();
    let count = b.register("count", 5, Some(0));
    let one = b.constant(5, 1);
    let more = b.binary(BinaryOp::Add, count, one);
    b.next(count, more);
    let tick = b.is(count, 31);
    b.output("tick", tick);
    let netlist = b.finish();
    let graph = run(&netlist, &ControlOptions::default());
    assert_eq!(graph.states.len(), 32);
}

#[test]
fn without_registers_or_control_there_is_one_state() {
    let mut b = Builder::new();
    let x = b.input("x", 3);
    b.output("y", x);
    let netlist = b.finish();
    let graph = run(&netlist, &ControlOptions::default());
    assert_eq!(names(&graph), ["all"]);
    assert_eq!(graph.edges.len(), 1);
    assert!(graph.edges[0].assumptions.is_empty() && graph.states[0].initial);
}

#[test]
fn values_take_the_names_that_are_given() {
    let netlist = counter(2);
    let name = |value, name: &str| ValueName {
        register: "count".to_owned(),
        value: Bits::from_u64(2, value),
        name: name.to_owned(),
    };
    let options = ControlOptions {
        names: vec![name(0, "IDLE"), name(2, "RUN")],
        ..ControlOptions::default()
    };
    let graph = run(&netlist, &options);
    assert_eq!(
        names(&graph),
        ["count=IDLE", "count=1", "count=RUN", "count=3"]
    );
}

#[test]
fn a_forbidden_register_is_data() {
    let netlist = counter(2);
    let options = ControlOptions {
        forbidden: vec!["count".to_owned()],
        ..ControlOptions::default()
    };
    let graph = run(&netlist, &options);
    assert_eq!(names(&graph), ["all"]);
    let reason = &verdict(&netlist, &graph, "count").reason;
    assert_eq!(reason, "forbidden by the user");
}

#[test]
fn names_that_do_not_exist_are_errors() {
    let netlist = counter(2);
    let options = ControlOptions {
        forced: vec!["cuont".to_owned()],
        reset: Some(("resett".to_owned(), true)),
        ..ControlOptions::default()
    };
    let (_, diagnostics) = explore(&netlist, &options);
    let messages: Vec<&str> = diagnostics
        .list
        .iter()
        .map(|d| d.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "there is no register `cuont` to take as control or data",
            "the configured reset `resett` is no input of one bit",
        ]
    );
}

#[test]
fn a_table_of_constants_is_split_on_its_index() {
    let mut b = Builder::new();
    let code = b.input("code", 2);
    let state = b.register("state", 2, Some(0));
    let items = [0, 1, 1, 3].map(|value| b.constant(2, value));
    let next = b.index(code, &items);
    b.next(state, next);
    let busy = b.is(state, 3);
    b.output("busy", busy);
    let netlist = b.finish();
    let graph = run(&netlist, &ControlOptions::default());
    assert_eq!(graph.states.len(), 3);
    assert_eq!(
        successors(&graph, "state=1"),
        ["state=0", "state=1", "state=3"]
    );
}

#[test]
fn the_level_of_a_synchronous_reset_shows() {
    let mut b = Builder::new();
    let state = b.register("state", 2, None);
    let one = b.constant(2, 1);
    let next = b.binary(BinaryOp::Add, state, one);
    sync_reset(&mut b, state, 0, next);
    // Follows an input, and resets nothing.
    let go = b.input("go", 1);
    let late = b.register("late", 1, None);
    b.next(late, go);
    // Resets through a register, at 0.
    let soft = b.input("soft", 1);
    let held = b.register("held", 1, None);
    b.next(held, soft);
    let count = b.register("count", 2, None);
    let zero = b.constant(2, 0);
    let more = b.binary(BinaryOp::Add, count, one);
    let next = b.mux(held, more, zero);
    b.next(count, next);
    b.output("state", state);
    b.output("late", late);
    b.output("count", count);
    let netlist = b.finish();
    let of = |port: &str, high| level_effect(&netlist, port, high);
    let reset = netlist.inputs[0].name.clone();
    assert_eq!(of(&reset, true), LevelEffect::Resets);
    assert_eq!(of(&reset, false), LevelEffect::OtherResets);
    assert_eq!(of("soft", false), LevelEffect::Resets);
    assert_eq!(of("soft", true), LevelEffect::OtherResets);
    assert_eq!(of("go", true), LevelEffect::None);
}

/// Without a reset one register that nothing makes known takes no other out, and is told of if it is asked for.
#[test]
fn a_register_without_a_start_leaves_the_others_theirs() {
    let mut b = Builder::new();
    let (any, row) = (b.input("any", 1), b.input("row", 1));
    let state = b.register("state", 2, None);
    let chosen = b.register("chosen", 2, None);
    let kept = b.register("kept", 1, None);
    let [none, one, two] = [0, 1, 2].map(|value| b.constant(2, value));
    let idle = b.is(state, 0);
    let picked = b.mux(row, one, two);
    let next = b.mux(idle, picked, chosen);
    b.next(chosen, next);
    let begins = b.mux(any, one, none);
    let ends = b.mux(row, none, two);
    let first = b.is(chosen, 1);
    let runs = b.mux(first, ends, none);
    let next = b.mux(idle, begins, runs);
    b.next(state, next);
    let next = b.mux(idle, any, kept);
    b.next(kept, next);
    let shown = b.mux(idle, row, kept);
    b.output("shown", shown);
    let mut netlist = b.finish();
    netlist.registers[0].init = Some(Bits::from_u64(2, 0));
    let options = ControlOptions {
        forced: vec!["chosen".to_owned()],
        ..ControlOptions::default()
    };
    let (graph, diagnostics) = explore(&netlist, &options);
    assert!(verdict(&netlist, &graph, "state").control);
    assert_eq!(graph.states.len(), 3);
    let messages: Vec<&str> = (diagnostics.list.iter())
        .map(|it| it.message.as_str())
        .collect();
    let asked = "`chosen` is no control register, although it is asked for: no reset or initial value makes it known";
    assert_eq!(messages, [asked]);
    assert!(!diagnostics.has_errors());
}
