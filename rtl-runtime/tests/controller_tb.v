// Supply failures at every clock edge of boot, restore, run, save and commit.
//
// Each power cycle is a fresh instance of idetic_controller_life. Before it
// starts, the decoder here, written from the description of the slot format and
// sharing nothing with the controller, says what a restore has to find.
//
// Prints PASS and figures, or the first FAIL.

`timescale 1ns / 1ps

module idetic_controller_tb;

  parameter WORD = 32;
  parameter WORDS = 2;
  parameter WORD_INDEX = 4;
  parameter CHECKPOINT_INDEX = 2;
  parameter ADDRESS = 7;
  parameter BASE = 5;
  parameter [31:0] ID = 32'h1DE71C42;
  parameter LATENCY = 0;
  parameter RANDOM = 0;
  parameter STRIDE = 1;   // step between failure points
  parameter CHANCE = 100; // power cycles with a random end

  localparam PARTS = (31 + WORD) / WORD;
  localparam SLOT = PARTS + 1 + WORDS + PARTS + 1;
  localparam BITS = WORD * WORDS;
  localparam HALF = WORD / 2;

  // Clocks that a boot and two saves can take, and the points tried in them.
  localparam SPAN = 40 + (3 * SLOT + 2) * (1 + LATENCY);
  localparam POINTS = SPAN / STRIDE;
  localparam TEARINGS = 5;
  localparam FRESH = 2 * POINTS;                   // failure, then a run to two commits
  localparam SWEPT = FRESH + TEARINGS * POINTS;    // failure after failure at rising edges
  localparam LIVES = SWEPT + CHANCE;
  localparam LIMIT = 40 * SPAN;

  `include "controller_design.vh"

  reg [WORD-1:0] nvm[0:(1<<ADDRESS)-1];
  integer position[0:1];              // logical cycle of the image in a slot
  reg [BITS-1:0] image[0:1];
  reg [CHECKPOINT_INDEX-1:0] image_index[0:1];

  integer life, n, fail_at, tearing, commits_wanted, clocks, commits;
  integer restores, colds, faults;
  integer promised, maybe;            // positions that the next boot has to, or may, find
  reg restorable, newest, used, faulty, skipping, altered;

  integer i, j, s, point, first;
  reg [31:0] crc;
  reg [WORD-1:0] word;
  reg [1:0] sequence[0:1], distance;
  reg shown[0:1], refused[0:1], ours, intact;

  reg [63:0] expected;

  // CRC-32 most significant bit first, unlike the runtime's.
  task feed;
    input [WORD-1:0] data;
    reg out;
    for (j = 0; j < WORD; j = j + 1) begin
      out = crc[31] ^ data[j];
      crc = {crc[30:0], 1'b0};
      if (out) crc = crc ^ 32'h20044009;
      else if (out === 1'bx) crc = 32'bx;
    end
  endtask

  function [31:0] mirrored;
    input [31:0] value;
    integer b;
    for (b = 0; b < 32; b = b + 1) mirrored[b] = value[31-b];
  endfunction

  // A number as it is stored in parts.
  function [63:0] parts;
    input [31:0] value;
    parts = WORD > 32 ? {32'd0, value} : {value, value};
  endfunction

  // The CRC starts from the ID, turned by the parts that have been written.
  task begin_sum;
    input [31:0] id;
    begin
      expected = WORD > 32 ? {32'd0, id} : {id, id} >> PARTS * WORD % 32;
      crc = mirrored(expected[31:0]);
    end
  endtask

  // Reads slot s of the NVM: is it ours, is it intact?
  task inspect;
    integer base;
    begin
      base = BASE + s * SLOT;
      ours = 1'b1;
      intact = 1'b1;
      expected = parts(ID);
      for (i = 0; i < PARTS; i = i + 1) begin
        if (nvm[base+i] !== expected[WORD-1:0]) ours = 1'b0;
        expected = expected >> (WORD - 1) >> 1;
      end
      begin_sum(ID);
      feed(nvm[base+PARTS]);
      for (i = 0; i < WORDS; i = i + 1)
        if (is_live(nvm[base+PARTS], i)) feed(nvm[base+PARTS+1+i]);
      feed(nvm[base+SLOT-1]);
      expected = parts(mirrored(crc));
      for (i = 0; i < PARTS; i = i + 1) begin
        if (nvm[base+PARTS+1+WORDS+i] !== expected[WORD-1:0] || (^crc) === 1'bx) intact = 1'b0;
        expected = expected >> (WORD - 1) >> 1;
      end
    end
  endtask

  // What a boot has to find: restorable, newest, faulty.
  task decode;
    begin
      for (s = 0; s < 2; s = s + 1) begin
        word = nvm[BASE+s*SLOT+SLOT-1];
        sequence[s] = word[1:0];
        shown[s] = (^word) !== 1'bx && word[HALF-1:0] < 4
            && (word[HALF-1:0] ^ word[WORD-1:HALF]) === {HALF{1'b1}};
      end
      {restorable, faulty} = 2'b0;
      refused[0] = 1'b0;
      refused[1] = 1'b0;
      distance = sequence[1] - sequence[0];
      first = !shown[0] || (shown[1] && distance < 2);
      for (point = 0; point < 2 && !restorable; point = point + 1) begin
        s = point == 0 ? first : !first;
        if (shown[s]) begin
          inspect;
          if (ours && intact) begin
            restorable = 1'b1;
            newest = s;
            if (refused[!s]) faulty = 1'b1;
          end else begin
            refused[s] = 1'b1;
            if (ours) faulty = 1'b1;
          end
        end
      end
    end
  endtask

  // Writes a whole slot; `damage` is added to its CRC.
  task encode;
    input integer at;
    input [31:0] id;
    input [HALF-1:0] number;
    input [31:0] damage;
    integer base;
    reg [63:0] rest;
    begin
      base = BASE + at * SLOT;
      rest = parts(id);
      for (i = 0; i < PARTS; i = i + 1) begin
        nvm[base+i] = rest[WORD-1:0];
        rest = rest >> (WORD - 1) >> 1;
      end
      begin_sum(id);
      nvm[base+PARTS] = 0;
      feed({WORD{1'b0}});
      for (i = 0; i < WORDS; i = i + 1) begin
        nvm[base+PARTS+1+i] = {$random, $random};
        if (is_live(0, i)) feed(nvm[base+PARTS+1+i]);
      end
      feed({~number, number});
      rest = parts(mirrored(crc) ^ damage);
      for (i = 0; i < PARTS; i = i + 1) begin
        nvm[base+PARTS+1+WORDS+i] = rest[WORD-1:0];
        rest = rest >> (WORD - 1) >> 1;
      end
      nvm[base+SLOT-1] = {~number, number};
    end
  endtask

  // Contents that are no image.
  task spoil;
    input integer kind;
    begin
      altered = 1'b1;
      for (i = 0; i < (1 << ADDRESS); i = i + 1)
        case (kind)
          1: nvm[i] = {WORD{1'b1}};
          2: nvm[i] = {$random, $random};
          4: nvm[i] = {WORD{1'bx}};
          default: nvm[i] = {WORD{1'b0}};
        endcase
      case (kind)
        3: begin
          encode(0, ID ^ (32'd1 << ({$random} % 32)), 2, 0);
          encode(1, ID ^ 32'h80000000, 1, 0);
        end
        5: encode(1, ID + 32'd1, 3, 0);
        6: begin
          encode(0, ID, 3, 32'd1 << ({$random} % 32));
          encode(1, ID, 0, 32'd1 << ({$random} % 32));
        end
        7: begin
          // Shows the number that the first save takes.
          encode(0, ID, 1, 32'h00010000);
          // An image but for its number, which no save gives.
          encode(1, ID, 4 + {$random} % 4, 0);
        end
        default: ;
      endcase
    end
  endtask

  // Called by each life before it starts.
  task prepare;
    begin
      altered = 1'b0;
      fail_at = LIMIT;
      commits_wanted = 2;
      skipping = 1'b0;
      tearing = life % TEARINGS;
      if (life < FRESH) begin
        if (life % 2 == 0) begin
          spoil(life / 2 % 8);
          fail_at = life / 2 * STRIDE;
          tearing = life / 2 / 8 % TEARINGS;
        end
      end else if (life < SWEPT) begin
        fail_at = (life - FRESH) % POINTS * STRIDE + (life - FRESH) / POINTS % STRIDE;
        tearing = (life - FRESH) / POINTS;
      end else begin
        fail_at = {$random} % SPAN;
        skipping = life % 2;
        if ({$random} % 8 == 0) fail_at = LIMIT;
        if ({$random} % 4 == 0 && used) begin
          // One bit of the newest image flips.
          altered = 1'b1;
          point = {$random} % (SLOT * WORD);
          nvm[BASE+newest*SLOT+point/WORD] =
              nvm[BASE+newest*SLOT+point/WORD] ^ ({{(WORD - 1) {1'b0}}, 1'b1} << point % WORD);
          faults = faults + 1;
        end
      end
      if (n > 180) spoil({$random} % 8);
      decode;
      if (!altered && !(promised < 0 ? !restorable || position[newest] == maybe
                        : restorable && (position[newest] == promised || position[newest] == maybe))) begin
        $display("FAIL before life %0d: cycle %0d or %0d promised, NVM has %0d in slot %0d",
                 life, promised, maybe, restorable ? position[newest] : -1, newest);
        $finish;
      end
      used = restorable;
      promised = restorable ? position[newest] : -1;
      n = restorable ? position[newest] : 0;
      maybe = -1;
      if (restorable) restores = restores + 1;
      else colds = colds + 1;
    end
  endtask

  initial begin
    life = -1;
    {n, clocks, commits, restores, colds, faults} = 0;
    promised = -1;
    maybe = -1;
    {restorable, newest, used, faulty, skipping, altered} = 6'b0;
    position[0] = -1;
    position[1] = -1;
    #1 life = 0;
    wait (life == LIVES);
    if (restores == 0 || colds == 0 || commits == 0) $display("FAIL nothing tried");
    else
      $display("PASS %0d power cycles, %0d clocks, %0d commits, %0d restores, %0d cold starts, %0d flipped bits",
               LIVES, clocks, commits, restores, colds, faults);
    $finish;
  end

  genvar g;
  generate
    for (g = 0; g < LIVES; g = g + 1) begin : lives
      idetic_controller_life #(
          .LIFE(g), .WORD(WORD), .WORDS(WORDS), .WORD_INDEX(WORD_INDEX),
          .CHECKPOINT_INDEX(CHECKPOINT_INDEX), .ADDRESS(ADDRESS), .BASE(BASE), .ID(ID),
          .LATENCY(LATENCY), .RANDOM(RANDOM)
      ) cycle ();
    end
  endgenerate

endmodule
