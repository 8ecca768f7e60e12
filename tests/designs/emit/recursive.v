// A module that instantiates itself, with registers at every level, which are live everywhere.
module tree #(
    parameter N = 4,
    parameter W = 8
) (
    input  wire           clk,
    input  wire           rst_n,
    input  wire [N*W-1:0] a,
    output wire [W-1:0]   y
);
  localparam HALF = N / 2;
  generate
    if (N == 1) begin : leaf
      reg [W-1:0] last;
      always @(posedge clk or negedge rst_n)
        if (!rst_n) last <= 0;
        else last <= last ^ a;
      assign y = last;
    end else begin : node
      wire [W-1:0] l, r;
      reg [W-1:0] sum;
      tree #(.N(HALF), .W(W)) low (.clk(clk), .rst_n(rst_n), .a(a[HALF*W-1:0]), .y(l));
      tree #(.N(N - HALF), .W(W)) high (clk, rst_n, a[N*W-1:HALF*W], r);
      always @(posedge clk or negedge rst_n)
        if (!rst_n) sum <= 0;
        else sum <= sum + l + r;
      assign y = sum;
    end
  endgenerate
endmodule

module recursive (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [34:0] a,
    output wire [6:0]  y
);
  tree #(.N(5), .W(7)) all (clk, rst_n, a, y);
endmodule
