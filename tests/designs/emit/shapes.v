// Instances in generate loops whose parameters give them registers of their own: other widths,
// chains of less and of more than a word, branches that only some have, modules of modules.
module cell_of(clk, rst, d, q);
  parameter N = 1, /* not the end; */
            K = 2;
  input clk, rst;
  input [N-1:0] d;
  output [N-1:0] q;
  reg [N-1:0] q;
  reg [K:0] n;
  always @(posedge clk)
    if (rst) begin
      q <= K;
      n <= 0;
    end else begin
      n <= n + 1;
      if (n != 2) q <= {q, q[N-1]} ^ d ^ n;
    end
endmodule

module stage #(
    parameter W = 4,
    parameter LAST = 0
) (
    input  wire         clk,
    input  wire         rst,
    input  wire [W-1:0] a,
    output wire [W-1:0] y,
    output wire [1:0]   tag
);
  wire [W-1:0] first, second;
  cell_of #(.N(W), .K(1)) one (.clk(clk), .rst(rst), .d(a), .q(first));
  genvar j;
  generate
    for (j = 0; j < 2; j = j + 1) begin : each
      wire [j+1:0] part;
      cell_of #(j + 2, 1) two (clk, rst, a[j+1:0], part);
      reg [j+1:0] own;
      always @(posedge clk)
        if (rst) own <= 0;
        else own <= own + part + W;
    end
  endgenerate
  assign second = {each[1].own, each[0].own};
  reg [W-1:0] sum;
  reg [1:0] state;
  always @(posedge clk or posedge rst)
    if (rst) begin
      sum   <= 0;
      state <= 0;
    end else begin
      state <= state + (state != 2 || a[0]);
      if (state == 1) sum <= sum + first;
      if (state == 3) sum <= {sum, sum} >> 1;
    end
  generate
    if (LAST) begin : end_of_all
      reg [2:0] turns;
      always @(posedge clk)
        if (rst) turns <= 0;
        else if (state == 3) turns <= turns + 3;
      assign tag = turns[2:1];
    end else assign tag = state;
  endgenerate
  assign y = sum ^ second;
endmodule

module shapes #(
    parameter L = 3
) (
    input  wire         clk,
    input  wire         rst,
    input  wire [31:0]  a,
    output wire [83:0]  y,
    output wire [5:0]   tags
);
  genvar i;
  generate
    for (i = 0; i < L; i = i + 1) begin : lane
      localparam W = 5 + 9 * i;
      wire [W-1:0] o;
      stage #(.W(W), .LAST(i == L - 1)) u (clk, rst, a[W-1:0], o, tags[2*i +: 2]);
      assign y[28*i +: 28] = o;
    end
  endgenerate
endmodule
