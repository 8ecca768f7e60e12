module rnd1101_sub0 #(parameter W1 = 2) (
  input wire i_clk,
  output signed [1:0] out15,
  input [1:0] in_2,
  output wire [6:0] out16,
  input [W1-1:0] in_3,
  output [5:0] out17,
  input wire i_reset_n
);
  parameter [2:0] S_STATE4_0 = 3'd0;
  parameter [2:0] S_STATE4_1 = 3'd1;
  parameter [2:0] S_STATE4_2 = 3'd2;
  parameter [2:0] S_STATE4_3 = 3'd3;
  parameter [2:0] S_STATE4_4 = 3'd4;
  parameter [2:0] S_STATE4_5 = 3'd5;
  parameter [2:0] S_STATE4_6 = 3'd6;
  reg [3:1] state4;
  reg cnt5;
  logic [61:0] word6;
  logic [32:0] flag7;
  reg [3:0] wait8;
  reg [W1-1:0] hold9;
  logic [5:0] busy10;
  wire w13;
  reg [5:0] tmp14;

  function signed [3:0] f12;
    input [10:0] arg0;
    input signed arg1;
    input signed [10:0] arg2;
    integer k;
    begin
      f12 = arg0[arg0[3:1] +: 4];
      for (k = 0; k < 6; k = k + 1) begin
        f12 = f12 ^ (arg0 >> k);
      end
      if (arg1 || (arg1 && (arg0[9] && (arg2[0]))))
        f12 = arg0[9:2] >> arg1;
    end
  endfunction

  assign out17 = wait8;

  function [6:0] f11;
    input [3:0] arg0;
    integer k;
    begin
      f11 = {arg0 >> arg0, arg0[0 +: 4], arg0[2:2]};
      for (k = 0; k < 6; k = k + 1)
        f11 = (f11 << 1) | arg0[0];
      if (arg0[1])
        f11 = $signed(arg0) ? (arg0 ? arg0 : arg0) : arg0 <= arg0;
    end
  endfunction

  assign w13 = ((^11'd1091) ^ hold9) & ((in_2[state4[1:1]] ? flag7 : word6[24:2]) | f11(in_3));

  always_ff @(negedge i_reset_n or posedge i_clk)
    if (i_reset_n == 1'b0) begin
      hold9 <= {2{1'b1}};
      busy10 <= 0;
    end
    else begin
      tmp14 = {{w13, w13}};
      hold9 <= tmp14 + hold9;
      hold9 <= word6;
      if (in_2[1] == 1'b0) begin
        busy10 <= {~(~word6)};
      end
    end

  always_ff @(posedge i_clk or negedge i_reset_n) begin
    if (~i_reset_n) begin
      state4 <= S_STATE4_0;
      wait8 <= 0;
      word6 <= 0; // if (x) begin q <= 0; else
    end
    else begin
      case (state4)
        S_STATE4_0: begin
          cnt5 <= in_3 < busy10[1] ^ in_3;
          wait8 <= 6;
          if (in_2[1])
            state4 <= state4 + 1'b1;
          else
            state4 <= state4 + 1'b1;
        end
        S_STATE4_1: begin
          cnt5 <= cnt5 + (f12(19'd307010 - wait8 - (state4 - wait8), state4 ~^ wait8[0 +: 4], {8'd150 ^ state4[1 + wait8[1:1]], state4, ~&in_2}));
          if (wait8 != 0)
            wait8 <= wait8 - 1'b1;
          state4 <= state4 + 1'b1;
        end
        S_STATE4_2: begin
          flag7 <= f12({wait8[2]}, wait8 >>> in_2, wait8 - wait8);
          wait8 <= 7;
          state4 <= state4 + 1'b1;
        end
        S_STATE4_3: begin
          if (wait8 != 0)
            wait8 <= wait8 - 1'b1;
          if (in_2[1] == 1'b0) begin
            if (in_2[1:0] > 2'd1)
              state4 <= S_STATE4_4;
            else
              state4 <= S_STATE4_1;
          end
          else if (in_2[0])
            state4 <= S_STATE4_6;
          else
            state4 <= S_STATE4_5;
        end
        S_STATE4_4: begin
          flag7 <= ~busy10[4:0];
          wait8 <= 4;
          state4 <= state4 + 1'b1;
        end
        S_STATE4_5: begin
          cnt5 <= $signed(~^cnt5 ^ (busy10[2] > wait8));
          if (wait8 != 0)
            wait8 <= wait8 - 1'b1;
          state4 <= state4 + 1'b1;
        end
        S_STATE4_6: begin
          wait8 <= wait8 + 1;
          if (|(wait8 > state4)) begin
            if (!in_3[1]) begin
              state4 <= S_STATE4_4;
            end
          end
          else if (in_2[1])
            state4 <= S_STATE4_4;
          else begin
            state4 <= S_STATE4_1;
          end
        end
        default:
          state4 <= S_STATE4_0;
      endcase
    end
  end

  assign out15 = (state4 == S_STATE4_0) ? (in_3[in_2[1:1]] ~^ !wait8) : 2'd0;

  assign out16 = f11(state4[3:1] >>> in_3[1:0]);
endmodule

`define RND1101_SUB1_S_STATE4_0 3'd0
`define RND1101_SUB1_S_STATE4_1 3'd1
`define RND1101_SUB1_S_STATE4_2 3'd3
`define RND1101_SUB1_S_STATE4_3 3'd2
`define RND1101_SUB1_S_STATE4_4 3'd6
`define RND1101_SUB1_S_STATE4_5 3'd7
module rnd1101_sub1 (clock, out10, in_3, rest12, out9, out11, rst);
  parameter W1 = 10;
  input clock;
  output [16:0] out10;
  input [3:0] in_3;
  output rest12;
  output out9;
  output [W1-1:0] out11;
  input rst;
  localparam K2 = $clog2(145);
  reg [2:0] state4;
  logic signed [55:0] hold5;
  reg [1:0] wait6;
  wire signed w8 = in_3 ? (^wait6) : in_3;

  assign out11 = wait6;

  assign out10 = K2;

  assign out9 = hold5;

  function [8:0] f7;
    input [4:0] arg0;
    input signed [1:0] arg1;
    input [8:0] arg2;
    integer k;
    begin
      f7 = (arg2 ? arg0 : arg2[arg0[4:2]]) ? {4{arg0[0 +: 5]}} : arg2;
      for (k = 0; k < 3; k = k + 1) begin
        f7 = f7 ^ (arg0 >> k);
      end
      if (!arg1[1])
        f7 = (arg0 ? arg2 : 11'h603) ^ (arg1[1:0] ? arg2[arg2[5:3]] : arg2[1]);
    end
  endfunction

  always_ff @(posedge clock) begin
    if (rst == 1'b1) begin
      state4 <= `RND1101_SUB1_S_STATE4_0;
      wait6 <= 0;
      hold5 <= 16'd26812;
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_0) begin
      wait6 <= 1;
      state4 <= `RND1101_SUB1_S_STATE4_1;
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_1) begin
      if (wait6 != 0)
        wait6 <= wait6 - 1'b1;
      if (!wait6[1]) begin
        if (state4[2]) begin
          state4 <= `RND1101_SUB1_S_STATE4_0;
        end
      end
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_2) begin
      hold5 <= hold5[{hold5[11:7]}] >> wait6;
      wait6 <= wait6 + 1;
      state4 <= `RND1101_SUB1_S_STATE4_3;
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_3) begin
      hold5 <= hold5;
      if (wait6 != 0) begin
        wait6 <= wait6 - 1'b1;
      end
      state4 <= `RND1101_SUB1_S_STATE4_4;
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_4) begin
      if (wait6[0]) begin
        hold5 <= (17'd11667_3 ? hold5[42:42] : hold5[15:4]) + state4[2] + (!hold5);
      end
      wait6 <= wait6 + 1;
      if ((wait6 & hold5[39]) ~^ wait6 + wait6[1:0]) begin
        state4 <= `RND1101_SUB1_S_STATE4_5;
      end
    end
    else if (state4 == `RND1101_SUB1_S_STATE4_5) begin
      if (wait6 != 0)
        wait6 <= wait6 - 1'b1;
      state4 <= `RND1101_SUB1_S_STATE4_0;
    end
    else
      state4 <= `RND1101_SUB1_S_STATE4_0;
  end

  assign rest12 = w8;
endmodule

module rnd1101 (
  input wire CLK,
  input clear,
  output reg c13,
  output reg [3:0] key6,
  output out36,
  output wire [29:0] rest37,
  output reg signed [68:0] word10,
  input wire in_3,
  output [29:0] out35
);
  localparam K1 = 24 * 2 - 3;
  localparam K2 = (23 << 3) - 1;
  typedef enum logic [2:0] { E_STATE4_0 = 3'd0, E_STATE4_1 = 3'd1, E_STATE4_2 = 3'd2, E_STATE4_3 = 3'd3, E_STATE4_4 = 3'd4 } state4_t;
  state4_t state4;
  logic signed [29:0] mix5;
  logic [3:0] mix7;
  reg [1:0] mem8 [0:2];
  logic [15:0] cnt9;
  reg [7:0] mem11 [7:0];
  wire [13:0] w12;
  logic signed [1:0] c14;
  wire w15;
  wire signed w16;
  wire [1:0] w18;
  wire signed [6:0] w19;
  wire [5:0] w20;
  wire signed [16:0] w22;
  wire w23;
  wire signed w24;
  wire signed [23:0] w25;
  logic [8:0] c27;
  wire [3:0] bank30;
  reg [9:0] tmp31;
  integer i32;
  reg [10:0] tmp33;
  integer i34;

  always_ff @(posedge CLK, posedge clear) begin
    if (clear) begin
      for (i32 = 0; i32 < 3; i32 = i32 + 1)
        mem8[i32] <= 0;
      cnt9 <= {16{1'b0}};
    end
    else if (in_3) begin
      tmp31 = w12;
      word10 <= tmp31 + word10;
      mem8[cnt9[6:6]] <= 9'h8c;
      cnt9[{c14[1:0]} +: 11] <= (w25 + w25) != 20'd948138;
      word10 <= {word10[42], w25, key6[mix7[2:2] + 2 -: 3]} | (!20'sh707C9);
      word10 <= w20 >> state4;
    end
  end

  task t26;
    input signed [8:0] arg0;
    input signed [6:0] arg1;
    output [8:0] result;
    begin
      result = ~{arg0[1:1]};
      if (arg1[1] == 1'b0)
        result = arg1[6:1] % (arg1[1] | 1);
    end
  endtask

  genvar g28;
  generate
    for (g28 = 0; g28 < 2; g28 = g28 + 1) begin : gen29
      reg [1:0] q;
      always @(posedge CLK)
        if (!(!clear)) q <= g28;
        else if (!in_3) q <= q + (c14 * c27 ? cnt9 - cnt9 : w22[{w22[5:2]}]) + g28;
      assign bank30[g28 * 2 +: 2] = q;
    end
  endgenerate

  assign out35 = w22;

  always_ff @(posedge CLK or posedge clear) begin
    if (clear) begin
      for (i34 = 0; i34 < 8; i34 = i34 + 1) begin
        mem11[i34] <= 0;
      end
    end
    else begin
      tmp33 = cnt9 >> w23;
      mem11[0] <= tmp33 ^ (tmp33 >> 1);
      mem11[{w25[5:3]}] <= (mem8[{w25[22:22]}] ? mix5[cnt9[5:3] +: 23] : key6) << key6;
    end
  end

  always_ff @(posedge CLK, posedge clear) begin
    if (clear == 1'b1) begin
      state4 <= E_STATE4_0;
      mix5 <= 16'd42656;
      mix7 <= 8;
    end
    else begin
      case (state4)
        E_STATE4_0: begin
          if ((~&w25) ^ (~|w22)) begin
            if (w22[13] == 1'b0)
              state4 <= E_STATE4_1;
            else begin
              state4 <= E_STATE4_1;
            end
          end
        end
        E_STATE4_1: begin
          key6 <= (mix7[3:0] - w19) & cnt9[{w19[4:1]}]; // if (x) begin q <= 0; else
          mix7 <= {mix7[2:0], key6[1]};
          state4 <= E_STATE4_2;
        end
        E_STATE4_2: begin
          if (in_3)
            mix5 <= mix5;
          if (!in_3) begin
            if (in_3)
              state4 <= E_STATE4_4;
            else
              state4 <= E_STATE4_1;
          end
          else if (in_3 != 1'd1) begin
            state4 <= E_STATE4_4;
          end
          else
            state4 <= E_STATE4_3;
        end
        E_STATE4_3: begin
          mix5 <= 986 >>> c14;
          key6 <= w20 % (w20 | 1'b1);
          if (!in_3) begin
            if (in_3 == 1'b0) begin
              state4 <= E_STATE4_0;
            end
            else begin
              state4 <= E_STATE4_1;
            end
          end
        end
        E_STATE4_4: begin
          key6 <= w22 ~^ word10;
          mix7 <= +w25;
          state4 <= E_STATE4_0; // if (x) begin q <= 0; else
        end
        default:
          state4 <= E_STATE4_0;
      endcase
    end
  end

  rnd1101_sub0 #(.W1(20 + 1)) u17 (.in_2(in_3), .in_3(mix5), .i_clk(CLK), .out17(w20), .i_reset_n(~clear), .out15(w18), .out16(w19));

  assign w15 = c14[{c14[0:0]}] < {$signed(w12), mem11[mix7] << key6, mix7[cnt9[3:2]]};

  always @* begin
    t26(w25[15], state4 / (in_3 | 8'd1), c27);
    t26(w25[{mix5[23:20]}], mix5, c27);
    c27 = c27 ^ in_3;
  end

  assign out36 = w22;

  assign w16 = (mem11[cnt9[7:5]] ? cnt9 : key6[0]) + $unsigned(cnt9) ? (^(mem8[{c14[0:0]}][1] - cnt9[10])) : {mix7, c14 > mix5[24:0]};

  assign rest37 = in_3 ^ mix5 ^ key6 ^ cnt9 ^ w12 ^ c14 ^ w15 ^ w16 ^ w19 ^ w22 ^ w23 ^ w25 ^ c27 ^ bank30;

  assign w12 = +(+mix5);

  rnd1101_sub1 #(24) u21 (CLK, w22, w19, w23, w24, w25, clear);

  always @* begin
    c13 = state4;
    c14 = 3'h5 | state4;
    c14 = c14 ^ (state4[2:2] + cnt9);
    if (in_3 == 1'b1) begin
      if (!in_3)
        c14 = cnt9;
    end
    else if (!cnt9[13])
      c14 = mem8[{mix5[2:2]}];
    c13 = c13 ^ state4[0];
  end
endmodule

