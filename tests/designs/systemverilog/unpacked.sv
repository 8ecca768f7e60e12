// Unpacked structures: fields and whole copies.
package boxes;
  typedef enum logic [1:0] {EMPTY, HALF, FULL} fill_t;
  typedef struct {
    fill_t fill;
    logic signed [4:0] level;
    logic [7:0] data;
  } box_t;
endpackage

module unpacked
  import boxes::*;
(
    input  logic       clk,
    input  logic       rst,
    input  logic [7:0] d,
    output logic [7:0] q,
    output logic [6:0] r
);
  box_t box, spare;

  always_ff @(posedge clk) begin
    if (rst) begin
      box.fill <= EMPTY;
      box.level <= -5'sd1;
      box.data <= 8'd7;
      spare.fill <= HALF;
      spare.level <= 5'sd3;
      spare.data <= 8'hf0;
    end else if (d[0]) begin
      spare <= box;
    end else if (d[1]) begin
      box <= spare;
    end else begin
      box.fill <= box.fill == FULL ? EMPTY : fill_t'(box.fill + 2'd1);
      box.level <= box.level + 5'(signed'(d[3:0]));
      box.data <= d;
    end
  end

  assign q = box.data ^ {spare.data[6:0], d[0]};
  assign r = {d[1] ? spare.fill : box.fill, spare.level >>> 1};
endmodule
