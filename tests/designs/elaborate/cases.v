// Case statements: complete without default, wildcards, priorities, tables.
module cases (
    input wire clk,
    input wire rst,
    input wire [3:0] op,
    input wire [7:0] a,
    input wire [7:0] b,
    output reg [7:0] result,
    output reg [2:0] first,
    output reg [7:0] table_value,
    output reg [1:0] state,
    output reg [3:0] one_hot
);
    localparam ANY_HIGH = 4'b1??0;
    always @* begin
        case (op[1:0])
            2'd0: result = a + b;
            2'd1: result = a - b;
            2'd2: result = a & b;
            2'd3: result = a ^ b;
        endcase
        casez (op)
            ANY_HIGH: result = ~result;
            4'b?1_?1: result = result + 1;
            default: ;
        endcase
        casex (b[3:0])
            4'b1xxx: first = 3;
            4'b01xx: first = 2;
            4'b001x: first = 1;
            4'b0001: first = 0;
            default: first = 7;
        endcase
        case (1'b1)
            a[0]: one_hot = 4'b0001;
            a[1]: one_hot = 4'b0010;
            a[2]: one_hot = 4'b0100;
            default: one_hot = 4'b1000;
        endcase
        case (op)
            0: table_value = 8'h63;
            1: table_value = 8'h7c;
            2: table_value = 8'h77;
            3: table_value = 8'h7b;
            4: table_value = 8'hf2;
            5: table_value = 8'h6b;
            6, 7: table_value = 8'h6f;
            8: table_value = 8'hc5;
            9: table_value = 8'h30;
            10: table_value = 8'h01;
            default: table_value = 8'hff;
        endcase
    end
    always @(posedge clk)
        if (rst) state <= 0;
        else
            case (state)
                0: if (op == 5) state <= 1;
                1: state <= op[0] ? 2 : 3;
                2: state <= 3;
                default: state <= 0;
            endcase
endmodule
