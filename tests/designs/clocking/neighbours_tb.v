// The original beside the instrumented design. The original gets a clock only
// where the other advances. At a supply failure the instrumented machine's
// registers become unknown and the original's go back to what they were at the
// last checkpoint; neighbours keep their state in both.
`timescale 1ns/1ns
module neighbours_tb;
  reg clk = 0, original_clk = 0, slow_clk = 0, rst_n = 1, por_n = 0;
  reg [7:0] d = 0;
  wire [7:0] y, heard, original_y, original_heard;
  wire stall, capture, commit, resume, valid, write, ready;
  wire [31:0] wdata, rdata;
  wire [7:0] addr;
  reg [31:0] nvm [0:255];
  integer clocks, compared = 0, restores = 0, errors = 0, failure;
  reg [14:0] captured, committed;
  reg advanced;

  neighbours_alone original(.clk(original_clk), .slow_clk(slow_clk), .rst_n(rst_n), .d(d),
                      .y(original_y), .heard(original_heard));
  neighbours_idetic dut(.clk(clk), .slow_clk(slow_clk), .rst_n(rst_n), .d(d), .y(y), .heard(heard),
                        .idetic_por_n(por_n), .idetic_energy(8'd0), .idetic_stall(stall),
                        .idetic_capture(capture), .idetic_commit(commit), .idetic_resume(resume),
                        .idetic_error(), .idetic_nvm_valid(valid), .idetic_nvm_write(write),
                        .idetic_nvm_addr(addr[`ADDRESS_BITS - 1:0]), .idetic_nvm_wdata(wdata),
                        .idetic_nvm_ready(ready), .idetic_nvm_rdata(rdata));
  assign addr[7:`ADDRESS_BITS] = 0;
  assign ready = valid;
  assign rdata = nvm[addr];

  // One edge of the machine's clock, and perhaps one of the slow one.
  task step;
    begin
      d = $random;
      #1;
      if (stall === 1'b0 && (y !== original_y || heard !== original_heard)) begin
        errors = errors + 1;
        if (errors < 5) $display("%0t: y %h %h heard %h %h", $time, y, original_y, heard, original_heard);
      end
      if (stall === 1'b0 && ^y !== 1'bx) compared = compared + 1;
      if (capture)
        captured = {original.tick_1, original.tick_2, original.state, original.at, original.sum};
      if (resume) begin
        restores = restores + 1;
        {original.tick_1, original.tick_2, original.state, original.at, original.sum} = committed;
      end
      advanced = stall === 1'b0;
      if (valid && write) begin
        nvm[addr] = wdata;
        // From here on the new image is the one that counts.
        if (addr == `COMMIT_0 || addr == `COMMIT_1) committed = captured;
      end
      #1 clk = 1;
      original_clk = advanced;
      #5 clk = 0;
      original_clk = 0;
      #2;
      if (stall === 1'b0 && $random % 3 == 0) begin
        slow_clk = 1;
        #1 slow_clk = 0;
      end
      #1;
    end
  endtask

  initial begin
    for (clocks = 0; clocks < 256; clocks = clocks + 1) nvm[clocks] = 0;
    #1 rst_n = 0;
    repeat (3) step;
    por_n = 1;
    repeat (40) step;
    rst_n = 1;
    for (failure = 0; failure < 60; failure = failure + 1) begin
      repeat (90 + failure) step;
      // A reset that comes and goes while the machine stands still.
      if (failure % 7 == 3 && stall === 1'b1) begin
        rst_n = 0;
        #1 rst_n = 1;
      end
      por_n = 0;
      dut.idetic_design.tick_1 = 1'bx;
      dut.idetic_design.tick_2 = 1'bx;
      dut.idetic_design.state = 2'bx;
      dut.idetic_design.at = 3'bx;
      dut.idetic_design.sum = 8'bx;
      repeat (2) step;
      por_n = 1;
    end
    $display("compared %0d restores %0d errors %0d", compared, restores, errors);
    if (errors == 0 && compared > 1000 && restores > 50) $display("EQUAL");
    $finish;
  end
endmodule
