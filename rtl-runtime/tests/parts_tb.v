// CRC against its published check value, clock gate against glitches.
//
// Prints PASS, or the first FAIL.

`timescale 1ns / 1ps

module idetic_parts_tb;

  // "123456789" gives CBF43926 in every reflected CRC-32; as bytes, and as one word.
  localparam [71:0] TEXT = {"9", "8", "7", "6", "5", "4", "3", "2", "1"};

  reg [7:0] data;
  reg tick, start, take, seal, pass;
  wire [31:0] crc, whole;
  integer i, edges, wanted;
  reg failed;

  idetic_crc32 #(.WORD(8)) bytes (
      .clk(tick), .start(start), .take(take), .seal(seal), .pass(pass), .data(data), .crc(crc)
  );
  idetic_crc32 #(.WORD(72)) words (
      .clk(tick), .start(start), .take(1'b0), .seal(seal), .pass(1'b0), .data(TEXT), .crc(whole)
  );

  task edge_of_tick;
    begin
      #1 tick = 1'b1;
      #1 tick = 1'b0;
      {start, take, seal, pass} = 4'b0000;
    end
  endtask

  task expect_crc(input [31:0] is, input [31:0] wanted_crc);
    if (is !== wanted_crc) begin
      $display("FAIL CRC is %h, not %h", is, wanted_crc);
      failed = 1'b1;
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
    {start, take, seal, pass} = 4'b0000;
    start = 1'b1;
    edge_of_tick;
    expect_crc(crc, 32'hFFFFFFFF);
    // The second time after a start, from what the first time left.
    repeat (2) begin
      for (i = 0; i < 9; i = i + 1) begin
        data = TEXT[8*i+:8];
        if (i < 8) take = 1'b1;
        else seal = 1'b1;
        edge_of_tick;
        data = ~data;
        edge_of_tick;
      end
      expect_crc(crc, 32'hCBF43926);
      expect_crc(whole, 32'hCBF43926);
      pass = 1'b1;
      edge_of_tick;
      expect_crc(crc, 32'h00CBF439);
      start = 1'b1;
      edge_of_tick;
      expect_crc(crc, 32'hFFFFFFFF);
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
