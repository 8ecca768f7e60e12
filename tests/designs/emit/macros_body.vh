  // The middle of a module.
  always @(posedge clk or negedge rst_n)
    if (!rst_n) last <= 8'd0;
    else last <= sum ^ part;
  `FF(clk, last, out)
