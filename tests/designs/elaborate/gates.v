// All gates, single and in arrays.
module gates (
    input wire [3:0] a,
    input wire [3:0] b,
    input wire c,
    output wire [7:0] y,
    output wire [3:0] z,
    output wire [3:0] w,
    output wire [3:0] t,
    output wire [3:0] u,
    output wire [1:0] v
);
    and (y[0], a[0], b[0], c);
    nand #2 g1 (y[1], a[0], b[0]);
    or (strong0, strong1) g2 (y[2], a[1], b[1]);
    nor (y[3], a[1], b[1], c);
    xor (y[4], a[2], b[2], c);
    xnor (y[5], a[2], b[2], c);
    not (y[6], y[7], a[3]);
    nand many [3:0] (z, a, b);
    xor with_one [0:3] (w, a, c);
    bufif1 on [3:0] (t, a, b);
    notif0 off [3:0] (u, a, c);
    buf (v[0], v[1], c);
endmodule
