// SystemVerilog registers of all kinds that a chain must name.
package modern_pkg;
  typedef enum logic [1:0] {IDLE, LOAD, WORK, DONE} state_t;
  typedef struct packed {
    state_t state;
    logic [3:0] count;
    logic [1:0][3:0] pair;
  } machine_t;
  typedef struct packed {
    logic high;
    logic [1:0] low;
  } pair_t;
  typedef struct {
    state_t last;
    logic [6:0] sum;
  } stats_t;
endpackage

interface link_if (
    input logic clk
);
  logic [4:0] data;
  logic valid;
  modport source(input clk, output data, valid);
  modport sink(input clk, data, valid);
endinterface

module sender
  import modern_pkg::*;
(
    link_if.source to,
    input logic rst,
    input state_t state,
    input logic [4:0] d
);
  always_ff @(posedge to.clk) begin
    if (rst) begin
      to.valid <= 1'b0;
      to.data  <= '0;
    end else begin
      to.valid <= state == WORK;
      if (state == LOAD) to.data <= d;
    end
  end
endmodule

module receiver (
    link_if.sink from,
    input  logic rst,
    output logic [4:0] sum
);
  always_ff @(posedge from.clk or posedge rst)
    if (rst) sum <= '0;
    else if (from.valid) sum <= sum + from.data;
endmodule

module modern
  import modern_pkg::*;
(
    input  logic       clk,
    input  logic       rst,
    input  logic       go,
    input  logic [4:0] d,
    output modern_pkg::pair_t [1:0] pairs,
    output logic [4:0] sum,
    output logic [7:0] q,
    output logic       busy
);
  machine_t m, m_next;
  stats_t stats;
  enum logic [1:0] {COLD, WARM, HOT} heat;
  enum {LOW, HIGH} level;
  logic [3:0] tape[3];
  logic [1:0][2:0] grid;

  link_if link (.clk(clk));
  sender u_sender (.to(link), .rst(rst), .state(m.state), .d(d));
  receiver u_receiver (.from(link), .rst(rst), .sum(sum));

  always_comb begin
    m_next = m;
    m_next.count = m.count + 4'd1;
    unique case (m.state)
      IDLE: if (go) m_next = '{state: LOAD, count: d[3:0], pair: '{default: 4'd3}};
      LOAD: m_next.state = WORK;
      WORK: begin
        m_next.pair[m.count[0]] = m.pair[0] ^ d[3:0];
        if (m.count == 4'hf) m_next.state = DONE;
      end
      default: m_next.state = IDLE;
    endcase
  end

  assign pairs = {m.count, 2'b01};

  always_ff @(posedge clk)
    if (rst) m <= '0;
    else m <= m_next;

  always_ff @(posedge clk) begin
    if (rst) begin
      heat <= COLD;
      level <= LOW;
      tape <= '{default: '0};
      grid <= '0;
    end else begin
      case (heat)
        COLD: if (m.state == WORK) heat <= WARM;
        WARM: heat <= d[0] ? HOT : COLD;
        default: if (go) heat <= COLD;
      endcase
      if (m.state == LOAD) level <= HIGH;
      else if (m.state == DONE) level <= LOW;
      if (m.state != IDLE) tape <= '{tape[1], tape[2], m.count};
      grid[go] <= grid[0] + d[2:0];
    end
  end

  always_ff @(posedge clk) begin
    if (rst) begin
      stats.last <= IDLE;
      stats.sum  <= '0;
    end else begin
      stats.last <= m.state;
      if (m.state == WORK) stats.sum <= stats.sum + 7'(tape[0]);
    end
  end

  assign busy = m.state != IDLE || level == HIGH;
  assign q = {stats.last == WORK, stats.sum} ^ {heat == HOT, grid[1], m.pair[1]};
endmodule
