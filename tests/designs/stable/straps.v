// A key that never changes is taken when work begins, with its inverse and a mix of it with data; the state that
// waits needs all of them later. The key comes up to down, as some write it.
module straps (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [0:15] key,
    input  wire        mode,
    input  wire        go,
    input  wire [7:0]  data,
    output reg         busy,
    output reg  [7:0]  result
);

  reg [1:0] state;
  reg [15:0] kept;
  reg [7:0] inverse;
  reg [7:0] masked;
  reg [7:0] given;
  reg fast;

  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      state <= 2'd0;
      busy <= 1'b0;
      result <= 8'd0;
      kept <= 16'd0;
      inverse <= 8'd0;
      masked <= 8'd0;
      given <= 8'd0;
      fast <= 1'b0;
    end else
      case (state)
        2'd0:
        if (go) begin
          given <= data;
          fast <= mode;
          kept <= key;
          inverse <= ~key[8:15];
          masked <= key[0:7] & key[8:15];
          busy <= 1'b1;
          state <= 2'd1;
        end
        2'd1: if (go || fast) state <= 2'd2;
        2'd2: begin
          result <= result + (kept[15:8] ^ given) + {kept[3:0], kept[7:4]} + (inverse ^ {masked[0], masked[7:1]});
          kept <= kept + 16'd3;
          masked <= data;
          inverse <= data;
          state <= 2'd3;
        end
        2'd3: begin
          busy <= fast & 1'b0;
          state <= 2'd0;
        end
      endcase

endmodule
