// FIR filter with eight taps and one multiplier: one tap per clock.
//
// A sample is taken in a cycle where `in_valid` and `in_ready` are 1. Nine cycles later `out_valid` is 1 for one cycle, and
// `out_sample` is valid only in that cycle (it is 0 in all others). The output has full precision:
// out = sum over k of coefficient(k) * sample[n - k], two's complement, without overflow.
//
// Three-process state machine, synchronous active-high reset. The taps are computed from the oldest sample to the newest,
// so the oldest one is not needed any more from then on.
module fir #(
    parameter SAMPLE_WIDTH = 8,
    parameter OUT_WIDTH    = SAMPLE_WIDTH + 11 // eight products with 8-bit coefficients
) (
    input  wire                           clk,
    input  wire                           rst,
    input  wire                           in_valid,
    output reg                            in_ready,
    input  wire signed [SAMPLE_WIDTH-1:0] in_sample,
    output reg                            out_valid,
    output reg  signed [OUT_WIDTH-1:0]    out_sample
);

    localparam TAPS = 8;

    localparam [1:0] IDLE       = 2'd0;
    localparam [1:0] ACCUMULATE = 2'd1;
    localparam [1:0] OUTPUT     = 2'd2;

    reg [1:0] state;
    reg [1:0] next_state;
    reg [2:0] tap; // counts down, and is back at 7 when all are done

    reg [SAMPLE_WIDTH-1:0] delay [0:TAPS-1]; // delay[k] is the sample of k samples ago
    reg [OUT_WIDTH-1:0]    sum;

    integer k;

    // A low-pass filter; not symmetric on purpose, so that an error in the order of the taps shows.
    function [7:0] coefficient(input [2:0] index);
        case (index)
            3'd0: coefficient = 8'hFD; //  -3
            3'd1: coefficient = 8'h0C; //  12
            3'd2: coefficient = 8'h2A; //  42
            3'd3: coefficient = 8'h4F; //  79
            3'd4: coefficient = 8'h51; //  81
            3'd5: coefficient = 8'h27; //  39
            3'd6: coefficient = 8'h0B; //  11
            default: coefficient = 8'hFB; //  -5
        endcase
    endfunction

    // Both factors sign-extended to the width of the sum: the low bits of the product are then those of the signed product.
    wire [7:0]              factor   = coefficient(tap);
    wire [SAMPLE_WIDTH-1:0] sample   = delay[tap];
    wire [OUT_WIDTH-1:0]    factor_x = {{(OUT_WIDTH-8){factor[7]}}, factor};
    wire [OUT_WIDTH-1:0]    sample_x = {{(OUT_WIDTH-SAMPLE_WIDTH){sample[SAMPLE_WIDTH-1]}}, sample};
    wire [OUT_WIDTH-1:0]    product  = factor_x * sample_x;

    // State
    always @(posedge clk) begin
        if (rst)
            state <= IDLE;
        else
            state <= next_state;
    end

    // Next state
    always @* begin
        case (state)
            IDLE:       next_state = in_valid ? ACCUMULATE : IDLE;
            ACCUMULATE: next_state = (tap == 3'd0) ? OUTPUT : ACCUMULATE;
            default:    next_state = IDLE;
        endcase
    end

    // Outputs
    always @* begin
        in_ready   = 1'b0;
        out_valid  = 1'b0;
        out_sample = {OUT_WIDTH{1'b0}};
        case (state)
            IDLE: in_ready = 1'b1;
            OUTPUT: begin
                out_valid  = 1'b1;
                out_sample = sum;
            end
            default: begin
            end
        endcase
    end

    // Datapath
    always @(posedge clk) begin
        if (rst) begin
            tap <= 3'd7;
            for (k = 0; k < TAPS; k = k + 1)
                delay[k] <= {SAMPLE_WIDTH{1'b0}};
        end else if (state == IDLE) begin
            if (in_valid) begin
                delay[0] <= in_sample;
                for (k = 1; k < TAPS; k = k + 1)
                    delay[k] <= delay[k-1];
                sum <= {OUT_WIDTH{1'b0}};
            end
        end else if (state == ACCUMULATE) begin
            sum <= sum + product;
            tap <= tap - 3'd1;
        end
    end

endmodule
