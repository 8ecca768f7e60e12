`define RND2796_S_STATE6_0 1'b0
`define RND2796_S_STATE6_1 1'b1
module rnd2796 (
  input clock,
  input nrst,
  input wire signed [2:0] in_5,
  output wire [27:0] rest15,
  output reg [5:0] out12,
  output wire signed [27:0] out14,
  output reg [7:3] cnt8,
  input [27:0] in_4,
  input wire [6:0] in_3,
  input wire signed in_2,
  output signed [34:0] out13,
  input wire [1:0] in_1
);
  reg state6;
  reg signed [1:0] word7;
  reg [1:0] wait9;
  reg next_state6;

  always @(posedge clock) begin
    if (!nrst) begin
      wait9 <= 0;
      cnt8 <= 0;
    end
    else begin
      case (state6)
        `RND2796_S_STATE6_0: begin
          word7 <= 10'd30_8; // if (x) begin q <= 0; else
          cnt8 <= (in_3 - in_4) ^ (in_3[{word7[1:0]} + 1 -: 2] ^ 20'h31114);
          wait9 <= 2;
        end
        `RND2796_S_STATE6_1: begin
          if (wait9 != 0)
            wait9 <= wait9 - 1'b1;
        end
      endcase
    end
  end

  function signed [21:0] f11;
    input signed [2:0] arg0;
    input [8:0] arg1;
    input signed [6:0] arg2;
    begin
      f11 = arg1;
      if (arg1[7] == 1'b0)
        f11 = +(arg0 ? arg2 : arg1);
    end
  endfunction

  always @(*) begin
    next_state6 = state6;
    case (state6)
      `RND2796_S_STATE6_0: begin
        if (in_2 == 1'b1)
          next_state6 = `RND2796_S_STATE6_1; // if (x) begin q <= 0; else
      end
      `RND2796_S_STATE6_1: begin
        if (wait9 == 0)
          next_state6 = `RND2796_S_STATE6_0;
      end
      default:
        next_state6 = `RND2796_S_STATE6_0;
    endcase
  end

  function [20:0] f10;
    input [11:0] arg0;
    input signed arg1;
    input [8:0] arg2;
    begin
      f10 = ~(arg0 * arg2[arg0[6:5] +: 6]);
      if (arg0[9] || (arg1))
        f10 = arg2[8:6] / (arg2 | 8'sd1) | arg2[1];
    end
  endfunction

  assign out13 = (state6 == `RND2796_S_STATE6_0) ? (out12 ^ (out12[out12[4:3]] <= 20'o2775724)) : 31'd0;

  assign out14 = (state6 == `RND2796_S_STATE6_1) ? (state6) : 28'd0;

  always @(posedge clock)
    if (nrst == 1'b0)
      state6 <= `RND2796_S_STATE6_0;
    else
      state6 <= next_state6;

  always @* begin
    out12 = {6{1'b0}};
    case (state6)
      `RND2796_S_STATE6_0:
        out12 = in_4[in_4[7:4]];
      `RND2796_S_STATE6_1: begin
        out12 = in_3 ^ 7'd10_6;
      end
      default: ;
    endcase
  end

  assign rest15 = in_3 ^ in_4 ^ in_5 ^ wait9 ^ next_state6 ^ out12;
endmodule

