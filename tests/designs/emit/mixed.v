// Registers that an asynchronous reset sets by `=` and the clock edge by `<=`.
// No text for Verilator, which takes one kind of assignment only.

module mixed (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output reg  [3:0] q,
    output wire       odd
);
  reg [1:0] state;
  assign odd = ^state;

  always @(posedge clk or posedge rst)
    if (rst) begin
      q = 4'd9;
      state = 2'd0;
    end else begin
      if (d[7]) q <= q + {3'd0, d[0]};
      else q <= {q[2:0], q[3]};
      case (state)
        2'd0: if (d[1]) state <= 2'd2;
        2'd2: state <= 2'd3;
        default: state <= 2'd0;
      endcase
    end
endmodule
