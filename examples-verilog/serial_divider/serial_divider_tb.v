// Self-checking testbench of serial_divider. Inputs change at the falling clock edge.
module serial_divider_tb;

    localparam WIDTH = 16;
    localparam LIMIT = 3000; // clock cycles

    reg              clk;
    reg              rst;
    reg              start;
    reg  [WIDTH-1:0] dividend;
    reg  [WIDTH-1:0] divisor;
    wire             busy;
    wire             valid;
    wire [WIDTH-1:0] quotient;
    wire [WIDTH-1:0] remainder;
    wire             divide_by_zero;

    integer    checks;
    integer    errors;
    integer    cycles;
    integer    latency;
    integer    index;
    reg [31:0] noise;

    serial_divider #(.WIDTH(WIDTH)) dut (
        .clk(clk), .rst(rst), .start(start), .dividend(dividend), .divisor(divisor),
        .busy(busy), .valid(valid), .quotient(quotient), .remainder(remainder), .divide_by_zero(divide_by_zero)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL serial_divider: no end after %0d cycles", LIMIT);
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

    task check(input [WIDTH-1:0] n, input [WIDTH-1:0] d);
        reg             zero;
        reg [WIDTH-1:0] q;
        reg [WIDTH-1:0] r;
        begin
            zero = (d == 16'd0);
            q = zero ? 16'd0 : n / d;
            r = zero ? 16'd0 : n % d;
            while (busy !== 1'b0) @(negedge clk);
            start = 1'b1;
            dividend = n;
            divisor = d;
            latency = 0;
            @(negedge clk);
            start = 1'b0;
            dividend = ~n;
            divisor = d + 16'd1;
            while (valid !== 1'b1) begin
                latency = latency + 1;
                if (quotient !== 16'd0 || remainder !== 16'd0 || divide_by_zero !== 1'b0) begin
                    errors = errors + 1;
                    $display("FAIL %0d / %0d: outputs not 0 while not valid", n, d);
                end
                @(negedge clk);
            end
            checks = checks + 1;
            if (quotient !== q || remainder !== r || divide_by_zero !== zero) begin
                errors = errors + 1;
                $display("FAIL %0d / %0d = %0d rest %0d (by zero: %b), expected %0d rest %0d (by zero: %b)",
                         n, d, quotient, remainder, divide_by_zero, q, r, zero);
            end
            if (latency != (zero ? 0 : WIDTH)) begin
                errors = errors + 1;
                $display("FAIL %0d / %0d: valid after %0d cycles", n, d, latency);
            end
            @(negedge clk);
        end
    endtask

    initial begin
        checks = 0;
        errors = 0;
        noise = 32'h2545F491;
        rst = 1'b1;
        start = 1'b0;
        dividend = 16'd0;
        divisor = 16'd0;
        repeat (2) @(negedge clk);
        rst = 1'b0;

        check(16'd100, 16'd7);
        check(16'd0, 16'd5);
        check(16'd5, 16'd0);
        check(16'd65535, 16'd1);
        check(16'd65535, 16'd65535);
        check(16'd1, 16'd65535);
        check(16'd65535, 16'd32768);
        check(16'd0, 16'd0);

        // A reset in the middle of a division returns to idle.
        start = 1'b1;
        dividend = 16'd54321;
        divisor = 16'd123;
        @(negedge clk);
        start = 1'b0;
        repeat (7) @(negedge clk);
        rst = 1'b1;
        @(negedge clk);
        rst = 1'b0;
        if (busy !== 1'b0 || valid !== 1'b0) begin
            errors = errors + 1;
            $display("FAIL serial_divider: not idle after reset");
        end

        for (index = 0; index < 24; index = index + 1) begin
            noise = xorshift(noise);
            // Divisors of all lengths, so that quotients of all lengths occur.
            check(noise[15:0], noise[31:16] >> (index % 16));
        end
        repeat (5) @(negedge clk);

        if (errors == 0) $display("PASS serial_divider: %0d results in %0d cycles", checks, cycles);
        $finish;
    end

endmodule
