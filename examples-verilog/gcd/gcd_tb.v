// Self-checking testbench of gcd. Inputs change at the falling clock edge; outputs are read just before it changes them.
module gcd_tb;

    localparam WIDTH = 16;
    localparam LIMIT = 3000; // clock cycles

    reg              clk;
    reg              rst_n;
    reg              start;
    reg  [WIDTH-1:0] a;
    reg  [WIDTH-1:0] b;
    wire             ready;
    wire             done;
    wire [WIDTH-1:0] result;

    integer checks;
    integer errors;
    integer cycles;

    gcd #(.WIDTH(WIDTH)) dut (
        .clk(clk), .rst_n(rst_n), .start(start), .a(a), .b(b),
        .ready(ready), .done(done), .result(result)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL gcd: no end after %0d cycles", LIMIT);
            $finish;
        end
    end

    task check(input [WIDTH-1:0] first, input [WIDTH-1:0] second, input [WIDTH-1:0] expected);
        begin
            while (ready !== 1'b1) @(negedge clk);
            start = 1'b1;
            a = first;
            b = second;
            @(negedge clk);
            start = 1'b0;
            // The operands are taken with `start`; what follows must not matter.
            a = ~first;
            b = first ^ second;
            while (done !== 1'b1) begin
                if (result !== {WIDTH{1'b0}}) begin
                    errors = errors + 1;
                    $display("FAIL gcd(%0d, %0d): result is %0d while not done", first, second, result);
                end
                @(negedge clk);
            end
            checks = checks + 1;
            if (result !== expected) begin
                errors = errors + 1;
                $display("FAIL gcd(%0d, %0d) = %0d, expected %0d", first, second, result, expected);
            end
            @(negedge clk);
        end
    endtask

    initial begin
        checks = 0;
        errors = 0;
        rst_n = 1'b0;
        start = 1'b0;
        a = 16'd0;
        b = 16'd0;
        repeat (3) @(negedge clk);
        rst_n = 1'b1;

        check(16'd48, 16'd18, 16'd6);
        check(16'd18, 16'd48, 16'd6);
        check(16'd17, 16'd5, 16'd1);
        check(16'd0, 16'd0, 16'd0);
        check(16'd9, 16'd0, 16'd9);
        check(16'd0, 16'd65535, 16'd65535);
        check(16'd21845, 16'd21845, 16'd21845);
        check(16'd65535, 16'd21845, 16'd21845);
        check(16'd28657, 16'd17711, 16'd1); // neighbours in the Fibonacci sequence
        check(16'd46368, 16'd28656, 16'd144);

        // A reset in the middle of a computation returns to idle.
        start = 1'b1;
        a = 16'd1000;
        b = 16'd3;
        @(negedge clk);
        start = 1'b0;
        repeat (20) @(negedge clk);
        rst_n = 1'b0;
        repeat (2) @(negedge clk);
        rst_n = 1'b1;
        if (ready !== 1'b1 || done !== 1'b0) begin
            errors = errors + 1;
            $display("FAIL gcd: not idle after reset");
        end

        check(16'd60000, 16'd1024, 16'd32);
        check(16'd12345, 16'd678, 16'd3);
        repeat (10) @(negedge clk);
        check(16'd40960, 16'd24576, 16'd8192);

        if (errors == 0) $display("PASS gcd: %0d results in %0d cycles", checks, cycles);
        $finish;
    end

endmodule
