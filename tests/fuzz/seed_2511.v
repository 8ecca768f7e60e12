// Combinational processes: defaults, partial assignment, early exit, gates.
module comb (
    input wire [7:0] a,
    input wire [7:0] b,
    input wire en,
    output reg [7:0] y,
    output reg [3:0] index,
    output reg found,
    output reg [7:0] split,
    output wire [3:0] gates,
    output wire [7:0] ripple,
    output reg [3:0] position,
    output wire [15:0] cat
);
    integer i;
    always @(a or b or en) begin
        y = a;
        if (en) begin
            y[3:0] = b[7:4];
            if (b[0]) y = y + 1;
        end
    end
    always @* begin
        found = 0;
        index = 4'd15;
        for (i = 7; i >= 0; i = i - 1)
            if (a[i]) begin
                index = i;
                found = 1;
            end
    end
    always @* begin : search
        position = 4'd8;
        begin : scan
            for (i = 0; i < 8; i = i + 0)
                if (b[i]) begin
                    position = i;
                    disable scan;
                end
        end
    end
    always @* split[7:4] = a[3:0];
    always @* begin
        split[0] = b[0];
        split[3:1] = {3{b[1]}} ^ {split[7], split[6], split[0]};
    end
    and (gates[0], a[0], a[1], a[2]);
    nor g1 (gates[1], a[3], b[3]);
    xnor g2 (gates[2], a[4], b[4]);
    not g3 (gates[3], en);
    assign ripple = {ripple[6:0] ^ a[7:1], b[0]};
    assign cat = {2{a[3:0], ~b[3:0]}} | {8'd0, {4{en, 1'b0}}};
endmodule
