`timescale 1ns/1ns
module rnd1511_tb;
  reg clock;
  reg i_rst;
  reg in_4;
  wire out42;
  reg [4:0] in_2;
  reg [7:0] in_3;
  reg in_6;
  wire [10:0] out36;
  wire [65:0] out41;
  reg [3:0] in_5;
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
  rnd1511 dut (.clock(clock), .i_rst(i_rst), .in_4(in_4), .out42(out42), .in_2(in_2), .in_3(in_3), .in_6(in_6), .out36(out36), .out41(out41), .in_5(in_5));
  initial begin
    clock = 0;
    tb_step;
    for (tb_cycle = 0; tb_cycle < 40; tb_cycle = tb_cycle + 1) begin
      tb_step;
      i_rst = (tb_cycle < 3 || tb_x[37:32] == 6'd5) ? 1'b1 : 1'b0;
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_4 = 0;
        4'd1: in_4 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_4 = tb_r >> 20;
        default: in_4 = tb_r >> 20;
      endcase
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_2 = 0;
        4'd1: in_2 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_2 = tb_r >> 20;
        default: in_2 = tb_r >> 20;
      endcase
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
      #4  clock = 1;
      #5 clock = 0;
      #1 ;
    end
    $finish;
  end
endmodule
