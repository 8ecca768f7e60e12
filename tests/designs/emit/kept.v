// Statements that are not elaborated name modules that are edited: their ports must stay.
module part(
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] a,
    output wire [7:0] y
);
  reg [7:0] r;
  always @(posedge clk)
    if (rst) r <= 0;
    else r <= r + a;
  assign y = r;
endmodule

module pair(
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] a,
    output wire [7:0] y
);
  wire [7:0] between;
  part first (clk, rst, a, between);
  part second (clk, rst, between, y);
endmodule

module kept #(
    parameter DEEP = 0
) (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] a,
    output wire [7:0] y
);
  wire [7:0] sum;
  part only (clk, rst, a, sum);
  generate
    if (DEEP) begin : deep
      pair more (clk, rst, sum, y);
    end else begin : flat
      assign y = ~sum;
    end
  endgenerate
endmodule

module board(
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] a,
    output wire [7:0] y
);
  kept chip (clk, rst, a, y);
endmodule
