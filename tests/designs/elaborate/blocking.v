// Blocking temporaries in clocked processes, several processes driving parts.
module blocking (
    input wire clk,
    input wire rst_n,
    input wire set,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg [7:0] q,
    output reg [8:0] parts,
    output reg [3:0] count,
    output reg flag
);
    reg [7:0] t;
    reg [8:0] wide;
    reg [3:0] next_count;
    integer i;
    always @(posedge clk) begin
        t = a ^ b;
        wide = {1'b0, t};
        for (i = 0; i < 4; i = i + 1)
            wide = wide + a[2 * i +: 2];
        t[0] = wide[8];
        if (!rst_n) q <= 0;
        else q <= t + q;
    end
    always @(posedge clk)
        if (!rst_n) parts[3:0] <= 0;
        else parts[3:0] <= wide_part(a);
    always @(posedge clk)
        if (!rst_n) parts[8:4] <= 5'h1f;
        else if (b[0]) parts[8:4] <= parts[8:4] + 1;
    function [3:0] wide_part(input [7:0] v);
        wide_part = v[7:4] ^ v[3:0];
    endfunction
    always @(posedge clk or negedge rst_n or posedge set)
        if (~rst_n) begin
            count <= 4'd0;
        end else begin
            if (set) count <= 4'd9;
            else begin : step
                reg [3:0] one;
                one = 1;
                next_count = count + one;
                count <= next_count;
            end
        end
    always @(posedge clk or negedge rst_n) begin
        if (!rst_n) flag <= 1'b0;
        else begin
            flag <= ^count;
        end
    end
endmodule
