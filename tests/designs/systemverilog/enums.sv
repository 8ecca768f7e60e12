// Enums: anonymous, with ranges, with methods; wildcard comparisons.
package kinds;
  typedef enum logic [2:0] {IDLE = 3'd1, RUN[2] = 3'd3, DONE = 3'd6} kind_t;
  localparam int unsigned STEPS = 5;
endpackage

package more;
  import kinds::*;
  export kinds::kind_t, kinds::IDLE;
  export kinds::*;
  localparam kind_t FIRST = IDLE;
endpackage

module enums
  import more::*;
(
    input  logic       clk,
    input  logic       rst,
    input  logic [7:0] x,
    output logic [7:0] y,
    output logic [2:0] z,
    output logic [3:0] hits
);
  kind_t state;
  enum logic [1:0] {A, B, C} phase;
  enum {LOW = -3, HIGH = 7} level;

  always_ff @(posedge clk) begin
    if (rst) begin
      state <= FIRST;
      phase <= A;
      level <= LOW;
    end else begin
      if (x[0]) state <= state.next();
      else if (x[1]) state <= state.prev;
      else if (x[2]) state <= state.next(2);
      unique case (phase)
        A: phase <= x[3] ? B : C;
        B: phase <= C;
        default: phase <= phase.first();
      endcase
      level <= level == level.first ? level.last : LOW;
    end
  end

  always_comb begin
    case (x) inside
      8'b1???_0001, 8'd2: y = 8'd1;
      [8'd16:8'd31]: y = 8'd2;
      [8'd100:8'd120], 8'hf?: y = 8'd3;
      default: y = 8'(level) ^ 8'(phase);
    endcase
    z = state == RUN1 ? 3'(state.num()) : state;
    hits[0] = x ==? 8'b10??_??11;
    hits[1] = x !=? 8'b1xxx_xxx0;
    hits[2] = x inside {8'd3, [8'd40:8'd50], 8'b0101_??00};
    hits[3] = state inside {IDLE, DONE};
  end
endmodule
