module rnd1511_sub0 (clock, resetn, out9, in_4, in_3, out12, out10, hold6, out11);
  parameter W1 = 7;
  input clock;
  input resetn;
  output [W1-1:0] out9;
  input [W1-1:0] in_4;
  input in_3;
  output [W1-1:0] out12;
  output [W1-1:0] out10;
  output [W1-1:0] hold6;
  reg [W1-1:0] hold6;
  output [6:3] out11;
  localparam K2 = $clog2(321);
  reg data5;
  wire w7;
  reg [1:0] tmp8;

  assign out9 = in_4;

  assign w7 = (in_4[0] != (^in_3)) + (in_3 > $signed(in_3));

  always @(negedge resetn or posedge clock) begin
    if (!resetn) begin
      data5 <= 0;
    end
    else if (w7 > 1'd0) begin
      tmp8 = in_3;
      data5 <= tmp8 + data5;
      data5 <= data5 + (in_4[4]);
      hold6 <= w7 + hold6[1];
      hold6 <= hold6 + ({hold6, |in_4[hold6[6:4]], {hold6, hold6}} | hold6[in_4[2:1] +: 4]);
    end
  end

  assign out10 = in_4;

  assign out11 = in_4;

  assign out12 = w7;
endmodule

module rnd1511_sub1 #(parameter W1 = 9) (
  input clock,
  input wire rst_n,
  output wire [4:0] out26,
  input [W1-1:0] in_2,
  input wire [29:0] in_3,
  output wire [W1-1:0] out23,
  output [28:0] rest27,
  output reg hold7,
  output wire signed [W1-1:0] out25,
  output reg signed [28:0] acc5,
  output wire signed [W1-1:0] out24
);
  parameter [1:0] S_BUSY4_0 = 2'd0;
  parameter [1:0] S_BUSY4_1 = 2'd1;
  parameter [1:0] S_BUSY4_2 = 2'd2;
  parameter [1:0] S_BUSY4_3 = 2'd3;
  reg [1:0] busy4;
  reg [26:0] hold6;
  reg signed [W1-1:0] acc8;
  reg [1:0] ret9;
  reg [3:0] wait10;
  wire [5:0] w13;
  wire [20:0] w14 = wait10[3:1];
  wire [9:0] w16;
  wire [9:0] w17;
  wire w18;
  wire [9:0] w19;
  wire [9:0] w20;
  wire [9:0] w21;
  wire [3:0] w22;
  reg [1:0] busy4_n;
  reg [1:0] ret9_n;
  reg [3:0] wait10_n;
  reg signed [28:0] acc5_n;
  reg [26:0] hold6_n;
  reg hold7_n;
  reg signed [W1-1:0] acc8_n;

  rnd1511_sub0 #(.W1(10)) u15 (clock,
    rst_n,
    w16,
    w17,
    w18,
    w19,
    w20,
    w21,
    w22);

  assign out23 = w22 / (w20[1] | 1);

  function f12;
    input [4:0] arg0;
    input [9:0] arg1;
    integer k;
    begin
      f12 = (arg1 || arg1) ? (arg0[0 +: 5] & arg0) : (arg0[3:1] ? arg0 : arg0);
      for (k = 0; k < 3; k = k + 1)
        f12 = (f12 << 1) | arg0[0];
    end
  endfunction

  always @(posedge clock)
    if (~rst_n) begin
      busy4 <= S_BUSY4_0;
      ret9 <= S_BUSY4_0; // if (x) begin q <= 0; else
      wait10 <= 0;
      acc5 <= 16'shD8F3;
      hold6 <= 0;
      hold7 <= 1'd1;
    end
    else begin
      busy4 <= busy4_n;
      ret9 <= ret9_n;
      wait10 <= wait10_n;
      acc5 <= acc5_n;
      hold6 <= hold6_n;
      hold7 <= hold7_n;
      acc8 <= acc8_n;
    end

  function signed [16:0] f11;
    input signed [2:0] arg0;
    input signed [6:0] arg1;
    integer k;
    begin
      f11 = arg1;
      for (k = 0; k < 3; k = k + 1)
        f11 = f11 ^ (arg0 >> k);
      if (arg1 & 7'd96) begin
        f11 = arg1;
      end
    end
  endfunction

  assign out24 = 17'b100011011001000;

  assign out26 = w17;

  assign rest27 = ret9_n ^ wait10_n ^ acc5_n ^ hold6_n ^ hold7_n ^ acc8_n;

  always @(*) begin
    busy4_n = busy4;
    ret9_n = ret9;
    wait10_n = wait10;
    acc5_n = acc5;
    hold6_n = hold6;
    hold7_n = hold7;
    acc8_n = acc8;
    if (busy4 == S_BUSY4_0) begin
      hold7_n = w18 - w19[6 + {acc5[7:6]} -: 7] ^ in_2[3:2] / (acc8 | 1'b1);
      acc8_n = acc8 + ((w20 ^ (+w16)) << w17[9:5]);
      wait10_n = wait10 + 1;
      busy4_n = S_BUSY4_1;
    end
    else if (busy4 == S_BUSY4_1) begin
      if (wait10 != 0) begin
        wait10_n = wait10 - 1'b1;
      end
      busy4_n = S_BUSY4_2;
    end
    else if (busy4 == S_BUSY4_2) begin
      if (w22[2]) begin
        acc5_n = ^w14;
      end
      if (in_3[11])
        hold6_n = w14[in_2[5:4] + 15 -: 16] - hold6[w14[3:0]];
      ret9_n = S_BUSY4_3;
      wait10_n = wait10 + 1;
      busy4_n = S_BUSY4_3;
    end
    else if (busy4 == S_BUSY4_3) begin
      hold7_n = $signed(w13);
      acc8_n = |acc8 ? (w21 * hold7) : acc5 | acc8;
      if (wait10 != 0)
        wait10_n = wait10 - 1'b1;
      busy4_n = S_BUSY4_0;
    end
    else begin
      busy4_n = S_BUSY4_0;
    end
  end

  assign w17 = {in_3[9:1] >>> ret9};

  assign w18 = w14[4:2] % (wait10 | 1'b1);

  assign w13 = in_2;

  assign out25 = (busy4 == S_BUSY4_0) ? (acc5) : 9'd0;
endmodule

module rnd1511 (clock, i_rst, in_4, out42, in_2, in_3, in_6, out36, out41, in_5);
  input clock;
  input i_rst;
  input in_4;
  output signed out42;
  input [4:0] in_2;
  input signed [7:0] in_3;
  input in_6;
  output [10:0] out36;
  output [65:0] out41;
  input [3:0] in_5;
  localparam K1 = (23 << 2) - 1;
  localparam S_STATE7_0 = 3'd0;
  localparam S_STATE7_1 = 3'd1;
  localparam S_STATE7_2 = 3'd2;
  localparam S_STATE7_3 = 3'd3;
  localparam S_STATE7_4 = 3'd4;
  localparam S_STATE7_5 = 3'd5;
  parameter [2:0] S_STATE13_0 = 3'b111;
  parameter [2:0] S_STATE13_1 = 3'b011;
  parameter [2:0] S_STATE13_2 = 3'b000;
  reg [2:0] state7;
  reg signed [13:0] busy8;
  reg [7:0] busy9;
  reg [5:0] busy10;
  reg signed [22:0] hold11;
  reg [1:0] wait12;
  reg [2:0] state13;
  reg [4:0] busy14;
  reg [17:0] lfsr15;
  reg [9:0] word16;
  reg signed word17;
  wire [6:0] w18;
  wire signed w19;
  wire [9:0] w21;
  wire [9:0] w22;
  wire [9:0] w23;
  wire signed [9:0] w24;
  wire [3:0] w25;
  wire [4:0] w27;
  wire [8:0] w28;
  wire [8:0] w29;
  wire [28:0] w30;
  wire signed w31;
  wire signed [8:0] w32;
  wire [28:0] w33;
  wire [8:0] w34;
  reg [2:0] state13_d;
  reg [4:0] busy14_d;
  reg [10:0] blk35;
  wire [2:0] bank39;
  reg [19:0] half40;

  always @(busy10 or busy14 or busy9 or in_2 or in_3 or in_4 or in_6 or state13 or w18 or w22 or w25 or w27 or w29 or w30 or w32 or wait12) begin
    state13_d = state13;
    busy14_d = busy14;
    if (state13 == S_STATE13_0) begin
      busy14_d = ({wait12, w27, w22} ? (busy14 >> w25) : {4{w32, in_3[4:1], w32}}) ^ ((~busy9) >> w25);
      case (w29[5:4])
        2'd0:
          state13_d = S_STATE13_1;
        2'd1, 2'd2: begin
          state13_d = S_STATE13_2;
        end
        default: begin
          state13_d = S_STATE13_0;
        end
      endcase
    end
    else if (state13 == S_STATE13_1) begin
      busy14_d[w29[6:5] +: 2] = ~(w29 - w22);
      if (in_4) begin
        if (in_6 == 1'd0)
          state13_d = S_STATE13_2;
      end
    end
    else if (state13 == S_STATE13_2) begin
      busy14_d = ^(5 'sd 5 - w30);
      state13_d = S_STATE13_0;
    end
    else
      state13_d = S_STATE13_0;
  end

  always @(posedge clock) begin
    if (bank39[0]) begin
      half40[5:0] <= {hold11 - w33};
    end
  end

  assign w28 = (lfsr15 & state13[{w19} +: 1]) + (w24[in_2[2:0]] >>> w23[5:1]);

  rnd1511_sub1 u26 (.out23(w29),
    .out25(w32),
    .in_3(in_4),
    .out26(w27),
    .rest27(w30),
    .rst_n(~i_rst),
    .clock(clock),
    .in_2(w28),
    .acc5(w33),
    .out24(w34),
    .hold7(w31));

  always @(posedge clock or posedge i_rst)
    if (i_rst)
      word17 <= 0;
    else
      word17 <= w31 != w21;

  assign out42 = wait12 == K1;

  genvar g37;
  generate
    for (g37 = 0; g37 < 3; g37 = g37 + 1) begin : gen38
      reg q;
      always @(posedge clock)
        if (!(!i_rst)) q <= g37;
        else if (in_5[3]) q <= q + ({in_6 + state13[0], w27 % (state13_d[2:0] | 1'b1)}) + g37;
      assign bank39[g37 * 1 +: 1] = q;
    end
  endgenerate

  always @(posedge clock or posedge i_rst) begin
    if (i_rst) begin
      state13 <= S_STATE13_0;
      busy14 <= 0;
    end
    else begin
      state13 <= state13_d;
      busy14 <= busy14_d;
    end
  end

  assign out36 = blk35;

  rnd1511_sub0 #(10) u20 (.in_3(wait12), .out11(w25), .clock(clock), .in_4(busy8), .hold6(w24), .out12(w22), .resetn(~i_rst), .out9(w21), .out10(w23));

  assign w18 = (hold11 != (state13[2:1] + lfsr15)) ^ word16;

  assign out41 = {bank39} ? (busy8 + 20 'sd 11291) : w22 - in_3;

  always @(posedge i_rst or posedge clock) begin
    if (i_rst) begin
      word16 <= 0;
    end
    else begin
      lfsr15 <= (18'h1dbfb ^ w34) - w33; // if (x) begin q <= 0; else
      lfsr15 <= {w28} - (in_5[3] ? in_2[w30[15:14] -: 1] : w21);
      word16 <= {busy14_d, 7'd69, in_2[lfsr15[4:2] +: 2]};
    end
  end

  always @(posedge clock)
    if (!(!i_rst)) blk35 = 0;
    else begin
      blk35 = blk35 ^ ((in_5[w29[5:5] + 1 -: 2] ? state13_d : busy8[state13_d +: 7]) ? w23 : $unsigned(w33[28:14]));
      if (in_5[1] == 1'b1)
        blk35 = blk35 + (busy8[5:2] >> in_6);
    end

  assign w19 = (~(in_5 << busy14)) <= $signed(state7[1:0] ? busy10 : 12'b110001110111);

  always @(posedge clock or posedge i_rst)
    if (i_rst) begin
      state7 <= S_STATE7_0;
      wait12 <= 0;
      busy8 <= 0;
      busy9 <= 0;
      busy10 <= {6{1'b0}};
    end
    else if (state7 == S_STATE7_0) begin
      busy10 <= +in_3;
      hold11 <= w33;
      wait12 <= wait12 + 1;
      if (wait12 == 0)
        state7 <= S_STATE7_2;
    end
    else if (state7 == S_STATE7_1) begin
      hold11 <= hold11 ^ (w30);
      if (wait12 != 0)
        wait12 <= wait12 - 1'b1;
      if (~in_3[2]) begin
        if (wait12 == 0) begin
          state7 <= S_STATE7_3;
        end
      end
    end
    else if (state7 == S_STATE7_2) begin
      busy10 <= w33;
      wait12 <= 1;
      state7 <= S_STATE7_3;
    end
    else if (state7 == S_STATE7_3) begin
      hold11 <= $signed(word16);
      if (wait12 != 0)
        wait12 <= wait12 - 1'b1;
      if (wait12 == 0)
        state7 <= S_STATE7_1;
    end
    else if (state7 == S_STATE7_4) begin
      busy8 <= busy8 ^ ((w23[0] - in_3) * in_4 - (w33[6 + in_5 -: 7] <<< w27));
      wait12 <= wait12 + 1;
      state7 <= S_STATE7_5;
    end
    else if (state7 == S_STATE7_5) begin
      if (in_4) begin
        busy10 <= +(w18 + lfsr15[4 + busy10[2:0] -: 5]);
      end
      if (wait12 != 0)
        wait12 <= wait12 - 1'b1;
      if (in_5[0] == 1'b0)
        state7 <= S_STATE7_0;
      else if (in_4) begin
        state7 <= S_STATE7_2;
      end
    end
    else begin
      state7 <= S_STATE7_0;
    end

  always @(posedge clock or posedge i_rst) begin
    if (i_rst)
      half40[19:6] <= 0;
    else
      half40[19:6] <= hold11;
  end
endmodule

