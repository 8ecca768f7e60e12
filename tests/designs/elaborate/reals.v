// Parameters computed with real numbers.
module reals #(
    parameter real CLOCK = 50.0e6,
    parameter BAUD = 115_200
) (
    input wire clk,
    input wire rst,
    input wire [7:0] a,
    output reg [15:0] count,
    output wire [31:0] x,
    output wire signed [31:0] y,
    output wire [7:0] z,
    output wire [3:0] hits
);
    localparam integer DIVISOR = CLOCK / BAUD;
    localparam integer UP = $ceil(CLOCK / BAUD);
    localparam integer DOWN = $floor(CLOCK / BAUD);
    localparam CUT = $rtoi(-CLOCK / BAUD);
    localparam integer BITS = $ln(UP) / $ln(2) + 0.5;
    localparam signed [15:0] HALVES = -2.5;
    localparam R = 100.0;
    localparam [7:0] CHOSEN = (CLOCK > 20e6) ? 7.5 : 3;
    localparam integer POWER = 2 ** 0.5 * 1000;
    localparam TENTH = 3 / 10.0;
    localparam integer ROOT = $sqrt(BAUD) + $pow(2, 3.0) + $hypot(3, 4) - $itor(2);

    always @(posedge clk)
        if (rst) count <= 0;
        else if (count == DIVISOR - 1) count <= R;
        else count <= count + 1;

    assign x = UP * 1000 + DOWN + BITS + CHOSEN + POWER + ROOT;
    assign y = HALVES + CUT;
    assign z = TENTH * 25 - 1e-3;
    assign hits = {a > R, R >= a, a != 100.0, !TENTH};
endmodule
