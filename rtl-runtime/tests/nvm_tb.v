// The NVM model and the bus adapters against an array: random requests, random
// pauses, each transfer must happen exactly once and read what was written last.
//
// KIND 0: model with no latency, 1: model with fixed latency, 2: model with random latency,
// 3: SRAM adapter, 4 to 7: Wishbone adapter to a slave that answers in the same
// clock, with a registered ack, with a registered ack held one clock too long,
// or at random and sometimes with err.
//
// Prints PASS and figures, or the first FAIL.

`timescale 1ns / 1ps

module idetic_nvm_tb;

  parameter KIND = 0;
  parameter WORD = 32;
  parameter TRANSFERS = 2000;

  localparam ADDRESS = 5;
  localparam LATENCY = KIND == 0 ? 0 : 3;
  localparam BYTES = WORD == 64 ? 3 : WORD == 32 ? 2 : WORD == 16 ? 1 : 0;

  reg clk, por_n, valid, write, ended;
  reg [ADDRESS-1:0] addr;
  reg [WORD-1:0] wdata, held;
  wire ready;
  wire [WORD-1:0] rdata;

  reg [WORD-1:0] memory[0:(1<<ADDRESS)-1];     // behind the adapters
  reg [WORD-1:0] reference[0:(1<<ADDRESS)-1];
  integer i, done, clocks, taken, errors;

  task check;
    input ok;
    input [8*32-1:0] what;
    if (ok !== 1'b1) begin
      $display("FAIL transfer %0d clock %0d: %0s", done, clocks, what);
      $finish;
      ended = 1'b1;
    end
  endtask

  generate
    if (KIND < 3) begin : g_model
      idetic_nvm_model #(
          .WORD(WORD), .ADDRESS(ADDRESS), .DEPTH(1 << ADDRESS), .LATENCY(LATENCY),
          .RANDOM(KIND == 2), .SEED(7)
      ) model (
          .clk(clk), .valid(valid), .write(write), .addr(addr), .wdata(wdata),
          .ready(ready), .rdata(rdata)
      );
      always @(posedge clk) if (por_n && valid && ready) taken = taken + 1;
    end else if (KIND == 3) begin : g_sram
      wire ce, we;
      wire [ADDRESS-1:0] mem_addr;
      wire [WORD-1:0] mem_wdata;
      reg [WORD-1:0] mem_rdata;
      idetic_nvm_sram #(.WORD(WORD), .ADDRESS(ADDRESS)) adapter (
          .clk(clk), .por_n(por_n), .nvm_valid(valid), .nvm_write(write), .nvm_addr(addr),
          .nvm_wdata(wdata), .nvm_ready(ready), .nvm_rdata(rdata), .mem_ce(ce), .mem_we(we),
          .mem_addr(mem_addr), .mem_wdata(mem_wdata), .mem_rdata(mem_rdata)
      );
      always @(posedge clk) begin
        mem_rdata <= {WORD{1'bx}};
        if (por_n && ce) begin
          taken = taken + 1;
          if (we) memory[mem_addr] <= mem_wdata;
          else mem_rdata <= memory[mem_addr];
        end
      end
    end else begin : g_wishbone
      wire cyc, stb, we;
      wire [ADDRESS+BYTES-1:0] adr;
      wire [WORD-1:0] dat;
      wire [WORD/8-1:0] sel;
      reg registered, lot, err_lot;
      wire ack = KIND == 4 ? cyc && stb : KIND == 7 ? cyc && stb && lot && !err_lot : registered;
      wire err = KIND == 7 && cyc && stb && lot && err_lot;
      wire [WORD-1:0] back = ack && !we ? memory[adr>>BYTES] : {WORD{1'bx}};
      idetic_nvm_wishbone #(.WORD(WORD), .ADDRESS(ADDRESS), .BYTE_SHIFT(BYTES)) adapter (
          .clk(clk), .por_n(por_n), .nvm_valid(valid), .nvm_write(write), .nvm_addr(addr),
          .nvm_wdata(wdata), .nvm_ready(ready), .nvm_rdata(rdata), .wb_cyc_o(cyc), .wb_stb_o(stb),
          .wb_we_o(we), .wb_adr_o(adr), .wb_dat_o(dat), .wb_sel_o(sel), .wb_dat_i(back),
          .wb_ack_i(ack), .wb_err_i(err)
      );
      reg was_stb, was_ended;
      always @(posedge clk)
        if (!por_n) {registered, lot, err_lot, was_stb, was_ended} <= 5'b0;
        else begin
          registered <= KIND == 6 ? cyc && stb : cyc && stb && !registered;
          lot <= $random;
          err_lot <= {$random} % 4 == 0;
          check(cyc == stb, "cyc and stb");
          check(!was_stb || was_ended || stb, "stb fell before ack or err");
          check(!stb || (&sel && adr % (1 << BYTES) == 0), "sel and address");
          was_stb <= stb;
          was_ended <= ack || err;
          if (err) errors = errors + 1;
          if (cyc && stb && ack) begin
            taken = taken + 1;
            if (we) memory[adr>>BYTES] <= dat;
          end
        end
    end
  endgenerate

  initial begin
    {done, clocks, taken, errors} = 0;
    {clk, por_n, valid, write, ended} = 5'b0;
    addr = 0;
    wdata = 0;
    for (i = 0; i < (1 << ADDRESS); i = i + 1) reference[i] = {WORD{1'bx}};
    #1 clk = 1'b1;
    #1 clk = 1'b0;
    por_n = 1'b1;
    while (!ended && done < TRANSFERS) begin
      if (!valid) begin
        {write, addr} = $random;
        wdata = {$random, $random};
        valid = {$random} % 3 != 0;
      end
      #1 check((ready & valid) !== 1'bx, "ready is unknown");
      held = rdata;
      if (valid && ready) begin
        if (write) reference[addr] = wdata;
        else check(held === reference[addr], "wrong data");
      end
      clk = 1'b1;
      // As a synchronous requester: the next request appears after the edge.
      if (valid && ready) begin
        done = done + 1;
        #1 valid = {$random} % 2;
        {write, addr} = $random;
        wdata = {$random, $random};
      end else #1;
      #1 clk = 1'b0;
      clocks = clocks + 1;
      check(clocks < 20 * TRANSFERS, "no progress");
    end
    if (!ended) begin
      check(taken == done || (KIND == 3 && taken == done + 1), "transfers taken once each");
      check(KIND != 7 || errors > 0, "no err tried");
      if (!ended) $display("PASS %0d transfers, %0d clocks", done, clocks);
    end
    $finish;
  end

endmodule
