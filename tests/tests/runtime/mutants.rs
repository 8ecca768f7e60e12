//! Mistakes in the controller, each of which the bench has to catch.

use std::fs;

use tempfile::TempDir;

use crate::{campaign, verilog};

/// Mutants of the controller: name, then pairs of text and replacement.
const MUTANTS: [(&str, &[(&str, &str)]); 32] = [
    (
        "commits before the payload",
        &[
            (
                "else address <= slot ? SLOT_0[ADDRESS-1:0] : SLOT_1[ADDRESS-1:0];",
                "else address <= slot ? COMMIT_0[ADDRESS-1:0] : COMMIT_1[ADDRESS-1:0];",
            ),
            ("voids ? S_VOID : S_ID", "voids ? S_VOID : S_COMMIT"),
            (
                "if (transfer) state <= S_DONE;",
                "if (transfer) state <= S_ID;",
            ),
            ("saving ? S_COMMIT : S_RESUME", "saving ? S_DONE : S_RESUME"),
            (
                "      S_DONE: begin\n",
                "      S_COMMIT: if (transfer) address <= slot ? SLOT_1[ADDRESS-1:0] : SLOT_0[ADDRESS-1:0];\n      S_DONE: begin\n",
            ),
        ],
    ),
    (
        "rests after a restore",
        &[("clean && own && rest", "clean && rest")],
    ),
    (
        "saves again when it has rested",
        &[("else if (!rests) clean", "else clean")],
    ),
    ("never rests", &[("|| begins || rests;", "|| begins;")]),
    (
        "leaves no clock to answer resume",
        &[("state <= S_SETTLE;", "state <= S_RUN;")],
    ),
    (
        "overwrites the slot in use",
        &[(
            "else address <= slot ? SLOT_0[ADDRESS-1:0] : SLOT_1[ADDRESS-1:0];",
            "else address <= slot ? SLOT_1[ADDRESS-1:0] : SLOT_0[ADDRESS-1:0];",
        )],
    ),
    (
        "does not check the CRC",
        &[("          if (!agrees) begin", "          if (1'b0) begin")],
    ),
    (
        "does not check the ID",
        &[(
            "if (!agrees) state <= S_PICK;",
            "if (1'b0) state <= S_PICK;",
        )],
    ),
    (
        "prefers the older slot",
        &[("? age < 2'd2 :", "? age >= 2'd2 :")],
    ),
    (
        "repeats a sequence number",
        &[("serial_shown ? serial + 2'd1", "serial_shown ? serial")],
    ),
    (
        "leaves the sequence number out of the CRC",
        &[("take || state == S_SEAL),", "take),")],
    ),
    (
        "starts the CRC from nothing of the design",
        &[(".SEED(ID)", ".SEED(1)")],
    ),
    (
        "takes half a commit word for one",
        &[("&& &nvm_rdata[WORD-1:HALF+2]", "")],
    ),
    (
        "writes dead words",
        &[("(state == S_PAYLOAD && live ||", "(state == S_PAYLOAD ||")],
    ),
    (
        "restores something into dead words",
        &[(
            "!blank ? nvm_rdata : fill_word",
            "!blank ? nvm_rdata : chain_out",
        )],
    ),
    (
        "restores zeros into dead words",
        &[(
            "!blank ? nvm_rdata : fill_word",
            "!blank ? nvm_rdata : {WORD{1'b0}}",
        )],
    ),
    (
        "shifts before the word is taken",
        &[(
            "(blank || !live || nvm_ready)",
            "(blank || !live || nvm_valid)",
        )],
    ),
    (
        "saves a word too few",
        &[("word == LAST_WORD[", "word + 1'b1 == LAST_WORD[")],
    ),
    (
        "saves the same state for ever",
        &[(
            "        saving <= 1'b0;\n        clean <= 1'b1;",
            "        saving <= 1'b0;\n        clean <= 1'b0;",
        )],
    ),
    (
        "reuses a refused slot without clearing it",
        &[(
            "wire voids = slot ? refused[0] : refused[1];",
            "wire voids = 1'b0;",
        )],
    ),
    (
        "forgets a second refused slot",
        &[(
            "        refused[!slot] <= 1'b0;",
            "        refused <= 2'b00;",
        )],
    ),
    (
        "looks up the wrong checkpoint",
        &[("        index <= checkpoint;\n", "")],
    ),
    ("does not skip", &[("&& !skip && !clean", "&& !clean")]),
    (
        "announces a commit too early",
        &[(
            "assign commit = rst_n && state == S_DONE",
            "assign commit = rst_n && state == S_COMMIT",
        )],
    ),
    (
        "advances as soon as the NVM is ready",
        &[(
            "state != S_RUN || begins || rests;",
            "(state != S_RUN && !(state == S_COMMIT && nvm_ready)) || begins || rests;",
        )],
    ),
    (
        "takes a number that no save gives",
        &[("&& ~|nvm_rdata[HALF-1:2]", "")],
    ),
    (
        "starts with what saving happened to hold",
        &[(
            "        saving <= 1'b0;\n        clean <= 1'b0;",
            "        clean <= 1'b0;",
        )],
    ),
    (
        "starts with a slot passed over, or not",
        &[("        refused <= 2'b00;\n        blank", "        blank")],
    ),
    (
        "starts anywhere in the NVM",
        &[(
            "        address <= COMMIT_0[ADDRESS-1:0];\n      end",
            "      end",
        )],
    ),
    (
        "starts as if its state were saved",
        &[("        clean <= 1'b0;\n        own", "        own")],
    ),
    (
        "never reports an error",
        &[(
            "            failed <= 1'b1;\n            state",
            "            state",
        )],
    ),
    (
        "lets an unknown bit into the CRC",
        &[("wdata = known_word(chain_out)", "wdata = chain_out")],
    ),
];

/// Runs the bench on the mutants from `from`, every second one.
fn mutants(from: usize) {
    let source = fs::read_to_string(verilog("idetic_controller")).expect("the controller");
    let directory = TempDir::new().expect("a temporary directory");
    let parameters = [
        ("WORD", 16),
        ("WORDS", 2),
        ("LATENCY", 1),
        ("STRIDE", 6),
        ("CHANCE", 60),
    ];
    for (name, edits) in MUTANTS.iter().skip(from).step_by(2) {
        let mut mutant = source.clone();
        for (text, replacement) in *edits {
            assert_eq!(mutant.matches(text).count(), 1, "{name}: {text}");
            mutant = mutant.replace(text, replacement);
        }
        let file = directory.path().join("mutant.v");
        fs::write(&file, mutant).expect("a file in the temporary directory");
        let text = campaign(file, &parameters);
        assert!(text.starts_with("FAIL "), "not caught, {name}: {text}");
    }
}

#[test]
fn mutants_are_caught_even() {
    mutants(0);
}

#[test]
fn mutants_are_caught_odd() {
    mutants(1);
}
