// Two communicating state machines: a producer of pseudo-random bytes and a consumer that adds them up, weighted by their
// position, so that the order counts.
//
// `start` is taken in a cycle where `ready` is 1, together with `seed` and `count` (0 stands for 16). When the last byte has been
// added `done` is 1 for one cycle, and `total` is valid only in that cycle (it is 0 in all others).
// Synchronous active-high reset in all modules.
module two_fsm (
    input  wire        clk,
    input  wire        rst,
    input  wire        start,
    input  wire [15:0] seed,
    input  wire [3:0]  count,
    output wire        ready,
    output wire        done,
    output wire [15:0] total
);

    wire [7:0] word;
    wire       word_last;
    wire       word_valid;
    wire       word_ready;
    wire       producer_idle;
    wire       consumer_idle;

    assign ready = producer_idle & consumer_idle;

    word_producer #(
        .STEPS(3)
    ) producer (
        .clk       (clk),
        .rst       (rst),
        .start     (start & ready),
        .seed      (seed),
        .count     (count),
        .idle      (producer_idle),
        .word      (word),
        .word_last (word_last),
        .word_valid(word_valid),
        .word_ready(word_ready)
    );

    word_consumer consumer (
        .clk       (clk),
        .rst       (rst),
        .word      (word),
        .word_last (word_last),
        .word_valid(word_valid),
        .word_ready(word_ready),
        .idle      (consumer_idle),
        .done      (done),
        .total     (total)
    );

endmodule
