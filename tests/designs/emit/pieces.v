// Modules that need several texts, in text that is cut into pieces: a header
// chosen by a conditional, an end in one, and a name that is escaped.
`timescale 1ns / 1ps
`ifdef PIECES_EXTRA
module chosen #(parameter W = 1) (input clk, input rst, input extra, input [W-1:0] d, output reg [W-1:0] q);
`else
module chosen #(parameter W = 1) (input clk, input rst, input [W-1:0] d, output reg [W-1:0] q);
`endif
`ifdef PIECES_EXTRA
  wire unused = extra;
`endif
  always @(posedge clk) if (rst) q <= 0; else q <= q + d;
endmodule

module \a::b #(
    parameter W = 1
) (
    input clk,
    input rst,
    input [W-1:0] d,
    output reg [W-1:0] q
);
  always @(posedge clk) if (rst) q <= 0; else q <= q ^ d;
endmodule

module pieces (
    input clk,
    input rst,
    input [3:0] d,
    output [14:0] q
);
  chosen #(1) c0 (clk, rst, d[0], q[0]);
  chosen #(4) c1 (clk, rst, d, q[4:1]);
  \a::b #(1) e0 (.clk(clk), .rst(rst), .d(d[1]), .q(q[5]));
  \a::b #(4) e1 (.clk(clk), .rst(rst), .d(d), .q(q[9:6]));
  ended #(1) o0 (clk, rst, d[2], q[10]);
  ended #(4) o1 (clk, rst, d, q[14:11]);
endmodule

module ended #(parameter W = 1) (input clk, input rst, input [W-1:0] d, output reg [W-1:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= {q, d[0]} + d;
`ifdef PIECES_EXTRA
  wire \q' = q[0]; // `endif
endmodule
`else
endmodule
`endif
