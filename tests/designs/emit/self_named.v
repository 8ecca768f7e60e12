// Modules that name themselves. The bench at the end keeps `self_named` as it is, so that the
// design is a copy, in which these names have to follow; the two instances of `part` need
// different texts.
module part #(
    parameter DEEP = 1
) (
    input  wire       clk,
    input  wire       rst,
    input  wire [3:0] d,
    output wire [3:0] q
);
  reg [3:0] r, last;
  always @(posedge clk)
    if (rst) part.r <= 4'd0;
    else r <= r + d;
  always @(posedge clk) last <= r;
  assign q = DEEP ? part.last ^ part . r : part.r;
endmodule

module self_named (
    input  wire       clk,
    input  wire       rst,
    input  wire [3:0] d,
    output reg  [3:0] q
);
  wire [3:0] first, second;
  part #(.DEEP(1)) deep (clk, rst, d, first);
  part #(.DEEP(0)) flat (clk, rst, first, second);
  always @(posedge clk)
    if (rst) q <= 4'd0;
    else begin : step
      reg [3:0] sum;
      sum = second + self_named.q;
      q <= self_named.step.sum;
    end
`ifdef DUMP
  initial $dumpvars(0, self_named);
`endif
  initial
    if (0) begin
      $display("self_named.q");  // self_named.q
      $dumpvars(1, self_named, self_named.deep);
    end
endmodule

module smoke;
  reg clk = 0;
  wire [3:0] q;
  self_named only (clk, 1'b1, 4'd0, q);
endmodule
