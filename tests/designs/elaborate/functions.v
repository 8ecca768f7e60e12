// Functions and tasks: locals, loops, recursion ended by constants, outputs.
module functions #(
    parameter DEPTH = 11
) (
    input wire clk,
    input wire rst_n,
    input wire [7:0] a,
    input wire [7:0] b,
    output wire [7:0] reversed,
    output wire [3:0] ones,
    output wire [7:0] largest,
    output reg [7:0] low,
    output reg [7:0] high,
    output wire [WIDTH-1:0] width,
    output wire [7:0] factor
);
    function integer log2;
        input integer value;
        begin
            value = value - 1;
            for (log2 = 0; value > 0; log2 = log2 + 1)
                value = value >> 1;
        end
    endfunction
    localparam WIDTH = log2(DEPTH) + 2;
    assign width = WIDTH * DEPTH;

    function [7:0] reverse(input [7:0] value);
        integer i;
        for (i = 0; i < 8; i = i + 1)
            reverse[i] = value[7 - i];
    endfunction

    function [3:0] count;
        input [7:0] value;
        reg [3:0] sum;
        integer i;
        begin
            sum = 0;
            i = 0;
            while (i < 8) begin
                sum = sum + value[i];
                i = i + 1;
            end
            count = sum;
        end
    endfunction

    function automatic [7:0] max(input [7:0] x, input [7:0] y);
        max = x > y ? x : y;
    endfunction

    task sort(input [7:0] x, input [7:0] y, output [7:0] least, output [7:0] most);
        begin
            least = x;
            most = y;
            if (x > y) begin
                least = y;
                most = x;
            end
        end
    endtask

    function automatic [7:0] factorial(input integer n);
        factorial = n <= 1 ? 1 : factorial(n - 1) * n;
    endfunction

    assign factor = factorial(5) + a;
    assign reversed = reverse(a) ^ reverse(reverse(b));
    assign ones = count(a) + count(b);
    assign largest = max(max(a, b), 8'd40);

    reg [7:0] s, g;
    always @(posedge clk or negedge rst_n)
        if (!rst_n) begin
            low <= 8'hff;
            high <= 8'h00;
        end else begin
            sort(a, b, s, g);
            low <= s;
            high <= g;
        end
endmodule
