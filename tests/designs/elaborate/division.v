// Division, remainder, powers and shifts of any amount.
module division (
    input wire signed [8:0] a,
    input wire signed [5:0] b,
    input wire [8:0] u,
    input wire [3:0] v,
    output wire signed [8:0] quotient,
    output wire signed [8:0] rest,
    output wire [8:0] unsigned_quotient,
    output wire [8:0] unsigned_rest,
    output wire [8:0] by_eight,
    output wire [15:0] cube,
    output wire [15:0] power,
    output wire [8:0] left,
    output wire [8:0] right,
    output wire signed [8:0] arithmetic
);
    assign quotient = b == 0 ? 9'd0 : a / b;
    assign rest = b == 0 ? 9'd0 : a % b;
    assign unsigned_quotient = v == 0 ? 0 : u / v;
    assign unsigned_rest = v == 0 ? 0 : u % v;
    assign by_eight = (u / 8) ^ (u % 8) ^ (u * 4);
    assign cube = u ** 3;
    assign power = 2 ** v;
    assign left = u << v;
    assign right = u >> v;
    assign arithmetic = a >>> v;
endmodule
