module expressions(input [7:0] a, b, input signed [7:0] c, output [15:0] y);
  assign y = a - b - c + a * b / c % 3;
  assign y = a ** b ** c << 1 >> 2 <<< 3 >>> 4;
  assign y = a < b == c >= 2 != b <= a;
  assign y = a & b ^ c | a ~^ b ^~ c && a || b;
  assign y = a === b !== c;
  assign y = a ? b : c ? a : b;
  assign y = (a ? b : c) ? a : b;
  assign y = -a + +b * ~c & !a;
  assign y = &a | ~&b ^ ~|c & ^a + ~^b;
  assign y = {a, b[3:0], {2{c[0]}}, {4{a, b}}};
  assign y = a[b +: 4] + b[7 -: 2] + c[a[1:0]];
  assign y = $signed(a) + $unsigned(c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c) + $clog2(12);
  assign y = f(a, b[3]) + top.u1.v[2] + g[1].w;
  assign y = a + (* keep *) b;
  assign y = "ab\n\101";
  assign {y[0], y[3:1]} = a;
  function [7:0] f;
    input [7:0] x;
    input z;
    f = x + z;
  endfunction
endmodule
