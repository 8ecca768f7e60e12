// XTEA block cipher (Needham and Wheeler, 1997): 64-bit blocks, 128-bit key, 32 cycles of two Feistel rounds, one round per
// clock.
//
// `start` is taken in a cycle where `ready` is 1, together with `decrypt`, `key` and `block_in`. 65 cycles later `valid` is 1
// for one cycle, and `block_out` is valid only in that cycle (it is 0 in all others). The first word of the key and of the
// block is the most significant one.
//
// Two-process state machine, one-hot, asynchronous active-low reset. The order of the two rounds is reversed to decrypt.
module xtea_cipher (
    input  wire         clk,
    input  wire         rst_n,
    input  wire         start,
    input  wire         decrypt,
    input  wire [127:0] key,
    input  wire [63:0]  block_in,
    output wire         ready,
    output wire         valid,
    output wire [63:0]  block_out
);

    localparam [31:0] DELTA     = 32'h9E3779B9;
    localparam [31:0] DELTA_END = 32'hC6EF3720; // 32 * DELTA

    // Bits of the one-hot state
    localparam IDLE   = 0;
    localparam FIRST  = 1;
    localparam SECOND = 2;
    localparam DONE   = 3;

    reg [3:0] state;
    reg [3:0] next_state;
    reg [4:0] round;

    reg         backwards; // decrypting
    reg [127:0] key_held;
    reg [31:0]  v0;
    reg [31:0]  v1;
    reg [31:0]  sum;

    function [31:0] key_word(input [127:0] words, input [1:0] index);
        case (index)
            2'd0:    key_word = words[127:96];
            2'd1:    key_word = words[95:64];
            2'd2:    key_word = words[63:32];
            default: key_word = words[31:0];
        endcase
    endfunction

    function [31:0] mix(input [31:0] v, input [31:0] subkey);
        mix = (({v[27:0], 4'd0} ^ {5'd0, v[31:5]}) + v) ^ subkey;
    endfunction

    // The round that changes v0 uses sum[1:0], the one that changes v1 sum[12:11].
    wire        on_v0  = state[FIRST] ^ backwards;
    wire [31:0] subkey = sum + key_word(key_held, on_v0 ? sum[1:0] : sum[12:11]);
    wire [31:0] mixed  = mix(on_v0 ? v1 : v0, subkey);
    wire [31:0] target = on_v0 ? v0 : v1;
    wire [31:0] result = backwards ? target - mixed : target + mixed;

    assign ready     = state[IDLE];
    assign valid     = state[DONE];
    assign block_out = state[DONE] ? {v0, v1} : 64'd0;

    always @* begin
        next_state = 4'b0000;
        case (1'b1)
            state[IDLE]: begin
                if (start)
                    next_state[FIRST] = 1'b1;
                else
                    next_state[IDLE] = 1'b1;
            end
            state[FIRST]: next_state[SECOND] = 1'b1;
            state[SECOND]: begin
                if (round == 5'd31)
                    next_state[DONE] = 1'b1;
                else
                    next_state[FIRST] = 1'b1;
            end
            default: next_state[IDLE] = 1'b1;
        endcase
    end

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n) begin
            state     <= 4'b0001;
            round     <= 5'd0;
            backwards <= 1'b0;
            key_held  <= 128'd0;
            v0        <= 32'd0;
            v1        <= 32'd0;
            sum       <= 32'd0;
        end else begin
            state <= next_state;
            if (state[IDLE]) begin
                if (start) begin
                    round     <= 5'd0;
                    backwards <= decrypt;
                    key_held  <= key;
                    {v0, v1}  <= block_in;
                    sum       <= decrypt ? DELTA_END : 32'd0;
                end
            end else if (state[FIRST] || state[SECOND]) begin
                if (on_v0)
                    v0 <= result;
                else
                    v1 <= result;
                if (state[FIRST])
                    sum <= backwards ? sum - DELTA : sum + DELTA;
                else
                    round <= round + 5'd1;
            end
        end
    end

endmodule
