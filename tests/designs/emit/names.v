// Names that need care: escaped identifiers, words that SystemVerilog reserves,
// a falling clock edge, an active-high asynchronous reset.
module names (
    input  wire       clk,
    input  wire       \rst-high ,
    input  wire [1:0] do,
    output wire [7:0] \out[0] ,
    output reg        bit
);
  reg [7:0] \a+b ;
  reg [1:0] final;
  assign \out[0] = \a+b ^ {6'd0, final};

  always @(negedge clk or posedge \rst-high )
    if (\rst-high ) begin
      \a+b <= 8'd1;
      final <= 2'd0;
    end
    else
      case (final)
        2'd0: if (do[0]) final <= 2'd1;
        2'd1: begin
          \a+b <= {\a+b [6:0], do[1]};
          final <= 2'd2;
        end
        default: begin
          \a+b <= \a+b + {6'd0, do};
          final <= 2'd0;
        end
      endcase

  always @(negedge clk) bit <= ^\a+b ;
endmodule
