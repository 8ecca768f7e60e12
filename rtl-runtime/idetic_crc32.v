// idetic_crc32: one step of the CRC-32 over a whole word, combinational.
//
// Polynomial 0x04C11DB7 in the reflected form (0xEDB88320), as in IEEE 802.3,
// zlib and crc32fast: start with all ones, feed, complement at the end. A word
// is fed least significant bit first, so words of whole bytes give the same
// result as their bytes in little-endian order.
//
// WORD is the width of a word in bits, at least 1.

`default_nettype none

module idetic_crc32 #(
    parameter WORD = 32
) (
    input  wire [31:0]     crc,   // remainder so far
    input  wire [WORD-1:0] data,  // word to take in
    output reg  [31:0]     next   // remainder with the word taken in
);

  integer i;

  always @* begin
    next = crc;
    for (i = 0; i < WORD; i = i + 1)
      next = {1'b0, next[31:1]} ^ (32'hEDB88320 & {32{next[0] ^ data[i]}});
  end

endmodule

`default_nettype wire
