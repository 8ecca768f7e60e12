// `assert` is a name in Verilog-2005.
module task_assert(input a, output reg b);
  task assert(input x); b = x; endtask
  always @* assert(a);
endmodule
