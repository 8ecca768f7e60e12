module numbers;
  localparam A0 = 0, A1 = 42, A2 = 4_294_967_295, A3 = 1_0;
  localparam B0 = 4'b1010, B1 = 4'B10_10, B2 = 8'b1x0z, B3 = 8'bx, B4 = 8'bz1, B5 = 4'b??01;
  localparam O0 = 9'o7_1_2, O1 = 6'o1x, O2 = 'o17;
  localparam D0 = 8'd255, D1 = 16 'd 1000, D2 = 4'dx, D3 = 4'dz, D4 = 4'd?, D5 = 'd12, D6 = 70'd1180591620717411303423;
  localparam H0 = 8'hfF, H1 = 12'hx, H2 = 12'h?1x, H3 = 32 'h dead_beef, H4 = 'h 12ab, H5 = 'h 1e5, H6 = 32'h1e5;
  localparam S0 = 4'sb1111, S1 = 8'Sd127, S2 = 'sh80, S3 = -8'sd1;
  localparam T0 = 2'hf, T1 = 3'd9, T2 = 128'hffff_ffff_ffff_ffff_0000_0000_0000_0001;
  localparam U0 = 'bx, U1 = 'hz1;
  wire [1:0] s;
  wire a, b;
  wire y0 = s==2'd1?a:b;
  wire y1 = s == 2'b1 ? a:b;
endmodule
