// BOM and CRLF
module bom(input a,
  output b);
  `include "inc.vh"
  assign b = `INV(a);
endmodule
