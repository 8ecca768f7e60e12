// One power cycle: a controller, a design and the environment that judges them.
//
// The bench has one instance per power cycle, so everything volatile really
// starts unknown. What outlives a power cycle (the NVM, the positions of the
// images in it) is in the bench and reached through its name.

`timescale 1ns / 1ps

module idetic_controller_life #(
    parameter [31:0] LIFE = 0,
    parameter WORD = 32,
    parameter WORDS = 1,
    parameter WORD_INDEX = 1,
    parameter CHECKPOINT_INDEX = 1,
    parameter ADDRESS = 8,
    parameter BASE = 0,
    parameter [31:0] ID = 0,
    parameter LATENCY = 0,   // clocks until ready
    parameter RANDOM = 0     // 1: latency is random from 0 to LATENCY
);

  `include "controller_design.vh"
  `define TB idetic_controller_tb

  // Top bit of the last word: a register that the design's reset leaves alone, so
  // that it is unknown after a cold start. Nothing depends on its value.
  localparam [WORD-1:0] TOP = {1'b1, {(WORD - 1) {1'b0}}};

  localparam PARTS = (31 + WORD) / WORD;
  localparam SLOT = PARTS + 1 + WORDS + PARTS + 1;
  localparam PAYLOAD = PARTS + 1;
  localparam BITS = WORD * WORDS;

  reg clk, por_n, skip, rest, design_reset, nvm_ready;
  reg [WORD-1:0] nvm_rdata;
  wire advance, shift, stall, capture, commit, resume, error, nvm_valid, nvm_write;
  wire [ADDRESS-1:0] nvm_addr;
  wire [WORD-1:0] nvm_wdata, chain_in;
  wire [CHECKPOINT_INDEX-1:0] lookup_checkpoint;
  wire [WORD_INDEX-1:0] lookup_word;

  // Design behind the clock gate.
  reg [BITS-1:0] q;
  wire gclk;
  wire [BITS+WORD-1:0] full = {chain_in, q};
  integer w;
  idetic_clkgate gate (.clk(clk), .enable(advance | shift), .gclk(gclk));
  always @(posedge gclk)
    if (shift) q <= full[BITS+WORD-1:WORD];
    else
      for (w = 0; w < WORDS; w = w + 1)
        if (design_reset)
          q[w*WORD+:WORD] <= w == 0 || w < WORDS - 1 ? content(8'd1, w)
              : content(8'd1, w) & ~TOP | q[w*WORD+:WORD] & TOP;
        else if (is_checkpoint(q[7:0]) && !is_live(index_of(q[7:0]), w))
          q[w*WORD+:WORD] <= content(q[7:0] + 8'd1, w);
        else
          q[w*WORD+:WORD] <= q[w*WORD+:WORD] ^ content(q[7:0], w) ^ content(q[7:0] + 8'd1, w);

  wire no_memory, no_row, no_part, no_read, no_take, no_cold;  // no memories here
  wire [WORD-1:0] no_word;

  idetic_controller #(
      .WORD(WORD), .WORDS(WORDS), .WORD_INDEX(WORD_INDEX), .CHECKPOINT_INDEX(CHECKPOINT_INDEX),
      .ADDRESS(ADDRESS), .BASE(BASE), .ID(ID)
  ) dut (
      .clk(clk), .por_n(por_n),
      .at_checkpoint(is_checkpoint(q[7:0])), .checkpoint(index_of(q[7:0])), .skip(skip), .rest(rest),
      .advance(advance), .shift(shift), .chain_out(q[WORD-1:0]), .chain_in(chain_in),
      .lookup_checkpoint(lookup_checkpoint), .lookup_word(lookup_word),
      .lookup_live(is_live(lookup_checkpoint, lookup_word)),
      .memory(no_memory), .row(no_row), .row_part(no_part), .row_read(no_read), .row_take(no_take),
      .memory_out({WORD{1'b0}}), .memory_in(no_word), .memory_live(1'b0), .memory_offset(32'd0),
      .memory_last_row(1'b0), .memory_last_part(1'b0),
      .cold(no_cold), .fill_word(given(lookup_checkpoint, lookup_word)), .cold_memory_word({WORD{1'b0}}),
      .stall(stall), .capture(capture), .commit(commit), .resume(resume), .error(error),
      .nvm_valid(nvm_valid), .nvm_write(nvm_write), .nvm_addr(nvm_addr), .nvm_wdata(nvm_wdata),
      .nvm_ready(nvm_ready), .nvm_rdata(nvm_rdata)
  );

  // Environment.
  integer k, wait_left, offset, i, slot, commits, after;
  reg booting, saving, settled, settling, pending, commit_due, first_write, stall_early, was_valid, was_write, alive;
  reg [ADDRESS-1:0] was_addr;
  reg [WORD-1:0] was_wdata, old, torn;
  reg [BITS-1:0] held;
  reg [CHECKPOINT_INDEX-1:0] held_index;

  // Equal but for the bits that are unknown in `expected`.
  function agree;
    input [WORD-1:0] value;
    input [WORD-1:0] expected;
    agree = (value ^ expected) === (expected ^ expected);
  endfunction

  // What a checkpoint tells of a word that it does not save.
  function [WORD-1:0] given;
    input [31:0] index;
    input [31:0] word;
    given = {WORD{1'b1}} ^ (index * 37 + word * 11);
  endfunction

  task check;
    input ok;
    input [8*40-1:0] what;
    if (ok !== 1'b1) begin
      $display("FAIL life %0d clock %0d cycle %0d: %0s", LIFE, k, `TB.n, what);
      $finish;
      alive = 1'b0;
    end
  endtask

  // What the bench expects of this clock, sampled before its rising edge.
  task judge;
    begin
      check((^{stall, advance, shift, capture, commit, resume, error, nvm_valid}) !== 1'bx, "unknown output");
      check(advance == !stall, "advance and stall");
      check(stall === stall_early, "stall depends on the NVM");
      check(!(advance && shift), "advance and shift together");
      check(!(nvm_valid && (^{nvm_write, nvm_addr}) === 1'bx), "unknown request");
      if (pending)
        check(nvm_valid && {nvm_write, nvm_addr, nvm_wdata} === {was_write, was_addr, was_wdata}, "request not held");
      if (booting) begin
        check(!(nvm_valid && nvm_write), "write while booting");
        check(!commit && !capture || (capture && !`TB.restorable), "save while booting");
        if (resume) begin
          check(`TB.restorable, "restored what is no image");
          check(error === `TB.faulty, "error flag at resume");
          for (i = 0; i < WORDS; i = i + 1)
            if (is_live(`TB.image_index[`TB.newest], i))
              check(agree(q[i*WORD+:WORD], `TB.image[`TB.newest][i*WORD+:WORD]) && (^q) !== 1'bx, "restored word");
            else check(q[i*WORD+:WORD] === given(`TB.image_index[`TB.newest], i), "dead word not filled");
          booting = 1'b0;
          settled = 1'b1;
        end else if (!stall || capture) begin
          check(!`TB.restorable, "cold start although there is an image");
          check(error === `TB.faulty, "error flag at cold start");
          booting = 1'b0;
        end
      end else begin
        check(!resume, "resume after boot");
        check(error === `TB.faulty, "error flag changed");
      end
      check(commit === commit_due, "commit out of place");
      if (commit) begin
        check(q === held, "state not back in place after the save");
        saving = 1'b0;
        settled = 1'b1;
        commits = commits + 1;
      end else if (settling) begin
        check(stall && !capture, "no clock to answer resume");
      end else if (!booting && !saving && !resume) begin
        // At rest only in a state that this life has saved.
        check(stall === (capture || (is_checkpoint(q[7:0]) === 1'b1 && settled && commits > 0 && rest)),
              "stall without a save or rest");
        check(capture === (is_checkpoint(q[7:0]) === 1'b1 && !skip && !settled), "save due or not due");
        if (capture) begin
          saving = 1'b1;
          first_write = 1'b1;
          held = q;
          held_index = index_of(q[7:0]);
          slot = `TB.used ? !`TB.newest : -1;
        end
      end else check(!capture, "capture during a save");
      if (advance) begin
        settled = 1'b0;
        if (`TB.n > 0)
          for (i = 0; i < WORDS; i = i + 1)
            check(agree(q[i*WORD+:WORD], content(`TB.n, i) ^ (i > 0 && i == WORDS - 1 ? TOP & {WORD{1'bx}} : {WORD{1'b0}}))
                  || (is_checkpoint(`TB.n) && !is_live(index_of(`TB.n), i)), "wrong state");
      end
      settling = resume;
      commit_due = 1'b0;
    end
  endtask

  // A write that completes, or that a failure leaves as `data`.
  task store;
    input [WORD-1:0] data;
    begin
      offset = nvm_addr - BASE;
      check(saving, "write without a save");
      check(offset >= 0 && offset < 2 * SLOT, "write outside the slots");
      if (slot < 0) slot = offset / SLOT;
      check(offset / SLOT == slot, "write to the slot in use");
      offset = offset % SLOT;
      check(!(offset >= PAYLOAD && offset < PAYLOAD + WORDS) || is_live(held_index, offset - PAYLOAD), "dead word written");
      `TB.nvm[nvm_addr] = data;
      if (first_write && `TB.refused[slot]) begin
        check(offset == SLOT - 1 && nvm_wdata === {WORD{1'b0}}, "slot passed over, but not cleared first");
        offset = -1;
      end
      first_write = 1'b0;
      `TB.refused[slot] = 1'b0;
      if (offset == SLOT - 1) begin
        // Whether the image counts is for the decoder; what it would hold is known.
        `TB.maybe = `TB.n;
        `TB.position[slot] = `TB.n;
        `TB.image[slot] = held;
        `TB.image_index[slot] = held_index;
      end
    end
  endtask

  initial begin
    wait (`TB.life == LIFE);
    `TB.prepare;
    alive = 1'b1;
    {clk, nvm_ready, skip, rest, design_reset} = 5'b0;
    nvm_rdata = {WORD{1'bx}};
    {saving, first_write, settled, settling, pending, commit_due} = 6'b0;
    booting = 1'b1;
    wait_left = 0;
    commits = 0;
    after = -1;
    k = 0;
    por_n = 1'b0;
    #1 check(stall === 1'b1 && advance === 1'b0 && nvm_valid === 1'b0, "outputs in reset");
    #1 clk = 1'b1;
    #1 clk = 1'b0;
    #1 check(stall === 1'b1 && advance === 1'b0 && nvm_valid === 1'b0, "outputs in reset");
    por_n = 1'b1;

    while (alive && k < `TB.fail_at && after != 0) begin
      skip = `TB.skipping && mix({`TB.n, LIFE}) % 64'd3 == 0;
      rest = `TB.skipping && mix({k, LIFE}) % 64'd2 == 0;
      design_reset = `TB.n == 0;
      #1 stall_early = stall;
      // The NVM answers in the same clock when its latency has passed.
      if (nvm_valid && !pending) wait_left = RANDOM ? {$random} % (LATENCY + 1) : LATENCY;
      nvm_ready = nvm_valid && wait_left == 0;
      nvm_rdata = nvm_ready && !nvm_write ? `TB.nvm[nvm_addr] : {WORD{1'bx}};
      #1 judge;
      if (stall) design_reset = $random;
      {was_valid, was_write, was_addr, was_wdata} = {nvm_valid, nvm_write, nvm_addr, nvm_wdata};
      pending = nvm_valid && !nvm_ready;
      if (nvm_valid && nvm_ready && nvm_write) begin
        store(nvm_wdata);
        if (offset == SLOT - 1) begin
          commit_due = 1'b1;
          `TB.used = 1'b1;
          `TB.newest = slot;
          `TB.promised = `TB.n;
          `TB.maybe = -1;
        end
      end
      if (wait_left > 0) wait_left = wait_left - 1;
      if (advance) `TB.n = `TB.n + 1;
      clk = 1'b1;
      #1 nvm_ready = 1'b0;
      nvm_rdata = {WORD{1'bx}};
      clk = 1'b0;
      k = k + 1;
      if (after > 0) after = after - 1;
      if (after < 0 && commits >= `TB.commits_wanted) after = {$random} % 4;
      check(k < `TB.fail_at || `TB.fail_at < `TB.LIMIT, "no progress");
    end

    // The supply fails at an edge that no longer happens. A word that was being
    // written may hold anything.
    #1;
    if (alive && nvm_valid && nvm_write) begin
      old = `TB.nvm[nvm_addr];
      torn = {$random, $random};
      case (`TB.tearing)
        0: torn = old;
        1: torn = nvm_wdata;
        2: torn = torn;
        3: torn = (old & torn) | (nvm_wdata & ~torn);
        default: torn = {WORD{1'bx}};
      endcase
      slot = slot < 0 ? (nvm_addr - BASE) / SLOT : slot;
      store(torn);
    end
    por_n = 1'b0;
    `TB.clocks = `TB.clocks + k;
    `TB.commits = `TB.commits + commits;
    if (alive) `TB.life = LIFE + 1;
  end

endmodule
