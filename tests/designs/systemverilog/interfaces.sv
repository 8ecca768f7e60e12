// Interfaces: modports, parameters, functions, ports by name.
package phases;
  typedef enum logic [1:0] {QUIET, OFFER, TAKEN} phase_t;
endpackage

import phases::*;

interface stream_if #(
    parameter int W = 8
) (
    input logic clk
);
  logic [W-1:0] data;
  logic valid, ready;
  phase_t phase;
  logic [3:0] count;

  modport source(output data, valid, phase, input ready, clk);
  modport sink(input data, valid, phase, clk, output ready, import folded);

  function automatic logic [3:0] folded(input logic [W-1:0] v);
    return v[3:0] ^ v[W-1-:4];
  endfunction

  always_ff @(posedge clk)
    if (!ready) count <= '0;
    else count <= count + 4'(valid);
endinterface

module producer (
    input logic rst,
    input logic [7:0] seed,
    stream_if.source out
);
  always_ff @(posedge out.clk) begin
    if (rst) begin
      out.data <= '0;
      out.valid <= 1'b0;
      out.phase <= QUIET;
    end else begin
      out.valid <= seed[0];
      if (out.ready) out.data <= {out.data[10:0], seed[1]};
      case (out.phase)
        QUIET: if (seed[2]) out.phase <= OFFER;
        OFFER: if (out.ready) out.phase <= TAKEN;
        default: out.phase <= QUIET;
      endcase
    end
  end
endmodule

module consumer (
    stream_if.sink in,
    input logic rst,
    input logic hold,
    output logic [11:0] sum,
    output logic [3:0] fold
);
  assign in.ready = !hold && !rst;
  assign fold = in.folded(in.data);
  always_ff @(posedge in.clk or posedge rst)
    if (rst) sum <= '0;
    else if (in.valid && in.ready) sum <= sum + in.data;
endmodule

module interfaces (
    input logic clk,
    input logic rst,
    input logic [7:0] seed,
    input logic hold,
    output logic [11:0] sum,
    output logic [3:0] fold,
    output logic [5:0] seen
);
  stream_if #(.W(12)) link (.clk);
  producer p (.rst, .seed, .out(link.source));
  consumer c (.in(link), .*);
  assign seen = {link.phase, link.count};
endmodule
