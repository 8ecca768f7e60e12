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
    output wire same,
    output reg [1:0] chosen,
    output wire ahead
);
    parameter MODE = "fast";
    assign text = "abc";
    assign same = (MODE == "fast") & (a === 8'h0f);
    // Comments that touch a colon, and a net that is implied behind its use.
    always @*
        case (a[1:0])
            0://first "
                chosen = 2;
            1:/* second */ chosen = 3;
            default://others
                chosen = a[3:2];
        endcase
    assign ahead = ~implied;
    assign implied = a[7] ^ a[0];
    always @(posedge clk)
        if (rst) \odd-name <= 0;
        else \odd-name <= `STEP(\odd-name ) ^ a;
endmodule
