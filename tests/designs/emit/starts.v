// Starts that no reset leads to: initial values of some control registers only,
// a reset that leaves one of them alone, and one that needs two cycles.

module starts (
    input  wire        clk,
    input  wire        rst,
    input  wire        load,
    input  wire        pick,
    input  wire        go,
    output wire [15:0] level,
    output wire [1:0]  at,
    output wire [7:0]  late
);
  reg [1:0] place;
  reg flag;
  reg [15:0] held;
  initial place = 2'd0;
  assign level = held;
  assign at = place;

  // In place 2 the flag tells which of two constants is held, but for `load`.
  always @(posedge clk)
    if (rst) begin
      place <= 2'd0;
      flag  <= 1'b1;
      held  <= 16'h0055;
    end else
      case (place)
        2'd0:
        if (load) begin
          place <= 2'd2;
          held  <= 16'h5aa5;
        end else if (go) place <= 2'd1;
        2'd1: begin
          place <= 2'd2;
          if (pick) begin
            flag <= 1'b0;
            held <= 16'h0001;
          end else begin
            flag <= 1'b1;
            held <= 16'h5aa5;
          end
        end
        2'd2:
        if (go) begin
          place <= flag ? 2'd0 : 2'd1;
          flag  <= 1'b1;
          held  <= 16'h0055;
        end
        default: place <= 2'd3;
      endcase

  slow_reset second (clk, rst, go, late);
endmodule

// The second stage hears of the reset a cycle later.
module slow_reset (
    input  wire       clk,
    input  wire       rst,
    input  wire       go,
    output wire [7:0] late
);
  reg first;
  reg [1:0] state;
  reg [7:0] count;
  assign late = count;
  always @(posedge clk) first <= rst;
  always @(posedge clk)
    if (first) begin
      state <= 2'd0;
      count <= 8'd0;
    end else
      case (state)
        2'd0: if (go) state <= 2'd1;
        2'd1: begin
          count <= count + 8'd1;
          if (go) state <= 2'd2;
        end
        default: begin
          count <= 8'd0;
          state <= 2'd0;
        end
      endcase
endmodule
