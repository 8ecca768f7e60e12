// A machine with neighbours: a free-running counter on a clock of its own, a
// register of that clock that listens to the machine, and a memory macro.
(* blackbox *)
module scratch_ram(input wire ck, input wire we, input wire [2:0] at, input wire [7:0] d,
                   output reg [7:0] q);
  reg [7:0] words [0:7];
  integer i;
  initial for (i = 0; i < 8; i = i + 1) words[i] = i[7:0];
  always @(posedge ck) begin
    if (we) words[at] <= d;
    q <= words[at];
  end
endmodule

module neighbours(
    input wire clk, input wire slow_clk, input wire rst_n, input wire [7:0] d,
    output wire [7:0] y, output wire [7:0] heard
);
  reg [3:0] ticks;
  reg [7:0] listener;
  always @(posedge slow_clk or negedge rst_n)
    if (!rst_n) begin
      ticks <= 0;
      listener <= 0;
    end else begin
      ticks <= ticks + 1;
      listener <= listener ^ y;
    end
  reg tick_1, tick_2;
  reg [1:0] state;
  reg [2:0] at;
  reg [7:0] sum;
  wire [7:0] word;
  scratch_ram ram(.ck(clk), .we(state == 2'd2), .at(at), .d(sum), .q(word));
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      tick_1 <= 0;
      tick_2 <= 0;
      state <= 0;
      at <= 0;
      sum <= 0;
    end else begin
      tick_1 <= ticks[1];
      tick_2 <= tick_1;
      case (state)
        2'd0: if (tick_1 != tick_2) state <= 2'd1;
        2'd1: begin
          sum <= sum + (word ^ d);
          state <= 2'd2;
        end
        default: begin
          at <= at + 1;
          state <= 2'd0;
        end
      endcase
    end
  assign y = sum ^ {5'd0, at};
  assign heard = listener;
endmodule
