// Loops whose bounds are signals: they end because a few bits can count no
// further. What they leave is the value at the iteration where they ended.
module signal_loops #(parameter N = 5) (
    input clk,
    input [2:0] n,
    input [1:0] low,
    input signed [3:0] limit,
    input [15:0] a,
    output reg [7:0] mask,
    output reg [3:0] ended,
    output [7:0] decoded,
    output reg [15:0] sum,
    output reg [7:0] nested,
    output reg [3:0] found,
    output reg [7:0] word
);
  integer i, j;

  // The loop variable is read behind the loop.
  always @* begin
    mask = 8'd0;
    for (i = 0; i < n; i = i + 1) mask[i] = 1'b1;
    ended = i[3:0];
  end

  function [7:0] decoder(input [2:0] din);
    integer k;
    begin
      decoder = 0;
      for (k = 0; k <= din; k = k + 1) decoder = {decoder[6:0], 1'b1};
    end
  endfunction
  assign decoded = decoder(n);

  // Both ends are signals; the loop is never entered where they cross.
  reg [3:0] at;
  always @* begin
    sum = 16'd0;
    for (at = {2'b0, low}; at < {1'b0, n}; at = at + 1) sum = sum + (a >> at);
  end

  // One inside the other, and a condition of two parts.
  always @* begin
    nested = 8'd0;
    for (i = 0; i < n && i < N; i = i + 1)
      for (j = 0; j < low; j = j + 1) nested = nested + {4'd0, a[3:0]} + i;
  end

  // A signed bound, below zero at times, and a way out of the middle.
  integer m;
  always @* begin : search
    found = 4'd15;
    for (m = -2; m < 7; m = m + 1)
      if (m >= limit) begin
        found = m;
        disable search;
      end
  end

  // Registers and a memory, written up to where the loop goes.
  reg [7:0] words[0:7];
  reg [7:0] history;
  integer w;
  always @(posedge clk) begin
    for (w = 0; w < low; w = w + 1) begin
      history[w] <= a[w];
      words[w] <= a[7:0] + w;
    end
    word <= words[n] ^ history;
  end
endmodule
