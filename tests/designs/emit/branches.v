// Registers with initial values in branches without a name, of which one has an `else if` behind it, and instances of one statement
// of which one alone tells control states apart.
module turn #(parameter KIND = 2) (
    input wire clk,
    input wire load,
    input wire [15:0] d,
    output wire [15:0] q
);
  generate
    if (KIND > 1) begin
      reg [15:0] count = 16'd0;
      reg odd = 1'b0;
      always @(posedge clk)
        if (load) count <= d;
        else count <= (count == 16'd4) ? 16'd0 : count + 16'd1;
      always @(posedge clk) odd <= ^count;
      assign q = count ^ {15'd0, odd};
    end else if (KIND == 1) begin
      reg [15:0] count = 16'd1;
      always @(posedge clk) if (load) count <= d;
      assign q = count;
    end else begin
      assign q = d;
    end
  endgenerate
endmodule

module branches (
    input wire clk,
    input wire [2:0] load,
    input wire [15:0] d,
    output wire [15:0] q,
    output wire [15:0] last,
    output wire [15:0] plain
);
  wire [47:0] all;
  genvar i;
  generate
    for (i = 0; i < 3; i = i + 1) begin : each
      turn turn (.clk(clk), .load(load[i] && i > 0), .d(d), .q(all[16 * i +: 16]));
    end
  endgenerate
  assign q = all[15:0] ^ all[31:16];
  turn #(.KIND(1)) once (.clk(clk), .load(load[0]), .d(d), .q(last));
  turn #(.KIND(0)) never (.clk(clk), .load(load[0]), .d(all[47:32]), .q(plain));
endmodule
