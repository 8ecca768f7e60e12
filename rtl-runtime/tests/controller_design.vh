// The design that the controller benches save and restore, as functions of its
// logical time t, so that every value it must ever have is known in advance.
//
// Word 0 holds t in its low 8 bits and is always live. At a checkpoint some of
// the other words are dead: the next step overwrites them without reading them,
// whereas it derives every live word from its own previous value.

function [63:0] mix;
  input [63:0] seed;
  reg [63:0] x;
  begin
    x = seed + 64'h9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 64'hBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 64'h94D049BB133111EB;
    mix = x ^ (x >> 31);
  end
endfunction

// Contents of word w at time t.
function [WORD-1:0] content;
  input [7:0] t;
  input integer w;
  reg [63:0] x;
  begin
    x = mix({w, 16'h5A5A, 8'h00, t});
    if (w == 0) x[7:0] = t;
    content = x[WORD-1:0];
  end
endfunction

// Checkpoints come alone and in runs.
function is_checkpoint;
  input [7:0] t;
  is_checkpoint = t % 5 == 2 || t % 11 == 8 || t % 11 == 9;
endfunction

function [CHECKPOINT_INDEX-1:0] index_of;
  input [7:0] t;
  reg [63:0] x;
  begin
    x = mix({56'd1, t});
    index_of = x[CHECKPOINT_INDEX-1:0];
  end
endfunction

function is_live;
  input [CHECKPOINT_INDEX-1:0] index;
  input integer w;
  reg [63:0] x;
  begin
    x = mix({w, {(32 - CHECKPOINT_INDEX) {1'b1}}, index});
    is_live = w == 0 || x[0];
  end
endfunction
