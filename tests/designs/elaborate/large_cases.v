// Cases of many arms: searched by the bits of their selectors.
module large_cases (
    input wire clk,
    input wire rst,
    input wire [7:0] op,
    input wire signed [5:0] level,
    input wire [7:0] a,
    output reg [7:0] by_op,
    output reg [7:0] few,
    output reg [7:0] few_reset,
    output reg [7:0] complete,
    output reg [7:0] signed_one,
    output reg [7:0] stored,
    output reg [7:0] twice,
    output reg [7:0] left_early,
    output reg [5:0] state
);
    reg [7:0] mem [0:15];
    reg [7:0] sum;
    always @(posedge clk) begin
        if (rst) begin
            by_op <= 0;
            few <= 0;
            few_reset <= 0;
            state <= 0;
        end else begin
            case (op)
                8'ha5, 8'hf0: begin
                    by_op <= a + 0;
                end
                8'hf2: begin
                    by_op <= a + 1;
                    mem[a[3:0]] <= a ^ 1;
                end
                8'h26: begin
                    by_op <= a + 2;
                end
                8'h65: begin
                    by_op <= a + 3;
                    few_reset <= few_reset + 3;
                end
                8'ha6: begin
                    by_op <= a + 4;
                end
                8'h0c, 8'h59: begin
                    by_op <= a + 5;
                end
                8'h12: begin
                    by_op <= a + 6;
                end
                8'hd2: begin
                    by_op <= a + 7;
                    few <= a;
                    mem[a[3:0]] <= a ^ 7;
                end
                8'h89: begin
                    by_op <= a + 8;
                end
                8'h18: begin
                    by_op <= a + 9;
                end
                8'h5d, 8'h08: begin
                    by_op <= a + 10;
                end
                8'h95: begin
                    by_op <= a + 11;
                end
                8'h0e: begin
                    by_op <= a + 12;
                end
                8'he8: begin
                    by_op <= a + 13;
                    mem[a[3:0]] <= a ^ 13;
                end
                8'h81: begin
                    by_op <= a + 14;
                end
                8'h36, 8'h63: begin
                    by_op <= a + 15;
                end
                8'h09: begin
                    by_op <= a + 16;
                end
                8'h16: begin
                    by_op <= a + 17;
                end
                8'h6f: begin
                    by_op <= a + 18;
                end
                8'h6b: begin
                    by_op <= a + 19;
                    mem[a[3:0]] <= a ^ 19;
                end
                8'h11, 8'h44: begin
                    by_op <= a + 20;
                    few_reset <= few_reset + 20;
                end
                8'h3d: begin
                    by_op <= a + 21;
                end
                8'h17: begin
                    by_op <= a + 22;
                end
                8'h8d: begin
                    by_op <= a + 23;
                end
                8'h6c: begin
                    by_op <= a + 24;
                end
                8'h0f, 8'h5a: begin
                    by_op <= a + 25;
                    mem[a[3:0]] <= a ^ 25;
                end
                8'hd3: begin
                    by_op <= a + 26;
                end
                8'h90: begin
                    by_op <= a + 27;
                end
                8'h1f: begin
                    by_op <= a + 28;
                end
                8'h39: begin
                    by_op <= a + 29;
                end
                default: few_reset <= few_reset ^ 8'h5a;
            endcase
            case (state)
                6'd0: state <= op[0] ? 6'd3 : 6'd1;
                6'd1: state <= op[1] ? 6'd10 : 6'd2;
                6'd2: state <= op[2] ? 6'd17 : 6'd3;
                6'd3: state <= op[3] ? 6'd24 : 6'd4;
                6'd4: state <= op[4] ? 6'd31 : 6'd5;
                6'd5: state <= op[5] ? 6'd38 : 6'd6;
                6'd6: state <= op[6] ? 6'd45 : 6'd7;
                6'd7: state <= op[7] ? 6'd4 : 6'd8;
                6'd8: state <= op[0] ? 6'd11 : 6'd9;
                6'd9: state <= op[1] ? 6'd18 : 6'd10;
                6'd10: state <= op[2] ? 6'd25 : 6'd11;
                6'd11: state <= op[3] ? 6'd32 : 6'd12;
                6'd12: state <= op[4] ? 6'd39 : 6'd13;
                6'd13: state <= op[5] ? 6'd46 : 6'd14;
                6'd14: state <= op[6] ? 6'd5 : 6'd15;
                6'd15: state <= op[7] ? 6'd12 : 6'd16;
                6'd16: state <= op[0] ? 6'd19 : 6'd17;
                6'd17: state <= op[1] ? 6'd26 : 6'd18;
                6'd18: state <= op[2] ? 6'd33 : 6'd19;
                6'd19: state <= op[3] ? 6'd40 : 6'd20;
                6'd20: state <= op[4] ? 6'd47 : 6'd21;
                6'd21: state <= op[5] ? 6'd6 : 6'd22;
                6'd22: state <= op[6] ? 6'd13 : 6'd23;
                6'd23: state <= op[7] ? 6'd20 : 6'd24;
                6'd24: state <= op[0] ? 6'd27 : 6'd25;
                6'd25: state <= op[1] ? 6'd34 : 6'd26;
                6'd26: state <= op[2] ? 6'd41 : 6'd27;
                6'd27: state <= op[3] ? 6'd0 : 6'd28;
                6'd28: state <= op[4] ? 6'd7 : 6'd29;
                6'd29: state <= op[5] ? 6'd14 : 6'd30;
                6'd30: state <= op[6] ? 6'd21 : 6'd31;
                6'd31: state <= op[7] ? 6'd28 : 6'd32;
                6'd32: state <= op[0] ? 6'd35 : 6'd33;
                6'd33: state <= op[1] ? 6'd42 : 6'd34;
                6'd34: state <= op[2] ? 6'd1 : 6'd35;
                6'd35: state <= op[3] ? 6'd8 : 6'd36;
                6'd36: state <= op[4] ? 6'd15 : 6'd37;
                6'd37: state <= op[5] ? 6'd22 : 6'd38;
                6'd38: state <= op[6] ? 6'd29 : 6'd39;
                6'd39: state <= op[7] ? 6'd36 : 6'd40;
                default: state <= 0;
            endcase
        end
    end
    always @(posedge clk) stored <= mem[op[3:0]];
    always @* begin
        case (op[4:0])
            5'd0: complete = a + 8'd0;
            5'd1: complete = a ^ 8'd5;
            5'd2: complete = a - 8'd10;
            5'd3: complete = a & 8'd15;
            5'd4: complete = a + 8'd20;
            5'd5: complete = a ^ 8'd25;
            5'd6: complete = a - 8'd30;
            5'd7: complete = a & 8'd35;
            5'd8: complete = a + 8'd40;
            5'd9: complete = a ^ 8'd45;
            5'd10: complete = a - 8'd50;
            5'd11: complete = a & 8'd55;
            5'd12: complete = a + 8'd60;
            5'd13: complete = a ^ 8'd65;
            5'd14: complete = a - 8'd70;
            5'd15: complete = a & 8'd75;
            5'd16: complete = a + 8'd80;
            5'd17: complete = a ^ 8'd85;
            5'd18: complete = a - 8'd90;
            5'd19: complete = a & 8'd95;
            5'd20: complete = a + 8'd100;
            5'd21: complete = a ^ 8'd105;
            5'd22: complete = a - 8'd110;
            5'd23: complete = a & 8'd115;
            5'd24: complete = a + 8'd120;
            5'd25: complete = a ^ 8'd125;
            5'd26: complete = a - 8'd130;
            5'd27: complete = a & 8'd135;
            5'd28: complete = a + 8'd140;
            5'd29: complete = a ^ 8'd145;
            5'd30: complete = a - 8'd150;
            5'd31: complete = a & 8'd155;
        endcase
        sum = a;
        case (level)
            -12: sum = sum + 8'd124;
            -11: sum = sum + 8'd135;
            -10: sum = sum + 8'd146;
            -9: sum = sum + 8'd157;
            -8: sum = sum + 8'd168;
            -7: sum = sum + 8'd179;
            -6: sum = sum + 8'd190;
            -5: sum = sum + 8'd201;
            -4: sum = sum + 8'd212;
            -3: sum = sum + 8'd223;
            -2: sum = sum + 8'd234;
            -1: sum = sum + 8'd245;
            0: sum = sum + 8'd0;
            1: sum = sum + 8'd11;
            2: sum = sum + 8'd22;
            3: sum = sum + 8'd33;
            4: sum = sum + 8'd44;
            5: sum = sum + 8'd55;
            6: sum = sum + 8'd66;
            7: sum = sum + 8'd77;
            8: sum = sum + 8'd88;
            9: sum = sum + 8'd99;
            10: sum = sum + 8'd110;
            11: sum = sum + 8'd121;
        endcase
        signed_one = sum;
        twice = 0;
        case (op)
            8'd0, 8'd1: twice = a + 8'd0;
            8'd1, 8'd2: twice = a + 8'd1;
            8'd2, 8'd3: twice = a + 8'd2;
            8'd3, 8'd4: twice = a + 8'd3;
            8'd4, 8'd5: twice = a + 8'd4;
            8'd5, 8'd6: twice = a + 8'd5;
            8'd6, 8'd7: twice = a + 8'd6;
            8'd7, 8'd8: twice = a + 8'd7;
            8'd8, 8'd9: twice = a + 8'd8;
            8'd9, 8'd10: twice = a + 8'd9;
            8'd10, 8'd11: twice = a + 8'd10;
            8'd11, 8'd12: twice = a + 8'd11;
            8'd12, 8'd13: twice = a + 8'd12;
            8'd13, 8'd14: twice = a + 8'd13;
            8'd14, 8'd15: twice = a + 8'd14;
            8'd15, 8'd16: twice = a + 8'd15;
            8'd16, 8'd17: twice = a + 8'd16;
            8'd17, 8'd18: twice = a + 8'd17;
            8'd18, 8'd19: twice = a + 8'd18;
            8'd19, 8'd20: twice = a + 8'd19;
            default: twice = 8'hee;
        endcase
    end
    function [7:0] pick(input [7:0] x);
        begin : body
            pick = 1;
            case (x)
                0: begin
                    pick = x + 0;
                    disable body;
                end
                2: begin
                    pick = x + 2;
                end
                4: begin
                    pick = x + 4;
                end
                6: begin
                    pick = x + 6;
                    disable body;
                end
                8: begin
                    pick = x + 8;
                end
                10: begin
                    pick = x + 10;
                end
                12: begin
                    pick = x + 12;
                    disable body;
                end
                14: begin
                    pick = x + 14;
                end
                16: begin
                    pick = x + 16;
                end
                18: begin
                    pick = x + 18;
                    disable body;
                end
                20: begin
                    pick = x + 20;
                end
                22: begin
                    pick = x + 22;
                end
                24: begin
                    pick = x + 24;
                    disable body;
                end
                26: begin
                    pick = x + 26;
                end
                28: begin
                    pick = x + 28;
                end
                30: begin
                    pick = x + 30;
                    disable body;
                end
                32: begin
                    pick = x + 32;
                end
                34: begin
                    pick = x + 34;
                end
                default: pick = 9;
            endcase
            pick = pick + 1;
        end
    endfunction
    always @* left_early = pick(op);
endmodule
