// A memory above the expansion limit: it stays one, with masked writes.
module memory (
    input wire clk,
    input wire rst,
    input wire we,
    input wire half,
    input wire [8:0] wa,
    input wire [8:0] ra,
    input wire [31:0] wd,
    output wire [31:0] rd,
    output reg [31:0] rq,
    output reg [3:0] nib
);
    reg [31:0] store [0:511];
    integer i;
    initial for (i = 0; i < 512; i = i + 1) store[i] = i * 77;
    always @(posedge clk) begin
        if (we) begin
            if (half) store[wa][15:0] <= wd[15:0];
            else store[wa] <= wd;
        end
        if (rst) begin
            rq <= 0;
            nib <= 0;
        end else begin
            rq <= store[ra ^ 9'd1];
            nib <= store[ra][{ra[2:0], 2'b00} +: 4];
        end
    end
    assign rd = store[ra];
endmodule
