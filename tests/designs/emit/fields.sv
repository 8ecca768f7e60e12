// What Icarus 11 reads, too: enums, packed structures and unions, arrays of such.
module fields (
    input  logic       clk,
    input  logic       rst_n,
    input  logic       go,
    input  logic [3:0] d,
    output logic [7:0] q,
    output logic [1:0] where
);
  typedef enum logic [1:0] {IDLE, LOAD, WORK, DONE} state_t;
  typedef struct packed {
    logic [3:0] hi;
    logic [3:0] lo;
  } pair_t;
  typedef struct packed {
    state_t state;
    logic [2:0] count;
    pair_t pair;
  } machine_t;
  typedef union packed {
    logic [7:0] whole;
    pair_t parts;
  } view_t;

  machine_t m;
  state_t last;
  enum {LOW, HIGH} level;
  pair_t queue[2];
  state_t seen[2];
  view_t view;
  logic [1:0][3:0] grid;

  always_ff @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      m.state <= IDLE;
      m.count <= 3'd0;
      m.pair  <= 8'h00;
      last    <= IDLE;
      level   <= LOW;
    end else begin
      last    <= m.state;
      m.count <= m.count + 3'd1;
      case (m.state)
        IDLE: if (go) m.state <= LOAD;
        LOAD: begin
          m.pair.lo <= d;
          m.state   <= WORK;
        end
        WORK: begin
          m.pair.hi <= m.pair.lo + d;
          if (m.count == 3'd7) m.state <= DONE;
        end
        default: m.state <= IDLE;
      endcase
      if (m.state == LOAD) level <= HIGH;
      else if (m.state == DONE) level <= LOW;
    end

  always_ff @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      queue[0]   <= 8'h00;
      queue[1]   <= 8'h00;
      seen[0]    <= IDLE;
      seen[1]    <= IDLE;
      view.whole <= 8'd0;
      grid       <= 8'd0;
    end else begin
      queue[0] <= m.pair;
      queue[1] <= queue[0];
      seen[0] <= last;
      seen[1] <= seen[0];
      view.whole <= {d, view.whole[7:4]};
      grid[go] <= d;
    end

  assign q = queue[1] ^ view.whole ^ {grid[1], grid[0]};
  assign where = level == HIGH ? m.state : seen[1];
endmodule
