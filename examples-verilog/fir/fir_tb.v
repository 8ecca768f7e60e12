// Self-checking testbench of fir. Inputs change at the falling clock edge. The reference computes in integers.
module fir_tb;

    localparam LIMIT   = 3000; // clock cycles
    localparam SAMPLES = 64;

    reg                clk;
    reg                rst;
    reg                in_valid;
    wire               in_ready;
    reg  signed [7:0]  in_sample;
    wire               out_valid;
    wire signed [18:0] out_sample;

    integer    errors;
    integer    cycles;
    integer    sent;
    integer    received;
    integer    k;
    integer    expected;
    integer    value;
    reg [31:0] noise;

    integer coefficient [0:7];
    integer history [0:7];

    fir dut (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_sample(in_sample),
        .out_valid(out_valid), .out_sample(out_sample)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL fir: no end after %0d cycles", LIMIT);
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

    // An impulse, then full-scale steps (the largest sums), then noise.
    function [7:0] stimulus(input integer index, input [7:0] random);
        if (index < 10)
            stimulus = (index == 0) ? 8'd1 : 8'd0;
        else if (index < 20)
            stimulus = 8'h80;
        else if (index < 30)
            stimulus = 8'h7F;
        else
            stimulus = random;
    endfunction

    task filter(input signed [7:0] sample);
        begin
            while (in_ready !== 1'b1) @(negedge clk);
            in_valid = 1'b1;
            in_sample = sample;
            @(negedge clk);
            in_valid = 1'b0;
            in_sample = ~sample;
            for (k = 7; k > 0; k = k - 1) history[k] = history[k-1];
            history[0] = {{24{sample[7]}}, sample};
            expected = 0;
            for (k = 0; k < 8; k = k + 1) expected = expected + coefficient[k] * history[k];
            while (out_valid !== 1'b1) begin
                if (out_sample !== 19'd0) begin
                    errors = errors + 1;
                    $display("FAIL sample %0d: output %0d while not valid", sent, out_sample);
                end
                @(negedge clk);
            end
            value = {{13{out_sample[18]}}, out_sample};
            if (value !== expected) begin
                errors = errors + 1;
                $display("FAIL sample %0d: got %0d, expected %0d", sent, value, expected);
            end
            received = received + 1;
        end
    endtask

    initial begin
        errors = 0;
        received = 0;
        noise = 32'h9E3779B9;
        coefficient[0] = -3;
        coefficient[1] = 12;
        coefficient[2] = 42;
        coefficient[3] = 79;
        coefficient[4] = 81;
        coefficient[5] = 39;
        coefficient[6] = 11;
        coefficient[7] = -5;
        for (k = 0; k < 8; k = k + 1) history[k] = 0;
        rst = 1'b1;
        in_valid = 1'b0;
        in_sample = 8'd0;
        repeat (2) @(negedge clk);
        rst = 1'b0;

        for (sent = 0; sent < SAMPLES; sent = sent + 1) begin
            noise = xorshift(noise);
            filter(stimulus(sent, noise[7:0]));
            // Now and then the source has nothing to send.
            if (noise[9:8] == 2'd0) begin
                repeat (4) @(negedge clk);
            end
        end

        // A reset clears the delay line.
        rst = 1'b1;
        repeat (2) @(negedge clk);
        rst = 1'b0;
        for (k = 0; k < 8; k = k + 1) history[k] = 0;
        filter(8'd100);
        filter(8'hCE); // -50
        repeat (3) @(negedge clk);

        if (errors == 0) $display("PASS fir: %0d samples in %0d cycles", received, cycles);
        $finish;
    end

endmodule
