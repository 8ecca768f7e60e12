// A list that is filled from its lower end and cleared at once. Its words are
// wider than those of the usual NVM, and its indices do not begin at 0.

`default_nettype none

module first_list (
    input  wire        clk,
    input  wire        clear,
    input  wire        add,
    input  wire [39:0] data,
    input  wire [ 2:0] at,
    output wire        listed,
    output wire [39:0] entry
);

  reg [39:0] list[39:32];
  reg [ 2:0] length;
  integer i;

  always @(posedge clk)
    if (clear) begin
      length <= 3'd0;
      for (i = 32; i < 40; i = i + 1) list[i] <= 40'd0;
    end else if (add && length != 3'd7) begin
      length <= length + 3'd1;
      list[{3'b100, length}] <= data;
    end

  assign listed = at < length;
  assign entry = list[{3'b100, at}];

endmodule

`default_nettype wire
