// Compiler directives, strings and escaped names.
`define WIDTH 8
`define STEP(x) (x + 1)
`ifdef NEVER
module nonsense;
`endif
module macros (
    input wire clk,
    input wire rst,
    input wire [`WIDTH-1:0] a,
    output reg [`WIDTH-1:0] \odd-name ,
    output wire [23:0] text,
    output wire same
);
    parameter MODE = "fast";
    assign text = "abc";
    assign same = (MODE == "fast") & (a === 8'h0f);
    always @(posedge clk)
        if (rst) \odd-name <= 0;
        else \odd-name <= `STEP(\odd-name ) ^ a;
endmodule
