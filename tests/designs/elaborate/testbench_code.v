// What describes no hardware stands between what does, and does not matter.
`timescale 1ns / 1ps
module testbench_code (
    input wire clk,
    input wire [3:0] a,
    output reg [3:0] q,
    output reg [7:0] r,
    output wire [7:0] rom,
    output reg [3:0] s
);
    parameter FILE = "nowhere.hex";
    reg [7:0] table_ [0:15];
    integer i, seed;
    real wait_time;
    initial begin
        #0 q = 4'd5;
        $display("begins at %t", $time);
        for (i = 0; i < 16; i = i + 1) table_[i] = i * 17;
        seed = $random;
        wait_time = 1.5;
        #0;
    end
    initial begin
        r = 8'h0f;
        #100;
        if (q === 4'bx) $display("unknown");
        forever #10 wait_time = wait_time + 1;
    end
    initial $monitor("%d", q);
    initial if (0) $finish;
    always @(posedge clk) begin
        q <= #1 q + a;
        if (a == 4'hf && q == 4'h0 && r == 8'h00) $display("%m %d", q);
        r <= #(2) {r[6:0], r[7] ^ a[0]};
    end
    // An asynchronous reset, tested between messages.
    always @(posedge clk or posedge a[3]) begin
        if (s === 4'bx) begin $display("%m is unknown"); end
        ;
        begin if (a[3]) s <= 4'd3; else s <= s + a; end
        $display("%m %d", s);
    end
    assign rom = table_[q];
    // synopsys translate_off
    always @(q) if (q === 4'bz) $finish;
    // synopsys translate_on
    specify
        (clk => q) = 1;
    endspecify
endmodule
