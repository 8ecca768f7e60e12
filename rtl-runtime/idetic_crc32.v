// idetic_crc32: a CRC-32 that takes in whole words, and the register it is kept in.
//
// Polynomial 0x04C11DB7 in the reflected form (0xEDB88320), as in IEEE 802.3,
// zlib and crc32fast: start with all ones, feed, complement at the end. A word
// is fed least significant bit first, so words of whole bytes give the same
// result as their bytes in little-endian order.
//
// At most one of start, take, seal and pass is high at a clock edge; without
// one of them the register keeps its value. The sum is computed at the edges that
// need it only, which is what a simulator spends most of a save on.
//
// WORD is the width of a word in bits, at least 1.

`default_nettype none

module idetic_crc32 #(
    parameter WORD = 32
) (
    input  wire            clk,
    input  wire            start,  // begin anew
    input  wire            take,   // take the word in
    input  wire            seal,   // take the last word in and complement
    input  wire            pass,   // drop the lowest WORD bits, which have been used
    input  wire [WORD-1:0] data,
    output reg  [31:0]     crc
);

  function [31:0] fed;
    input [31:0]     from;
    input [WORD-1:0] word;
    integer i;
    begin
      fed = from;
      for (i = 0; i < WORD; i = i + 1)
        fed = {1'b0, fed[31:1]} ^ (32'hEDB88320 & {32{fed[0] ^ word[i]}});
    end
  endfunction

  always @(posedge clk)
    if (start) crc <= 32'hFFFFFFFF;
    else if (take) crc <= fed(crc, data);
    else if (seal) crc <= ~fed(crc, data);
    else if (pass) crc <= crc >> WORD;

endmodule

`default_nettype wire
