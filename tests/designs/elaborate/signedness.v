// Signed and unsigned operands, context widths and extensions.
module signedness (
    input wire clk,
    input wire rst,
    input wire signed [7:0] a,
    input wire signed [4:0] b,
    input wire [6:0] u,
    output reg signed [15:0] sum,
    output reg [15:0] mixed,
    output reg [8:0] flags,
    output wire signed [11:0] shifted,
    output wire [9:0] carry
);
    wire signed [3:0] minus = -4'sd3;
    assign shifted = (a >>> 2) + (b <<< 1) - minus;
    assign carry = u + 7'd100;
    always @(posedge clk) begin
        if (rst) begin
            sum <= 0;
            mixed <= 0;
            flags <= 0;
        end else begin
            sum <= a * b + sum;
            mixed <= a + u;
            flags[0] <= a < b;
            flags[1] <= a < u;
            flags[2] <= a > -8'sd3;
            flags[3] <= $signed(u) < b;
            flags[4] <= $unsigned(a) >= 200;
            flags[5] <= a == b;
            flags[6] <= (a - b) < 0;
            flags[7] <= &a | ^b & ~|u;
            flags[8] <= !(a != b) && u[0] || a[7];
        end
    end
endmodule
