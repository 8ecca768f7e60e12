// Self-checking testbench of two_fsm. Inputs change at the falling clock edge. The reference multiplies directly.
module two_fsm_tb;

    localparam LIMIT = 3000; // clock cycles

    reg         clk;
    reg         rst;
    reg         start;
    reg  [15:0] seed;
    reg  [3:0]  count;
    wire        ready;
    wire        done;
    wire [15:0] total;

    integer    checks;
    integer    errors;
    integer    cycles;
    integer    index;
    reg [15:0] expected;

    two_fsm dut (
        .clk(clk), .rst(rst), .start(start), .seed(seed), .count(count),
        .ready(ready), .done(done), .total(total)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL two_fsm: no end after %0d cycles", LIMIT);
            $finish;
        end
    end

    function [15:0] reference(input [15:0] first, input [3:0] bytes);
        integer    byte_number;
        integer    step;
        reg [15:0] value;
        begin
            value = (first == 16'd0) ? 16'hACE1 : first;
            reference = 16'd0;
            for (byte_number = 1; byte_number <= ((bytes == 4'd0) ? 16 : {28'd0, bytes}); byte_number = byte_number + 1) begin
                for (step = 0; step < 3; step = step + 1) begin
                    if (value[0])
                        value = (value >> 1) ^ 16'hB400;
                    else
                        value = value >> 1;
                end
                reference = reference + {8'd0, value[11:4]} * byte_number[15:0];
            end
        end
    endfunction

    task check(input [15:0] first, input [3:0] bytes);
        begin
            expected = reference(first, bytes);
            while (ready !== 1'b1) @(negedge clk);
            start = 1'b1;
            seed = first;
            count = bytes;
            @(negedge clk);
            start = 1'b0;
            seed = ~first;
            count = ~bytes;
            while (done !== 1'b1) begin
                if (total !== 16'd0) begin
                    errors = errors + 1;
                    $display("FAIL seed %h: total %0d while not done", first, total);
                end
                @(negedge clk);
            end
            checks = checks + 1;
            if (total !== expected) begin
                errors = errors + 1;
                $display("FAIL seed %h, %0d bytes: got %0d, expected %0d", first, bytes, total, expected);
            end
            @(negedge clk);
        end
    endtask

    initial begin
        checks = 0;
        errors = 0;
        rst = 1'b1;
        start = 1'b0;
        seed = 16'd0;
        count = 4'd0;
        repeat (2) @(negedge clk);
        rst = 1'b0;

        check(16'h1234, 4'd1);
        check(16'h0000, 4'd2);
        check(16'hFFFF, 4'd0);
        repeat (6) @(negedge clk);

        // A reset in the middle leaves nothing behind in either module.
        start = 1'b1;
        seed = 16'h5A5A;
        count = 4'd9;
        @(negedge clk);
        start = 1'b0;
        repeat (25) @(negedge clk);
        rst = 1'b1;
        @(negedge clk);
        rst = 1'b0;

        for (index = 0; index < 8; index = index + 1)
            check(16'h8001 + 16'd3571 * index[15:0], 4'd3 + index[3:0]);
        repeat (4) @(negedge clk);

        if (errors == 0) $display("PASS two_fsm: %0d totals in %0d cycles", checks, cycles);
        $finish;
    end

endmodule
