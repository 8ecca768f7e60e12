// A small RAM with two ports, each written by a process of its own.
module dual_port (
    input wire clk,
    input wire write_a,
    input wire write_b,
    input wire [2:0] at_a,
    input wire [2:0] at_b,
    input wire [11:0] data_a,
    input wire [11:0] data_b,
    output reg [11:0] read_a,
    output reg [11:0] read_b
);
    reg [11:0] words [0:7];
    always @(posedge clk) begin
        if (write_a) words[at_a] <= data_a;
        read_a <= words[at_a];
    end
    always @(posedge clk) begin
        if (write_b && at_b != at_a) words[at_b] <= data_b;
        read_b <= words[at_b];
    end
endmodule
