// Arrays of instances: one connection for all, or a part for each.
module arrays_of_instances (
    input wire clk,
    input wire [3:0] en,
    input wire [7:0] a,
    input wire [31:0] b,
    output wire [31:0] q,
    output wire [3:0] odd,
    output wire [7:0] up,
    output wire [7:0] down,
    inout wire [7:0] bus
);
    stage #(.STEP(3)) s [3:0] (.clk(clk), .en(en), .a(a), .b(b), .q(q), .odd(odd));
    wire [7:0] left, right;
    stage t [0:1] (
        .clk(clk), .en(en[1:0]), .a({a, ~a}), .b(b[15:0]), .q({left, right}), .odd()
    );
    assign up = left;
    assign down = right;
    port p [1:0] (.oe(en[3:2]), .d(a), .pad(bus));
endmodule

module stage #(parameter STEP = 1) (
    input wire clk,
    input wire en,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg [7:0] q,
    output wire odd
);
    initial q = 0;
    always @(posedge clk) if (en) q <= q + STEP + (a ^ b);
    assign odd = q[0];
endmodule

module port (
    input wire oe,
    input wire [3:0] d,
    inout wire [3:0] pad
);
    assign pad = oe ? d : 4'bz;
endmodule
