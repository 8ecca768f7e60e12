//! Wide and deep text: `insert` takes it, and its work grows with the text and not with its square.
//!
//! Each text is instrumented in one length and in four times that. What is compared is the time that the processor spent, which a busy
//! machine changes little: four times as much is linear, sixteen times is quadratic, and eight lies between. A busy machine may still
//! spoil one comparison, so several may be tried; work that grows with the square fails in all of them.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use idetic_tests::generate::wide_xor;
use idetic_tests::run::{idetic, output};

/// Comparisons, of which one must be good.
const TRIES: usize = 3;
/// How many times as much work four times as much text may be.
const MOST: f64 = 8.0;
/// Seconds of work that are not told apart from none: the clock's step, and what starting takes.
const LEAST: f64 = 0.05;

const HEAD: &str = "module t (input wire clk, input wire rst, input wire [15:0] a, input wire [31:0] d, output reg [31:0] y);\n";

/// A module of this body, which ends the clocked process.
fn clocked(declarations: &str, statement: &str) -> String {
    format!(
        "{HEAD}{declarations}  always @(posedge clk) if (rst) y <= 0; else {statement}\nendmodule\n"
    )
}

fn repeated(count: usize, mut part: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        text.push_str(&part(at));
        text
    })
}

/// Instruments a text; the seconds of processor time that it took.
fn insert(text: &str, folder: &Path) -> f64 {
    let file = folder.join("t.v");
    std::fs::write(&file, text).expect("a file in a temporary directory");
    let own = idetic();
    let mut shell = Command::new("sh");
    // The second line of `times` is about the processes that the shell has waited for.
    let script =
        "\"$0\" insert \"$1\" -q -o \"$2\" >/dev/null 2>\"$3\" || exit 1; rm -r \"$2\"; times";
    shell.args(["-c", script]).arg(own.get_program()).arg(&file);
    shell.arg(folder.join("out")).arg(folder.join("err"));
    let ran = output(&mut shell);
    let said = std::fs::read_to_string(folder.join("err")).unwrap_or_default();
    assert!(ran.status.success(), "{said}");
    let times = String::from_utf8_lossy(&ran.stdout);
    let children = times.lines().nth(1).expect("two lines of times");
    children.split_whitespace().map(seconds).sum()
}

/// `1m2.50s` in seconds.
fn seconds(text: &str) -> f64 {
    let (minutes, rest) = text.split_once('m').expect("minutes");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    number(minutes) * 60.0 + number(rest.trim_end_matches('s'))
}

fn grows_linearly(length: usize, text: impl Fn(usize) -> String) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut seen = Vec::new();
    for _ in 0..TRIES {
        let short = insert(&text(length), folder.path());
        let long = insert(&text(4 * length), folder.path());
        if long < MOST * short.max(LEAST) {
            return;
        }
        seen.push((short, long));
    }
    panic!("seconds for {length} and {}: {seen:?}", 4 * length);
}

macro_rules! linear {
    ($($name:ident: $length:literal, $text:expr;)*) => {
        $(
            #[test]
            fn $name() {
                grows_linearly($length, $text);
            }
        )*
    };
}

linear! {
    exclusive_or: 1250, |n| {
        wide_xor(n).replace("output wire y);", "input wire clk, output wire y, output reg q);\n  always @(posedge clk) q <= y;")
    };
    conditional: 500, |n| clocked("", &format!(
        "y <= {} y;", repeated(n, |at| format!("a == 16'd{} ? d + 32'd{at} :\n", at * 3)))
    );
    else_if: 500, |n| clocked("", &format!(
        "{} y <= y;", repeated(n, |at| format!("if (a == 16'd{}) y <= d + 32'd{at};\n else ", at * 3)))
    );
    case_of_data: 1250, |n| clocked("", &format!(
        "case (a)\n{} default: y <= y; endcase", repeated(n, |at| format!("16'd{at}: y <= d + 32'd{at};\n")))
    );
    // Some 4000 states are the most that there may be.
    case_of_states: 1000, |n| clocked("  reg [15:0] s;\n", &format!(
        "case (s)\n{} default: s <= 0; endcase", repeated(n, |at| format!(
            "16'd{at}: begin y <= d + 32'd{at}; s <= 16'd{}; end\n", (at + 1) % n)))
        .replace("if (rst) y <= 0;", "if (rst) begin y <= 0; s <= 0; end")
    );
    states_by_else_if: 500, |n| clocked("  reg [15:0] s;\n", &format!(
        "begin {} s <= 0; end", repeated(n, |at| format!(
            "if (s == 16'd{at}) begin y <= d + 32'd{at}; s <= 16'd{}; end else\n", (at + 1) % n)))
        .replace("if (rst) y <= 0;", "if (rst) begin y <= 0; s <= 0; end")
    );
    arms_with_registers_of_their_own: 500, |n| clocked(
        &repeated(n, |at| format!("  reg [7:0] r{at};\n")),
        &format!(
            "begin y <= d {}; case (a)\n{} default: ; endcase end",
            repeated(n, |at| format!("^ r{at}")),
            repeated(n, |at| format!("16'd{at}: r{at} <= d[7:0];\n")),
        )
    );
    asynchronous_resets: 100, |n| {
        let mut text = String::from("module t (input wire clk");
        for at in 0..n {
            write!(text, ", input wire rst{at}").expect("text");
        }
        writeln!(text, ", input wire [{0}:0] d, output wire [{0}:0] y);", n - 1).expect("text");
        for at in 0..n {
            write!(
                text,
                "  reg y{at}; assign y[{at}] = y{at};\n  always @(posedge clk or posedge rst{at})\n    \
                 if (rst{at}) y{at} <= 0; else y{at} <= d[{at}] ^ y{at};\n"
            ).expect("text");
        }
        text + "endmodule\n"
    };
    generate_blocks: 500, |n| format!(
        "{HEAD}  generate\n{} always @(posedge clk) if (rst) y <= 0; else y <= d; {} endgenerate\nendmodule\n",
        repeated(n, |at| format!("if (1) begin : g{at}\n")), "end ".repeat(n)
    );
    begin_end: 1000, |n| clocked("", &format!("{} y <= d; {}", "begin ".repeat(n), "end ".repeat(n)));
    parentheses: 1000, |n| clocked("", &format!(
        "y <= {}d{};", "(".repeat(n), repeated(n, |at| format!(" + 32'd{at})")))
    );
}

/// A thousand levels of everything that nests.
#[test]
fn a_thousand_levels() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let n = 1000;
    let ternaries = clocked(
        "",
        &format!(
            "y <= {}d{};",
            repeated(n, |at| format!("(a[{}] ? ", at % 16)),
            repeated(n, |at| format!(" : d + {at})"))
        ),
    );
    let branches = clocked(
        "",
        &format!(
            "{} y <= d; {}",
            repeated(n, |at| format!("if (a != 16'd{at}) begin ")),
            repeated(n, |at| format!("end else y <= y + {at}; "))
        ),
    );
    let instances = repeated(n, |at| {
        format!(
            "module m{at} (input wire clk, input wire [31:0] d, output wire [31:0] y);\n  m{} u (.clk(clk), .d(d), .y(y));\nendmodule\n",
            at + 1
        )
    });
    let last = format!(
        "module m{n} (input wire clk, input wire [31:0] d, output reg [31:0] y);\n  always @(posedge clk) y <= d + y;\nendmodule\n"
    );
    for text in [ternaries, branches, instances + &last] {
        insert(&text, folder.path());
    }
}

/// Every value of an enabled counter is a checkpoint; what is emitted for all of them must be legible to the simulators.
#[test]
fn thousands_of_checkpoints() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (file, out) = (folder.path().join("many.v"), folder.path().join("out"));
    let text = "module many (input wire clk, input wire rst, input wire en, input wire [7:0] d, output reg [7:0] q);
  reg [11:0] n;
  reg busy;
  always @(posedge clk)
    if (rst) begin
      n <= 0;
      busy <= 0;
    end else if (en) begin
      if (n == 12'hfff) busy <= ~busy;
      n <= n + 1;
      if (busy) q <= q ^ d;
      else q <= d;
    end
endmodule
";
    let config = folder.path().join("many.toml");
    std::fs::write(&file, text).expect("a file in a temporary directory");
    std::fs::write(&config, "[plan]\nstate_limit = 40000\n").expect("a file beside it");
    let mut insert = idetic();
    insert.args(["insert", "-q", "-o"]).arg(&out).arg("-c");
    let inserted = output(insert.arg(&config).arg(&file));
    assert!(inserted.status.success(), "{inserted:?}");
    let report = std::fs::read_to_string(out.join("report.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let checkpoints = report["checkpoints"].as_array().map(Vec::len);
    assert!(checkpoints > Some(3000), "{checkpoints:?}");
    let list = out.join("many_idetic.f");
    let icarus = output(
        Command::new("iverilog")
            .args(["-g2005", "-o"])
            .arg(folder.path().join("many.vvp"))
            .arg("-c")
            .arg(&list),
    );
    assert!(icarus.status.success(), "{icarus:?}");
    let verilator = output(
        Command::new("verilator")
            .args(["--lint-only", "-Wall", "-f"])
            .arg(&list),
    );
    assert!(verilator.status.success(), "{verilator:?}");
}

/// A recursion without end, with branches: long names, many times.
#[test]
fn an_endless_tree_is_refused_in_little_memory() {
    let text =
        "module tree #(parameter N = 4) (input wire clk, input wire [7:0] a, output wire [7:0] y);
  wire [7:0] l, r;
  reg [7:0] q;
  tree #(.N(N / 2)) low (clk, a, l);
  tree #(.N(N - N / 2)) high (clk, a, r);
  always @(posedge clk) q <= l ^ r;
  assign y = q;
endmodule
module t (input wire clk, input wire [7:0] a, output wire [7:0] y);
  tree #(.N(4)) all (clk, a, y);
endmodule
";
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("t.v");
    std::fs::write(&file, text).expect("a file in a temporary directory");
    let own = idetic();
    let mut shell = Command::new("sh");
    let script = "ulimit -v 3000000; exec \"$0\" analyze -q \"$1\"";
    shell.args(["-c", script]).arg(own.get_program()).arg(&file);
    let ran = output(&mut shell);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{said}");
    let codes = ["error[E0313]", "error[E0315]"];
    assert!(codes.iter().any(|code| said.contains(code)), "{said}");
}

/// Macros and includes that multiply what they hold are refused before they do.
#[test]
fn texts_that_multiply_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: String| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("a file in a temporary directory");
        file
    };
    let design = |value: &str| {
        format!(
            "module t(input clk, input d, output reg q); always @(posedge clk) q <= {value};\nendmodule\n"
        )
    };
    let mut plain = "`define a0 d + d\n".to_string();
    let mut lists = "`define a0(x) x + x\n".to_string();
    for at in 1..20 {
        let below = format!("`a{}", at - 1);
        plain += &format!("`define a{at} {below} + {below} + {below} + {below}\n");
        let once = format!("{below}(x)");
        lists += &format!("`define a{at}(x) {below}({once} + {once})\n");
    }
    write("plain.vh", plain.clone());
    let nested = "`d(".repeat(40) + "d" + &")".repeat(40);
    let mut texts = vec![
        ("plain", plain + &design("`a19")),
        (
            "included",
            "`include \"plain.vh\"\n".to_string() + &design("`a19"),
        ),
        ("lists", lists + &design("`a19(d)")),
        (
            "nested",
            "`define d(x) x + x\n".to_string() + &design(&nested),
        ),
    ];
    for at in 0..24 {
        let next = at + 1;
        write(
            &format!("i{at}.vh"),
            format!("`include \"i{next}.vh\"\n").repeat(2),
        );
    }
    write("i24.vh", "// nothing\n".into());
    texts.push((
        "includes",
        "`include \"i0.vh\"\n".to_string() + &design("d"),
    ));
    for (name, text) in texts {
        let file = write(&format!("{name}.v"), text);
        let own = idetic();
        let mut shell = Command::new("sh");
        let script = "ulimit -v 3000000; exec timeout 20 \"$0\" analyze -q \"$1\"";
        shell.args(["-c", script]).arg(own.get_program()).arg(&file);
        let ran = output(&mut shell);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{name}: {said}");
        let words = match name {
            "includes" => "more than 20000 files",
            _ => "makes too much text",
        };
        assert!(said.contains(words), "{name}: {said}");
    }
    // As many macros, each used once.
    let mut chain = "`define a0 d\n".to_string();
    for at in 1..1000 {
        chain += &format!("`define a{at} (`a{})\n", at - 1);
    }
    let file = write("chain.v", chain + &design("`a999"));
    let ran = output(idetic().args(["analyze", "-q"]).arg(&file));
    assert!(ran.status.success(), "{ran:?}");
}
