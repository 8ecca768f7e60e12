//! Parameters: `defparam`, the top's, and what is computed with real numbers.

use super::{ElaborateOptions, accept, module, refuse, run};

#[test]
fn defparams_reach_what_is_there() {
    refuse(
        "defparam u.P = 1; assign y = a;",
        "3:10 E0304 `u` is not declared",
    );
    let text = "module s(output wire x); parameter P = 1; assign x = P; endmodule\n\
                module m(output wire x); defparam u.Q = 0; s u(x); endmodule\n";
    let (_, said) = run(text, &ElaborateOptions::default());
    assert_eq!(said, "2:37 E0312 `s` has no parameter `Q`\n");
    let text = "module s(output wire x); assign x = 1; endmodule\n\
                module m(output wire x); defparam u.v.Q = 0; s u(x); endmodule\n";
    let (_, said) = run(text, &ElaborateOptions::default());
    assert_eq!(
        said,
        "2:35 E0304 there is no instance `u.v` below this module\n"
    );
}

#[test]
fn parameters_of_the_top_are_set() {
    let text = "module m #(parameter [3:0] N = 2, parameter M = 8'h10)(output wire [31:0] x, z);\n\
                assign x = N; assign z = M; endmodule\n";
    let options = |list: &[(&str, &str)]| ElaborateOptions {
        parameters: list
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect(),
        ..ElaborateOptions::default()
    };
    let netlist = run(text, &options(&[("N", "21"), ("M", "32'h_dead_beef")]))
        .0
        .unwrap();
    let value = |at: usize| {
        netlist
            .exprs
            .as_const(netlist.outputs[at].expr)
            .unwrap()
            .to_u64()
    };
    assert_eq!((value(0), value(1)), (Some(5), Some(0xdead_beef)));
    assert_eq!(netlist.parameters["N"].to_string(), "4'h5");
    let (_, said) = run(text, &options(&[("N", "five")]));
    assert_eq!(said, "E0312 `five` is no value for the parameter `N`\n");
    let (_, said) = run(text, &options(&[("K", "5")]));
    assert_eq!(said, "E0312 `m` has no parameter `K`\n");
}

#[test]
fn numbers_and_genvars_are_declared_as_such() {
    refuse(
        "assign y = {a[3:0], 5};",
        "3:21 E0311 a number without a width in a concatenation",
    );
    refuse(
        "integer i; generate for (i = 0; i < 8; i = i + 1) begin : l assign y[i] = a[i]; end endgenerate",
        "3:26 E0304 `i` is not declared as a genvar",
    );
}

#[test]
fn real_numbers_stay_in_constants() {
    refuse(
        "localparam R = 2.5; wire [R:0] z; assign y = a;",
        "3:27 E0311 a real number as an operand of bits",
    );
    for (operand, code) in [
        ("R & a", "E0311"),
        ("{a, R}", "E0311"),
        ("a[R]", "E0311"),
        ("a << R", "E0311"),
        ("~R", "E0311"),
        ("a + R", "E0305"),
        ("R ? a : R", "E0305"),
        ("a[0] ? 1 : R", "E0305"),
    ] {
        let (netlist, said) = module(&format!("localparam R = 2.5; assign y = {operand};"));
        assert!(
            netlist.is_none() && said.contains(code),
            "{operand}: {said}"
        );
    }
    refuse(
        "localparam R = 2.5; assign y = a > R;",
        "3:36 E0311 a comparison with a number that is not whole, which simulators compare as it \
         is and synthesis rounds",
    );
    refuse(
        "localparam R = 2.5; localparam T = R > 2; localparam F = R == 3; assign y = T + F;",
        "3:58 E0311 a comparison with a number that is not whole, which simulators compare as it \
         is and synthesis rounds",
    );
    refuse(
        "localparam integer N = 1e300; assign y = N;",
        "3:24 E0311 this real number is too large: past 2^53 a real is no exact integer",
    );
    refuse(
        "localparam integer N = 1.0 / 0; assign y = N;",
        "3:24 E0311 this real number is too large: past 2^53 a real is no exact integer",
    );
    accept("real unused; localparam R = 4.0; assign y = a > R;");
    accept("localparam R = 2.5; localparam T = R > 2 && 3 >= R; wire [T-1:0] one; assign y = a;");
    accept(
        "logic sv; localparam W = int'(real'(40) * 0.1); wire [W-5:0] none_but_one; assign y = a;",
    );
}
