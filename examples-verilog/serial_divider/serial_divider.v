// Restoring divider, one quotient bit per clock.
//
// `start` is taken in a cycle where `busy` is 0. WIDTH + 1 cycles later `valid` is 1 for one cycle, and `quotient`,
// `remainder` and `divide_by_zero` are valid only in that cycle (they are 0 in all others). A division by zero is
// reported in the next cycle, with quotient and remainder 0.
//
// One-process state machine, synchronous active-high reset, port list in the Verilog-1995 style. The register `bits`
// starts as the dividend and ends as the quotient: each step consumes a bit at the top and produces one at the bottom.
module serial_divider (
    clk,
    rst,
    start,
    dividend,
    divisor,
    busy,
    valid,
    quotient,
    remainder,
    divide_by_zero
);

    parameter WIDTH = 16;

    localparam COUNT_WIDTH = $clog2(WIDTH);
    localparam [COUNT_WIDTH-1:0] LAST = WIDTH[COUNT_WIDTH-1:0] - 1'b1;

    localparam [1:0] IDLE   = 2'b00;
    localparam [1:0] DIVIDE = 2'b01;
    localparam [1:0] DONE   = 2'b11;
    localparam [1:0] FAILED = 2'b10;

    input              clk;
    input              rst;
    input              start;
    input  [WIDTH-1:0] dividend;
    input  [WIDTH-1:0] divisor;
    output             busy;
    output             valid;
    output [WIDTH-1:0] quotient;
    output [WIDTH-1:0] remainder;
    output             divide_by_zero;

    reg [1:0]             state;
    reg [COUNT_WIDTH-1:0] count;   // steps left after this one
    reg [WIDTH-1:0]       bits;    // dividend bits still to come, quotient bits so far
    reg [WIDTH-1:0]       partial; // partial remainder
    reg [WIDTH-1:0]       held;    // divisor

    wire [WIDTH:0] shifted    = {partial, bits[WIDTH-1]};
    wire [WIDTH:0] difference = shifted - {1'b0, held};
    wire           fits       = ~difference[WIDTH];

    wire done = (state == DONE);

    assign busy           = (state != IDLE);
    assign valid          = state[1];
    assign quotient       = done ? bits : {WIDTH{1'b0}};
    assign remainder      = done ? partial : {WIDTH{1'b0}};
    assign divide_by_zero = (state == FAILED);

    always @(posedge clk) begin
        if (rst) begin
            state <= IDLE;
            count <= LAST;
        end else begin
            case (state)
                IDLE: begin
                    if (start) begin
                        bits    <= dividend;
                        partial <= {WIDTH{1'b0}};
                        held    <= divisor;
                        state   <= (divisor == {WIDTH{1'b0}}) ? FAILED : DIVIDE;
                    end
                end

                DIVIDE: begin
                    bits    <= {bits[WIDTH-2:0], fits};
                    partial <= fits ? difference[WIDTH-1:0] : shifted[WIDTH-1:0];
                    if (count == {COUNT_WIDTH{1'b0}}) begin
                        count <= LAST;
                        state <= DONE;
                    end else begin
                        count <= count - 1'b1;
                    end
                end

                default: state <= IDLE; // DONE, FAILED
            endcase
        end
    end

endmodule
