// Declaration and process styles that instrumentation has to edit: ports without
// directions in the header, positional connections, arrays, split registers,
// ascending ranges, registers in named and generate blocks, parameters.
`timescale 1ns / 1ps
`default_nettype none

module styles (clk, rst_n, d, q, p);
  input wire clk, rst_n;
  input wire [7:0] d;
  output wire [15:0] q;
  output wire [6:0] p;

  wire [7:0] a, b;
  leaf #(8) left (clk, rst_n, d, a);
  leaf #(
      .WIDTH(4),
      .DEEP (1)
  ) right ( // named, with a comment behind the parenthesis
      .clk(clk),
      .rst_n(rst_n),
      .d(a[3:0]),
      .q(b[3:0])
  );
  leaf #(4) third (clk, rst_n, a[7:4], b[7:4]);
  assign q = {a, b};

  blocks inner (.clk(clk), .rst_n(rst_n), .d(d[0]), .q(p));
endmodule

module leaf #(
    parameter WIDTH = 8,
    parameter DEEP  = 0
) (
    input wire clk,
    input wire rst_n,
    input wire [WIDTH-1:0] d,
    output wire [WIDTH-1:0] q
);
  reg [WIDTH-1:0] stages[0:2];
  reg [0:2] ring;
  integer i;

  assign q = ring[0] ? stages[2] : stages[0] ^ stages[1];

  always @(posedge clk or negedge rst_n) begin : shift
    if (!rst_n) begin
      for (i = 0; i < 3; i = i + 1) stages[i] <= {WIDTH{1'b0}};
      ring <= 3'b100;
    end else begin
      stages[0] <= d;
      stages[1] <= stages[0];
      stages[2] <= stages[1] + stages[0];
      ring <= {ring[2], ring[0:1]};
    end
  end

  generate
    if (DEEP) begin : g_deep
      reg [1:0] extra;
      always @(posedge clk) extra <= extra + {1'b0, d[0]};
      wire unused = extra[1];
    end
  endgenerate
endmodule

module blocks (
    input wire clk, input wire rst_n,
    input wire d,
    output wire [6:0] q
);
  // One register, two processes.
  reg [3:0] split;
  always @(posedge clk) if (!rst_n) split[1:0] <= 2'd0; else if (d) split[1:0] <= split[1:0] + 2'd1;
  always @(posedge clk) begin
    if (!rst_n) split[3:2] <= 2'd3;
    else split[3:2] <= {split[2], d};
  end

  wire two;
  generate
    if (1) begin : g_in
      reg held;
      always @(posedge clk or negedge rst_n)
      begin
        // Messages around the test of the reset are no hardware.
        if (held === 1'bx) $display("%m is unknown");
        if (!rst_n) held <= 1'b0;
        else if (clk) begin held <= held ^ d; end
        case (held) 1'bz: begin $display("%m floats"); end endcase
      end
      assign two = held;
    end
  endgenerate

  reg one;
  always @(posedge clk) begin : named
    reg [1:0] history;
    history <= {history[0], d};
    one <= ^history & rst_n;
  end

  assign q = {two, one, one & two, split};
endmodule
`default_nettype wire
