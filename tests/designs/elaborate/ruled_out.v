// Items of a case that constant bits of the selector rule out, whatever the rest of them.
module ruled_out #(
    parameter EN = 0
) (
    input wire clk,
    input wire rst,
    input wire [1:0] s,
    input wire [7:0] d,
    output reg [7:0] a,
    output reg [7:0] b,
    output reg [7:0] c,
    output reg [7:0] e,
    output wire [7:0] f,
    output wire [4:0] g,
    output reg [7:0] h
);
    reg [7:0] r;
    always @(posedge clk) if (rst) r <= 1; else r <= r * 3 + d;

    always @* casez ({2'b00, s}) 4'b01??: a = 9; default: a = r; endcase
    always @* casex ({EN != 0, s}) 3'b1xx: b = d; default: b = r + 1; endcase
    always @* case ({2'b00, s})
        4'b0100: c = 1;
        4'b0101: c = 2;
        4'b0110: c = 3;
        4'b0111: c = 4;
        default: c = r + 2;
    endcase
    always @* casez ({2'b00, s}) 4'b1?0?: e = 7; 4'b0?1?: e = d; 4'b??0?: e = r; default: e = 3; endcase

    function [7:0] chosen(input [3:0] way, input [7:0] value);
        casez (way)
            4'b1???: chosen = 8'd90;
            4'b01??: chosen = value + 1;
            default: chosen = value;
        endcase
    endfunction
    assign f = chosen(4'd3, r) ^ chosen(4'd5, d);

    function [4:0] number(input [1:0] of);
        begin casez (of) 2'b1?: number = 1; default: number = 2; endcase end
    endfunction
    localparam [4:0] ONE = number(2'd1), TWO = number(2'd2);
    assign g = r + ONE + 3 * TWO;

    // All that is left is covered: the last arm needs no test.
    always @* case ({1'b0, s}) 3'd0: h = d; 3'd1: h = r; 3'd2: h = 1; 3'd3: h = 2; 3'd4: h = 3; endcase
endmodule
