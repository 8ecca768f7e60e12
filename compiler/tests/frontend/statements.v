module statements(input clk, input [3:0] a, output reg [3:0] y, output reg [7:0] z);
  reg [7:0] mem [0:15], w;
  integer i;
  always @* begin
    y = 0;
    if (a[0]) y = 1; else if (a[1]) y = 2; else if (a[2]) begin y = 3; end else y = 4;
    if (a[3]) if (a[2]) y = 5; else y = 6;
    case (a)
      0, 1: y = 1;
      4'b0010: begin end
      default y = 3;
    endcase
    casez (a) 4'b1???: ; default: y = 2; endcase
    casex (a) 4'bx1xx: y = 7; endcase
  end
  always @(posedge clk, negedge a[0]) begin : named
    for (i = 0; i < 4; i = i + 1) begin : inner
      mem[i] <= mem[i+1];
      if (i == 2) disable inner;
    end
    while (i > 0) i = i - 1;
    repeat (4) w = {w[6:0], w[7]};
    {z, w} <= {w, z};
    mem[a][3:0] <= z[a +: 4];
    t(a, z);
    u;
    $display("%d", a);
    #5 w = 1;
    @(posedge clk) w = 2;
    (* full_case *) case (1'b1) a[0]: w = 1; endcase
  end
  initial begin
    $readmemh("x.hex", mem);
    forever #5 w = ~w;
  end
  task t(input [3:0] p, output [7:0] q);
    begin q = p; end
  endtask
  task u;
    reg k;
    k = 1;
  endtask
  function automatic signed [7:0] g(input [3:0] p, q, input r);
    begin : blk
      integer j;
      g = p + q;
    end
  endfunction
  genvar n;
  generate
    for (n = 0; n < 4; n = n + 1) begin : bits
      wire v = a[n];
      if (n == 0) assign y[0] = v;
      else if (n == 1) begin : one assign y[1] = v; end
      else begin assign y[n] = v; end
    end
    case (4)
      1, 2: wire c1;
      default: begin : d wire c2; end
    endcase
  endgenerate
  initial fork w = 1; w = 2; join
  initial begin wait (w) w = 0; assign w = 1; deassign w; force w = 1; release w; -> ev; end
endmodule
