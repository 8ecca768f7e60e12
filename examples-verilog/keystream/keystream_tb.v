// Takes 20 numbers and checks each against a model.

module keystream_tb;

  reg clk = 1'b0, next = 1'b0;
  reg [4:0] stir = 5'd0;
  wire valid;
  wire [4:0] number;

  keystream dut (
      .clk(clk), .next(next), .stir(stir), .valid(valid), .number(number)
  );

  always #5 clk = ~clk;

  reg [4:0] permutation[0:31];
  reg [4:0] i, j, a, b, sum;
  integer k, n, wrong, wide;

  initial begin
    for (k = 0; k < 32; k = k + 1) begin
      wide = k * 13 + 11;
      permutation[k] = wide[4:0];
    end
    i = 5'd7;
    j = 5'd19;
    wrong = 0;
    repeat (2) @(negedge clk);
    if (valid !== 1'b0) begin
      $display("FAIL valid before the first number");
      wrong = wrong + 1;
    end
    for (n = 0; n < 20; n = n + 1) begin
      wide = n * 5;
      stir = wide[4:0];
      i = i + 5'd1;
      a = permutation[i];
      j = j + a + stir;
      b = permutation[j];
      permutation[i] = b;
      permutation[j] = a;
      sum = a + b;
      next = 1'b1;
      @(negedge clk) next = 1'b0;
      while (!valid) @(negedge clk);
      if (number !== permutation[sum]) begin
        $display("FAIL number %0d is %0d, not %0d", n, number, permutation[sum]);
        wrong = wrong + 1;
      end
      if (n % 5 == 2) @(negedge clk);
    end
    if (wrong == 0) $display("PASS %0d numbers", n);
    $finish;
  end

  initial begin
    #100000 $display("FAIL no end");
    $finish;
  end

endmodule
