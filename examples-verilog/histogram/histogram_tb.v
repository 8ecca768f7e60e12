// Counts two sequences of samples and checks all that is told against a model.

module histogram_tb;

  reg clk = 1'b0, rst = 1'b1, start = 1'b0, valid = 1'b0, finish = 1'b0;
  reg [3:0] sample = 4'd0;
  wire ready, told;
  wire [39:0] out;

  histogram dut (
      .clk(clk), .rst(rst), .start(start), .valid(valid), .sample(sample), .finish(finish),
      .ready(ready), .told(told), .out(out)
  );

  always #5 clk = ~clk;

  integer counts[0:15];
  reg [39:0] firsts[0:15];
  integer length, round, n, i, wrong, expected, seen;
  reg [31:0] seed;

  task check;
    input [39:0] wanted;
    begin
      while (!told) @(negedge clk);
      if (out !== wanted) begin
        $display("FAIL round %0d: told %h, not %h", round, out, wanted);
        wrong = wrong + 1;
      end
      seen = seen + 1;
      @(negedge clk);
    end
  endtask

  initial begin
    seed = 32'h1234_5678;
    wrong = 0;
    seen = 0;
    repeat (3) @(negedge clk);
    rst = 1'b0;
    for (round = 0; round < 2; round = round + 1) begin
      for (i = 0; i < 16; i = i + 1) counts[i] = 0;
      length = 0;
      @(negedge clk) start = 1'b1;
      @(negedge clk) start = 1'b0;
      while (!ready) @(negedge clk);
      for (n = 0; n < (round == 0 ? 8 : 4); n = n + 1) begin
        seed = seed * 32'd1664525 + 32'd1013904223;
        valid = 1'b1;
        sample = seed[31:28] & (round == 0 ? 4'd13 : 4'd7);
        if (counts[sample] == 0) begin
          firsts[length] = {26'h5EED00, n[9:0], sample};
          length = length + 1;
        end
        counts[sample] = counts[sample] + 1;
        @(negedge clk) valid = 1'b0;
        while (!ready) @(negedge clk);
        if (n % 5 == 3) @(negedge clk);
      end
      finish = 1'b1;
      @(negedge clk) finish = 1'b0;
      for (i = 0; i < 16; i = i + 1)
        if (counts[i] != 0) check({12'd0, i[3:0], counts[i][23:0]});
      for (i = 0; i < length; i = i + 1) check(firsts[i]);
      repeat (4) @(negedge clk);
      if (told) begin
        $display("FAIL round %0d: too much is told", round);
        wrong = wrong + 1;
      end
    end
    if (wrong == 0) $display("PASS %0d words told", seen);
    $finish;
  end

  initial begin
    #100000 $display("FAIL no end");
    $finish;
  end

endmodule
