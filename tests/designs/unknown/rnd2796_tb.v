`timescale 1ns/1ns
module rnd2796_tb;
  reg clock;
  reg nrst;
  reg [2:0] in_5;
  wire [27:0] rest15;
  wire [5:0] out12;
  wire [27:0] out14;
  wire [4:0] cnt8;
  reg [27:0] in_4;
  reg [6:0] in_3;
  reg in_2;
  wire [34:0] out13;
  reg [1:0] in_1;
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
  rnd2796 dut (.clock(clock), .nrst(nrst), .in_5(in_5), .rest15(rest15), .out12(out12), .out14(out14), .cnt8(cnt8), .in_4(in_4), .in_3(in_3), .in_2(in_2), .out13(out13), .in_1(in_1));
  initial begin
    clock = 0;
    tb_step;
    for (tb_cycle = 0; tb_cycle < 40; tb_cycle = tb_cycle + 1) begin
      tb_step;
      nrst = (tb_cycle < 3 || tb_x[37:32] == 6'd5) ? 1'b0 : 1'b1;
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
      tb_step; tb_step;
      case (tb_x[60:57])
        4'd0: in_1 = 0;
        4'd1: in_1 = ~0;
        4'd2, 4'd3: if (tb_cycle == 0) in_1 = tb_r >> 20;
        default: in_1 = tb_r >> 20;
      endcase
      #4  clock = 1;
      #5 clock = 0;
      #1 ;
    end
    $finish;
  end
endmodule
