package p;
  typedef enum logic [1:0] { IDLE, RUN = 2'd2, DONE } state_t;
  typedef struct packed { logic [3:0] hi, lo; state_t st; } pair_t;
  parameter int unsigned N = 4;
  localparam logic [3:0] T [2] = '{4'd1, 4'd2};
  function automatic int twice(input int x); return 2 * x; endfunction
endpackage : p
import p::*;
module sv import p::state_t, p::N; #(parameter int W = 8, parameter type T = logic [W-1:0])
  (input logic clk, rst_n, input T d, output T q, output p::pair_t r, input var logic [N-1:0][3:0] m);
  timeunit 1ns;
  state_t state, state_next;
  p::pair_t pr = '{hi: 1, lo: 2, default: '0};
  logic [7:0] mem [16];
  byte b; shortint si; longint unsigned li; bit signed [3:0] bs;
  const logic k = 1'b1;
  var v2 = 1;
  always_ff @(posedge clk or negedge rst_n) begin
    if (!rst_n) state <= IDLE;
    else state <= state_t'(state_next);
    for (int i = 0, j = 1; i < 4; i++, j += 2) begin
      automatic int s = i;
      if (i == 3) break;
      mem[i] <= 8'(d) + '1;
      continue;
    end
  end
  always_comb begin : comb
    state_next = state;
    unique case (state)
      IDLE: state_next = RUN;
      RUN: if (d inside {1, [4:7]}) state_next = DONE;
      default: ;
    endcase
    unique0 if (d == 0) b++; else --b;
    priority casez (d) 8'b1???????: li <<= 1; default: li -= 1; endcase
    void'(p::twice(3));
    assert (d != 3) else $error("no");
    do si++; while (si < 3);
    foreach (mem[i]) mem[i] = 0;
  end
  always_latch if (clk) q = d;
  assign r = pr, v2 = m[1][2];
  sub #(.T(logic [3:0])) u (.clk, .d(d[3:0]), .*);
  a1: assert property (@(posedge clk) d |-> ##1 q);
  property pp; @(posedge clk) d; endproperty
  covergroup cg @(posedge clk); coverpoint d; endgroup
  wire [7:0] st = {<<4{d}};
  wire x = $bits(T) == $bits(logic [3:0]) ? int'(1) : signed'(b);
  if (W > 4) begin : big
    $error("too big");
    for (genvar g = 0; g < 2; g++) wire y = g;
  end : big
  always @(posedge clk iff rst_n) ;
  class c; int x; endclass
  clocking cb @(posedge clk); endclocking
  function void nothing(ref int x, const ref int y); endfunction : nothing
endmodule : sv
