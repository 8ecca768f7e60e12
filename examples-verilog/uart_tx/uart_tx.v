// UART transmitter: one start bit, eight data bits (least significant first), parity if wanted, one stop bit.
//
// A byte is taken in a cycle where `data_valid` and `data_ready` are 1. `tx` is 1 when idle.
//
// One-process state machine, asynchronous active-low reset. Each data bit is needed only until it has been sent, the
// parity so far only until the parity bit has been sent.
module uart_tx #(
    parameter CLOCKS_PER_BIT = 8, // at least 2
    parameter PARITY         = 2  // 0 none, 1 odd, 2 even
) (
    input  wire       clk,
    input  wire       rst_n,
    input  wire       data_valid,
    output wire       data_ready,
    input  wire [7:0] data,
    output reg        tx
);

    localparam TIMER_WIDTH = $clog2(CLOCKS_PER_BIT);
    localparam [TIMER_WIDTH-1:0] RELOAD = CLOCKS_PER_BIT[TIMER_WIDTH-1:0] - 1'b1;

    localparam [2:0] IDLE  = 3'd0;
    localparam [2:0] START = 3'd1;
    localparam [2:0] DATA  = 3'd2;
    localparam [2:0] CHECK = 3'd3; // the parity bit
    localparam [2:0] STOP  = 3'd4;

    reg [2:0]             state;
    reg [TIMER_WIDTH-1:0] timer;     // clocks left of the bit that is being sent
    reg [2:0]             bits_left; // data bits left after the one that is being sent
    reg [7:0]             shifter;   // data bits not sent yet
    reg                   parity;

    wire last_clock = (timer == {TIMER_WIDTH{1'b0}});

    assign data_ready = (state == IDLE);

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n) begin
            state     <= IDLE;
            timer     <= RELOAD;
            bits_left <= 3'd0;
            shifter   <= 8'd0;
            parity    <= 1'b0;
            tx        <= 1'b1;
        end else if (state == IDLE) begin
            if (data_valid) begin
                shifter <= data;
                parity  <= (PARITY == 1);
                tx      <= 1'b0;
                state   <= START;
            end
        end else if (!last_clock) begin
            timer <= timer - 1'b1;
        end else begin
            timer <= RELOAD;
            case (state)
                START: begin
                    tx        <= shifter[0];
                    parity    <= parity ^ shifter[0];
                    shifter   <= {1'b0, shifter[7:1]};
                    bits_left <= 3'd7;
                    state     <= DATA;
                end

                DATA: begin
                    if (bits_left != 3'd0) begin
                        tx        <= shifter[0];
                        parity    <= parity ^ shifter[0];
                        shifter   <= {1'b0, shifter[7:1]};
                        bits_left <= bits_left - 3'd1;
                    end else if (PARITY != 0) begin
                        tx    <= parity;
                        state <= CHECK;
                    end else begin
                        tx    <= 1'b1;
                        state <= STOP;
                    end
                end

                CHECK: begin
                    tx    <= 1'b1;
                    state <= STOP;
                end

                default: state <= IDLE; // STOP
            endcase
        end
    end

endmodule
