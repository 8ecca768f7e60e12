// Macros and includes in the places where text has to be inserted.
`include "macros_part.vh"
`define WIDTH 8
`define IDLE 2'd0
`define RUN 2'd1
`define DONE 2'd2
`define ALWAYS_CLK always @(posedge clk or negedge rst_n)
`define RESET !rst_n
`define FF(clock, d, q) always @(posedge clock) q <= d; // a comment
`define FF_RESET(d, q, value) \
  always @(posedge clk or negedge rst_n) begin \
    if (`RESET) q <= value; \
    else q <= d; \
  end
`define IF_RESET if (`RESET)
`define CONNECT (.clk(clk), .rst_n(rst_n), .in(held), .out(part))
`define END end

module macros (
    input  wire              clk,
    input  wire              rst_n,
`ifdef WIDE
    input  wire [15:0]       data,
`else
    input  wire [`WIDTH-1:0] data,
`endif
    output reg  [`WIDTH-1:0] out,
    output wire [1:0]        where
);
  reg [1:0] state;
  reg [`WIDTH-1:0] first, held, sum, last;
  wire [`WIDTH-1:0] part;

  `FF(clk, data, first)
  `FF_RESET(first ^ data, held, 8'd7)

  `ALWAYS_CLK
    `IF_RESET state <= `IDLE;
    else case (state)
      `IDLE: if (data[0]) state <= `RUN;
      `RUN: state <= `DONE;
      default: state <= `IDLE;
    endcase
  assign where = state;

  always @(posedge clk) begin : summing
    if (`RESET) sum <= `WIDTH'd0;
    else sum <= sum + held;
  `END

`include "macros_body.vh"

  macros_part #(.W(`WIDTH)) one `CONNECT;
endmodule
