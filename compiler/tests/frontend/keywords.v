// Words that only SystemVerilog reserves.
module keywords(input logic, input bit, output do, output [3:0] const);
  wire program, priority, unique, class, new, this;
  reg [3:0] int, byte, final, global, interface, package, property, string, type, union;
  assign do = logic & bit;
  assign const = {logic, bit, program, priority};
  always @(posedge logic) int <= byte + 1;
endmodule
