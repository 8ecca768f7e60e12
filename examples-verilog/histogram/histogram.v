// Counts how often each value occurs, and keeps a list of the samples that were
// the first of their value. Then it tells both.
//
// The counts are a memory with one write port and a synchronous read port, as
// RAM blocks have; the list is in a module of its own.

`default_nettype none

module histogram (
    input  wire        clk,
    input  wire        rst,      // synchronous
    input  wire        start,    // begin a new histogram
    input  wire        valid,    // a sample is there
    input  wire [ 3:0] sample,
    input  wire        finish,   // no more samples: tell
    output wire        ready,    // a sample is taken
    output reg         told,     // `out` is valid
    output reg  [39:0] out
);

  localparam [2:0] IDLE = 3'd0;
  localparam [2:0] CLEAR = 3'd1;
  localparam [2:0] TAKE = 3'd2;
  localparam [2:0] ADD = 3'd3;
  localparam [2:0] COUNTS = 3'd4;
  localparam [2:0] LIST = 3'd5;

  reg [2:0] state;
  reg [3:0] at;         // address for clearing and telling
  reg [3:0] value;      // the sample being counted
  reg [9:0] number;     // of the sample
  reg       pending;    // `count` belongs to `at` - 1

  reg [23:0] counts[0:15];
  reg [23:0] count;     // the word read last
  wire       adding = state == ADD;
  wire [3:0] address = adding ? value : at;

  always @(posedge clk) begin
    if (state == CLEAR || adding) counts[address] <= adding ? count + 24'd1 : 24'd0;
    count <= counts[state == TAKE ? sample : at];
  end

  wire        listed;
  wire [39:0] entry;
  first_list firsts (
      .clk(clk),
      .clear(state == IDLE),
      .add(adding && count == 24'd0),
      .data({26'h5EED00, number, value}),
      .at(at[2:0]),
      .listed(listed),
      .entry(entry)
  );

  assign ready = state == TAKE;

  always @(posedge clk)
    if (rst) begin
      state <= IDLE;
      told <= 1'b0;
    end else begin
      told <= 1'b0;
      case (state)
        IDLE: begin
          at <= 4'd0;
          number <= 10'd0;
          pending <= 1'b0;
          if (start) state <= CLEAR;
        end
        CLEAR: begin
          at <= at + 4'd1;
          if (at == 4'd15) state <= TAKE;
        end
        TAKE: begin
          value <= sample;
          at <= 4'd0;
          if (valid) state <= ADD;
          else if (finish) state <= COUNTS;
        end
        ADD: begin
          number <= number + 10'd1;
          state <= TAKE;
        end
        COUNTS: begin
          pending <= 1'b1;
          if (pending) begin
            told <= count != 24'd0;
            out <= {12'd0, at - 4'd1, count};
          end
          at <= at + 4'd1;
          if (pending && at == 4'd0) begin
            at <= 4'd0;
            state <= LIST;
          end
        end
        default: begin
          told <= listed;
          out <= entry;
          at <= at + 4'd1;
          if (!listed) state <= IDLE;
        end
      endcase
    end

endmodule

`default_nettype wire
