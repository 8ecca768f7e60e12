// CRC against its published check value, clock gate against glitches.
//
// Prints PASS, or the first FAIL.

`timescale 1ns / 1ps

module idetic_parts_tb;

  // "123456789" gives CBF43926 in every reflected CRC-32; as bytes, and as one word.
  localparam [71:0] TEXT = {"9", "8", "7", "6", "5", "4", "3", "2", "1"};

  reg [31:0] crc;
  reg [7:0] data;
  wire [31:0] next, whole;
  integer i, edges, wanted;
  reg failed;

  idetic_crc32 #(.WORD(8)) bytes (.crc(crc), .data(data), .next(next));
  idetic_crc32 #(.WORD(72)) words (.crc(32'hFFFFFFFF), .data(TEXT), .next(whole));

  reg clk, enable;
  wire gclk;
  idetic_clkgate gate (.clk(clk), .enable(enable), .gclk(gclk));
  always @(posedge gclk) edges = edges + 1;

  // While the clock is high the gated clock may not change.
  always @(gclk)
    if ($time > 3 && gclk !== 1'b0 && clk !== 1'b1) begin
      $display("FAIL gated clock high at %0t while the clock is low", $time);
      failed = 1'b1;
    end

  initial begin
    failed = 1'b0;
    crc = 32'hFFFFFFFF;
    for (i = 0; i < 9; i = i + 1) begin
      data = TEXT[8*i+:8];
      #1 crc = next;
    end
    if (~crc !== 32'hCBF43926) begin
      $display("FAIL CRC of bytes is %h", ~crc);
      failed = 1'b1;
    end
    if (~whole !== 32'hCBF43926) begin
      $display("FAIL CRC of a word is %h", ~whole);
      failed = 1'b1;
    end

    clk = 1'b0;
    enable = 1'b0;
    #1 edges = 0;
    wanted = 0;
    for (i = 0; i < 1000; i = i + 1) begin
      // The enable settles in the low phase, and may do anything in the high one.
      enable = $random;
      #1 enable = $random;
      #1 wanted = wanted + enable;
      clk = 1'b1;
      #1 if (gclk !== enable) begin
        $display("FAIL gated clock is %b, enable was %b", gclk, enable);
        failed = 1'b1;
      end
      data[0] = gclk;
      enable = $random;
      #1 enable = $random;
      #1 if (gclk !== data[0]) begin
        $display("FAIL gated clock changed in the high phase");
        failed = 1'b1;
      end
      clk = 1'b0;
      #1;
    end
    if (edges != wanted) begin
      $display("FAIL %0d edges for %0d enables", edges, wanted);
      failed = 1'b1;
    end
    if (!failed) $display("PASS %0d edges of 1000", edges);
    $finish;
  end

endmodule
