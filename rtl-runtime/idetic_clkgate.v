// idetic_clkgate: clock gate without glitches.
//
// The enable is taken while the clock is low and held while it is high, so it
// may change at any time and needs only to be stable before the rising edge.
// The gated clock has a rising edge exactly where the enable was 1.
//
// Replace this module by the technology's integrated clock-gating cell, or by
// the clock buffer with enable of an FPGA. The latch is the only one in the
// runtime library.

`default_nettype none

module idetic_clkgate (
    input  wire clk,     // free-running clock, rising edge active
    input  wire enable,  // let the next rising edge through
    output wire gclk     // gated clock
);

  reg open;

  /* verilator lint_off LATCH */
  /* verilator lint_off COMBDLY */
  always @*
    if (!clk) open = enable;
  /* verilator lint_on COMBDLY */
  /* verilator lint_on LATCH */

  assign gclk = clk & open;

endmodule

`default_nettype wire
