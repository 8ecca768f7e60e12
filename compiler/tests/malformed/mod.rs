//! Text that must not be accepted.

/// Each is a syntax or preprocessor error.
pub const MALFORMED: &[(&str, &str)] = &[
    (
        "parameter without parentheses",
        "module m(input a);\n  n #8 u (a);\nendmodule\n",
    ),
    (
        "undeclared type",
        "module m(input a);\n  foo b;\nendmodule\n",
    ),
    (
        "undeclared type in a process",
        "module m(input a);\n  always @* a a;\nendmodule\n",
    ),
    (
        "undeclared type of a parameter",
        "module m;\n  localparam A A = 5;\nendmodule\n",
    ),
    (
        "target is a braced number",
        "module m(input a);\n  always @* {1} = a;\nendmodule\n",
    ),
    (
        "missing semicolon",
        "module m;\n  wire a\n  wire b;\nendmodule\n",
    ),
    (
        "missing semicolon at the end",
        "module m(input a, output b);\n  assign b = a\nendmodule\n",
    ),
    (
        "missing header semicolon",
        "module m(input a)\n  wire b;\nendmodule\n",
    ),
    (
        "missing expression",
        "module m(output a);\n  assign a = ;\nendmodule\n",
    ),
    (
        "missing operand",
        "module m(input a, output b);\n  assign b = a + ;\nendmodule\n",
    ),
    (
        "double operator",
        "module m(input a, output b);\n  assign b = a * / a;\nendmodule\n",
    ),
    (
        "unary on unary",
        "module m(input a, output b);\n  assign b = !!a;\nendmodule\n",
    ),
    (
        "operand after operand",
        "module m(input a, output b);\n  assign b = a a;\nendmodule\n",
    ),
    (
        "missing target",
        "module m(input a);\n  assign = a;\nendmodule\n",
    ),
    (
        "target is no net",
        "module m(input a);\n  assign a + 1 = a;\nendmodule\n",
    ),
    (
        "target is a number",
        "module m(input a);\n  always @* 1 = a;\nendmodule\n",
    ),
    (
        "unbalanced parenthesis",
        "module m(input a, output b);\n  assign b = (a;\nendmodule\n",
    ),
    (
        "unbalanced brace",
        "module m(input a, output b);\n  assign b = {a, a;\nendmodule\n",
    ),
    (
        "empty concatenation",
        "module m(output b);\n  assign b = {};\nendmodule\n",
    ),
    (
        "empty index",
        "module m(input [3:0] a, output b);\n  assign b = a[];\nendmodule\n",
    ),
    (
        "half a range",
        "module m(input [3:0] a, output b);\n  assign b = a[3:];\nendmodule\n",
    ),
    (
        "select of parentheses",
        "module m(input [3:0] a, output b);\n  assign b = (a)[0];\nendmodule\n",
    ),
    (
        "missing end",
        "module m(input a);\n  always @* begin\n    if (a) begin\n  end\nendmodule\n",
    ),
    (
        "too many ends",
        "module m(input a);\n  always @* begin end end\nendmodule\n",
    ),
    ("missing endmodule", "module m(input a);\n  wire b;\n"),
    (
        "module in a module",
        "module m(input a);\n  wire b;\nmodule n;\nendmodule\n",
    ),
    (
        "garbage behind endmodule",
        "module m;\nendmodule\nfoo bar baz\n",
    ),
    ("garbage before module", "foo;\nmodule m;\nendmodule\n"),
    ("stray end", "end\nmodule m;\nendmodule\n"),
    ("stray token", "module m;\n  wire a;\n  );\nendmodule\n"),
    ("stray number", "module m;\n  42;\nendmodule\n"),
    ("wrong endmodule label", "module m;\nendmodule : n\n"),
    (
        "trailing comma in ports",
        "module m(input a, );\nendmodule\n",
    ),
    (
        "missing comma in ports",
        "module m(input a input b);\nendmodule\n",
    ),
    (
        "port without direction",
        "module m(a, b);\n  input a;\nendmodule\n",
    ),
    (
        "port not in the list",
        "module m(a);\n  input a, b;\nendmodule\n",
    ),
    (
        "port listed twice",
        "module m(a, a);\n  input a;\nendmodule\n",
    ),
    (
        "port declared twice",
        "module m(a);\n  input a;\n  input a;\nendmodule\n",
    ),
    (
        "typed port without direction",
        "module m(reg a);\nendmodule\n",
    ),
    ("missing module name", "module (input a);\nendmodule\n"),
    ("keyword as name", "module m;\n  wire always;\nendmodule\n"),
    (
        "missing declared name",
        "module m;\n  wire [3:0];\nendmodule\n",
    ),
    (
        "trailing comma in a declaration",
        "module m;\n  wire a, ;\nendmodule\n",
    ),
    ("half a dimension", "module m;\n  wire [3:] a;\nendmodule\n"),
    (
        "localparam without value",
        "module m;\n  localparam A;\nendmodule\n",
    ),
    (
        "mixed connections",
        "module m(input a);\n  n u (a, .b(a));\nendmodule\n",
    ),
    (
        "missing instance name",
        "module m(input a);\n  n (a);\nendmodule\n",
    ),
    (
        "missing connection list",
        "module m(input a);\n  n #(1) u;\nendmodule\n",
    ),
    (
        "unclosed connections",
        "module m(input a);\n  n u (.b(a);\nendmodule\n",
    ),
    (
        "missing condition",
        "module m(input a);\n  always @* if () ;\nendmodule\n",
    ),
    (
        "condition without parentheses",
        "module m(input a, output reg b);\n  always @* if a b = 1;\nendmodule\n",
    ),
    (
        "else without if",
        "module m(input a, output reg b);\n  always @* begin b = a; else b = 0; end\nendmodule\n",
    ),
    (
        "missing endcase",
        "module m(input a, output reg b);\n  always @* case (a) 0: b = 1;\nendmodule\n",
    ),
    (
        "empty case",
        "module m(input a);\n  always @* case (a) endcase\nendmodule\n",
    ),
    (
        "two defaults",
        "module m(input a);\n  always @* case (a) default: ; default: ; endcase\nendmodule\n",
    ),
    (
        "label without colon",
        "module m(input a, output reg b);\n  always @* case (a) 0 b = 1; endcase\nendmodule\n",
    ),
    (
        "for with a comma",
        "module m;\n  integer i;\n  initial for (i = 0, i < 4, i = i + 1) ;\nendmodule\n",
    ),
    (
        "expression as statement",
        "module m(input a);\n  always @* a + 1;\nendmodule\n",
    ),
    (
        "comparison as statement",
        "module m(input a);\n  always @* a == 1;\nendmodule\n",
    ),
    (
        "empty event control",
        "module m(input a);\n  always @() ;\nendmodule\n",
    ),
    (
        "edge without signal",
        "module m(input a);\n  always @(posedge) ;\nendmodule\n",
    ),
    (
        "always without statement",
        "module m;\n  always\nendmodule\n",
    ),
    (
        "declaration behind a statement",
        "module m(input a, output reg b);\n  always @* begin b = a; reg c; end\nendmodule\n",
    ),
    (
        "missing endfunction",
        "module m;\n  function f; input a; f = a;\nendmodule\n",
    ),
    (
        "missing endgenerate",
        "module m;\n  generate wire a;\nendmodule\n",
    ),
    ("stray endgenerate", "module m;\n  endgenerate\nendmodule\n"),
    (
        "bad digit",
        "module m(output b);\n  assign b = 4'b0120;\nendmodule\n",
    ),
    (
        "base without digits",
        "module m(output b);\n  assign b = 4'h;\nendmodule\n",
    ),
    (
        "size zero",
        "module m(output b);\n  assign b = 0'd1;\nendmodule\n",
    ),
    (
        "too many digits",
        "module m(output b);\n  assign b = 'h1_0000_0000;\nendmodule\n",
    ),
    (
        "question mark behind a digit",
        "module m(output b);\n  assign b = 4'd1?;\nendmodule\n",
    ),
    (
        "unterminated comment",
        "module m;\n  wire a; /* never closed\nendmodule\n",
    ),
    (
        "unterminated string",
        "module m;\n  initial $display(\"abc);\nendmodule\n",
    ),
    ("foreign character", "module m;\n  wire a § b;\nendmodule\n"),
    (
        "undefined macro",
        "module m;\n  wire a = `NOPE;\nendmodule\n",
    ),
    (
        "unknown directive",
        "`frobnicate on\nmodule m;\nendmodule\n",
    ),
    ("missing endif", "`ifdef X\nmodule m;\nendmodule\n"),
    ("stray endif", "module m;\nendmodule\n`endif\n"),
    (
        "include without file",
        "`include \"no_such_file.vh\"\nmodule m;\nendmodule\n",
    ),
    (
        "macro without arguments",
        "`define F(x) x\nmodule m;\n  wire a = `F;\nendmodule\n",
    ),
    ("attribute without end", "(* keep\nmodule m;\nendmodule\n"),
    (
        "declaration in no place",
        "module m(input a);\n  always @* input b;\nendmodule\n",
    ),
    (
        "dot without name",
        "module m(input a, output b);\n  assign b = a.;\nendmodule\n",
    ),
    (
        "replication without items",
        "module m(output b);\n  assign b = {2{}};\nendmodule\n",
    ),
    (
        "conditional without colon",
        "module m(input a, output b);\n  assign b = a ? 1;\nendmodule\n",
    ),
    (
        "semicolon behind begin's name",
        "module m;\n  initial begin : ; end\nendmodule\n",
    ),
    (
        "named end of an unnamed block",
        "module m;\n  initial begin end : x\nendmodule\n",
    ),
];

/// Each is refused with its name.
pub const UNSUPPORTED: &[(&str, &str)] = &[
    ("program", "program p; endprogram\nmodule m; endmodule\n"),
    (
        "primitive",
        "primitive p(y, a); output y; input a; table 0 : 1; 1 : 0; endtable endprimitive\nmodule m; endmodule\n",
    ),
    (
        "config",
        "config c; design top; endconfig\nmodule m; endmodule\n",
    ),
    ("bind", "bind m n u(); module m; endmodule\n"),
    (
        "interface port by keyword",
        "module m(interface b); endmodule\n",
    ),
    ("port expression", "module m(.a(b)); input b; endmodule\n"),
    (
        "port concatenation",
        "module m({a, b}); input a, b; endmodule\n",
    ),
    (
        "unconnected drive",
        "`unconnected_drive pull1\nmodule m; endmodule\n",
    ),
    (
        "encrypted",
        "module m;\n`pragma protect begin_protected\nabc\n`pragma protect end_protected\nendmodule\n",
    ),
    (
        "assignment in an expression",
        "module m(input a); always_comb if ((a = 1)) ; endmodule\n",
    ),
    (
        "increment in an expression",
        "module m(input a, output int b); always_comb b = ++a; endmodule\n",
    ),
    (
        "min:typ:max",
        "module m(output a); assign a = (1:2:3); endmodule\n",
    ),
    (
        "event in an assignment",
        "module m(input a, output reg b); always @(posedge a) b = @(negedge a) 1; endmodule\n",
    ),
    (
        "both edges",
        "module m(input a, output reg b); always @(edge a) b = 1; endmodule\n",
    ),
    ("associative array", "module m; int x [string]; endmodule\n"),
    (
        "equivalence",
        "module m(input a, b, output c); assign c = a <-> b; endmodule\n",
    ),
    (
        "dist",
        "module m(input a, output c); assign c = a dist {1}; endmodule\n",
    ),
];
