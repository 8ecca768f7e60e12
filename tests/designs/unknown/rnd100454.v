module rnd100454_sub0 #(parameter W1 = 15) (
  input wire clock,
  input wire rst_n,
  output out7,
  output wire [5:0] rest8,
  output wire signed [3:0] out5,
  input wire [5:0] in_3,
  output [W1-1:0] out6
);
  localparam K2 = $clog2(205);

  assign rest8 = in_3;

  assign out6 = +(in_3 % (in_3[in_3[1:0] +: 2] | 1));

  assign out7 = in_3;

  function [14:0] f4;
    input [5:0] arg0;
    input signed [8:0] arg1;
    begin
      f4 = (arg1[4:1] - arg1[4:1]) >> arg1[7:6];
      if (arg0[0:0] >= 1'd1)
        f4 = arg1 >>> arg1[6:6];
    end
  endfunction

  assign out5 = in_3;
endmodule

module rnd100454_sub1 ( // ports ); endmodule
  input wire rst_n,
  output [17:0] rest22,
  output signed [3:0] out19,
  output [4:0] out20,
  input wire [17:0] in_2,
  output [10:4] out21,
  output reg hold5,
  input i_clk
);
  localparam K1 = (23 << 8) - 1;
  reg [2:0] state3;
  reg signed [30:0] word4;
  reg [23:0] flag6;
  reg c9;
  reg [22:0] c10;
  wire w11;
  wire w13;
  wire [5:0] w14;
  wire [3:0] w15;
  wire [5:0] w16;
  wire [14:0] w17;
  reg [2:0] next_state3;
  reg signed out18;

  assign rest22 = in_2;

  assign w11 = c9;

  always @* begin
    c9 = flag6[2];
    c10 = flag6 ^ flag6;
    c9 = state3 / (flag6 | 1'b1);
    c9 = c9 ^ word4[0];
  end

  assign out20 = w16;

  always @* begin
    next_state3 = state3;
    case (state3)
      3'd0: begin
        if (!w16[3]) begin
          if ((&hold5) <= (flag6 <= word4[23:2]))
            next_state3 = 3'd6;
        end
        else begin
          next_state3 = 3'd1;
        end
      end
      3'd1: begin
        if (!state3[2]) begin
          next_state3 = 3'd2;
        end
      end
      3'd2: begin
        if (w14[5]) begin
          if (w15[3:1] >= 3'd1)
            next_state3 = 3'd6;
          else
            next_state3 = 3'd1;
        end
      end
      3'd3:
        next_state3 = 3'd4;
      3'd4: begin
        if (~w15[2]) begin
          if (w15[0])
            next_state3 = 3'd5;
          else
            next_state3 = 3'd1;
        end
        else if (c10[21])
          next_state3 = 3'd0;
      end
      3'd5: begin
        if (w16[5])
          next_state3 = 3'd6;
      end
      3'd6:
        next_state3 = 3'd0;
      default:
        next_state3 = 3'd0;
    endcase
  end

  assign out19 = (state3 == 3'd0) ? ((w14[5] - flag6[0]) >>> c10[10:7]) : 4'd0;

  always @(posedge i_clk) begin
    if (rst_n == 1'b0) begin
      word4 <= 0;
      hold5 <= {1{1'b0}};
      flag6 <= 16'd20607;
    end
    else begin
      case (state3)
        3'd0:
          flag6 <= {~word4, ~c10};
        3'd1: begin
          if (c10[20:18] < 3'd1) begin
            flag6[c10[17:14]] <= f8(c10[{word4[15:12]}] | c10[17:9], {flag6, c10}) + (w14[{word4[20:20]} +: 5] == (word4[30:1] ? word4 : word4[11]));
          end
        end
        3'd2:
          flag6 <= word4[23] << hold5;
        3'd3: begin
          word4[state3 +: 19] <= +(word4[30:25] % (hold5 | 1'b1));
          hold5 <= $signed((word4 ? 18'h2e751 : w15) >> next_state3);
          flag6 <= flag6 + (next_state3 ^ word4[30:10]);
        end
        3'd4:
          word4 <= word4 + (flag6[0] & flag6);
        3'd5: begin
          hold5 <= w15 + w15;
        end
        3'd6: begin
          if (w13 == 1'b1) begin
            word4 <= flag6;
          end
        end
        default: ;
      endcase
    end
  end

  function signed [4:0] f7;
    input signed [11:0] arg0;
    input [8:0] arg1;
    input [2:0] arg2;
    begin
      f7 = (arg2 ^ arg1[7]) ? (arg0 ? arg0 : arg0[arg1[2:1] +: 6]) : ~arg1;
    end
  endfunction

  rnd100454_sub0 u12 (i_clk, rst_n, w13, w14, w15, w16, w17);

  always @* begin
    out18 = {1{1'b0}};
    case (state3)
      3'd0:
        out18 = ^w16[2];
      3'd1:
        out18 = {4{flag6[11], flag6}};
      3'd2:
        out18 = &5'd8;
      3'd3:
        out18 = state3 ^ w16;
      3'd4:
        out18 = next_state3;
      3'd5: begin
        out18 = word4[19:16] % (K1 | 1'b1);
      end
      3'd6: ;
    endcase
  end

  assign w16 = c10;

  function [21:0] f8;
    input signed [6:0] arg0;
    input signed [2:0] arg1;
    begin
      f8 = {+arg0, arg0, {arg0, 15'hd12}};
      if (!arg1[2])
        f8 = arg0[{arg1[2:1]} + 3 -: 4];
    end
  endfunction

  assign out21 = out18;

  always @(posedge i_clk) begin
    state3 <= next_state3;
    if (!rst_n)
      state3 <= 3'd0;
  end
endmodule

module rnd100454 ( // ports ); endmodule
  input wire i_clk,
  input wire resetn,
  input wire [8:0] in_1,
  input wire [31:0] in_3,
  input wire [7:0] in_2,
  output wire out26,
  output wire signed [16:0] out27,
  output wire [8:0] rest29,
  output out28,
  output reg [1:0] out24,
  output [6:0] out25
);
  parameter [2:0] S_STATE4_0 = 3'b000;
  parameter [2:0] S_STATE4_1 = 3'b001;
  parameter [2:0] S_STATE4_2 = 3'b010;
  parameter [2:0] S_STATE4_3 = 3'b011;
  parameter [2:0] S_STATE4_4 = 3'b100;
  parameter [2:0] S_STATE4_5 = 3'b101;
  reg [2:0] state4;
  reg [6:0] addr5;
  reg [1:0] hold6;
  reg lfsr7;
  reg signed [5:0] cnt8;
  reg flag9;
  reg [0:1] data10;
  wire [6:0] w13;
  wire w15;
  wire [5:0] w16;
  wire [3:0] w17;
  wire [3:0] w19;
  wire [4:0] w20;
  wire [17:0] w21;
  wire [6:0] w22;
  wire w23;
  reg [2:0] next_state4;

  assign out26 = w17;

  assign w13 = |addr5;

  assign w21 = {in_2[7 -: 8], state4} & (in_1[6:1] ? addr5 : w13);

  assign out27 = (state4 == S_STATE4_1) ? (w15) : 17'd0;

  rnd100454_sub0 #(.W1(15 + 1)) u14 (.out6(),
    .clock(i_clk),
    .rst_n(resetn),
    .out5(w17),
    .out7(w15),
    .rest8(w16),
    .in_3(in_3));

  always @(posedge i_clk) begin
    if (resetn == 1'b0)
      state4 <= S_STATE4_0;
    else
      state4 <= next_state4;
  end

  rnd100454_sub1 u18 (.hold5(w23), .i_clk(i_clk), .rst_n(resetn), .out19(w19), .out20(w20), .out21(w22), .in_2(w21), .rest22());

  assign rest29 = in_1 ^ in_2 ^ addr5 ^ lfsr7 ^ cnt8 ^ flag9 ^ w15 ^ w16 ^ w17 ^ w19 ^ w20 ^ w23 ^ out24;

  function [16:0] f12;
    input [8:0] arg0;
    begin
      f12 = arg0;
      if (arg0[1] == 1'b1)
        f12 = {arg0 & arg0, arg0[0] ? arg0 : arg0[8:0], arg0[4:3] >>> arg0[7:4]};
    end
  endfunction

  always @(*) begin
    next_state4 = state4;
    case (state4)
      S_STATE4_0: begin
        if (!in_2[7]) begin
          next_state4 = S_STATE4_1;
        end
        else if (cnt8[2]) begin
          next_state4 = S_STATE4_1;
        end
        else
          next_state4 = S_STATE4_3;
      end
      S_STATE4_1: begin
        next_state4 = S_STATE4_2;
      end
      S_STATE4_2: begin
        if (state4[0] == 1'b0)
          next_state4 = S_STATE4_3;
        else if (in_3[31]) begin
          next_state4 = S_STATE4_0;
        end
      end
      S_STATE4_3: begin
        if (in_1[8:7] == 2'd3) begin
          if (^(w15 + cnt8)) begin
            next_state4 = S_STATE4_4;
          end
        end
      end
      S_STATE4_4: begin
        if (w17[0] && (in_3[27] == 1'b0)) begin
          if (!in_1[5])
            next_state4 = S_STATE4_1;
        end
      end
      S_STATE4_5: begin
        if (in_3[10] == 1'b0) begin
          if (in_3[13] == 1'b1) begin
            next_state4 = S_STATE4_0;
          end
        end
        else if (in_3[25:23] < 3'd1)
          next_state4 = S_STATE4_0;
      end
      default: begin
        next_state4 = S_STATE4_0;
      end
    endcase
  end

  function [1:0] f11;
    input [8:0] arg0;
    input [7:0] arg1;
    integer k;
    begin
      f11 = (arg1 ~^ arg0) + arg0[arg1[6:4]];
      for (k = 0; k < 5; k = k + 1) begin
        f11 = f11 ^ (arg0 >> k);
      end
      if (arg0[0]) begin
        f11 = arg0 - arg0 | arg0;
      end
    end
  endfunction

  always @(in_1 or in_3 or next_state4 or state4 or w13 or w17) begin
    out24 = {2{1'b0}};
    case (state4)
      S_STATE4_0:
        out24 = w13[w13[6:5]];
      S_STATE4_1: ;
      S_STATE4_2:
        out24 = state4 & next_state4[2:0];
      S_STATE4_3: ;
      S_STATE4_4: begin
        out24 = w17 ^ in_3;
      end
      S_STATE4_5: begin
        out24 = in_1;
      end
      default: ;
    endcase
  end

  always @(posedge i_clk) begin
    if (in_3[27] == 1'b0) begin
      flag9 <= w16;
      flag9 <= f12(in_2 ? in_2[6:1] + w13 : (^16'd4097_5));
      if (in_2[7])
        data10 <= (out24 + out24) - (addr5 + w19);
    end
    if (resetn == 1'b0)
      data10 <= {2{1'b0}}; // if (x) begin q <= 0; else
  end

  assign out28 = (state4 == S_STATE4_1) ? (~^(in_1 == addr5)) : 1'd0;

  assign out25 = (w13 - in_2) ^ (14'd454_5 ^ in_2[5]);

  always @(posedge i_clk) begin
    lfsr7 <= {1{1'b1}};
    if (!resetn) begin
      addr5 <= 0;
      lfsr7 <= 0;
      cnt8 <= {6{1'b1}};
    end
    else begin
      case (state4)
        S_STATE4_0: begin
          hold6 <= hold6 + ((flag9 ? w17 : w17[3]) & {3{next_state4[0 +: 3], w19, state4}});
        end
        S_STATE4_1: begin
          hold6 <= f11(in_3, in_2) - (hold6 ^ state4);
          lfsr7 <= lfsr7 + (w22[4] << hold6);
          if (!in_3[3])
            cnt8 <= in_2;
        end
        S_STATE4_2: begin
          addr5 <= addr5 + (f11(cnt8, addr5[3:0]));
          if (in_1[8])
            hold6[w17[3:3]] <= +(w20 / (next_state4 | 1));
          lfsr7 <= f12(in_1[in_2[7:5]]);
        end
        S_STATE4_3: begin
          addr5 <= addr5 + (~(w13 + in_3[20]));
          hold6 <= -addr5;
          if (in_1[2] == 1'b0) begin
            cnt8[next_state4[2:1]] <= (~in_3[17:2]) - ~in_2;
          end
        end
        S_STATE4_4: begin
          addr5 <= (in_2 - in_1) + {4{w17, in_2, w22}};
          cnt8 <= addr5;
        end
        S_STATE4_5: begin
          addr5 <= addr5 ^ ($unsigned(w23 ? w15 : in_1) ? +f11(in_1, in_3[w13[5:5] +: 31]) : w13[addr5[1:0]]);
          cnt8 <= w22[w16[4:3] + 2 -: 3] & f12(in_3[26] | in_1); // if (x) begin q <= 0; else
        end
        default: ;
      endcase
    end
  end
endmodule

