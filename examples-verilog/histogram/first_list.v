// A list that is filled from its lower end and cleared at once. Its words are
// wider than those of the usual NVM, and its indices do not begin at 0.

`default_nettype none

module first_list (
    input  wire        clk,
    input  wire        clear,
    input  wire        add,
    input  wire [39:0] data,
    input  wire [ 4:0] at,
    output wire        listed,
    output wire [39:0] entry
);

  reg [39:0] list[95:64];
  reg [ 4:0] length;
  integer i;

  always @(posedge clk)
    if (clear) begin
      length <= 5'd0;
      for (i = 64; i < 96; i = i + 1) list[i] <= 40'd0;
    end else if (add && length != 5'd31) begin
      length <= length + 5'd1;
      list[{2'b10, length}] <= data;
    end

  assign listed = at < length;
  assign entry = list[{2'b10, at}];

endmodule

`default_nettype wire
