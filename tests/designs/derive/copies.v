// A word of data is copied, inverted and combined before all of it is used: in the state that waits for
// the use, three registers follow from a fourth.
module copies (
    input  wire       clk,
    input  wire       rst,
    input  wire       go,
    input  wire [7:0] data,
    output reg        busy,
    output reg  [7:0] result
);

  reg [1:0] state;
  reg [7:0] first;
  reg [7:0] copy;
  reg [7:0] inverse;
  reg [7:0] both;

  always @(posedge clk)
    if (rst) begin
      state <= 2'd0;
      busy <= 1'b0;
      result <= 8'd0;
      first <= 8'd0;
      copy <= 8'd0;
      inverse <= 8'd0;
      both <= 8'd0;
    end else
      case (state)
        2'd0:
        if (go) begin
          first <= data;
          busy <= 1'b1;
          state <= 2'd1;
        end
        2'd1: begin
          copy <= first;
          inverse <= ~first;
          both <= first & {first[3:0], first[7:4]};
          state <= 2'd2;
        end
        2'd2: if (go) state <= 2'd3;
        2'd3: begin
          result <= result + (copy ^ {inverse[0], inverse[7:1]} ^ {both[5:0], both[7:6]}) + first;
          first <= first + 8'd1;
          copy <= copy ^ data;
          busy <= 1'b0;
          state <= 2'd0;
        end
      endcase

endmodule
