// Variables assigned both by `=` and by `<=`: the nonblocking value lands last, and
// reads see the blocking one.
module mixed (
    input wire clk,
    input wire rst,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg [7:0] x,
    output reg [7:0] y,
    output reg [7:0] z,
    output reg [7:0] w,
    output reg [7:0] t,
    output reg [1:0] next
);
    reg [1:0] state;
    integer i;
    always @(posedge clk or posedge rst)
        if (rst) begin
            x = 0;
            y <= 8'h11;
            z = 8'h22;
            w = 0;
        end else begin
            x = x + a;
            if (a[0]) x <= b;           // lands on top
            if (a[1]) x = x ^ 8'h0f;    // sees the blocking value
            y = a;
            z <= z + 1;                 // by the other kind than in the reset
            for (i = 0; i < 4; i = i + 1)
                if (b[i]) w[i] <= a[i];
            w[7:2] = b[7:2] + w[7:2];
        end
    always @(posedge clk) begin
        t = a;
        case (b[1:0])
            0: t <= t + 1;
            1: t[3:0] <= b[7:4];
            2: t = t - 1;
        endcase
        if (rst) t <= 0;
    end
    always @(posedge clk or posedge rst)
        if (rst) state <= 0;
        else state <= next;
    always @* begin
        if (a[7]) next <= 2'd2;
        else
            case (state)
                0: next = a[0] ? 1 : 0;
                1: next = a[1:0];
                default: next = 0;
            endcase
    end
endmodule
