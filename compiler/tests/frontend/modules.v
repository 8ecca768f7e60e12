`timescale 1ns/1ps
`default_nettype none
`define W 8
`define ADD(x, y) ((x) + (y))
module ansi #(parameter W = `W, parameter [3:0] D = 4'd2, localparam L = W * D)
  (input wire clk, rst_n, input [W-1:0] a, output reg [W-1:0] q, output wire z,
   output reg signed [3:0] s, t, inout io);
  always @(posedge clk or negedge rst_n)
    if (!rst_n) q <= 0;
    else q <= `ADD(a, D);
  assign z = ^q;
endmodule

`default_nettype wire
module old(clk, d, q, r, v, o);
  parameter N = 4;
  localparam M = N + 1;
  input clk;
  input [N-1:0] d;
  output [N-1:0] q;
  output r, v;
  reg [N-1:0] q;
  reg r;
  wire v = d[0];
  output o;
  reg o;
  always @(posedge clk) begin : body
    reg t;
    integer i;
    t = d[0];
    q <= #1 d;
    r <= t;
  end
endmodule

module top(input clk, output [3:0] q);
  wire [3:0] d;
  wire nc;
  old #(.N(4)) u1 (.clk(clk), .d(d), .q(q), .r(), .v(nc));
  old u2 (clk, d, , nc, , ), u3 [1:0] (clk, d, q, nc, nc, nc);
  old #(8) \esc+aped (.clk(clk), .d(`W'd3));
  and #1 g1 (d[0], q[0], q[1]), (d[1], q[0], q[1]);
  not (strong0, pull1) #(1, 2) (d[2], q[2]);
  supply0 gnd;
  tri [3:0] bus;
  specify
    (clk => q) = (1, 2);
  endspecify
  defparam u1.N = 5;
endmodule

(* top *) macromodule empty();
endmodule : empty
module bare;
endmodule
