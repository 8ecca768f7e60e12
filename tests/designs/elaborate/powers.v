// Powers whose operands are signals, and what high impedance becomes.
module powers (
    input wire [7:0] a,
    input wire [4:0] b,
    input wire signed [7:0] c,
    input wire signed [3:0] d,
    output wire [15:0] x,
    output wire [15:0] y,
    output wire signed [15:0] z,
    output wire signed [15:0] w,
    output wire [15:0] v,
    output wire signed [7:0] u,
    output wire [7:0] t,
    output wire [39:0] s
);
    assign x = a ** b;
    assign y = a ** 3;
    assign z = c ** d;
    assign w = c ** -1;
    assign v = 3 ** b;
    assign u = (-3) ** d;
    assign t = (a[0] ? b : 8'bz) & {8{a[1]}};
    assign s = ~(a[0] ? {b, a} : (a[1] ? 'bz : 'bx));
endmodule
