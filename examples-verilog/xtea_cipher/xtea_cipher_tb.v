// Self-checking testbench of xtea_cipher: a published vector, and a reference written as in the paper. Inputs change at the
// falling clock edge.
module xtea_cipher_tb;

    localparam LIMIT  = 3000; // clock cycles
    localparam BLOCKS = 6;

    reg          clk;
    reg          rst_n;
    reg          start;
    reg          decrypt;
    reg  [127:0] key;
    reg  [63:0]  block_in;
    wire         ready;
    wire         valid;
    wire [63:0]  block_out;

    integer     checks;
    integer     errors;
    integer     cycles;
    integer     latency;
    integer     index;
    reg [31:0]  noise;
    reg [127:0] some_key;
    reg [63:0]  plain;
    reg [63:0]  cipher;

    xtea_cipher dut (
        .clk(clk), .rst_n(rst_n), .start(start), .decrypt(decrypt), .key(key), .block_in(block_in),
        .ready(ready), .valid(valid), .block_out(block_out)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL xtea_cipher: no end after %0d cycles", LIMIT);
            $finish;
        end
    end

    // Marsaglia's xorshift: the same numbers in every simulator.
    function [31:0] xorshift(input [31:0] previous);
        begin
            xorshift = previous ^ (previous << 13);
            xorshift = xorshift ^ (xorshift >> 17);
            xorshift = xorshift ^ (xorshift << 5);
        end
    endfunction

    function [31:0] reference_key(input [127:0] words, input [31:0] number);
        reference_key = words[(3 - (number & 32'd3)) * 32 +: 32];
    endfunction

    function [63:0] encipher(input [127:0] words, input [63:0] block);
        integer    n;
        reg [31:0] y;
        reg [31:0] z;
        reg [31:0] total;
        begin
            y = block[63:32];
            z = block[31:0];
            total = 32'd0;
            for (n = 0; n < 32; n = n + 1) begin
                y = y + ((((z << 4) ^ (z >> 5)) + z) ^ (total + reference_key(words, total)));
                total = total + 32'h9E3779B9;
                z = z + ((((y << 4) ^ (y >> 5)) + y) ^ (total + reference_key(words, total >> 11)));
            end
            encipher = {y, z};
        end
    endfunction

    task check(input backwards, input [127:0] words, input [63:0] block, input [63:0] expected);
        begin
            while (ready !== 1'b1) @(negedge clk);
            start = 1'b1;
            decrypt = backwards;
            key = words;
            block_in = block;
            latency = 1;
            @(negedge clk);
            start = 1'b0;
            decrypt = ~backwards;
            key = ~words;
            block_in = ~block;
            while (valid !== 1'b1) begin
                latency = latency + 1;
                if (block_out !== 64'd0) begin
                    errors = errors + 1;
                    $display("FAIL xtea_cipher: block_out is %h while not valid", block_out);
                end
                @(negedge clk);
            end
            checks = checks + 1;
            if (block_out !== expected) begin
                errors = errors + 1;
                $display("FAIL decrypt=%b key=%h block=%h: got %h, expected %h",
                         backwards, words, block, block_out, expected);
            end
            if (latency != 65) begin
                errors = errors + 1;
                $display("FAIL xtea_cipher: valid after %0d cycles", latency);
            end
            @(negedge clk);
        end
    endtask

    initial begin
        checks = 0;
        errors = 0;
        noise = 32'hDEADBEEF;
        rst_n = 1'b0;
        start = 1'b0;
        decrypt = 1'b0;
        key = 128'd0;
        block_in = 64'd0;
        repeat (2) @(negedge clk);
        rst_n = 1'b1;

        check(1'b0, 128'h000102030405060708090A0B0C0D0E0F, 64'h4142434445464748, 64'h497DF3D072612CB5);
        check(1'b1, 128'h000102030405060708090A0B0C0D0E0F, 64'h497DF3D072612CB5, 64'h4142434445464748);

        for (index = 0; index < BLOCKS; index = index + 1) begin
            noise = xorshift(noise);
            some_key = {noise, ~noise, noise ^ 32'h0F1E2D3C, noise + 32'h12345678};
            noise = xorshift(noise);
            plain = {noise, 32'd0};
            noise = xorshift(noise);
            plain[31:0] = noise;
            cipher = encipher(some_key, plain);
            check(1'b0, some_key, plain, cipher);
            check(1'b1, some_key, cipher, plain);
        end
        repeat (5) @(negedge clk);

        if (errors == 0) $display("PASS xtea_cipher: %0d blocks in %0d cycles", checks, cycles);
        $finish;
    end

endmodule
