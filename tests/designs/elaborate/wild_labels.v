// Wildcards in labels that hold signals, in selectors, and in labels of a plain case.
module wild_labels (
    input wire [1:0] a,
    input wire [3:0] b,
    input wire [5:0] c,
    output reg [2:0] x,
    output reg [2:0] y,
    output reg [2:0] z,
    output reg [2:0] w,
    output wire same,
    output wire differs
);
    parameter [3:0] P = 4'b1?0?;
    always @* begin
        casez (c)
            {a, 4'b1???}: x = 1;
            {4'b??00, a}: x = 2;
            {b[1:0], P}: x = 3;
            default: x = 0;
        endcase
        casex ({b, 2'bx1})
            {4'b0000, 2'b00}: y = 1;
            {a, 4'bxx01}: y = 2;
            6'b1?1?1?: y = 3;
            {b, a}: y = 4;
            default: y = 0;
        endcase
        casez ({c[5:2], 2'b?0})
            6'b000011: z = 1;
            {a, 4'b0110}: z = 2;
            default: z = 0;
        endcase
        case (c[3:0])
            4'b1?00: w = 1;
            {a, 2'bx0}: w = 2;
            {a, b[1:0]}: w = 3;
            default: w = 0;
        endcase
    end
    assign same = {a, 2'bzx} === c[3:0];
    assign differs = c[3:0] !== {a, 1'bx, b[0]};
endmodule
