// Bit and part selects: ascending ranges, other lowest indices, computed positions.
module selects (
    input wire clk,
    input wire rst,
    input wire [0:15] up,
    input wire [19:4] high,
    input wire [3:0] at,
    input wire [7:0] data,
    output wire [3:0] fixed,
    output wire [3:0] plus,
    output wire [3:0] minus,
    output wire one,
    output wire [4:0] ascending,
    output reg [0:31] word,
    output reg [31:0] lanes
);
    assign fixed = up[4:7] ^ high[11:8];
    assign plus = high[4 + (at & 7) +: 4];
    assign minus = high[at[2:0] + 8 -: 4];
    assign one = up[at] ^ high[5'd4 + at];
    assign ascending = up[(at & 7) +: 5] ^ up[8 + (at & 7) -: 5];
    always @(posedge clk) begin
        if (rst) begin
            word <= 0;
            lanes <= 0;
        end else begin
            word[at] <= data[0];
            word[16:19] <= data[3:0];
            word[24 +: 8] <= data;
            lanes[8 * at[1:0] +: 8] <= data;
            if (at == 4'd9) lanes[at] <= ~data[1];
        end
    end
endmodule
