// Takes bytes and computes 1 * first + 2 * second + 3 * third + ..., up to and with the one that comes with `word_last`. The
// products are made by shifting and adding, so a byte takes as many clocks as its position has binary digits.
// At most 16 bytes; the total then fits in 16 bits.
//
// Three-process state machine. While it waits, the two factors hold nothing of value.
module word_consumer (
    input  wire        clk,
    input  wire        rst,
    input  wire [7:0]  word,
    input  wire        word_last,
    input  wire        word_valid,
    output reg         word_ready,
    output reg         idle,
    output reg         done,
    output reg  [15:0] total
);

    localparam [1:0] WAIT     = 2'b00;
    localparam [1:0] MULTIPLY = 2'b01;
    localparam [1:0] DONE     = 2'b10;

    reg [1:0]  state;
    reg [1:0]  next_state;
    reg [4:0]  position;     // bytes taken so far
    reg [4:0]  multiplier;   // digits of the position not used yet
    reg [15:0] multiplicand; // the byte, shifted left
    reg [15:0] sum;
    reg        last;

    wire last_digit = (multiplier[4:1] == 4'd0);

    // State
    always @(posedge clk) begin
        if (rst)
            state <= WAIT;
        else
            state <= next_state;
    end

    // Next state
    always @* begin
        case (state)
            WAIT:     next_state = word_valid ? MULTIPLY : WAIT;
            MULTIPLY: next_state = !last_digit ? MULTIPLY : last ? DONE : WAIT;
            default:  next_state = WAIT;
        endcase
    end

    // Outputs
    always @* begin
        word_ready = 1'b0;
        idle       = 1'b0;
        done       = 1'b0;
        total      = 16'd0;
        case (state)
            WAIT: begin
                word_ready = 1'b1;
                idle       = 1'b1;
            end
            DONE: begin
                done  = 1'b1;
                total = sum;
            end
            default: begin
            end
        endcase
    end

    // Datapath
    always @(posedge clk) begin
        if (rst) begin
            position <= 5'd0;
            sum      <= 16'd0;
        end else begin
            case (state)
                WAIT: begin
                    if (word_valid) begin
                        position     <= position + 5'd1;
                        multiplier   <= position + 5'd1;
                        multiplicand <= {8'd0, word};
                        last         <= word_last;
                    end
                end
                MULTIPLY: begin
                    if (multiplier[0])
                        sum <= sum + multiplicand;
                    multiplier   <= {1'b0, multiplier[4:1]};
                    multiplicand <= {multiplicand[14:0], 1'b0};
                end
                default: begin
                    position <= 5'd0;
                    sum      <= 16'd0;
                end
            endcase
        end
    end

endmodule
