module rnd3855_sub0 (i_rst, rest12, in_4, out9, in_2, out11, in_3, out10, clk);
  parameter W1 = 9;
  input i_rst;
  output [2:0] rest12;
  input signed [21:1] in_4;
  output signed [6:1] out9;
  input signed in_2;
  output signed [W1-1:0] out11;
  input signed [W1-1:0] in_3;
  output signed [6:0] out10;
  input clk;
  reg [2:0] key5;
  reg signed [W1-1:0] word6;
  reg [W1-1:0] flag7;
  reg signed [12:0] sh8;

  assign out11 = word6;

  always @(posedge clk) begin
    if (i_rst == 1'b1) begin
      key5 <= 3'd0;
      word6 <= {2{1'b1}};
      flag7 <= {2{1'b1}};
      sh8 <= 13'b1001011110101;
    end
    else begin
      sh8 <= key5;
      if (key5 == 3'd0) begin
        if (!in_2) begin
          word6 <= word6 * in_3[1:1];
        end
        sh8 <= sh8 + (sh8);
        key5 <= 3'd1;
      end
      else if (key5 == 3'd1) begin
        word6 <= word6[0];
        flag7 <= ((~in_3) < $signed(in_4)) * flag7;
        sh8 <= {in_4 != sh8[key5]};
        if (!in_3[1]) begin
          if (in_4[7:7] == 1'd1) begin
            key5 <= 3'd2;
          end
        end
        else if (in_2)
          key5 <= 3'd4;
        else
          key5 <= 3'd3;
      end
      else if (key5 == 3'd2) begin
        flag7 <= $unsigned(in_3 ^ key5);
        key5 <= 3'd3;
      end
      else if (key5 == 3'd3) begin
        if (in_2) begin
          flag7 <= $signed(key5) >> in_4[12:9]; // if (x) begin q <= 0; else
        end
        sh8 <= sh8 ^ (in_4);
        casez (key5[2:1])
          2'b1?: begin
            key5 <= 3'd1;
          end
          2'b01:
            key5 <= 3'd1;
          default: begin
            key5 <= 3'd3;
          end
        endcase
      end
      else if (key5 == 3'd4)
        key5 <= 3'd5;
      else if (key5 == 3'd5) begin
        if (in_3[0] == 1'b1) begin
          if (in_3[0])
            key5 <= 3'd4;
        end
        else if (in_4[9] == 1'b0)
          key5 <= 3'd5;
      end
      else if (key5 == 3'd6) begin
        if (in_3[1] == 1'b1)
          flag7 <= in_4[1 + {sh8[3:0]}];
        if (in_2 > 1'd0) begin
          sh8 <= ~in_4[12:1] & key5;
        end
        if (in_4[21:21] > 1'd0) begin
          if (!in_2)
            key5 <= 3'd4;
          else
            key5 <= 3'd1;
        end
      end
      else begin
        key5 <= 3'd0;
      end
    end
  end

  assign out10 = {2{8'h7d, sh8}} << in_2;

  assign out9 = in_3;

  assign rest12 = key5 ^ word6 ^ flag7;
endmodule

`define RND3855_S_STATE12_0 3'b000
`define RND3855_S_STATE12_1 3'b001
`define RND3855_S_STATE12_2 3'b010
`define RND3855_S_STATE12_3 3'b011
`define RND3855_S_STATE12_4 3'b100
`define RND3855_S_STATE12_5 3'b101
module rnd3855 (
  input wire CLK,
  input wire clear,
  input signed [22:0] in_3,
  output wire [11:0] out27,
  output wire signed [2:0] out33,
  input wire [6:4] in_6,
  input signed in_5,
  output reg out25,
  input wire [17:0] in_4,
  input [4:0] in_7,
  output [29:0] rest34
);
  localparam K1 = $clog2(157);
  localparam K2 = 4 * 3 - 4;
  parameter [0:0] S_STATE8_0 = 1'b0;
  parameter [0:0] S_STATE8_1 = 1'b1;
  reg state8;
  reg signed [3:0] key9;
  reg signed [26:0] addr10;
  reg wait11;
  reg [2:0] state12;
  reg [1:0] lfsr13;
  reg lfsr14;
  reg [13:0] acc15;
  reg [29:0] acc16;
  reg [1:0] mem17 [0:7];
  integer i20;
  reg signed c18;
  reg signed [2:30] c19;
  wire [2:0] w22;
  wire signed [1:0] w23;
  wire [6:0] w24;
  reg next_state8;
  reg [11:0] blk26;
  wire [11:0] bank30;
  integer i31;
  integer i32;

  always @(posedge CLK) begin
    if (clear) begin
      wait11 <= 0;
      key9 <= {4{1'b0}};
    end
    else if (state8 == S_STATE8_0)
      wait11 <= wait11 + 1;
    else if (state8 == S_STATE8_1) begin
      addr10 <= $unsigned(w24 ^ mem17[in_6]);
      if (wait11 != 0) begin
        wait11 <= wait11 - 1'b1;
      end
    end
  end

  always @* begin
    out25 = {1{1'b0}};
    if (state8 == S_STATE8_0) ;
    else if (state8 == S_STATE8_1)
      out25 = in_6 <<< in_4[11:8];
  end

  always @(posedge CLK) begin
    case (state12)
      `RND3855_S_STATE12_0: begin
        lfsr13 <= (out25 ? c19 : key9) ^ $signed(c19);
        acc15 <= {addr10, ~&acc16};
        if (~in_6[6]) begin
          if (in_5)
            state12 <= `RND3855_S_STATE12_4;
          else begin
            state12 <= `RND3855_S_STATE12_1;
          end
        end
      end
      `RND3855_S_STATE12_1: begin
        lfsr13 <= $signed(in_7 <<< in_3[9:5]) ^ ~acc16;
        acc15 <= acc15 ^ (in_6);
        state12 <= `RND3855_S_STATE12_2;
      end
      `RND3855_S_STATE12_2: begin
        acc15 <= in_7[2] & (c19 ? 14'sh1D66 : mem17[{in_3[18:15]}]);
        acc16 <= acc16 + (+in_3 | (+in_6));
        case (in_3[15:14])
          2'b00:
            state12 <= `RND3855_S_STATE12_5;
          2'b11:
            state12 <= `RND3855_S_STATE12_4;
        endcase
      end
      `RND3855_S_STATE12_3: begin
        lfsr13 <= (~c19) - $unsigned(addr10[acc16[26:24] + 13 -: 14] * in_3);
        lfsr14 <= in_5;
        acc15[6:0] <= ({in_4, next_state8} ? (^in_3) : (acc15[13] ^ state12)) >>> in_7;
        if (in_7[2] == 1'b1)
          acc16 <= addr10 | acc16;
        if (in_7[4] == 1'b1) begin
          if (in_7[2] == 1'b1) begin
            state12 <= `RND3855_S_STATE12_1;
          end
        end
        else
          state12 <= `RND3855_S_STATE12_4;
      end
      `RND3855_S_STATE12_4: begin
        acc15[{in_3[17:15]} +: 3] <= addr10 + (in_7 ^ in_3[22:0]);
        acc16 <= c19[2 + in_4[8:4] +: 11];
        if (!in_3[1])
          state12 <= `RND3855_S_STATE12_5;
        else if (in_4[13]) begin
          state12 <= `RND3855_S_STATE12_4;
        end
      end
      `RND3855_S_STATE12_5: begin
        if (in_3[6]) begin
          lfsr13 <= lfsr13 + ($signed(state12 / (lfsr14 | 8'sd1) + (w22 ^ acc16[20:2])));
        end
        acc15 <= in_3 ? acc15[4 + acc16[22:20] -: 5] : in_3[6];
        state12 <= `RND3855_S_STATE12_0;
      end
      default: begin
        state12 <= `RND3855_S_STATE12_0;
      end
    endcase
    if (clear) begin
      state12 <= `RND3855_S_STATE12_0;
      lfsr14 <= 0;
      acc16 <= 0;
    end
  end

  assign out27 = blk26;

  assign out33 = 7'h3a;

  genvar g28;
  generate
    for (g28 = 0; g28 < 3; g28 = g28 + 1) begin : gen29
      reg [3:0] q;
      always @(posedge CLK)
        if (!(!clear)) q <= g28;
        else if (in_7[0]) q <= q + (in_3 + (mem17[state12] ^ in_3[6])) + g28;
      assign bank30[g28 * 4 +: 4] = q;
    end
  endgenerate

  always @(posedge CLK)
    if (!(!clear)) blk26 = 0;
    else begin
      blk26 = blk26 ^ (in_3);
      if (!in_5)
        blk26 = blk26 + (in_7[3] ^ 14'd4241);
    end

  always @(posedge CLK) begin
    if (clear)
      state8 <= S_STATE8_0;
    else
      state8 <= next_state8;
  end

  assign rest34 = in_3 ^ in_4 ^ in_5 ^ in_6 ^ in_7 ^ state8 ^ addr10 ^ lfsr14 ^ acc16 ^ c18 ^ c19 ^ w22 ^ w23 ^ next_state8;

  always @(*) begin
    next_state8 = state8;
    if (state8 == S_STATE8_0) begin
      if (in_7[3:1] >= 3'd2)
        next_state8 = S_STATE8_1;
    end
    else if (state8 == S_STATE8_1) begin
      if (state12[2:2] == 1'd1) begin
        if (in_5 == 1'b1)
          next_state8 = S_STATE8_1;
        else begin
          next_state8 = S_STATE8_1;
        end
      end
    end
    else
      next_state8 = S_STATE8_0;
  end

  always @(acc15 or acc16 or state12 or state8 or wait11) begin
    c18 = wait11 << state12;
    c19 = acc16[17];
    for (i20 = 2; i20 < 31; i20 = i20 + 2) begin
      c19[i20] = acc15[i20 % 14] ^ c19[i20];
    end
    c18 = c18 ^ state8;
  end

  rnd3855_sub0 #(2) u21 (.clk(CLK), .rest12(w22), .in_2(state12), .i_rst(clear), .out11(w23), .in_3(in_7), .out9(), .out10(w24), .in_4(in_6));

  always @(posedge CLK)
    if (clear == 1'b1) begin
      for (i32 = 0; i32 < 8; i32 = i32 + 1) begin
        mem17[i32] <= 0;
      end
    end
    else begin
      for (i31 = 7; i31 > 0; i31 = i31 - 1)
        mem17[i31] <= mem17[i31 - 1];
      mem17[{in_3[4:2]}] <= (9'd435 | bank30) + (12'sh136 * out25) | (-(^state12));
    end
endmodule

