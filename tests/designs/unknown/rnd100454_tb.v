`timescale 1ns/1ns
module rnd100454_tb;
  reg i_clk;
  reg resetn;
  reg [8:0] in_1;
  reg [31:0] in_3;
  reg [7:0] in_2;
  wire out26;
  wire [16:0] out27;
  wire [8:0] rest29;
  wire out28;
  wire [1:0] out24;
  wire [6:0] out25;
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
  rnd100454 dut (.i_clk(i_clk), .resetn(resetn), .in_1(in_1), .in_3(in_3), .in_2(in_2), .out26(out26), .out27(out27), .rest29(rest29), .out28(out28), .out24(out24), .out25(out25));
  initial begin
    i_clk = 0;
    tb_step;
    for (tb_cycle = 0; tb_cycle < 40; tb_cycle = tb_cycle + 1) begin
      tb_step;
      resetn = (tb_cycle < 3 || tb_x[37:32] == 6'd5) ? 1'b0 : 1'b1;
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_1 = 0;
        4'd1: in_1 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_1 = tb_r >> 20;
        default: in_1 = tb_r >> 20;
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
        4'd0: in_2 = 0;
        4'd1: in_2 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_2 = tb_r >> 20;
        default: in_2 = tb_r >> 20;
      endcase
      #4  i_clk = 1;
      #5 i_clk = 0;
      #1 ;
    end
    $finish;
  end
endmodule
