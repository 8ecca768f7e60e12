// Produces `count` (0 stands for 16) pseudo-random bytes from `seed` and offers each until it is taken (`word_valid` and
// `word_ready` both 1). Between two bytes it steps a 16-bit shift register STEPS times.
//
// Two-process state machine.
module word_producer #(
    parameter STEPS = 3 // 1 to 4
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        start,
    input  wire [15:0] seed,
    input  wire [3:0]  count,
    output wire        idle,
    output wire [7:0]  word,
    output wire        word_last,
    output wire        word_valid,
    input  wire        word_ready
);

    localparam [1:0] IDLE  = 2'd0;
    localparam [1:0] STEP  = 2'd1;
    localparam [1:0] OFFER = 2'd2;

    reg [1:0]  state;
    reg [1:0]  next_state;
    reg [1:0]  step;
    reg [3:0]  left; // bytes left, with the present one
    reg [15:0] lfsr;

    wire last_step = ({30'd0, step} == STEPS - 1);

    // x^16 + x^14 + x^13 + x^11 + 1, Galois form
    function [15:0] advance(input [15:0] value);
        advance = {1'b0, value[15:1]} ^ (value[0] ? 16'hB400 : 16'h0000);
    endfunction

    assign idle       = (state == IDLE);
    assign word_valid = (state == OFFER);
    assign word       = lfsr[11:4];
    assign word_last  = (left == 4'd1);

    always @* begin
        next_state = state;
        case (state)
            IDLE:  if (start) next_state = STEP;
            STEP:  if (last_step) next_state = OFFER;
            OFFER: begin
                if (word_ready)
                    next_state = word_last ? IDLE : STEP;
            end
            default: next_state = IDLE;
        endcase
    end

    always @(posedge clk) begin
        if (rst) begin
            state <= IDLE;
            step  <= 2'd0;
        end else begin
            state <= next_state;
            case (state)
                IDLE: begin
                    if (start) begin
                        lfsr <= (seed == 16'd0) ? 16'hACE1 : seed; // 0 would never change
                        left <= count;
                    end
                end
                STEP: begin
                    lfsr <= advance(lfsr);
                    step <= step + 2'd1;
                end
                OFFER: begin
                    if (word_ready) begin
                        left <= left - 4'd1;
                        step <= 2'd0;
                    end
                end
                default: begin
                end
            endcase
        end
    end

endmodule
