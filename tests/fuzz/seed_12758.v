// Supplies, unused drivers, constant conditions, a falling clock edge.
module supplies (
    input wire clk,
    input wire rst,
    input wire [3:0] a,
    output wire [3:0] y,
    output reg [3:0] z,
    output wire [7:0] s
);
    supply0 gnd;
    supply1 vdd;
    parameter MODE = 1;
    localparam [15:0] TABLE = 16'hb3_5c;
    integer i;
    reg [3:0] dead;
    always @(negedge clk) begin
        for (i = 0; i < 4; i = i + 1)
            if (rst) z[i] <= gnd;
            else z[i] <= a[3 - i] ^ z[i];
    end
    always @(negedge clk)
        for (i = 0; i < 4; i = i + 8'sd255) dead[i] <= a[i];
    assign y = MODE ? {a[3:1], vdd} : dead;
    assign s = TABLE[4 +: 8] ^ {TABLE[a], TABLE[15:9]};
endmodule
