// Unpacked arrays: whole, in slices, as ports, arguments and parameters.
typedef logic [7:0] bytes_t[4];

function automatic bytes_t rotated(input bytes_t v, input logic [1:0] by);
  foreach (v[i]) rotated[i] = v[2'(i) + by];
endfunction

module row #(
    parameter int N = 4,
    parameter logic [7:0] SEED[N] = '{default: 8'd7},
    parameter type word_t = logic [7:0]
) (
    input  word_t from[N],
    output word_t to[N-1:0],
    output word_t sum
);
  always_comb begin
    sum = '0;
    foreach (from[i]) begin
      if (from[i] == 8'hff) break;
      if (from[i][0]) continue;
      sum += from[i] ^ SEED[i];
    end
    for (int i = 0; i < N; i++) to[i] = from[N-1-i] - SEED[i];
  end
endmodule

module arrays (
    input  logic        clk,
    input  logic        rst,
    input  logic [31:0] data,
    input  logic [1:0]  at,
    output logic [31:0] out,
    output logic [9:0]  sum,
    output logic [7:0]  more
);
  localparam logic [7:0] TABLE[2][4] = '{'{8'd1, 8'd2, 8'd3, 8'd4}, '{1: 8'd9, default: 8'd5}};
  localparam logic [7:0] SEED[4] = '{1: 8'd9, default: 8'd5};
  localparam int COUNTS[3:0] = '{10, 20, 30, 40};
  logic [7:0] q[4], turned[4];
  logic [7:0] grid[2][3];
  logic [9:0] tens[3:0];
  logic [9:0] total;

  row #(.SEED(SEED)) narrow (.from(q), .to(turned), .sum(more));
  row #(.N(4), .word_t(logic [9:0])) wide (.from(tens), .to(), .sum(total));

  always_comb foreach (tens[i]) tens[i] = {2'(i), q[i]};

  always_ff @(posedge clk) begin
    if (rst) begin
      q <= TABLE[0];
      grid <= '{2{'{8'd1, 8'd2, 8'd3}}};
    end else begin
      if (data[8]) q <= turned;
      else if (data[9]) q <= rotated(q, at);
      else if (data[10]) q[at] <= data[7:0];
      else q[1:3] <= q[0:2];
      if (data[11]) grid[at[0]] <= grid[1];
      else if (data[12]) grid <= '{grid[1], '{data[7:0], data[15:8], data[23:16]}};
      else grid[at[1]][2] <= data[7:0];
    end
  end

  assign out = {q[0], grid[at[0]][at[1]], TABLE[at[0]][at], 8'(COUNTS[at])};
  assign sum = total + 10'($size(grid, 2) + $bits(grid) + $high(q) + $left(tens) + $dimensions(q));
endmodule
