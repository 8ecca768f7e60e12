// Gates of every form that is taken, on the falling edge too, and resets of every kind.
module clocking(input wire clk, input wire rst, input wire [7:0] a, output wire [7:0] p, q, r, s, t, output wire [7:0] clock_level);
  wire wide_rst = rst | (a[7:5] == 3'd7);
  reg [7:0] cp, cq, cr, cs, ct;
  reg hold_low, hold_high, off, soft;
  // Open while the clock rests.
  always @* if (!clk) hold_low = a[0] ^ a[1];
  wire g_and = hold_low & clk;
  always @(posedge g_and or posedge wide_rst)
    if (wide_rst) cp <= 8'd1;
    else cp <= cp + a;
  // The same written with a condition, and an input that is held still.
  wire g_mux = a[2] ? clk : 1'b0;
  always @(posedge g_mux or posedge rst)
    if (rst) cq <= 8'd2;
    else cq <= cq ^ a;
  // An inverted clock, active at its falling edge: the rising one of the port.
  wire n = ~clk;
  always @(n, a) if (n) hold_high = a[3];
  wire g_or = n | ~hold_high;
  always @(negedge g_or)
    if (rst) cr <= 8'd3;
    else cr <= cr - a;
  // An or gate that registers of the same clock close.
  always @(posedge clk or posedge rst)
    if (rst) off <= 1'b0;
    else if (clk) off <= a[4];
  always @(posedge clk) soft <= !rst & (&a[3:0] | a[7]);
  wire g_off = clk | off;
  always @(posedge g_off)
    if (rst) cs <= 8'd4;
    else cs <= {cs[6:0], a[0]};
  // A register resets and another one sets, with an input before both.
  wire set = soft & ~off;
  always @(posedge clk or posedge rst or posedge set)
    if (rst) ct <= 8'd0;
    else if (set) ct <= 8'hff;
    else ct <= ct + 8'd1;
  assign p = cp;
  assign q = cq;
  assign r = cr;
  assign s = cs;
  assign t = ct;
  assign clock_level = {7'd0, clk} ^ a;
endmodule
