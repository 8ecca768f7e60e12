// Functions, loops, jumps, casts, streams, $unit, ports by name.
localparam int UNIT = 3;

function automatic int unsigned popcount(input logic [15:0] v, input int unsigned start = UNIT);
  popcount = start;
  for (int i = 0; i < $bits(v); ++i) begin
    if (!v[i]) continue;
    popcount++;
  end
endfunction

module leaf #(
    parameter int W = 8
) (
    input  logic clk,
    input  logic rst,
    input  logic en,
    input  logic [W-1:0] d,
    output logic [W-1:0] q
);
  timeunit 1ns; timeprecision 1ps;
  always_ff @(posedge clk) begin
    if (rst) q <= '0;
    else if (en) q <= q + d;
  end
  a_known: assert property (@(posedge clk) disable iff (rst) !$isunknown(q));
  final $display("done");
endmodule

module flow (
    input  logic        clk,
    input  logic        rst,
    input  logic        en,
    input  logic [15:0] d,
    output logic [15:0] q,
    output logic [15:0] swapped,
    output logic [15:0] mixed,
    output logic [7:0]  first,
    output logic signed [7:0] cast,
    output logic [31:0] count
);
  leaf #(.W(16)) u (.*);

  function automatic void split(input logic [15:0] v, output logic [7:0] hi, output logic [7:0] lo);
    {hi, lo} = v;
    if (v[0]) return;
    hi = ~hi;
  endfunction

  function automatic logic [7:0] leading(input logic [15:0] v);
    for (int i = 15; i >= 0; i--) if (v[i]) return 8'(i);
    return 8'hff;
  endfunction

  logic [7:0] hi, lo;
  logic [3:0] n[4];
  always_comb begin
    split(.v(d), .lo(lo), .hi(hi));
    mixed = {hi, lo};
    first = leading(.v(d));
    count = popcount(d) + popcount(.start(32'd2), .v(q));
  end

  always_comb
    if (en) swapped = {<<8{d}};
    else swapped = {<<{d}};
  assign {n[0], n[1], n[2], n[3]} = {<<4{d}};
  always_comb begin
    int k;
    k = 0;
    cast = 8'sd0;
    do begin
      cast = cast + 8'(signed'(n[k]));
      k += 1;
    end while (k < 4);
    cast -= type(cast)'(d[3:0]);
  end
endmodule
