// Processes that assign defaults in front of the test of an asynchronous reset.
module defaults(input clk, input rst, input go, input [7:0] d, output reg [7:0] sum, output reg tick, output reg busy, output [2:0] at);
  reg [2:0] count;
  reg [1:0] prior;
  assign at = count ^ {1'b0, prior};

  always @(posedge clk or posedge rst) begin
    tick <= 1'b0;
    prior <= 2'b01;
    if (rst) begin
      count <= 3'd0;
      sum <= 8'd0;
      busy <= 1'b0;
      prior <= 2'b00;
    end else begin
      prior <= prior + 2'd1;
      if (!busy) begin
        if (go) begin busy <= 1'b1; count <= 3'd7; tick <= d[0]; end
      end else begin
        sum <= sum + d;
        count <= count - 3'd1;
        tick <= count[0] ^ d[1];
        if (count == 3'd0) busy <= 1'b0;
      end
    end
  end
endmodule
