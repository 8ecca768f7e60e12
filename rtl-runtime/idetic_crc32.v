// idetic_crc32: a CRC-32 that takes in whole words, and the register it is kept in.
//
// Polynomial 0x90022004 in Koopman's notation, x^32 + x^29 + x^18 + x^14 + x^3 + 1
// (0x20044009; the register has it reflected). It finds every error of up to
// five bits in up to 32,738 bits, and of any odd number of bits (P. Koopman,
// 32-bit cyclic redundancy codes for Internet applications, DSN 2002), and for
// whole words takes less than half of the gates of that of IEEE 802.3. Start
// with SEED; a word is fed least significant bit first; nothing is complemented.
//
// The register is read, and compared with words, in parts of WORD bits from
// the lowest on. For words of 32 bits or more there is one part, zero-extended;
// otherwise pass turns the register to the next one, cyclically.
//
// At most one of start, take and pass is high at a clock edge; without one of them
// the register keeps its value. The sum is computed at the edges that need it only,
// which is what a simulator spends most of a save on.
//
// WORD is the width of a word in bits, at least 1.

`default_nettype none

module idetic_crc32 #(
    parameter        WORD = 32,
    parameter [31:0] SEED = 32'hFFFFFFFF
) (
    input  wire            clk,
    input  wire            start,  // begin anew
    input  wire            take,   // take the word in
    input  wire            pass,   // go on to the next part
    input  wire [WORD-1:0] data,
    output wire [WORD-1:0] part,
    output wire            match   // the word is the part
);

  localparam WIDE = WORD > 32 ? WORD : 32;

  reg  [31:0]     crc;
  // What is compared is also the first step of the sum.
  wire [WIDE-1:0] mixed;
  wire [31:0]     turned;

  generate
    if (WORD > 32) begin : g_wide
      assign part = {{(WORD - 32) {1'b0}}, crc};
      assign mixed = part ^ data;
      assign turned = crc;
    end else if (WORD < 32) begin : g_narrow
      assign part = crc[WORD-1:0];
      assign mixed = crc ^ {{(32 - WORD) {1'b0}}, data};
      assign turned = {crc[WORD-1:0], crc[31:WORD]};
    end else begin : g_equal
      assign part = crc;
      assign mixed = crc ^ data;
      assign turned = crc;
    end
  endgenerate

  assign match = mixed[WORD-1:0] == {WORD{1'b0}};

  function [31:0] fed;
    input [WIDE-1:0] idetic_from;
    reg [WIDE-1:0] idetic_open;
    reg [31:0] idetic_low;
    integer idetic_i;
    begin
      idetic_open = idetic_from;
      for (idetic_i = 0; idetic_i < WORD; idetic_i = idetic_i + 1) begin
        idetic_low = 32'h90022004 & {32{idetic_open[0]}};
        idetic_open = idetic_open >> 1;
        idetic_open[31:0] = idetic_open[31:0] ^ idetic_low;
      end
      fed = idetic_open[31:0];
    end
  endfunction

  always @(posedge clk)
    if (start) crc <= SEED;
    else if (take) crc <= fed(mixed);
    else if (pass) crc <= turned;

endmodule

`default_nettype wire
