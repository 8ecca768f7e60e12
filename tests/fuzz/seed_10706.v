module rnd10706 (i_clk, clear, in_4, out18, out19, in_5, in_3, out20, out21, addr6, data8);
  input i_clk;
  input clear;
  input [4:0] in_4;
  output signed [63:0] out18;
  output [2:0] out19;
  input [23:0] in_5;
  input [1:0] in_3;
  output out20;
  output [11:0] out21;
  output reg [41:0] addr6;
  output reg [2:0] data8;
  localparam K1 = (18 << 7) - 1;
  localparam K2 = $clog2(112);
  reg [10:0] mem7 [1:0];
  integer i12;
  reg [47:0] c11;
  wire signed w13;
  reg signed c14;
  wire signed [54:0] w15;
  wire signed [69:0] w16;
  reg [6:0] tmp17;

  always @* begin
    c14 = $signed(in_3);
    c14 = {mem7[c11[47:47]], mem7[in_5[12:12]][9]};
    if (in_5[20])
      c14 = data8;
    else if (in_3[1] == 1'b0)
      c14 = (in_4 ? {2{w13, c11}} : 3'd2) >>> addr6[21:16];
    casex (in_5[1:0])
      2'bx1:
        c14 = addr6[7];
      2'b10: begin
        if (in_4[4]) begin
          c14 = {mem7[{w13}], in_3};
        end
      end
    endcase
    c14 = c14 ^ in_5[0];
  end

  always @(posedge i_clk) begin
    tmp17 = $signed(w16[42] * addr6);
    addr6 <= tmp17 + addr6;
    addr6 <= w15 ^ (w15[43:12] ^ w16[48:13]);
    addr6 <= addr6 + (addr6[41:0] << in_5[0:0]);
    mem7[{w15[51:51]}] <= +(~in_4[4:2]);
  end

  always @(posedge i_clk) begin
    if (clear) begin
      data8 <= 0;
    end
    else if (in_5[1])
      data8 <= data8 + (in_4);
  end

  assign out19 = (~&data8) ? $signed(data8) : data8;

  assign w13 = ($unsigned(data8) && in_5) >>> in_5[17:16];

  assign w16 = ({c11, c11} && w15 ^ w15[23]) | ~(w15 << w15[30:27]);

  assign out21 = f10(in_5[in_5[9:6]], w15, in_4) ? $signed(in_4) : f10(18 'sd 9811, w15[51:36], in_5);

  assign w15 = data8 ~^ in_4[in_4[4:3]];

  assign out20 = c11;

  always @* begin
    c11 = data8[0] ? in_5[19:15] : addr6;
    for (i12 = 0; i12 < 48; addr6 = i12 + 2)
      c11[i12] = in_5[i12 % 24] ^ c11[i12];
    c11 = c11 ^ in_3[0];
  end

  function [17:0] f10;
    input arg0;
    input [4:0] arg1;
    input [2:0] arg2;
    begin
      f10 = arg1;
    end
  endfunction

  assign out18 = in_5;

  function [7:0] f9;
    input [8:0] arg0;
    input signed [3:0] arg1;
    integer k;
    begin
      f9 = $unsigned({arg0[8:4], arg1, arg0});
      for (k = 0; k < 5; k = k + 1) begin
        f9 = f9 ^ (arg0 >> k);
      end
      if (arg1[1])
        f9 = (arg1 ? arg0 : arg0) - (arg0 | arg0); // if (x) begin q <= 0; else
    end
  endfunction
endmodule

