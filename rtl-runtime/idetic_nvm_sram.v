// idetic_nvm_sram: NVM port to a single-port synchronous memory.
//
// For memory macros (FRAM, MRAM, or an SRAM with a supply of its own) that take
// ce, we, address and data at a rising edge and give read data in the clock after
// it. A write takes one clock, a read two. ce is high for exactly one edge per
// transfer.

`default_nettype none

module idetic_nvm_sram #(
    parameter WORD = 32,   // bits per word
    parameter ADDRESS = 8  // bits of a word address
) (
    input wire clk,
    input wire por_n,  // power-on reset, asynchronous

    // NVM port of the instrumented design.
    input  wire               nvm_valid,
    input  wire               nvm_write,
    input  wire [ADDRESS-1:0] nvm_addr,
    input  wire [WORD-1:0]    nvm_wdata,
    output wire               nvm_ready,
    output wire [WORD-1:0]    nvm_rdata,

    // Memory.
    output wire               mem_ce,
    output wire               mem_we,
    output wire [ADDRESS-1:0] mem_addr,
    output wire [WORD-1:0]    mem_wdata,
    input  wire [WORD-1:0]    mem_rdata
);

  reg reading;  // the read was taken at the last edge, its data is here now

  always @(posedge clk or negedge por_n)
    if (!por_n) reading <= 1'b0;
    else reading <= nvm_valid && !nvm_write && !reading;

  assign mem_ce = nvm_valid && !reading;
  assign mem_we = nvm_write;
  assign mem_addr = nvm_addr;
  assign mem_wdata = nvm_wdata;
  assign nvm_ready = reading || (nvm_valid && nvm_write);
  assign nvm_rdata = mem_rdata;

endmodule

`default_nettype wire
