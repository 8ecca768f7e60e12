// Counts events by channel in a memory that keeps its contents by itself (FRAM).
//
// A count is read in one state and written in a later one, so that a commit fits
// between: after a supply failure the event is counted once, not twice. Initial
// contents are those with which the memory is programmed.

`default_nettype none

module tally (
    input  wire        clk,
    input  wire        rst,      // synchronous
    input  wire        valid,    // a command is there
    input  wire        tell,     // it asks for the count; otherwise it is an event
    input  wire [ 3:0] channel,
    output wire        ready,    // a command is taken
    output reg         told,     // `out` is valid
    output reg  [23:0] out
);

  localparam [1:0] IDLE = 2'd0;
  localparam [1:0] READ = 2'd1;
  localparam [1:0] WRITE = 2'd2;
  localparam [1:0] TELL = 2'd3;

  reg [1:0] state;
  reg       asked;      // the command is a question
  reg [3:0] at;         // its channel
  reg [23:0] count;     // the word read last

  reg [23:0] counts[0:15];
  integer i;
  initial for (i = 0; i < 16; i = i + 1) counts[i] = 24'd0;

  always @(posedge clk) begin
    if (!rst && state == WRITE) counts[at] <= count + 24'd1;
    if (state == READ) count <= counts[at];
  end

  assign ready = state == IDLE;

  always @(posedge clk)
    if (rst) begin
      state <= IDLE;
      told <= 1'b0;
    end else begin
      told <= 1'b0;
      case (state)
        IDLE: begin
          asked <= tell;
          at <= channel;
          if (valid) state <= READ;
        end
        READ: state <= asked ? TELL : WRITE;
        WRITE: state <= IDLE;
        default: begin
          told <= 1'b1;
          out <= count;
          state <= IDLE;
        end
      endcase
    end

endmodule

`default_nettype wire
