// Combinational variables assigned part by part, each part on all paths: no latch.
module piecewise(input clk, input rst, input [7:0] a, input [7:0] b, input [1:0] op, output [7:0] y, output reg [7:0] q, output [7:0] z);
  reg [7:0] d;
  reg [7:0] e;
  reg [7:0] f;
  integer i;

  // Bit by bit, in `if` with both branches.
  always @(*) begin
    d[7:2] = q[7:2] ^ b[5:0];
    if (a >= b) begin
      d[1] = 1'b1;
      e[3:0] = a[3:0] - b[3:0];
    end else begin
      d[1] = 1'b0;
      e[3:0] = a[3:0];
    end
    if (e[3:0] > 4'd5) d[0] = 1'b1;
    else d[0] = 1'b0;
    case (op)
      2'd0: e[7:4] = a[7:4];
      2'd1: begin e[7:6] = b[1:0]; e[5:4] = b[7:6]; end
      2'd2: begin e[5:4] = a[1:0]; e[7:6] = d[1:0]; end
      default: e[7:4] = 4'd9;
    endcase
  end

  // In a loop.
  always @* begin
    for (i = 0; i < 8; i = i + 1)
      if (a[i]) f[i] = b[7 - i];
      else if (op[0]) f[i] = q[i];
      else f[i] = d[i];
  end

  // In a function, whose variable keeps nothing either.
  function [7:0] spread(input [7:0] v, input [1:0] by);
    begin
      if (by[0]) spread[3:0] = v[7:4];
      else spread[3:0] = ~v[3:0];
      if (by[1]) spread[7:4] = v[3:0] + 4'd3;
      else begin
        spread[7:6] = v[2:1];
        spread[5:4] = v[6:5];
      end
    end
  endfunction

  assign y = e ^ f;
  assign z = spread(a ^ q, op);

  always @(posedge clk)
    if (rst) q <= 8'd0;
    else q <= d + f;
endmodule
