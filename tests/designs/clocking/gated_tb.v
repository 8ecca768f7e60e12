module gated_tb;
  reg clk = 0, rst_n = 0, start = 0, clear = 0;
  reg [7:0] a = 3;
  wire [7:0] y;
  wire busy;
  integer i;
  gated dut(.clk(clk), .rst_n(rst_n), .start(start), .clear(clear), .a(a), .y(y), .busy(busy));
  always #5 clk = ~clk;
  initial begin
    repeat (3) @(negedge clk);
    rst_n = 1;
    for (i = 0; i < 130; i = i + 1) begin
      @(negedge clk);
      start = (i % 11) == 2;
      a = i * 7;
      clear = i % 45 == 25 || i % 45 == 31;
      rst_n = i % 45 != 36;
    end
    $finish;
  end
endmodule
