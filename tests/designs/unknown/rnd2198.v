module rnd2198_sub0 (
  input wire CLK,
  input wire i_rst,
  output wire out9,
  input wire [31:0] in_3,
  input wire in_2,
  input wire signed in_4,
  output reg [10:0] mix5,
  output [31:0] rest10
);
  localparam K1 = 12 * 6 - 5;
  wire signed [4:0] w7;
  wire w8;

  assign rest10 = in_2 ^ in_3 ^ in_4 ^ mix5 ^ w7;

  assign out9 = in_3;

  assign w8 = &({3{10'h3e5, mix5}} >> mix5[10:9]);

  assign w7 = ({in_2} ? (~|in_3) : f6(in_3, in_3)) ? (in_3 << in_3[15:14]) & in_3 : {2{in_3, in_2 > in_2}};

  always @(posedge CLK)
    if (in_2 == 1'b1) begin
      mix5 <= +mix5[{w7[4:2]}] & (~|w7);
      mix5 <= ~{2{w7 - w7, -5'd7, in_3 ^ w7}};
    end

  function [9:0] f6;
    input signed arg0;
    input [7:0] arg1;
    begin
      f6 = (~arg1) - (arg0 ? 10'd69_2 : arg1);
    end
  endfunction
endmodule

module rnd2198 (clock, reset, out24, in_5, out26, in_4, in_3, in_2, out18, in_6, out25, out23);
  input clock;
  input reset;
  output [7:0] out24;
  input [27:0] in_5;
  output out26;
  input signed [5:0] in_4;
  input signed [23:0] in_3;
  input [1:0] in_2;
  output reg out18;
  input [30:1] in_6;
  output [7:0] out25;
  output [4:0] out23;
  localparam K1 = 17 * 7 - 3;
  localparam S_STATE7_0 = 3'b000;
  localparam S_STATE7_1 = 3'b001;
  localparam S_STATE7_2 = 3'b010;
  localparam S_STATE7_3 = 3'b011;
  localparam S_STATE7_4 = 3'b100;
  localparam S_STATE7_5 = 3'b101;
  reg [2:0] state7;
  reg [4:0] mix8;
  reg [1:0] wait9;
  wire [2:0] w12;
  wire [31:0] w14;
  wire w15;
  wire [10:0] w16;
  wire [31:0] w17;
  reg [2:0] next_state7;
  wire [4:0] waddr21;
  wire [4:0] raddr22;
  reg [13:0] ram19 [0:19];
  reg [13:0] q20;

  always @* begin
    out18 = {1{1'b0}};
    case (state7)
      S_STATE7_0: begin
        out18 = state7[in_5[15:15]] ~^ state7[2:1];
      end
      S_STATE7_1:
        out18 = $unsigned(in_5);
      S_STATE7_2: ;
      S_STATE7_3:
        out18 = in_3[in_5[6:3]] > in_3[21:13];
      S_STATE7_4:
        out18 = in_4 == in_4;
      S_STATE7_5: begin
        out18 = wait9 > in_5;
      end
      default: ;
    endcase
  end

  always @(posedge clock) begin
    if (!reset && (in_4[3] == 1'b0))
      ram19[waddr21] <= in_3 & in_6;
    q20 <= ram19[raddr22];
  end

  assign out26 = (state7 == S_STATE7_0) ? (in_3) : 1'd0;

  genvar g10;
  generate
    for (g10 = 0; g10 < 3; g10 = g10 + 1) begin : gen11
      assign w12[g10] = state7[g10] | state7[(g10 + 3) % 3];
    end
  endgenerate

  always @(posedge clock) begin
    if (reset)
      state7 <= S_STATE7_0;
    else begin
      state7 <= next_state7;
    end
  end

  assign raddr22 = (in_4 ^ 6'h15) & 7;

  always @(posedge clock) begin
    if (reset)
      wait9 <= 0;
    else begin
      case (state7)
        S_STATE7_0: begin
          mix8 <= in_5 ? (+w16) : w16[4] >> in_2; // if (x) begin q <= 0; else
          wait9 <= 0;
        end
        S_STATE7_1: begin
          if (wait9 != 0) begin
            wait9 <= wait9 - 1'b1;
          end
        end
        S_STATE7_2: begin
          mix8 <= {mix8[3:0], w14[5]}; // if (x) begin q <= 0; else
          wait9 <= wait9 + 1;
        end
        S_STATE7_3: begin
          mix8 <= {mix8[3:0], w15};
          if (wait9 != 0)
            wait9 <= wait9 - 1'b1;
        end
        S_STATE7_4: begin
          if (in_2[1]) begin
            mix8[w12[2:1]] <= ({4{w14[19]}} + (in_4 >> in_2)) >> state7;
          end
          wait9 <= 3;
        end
        S_STATE7_5: begin
          if (wait9 != 0)
            wait9 <= wait9 - 1'b1;
        end
      endcase
    end
  end

  assign w14 = in_6 & {in_6};

  assign waddr21 = (state7 ^ w12[w12[0:0] +: 2]) & 7;

  rnd2198_sub0 u13 (.in_2(in_3),
    .in_3(w14),
    .in_4(w15),
    .rest10(w17),
    .i_rst(reset),
    .out9(),
    .CLK(clock),
    .mix5(w16));

  assign out23 = (state7 == S_STATE7_2) ? (in_4) : 5'd0;

  always @* begin
    next_state7 = state7;
    case (state7)
      S_STATE7_0: begin
        if (wait9 == 0)
          next_state7 = S_STATE7_4;
      end
      S_STATE7_1: begin
        case (in_6[6:5])
          2'b00: begin
            next_state7 = S_STATE7_4;
          end
          2'b11: begin
            next_state7 = S_STATE7_1;
          end
        endcase
      end
      S_STATE7_2: begin
        if (in_2[1] == 1'b1)
          next_state7 = S_STATE7_3;
      end
      S_STATE7_3: begin
        if (in_6[4]) begin
          case (in_5[8:7])
            2'd0:
              next_state7 = S_STATE7_0;
            2'd1, 2'd2:
              next_state7 = S_STATE7_0;
            default:
              next_state7 = S_STATE7_5;
          endcase
        end
        else if (state7[2] || (in_5[9:9] >= 1'd1))
          next_state7 = S_STATE7_5;
        else begin
          next_state7 = S_STATE7_1;
        end
      end
      S_STATE7_4: begin
        if (in_6[30] && (in_6[13:12] >= 2'd3)) begin
          if (wait9 == 0)
            next_state7 = S_STATE7_1;
        end
        else
          next_state7 = S_STATE7_5;
      end
      S_STATE7_5: begin
        if (wait9 == 0) begin
          next_state7 = S_STATE7_1;
        end
      end
      default:
        next_state7 = S_STATE7_0;
    endcase
  end

  assign out25 = (state7 == S_STATE7_1) ? (in_2) : 8'd0;

  assign w15 = (in_3 ? mix8 : in_5) + (in_3[15 + {in_3[2:0]} -: 16] ^ in_5);

  assign out24 = (state7 == S_STATE7_1) ? (q20) : 8'd0;
endmodule

