//! Plain Verilog test benches with reproducible random stimuli.

use super::Generated;

/// How a bench drives a design.
#[derive(Debug, Clone)]
pub struct Stimulus {
    /// Clock cycles.
    pub cycles: u32,
    /// Cycles with an active reset at the start.
    pub reset_cycles: u32,
    /// Whether a short reset may come again later, in one of 64 cycles.
    pub resets_later: bool,
    /// Seed of the inputs.
    pub seed: u64,
}

impl Default for Stimulus {
    fn default() -> Stimulus {
        Stimulus {
            cycles: 200,
            reset_cycles: 3,
            resets_later: true,
            seed: 1,
        }
    }
}

/// A bench `<top>_tb` that resets the design, gives it random inputs away from
/// the clock edge and ends. It checks nothing by itself.
pub fn testbench(design: &Generated, stimulus: &Stimulus) -> String {
    let top = &design.top;
    let connections: Vec<String> = design
        .ports
        .iter()
        .map(|port| format!(".{0}({0})", port.name))
        .collect();
    let mut text = format!("`timescale 1ns/1ns\nmodule {top}_tb;\n");
    text.push_str(&drivers(design, stimulus));
    text.push_str(&format!("  {top} dut ({});\n", connections.join(", ")));
    text.push_str(&process(design, stimulus, "", "$finish;"));
    text.push_str("endmodule\n");
    text
}

/// Declarations of the ports as variables and nets, and of the random source.
pub(super) fn drivers(design: &Generated, stimulus: &Stimulus) -> String {
    let mut text = String::new();
    for port in &design.ports {
        let keyword = if port.input { "reg" } else { "wire" };
        let range = match port.width {
            1 => String::new(),
            width => format!("[{}:0] ", width - 1),
        };
        text.push_str(&format!("  {keyword} {range}{};\n", port.name));
    }
    let seed = stimulus.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    text.push_str(&format!(
        "  integer tb_cycle;\n  reg [63:0] tb_x;\n  reg [127:0] tb_r;\n  initial tb_x = 64'h{seed:016x};\n"
    ));
    text.push_str(
        "  task tb_step;\n    begin\n      tb_x = tb_x ^ (tb_x << 13);\n      tb_x = tb_x ^ (tb_x >> 7);\n      tb_x = tb_x ^ (tb_x << 17);\n      tb_r = {tb_r[63:0], tb_x};\n    end\n  endtask\n",
    );
    text
}

/// The process that drives the inputs; `sample` stands just before each rising
/// edge, `end` after the last one.
pub(super) fn process(design: &Generated, stimulus: &Stimulus, sample: &str, end: &str) -> String {
    let mut text = format!(
        "  initial begin\n    {clock} = 0;\n    tb_step;\n    for (tb_cycle = 0; tb_cycle < {}; tb_cycle = tb_cycle + 1) begin\n",
        stimulus.cycles,
        clock = design.clock,
    );
    if let Some((reset, high)) = &design.reset {
        let later = match stimulus.resets_later {
            true => " || tb_x[37:32] == 6'd5",
            false => "",
        };
        let test = format!("tb_cycle < {}{later}", stimulus.reset_cycles);
        let (on, off) = if *high { (1, 0) } else { (0, 1) };
        text.push_str(&format!(
            "      tb_step;\n      {reset} = ({test}) ? 1'b{on} : 1'b{off};\n"
        ));
    }
    let reset = design.reset.as_ref().map(|(name, _)| name.as_str());
    for port in &design.ports {
        if !port.input || port.name == design.clock || Some(port.name.as_str()) == reset {
            continue;
        }
        // Corner values now and then: all zeros, all ones, or the value held.
        let name = &port.name;
        text.push_str(&format!(
            "      tb_step; tb_step;\n      case (tb_x[60:57])\n        4'd0: {name} = 0;\n        4'd1: {name} = ~0;\n        4'd2, 4'd3: if (tb_cycle == 0) {name} = tb_r >> 20;\n        default: {name} = tb_r >> 20;\n      endcase\n"
        ));
    }
    text.push_str(&format!(
        "      #4 {sample} {clock} = 1;\n      #5 {clock} = 0;\n      #1 ;\n    end\n    {end}\n  end\n",
        clock = design.clock,
    ));
    text
}
