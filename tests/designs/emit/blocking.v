// Registers assigned by `=` at the clock edge, next to each other, next to
// others, and in modules of their own. None is read at the edge by another
// process: that would be a race of the design's own.
module blocking (
    input  wire       clk,
    input  wire       rst_n,
    input  wire [7:0] data,
    output wire [7:0] out,
    output reg  [3:0] where
);
  reg [7:0] left, right;
  reg [7:0] from_left, from_right;
  reg [7:0] plain;
  reg [1:0] phase;
  reg first;
  reg [3:0] table_ [0:3];
  reg [3:0] entry;

  // Two blocking processes side by side, and one that is not.
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      left = 8'd1;
      from_left <= 8'd0;
    end else begin
      left = {left[6:0], left[7]} ^ data;
      from_left <= left;
    end

  always @(posedge clk) begin : second
    reg [7:0] sum;
    if (!rst_n) right = 8'd2;
    else begin
      sum = right + 8'd3;
      if (data[0]) right = sum;
    end
    from_right <= right;
  end

  always @(posedge clk)
    if (!rst_n) plain <= 8'd0;
    else plain <= plain + data;

  // State assigned by `=`, so that the wrapper reads it.
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      phase = 2'd0;
      first = 1'b1;
      where <= 4'd0;
    end else begin
      case (phase)
        2'd0: phase = 2'd1;
        2'd1: begin phase = data[0] ? 2'd2 : 2'd0; first = ~first; end
        default: phase = 2'd0;
      endcase
      where <= {1'b0, first, phase};
    end

  always @(posedge clk) begin
    if (!rst_n) begin
      table_[0] = 4'd1; table_[1] = 4'd2; table_[2] = 4'd3; table_[3] = 4'd4;
    end else table_[data[7:6]] = table_[data[7:6]] + data[3:0];
    entry <= table_[data[1:0]];
  end

  wire [7:0] a, b;
  blocking_part one (clk, rst_n, a ^ data, b);
  blocking_part two (.clk(clk), .rst_n(rst_n), .in(b), .out(a));

  assign out = from_left ^ from_right ^ plain ^ a ^ {4'd0, entry};
endmodule

module blocking_part (input clk, input rst_n, input [7:0] in, output reg [7:0] out);
  reg [7:0] held;
  always @(posedge clk) begin
    if (!rst_n) held = 8'd9; else held = held + in;
    out <= held;
  end
endmodule
