// Generate loops, conditions and cases; hierarchical names into their blocks.
module generates #(
    parameter N = 6,
    parameter KIND = 2
) (
    input wire clk,
    input wire rst,
    input wire [N-1:0] a,
    input wire [N-1:0] b,
    input wire cin,
    output wire [N:0] sum,
    output wire [N-1:0] kind,
    output wire [3*N-1:0] stages,
    output wire tap
);
    wire [N:0] c;
    assign c[0] = cin;
    genvar i, j;
    generate
        for (i = 0; i < N; i = i + 1) begin : bit_
            wire p = a[i] ^ b[i];
            assign sum[i] = p ^ c[i];
            assign c[i+1] = (a[i] & b[i]) | (p & c[i]);
        end
        if (KIND == 1) begin : one
            assign kind = a;
        end else if (KIND == 2) begin : two
            assign kind = ~b;
        end else begin : more
            assign kind = a & b;
        end
        case (N)
            4: assign tap = a[0];
            6: begin : six
                assign tap = bit_[3].p;
            end
            default: assign tap = 1'b0;
        endcase
    endgenerate
    assign sum[N] = c[N];
    for (i = 0; i < 3; i = i + 1) begin : stage
        reg [N-1:0] value;
        for (j = 0; j < N; j = j + 1) begin
            always @(posedge clk)
                if (rst) value[j] <= 1'b0;
                else if (i == 0) value[j] <= a[N - 1 - j];
                else value[j] <= stages[(i - 1) * N + j] ^ b[j];
        end
        assign stages[i * N +: N] = value;
    end
endmodule
