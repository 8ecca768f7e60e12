// Cases that are complete by their author's word, on selectors for which they are.
module full_cases (
    input wire clk,
    input wire rst,
    input wire [7:0] a,
    output reg [7:0] x,
    output reg [7:0] y,
    output reg [7:0] z
);
    reg [2:0] hot;
    always @(posedge clk)
        if (rst) hot <= 3'b001;
        else hot <= {hot[1:0], hot[2]};
    initial hot = 3'b001;
    always @* begin
        (* parallel_case, full_case *)
        case (1'b1)
            hot[0]: x = a;
            hot[1]: x = ~a;
            hot[2]: x = a + 1;
        endcase
        y = 8'h55;
        case (hot)  // synopsys full_case parallel_case
            3'b001: y = a;
            3'b010: y[3:0] = a[3:0];
            3'b100: ;
        endcase
    end
    // A register keeps its value, as in simulation.
    always @(posedge clk)
        if (rst) z <= 0;
        else
            case (a[2:0])  /* synthesis full_case */
                0: z <= z + 1;
                1: z <= a;
            endcase
endmodule
