// CRC against a check value, clock gate against glitches.
//
// Prints PASS, or the first FAIL.

`timescale 1ns / 1ps

module idetic_parts_tb;

  // "123456789" gives this, from all ones and not complemented; as bytes, and as one
  // word. Found by a division of polynomials apart from this one.
  localparam [71:0] TEXT = {"9", "8", "7", "6", "5", "4", "3", "2", "1"};
  localparam [31:0] SUM = 32'h943B0D88;

  reg [7:0] data;
  reg tick, start, take, pass;
  wire [7:0] part;
  wire [71:0] whole;
  wire match, all_match;
  integer i, edges, wanted;
  reg failed;

  idetic_crc32 #(.WORD(8)) bytes (
      .clk(tick), .start(start), .take(take), .pass(pass), .data(data), .part(part), .match(match)
  );
  reg last;
  idetic_crc32 #(.WORD(72)) words (
      .clk(tick), .start(start), .take(last), .pass(1'b0), .data(TEXT), .part(whole), .match(all_match)
  );

  task edge_of_tick;
    begin
      #1 tick = 1'b1;
      #1 tick = 1'b0;
      {start, take, last, pass} = 4'b0000;
    end
  endtask

  // All parts of the register, which is turned once around.
  task expect_crc(input [31:0] wanted_crc);
    for (i = 0; i < 4; i = i + 1) begin
      data = wanted_crc[8*i+:8];
      #1 if (part !== data || match !== 1'b1) begin
        $display("FAIL part %0d of the CRC is %h, not %h", i, part, data);
        failed = 1'b1;
      end
      data = data ^ 8'd1 << i;
      #1 if (match !== 1'b0) begin
        $display("FAIL part %0d of the CRC matches another", i);
        failed = 1'b1;
      end
      pass = 1'b1;
      edge_of_tick;
    end
  endtask

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
    tick = 1'b0;
    {start, take, last, pass} = 4'b0000;
    start = 1'b1;
    edge_of_tick;
    expect_crc(32'hFFFFFFFF);
    // The second time after a start, from what the first time left.
    repeat (2) begin
      for (i = 0; i < 9; i = i + 1) begin
        data = TEXT[8*i+:8];
        take = 1'b1;
        last = i == 8;
        edge_of_tick;
        data = ~data;
        edge_of_tick;
      end
      expect_crc(SUM);
      if (whole !== {40'd0, SUM} || all_match !== 1'b0) begin
        $display("FAIL the CRC of one word is %h", whole);
        failed = 1'b1;
      end
      start = 1'b1;
      edge_of_tick;
      expect_crc(32'hFFFFFFFF);
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
