// Registers that an asynchronous reset sets by `=` and the clock edge by `<=`,
// and such that the clock edge assigns in both ways.
// No text for Verilator, which takes one kind of assignment only.

module mixed (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output reg  [3:0] q,
    output wire       odd,
    output reg  [5:0] both
);
  reg [1:0] phase;
  always @(posedge clk) begin
    if (rst) begin
      phase = 2'd0;
      both = 6'd3;
    end else begin
      phase <= phase + 2'd1;
      if (phase == 2'd2) begin
        if (d[2]) phase = 2'd0;
        both = both + 6'd5;
      end else if (d[4]) both <= both ^ d[5:0];
    end
  end

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
