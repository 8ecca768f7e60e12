//! `idetic prove --export`: Yosys agrees with what is claimed, and finds what is claimed wrongly.
//!
//! Each wrong claim is also refuted in process, by code that has nothing in common with what is written and asked here.

use std::fs;
use std::process::Command;

use idetic::driver::{self, Analysis, AnalyzeOptions, InsertOptions};
use idetic::elaborate::ElaborateOptions;
use idetic::frontend::{ObserveOptions, ReadOptions};
use idetic::plan::Plan;
use idetic::prove::{self, Claims, ProveOptions};
use idetic::source::SourceMap;

/// Two memories, one of which is dead in some states, a table that nothing writes, and a register without a use but one.
const DESIGN: &str =
    "module history(input clk, input rst_n, input go, input [3:0] at, input [7:0] data,
               output reg [7:0] seen, output busy);
  reg [1:0] state;
  reg [3:0] n;
  reg [7:0] kept [0:15];
  reg [7:0] pair [0:1];
  reg [7:0] last;
  assign busy = state != 2'd0;
  always @(posedge clk) begin
    if (go && !busy) kept[at] <= data;
    if (state == 2'd1) begin pair[0] <= kept[n]; pair[1] <= last; end
  end
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin state <= 2'd0; n <= 4'd0; seen <= 8'd0; last <= 8'd0; end
    else case (state)
      2'd0: if (go) begin state <= 2'd1; n <= at; last <= data; end
      2'd1: state <= 2'd2;
      default: begin seen <= pair[last[0]] ^ {4'd0, n}; state <= 2'd0; end
    endcase
endmodule
";

struct Claimed {
    analysis: Analysis,
    plan: Plan,
}

impl Claimed {
    fn new() -> Claimed {
        Claimed::of(DESIGN, 32)
    }

    /// A plan that derives bits in a restore, two words' worth.
    fn deriving() -> Claimed {
        let claimed = Claimed::of(include_str!("../designs/derive/copies.v"), 8);
        assert_eq!(
            claimed.plan.checkpoints[claimed.derives()].derived.len(),
            24
        );
        claimed
    }

    /// The place of the checkpoint that does.
    fn derives(&self) -> usize {
        let mut checkpoints = self.plan.checkpoints.iter();
        let at = checkpoints.position(|checkpoint| !checkpoint.derived.is_empty());
        at.expect("one derives bits")
    }

    /// One that takes them from inputs that never change.
    fn stable() -> Claimed {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/stable");
        let text = include_str!("../designs/stable/straps.v");
        Claimed::observed(text, 8, idetic_tests::replay::observed(&folder))
    }

    fn of(design: &str, word_bits: u32) -> Claimed {
        Claimed::observed(design, word_bits, ObserveOptions::default())
    }

    fn observed(design: &str, word_bits: u32, observe: ObserveOptions) -> Claimed {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("design.v");
        fs::write(&file, design).expect("written");
        let options = AnalyzeOptions {
            read: ReadOptions {
                files: vec![file],
                observe,
                ..ReadOptions::default()
            },
            elaborate: ElaborateOptions {
                memory_expand_limit_bits: 0,
                ..ElaborateOptions::default()
            },
            ..AnalyzeOptions::default()
        };
        let (analysis, said) = driver::analyze(&options, &mut SourceMap::new());
        let analysis = analysis.unwrap_or_else(|| panic!("{said:#?}"));
        let plan = InsertOptions {
            word_bits,
            recompute: true,
            ..InsertOptions::default()
        };
        let (plan, said) = driver::plan(&analysis, &plan);
        let plan = plan.unwrap_or_else(|| panic!("{said:#?}"));
        Claimed { analysis, plan }
    }

    fn claims(&self) -> Claims<'_> {
        Claims {
            netlist: &self.analysis.netlist,
            graph: &self.analysis.graph,
            liveness: &self.analysis.liveness,
            plan: Some(&self.plan),
        }
    }

    /// The first claim that Yosys refutes; none if it proves all.
    fn refuted(&self) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        for file in prove::export(&self.claims()) {
            fs::write(folder.path().join(&file.name), &file.text).expect("written");
        }
        let mut command = Command::new("yosys");
        command.arg("check.ys").current_dir(folder.path());
        let output = command.output().expect("Yosys is installed");
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return None;
        }
        assert!(said.contains("proof did fail"), "{said}");
        let read = |line: &&str| line.starts_with("Parsing Verilog input from `");
        let last = said.lines().rfind(read);
        let last = last.expect("a claim was read");
        let name = last.split(['`', '.']).nth(1).unwrap_or_default();
        Some(name.to_string())
    }

    /// Both judges say so, of the one claim of this name.
    fn is_refuted(&self, name: &str) {
        assert_eq!(self.refuted().as_deref(), Some(name));
        let proof = prove::prove(&self.claims(), &ProveOptions::default(), |_, _| {});
        assert!(!proof.holds());
    }
}

#[test]
fn a_right_plan_with_memories_is_accepted() {
    let claimed = Claimed::new();
    assert_eq!(claimed.analysis.netlist.memories.len(), 2);
    assert_eq!(claimed.refuted(), None);
    let proof = prove::prove(&claimed.claims(), &ProveOptions::default(), |_, _| {});
    assert!(proof.holds(), "{proof:?}");
}

#[test]
fn a_memory_that_is_not_saved_is_found() {
    let mut claimed = Claimed::new();
    let live = claimed.plan.checkpoints.iter_mut();
    let mut live = live.filter(|it| it.memories.iter().next().is_some());
    let checkpoint = live.next().expect("a memory is live in a checkpoint");
    let memory = checkpoint.memories.iter().next().expect("it is");
    checkpoint.memories.remove(memory);
    let name = format!("state_{}", checkpoint.state.index());
    claimed.is_refuted(&name);
}

#[test]
fn a_memory_that_is_left_out_of_a_live_set_is_found() {
    let whole = Claimed::new();
    let saved: Vec<usize> = (whole.plan.checkpoints.iter())
        .map(|checkpoint| checkpoint.state.index())
        .collect();
    let mut tried = 0;
    for state in 0..whole.analysis.graph.states.len() {
        if saved.contains(&state) {
            continue;
        }
        for memory in whole.analysis.liveness.memories[state].iter() {
            let mut claimed = Claimed::new();
            claimed.analysis.liveness.memories[state].remove(memory);
            claimed.is_refuted(&format!("state_{state}"));
            tried += 1;
        }
    }
    assert!(tried >= 2, "{tried}");
}

#[test]
fn a_bit_that_is_not_saved_is_found() {
    let mut claimed = Claimed::new();
    let checkpoint = &mut claimed.plan.checkpoints[0];
    let bit = checkpoint.saved.iter().next().expect("a bit is saved");
    checkpoint.saved.remove(bit);
    let name = format!("state_{}", checkpoint.state.index());
    claimed.is_refuted(&name);
}

#[test]
fn a_wrong_start_is_found() {
    let mut claimed = Claimed::new();
    for state in &mut claimed.analysis.graph.states {
        state.initial = !state.initial;
    }
    claimed.is_refuted("start");
}

#[test]
fn a_constant_that_the_reset_does_not_leave_is_found() {
    let mut claimed = Claimed::new();
    let states = &claimed.analysis.graph.states;
    let initial = states.iter().position(|state| state.initial);
    let initial = initial.expect("there is an initial state");
    let constants = &mut claimed.analysis.liveness.constants[initial];
    let register = claimed.analysis.netlist.registers.iter();
    let seen = register.enumerate().find(|(_, it)| it.name == "seen");
    let seen = idetic::netlist::RegId(seen.expect("a register").0 as u32);
    // The reset leaves 0.
    constants.insert(claimed.analysis.liveness.bits.of(seen, 0), true);
    claimed.is_refuted("start");
}

#[test]
fn a_plan_that_derives_bits_is_accepted() {
    assert_eq!(Claimed::deriving().refuted(), None);
}

#[test]
fn a_plan_that_takes_bits_from_inputs_is_accepted_and_a_wrong_one_is_found() {
    let mut claimed = Claimed::stable();
    assert_eq!(claimed.refuted(), None);
    let at = claimed.derives();
    let state = claimed.plan.checkpoints[at].state;
    let derived = &mut claimed.plan.checkpoints[at].derived;
    let (&bit, is) = (derived.iter().find(|(_, is)| is.has_input())).expect("some are");
    let is = is.clone().inverted_if(true);
    derived.insert(bit, is);
    claimed.is_refuted(&format!("state_{}", state.index()));
}

#[test]
fn a_bit_that_is_derived_wrongly_is_found() {
    let mut claimed = Claimed::deriving();
    let at = claimed.derives();
    let state = claimed.plan.checkpoints[at].state;
    let derived = &mut claimed.plan.checkpoints[at].derived;
    let (&bit, is) = derived.iter().nth(9).expect("24 bits");
    let is = is.clone().inverted_if(true);
    derived.insert(bit, is);
    claimed.is_refuted(&format!("state_{}", state.index()));
}

#[test]
fn a_relation_that_does_not_hold_is_found() {
    let mut claimed = Claimed::deriving();
    let state = claimed.plan.checkpoints[claimed.derives()].state;
    let relations = &mut claimed.analysis.liveness.relations[state.index()].0;
    let own = relations.last_mut().expect("there are some");
    own.is = own.is.clone().inverted_if(true);
    // By the step that leads there.
    let before = claimed.analysis.graph.edges.iter();
    let mut before = before.filter(|edge| edge.to == state && edge.from != state);
    let from = before.next().expect("it is reached").from;
    claimed.is_refuted(&format!("state_{}", from.index()));
}
