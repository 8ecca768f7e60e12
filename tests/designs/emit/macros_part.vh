`ifndef MACROS_PART
`define MACROS_PART
module macros_part #(parameter W = 4) (input clk, input rst_n, input [W-1:0] in, output reg [W-1:0] out);
  // `always` in an included file
  always @(posedge clk)
    if (!rst_n) out <= 0;
    else out <= out + in;
endmodule
`endif
