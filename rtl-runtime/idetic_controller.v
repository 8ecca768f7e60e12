// idetic_controller: saves the design's state to a non-volatile memory (NVM)
// and brings it back after a supply failure.
//
// The design's saved bits form a chain of WORDS words. One shift moves it down
// by a word: chain_out is the lowest word, chain_in becomes the highest, so
// WORDS shifts with chain_in = chain_out leave every bit where it was.
//
// Memories are saved through a port of their own, row by row. At a row_read
// edge the addressed row becomes available at memory_out, word by word; at a
// row_take edge memory_in is one word of the row, and with its last word the
// row is written. Each such edge is a shift edge as well, so that the rest of
// the design holds still without an enable of its own: the chain rotates, and
// is turned on until every bit is back in its place.
//
// NVM layout, in words; slot s starts at BASE + s * SLOT_WORDS, s = 0, 1:
//
//   offset                 words  contents
//   0                      PARTS  ID, least significant part first, cyclically
//   PARTS                  1      checkpoint index, zero-extended
//   PARTS + 1              WORDS  payload: chain words, lowest first
//   PARTS + 1 + WORDS      MEMORY_WORDS  the memories, row by row
//   ... + MEMORY_WORDS     PARTS  CRC-32, likewise
//   ... + PARTS            1      commit word {~sequence, sequence}, each half
//                                 zero-extended from two bits
//
//   PARTS      = ceil(32 / WORD)
//   SLOT_WORDS = 2 * PARTS + WORDS + MEMORY_WORDS + 2
//
// The CRC (see idetic_crc32) starts from the ID, the register with which it is also
// written and compared, and takes in the index word, the live payload words in
// order, and the commit word.
// Words that are dead at the checkpoint are neither written nor read; a restore puts
// into those of the chain what the checkpoint tells. A memory is live or dead as a whole;
// some rows of one can be a memory here, the wrapper adding their first row.
//
// With COLD = 1 a start without an image loads constants, by the same walk as a
// restore, without the NVM.
//
// With KEEPS = 1 some memory of the design outlives supply failures by itself and goes on with
// it, so that no image but the newest fits it. A newest image that is refused then
// stops the design until the supply fails, with error high: nothing is restored in its place, and nothing
// starts cold. What tells it from a commit word whose write was cut off, which may hold anything, is
// the sequence number: an image that was committed has the one behind that of the other slot, and
// the first one of all has 1. If all images have another ID, the NVM is one of another design, and the start is cold.
//
// Guarantees:
// - stall and advance come from registers, at_checkpoint, skip and rest only, never
//   from the NVM inputs. shift and chain_in do depend on nvm_ready and
//   nvm_rdata in the same clock.
// - A request is held unchanged until nvm_ready; any latency, zero included.
// - Booting and restoring never write. The slot written is never the one that
//   a restore would use, and its commit word is written last.
// - At a checkpoint the design stops before the edge; capture marks the first
//   stopped clock, commit the clock after the commit word was written, then the
//   design advances by exactly one edge, whatever it does next. While rest is 1 it
//   waits for that edge in the state saved; never in one that was only restored.
// - An image that was passed over at boot for a bad CRC or another ID never comes
//   back: before its slot is written again, its commit word is cleared.
// - In simulation an unknown (X) at_checkpoint, lookup_live or saved bit counts as
//   0, so the unknown registers of a cold start spread neither to the controller
//   nor to the CRC.
//
// Parameters out of the ranges given below fail at elaboration with an unknown
// module named idetic_controller_parameter_out_of_range.

`default_nettype none

module idetic_controller #(
    parameter        WORD = 32,             // bits per word; even, 8 to 64
    parameter        WORDS = 1,             // words in the chain; at least 1
    parameter        WORD_INDEX = 1,        // bits of a word number; 2**WORD_INDEX >= WORDS
    parameter        CHECKPOINT_INDEX = 1,  // bits of a checkpoint index; 1 to WORD
    parameter        ADDRESS = 8,           // bits of an NVM word address; 1 to 32
    parameter        BASE = 0,              // first NVM word of slot 0
    parameter [31:0] ID = 0,                // hash of design and layout
    parameter        COLD = 0,              // 1: a cold start loads constants
    parameter        KEEPS = 0,             // 1: a refused image stops the design, see above
    parameter        MEMORIES = 0,          // memories in the payload
    parameter        MEMORY_WORDS = 0,      // payload words of all of them
    parameter        MEMORY_INDEX = 1,      // bits of a memory number; 2**MEMORY_INDEX >= MEMORIES
    parameter        ROW_INDEX = 1,         // bits of a row number
    parameter        PART_INDEX = 1         // bits of the number of a word in a row
) (
    input wire clk,
    input wire por_n,  // power-on reset, asynchronous; release is synchronised here

    // Design.
    input  wire                        at_checkpoint,  // the present control state is a checkpoint
    input  wire [CHECKPOINT_INDEX-1:0] checkpoint,     // which one
    input  wire                        skip,           // enough energy to go on without saving
    input  wire                        rest,           // stay in a state that has just been saved
    output wire                        advance,        // the design takes this edge
    output wire                        shift,          // the chain shifts at this edge
    input  wire [WORD-1:0]             chain_out,
    output wire [WORD-1:0]             chain_in,

    // Live words: does this checkpoint save this word? Answered in the same clock.
    output wire [CHECKPOINT_INDEX-1:0] lookup_checkpoint,
    output wire [WORD_INDEX-1:0]       lookup_word,
    input  wire                        lookup_live,

    // Memories; tie the inputs to 0 where there is none.
    output wire [MEMORY_INDEX-1:0] memory,            // which one
    output wire [ROW_INDEX-1:0]    row,
    output wire [PART_INDEX-1:0]   row_part,          // word of the row
    output wire                    row_read,          // the row is read at this edge
    output wire                    row_take,          // memory_in is taken at this edge
    input  wire [WORD-1:0]         memory_out,        // that word of the row read last
    output wire [WORD-1:0]         memory_in,
    input  wire                    memory_live,       // in lookup_checkpoint, or to be loaded when cold
    input  wire [31:0]             memory_offset,     // its first word behind the chain words
    input  wire [ROW_INDEX-1:0]    memory_last_row,
    input  wire [PART_INDEX-1:0]   memory_last_part,

    // Constants; tie the inputs to 0 where there is none.
    output wire            cold,              // those of a cold start are being loaded
    input  wire [WORD-1:0] fill_word,         // for chain word lookup_word: of a cold start, or of lookup_checkpoint
    input  wire [WORD-1:0] cold_memory_word,  // word row_part of a row

    // Status; all but error and stall last one clock.
    output wire stall,    // the design does not take this edge
    output wire capture,  // the present state is the one that is now being saved
    output wire commit,   // the saved state has become the one to restore
    output wire resume,   // a restore has finished
    output wire error,    // sticky: an image failed its check

    // NVM: a transfer completes at the edge where valid and ready are both 1.
    output wire               nvm_valid,
    output wire               nvm_write,
    output wire [ADDRESS-1:0] nvm_addr,
    output wire [WORD-1:0]    nvm_wdata,
    input  wire               nvm_ready,
    input  wire [WORD-1:0]    nvm_rdata
);

  localparam PARTS = (32 + WORD - 1) / WORD;
  localparam SLOT_WORDS = 2 * PARTS + WORDS + MEMORY_WORDS + 2;
  localparam HALF = WORD / 2;

  localparam [31:0] SLOT_0 = BASE;
  localparam [31:0] SLOT_1 = BASE + SLOT_WORDS;
  localparam [31:0] COMMIT_0 = BASE + SLOT_WORDS - 1;
  localparam [31:0] COMMIT_1 = BASE + 2 * SLOT_WORDS - 1;
  localparam [31:0] MEMORY_0 = BASE + PARTS + 1 + WORDS;
  localparam [31:0] LAST_MEMORY = MEMORIES - 1;
  localparam [31:0] LAST_WORD = WORDS - 1;
  localparam [31:0] LAST_PART = PARTS - 1;

  localparam [4:0] S_START = 5'd0;  // in reset; first clock after it
  localparam [4:0] S_SCAN_0 = 5'd1;  // read the commit word of slot 0
  localparam [4:0] S_SCAN_1 = 5'd2;  // read the commit word of slot 1
  localparam [4:0] S_PICK = 5'd3;  // choose the slot to try next, or start cold
  localparam [4:0] S_ID = 5'd4;  // ID words
  localparam [4:0] S_INDEX = 5'd5;  // checkpoint index
  localparam [4:0] S_PAYLOAD = 5'd6;  // chain words
  localparam [4:0] S_SEAL = 5'd7;  // take the commit word into the CRC
  localparam [4:0] S_CHECK = 5'd8;  // CRC words
  localparam [4:0] S_COMMIT = 5'd9;  // commit word
  localparam [4:0] S_DONE = 5'd10;  // saved: pulse commit
  localparam [4:0] S_RESUME = 5'd11;  // restored: pulse resume
  localparam [4:0] S_RUN = 5'd12;  // the design runs
  localparam [4:0] S_VOID = 5'd13;  // clear the commit word of a slot that was passed over
  localparam [4:0] S_MEMORY = 5'd14;  // is this memory live?
  localparam [4:0] S_ROW = 5'd15;  // read a row
  localparam [4:0] S_CELLS = 5'd16;  // its words
  localparam [4:0] S_ALIGN = 5'd17;  // turn the chain until it is back in place
  localparam [4:0] S_SETTLE = 5'd18;  // the environment answers to resume
  localparam [4:0] S_HALT = 5'd19;  // nothing is right to go on from

  generate
    if (WORD < 8 || WORD > 64 || WORD % 2 != 0 || WORDS < 1
        || WORD_INDEX < 1 || (WORD_INDEX < 31 && (1 << WORD_INDEX) < WORDS)
        || CHECKPOINT_INDEX < 1 || CHECKPOINT_INDEX > WORD
        || ADDRESS < 1 || ADDRESS > 32
        || COLD < 0 || COLD > 1 || KEEPS < 0 || KEEPS > 1 || MEMORIES < 0 || MEMORY_WORDS < 0
        || (MEMORY_INDEX < 31 && (1 << MEMORY_INDEX) < MEMORIES)
        || (ADDRESS < 31 && BASE + 2 * SLOT_WORDS > (1 << ADDRESS))) begin : g_range
      idetic_controller_parameter_out_of_range range ();
    end
  endgenerate

  // Two flip-flops let the release of por_n reach all others in the same clock.
  reg  [1:0] released;
  wire       rst_n = released[1];

  always @(posedge clk or negedge por_n)
    if (!por_n) released <= 2'b00;
    else released <= {released[0], 1'b1};

  reg  [4:0]                  state;
  reg                         saving;     // S_ID to S_COMMIT write, otherwise they read
  reg                         clean;      // the design's state is that of the image in `slot`
  reg                         own;        // that image was saved in this power cycle
  reg                         slot;       // running: slot to restore; otherwise slot worked on
  reg  [1:0]                  shown;      // per slot: its commit word is well-formed
  reg  [1:0]                  untried;    // per slot: well-formed and not yet tried
  reg  [1:0]                  refused;    // per slot: it was passed over, for its ID or its CRC
  reg                         alien;      // one was passed over for its ID
  reg                         failed;     // behind the error output
  reg  [1:0]                  serial_0;   // sequence number in the commit word of slot 0
  reg  [1:0]                  serial_1;
  reg  [ADDRESS-1:0]          address;
  reg  [1:0]                  part;       // part of the ID or the CRC
  reg  [WORD_INDEX-1:0]       word;       // chain word, or shifts since the chain was in place
  reg  [MEMORY_INDEX-1:0]     which;      // memory
  reg  [ROW_INDEX-1:0]        line;       // row of it
  reg  [PART_INDEX-1:0]       cell_part;  // word of that row
  reg                         blank;      // loading the constants of a cold start
  reg  [CHECKPOINT_INDEX-1:0] index;      // checkpoint being saved or restored

  // An unknown counts as 0, see the header. A function, because an always block
  // would not run for an input that is unknown from the start.
  function known_one;
    input idetic_value;
    if (idetic_value) known_one = 1'b1;
    else known_one = 1'b0;
  endfunction
  function [WORD-1:0] known_word;
    input [WORD-1:0] idetic_value;
    integer idetic_i;
    for (idetic_i = 0; idetic_i < WORD; idetic_i = idetic_i + 1)
      known_word[idetic_i] = known_one(idetic_value[idetic_i]);
  endfunction
  wire due = known_one(at_checkpoint);
  wire live = known_one(lookup_live);
  wire used = known_one(memory_live);

  // The outputs are gated with the reset, so that nothing depends on how soon
  // the reset reaches the registers: a two-valued simulation that starts with
  // por_n low sees no edge of it before the first clock.
  wire begins = state == S_RUN && due && !skip && !clean;
  wire rests = state == S_RUN && due && clean && own && rest;
  assign capture = rst_n && begins;
  assign stall = !rst_n || state != S_RUN || begins || rests;
  assign advance = !stall;
  assign commit = rst_n && state == S_DONE;
  assign resume = rst_n && state == S_RESUME;
  assign error = rst_n && failed;

  wire request = state == S_SCAN_0 || state == S_SCAN_1 || state == S_ID || state == S_INDEX
      || (!blank && (state == S_PAYLOAD && live || MEMORIES > 0 && state == S_CELLS))
      || state == S_CHECK || state == S_COMMIT || state == S_VOID;
  assign nvm_valid = rst_n && request;
  assign nvm_write = saving;
  assign nvm_addr = address;
  wire transfer = request && nvm_ready;

  assign lookup_checkpoint = index;
  assign lookup_word = word;
  wire turn = state == S_PAYLOAD && (blank || !live || nvm_ready);
  wire take = MEMORIES > 0 && state == S_CELLS && (blank || nvm_ready);
  wire placed = word == {WORD_INDEX{1'b0}};
  wire rotate = MEMORIES > 0 && (state == S_ROW || take && !saving || state == S_ALIGN && !placed);
  assign shift = rst_n && (turn || rotate);
  assign chain_in = saving || state != S_PAYLOAD ? chain_out
      : live && !blank ? nvm_rdata : fill_word;

  assign memory = which;
  assign row = line;
  assign row_part = cell_part;
  assign row_read = rst_n && state == S_ROW;
  assign row_take = rst_n && take && !saving;
  assign memory_in = blank ? cold_memory_word : nvm_rdata;
  assign cold = blank;

  // The next sequence number follows that of the slot which is kept.
  wire [1:0] serial = slot ? serial_1 : serial_0;
  wire       serial_shown = slot ? shown[1] : shown[0];
  wire [1:0] next_serial = serial_shown ? serial + 2'd1 : 2'd1;

  // Sequence numbers wrap, so age is the sign of their difference. Two bits
  // will do: of two images that saves have left, one is the other's next.
  wire [1:0] age = serial_1 - serial_0;
  wire       newest = untried == 2'b11 ? age < 2'd2 : untried[1];
  wire       well_formed = nvm_rdata[HALF+1:HALF] == ~nvm_rdata[1:0]
      && &nvm_rdata[WORD-1:HALF+2] && ~|nvm_rdata[HALF-1:2];
  wire [HALF-1:0] number = {{(HALF - 2) {1'b0}}, serial};

  // With KEEPS: does the refused image in `slot` have the number of one that was committed? The other slot's is
  // looked at as long as it has not been tried, too.
  wire [1:0] other_serial = slot ? serial_0 : serial_1;
  wire       other_shown = slot ? shown[0] : shown[1];
  wire       committed = refused != 2'b00 || (other_shown ? serial == other_serial + 2'd1 : slot || serial == 2'd1);

  // The words of the slot in turn.
  wire [WORD-1:0] crc_word;
  wire last_part = PARTS == 1 || {30'd0, part} == LAST_PART;
  wire last_cell = cell_part == memory_last_part;
  wire voids = slot ? refused[0] : refused[1];  // the slot to be written was passed over
  wire last_word = word == LAST_WORD[WORD_INDEX-1:0];
  wire last_memory = which == LAST_MEMORY[MEMORY_INDEX-1:0];
  /* verilator lint_off UNUSED */
  wire [31:0] memory_start = (slot ? MEMORY_0 + SLOT_WORDS : MEMORY_0)
      + (state == S_ALIGN ? MEMORY_WORDS : memory_offset);
  /* verilator lint_on UNUSED */

  reg [WORD-1:0] wdata;
  always @*
    case (state)
      S_ID:      wdata = crc_word;
      S_CHECK:   wdata = crc_word;
      S_INDEX:   wdata = {{(WORD - CHECKPOINT_INDEX) {1'b0}}, index};
      S_PAYLOAD: wdata = known_word(chain_out);
      S_CELLS:   wdata = known_word(memory_out);
      S_VOID:    wdata = {WORD{1'b0}};
      default:   wdata = {~number, number};
    endcase
  assign nvm_wdata = wdata;

  // What is read of the ID and of the CRC is compared with what would be written.
  wire match;
  wire agrees = known_one(saving || match);

  idetic_crc32 #(
      .WORD(WORD),
      .SEED(ID)
  ) checksum (
      .clk  (clk),
      .start(state == S_PICK || begins),
      .take (transfer && state == S_INDEX || turn && live || take || state == S_SEAL),
      .pass (transfer && (state == S_ID || state == S_CHECK)),
      .data (saving || state == S_SEAL ? wdata : nvm_rdata),
      .part (crc_word),
      .match(match)
  );

  // Where the walk is. Nothing else has a reset: START sets the rest.
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      state <= S_START;
      failed <= 1'b0;
    end else
      case (state)
        S_START: state <= S_SCAN_0;
        S_SCAN_0: if (transfer) state <= S_SCAN_1;
        S_SCAN_1: if (transfer) state <= S_PICK;

        S_PICK:
        if (untried != 2'b00) state <= S_ID;
        else state <= COLD == 1 ? S_PAYLOAD : S_RUN;

        S_ID:
        if (transfer) begin
          if (!agrees) state <= S_PICK;
          // The image that should be the newest has another ID, and this one has not.
          else if (KEEPS == 1 && !saving && last_part && alien && other_serial == serial + 2'd1) begin
            state <= S_HALT;
            failed <= 1'b1;
          end else if (last_part) state <= S_INDEX;
        end

        S_INDEX: if (transfer) state <= S_PAYLOAD;

        S_PAYLOAD:
        if (turn && last_word) state <= MEMORIES > 0 ? S_MEMORY : blank ? S_RUN : S_SEAL;

        S_MEMORY:
        if (MEMORIES == 0) state <= S_START;
        else if (used) state <= saving ? S_ROW : S_CELLS;
        else if (last_memory) state <= S_ALIGN;

        S_ROW: state <= MEMORIES > 0 ? S_CELLS : S_START;

        S_CELLS:
        if (MEMORIES == 0) state <= S_START;
        else if (take && last_cell) begin
          if (line != memory_last_row) state <= saving ? S_ROW : S_CELLS;
          else state <= last_memory ? S_ALIGN : S_MEMORY;
        end

        S_ALIGN:
        if (MEMORIES == 0) state <= S_START;
        else if (placed) state <= blank ? S_RUN : S_SEAL;
        S_SEAL: state <= S_CHECK;

        S_CHECK:
        if (transfer) begin
          if (!agrees) begin
            failed <= 1'b1;
            state <= KEEPS == 1 && committed ? S_HALT : S_PICK;
          end else if (last_part) begin
            state <= saving ? S_COMMIT : S_RESUME;
            // An older image of this design is used although a newer slot exists.
            if (!saving && refused != 2'b00) failed <= 1'b1;
          end
        end

        S_COMMIT: if (transfer) state <= S_DONE;
        S_DONE: state <= S_RUN;

        // Inputs go back to the position of the image at the edge that ends resume,
        // and a reset that was active at a cold start must not get through then.
        S_RESUME: state <= S_SETTLE;
        S_SETTLE: state <= S_RUN;

        S_RUN: if (begins) state <= voids ? S_VOID : S_ID;
        S_VOID: if (transfer) state <= S_ID;
        S_HALT: state <= KEEPS == 1 ? S_HALT : S_START;
        default: state <= S_START;
      endcase

  // What it carries.
  always @(posedge clk) begin
    case (state)
      S_START: begin
        saving <= 1'b0;
        clean <= 1'b0;
        own <= 1'b0;
        shown <= 2'b00;
        untried <= 2'b00;
        alien <= 1'b0;
        refused <= 2'b00;
        blank <= 1'b0;
        address <= COMMIT_0[ADDRESS-1:0];
      end

      S_SCAN_0:
      if (transfer) begin
        serial_0 <= nvm_rdata[1:0];
        if (well_formed) {shown[0], untried[0]} <= 2'b11;
        address <= COMMIT_1[ADDRESS-1:0];
      end

      S_SCAN_1:
      if (transfer) begin
        serial_1 <= nvm_rdata[1:0];
        if (well_formed) {shown[1], untried[1]} <= 2'b11;
      end

      S_PICK: begin
        part <= 2'd0;
        word <= {WORD_INDEX{1'b0}};
        if (untried == 2'b00) begin
          // Nothing to restore: keep slot 1, so that the first save takes slot 0.
          slot <= 1'b1;
          blank <= COLD == 1;
        end else begin
          slot <= newest;
          untried[newest] <= 1'b0;
          address <= newest ? SLOT_1[ADDRESS-1:0] : SLOT_0[ADDRESS-1:0];
        end
      end

      S_ID, S_CHECK:
      if (transfer) begin
        address <= address + 1'b1;
        part <= last_part ? 2'd0 : part + 2'd1;
        if (!agrees) refused[slot] <= 1'b1;
        if (!agrees && state == S_ID) alien <= 1'b1;
      end

      S_INDEX:
      if (transfer) begin
        address <= address + 1'b1;
        if (!saving) index <= nvm_rdata[CHECKPOINT_INDEX-1:0];
        word <= {WORD_INDEX{1'b0}};
      end

      S_PAYLOAD:
      if (turn) begin
        address <= address + 1'b1;
        word <= last_word ? {WORD_INDEX{1'b0}} : word + 1'b1;
        which <= {MEMORY_INDEX{1'b0}};
        if (last_word && MEMORIES == 0) blank <= 1'b0;
      end

      S_MEMORY:
      if (MEMORIES > 0) begin
        address <= memory_start[ADDRESS-1:0];
        line <= {ROW_INDEX{1'b0}};
        cell_part <= {PART_INDEX{1'b0}};
        if (!used && !last_memory) which <= which + 1'b1;
      end

      S_CELLS:
      if (take) begin
        address <= address + 1'b1;
        cell_part <= last_cell ? {PART_INDEX{1'b0}} : cell_part + 1'b1;
        if (last_cell) line <= line + 1'b1;
        if (last_cell && line == memory_last_row) which <= which + 1'b1;
      end

      S_ALIGN:
      if (MEMORIES > 0 && placed) begin
        address <= memory_start[ADDRESS-1:0];
        blank <= 1'b0;
      end

      S_DONE: begin
        saving <= 1'b0;
        clean <= 1'b1;
        own <= 1'b1;
      end

      S_RESUME: clean <= 1'b1;

      S_RUN:
      if (begins) begin
        saving <= 1'b1;
        slot <= !slot;
        if (slot) serial_0 <= next_serial;
        else serial_1 <= next_serial;
        shown[!slot] <= 1'b1;
        index <= checkpoint;
        part <= 2'd0;
        refused[!slot] <= 1'b0;
        if (voids) address <= slot ? COMMIT_0[ADDRESS-1:0] : COMMIT_1[ADDRESS-1:0];
        else address <= slot ? SLOT_0[ADDRESS-1:0] : SLOT_1[ADDRESS-1:0];
      end else if (!rests) clean <= 1'b0;

      // Otherwise the first words of the new image could mend the old one, or
      // its commit word vouch for the new image before all of it is written.
      S_VOID: if (transfer) address <= slot ? SLOT_1[ADDRESS-1:0] : SLOT_0[ADDRESS-1:0];

      default: ;
    endcase
    if (rotate) word <= last_word ? {WORD_INDEX{1'b0}} : word + 1'b1;
  end

endmodule

`default_nettype wire
