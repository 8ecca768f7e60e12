`timescale 1ns/1ns
module rnd1101_tb;
  reg CLK;
  reg clear;
  wire c13;
  wire [3:0] key6;
  wire out36;
  wire [29:0] rest37;
  wire [68:0] word10;
  reg in_3;
  wire [29:0] out35;
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
  rnd1101 dut (.CLK(CLK), .clear(clear), .c13(c13), .key6(key6), .out36(out36), .rest37(rest37), .word10(word10), .in_3(in_3), .out35(out35));
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
      #4  CLK = 1;
      #5 CLK = 0;
      #1 ;
    end
    $finish;
  end
endmodule
