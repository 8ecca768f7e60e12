// Self-checking testbench of uart_tx. A receiver samples the line in the middle of each bit and compares with what was sent.
// Inputs change at the falling clock edge.
module uart_tx_tb;

    localparam LIMIT          = 3000; // clock cycles
    localparam CLOCKS_PER_BIT = 8;
    localparam BYTES          = 12;

    reg        clk;
    reg        rst_n;
    reg        data_valid;
    wire       data_ready;
    reg  [7:0] data;
    wire       tx;

    integer    errors;
    integer    cycles;
    integer    sent;
    integer    received;
    integer    position;
    reg  [7:0] expected [0:BYTES-1];
    reg [10:0] frame;

    uart_tx dut (
        .clk(clk), .rst_n(rst_n), .data_valid(data_valid), .data_ready(data_ready), .data(data), .tx(tx)
    );

    initial begin
        clk = 1'b0;
        forever #5 clk = ~clk;
    end

    initial cycles = 0;
    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles > LIMIT) begin
            $display("FAIL uart_tx: no end after %0d cycles", LIMIT);
            $finish;
        end
    end

    // Sender
    initial begin
        rst_n = 1'b0;
        data_valid = 1'b0;
        data = 8'd0;
        expected[0] = 8'h00;
        expected[1] = 8'hFF;
        expected[2] = 8'h55;
        expected[3] = 8'hAA;
        expected[4] = 8'h01;
        expected[5] = 8'h80;
        expected[6] = "i";
        expected[7] = "d";
        expected[8] = "e";
        expected[9] = "t";
        expected[10] = "i";
        expected[11] = "c";
        repeat (3) @(negedge clk);
        rst_n = 1'b1;
        for (sent = 0; sent < BYTES; sent = sent + 1) begin
            // Every third byte comes late; the others are offered at once, so that frames follow each other directly.
            if (sent % 3 == 2) repeat (100) @(negedge clk);
            data_valid = 1'b1;
            data = expected[sent];
            while (data_ready !== 1'b1) @(negedge clk);
            @(negedge clk);
            data_valid = 1'b0;
            data = 8'hA5;
        end
    end

    // Receiver
    initial begin
        errors = 0;
        frame = 11'd0;
        while (rst_n !== 1'b1) @(negedge clk);
        for (received = 0; received < BYTES; received = received + 1) begin
            while (tx !== 1'b0) @(negedge clk);
            repeat (CLOCKS_PER_BIT / 2) @(negedge clk);
            for (position = 0; position < 11; position = position + 1) begin
                frame[position] = tx;
                if (position < 10) repeat (CLOCKS_PER_BIT) @(negedge clk);
            end
            // start, data, even parity, stop
            if (frame !== {1'b1, ^expected[received], expected[received], 1'b0}) begin
                errors = errors + 1;
                $display("FAIL byte %0d: frame %b, expected %b", received, frame,
                         {1'b1, ^expected[received], expected[received], 1'b0});
            end
        end
        repeat (2 * CLOCKS_PER_BIT) @(negedge clk);
        if (tx !== 1'b1 || data_ready !== 1'b1) begin
            errors = errors + 1;
            $display("FAIL uart_tx: not idle at the end");
        end
        if (errors == 0) $display("PASS uart_tx: %0d bytes in %0d cycles", received, cycles);
        $finish;
    end

endmodule
