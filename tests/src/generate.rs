//! Generated designs for benchmarks: as long as asked, in the style of
//! high-level-synthesis output.

use std::fmt::Write;

/// A module `generated` of about `lines` lines: one state machine whose states
/// each do some arithmetic on a dozen registers, branch on data, and go round.
///
/// The same `lines` give the same text. Its state register has 16 bits, which
/// limits it to some 500,000 lines.
pub fn state_machine(lines: usize) -> String {
    const REGISTERS: usize = 12;
    const LINES_PER_STATE: usize = 8;
    let states = (lines.saturating_sub(40) / LINES_PER_STATE).clamp(2, 1 << 16);
    let mut text = String::new();
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    line("module generated (".into());
    line("    input wire clk,\n    input wire rst,\n    input wire start,".into());
    line(
        "    input wire [31:0] data,\n    output reg busy,\n    output reg [31:0] result\n);"
            .into(),
    );
    line("  reg [15:0] state;".into());
    for register in 0..REGISTERS {
        line(format!("  reg [31:0] r{register};"));
    }
    line("  always @(posedge clk) begin\n    if (rst) begin".into());
    line("      state <= 16'd0;\n      busy <= 1'b0;\n    end else begin".into());
    line("      case (state)".into());
    for state in 0..states {
        let pick = |offset: usize| (state * 7 + offset * 5) % REGISTERS;
        let next = (state + 1) % states;
        // A branch back now and then makes loops of data-dependent length.
        let other = if state % 9 == 8 { state - 5 } else { next };
        let (a, b, c, d) = (pick(0), pick(1), pick(2), pick(3));
        line(format!("        16'd{state}: begin"));
        if state == 0 {
            line(format!(
                "          if (start) begin\n            r{a} <= data;"
            ));
            line("            busy <= 1'b1;\n            state <= 16'd1;\n          end".into());
        } else {
            line(format!("          r{a} <= r{b} + (r{c} ^ 32'd{state});"));
            line(format!("          r{d} <= {{r{d}[30:0], r{b}[31]}};"));
            line(format!(
                "          if (r{c}[{}] && r{b} != r{d})",
                state % 32
            ));
            line(format!("            state <= 16'd{other};"));
            line(format!("          else\n            state <= 16'd{next};"));
        }
        if next == 0 {
            line(format!(
                "          result <= r{a};\n          busy <= 1'b0;"
            ));
        }
        line("        end".into());
    }
    line("        default: state <= 16'd0;\n      endcase\n    end\n  end\nendmodule".into());
    text
}

/// A module `generated` of about `flops` flip-flop bits with a state machine of so many states (2 to 65,536). Each state computes some of
/// the registers of 32 bits from others, so that in one round each is written at least once, and branches on data now and then.
pub fn machine(flops: usize, states: usize) -> String {
    const FIXED: usize = 16 + 32 + 1;
    let registers = (flops.saturating_sub(FIXED) / 32).max(8);
    let each = registers.div_ceil(states).max(2);
    let mut text = String::from(
        "module generated (input wire clk, input wire rst, input wire start, input wire [31:0] data,\n\
         \x20   output reg busy, output reg [31:0] result);\n  reg [15:0] state;\n",
    );
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    for register in 0..registers {
        line(format!("  reg [31:0] r{register};"));
    }
    line("  always @(posedge clk)\n    if (rst) begin state <= 16'd0; busy <= 1'b0; end".into());
    line("    else case (state)".into());
    for state in 0..states {
        let next = (state + 1) % states;
        line(format!("      16'd{state}: begin"));
        for at in 0..each {
            let target = (state * each + at) % registers;
            let (a, b) = (
                (target * 7 + 3) % registers,
                (target * 13 + state * 5 + 1) % registers,
            );
            line(format!("        r{target} <= r{a} + (r{b} ^ 32'd{state});"));
        }
        let own = (state * each) % registers;
        match state {
            0 => {
                line("        busy <= start;".into());
                line(format!(
                    "        if (start) begin r{own} <= data; state <= 16'd1; end"
                ));
            }
            _ if state % 9 == 8 => {
                line(format!(
                    "        state <= r{own}[{}] ? 16'd{} : 16'd{next};",
                    state % 32,
                    state - 5
                ));
            }
            _ => line(format!("        state <= 16'd{next};")),
        }
        if next == 0 {
            line(format!("        result <= r{own};"));
        }
        line("      end".into());
    }
    line("      default: state <= 16'd0;\n    endcase\nendmodule".into());
    text
}

/// The shape of a generated control graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One state after the other, and round again.
    Ring,
    /// The same, with a branch from every state to a random one.
    Jumps,
    /// Two counted loops, one in the other, around four states.
    Nest,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 3] = [Shape::Ring, Shape::Jumps, Shape::Nest];

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Ring => "ring",
            Shape::Jumps => "jumps",
            Shape::Nest => "nest",
        }
    }
}

/// A module `generated` with a control graph of about `states` states, and of registers whose bits live
/// and die along it.
pub fn control_graph(shape: Shape, states: usize) -> String {
    let mut text = String::from(
        "module generated (input wire clk, input wire rst, input wire [31:0] data,\n\
         \x20   output reg [31:0] result);\n  reg [31:0] r0, r1, r2, r3;\n",
    );
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    if shape == Shape::Nest {
        let side = ((states / 4) as f64).sqrt().round().max(2.0) as usize;
        let last = side - 1;
        line("  reg [1:0] state; reg [7:0] i, j;".into());
        line("  always @(posedge clk)\n    if (rst) begin state <= 0; i <= 0; j <= 0; end".into());
        line("    else case (state)".into());
        line("      2'd0: begin r0 <= data; state <= 2'd1; end".into());
        line("      2'd1: begin r1 <= r0 + r1; state <= r0[0] ? 2'd2 : 2'd3; end".into());
        line("      2'd2: begin r2 <= r2 ^ r0; state <= 2'd3; end".into());
        line(format!(
            "      2'd3: begin\n        state <= 2'd0;\n        if (j == {last}) begin\n          j <= 0;\n          \
             if (i == {last}) begin i <= 0; result <= r1 + r2; end else i <= i + 1;\n        end else j <= j + 1;\n      end"
        ));
        line("    endcase\nendmodule".into());
        return text;
    }
    let mut seed = 1u64;
    let mut random = |end: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % end
    };
    line("  reg [15:0] state;".into());
    line("  always @(posedge clk)\n    if (rst) state <= 16'd0;\n    else case (state)".into());
    for state in 0..states {
        let next = (state + 1) % states;
        let (target, from) = (state % 4, (state * 7 + 1) % 4);
        let other = random(states);
        line(match state % 5 {
            0 => format!("      16'd{state}: begin r{target} <= data;"),
            _ => format!(
                "      16'd{state}: begin r{target} <= r{from} + (r{target} ^ 32'd{state});"
            ),
        });
        line(match shape {
            Shape::Jumps => format!(
                "        state <= r{from}[{}] ? 16'd{other} : 16'd{next};",
                state % 32
            ),
            _ => format!("        state <= 16'd{next};"),
        });
        line(match next {
            0 => format!("        result <= r{target};\n      end"),
            _ => "      end".into(),
        });
    }
    line("      default: state <= 16'd0;\n    endcase\nendmodule".into());
    text
}

/// A combinational module whose output is an exclusive-or of `terms` inputs bits.
pub fn wide_xor(terms: usize) -> String {
    let mut text = format!(
        "module wide (input wire [{}:0] a, output wire y);\n  assign y = a[0]",
        terms - 1
    );
    for term in 1..terms {
        write!(text, "\n    ^ a[{term}]").expect("writing to a string does not fail");
    }
    text.push_str(";\nendmodule\n");
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_about_as_long_as_asked() {
        for lines in [1_000, 10_000] {
            let got = super::state_machine(lines).lines().count();
            assert!(got.abs_diff(lines) * 10 < lines * 2, "{got} for {lines}");
        }
    }
}
