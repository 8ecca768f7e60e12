`timescale 1ns/1ns
module rnd50446_tb;
  reg CLK;
  reg i_rst;
  wire [1:0] out21;
  wire out23;
  wire out22;
  wire [5:0] out24;
  reg in_1;
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
  rnd50446 dut (.CLK(CLK), .i_rst(i_rst), .out21(out21), .out23(out23), .out22(out22), .out24(out24), .in_1(in_1));
  initial begin
    CLK = 0;
    tb_step;
    for (tb_cycle = 0; tb_cycle < 40; tb_cycle = tb_cycle + 1) begin
      tb_step;
      i_rst = (tb_cycle < 3 || tb_x[37:32] == 6'd5) ? 1'b1 : 1'b0;
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_1 = 0;
        4'd1: in_1 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_1 = tb_r >> 20;
        default: in_1 = tb_r >> 20;
      endcase
      #4  CLK = 1;
      #5 CLK = 0;
      #1 ;
    end
    $finish;
  end
endmodule
