// Parameters set from outside, in any order, through instances and generated blocks.
module defparams (
    input wire clk,
    input wire [7:0] a,
    output wire [7:0] p,
    output wire [7:0] q,
    output wire [7:0] r,
    output wire [15:0] s
);
    parameter BASE = 3;
    defparam u.STEP = BASE + 1, u.deep.STEP = 5;
    pair u (.clk(clk), .a(a), .p(p), .q(q));
    pair #(.STEP(9)) v (.clk(clk), .a(a), .p(r), .q());
    defparam v.STEP = 6;
    genvar i;
    generate
        for (i = 0; i < 2; i = i + 1) begin : l
            counter c (.clk(clk), .a(a), .q(s[i * 8 +: 8]));
            defparam c.STEP = i + 1;
        end
    endgenerate
    defparam l[1].c.START = 8'h40;
endmodule

module pair (
    input wire clk,
    input wire [7:0] a,
    output wire [7:0] p,
    output wire [7:0] q
);
    parameter STEP = 1;
    counter #(.STEP(STEP)) own (.clk(clk), .a(a), .q(p));
    counter deep (.clk(clk), .a(a), .q(q));
endmodule

module counter (
    input wire clk,
    input wire [7:0] a,
    output reg [7:0] q
);
    parameter STEP = 1, START = 0;
    initial q = START;
    always @(posedge clk) q <= q + STEP + a[0];
endmodule
