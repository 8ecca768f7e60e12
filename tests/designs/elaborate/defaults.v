// Assignments in front of the test of an asynchronous reset, in one process and between two resets.
module defaults(input clk, input rst, input clr_n, input we, input [3:0] d,
                output reg [3:0] q, output reg pulse, output reg seen, output reg [3:0] sum, output reg [1:0] last);
  reg [3:0] next;

  always @(posedge clk or posedge rst) begin
    $display("one");
    pulse <= 1'b0;
    if (rst) q <= 4'd3;
    else if (we) begin q <= q + d; pulse <= 1'b1; end
  end

  always @(posedge clk or posedge rst or negedge clr_n) begin
    seen <= 1'b0;
    last <= 2'd2;
    next = sum + d;
    if (rst) begin sum <= 4'd0; last <= 2'd1; end
    else begin
      last <= 2'd3;
      if (!clr_n) begin sum <= 4'd5; end
      else begin
        last <= d[1:0];
        seen <= we;
        if (we) sum <= next;
      end
    end
  end
endmodule
