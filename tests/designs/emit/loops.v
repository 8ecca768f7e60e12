// Processes and instances in generate loops.
module loops #(
    parameter LANES = 3
) (
    input  wire             clk,
    input  wire             rst_n,
    input  wire [7:0]       data,
    output wire [7:0]       out,
    output wire [LANES-1:0] bits,
    output wire [0:3]       rising,
    output wire [1:0]       released
);
  genvar i, j;

  // Registers declared in the loop, of a width of their own in each iteration;
  // the last one reaches no output.
  wire [7:0] link [0:LANES];
  assign link[0] = data;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : lane
      reg [i+2:0] own;  // as many as fit
      reg [7:0] next;
      always @(posedge clk or negedge rst_n)
        if (!rst_n) own <= 0;
        else own <= own + link[i][i+2:0];
      always @(posedge clk) next <= link[i] + {5'd0, own[2:0]};
      assign link[i+1] = next;
      if (i != 1) begin : odd
        reg half, out_half;
        always @(posedge clk) begin
          out_half <= half;
          half <= ^own;
        end
        assign bits[i] = out_half;
      end else begin : even
        reg [1:0] two;
        always @(posedge clk) begin two[0] <= own[0]; two[1] <= two[0]; end
        assign bits[i] = two[1];
      end
    end
  endgenerate

  // Parts of vectors and of arrays declared outside, no `begin`.
  reg [0:3] up;
  reg [3:0] pair [0:3];
  reg [7:0] wide;
  generate
    for (i = 0; i < 4; i = i + 1)
      always @(posedge clk or negedge rst_n)
        if (!rst_n) up[i] <= 1'b0;
        else up[i] <= up[i] ^ data[i];
    for (i = 3; i >= 0; i = i - 1) begin
      always @(posedge clk) begin
        if (!rst_n) pair[i] <= 4'd0;
        else pair[i] <= pair[i] + data[3:0] + i;
        wide[2*i +: 2] <= {data[i], wide[2*i]};
      end
    end
  endgenerate

  // Nested, with instances; the offsets are on no line.
  wire [15:0] cells;
  generate
    for (i = 0; i < 2; i = i + 1) begin : row
      for (j = 0; j < 2; j = j + 1) begin : col
        wire unused;
        loops_cell #(.SEED(i + j)) cell_ (clk, rst_n, data[i*2+j], cells[8*i+4*j +: 4], unused);
        if (i == j) begin : same
          reg [3:0] kept;
          always @(posedge clk) if (!rst_n) kept <= 4'd0; else kept <= kept + cells[4*i +: 4];
        end
      end
      reg [2*i+1:0] tail;
      always @(posedge clk) if (!rst_n) tail <= 0; else tail <= tail + 1'b1;
    end
  endgenerate

  // The reset of an instance in a loop comes from a register.
  reg ready;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) ready <= 1'b0;
    else ready <= ready | data[5];
  generate
    for (i = 0; i < 2; i = i + 1) begin : late
      loops_late cell_ (.clk(clk), .ready(ready), .in(data[i]), .out(released[i]));
    end
  endgenerate

  assign out = link[LANES] ^ wide ^ {pair[0], pair[1]} ^ {pair[2], pair[3]} ^ cells[7:0]
      ^ cells[15:8] ^ {row[0].tail, row[1].tail, 2'd0} ^ {4'd0, row[0].col[0].same.kept};
  assign rising = up;
endmodule

module loops_cell #(parameter SEED = 0) (
    input clk, input rst_n, input in, output [3:0] out, output extra
);
  reg [3:0] count;
  reg [1:0] spare;
  assign extra = spare[1];
  assign out = count;
  always @(posedge clk)
    if (!rst_n) count <= SEED;
    else if (in) count <= count + 4'd3;
  always @(posedge clk) spare <= {spare[0], in};
endmodule

module loops_late (input clk, input ready, input in, output reg out);
  always @(posedge clk or negedge ready)
    if (!ready) out <= 1'b1;
    else out <= out ^ in;
endmodule
