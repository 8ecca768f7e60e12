// Sends events and questions, and checks the answers against a model.

module tally_tb;

  reg clk = 1'b0, rst = 1'b1, valid = 1'b0, tell = 1'b0;
  reg [3:0] channel = 4'd0;
  wire ready, told;
  wire [23:0] out;

  tally dut (
      .clk(clk), .rst(rst), .valid(valid), .tell(tell), .channel(channel),
      .ready(ready), .told(told), .out(out)
  );

  always #5 clk = ~clk;

  reg [23:0] counts[0:15];
  integer n, i, wrong, seen;
  reg [31:0] seed;

  task command;
    input ask;
    input [3:0] which;
    begin
      while (!ready) @(negedge clk);
      valid = 1'b1;
      tell = ask;
      channel = which;
      @(negedge clk) valid = 1'b0;
      if (!ask) counts[which] = counts[which] + 24'd1;
      else begin
        while (!told) @(negedge clk);
        if (out !== counts[which]) begin
          $display("FAIL channel %0d: told %0d, not %0d", which, out, counts[which]);
          wrong = wrong + 1;
        end
        seen = seen + 1;
      end
    end
  endtask

  initial begin
    seed = 32'h1234_5678;
    wrong = 0;
    seen = 0;
    for (i = 0; i < 16; i = i + 1) counts[i] = 24'd0;
    repeat (3) @(negedge clk);
    rst = 1'b0;
    for (n = 0; n < 24; n = n + 1) begin
      seed = seed * 32'd1664525 + 32'd1013904223;
      command(1'b0, {2'b00, seed[31:30]});
      if (n % 5 == 3) command(1'b1, {2'b00, seed[29:28]});
      if (n % 7 == 2) @(negedge clk);
    end
    for (i = 0; i < 4; i = i + 1) command(1'b1, i[3:0]);
    repeat (4) @(negedge clk);
    if (wrong == 0) $display("PASS %0d counts told", seen);
    $finish;
  end

  initial begin
    #100000 $display("FAIL no end");
    $finish;
  end

endmodule
