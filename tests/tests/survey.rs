//! The survey on the designs that the project ships: the netlist has the
//! registers that Yosys finds and does what Icarus does with the source; and a
//! netlist that was changed on purpose is caught.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idetic::netlist::{Netlist, Node, UnaryOp};
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::survey::command::{Answer, Tool};
use idetic_tests::survey::list::{self, Design, Language};
use idetic_tests::survey::{
    Check, Options, Row, cosim, equivalence, netlist, survey, table, yosys,
};

fn options() -> Options {
    Options {
        cycles: 600,
        limit: Duration::from_secs(300),
        equivalence_bits: 200,
        equivalence_limit: Duration::from_secs(60),
    }
}

fn tool() -> Tool {
    Tool {
        program: PathBuf::from(env!("CARGO_BIN_EXE_idetic-under-test")),
        arguments: Vec::new(),
    }
}

fn of_example(example: &Example) -> Design {
    Design {
        name: example.name.to_string(),
        top: example.name.to_string(),
        files: example.files(),
        ..Design::default()
    }
}

/// Surveys a design, which must agree with its source in all that is decided.
fn agrees(design: &Design) -> Row {
    let scratch = tempfile::tempdir().unwrap();
    let row = survey(design, &options(), &tool(), scratch.path()).unwrap();
    assert!(!row.is_bad(), "{}: {row:?}", design.name);
    assert!(row.registers.passed(), "{}: {row:?}", design.name);
    assert!(row.cosimulation.passed(), "{}: {row:?}", design.name);
    row
}

#[test]
fn examples_agree_with_their_source() {
    let mut proved = 0;
    for example in &EXAMPLES {
        let row = agrees(&of_example(example));
        assert!(row.insert.is_taken(), "{row:?}");
        proved += usize::from(row.equivalence.passed());
    }
    assert!(proved >= 3, "Yosys proves {proved} of them only");
}

/// Designs written for the elaborator: what Icarus and Yosys read is compared.
#[test]
fn test_designs_agree_with_their_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/elaborate");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().to_string();
        if file.extension().is_none_or(|extension| extension != "v") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains(&format!("module {name}")) {
            continue;
        }
        let design = Design {
            name: name.clone(),
            top: name,
            files: vec![file],
            ..Design::default()
        };
        let scratch = tempfile::tempdir().unwrap();
        let row = survey(&design, &options(), &tool(), scratch.path()).unwrap();
        assert!(!row.is_bad(), "{row:?}");
        seen += usize::from(row.cosimulation.passed());
    }
    assert!(seen >= 10, "only {seen} were compared");
}

/// Changes that each make another machine of a netlist.
fn mutants(original: &Netlist) -> Vec<(String, Netlist)> {
    let mut mutants = Vec::new();
    for index in 0..original.registers.len() {
        let mut netlist = original.clone();
        let register = &mut netlist.registers[index];
        register.next = register.expr;
        mutants.push((format!("`{}` never changes", register.name), netlist));
    }
    for index in 1..original.outputs.len() {
        let width = |at: usize| original.exprs.width(original.outputs[at].expr);
        if width(index) == width(index - 1) {
            let mut netlist = original.clone();
            netlist.outputs[index].expr = netlist.outputs[index - 1].expr;
            let name = &netlist.outputs[index].name;
            mutants.push((format!("`{name}` shows another value"), netlist));
        }
    }
    mutants
}

#[test]
fn a_changed_netlist_is_caught() {
    let scratch = tempfile::tempdir().unwrap();
    let design = of_example(&Example::named("two_fsm"));
    let original = netlist(&design).unwrap();
    let run = |netlist: &Netlist| {
        cosim::cosimulate(&design, netlist, &options(), scratch.path()).unwrap()
    };
    assert!(run(&original).passed());
    let mutants = mutants(&original);
    assert!(mutants.len() > original.registers.len());
    for (what, mutant) in &mutants {
        assert!(run(mutant).failed(), "{what}: not caught");
    }
    let (what, mutant) = &mutants[0];
    let proof = equivalence::prove(&design, mutant, &options(), scratch.path()).unwrap();
    assert!(matches!(proof, Check::Open(_)), "{what}: {proof:?}");
}

/// Both the value of a two-way port and where it is released are compared.
#[test]
fn a_changed_two_way_port_is_caught() {
    let scratch = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/elaborate/tristate.v");
    let design = Design {
        name: "tristate".to_string(),
        top: "tristate".to_string(),
        files: vec![file],
        ..Design::default()
    };
    let original = netlist(&design).unwrap();
    let run = |netlist: &Netlist| {
        cosim::cosimulate(&design, netlist, &options(), scratch.path()).unwrap()
    };
    let check = run(&original);
    assert!(check.passed(), "{check:?}");
    let pads = (original.outputs.iter().enumerate()).filter(|(_, output)| output.name == "pad");
    let pads: Vec<usize> = pads.map(|(at, _)| at).collect();
    assert_eq!(pads.len(), 2, "a value, and what is released");
    for at in pads {
        let mut netlist = original.clone();
        let (expr, width) = (netlist.outputs[at].expr, 8);
        netlist.outputs[at].expr = netlist.exprs.intern(Node::Unary(UnaryOp::Not, expr), width);
        assert!(run(&netlist).failed(), "{:?}", original.outputs[at]);
    }
}

#[test]
fn a_register_that_is_missing_or_too_many_is_caught() {
    let scratch = tempfile::tempdir().unwrap();
    let design = of_example(&Example::named("gcd"));
    let original = netlist(&design).unwrap();
    let limit = options().limit;
    let run = |netlist: &Netlist| yosys::registers(&design, netlist, limit, scratch.path());
    assert!(run(&original).unwrap().passed());
    let mut missing = original.clone();
    missing.registers.pop();
    assert!(run(&missing).unwrap().failed());
    let mut renamed = original.clone();
    renamed.registers[0].name.push('x');
    assert!(run(&renamed).unwrap().failed());
    let mut narrow = original.clone();
    let widest = narrow.registers.iter_mut().max_by_key(|it| it.width);
    widest.unwrap().width -= 1;
    assert!(run(&narrow).unwrap().failed());
}

#[test]
fn refusals_and_tables_name_the_reason() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("m.v");
    fs::write(
        &file,
        "module m(input a, output y);\n  assign y = b;\nendmodule\n",
    )
    .unwrap();
    let list = format!(
        "[{{\"name\": \"odd\", \"top\": \"m\", \"files\": [{file:?}], \"lang\": \"2005\", \"note\": 1}}]"
    );
    let designs = list::parse(&list).unwrap();
    let row = survey(&designs[0], &options(), &tool(), scratch.path()).unwrap();
    let Answer::Refused { code, place, .. } = &row.insert else {
        panic!("{row:?}");
    };
    assert_eq!((code.as_str(), place.as_str()), ("E0304", "m.v:2:14"));
    assert!(!row.is_bad());
    let text = table::markdown(&[row]);
    assert!(
        text.contains("| odd | 3 | – | – | E0304 m.v:2:14: `b` is not declared |"),
        "{text}"
    );
    assert!(list::parse("[{\"name\": \"a\"}]").is_err());
}

/// The list that the documentation shows is one.
#[test]
fn the_documented_list_is_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/designs.md");
    let page = fs::read_to_string(page).unwrap();
    let block = page.split("```json\n").nth(1).unwrap();
    let designs = list::parse(block.split("```").next().unwrap()).unwrap();
    assert!(!designs.is_empty());
}

/// Compares a text with its netlist in a simulator.
fn compared(name: &str, text: &str, lang: Language) -> Check {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("design.v");
    fs::write(&file, text).unwrap();
    let design = Design {
        name: name.to_string(),
        top: "m".to_string(),
        files: vec![file],
        lang,
        ..Design::default()
    };
    let netlist = netlist(&design).unwrap();
    cosim::cosimulate(&design, &netlist, &options(), scratch.path()).unwrap()
}

/// Icarus takes an unknown condition for false, here where no value of `u` makes it so.
#[test]
fn a_definite_value_from_an_unknown_one_is_no_difference() {
    let text =
        "module m(input clk, input rst, input a, input en, output reg [3:0] n, output reg v);
      reg u;
      always @(posedge clk) begin
        u <= en ? a : 1'bx;
        v <= u;
        if (rst) n <= 4'd0;
        else if (u | ~u) n <= n + 4'd1;
        else n <= 4'd9;
      end
    endmodule";
    let check = compared("unknown", text, Language::Verilog);
    assert!(check.passed(), "{check:?}");
}

/// The values of both orders of a race are right, and no others.
#[test]
fn a_race_in_the_source_is_told_from_a_wrong_netlist() {
    let text =
        "module m(input clk, input rst, input [3:0] a, output reg [3:0] q, output reg [3:0] r);
      always @(posedge clk) if (rst) r = 4'd0; else r = r + a;
      always @(posedge clk) q <= r ^ a;
    endmodule";
    let check = compared("race", text, Language::Verilog);
    let Check::Passed(said) = &check else {
        panic!("{check:?}");
    };
    assert!(
        said.ends_with("values by the other order of a race"),
        "{said}"
    );
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("m.v");
    fs::write(&file, text).unwrap();
    let design = Design {
        name: "race".to_string(),
        top: "m".to_string(),
        files: vec![file],
        ..Design::default()
    };
    for changed in ["r", "q"] {
        let mut wrong = netlist(&design).unwrap();
        let mut registers = wrong.registers.iter_mut();
        let register = registers.find(|it| it.name == changed).unwrap();
        register.next = register.expr;
        let check = cosim::cosimulate(&design, &wrong, &options(), scratch.path());
        assert!(check.unwrap().failed(), "{changed}");
    }
}

/// What Icarus does not read runs in Verilator, registers of enumerations among it.
#[test]
fn verilator_runs_what_icarus_does_not_read() {
    let text = "interface link; logic [3:0] v; modport out(output v); endinterface
    module source(input logic clk, rst, link.out o);
      typedef enum logic [1:0] {A, B, C} state_t;
      state_t state;
      always_ff @(posedge clk)
        if (rst) state <= A;
        else case (state) A: state <= B; B: state <= C; default: state <= A; endcase
      assign o.v = {state, ~state};
    endmodule
    module m(input logic clk, rst, input logic [3:0] a, output logic [3:0] q);
      link l();
      source s(.clk, .rst, .o(l));
      always_ff @(posedge clk) if (rst) q <= '0; else q <= q + (l.v ^ a);
    endmodule";
    let check = compared("interface", text, Language::SystemVerilog);
    let Check::Passed(said) = &check else {
        panic!("{check:?}");
    };
    assert!(
        said.contains("Verilator") && !said.contains("unseen"),
        "{said}"
    );
}

/// Yosys gives an `else if` of a generate construct a scope that the language does not.
#[test]
fn scopes_that_yosys_adds_are_seen_through() {
    let text = "module m #(parameter K = 1)(input clk, input rst, input d, output q);
      generate
        if (K == 0) begin : a reg r; always @(posedge clk) r <= d; assign q = r; end
        else if (K == 1) begin : b reg r; always @(posedge clk) r <= ~d; assign q = r; end
      endgenerate
    endmodule";
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("m.v");
    fs::write(&file, text).unwrap();
    let design = Design {
        name: "scopes".to_string(),
        top: "m".to_string(),
        files: vec![file],
        ..Design::default()
    };
    let original = netlist(&design).unwrap();
    assert_eq!(original.registers[0].name, "b.r");
    let run = |netlist: &Netlist| {
        yosys::registers(&design, netlist, options().limit, scratch.path()).unwrap()
    };
    assert!(run(&original).passed(), "{:?}", run(&original));
    let mut renamed = original.clone();
    renamed.registers[0].name = "c.r".to_string();
    assert!(run(&renamed).failed());
}
