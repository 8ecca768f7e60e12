// idetic_nvm_model: a non-volatile memory for simulation, with any latency.
//
// Not for synthesis. The contents are in `words`, which a test bench may load,
// spoil and compare by hierarchical name; nothing here initialises them or keeps
// them between runs. A transfer completes at the edge where valid and ready are
// both 1. Data that is not valid in a clock is unknown, so a reader that takes it
// too early is found out. A write beyond DEPTH is ignored, a read there unknown.

`default_nettype none

module idetic_nvm_model #(
    parameter        WORD = 32,     // bits per word
    parameter        ADDRESS = 8,   // bits of a word address
    parameter        DEPTH = 256,   // words
    parameter        LATENCY = 0,   // clocks from request to ready; 0 is ready in the same clock
    parameter        RANDOM = 0,    // 1: each transfer takes 0 to LATENCY (at most 31) clocks, pseudo-random
    parameter [31:0] SEED = 1       // of the pseudo-random latencies
) (
    input  wire               clk,
    input  wire               valid,
    input  wire               write,
    input  wire [ADDRESS-1:0] addr,
    input  wire [WORD-1:0]    wdata,
    output wire               ready,
    output wire [WORD-1:0]    rdata
);

  reg [WORD-1:0] words[0:DEPTH-1];

  wire in_range = {{(32 - ADDRESS) {1'b0}}, addr} < DEPTH;

  // Clocks that the present request has waited, and those it has to wait.
  integer waited;
  integer delay;
  reg [31:0] lfsr;

  initial begin
    lfsr = SEED == 0 ? 32'd1 : SEED;
    waited = 0;
    delay = LATENCY;
  end

  assign ready = valid && waited >= delay;
  assign rdata = ready && !write && in_range ? words[addr] : {WORD{1'bx}};

  always @(posedge clk)
    if (valid && !ready) waited <= waited + 1;
    else begin
      waited <= 0;
      lfsr <= {lfsr[30:0], 1'b0} ^ (32'h04C11DB7 & {32{lfsr[31]}});
      if (RANDOM != 0) delay <= {27'd0, lfsr[4:0]} % (LATENCY + 1);
      if (valid && write && in_range) words[addr] <= wdata;
    end

endmodule

`default_nettype wire
