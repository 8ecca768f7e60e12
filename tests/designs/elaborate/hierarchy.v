// Parameters overridden by order and by name, non-ANSI ports, width mismatches.
module stage(clk, rst, d, q, open_end);
    parameter WIDTH = 4;
    parameter signed [7:0] STEP = -1;
    input clk;
    input rst;
    input [WIDTH-1:0] d;
    output [WIDTH-1:0] q;
    output open_end;
    reg [WIDTH-1:0] q;
    wire open_end = ^q;
    always @(negedge rst or posedge clk)
        if (rst == 1'b0) q <= {WIDTH{1'b1}};
        else q <= d + STEP;
endmodule

module wrap #(parameter W = 8) (input wire ck, input wire n, input wire [W-1:0] x,
                                output wire [W-1:0] y);
    wire inverted = ~n;
    stage #(.STEP(3), .WIDTH(W)) inner (.clk(ck), .rst(~inverted), .d(x), .q(y), .open_end());
endmodule

module hierarchy (
    input wire clk,
    input wire rst,
    input wire [7:0] a,
    output wire [5:0] narrow,
    output wire [11:0] wide,
    output wire [7:0] both,
    output wire odd
);
    wire [3:0] q0;
    stage first (clk, rst, a, q0, odd_net);
    assign odd = odd_net;
    wrap #(6) second (.ck(clk), .n(rst), .x({q0, a[1:0]}), .y(narrow));
    wrap third (.ck(clk), .n(rst), .x(narrow), .y(wide[7:0]));
    stage #(4, 8'sd2) fourth (.clk(clk), .rst(rst), .d(wide[3:0]), .q(wide[11:8]), .open_end());
    wrap fifth (.ck(clk), .n(rst), .x(a), .y(both));
endmodule
