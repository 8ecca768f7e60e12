// A keystream like RC4's, from a permutation of 32 numbers that is shuffled
// while it is read. There is no reset: registers and the permutation start from
// initial values, as FPGA designs often do.

`default_nettype none

module keystream (
    input  wire       clk,
    input  wire       next,   // the next number is wanted
    input  wire [4:0] stir,   // stirred in
    output reg        valid,
    output reg  [4:0] number
);

  localparam [2:0] IDLE = 3'd0;
  localparam [2:0] FIRST = 3'd1;
  localparam [2:0] SECOND = 3'd2;
  localparam [2:0] SWAP = 3'd3;
  localparam [2:0] OUT = 3'd4;

  reg [2:0] state;
  reg [4:0] i = 5'd7;
  reg [4:0] j = 5'd19;
  reg [4:0] a;
  reg [4:0] b;

  reg [4:0] permutation[0:31];
  integer k;
  initial begin
    state = IDLE;
    valid = 1'b0;
    for (k = 0; k < 32; k = k + 1) permutation[k] = k[4:0] * 5'd13 + 5'd11;
  end

  wire [4:0] address = state == FIRST ? i : state == OUT ? a + b : j;
  wire [4:0] read = permutation[address];

  always @(posedge clk)
    if (state == SECOND) permutation[i] <= read;
    else if (state == SWAP) permutation[j] <= a;

  always @(posedge clk) begin
    valid <= 1'b0;
    case (state)
      IDLE:
      if (next) begin
        i <= i + 5'd1;
        state <= FIRST;
      end
      FIRST: begin
        a <= read;
        j <= j + read + stir;
        state <= SECOND;
      end
      SECOND: begin
        b <= read;
        state <= SWAP;
      end
      SWAP: state <= OUT;
      default: begin
        valid <= 1'b1;
        number <= read;
        state <= IDLE;
      end
    endcase
  end

endmodule

`default_nettype wire
