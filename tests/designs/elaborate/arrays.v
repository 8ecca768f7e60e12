// Arrays of registers: computed reads and writes, two dimensions, reset by a loop.
module arrays (
    input wire clk,
    input wire rst,
    input wire we,
    input wire [3:0] wa,
    input wire [3:0] ra,
    input wire [1:0] row,
    input wire [7:0] wd,
    output wire [7:0] rd,
    output wire [3:0] nibble,
    output reg [7:0] grid_value,
    output wire [7:0] rom_value
);
    reg [7:0] mem [0:15];
    reg [7:0] other [20:5];
    reg [7:0] grid [0:3][1:2];
    wire [7:0] rom [0:7];
    assign rom[0] = 8'h12;
    assign rom[1] = 8'h34;
    assign rom[2] = 8'h56;
    assign rom[3] = 8'h78;
    assign rom[4] = 8'h9a;
    assign rom[5] = 8'hbc;
    assign rom[6] = 8'hde;
    assign rom[7] = 8'hf0;
    assign rom_value = rom[ra[2:0]];
    integer i;
    always @(posedge clk)
        if (rst) begin
            for (i = 0; i < 16; i = i + 1) begin
                mem[i] <= i * 3;
                other[i + 5] <= 0;
            end
            for (i = 0; i < 4; i = i + 1) begin
                grid[i][1] <= 8'h11;
                grid[i][2] <= 8'h22;
            end
            grid_value <= 0;
        end else begin
            if (we) begin
                mem[wa] <= wd;
                other[wa + 5] <= ~wd;
                mem[3][7:4] <= wa;
                grid[row][wa[0] ? 1 : 2] <= wd ^ rd;
            end
            grid_value <= grid[row ^ 2'd1][2] + grid[row][1];
        end
    assign rd = mem[ra];
    assign nibble = other[ra + 5][5:2];
endmodule
