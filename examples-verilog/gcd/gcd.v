// Greatest common divisor by subtraction, with a start/done handshake.
//
// `start` is taken in a cycle where `ready` is 1. `done` is 1 for one cycle, and `result` is valid only in that cycle
// (it is 0 in all others). gcd(x, 0) = gcd(0, x) = x.
//
// Two-process state machine, asynchronous active-low reset. The operands need no reset: nothing reads them before
// `start` has loaded them.
module gcd #(
    parameter WIDTH = 16
) (
    input  wire             clk,
    input  wire             rst_n,
    input  wire             start,
    input  wire [WIDTH-1:0] a,
    input  wire [WIDTH-1:0] b,
    output wire             ready,
    output wire             done,
    output wire [WIDTH-1:0] result
);

    localparam [1:0] IDLE = 2'd0;
    localparam [1:0] RUN  = 2'd1;
    localparam [1:0] DONE = 2'd2;

    reg [1:0] state;
    reg [1:0] next_state;

    reg [WIDTH-1:0] x;
    reg [WIDTH-1:0] y;

    wire y_is_zero = (y == {WIDTH{1'b0}});
    wire x_is_less = (x < y);

    assign ready  = (state == IDLE);
    assign done   = (state == DONE);
    assign result = done ? x : {WIDTH{1'b0}};

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            state <= IDLE;
        else
            state <= next_state;
    end

    always @* begin
        next_state = state;
        case (state)
            IDLE:    if (start) next_state = RUN;
            RUN:     if (y_is_zero) next_state = DONE;
            DONE:    next_state = IDLE;
            default: next_state = IDLE;
        endcase
    end

    always @(posedge clk) begin
        if (ready && start) begin
            x <= a;
            y <= b;
        end else if (state == RUN) begin
            casez ({y_is_zero, x_is_less})
                2'b1?: begin
                    // Finished: x holds the result.
                end
                2'b01: begin
                    x <= y;
                    y <= x;
                end
                default: x <= x - y;
            endcase
        end
    end

endmodule
