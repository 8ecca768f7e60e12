module tb;

  reg clk = 1'b0;
  reg rst_n = 1'b0;
  reg [0:15] key = 16'hb3c5;
  always @(posedge busy) key = 16'h1234;
  reg go = 1'b0;
  reg [7:0] data = 8'd0;
  reg [31:0] random = 32'd7;
  wire busy;
  wire [7:0] result;
  integer i;

  straps dut (
      .clk(clk),
      .rst_n(rst_n),
      .key(key),
      .mode(1'b0),
      .go(go),
      .data(data),
      .busy(busy),
      .result(result)
  );

  always #5 clk = ~clk;

  initial begin
    repeat (3) @(negedge clk);
    rst_n = 1'b1;
    for (i = 0; i < 48; i = i + 1) begin
      @(negedge clk);
      random = random * 32'd1664525 + 32'd1013904223;
      go = random[20] | random[25];
      data = random[15:8];
    end
    $finish;
  end

endmodule
