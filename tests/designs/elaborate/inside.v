// Names that reach down into instances, before and behind their place in the text.
// Yosys takes such a name for one of a new net, so its registers are not compared.
module reached_leaf #(parameter W = 4)(input clk, input rst, input [W-1:0] d, output [W-1:0] q);
  reg [W-1:0] held;
  wire [W-1:0] next = d + held;
  reg [W-1:0] trace [0:3];
  always @(posedge clk)
    if (rst) begin
      held <= 0;
      trace[0] <= 0;
      trace[1] <= 1;
    end else begin
      held <= next;
      trace[0] <= d;
      trace[1] <= trace[0];
    end
  assign q = ~held;
endmodule

module reached_middle(input clk, input rst, input [7:0] d, output [7:0] q);
  reached_leaf #(.W(4)) low(clk, rst, d[3:0], q[3:0]);
  generate
    if (1) begin : upper
      reached_leaf #(.W(4)) high(.clk(clk), .rst(rst), .d(d[7:4]), .q(q[7:4]));
      wire [3:0] seen = high.next;
    end
  endgenerate
endmodule

module reaching(input clk, input rst, input [7:0] a, output [7:0] y, output [3:0] early, output [3:0] late, output reg [3:0] follows);
  assign early = m.low.held ^ m.low.next[3:0];
  always @(posedge clk)
    if (rst) follows <= 4'd0;
    else follows <= m.upper.high.held + m.upper.high.trace[1];
  reached_middle m(clk, rst, a, y);
  assign late = m.upper.seen + m.upper.high.d;
endmodule
