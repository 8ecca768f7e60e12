// BOM and CRLF
module bom(input a,
  output b);
  `include "inc.vh"
  assign b = `INV(a);
endmodule
// synthesis translate_off
this is (no hardware
// synthesis translate_on
module behind; endmodule
