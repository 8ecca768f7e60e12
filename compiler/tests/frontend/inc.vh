`ifndef INC
`define INC
`define INV(x) ~x
wire inside = 1'b0;
`endif
