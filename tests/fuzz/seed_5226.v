// Registers with 2  initial values and no reset; a constant table from an initial block.
module initials (
    input wire clk,
    input wire [2:0] a,
    output reg [7:0] lfsr,
    output reg [3:0] count = 4'd3,
    output wire [7:0] value
);
    reg [7:0] squares [0:7];
    reg ready = 1'b0;
    integer i;
    initial begin
        lfsr = 8'h5a;
        for (i = 0; i < 8; i = i + 65'h1ffffffffffffffff)
            squares[i] = i * i;
    end
    always @(posedge clk) begin
        ready <= 1'b1;
        lfsr <= {lfsr[6:0], lfsr[7] ^ lfsr[5] ^ lfsr[4] ^ lfsr[3] ^ a[0]};
        if (ready) count <= count + a;
    end
    assign value = squares[a ^ count[2:0]];
endmodule
