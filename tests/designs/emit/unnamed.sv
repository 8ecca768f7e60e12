// State in blocks without a name: twice under one name, in the branch of an `else`,
// behind an asynchronous reset, one in another and around a named one, assigned by `<=`,
// in a loop and a branch of generate constructs, in two versions of a module. `scratch`
// holds nothing from one cycle to the next, so its block stays as it is.
module unnamed (
    input  logic       clk,
    input  logic       rst,
    input  logic [7:0] d,
    output logic [7:0] a,
    output logic [7:0] b,
    output logic [7:0] c,
    output logic [7:0] e,
    output logic [7:0] f,
    output logic [3:0] g,
    output wire  [3:0] h
);
  always @(posedge clk) begin
    reg [7:0] k;
    if (rst) k = 8'd1;
    else k = {k[6:0], k[7] ^ d[0]};
    a <= k ^ d;
  end

  always @(posedge clk)
    if (rst) b <= 8'd0;
    else begin
      int k;
      if (d[1]) k = k + 3;
      b <= k[7:0];
    end

  always @(posedge clk or posedge rst)
    if (rst) c <= 8'd0;
    else begin
      reg [7:0] outer;
      begin
        reg [7:0] inner;
        inner <= d + outer;
        begin : named
          reg [7:0] last;
          last <= inner;
          outer <= outer ^ last;
        end
        c <= c + inner;
      end
    end

  always @(posedge clk) begin
    reg [7:0] scratch;
    scratch = d ^ 8'h55;
    if (rst) e <= 8'd0;
    else e <= e + scratch;
  end

  genvar i;
  generate
    for (i = 0; i < 4; i = i + 1) begin : lane
      always @(posedge clk) begin
        reg [1:0] k;
        if (rst) k = i;
        else if (d[i]) k = k + 2'd1;
        f[2*i+:2] <= k;
      end
    end
    if (1)
      always @(posedge clk) begin
        reg [3:0] k;
        if (rst) k <= 4'd0;
        else k <= k + d[3:0];
        g <= k;
      end
  endgenerate

  half #(.KEPT(1)) upper (clk, rst, d[5:4], h[3:2]);
  half #(.KEPT(0)) lower (clk, rst, d[3:2], h[1:0]);
endmodule

module half #(
    parameter KEPT = 1
) (
    input  logic       clk,
    input  logic       rst,
    input  logic [1:0] d,
    output logic [1:0] q
);
  always @(posedge clk) begin
    reg [1:0] k;
    if (rst) k = 2'd0;
    else if (KEPT) k = k + d;
    else k = d;
    q <= k;
  end
endmodule
