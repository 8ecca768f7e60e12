module rnd50446_sub0 (i_reset_n, in_4, in_3, in_5, rest13, rest14, flag7, out12, clk);
  parameter W1 = 4;
  input i_reset_n;
  input [1:0] in_4;
  input [W1-1:0] in_3;
  input [8:1] in_5;
  output [64:0] rest13;
  output [3:0] rest14;
  output signed [11:4] flag7;
  reg signed [11:4] flag7;
  output signed [W1-1:0] out12;
  input clk;
  localparam K2 = W1 * 6 + 1;
  localparam S_STATE6_0 = 2'd1;
  localparam S_STATE6_1 = 2'd2;
  reg [1:0] state6;
  reg key8;
  reg signed [64:0] mix9;
  reg [12:0] mix10;
  reg [1:0] state6_next;
  reg signed [11:4] flag7_next;
  reg key8_next;
  reg signed [64:0] mix9_next;
  reg [12:0] mix10_next;

  always @(*) begin
    state6_next = state6;
    flag7_next = flag7;
    key8_next = key8;
    mix9_next = mix9;
    mix10_next = mix10;
    case (1'b1)
      state6[0]: begin
        flag7_next[11:4] = flag7;
        mix9_next = mix10;
        mix10_next = (flag7[7:5] / (mix9[50] | 1'b1)) + (~flag7[10:4]);
        state6_next = S_STATE6_1;
      end
      state6[1]: begin
        flag7_next = flag7 + (in_5);
        mix10_next = mix10[11:11] + (mix9 << flag7[10:9]);
        if (in_4[0]) begin
          if (!in_4[0]) begin
            state6_next = S_STATE6_1;
          end
        end
      end
      default:
        state6_next = S_STATE6_0;
    endcase
  end

  assign out12 = mix10_next;

  assign rest13 = state6_next ^ flag7_next ^ key8_next ^ mix9_next;

  function [14:0] f11;
    input [1:0] arg0;
    input signed arg1;
    input [3:0] arg2;
    begin
      f11 = (arg2 ? arg2 : arg0) ^ (arg2 ? arg2 : arg2);
      if (arg0[1]) begin
        f11 = arg2;
      end
    end
  endfunction

  assign rest14 = in_3 ^ key8;

  always @(posedge clk)
    if (!i_reset_n) begin
      state6 <= S_STATE6_0;
      flag7 <= {8{1'b0}};
      key8 <= {1{1'b0}};
    end
    else begin
      state6 <= state6_next;
      flag7 <= flag7_next;
      key8 <= key8_next;
      mix9 <= mix9_next;
      mix10 <= mix10_next;
    end
endmodule

module rnd50446 (CLK, i_rst, out21, out23, out22, out24, in_1);
  input CLK;
  input i_rst;
  output [1:0] out21;
  output signed out23;
  output out22;
  output [5:0] out24;
  input in_1;
  reg state2;
  reg [1:0] key3;
  reg lfsr4;
  wire signed [3:9] w6 = state2;
  wire signed [4:0] w7;
  wire [7:0] w8;
  wire [1:0] w10;
  wire [3:0] w11;
  wire [7:0] w12;
  wire [64:0] w13;
  wire [3:0] w14;
  wire [7:0] w15;
  wire signed [3:0] w16;
  reg state2_next;
  reg [1:0] key3_next;
  reg lfsr4_next;
  wire [4:0] waddr19;
  wire [4:0] raddr20;
  reg [11:0] ram17 [0:19];
  reg [11:0] q18;

  assign out22 = w6;

  always @(posedge CLK) begin
    if (!i_rst && (w8[0]))
      ram17[waddr19] <= ~f5(w12[7:0], w15);
    q18 <= ram17[raddr20];
  end

  assign waddr19 = (w7) & 7;

  assign w12 = {w8[7]} <<< w6[3:8];

  assign out23 = state2_next;

  rnd50446_sub0 #(.W1(3 + 1)) u9 (~i_rst, w10, w11, w12, w13, w14, w15, w16, CLK);

  assign w10 = w7 - w8 - w8[{w7[4:2]}];

  assign w8 = in_1 / (in_1 | 8'sd1);

  assign out24 = -(~w12);

  assign w11 = +(9'd26_8 - w10);

  function [7:0] f5;
    input [3:0] arg0;
    input [8:0] arg1;
    begin
      f5 = arg1 | $unsigned(arg1);
      if (arg1[5])
        f5 = {2{arg0[arg1[7:6]], arg0}} ? $signed(arg1) : (arg1 ^ 18'h1bbea);
    end
  endfunction

  assign raddr20 = (w7[w12[1:0]]) & 7;

  always @(*) begin
    state2_next = state2;
    key3_next = key3;
    lfsr4_next = lfsr4;
    case (state2)
      1'b0: begin
        lfsr4_next = {15'd2855_0, w8[4:4], lfsr4} + (w16 + w13);
        state2_next = 1'b1;
      end
      1'b1: begin
        if (in_1 == 1'b0)
          key3_next = {key3[0:0], w12[5]};
        lfsr4_next = w12;
        if (in_1) begin
          case (w12[7:5])
            3'b110:
              state2_next = 1'b1;
            3'b100: begin
              state2_next = 1'b1;
            end
            3'b111:
              state2_next = 1'b0;
            3'b110:
              state2_next = 1'b1;
            3'b001:
              state2_next = 1'b1;
            default:
              state2_next = 1'b1;
          endcase
        end
        else if (w6[7])
          state2_next = 1'b1;
        else begin
          state2_next = 1'b1;
        end
      end
      default:
        state2_next = 1'b0;
    endcase
  end

  always @(posedge CLK)
    if (i_rst) begin
      state2 <= 1'b0;
      key3 <= 0;
    end
    else begin
      state2 <= state2_next;
      key3 <= key3_next;
      lfsr4 <= lfsr4_next;
    end

  assign w7 = (w6[7] - in_1) | (w6 ^ w6) <<< state2;

  assign out21 = {4{w6[{w6[3:4]} + 3 -: 1], q18[5:4]}} ? {key3_next[1:1], w6} : 13 'sd 2326;
endmodule

