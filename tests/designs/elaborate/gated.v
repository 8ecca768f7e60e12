// A clock gate with a latch, a reset synchroniser, and a reset that logic makes.
module clock_gate(input wire clk, input wire enable, output wire gated);
  reg open;
  always @(clk or enable) if (!clk) open = enable;
  assign gated = clk & open;
endmodule

module reset_sync(input wire clk, input wire rst_n, output wire synced_n);
  reg [1:0] stages;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) stages <= 2'b00;
    else stages <= {stages[0], 1'b1};
  assign synced_n = stages[1];
endmodule

module gated(
    input wire clk, input wire rst_n, input wire start, input wire clear, input wire [7:0] a,
    output wire [7:0] y, output wire busy
);
  wire own_rst_n, sum_clk;
  reg [1:0] state;
  reg clear_now;
  reg [7:0] sum, count;
  reset_sync sync(.clk(clk), .rst_n(rst_n), .synced_n(own_rst_n));
  clock_gate gate(.clk(clk), .enable(state == 2'd1), .gated(sum_clk));
  always @(posedge clk or negedge own_rst_n)
    if (own_rst_n == 1'b0) begin
      state <= 2'd0;
      clear_now <= 1'b0;
    end else begin
      clear_now <= clear;
      case (state)
        2'd0: if (start) state <= 2'd1;
        2'd1: if (count == 8'd5) state <= 2'd2;
        default: state <= 2'd0;
      endcase
    end
  wire wiped = !own_rst_n || clear_now;
  always @(posedge sum_clk or posedge wiped)
    if (wiped) begin
      sum <= 8'd0;
      count <= 8'd0;
    end else begin
      sum <= sum + a;
      count <= (count == 8'd5) ? 8'd0 : count + 8'd1;
    end
  assign y = sum;
  assign busy = state != 2'd0;
endmodule
