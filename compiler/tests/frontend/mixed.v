// SystemVerilog in a `.v` file, as people write it.
module mixed(input logic clk, input logic [3:0] d, output logic [3:0] q);
  always_ff @(posedge clk) q <= d;
endmodule

module assertions(input clk, input a, output reg b);
  always @(posedge clk) begin
    assert (a);
    b <= a;
  end
endmodule
