// idetic_nvm_wishbone: NVM port to a Wishbone B4 bus, classic single cycles.
//
// cyc and stb rise with the request and fall for one clock after each ack or err,
// so slaves that answer in the same clock and slaves that register ack both work.
// An err repeats the cycle: the NVM port has no way to fail, and a design that
// stands still is safe, one that believes in a write that was lost is not.

`default_nettype none

module idetic_nvm_wishbone #(
    parameter WORD = 32,      // bits per word: 8, 16, 32 or 64
    parameter ADDRESS = 8,    // bits of a word address
    parameter BYTE_SHIFT = 2  // log2 of bytes per address step; 0 for a bus of word addresses
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

    // Wishbone master; signal names as in the specification.
    output wire                          wb_cyc_o,
    output wire                          wb_stb_o,
    output wire                          wb_we_o,
    output wire [ADDRESS+BYTE_SHIFT-1:0] wb_adr_o,
    output wire [WORD-1:0]               wb_dat_o,
    output wire [WORD/8-1:0]             wb_sel_o,
    input  wire [WORD-1:0]               wb_dat_i,
    input  wire                          wb_ack_i,
    input  wire                          wb_err_i
);

  reg idle;  // the clock without stb after a cycle has ended

  wire active = nvm_valid && !idle;

  always @(posedge clk or negedge por_n)
    if (!por_n) idle <= 1'b0;
    else idle <= active && (wb_ack_i || wb_err_i);

  assign wb_cyc_o = active;
  assign wb_stb_o = active;
  assign wb_we_o = nvm_write;
  assign wb_adr_o = {nvm_addr, {BYTE_SHIFT{1'b0}}};
  assign wb_dat_o = nvm_wdata;
  assign wb_sel_o = {(WORD / 8) {1'b1}};
  assign nvm_ready = active && wb_ack_i && !wb_err_i;
  assign nvm_rdata = wb_dat_i;

endmodule

`default_nettype wire
