// Registers assigned by `=` at the clock edge: state machines in one process,
// with and without asynchronous resets, in several modules, in a generate loop,
// in a named block, in parts, in an array; with resets that a register or logic
// makes.
// No process reads at the edge what another one assigns so.

module blocking (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output wire [7:0] q,
    output wire [7:0] sum,
    output wire [5:0] lanes,
    output wire [7:0] late,
    output wire [7:0] cleared
);
  wire [7:0] first;
  machine #(.STEP(3)) front (clk, rst, d, first);
  machine #(.STEP(5)) back (.clk(clk), .rst(rst), .d(first), .q(q));
  totals summed (.clk(clk), .rst(rst), .d(q ^ d), .sum(sum));

  released_late slow (clk, rst, d, late);
  cleared_by_logic often (clk, rst, d, cleared);

  genvar i;
  generate
    for (i = 0; i < 3; i = i + 1) begin : lane
      reg [1:0] count;
      always @(posedge clk or posedge rst)
        if (rst) count = i;
        else if (d[i]) count = count + 2'd1;
      assign lanes[2*i+:2] = count;
    end
  endgenerate
endmodule

module machine #(
    parameter STEP = 1
) (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output wire [7:0] q
);
  localparam IDLE = 0, LOAD = 1, WORK = 2;
  reg [1:0] state;
  reg [7:0] value;
  reg [2:0] left;
  assign q = state == IDLE ? value : 8'd0;

  always @(posedge clk or posedge rst) begin
    if (rst) begin
      state = IDLE;
      value = 8'd1;
    end else begin : work
      reg [7:0] next;
      next = value + STEP;
      case (state)
        IDLE: if (d[0]) state = LOAD;
        LOAD: begin
          value = value ^ d;
          left = d[3:1];
          state = WORK;
        end
        default: begin
          value = next;
          left = left - 3'd1;
          if (left == 3'd0) state = IDLE;
        end
      endcase
    end
  end
endmodule

module totals (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output wire [7:0] sum
);
  reg [3:0] halves[0:1];
  reg [7:0] parts;
  assign sum = {halves[1], halves[0]} ^ parts ^ {6'd0, kept.ring};

  always @(posedge clk) begin
    if (rst) begin
      halves[0] = 4'd0;
      halves[1] = 4'd0;
    end else halves[d[7]] = halves[d[7]] + d[3:0];
  end

  always @(posedge clk) if (rst) parts[3:0] = 4'd2; else parts[3:0] = parts[3:0] + d[3:0];
  always @(posedge clk) if (rst) parts[7:4] = 4'd7; else if (d[1]) parts[7:4] = d[7:4];

  // A register of a named block.
  always @(posedge clk) begin : kept
    reg [1:0] ring;
    if (rst) ring = 2'd1;
    else ring = {ring[0], ring[1] ^ d[2]};
  end
endmodule

// The reset goes through a synchroniser.
module released_late (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output wire [7:0] q
);
  reg [1:0] ready;
  reg [7:0] total;
  reg odd;
  wire ready_n = !ready[1];
  assign q = odd ? total : ~total;
  always @(posedge clk or posedge rst)
    if (rst) ready <= 2'b00;
    else ready <= {ready[0], 1'b1};
  always @(posedge clk or posedge ready_n)
    if (ready_n) begin
      total = 8'h5a;
      odd <= 1'b0;
    end else begin
      total = total + d;
      odd <= !odd;
    end
endmodule

// A register of the design and the reset reset together.
module cleared_by_logic (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] d,
    output wire [7:0] q
);
  reg again;
  reg [7:0] total;
  wire clear = rst | again;
  assign q = total;
  always @(posedge clk or posedge rst)
    if (rst) again <= 1'b0;
    else again <= d[3:0] == 4'd9;
  always @(posedge clk or posedge clear)
    if (clear) total = 8'ha5;
    else if (d[0]) total = total ^ {d[6:0], d[7]};
endmodule
