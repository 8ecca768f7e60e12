//! `idetic image`, against the controller in a simulation: what a save leaves in the NVM is decoded,
//! and what is encoded is restored.

use std::fs;
use std::path::Path;
use std::process::Command;

use idetic_tests::run::{idetic, output, succeeds};
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples-verilog/gcd/gcd.v");
const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../rtl-runtime/idetic_nvm_model.v"
);

/// Runs from a cold start to the commit of a number, or from `in.hex` to its restore; tells the registers and the error flag.
const BENCH: &str = "
module tb;
  reg clk = 0, por_n = 0, rst_n = 0;
  wire ready, done, commit, resume, error, valid, write, nvm_ready;
  wire [15:0] result;
  wire [ADDRESS-1:0] addr;
  wire [WORD-1:0] wdata, rdata;
  integer i, commits = 0, wanted = 0;
  always #5 clk = ~clk;
  gcd_idetic dut (
    .clk(clk), .rst_n(rst_n), .start(1'b1), .a(16'd1071), .b(16'd462), .ready(ready), .done(done), .result(result),
    .idetic_por_n(por_n), .idetic_energy(8'd0), .idetic_stall(), .idetic_capture(), .idetic_commit(commit),
    .idetic_resume(resume), .idetic_error(error), .idetic_nvm_valid(valid), .idetic_nvm_write(write),
    .idetic_nvm_addr(addr), .idetic_nvm_wdata(wdata), .idetic_nvm_ready(nvm_ready), .idetic_nvm_rdata(rdata));
  idetic_nvm_model #(.WORD(WORD), .ADDRESS(ADDRESS), .DEPTH(DEPTH)) nvm (
    .clk(clk), .valid(valid), .write(write), .addr(addr), .wdata(wdata), .ready(nvm_ready), .rdata(rdata));
  task tell;
    $display(\"%h %h %b %b\", dut.idetic_design.x, dut.idetic_design.y, dut.idetic_design.state, error);
  endtask
  initial begin
    for (i = 0; i < DEPTH; i = i + 1) nvm.words[i] = 0;
    if (!$value$plusargs(\"commits=%d\", wanted)) $readmemh(\"in.hex\", nvm.words);
    #12 por_n = 1;
    #100 rst_n = 1;
    #100000 $display(\"neither\");
    $finish;
  end
  always @(negedge clk) begin
    if (commit) commits = commits + 1;
    if (commit && commits == wanted) begin
      tell;
      $writememh(\"out.hex\", nvm.words);
      $finish;
    end
    if (resume && wanted == 0) begin
      tell;
      $finish;
    end
  end
endmodule
";

/// The instrumented example with the bench, ready to run in a folder.
fn built(folder: &Path, word_bits: u32) -> Value {
    let mut insert = idetic();
    let width = word_bits.to_string();
    insert.args(["insert", "-q", "--word-bits", &width, "-o", "out", EXAMPLE]);
    succeeds(insert.current_dir(folder));
    let map = fs::read_to_string(folder.join("out/image.json")).unwrap();
    let map: Value = serde_json::from_str(&map).unwrap();
    let bench = BENCH
        .replace("ADDRESS-1", &format!("{}-1", map["address_bits"]))
        .replace("WORD-1", &format!("{word_bits}-1"))
        .replace("(ADDRESS)", &format!("({})", map["address_bits"]))
        .replace("(WORD)", &format!("({word_bits})"))
        .replace("DEPTH(DEPTH)", &format!("DEPTH({})", map["nvm_words"]))
        .replace("< DEPTH", &format!("< {}", map["nvm_words"]));
    fs::write(folder.join("tb.v"), bench).unwrap();
    let mut icarus = Command::new("iverilog");
    icarus.args([
        "-g2012",
        "-s",
        "tb",
        "-o",
        "tb.vvp",
        "tb.v",
        MODEL,
        "-c",
        "out/gcd_idetic.f",
    ]);
    succeeds(icarus.current_dir(folder));
    map
}

fn simulated(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut run = Command::new("vvp");
    let (text, _) = succeeds(run.arg("tb.vvp").args(arguments).current_dir(folder));
    let line = text.lines().last().unwrap_or_default();
    line.split(' ').map(str::to_string).collect()
}

fn image(folder: &Path, arguments: &[&str]) -> Value {
    let mut run = idetic();
    run.args(["image"])
        .args(arguments)
        .args(["--map", "out/image.json", "--format", "json"]);
    let (text, _) = succeeds(run.current_dir(folder));
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

#[test]
fn images_are_those_of_the_controller() {
    for word_bits in [8, 10, 16, 32, 64] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        built(folder, word_bits);
        for commits in [2, 3, 6] {
            let told = simulated(folder, &[&format!("+commits={commits}")]);
            let decoded = image(folder, &["decode", "out.hex"]);
            let slot = decoded["restored_slot"].as_u64().expect("an image") as usize;
            let slot = &decoded["slots"][slot];
            assert_eq!(
                (&slot["verdict"], &decoded["error"]),
                (&"intact".into(), &false.into())
            );
            let registers = &slot["registers"];
            assert_eq!(
                registers["x"],
                format!("16'h{}", told[0]),
                "{word_bits} bits"
            );
            assert_eq!(registers["y"], format!("16'h{}", told[1]));
            // The bit of a state that the checkpoint tells.
            let state = u64::from_str_radix(&told[2], 2).unwrap();
            assert_eq!(registers["state"], format!("2'h{state}"));

            // The same slot, encoded again, is restored; other values, too.
            let mut values = slot.clone();
            for x in [told[0].clone(), "0fed".to_string()] {
                values["registers"]["x"] = format!("16'h{x}").into();
                fs::write(folder.join("values.json"), values.to_string()).unwrap();
                image(folder, &["encode", "values.json", "-o", "in.hex"]);
                let restored = simulated(folder, &[]);
                assert_eq!(
                    restored,
                    [x.as_str(), &told[1], &told[2], "0"],
                    "{word_bits} bits"
                );
            }
            let changes = image(folder, &["diff", "out.hex", "in.hex"]);
            assert_eq!(changes[0]["name"], "x");
            assert_eq!(changes[0]["after"], "16'h0fed");
            assert_eq!(changes.as_array().unwrap().len(), 1, "{changes}");
        }
    }
}

#[test]
fn images_are_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    built(folder, 32);
    let values = r#"{"checkpoint": "state=RUN", "registers": {"x": 12, "y": "0x12"}}"#;
    fs::write(folder.join("values.json"), values).unwrap();
    let ask = |arguments: &[&str]| {
        let mut run = idetic();
        let ran = output(run.arg("image").args(arguments).current_dir(folder));
        let text = [ran.stdout, ran.stderr].concat();
        (ran.status.code(), String::from_utf8(text).unwrap())
    };
    let map = ["--map", "out/image.json"];
    let encoded = ask(&[&["encode", "values.json", "-o", "a.bin"], &map[..]].concat());
    assert_eq!(encoded, (Some(0), String::new()));
    insta::assert_snapshot!(ask(&[&["decode", "a.bin"], &map[..]].concat()).1);
    let values = values.replace("12,", "13,");
    fs::write(folder.join("values.json"), values).unwrap();
    ask(&[&["encode", "values.json", "-o", "b.hex"], &map[..]].concat());
    insta::assert_snapshot!(ask(&[&["diff", "a.bin", "b.hex"], &map[..]].concat()).1);
    fs::write(folder.join("c.hex"), "1\n2x\n123456789\n").unwrap();
    fs::write(folder.join("values.json"), r#"{"checkpoint": "state=RUN"}"#).unwrap();
    let wrong: Vec<String> = [
        &["decode", "a.bin"][..],
        &["decode", "a.bin", "--map", "values.json"],
        &["decode", "c.hex", "--map", "out/image.json"],
        &[
            "encode",
            "values.json",
            "-o",
            "d.hex",
            "--map",
            "out/image.json",
        ],
        &["encode", "a.bin", "-o", "d.hex", "--map", "out/image.json"],
        &[
            "encode",
            "none.json",
            "-o",
            "d.hex",
            "--map",
            "out/image.json",
        ],
    ]
    .iter()
    .map(|arguments| {
        let (code, text) = ask(arguments);
        assert_eq!(code, Some(1), "{text}");
        text
    })
    .collect();
    insta::assert_snapshot!(wrong.join("\n"));
    assert!(!folder.join("d.hex").exists());
}
