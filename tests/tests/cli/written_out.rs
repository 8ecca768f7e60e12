//! Macro calls and includes that are written out, since something is inserted there.

use crate::bench::Bench;

/// Processes in macros and in included files are written out whatever else is read beside the design.
#[test]
fn a_configuration_and_a_file_list_change_nothing_about_macros() {
    let bench = Bench::new(&[
        (
            "macro.v",
            "`define SEQ(stmt) always @(posedge clk) begin stmt end
module m(input clk, input other, input rst, input [7:0] a, output reg [7:0] o, output reg p);
  `SEQ(if (rst) o <= 0; else o <= o + a;)
  always @(posedge other) p <= a[0];
endmodule
",
        ),
        (
            "body.vh",
            "always @(posedge clk) if (rst) o <= 0; else o <= o + a;\n",
        ),
        (
            "include.v",
            "module n(input clk, input rst, input [7:0] a, output reg [7:0] o);
`include \"body.vh\"
endmodule
",
        ),
        ("empty.toml", ""),
        ("empty.f", ""),
        (
            "clocks.toml",
            "[design]\nclock = [\"clk\"]\nother_clocks = { other = { state = \"powered\" } }\n",
        ),
    ]);
    for (at, more) in [
        &["include.v", "-I", "."][..],
        &["include.v", "-I", ".", "-c", "empty.toml"],
        &["include.v", "-I", ".", "-f", "empty.f"],
        &["macro.v", "-c", "clocks.toml"],
        &["macro.v", "-c", "clocks.toml", "-f", "empty.f"],
    ]
    .iter()
    .enumerate()
    {
        let out = format!("out{at}");
        bench.succeeds(&[&["insert", "-o", &out][..], more].concat());
        let modules = std::fs::read_dir(bench.work().join(&out)).unwrap();
        let texts = modules.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        assert!(
            texts
                .into_iter()
                .any(|text| text.contains("Written out by idetic")),
            "{more:?}"
        );
    }
}
