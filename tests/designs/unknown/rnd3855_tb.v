`timescale 1ns/1ns
module rnd3855_tb;
  reg CLK;
  reg clear;
  reg [22:0] in_3;
  wire [11:0] out27;
  wire [2:0] out33;
  reg [2:0] in_6;
  reg in_5;
  wire out25;
  reg [17:0] in_4;
  reg [4:0] in_7;
  wire [29:0] rest34;
  integer tb_cycle;
  reg [63:0] tb_x;
  reg [127:0] tb_r;
  initial tb_x = 64'h9e3779b97f4a7c15;
  task tb_step;
    begin
      tb_x = tb_x ^ (tb_x << 13);
      tb_x = tb_x ^ (tb_x >> 7);
      tb_x = tb_x ^ (tb_x << 17);
      tb_r = {tb_r[63:0], tb_x};
    end
  endtask
  rnd3855 dut (.CLK(CLK), .clear(clear), .in_3(in_3), .out27(out27), .out33(out33), .in_6(in_6), .in_5(in_5), .out25(out25), .in_4(in_4), .in_7(in_7), .rest34(rest34));
  initial begin
    CLK = 0;
    tb_step;
    for (tb_cycle = 0; tb_cycle < 40; tb_cycle = tb_cycle + 1) begin
      tb_step;
      clear = (tb_cycle < 3 || tb_x[37:32] == 6'd5) ? 1'b1 : 1'b0;
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_3 = 0;
        4'd1: in_3 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_3 = tb_r >> 20;
        default: in_3 = tb_r >> 20;
      endcase
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_6 = 0;
        4'd1: in_6 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_6 = tb_r >> 20;
        default: in_6 = tb_r >> 20;
      endcase
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_5 = 0;
        4'd1: in_5 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_5 = tb_r >> 20;
        default: in_5 = tb_r >> 20;
      endcase
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_4 = 0;
        4'd1: in_4 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_4 = tb_r >> 20;
        default: in_4 = tb_r >> 20;
      endcase
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_7 = 0;
        4'd1: in_7 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_7 = tb_r >> 20;
        default: in_7 = tb_r >> 20;
      endcase
      #4  CLK = 1;
      #5 CLK = 0;
      #1 ;
    end
    $finish;
  end
endmodule
