// What the controller does with damaged images, with KEEPS = 1 and without: the design has a memory that
// has gone on with the newest image, so that none in its place is right.
//
// A counter is saved before each of its steps. After three commits the NVM is changed, and the supply comes back.
// Prints PASS, or the first FAIL.

`timescale 1ns / 1ps

module idetic_keeps_tb;

  localparam WORD = 32;
  localparam SLOT = 5;  // ID, index, payload, CRC, commit word
  localparam [31:0] ID = 32'h1DE71C42;

  reg clk = 0, por_n = 0;
  reg [WORD-1:0] nvm[0:15];
  reg [WORD-1:0] kept[0:15];
  reg resumed, failed;
  integer commits, cases, clocks, i;

  // Two controllers, of which one is powered.
  reg which;  // with KEEPS
  wire [1:0] advance, shift, stall, commit, resume, error, valid, write;
  wire [WORD-1:0] chain_in[0:1], wdata[0:1];
  wire [7:0] addr[0:1];
  reg [WORD-1:0] count[0:1];

  genvar k;
  generate
    for (k = 0; k < 2; k = k + 1) begin : g
      wire a, s, st, ca, co, re, er, v, w, row, part, read, take, cold, which_memory;
      wire [WORD-1:0] memory_in;
      wire checkpoint, lookup;
      idetic_controller #(.WORD(WORD), .WORDS(1), .ID(ID), .KEEPS(k)) unit (
          .clk(clk), .por_n(por_n && which == k), .at_checkpoint(1'b1), .checkpoint(1'b0), .skip(1'b0),
          .rest(1'b0), .advance(a), .shift(s), .chain_out(count[k]), .chain_in(chain_in[k]),
          .lookup_checkpoint(checkpoint), .lookup_word(lookup), .lookup_live(1'b1),
          .memory(which_memory), .row(row), .row_part(part), .row_read(read), .row_take(take),
          .memory_out(32'd0), .memory_in(memory_in), .memory_live(1'b0), .memory_offset(32'd0),
          .memory_last_row(1'b0), .memory_last_part(1'b0), .cold(cold), .fill_word(32'd0),
          .cold_memory_word(32'd0), .stall(st), .capture(ca), .commit(co), .resume(re), .error(er),
          .nvm_valid(v), .nvm_write(w), .nvm_addr(addr[k]), .nvm_wdata(wdata[k]), .nvm_ready(v),
          .nvm_rdata(nvm[addr[k]])
      );
      assign advance[k] = a;
      assign shift[k] = s;
      assign stall[k] = st;
      assign commit[k] = co;
      assign resume[k] = re;
      assign error[k] = er;
      assign valid[k] = v;
      assign write[k] = w;
      always @(posedge clk) begin
        if (s) count[k] <= chain_in[k];
        else if (a) count[k] <= count[k] + 1;
        if (v && w) nvm[addr[k]] <= wdata[k];
      end
    end
  endgenerate

  task tick;
    begin
      #5 if (resume[which]) resumed = 1;
      if (commit[which]) commits = commits + 1;
      if (error[which]) failed = 1;
      clk = 1;
      #5 clk = 0;
      clocks = clocks + 1;
    end
  endtask

  // Runs until so many commits have been made, or for 200 clocks.
  task power_cycle;
    input keeps;
    input integer wanted;
    begin
      which = keeps;
      resumed = 0;
      failed = 0;
      commits = 0;
      clocks = 0;
      por_n = 0;
      tick;
      por_n = 1;
      while (commits < wanted && clocks < 200) tick;
      por_n = 0;
      #1;
    end
  endtask

  // The NVM after three commits: slot 0 has number 3 and 12, slot 1 number 2 and 11.
  task written;
    begin
      for (i = 0; i < 16; i = i + 1) nvm[i] = 0;
      count[0] = 10;
      count[1] = 10;
      power_cycle(1, 3);
      if (nvm[2] !== 12 || nvm[SLOT+2] !== 11 || nvm[4][1:0] !== 3 || nvm[SLOT+4][1:0] !== 2)
        $display("FAIL the images are not as expected");
    end
  endtask

  // Whether the design goes on, with a restore, from what, and whether an error is shown.
  task expects;
    input keeps, runs, restores;
    input [WORD-1:0] value;
    input shows;
    begin
      cases = cases + 1;
      count[keeps] = 99;
      for (i = 0; i < 16; i = i + 1) kept[i] = nvm[i];
      power_cycle(keeps, 1);
      if (commits != runs || resumed != restores || failed != shows
          || runs && nvm[2] != value && nvm[SLOT+2] != value)
        $display("FAIL case %0d: %0d commits, restored %0d, error %0d, %0d and %0d saved", cases, commits,
                 resumed, failed, nvm[2], nvm[SLOT+2]);
      if (!runs)
        for (i = 0; i < 16; i = i + 1)
          if (kept[i] !== nvm[i]) $display("FAIL case %0d: word %0d is written", cases, i);
      if (!runs && !stall[keeps]) $display("FAIL case %0d: the design runs", cases);
    end
  endtask

  function [WORD-1:0] commit_word;
    input [1:0] number;
    commit_word = {~{14'd0, number}, 14'd0, number};
  endfunction

  initial begin
    cases = 0;
    // Intact.
    written; expects(1, 1, 1, 13, 0);
    // The newest payload, CRC or ID is damaged: it stops. Without KEEPS the older image will do.
    written; nvm[2] = nvm[2] ^ 4; expects(1, 0, 0, 0, 1);
    written; nvm[2] = nvm[2] ^ 4; expects(0, 1, 1, 12, 1);
    written; nvm[3] = nvm[3] ^ 1; expects(1, 0, 0, 0, 1);
    written; nvm[0] = nvm[0] ^ 1; expects(1, 0, 0, 0, 1);
    written; nvm[0] = nvm[0] ^ 1; expects(0, 1, 1, 12, 1);
    // The commit word was cut off, and holds anything: ill-formed, or another number.
    written; nvm[4] = 32'h12345678; expects(1, 1, 1, 12, 0);
    written; nvm[4] = commit_word(2'd0); expects(1, 1, 1, 12, 1);
    written; nvm[4] = commit_word(2'd2); expects(1, 1, 1, 12, 0);
    written; nvm[SLOT+4] = commit_word(2'd0); nvm[4] = commit_word(2'd0); nvm[SLOT+2] = 7; expects(1, 0, 0, 0, 1);
    // Both are damaged.
    written; nvm[2] = 1; nvm[SLOT+2] = 1; expects(1, 0, 0, 0, 1);
    // The first image of all, damaged, or with its commit word cut off: then registers hold what was read.
    written; nvm[SLOT+4] = 0; nvm[4] = commit_word(2'd1); expects(1, 0, 0, 0, 1);
    written; nvm[SLOT+4] = 0; nvm[4] = commit_word(2'd2); expects(1, 1, 0, 12, 1);
    // Only the second is there.
    written; nvm[4] = 0; nvm[SLOT+2] = 1; expects(1, 0, 0, 0, 1);
    // Those of another design.
    written; nvm[0] = 1; nvm[SLOT] = 1; expects(1, 1, 0, 99, 0);
    // A blank one.
    for (i = 0; i < 16; i = i + 1) nvm[i] = 32'hffffffff;
    expects(1, 1, 0, 99, 0);
    $display("PASS %0d cases", cases);
    $finish;
  end

endmodule
