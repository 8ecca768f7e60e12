// Packed structures, arrays of them, unions, assignment patterns.
package shapes;
  typedef struct packed {
    logic [3:0] hi;
    logic signed [3:0] lo;
  } pair_t;

  typedef struct packed {
    pair_t pair;
    logic [7:0] byte_;
    logic [1:0][2:0] grid;
  } cell_t;

  typedef union packed {
    logic [7:0] whole;
    pair_t parts;
    logic [1:0][3:0] nibbles;
  } view_t;
endpackage

module structs
  import shapes::*;
(
    input  logic        clk,
    input  logic        rst_n,
    input  logic [31:0] data,
    input  logic [1:0]  sel,
    input  logic        load,
    output logic [31:0] a,
    output logic [31:0] b,
    output logic        same,
    output pair_t       view
);
  cell_t now, next;
  cell_t bank[4];
  pair_t [1:0] twins;
  pair_t three[3:1];
  view_t both;

  always_comb begin
    next = now;
    next.byte_ = now.byte_ + 8'd1;
    next.pair.lo = data[3:0];
    if (load) next = '{pair: '{hi: data[3:0], lo: -1}, byte_: data[15:8], grid: {3'd5, data[18:16]}};
    next.grid[sel[0]] = data[18:16];
  end

  always_ff @(posedge clk or negedge rst_n) begin
    if (!rst_n) begin
      now   <= '{default: '0};
      bank  <= '{default: '{pair: '1, byte_: 8'h5a, grid: '{3'd1, 3'd2}}};
      twins <= '0;
      three <= '{3{8'h3c}};
    end else begin
      now <= next;
      if (load) bank[sel] <= next;
      else if (data[4]) bank[data[6:5]].byte_ <= data[31:24];
      else bank[0:1] <= bank[2:3];
      twins[data[0]] <= pair_t'(data[7:0]);
      three[1] <= '{lo: data[9:6], hi: data[3:0]};
      three[3:2] <= '{three[2], three[1]};
    end
  end

  assign both.nibbles = {data[3:0], data[7:4]};
  assign view = data[8] ? both.parts : '{hi: both.whole[3:0], default: 4'd9};
  assign same = bank[0] == bank[3];
  assign a = {now.pair, now.byte_, now.grid, bank[sel].pair.hi, bank[sel].grid[1], 3'b0};
  assign b = {three[1], three[2].lo, twins[1].hi, bank[2].byte_, twins[0][6:3], three[3].hi};
endmodule
