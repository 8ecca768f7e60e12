//! The survey on the designs that the project ships: the netlist has the
//! registers that Yosys finds and does what Icarus does with the source; and a
//! netlist that was changed on purpose is caught.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idetic::netlist::Netlist;
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::survey::command::{Answer, Tool};
use idetic_tests::survey::list::{self, Design};
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
    assert!(mutants.len() >= original.registers.len() + 1);
    for (what, mutant) in &mutants {
        assert!(run(mutant).failed(), "{what}: not caught");
    }
    let (what, mutant) = &mutants[0];
    let proof = equivalence::prove(&design, mutant, &options(), scratch.path()).unwrap();
    assert!(matches!(proof, Check::Open(_)), "{what}: {proof:?}");
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
